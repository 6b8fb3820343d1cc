package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"roster/internal/roster"
)

// Options is what the chain around every request needs to know.
type Options struct {
	BaseURL *url.URL       // where browsers reach Roster; https switches HSTS on
	Proxies []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	Framers []string       // origins whose pages may show ours in a frame
	Log     *slog.Logger
	Metrics *Metrics
	Bounds  Bounds
}

// Wrap puts the chain around the mux, from the outside in: request ID and client address, access
// log and metrics, security headers, panics, cross-origin protection.
func Wrap(m *Mux, o Options) (http.Handler, error) {
	if o.BaseURL == nil || o.Log == nil || o.Metrics == nil {
		return nil, errors.New("server: base URL, log and metrics are needed")
	}
	origins := http.NewCrossOriginProtection()
	// A proxy may change the Host header, which the Origin is compared with otherwise.
	if err := origins.AddTrustedOrigin(o.BaseURL.Scheme + "://" + o.BaseURL.Host); err != nil {
		return nil, fmt.Errorf("base URL: %w", err)
	}
	c := &chain{mux: m, options: o, origins: origins, always: securityHeaders(o.BaseURL.Scheme == "https", o.Framers), base: strings.TrimSuffix(o.BaseURL.String(), "/"), limits: newLimits(o.Bounds)}
	if c.limits != nil {
		if err := o.Metrics.Register(c.limits); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return c, nil
}

type chain struct {
	mux     *Mux
	options Options
	origins *http.CrossOriginProtection
	always  http.Header
	base    string
	limits  *limits
}

func (c *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	c.options.Metrics.inFlight.Inc()
	defer c.options.Metrics.inFlight.Dec()

	ip, https := client(r, c.options.Proxies)
	door, program := doorOf(r.URL.Path)
	x := &exchange{id: roster.NewID("req_"), https: https, base: c.base, log: c.options.Log, page: c.mux.page, limits: c.limits, program: program}
	x.actor = roster.Actor{Kind: roster.ActorNobody, Door: door, Request: x.id, IP: ip}
	ctx := roster.WithActor(context.WithValue(r.Context(), exchangeKey{}, x), x.actor)
	r = r.WithContext(ctx)

	answer := &response{ResponseWriter: w, always: c.always}
	x.header = answer.Header()
	x.header.Set("Request-Id", x.id)
	defer func() { c.note(r, x, answer, time.Since(start)) }() // also when the connection is cut
	c.recovered(answer, r, func() {
		if c.origins.Check(r) != nil {
			Fail(answer, r, roster.Errorf(roster.Denied, "cross_origin", "This request came from another site, so nothing was done."))
			return
		}
		c.mux.ServeHTTP(answer, r)
	})
	answer.begin()
}

// recovered runs next and makes an internal error of its panic. When part of the answer has left
// already, the connection is cut, so that nobody takes it for a whole one.
func (c *chain) recovered(w *response, r *http.Request, next func()) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		if w.status != 0 {
			logger(r.Context()).ErrorContext(r.Context(), "request failed", "request", RequestID(r.Context()), "error", panicked(v))
			panic(http.ErrAbortHandler)
		}
		clear(w.Header())
		w.Header().Set("Request-Id", RequestID(r.Context()))
		c.failAfterPanic(w, r, panicked(v))
	}()
	next()
}

// failAfterPanic answers with a page or a problem, and with a problem when the page panics too.
func (c *chain) failAfterPanic(w *response, r *http.Request, err error) {
	defer func() {
		if v := recover(); v != nil {
			if w.status != 0 {
				panic(http.ErrAbortHandler)
			}
			WriteProblem(w, r, fmt.Errorf("error page: %w", panicked(v)))
		}
	}()
	Fail(w, r, err)
}

func panicked(v any) error { return fmt.Errorf("panic: %v\n%s", v, debug.Stack()) }

// note writes the access log's line and counts the request.
func (c *chain) note(r *http.Request, x *exchange, w *response, took time.Duration) {
	action, level := "none", slog.LevelInfo
	if x.route != nil {
		action = x.route.Action
	}
	if action == Health {
		level = slog.LevelDebug // asked every few seconds by whoever watches
	}
	c.options.Metrics.observe(action, w.status, took)
	c.options.Log.LogAttrs(r.Context(), level, "request",
		slog.String("method", cut(r.Method, 16)), slog.String("path", shownPath(r, x)), slog.String("action", action),
		slog.Int("status", w.status), slog.String("code", x.code), slog.Int64("bytes", w.bytes), slog.Duration("took", took),
		slog.String("request", x.id), slog.String("actor", x.actor.ID()), slog.String("ip", x.actor.IP))
}

// shownPath gives the path as the log may show it: never the query; the pattern where the path is
// secret; of an unknown path, which may be a mistyped secret one, its first segment; and in any
// path no segment that is longer than our identifiers are.
func shownPath(r *http.Request, x *exchange) string {
	switch {
	case x.secret != "":
		return x.secret
	case x.route != nil && x.route.Secret:
		return x.route.Pattern
	}
	segments := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if x.route == nil && len(segments) > 1 {
		segments = append(segments[:1], "…")
	}
	for i, s := range segments {
		segments[i] = maskLong(s)
	}
	return cut("/"+strings.Join(segments, "/"), 256)
}

func maskLong(segment string) string {
	if len(segment) > 40 {
		return "…"
	}
	return segment
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
