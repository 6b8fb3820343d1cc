package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/server"
)

// door is a wrapped mux behind a real listener, with its log at hand.
type door struct {
	t       *testing.T
	mux     *server.Mux
	handler http.Handler
	metrics *server.Metrics
	address string
	log     *lines
}

// lines is a log that can be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func open(t *testing.T, base string, proxies ...string) *door {
	t.Helper()
	return within(t, server.Bounds{}, base, proxies...)
}

// within is open for a door that takes so much and no more.
func within(t *testing.T, bounds server.Bounds, base string, proxies ...string) *door {
	t.Helper()
	d := &door{t: t, mux: server.NewMux(), metrics: server.NewMetrics(), log: &lines{}}
	trusted, err := server.ParseProxies(proxies)
	must(t, err)
	u, err := url.Parse(base)
	must(t, err)
	h, err := server.Wrap(d.mux, server.Options{
		BaseURL: u, Proxies: trusted, Metrics: d.metrics, Bounds: bounds,
		Log: slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	must(t, err)
	d.mux.RenderErrors(func(w http.ResponseWriter, _ *http.Request, p server.Problem) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(p.Status)
		_, _ = io.WriteString(w, "<h1>"+p.Code+"</h1>")
	})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	d.handler = h
	d.address = s.URL
	return d
}

// on adds a route with the action "test".
func (d *door) on(method, pattern string, h http.HandlerFunc) {
	d.mux.Handle(server.Route{Method: method, Pattern: pattern, Action: "test", Handler: h})
}

type answer struct {
	*http.Response
	text string
}

// ask sends a request with headers as pairs.
func (d *door) ask(method, path, body string, headers ...string) answer {
	d.t.Helper()
	req, err := http.NewRequest(method, d.address+path, strings.NewReader(body))
	must(d.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	must(d.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(d.t, err)
	return answer{res, string(text)}
}

func (a answer) problem(t *testing.T) server.Problem {
	t.Helper()
	equal(t, "content type", a.Header.Get("Content-Type"), "application/problem+json")
	var p server.Problem
	must(t, json.Unmarshal([]byte(a.text), &p))
	return p
}

// last gives the access log's newest line. The line is written after the answer's last byte, so
// it is waited for.
func (d *door) last(request string) map[string]any {
	d.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		for _, line := range strings.Split(strings.TrimSpace(d.log.String()), "\n") {
			var m map[string]any
			if json.Unmarshal([]byte(line), &m) == nil && m["msg"] == "request" && m["request"] == request {
				return m
			}
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("no line for %s in the log:\n%s", request, d.log)
		}
	}
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestProxiesAreRead(t *testing.T) {
	got, err := server.ParseProxies([]string{"10.0.0.1", " 192.0.2.7/24", "2001:db8::1"})
	must(t, err)
	for i, want := range []string{"10.0.0.1/32", "192.0.2.0/24", "2001:db8::1/128"} {
		equal(t, "proxy", got[i], netip.MustParsePrefix(want))
	}
	for _, bad := range []string{"", "proxy.example.com", "10.0.0.0/33"} {
		if _, err := server.ParseProxies([]string{bad}); err == nil {
			t.Errorf("%q is taken for a proxy", bad)
		}
	}
}
