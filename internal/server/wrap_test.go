package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/health"
)

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	d := open(t, "https://roster.example.com")
	d.on("GET", "/api/ok", ok)
	d.on("GET", "/silent", func(http.ResponseWriter, *http.Request) {})
	d.on("GET", "/api/lost", func(w http.ResponseWriter, r *http.Request) {
		clear(w.Header())
		http.Error(w, "no", 400)
	})
	d.on("GET", "/flushed", func(w http.ResponseWriter, _ *http.Request) { must(t, http.NewResponseController(w).Flush()) })
	d.on("GET", "/panic", func(http.ResponseWriter, *http.Request) { panic("oh") })
	d.on("GET", "/hinted", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(202) })
	d.on("GET", "/cached", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cache-Control", "max-age=60") })
	for _, path := range []string{"/api/ok", "/silent", "/api/lost", "/flushed", "/panic", "/hinted", "/cached", "/unknown", "/api/unknown"} {
		h := d.ask("GET", path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
			"Cache-Control":                map[bool]string{true: "max-age=60", false: "no-store"}[path == "/cached"],
		} {
			equal(t, path+" "+name, h.Get(name), want)
		}
		equal(t, path+" Permissions-Policy", strings.Contains(h.Get("Permissions-Policy"), "camera=()"), true)
	}
	hinted := d.ask("GET", "/hinted", "")
	equal(t, "status after a hint", d.last(hinted.Header.Get("Request-Id"))["status"], any(202.0))
	plain := open(t, "http://127.0.0.1")
	equal(t, "HSTS without https", plain.ask("GET", "/", "").Header.Get("Strict-Transport-Security"), "")
}

func TestWhoMayFrameIsASetting(t *testing.T) {
	base, err := url.Parse("https://team.example.com")
	must(t, err)
	h, err := server.Wrap(server.NewMux(), server.Options{BaseURL: base, Log: slog.New(slog.DiscardHandler), Metrics: server.NewMetrics(), Framers: []string{"https://app.example.com", "https://b.example.com"}})
	must(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/unknown", nil))
	equal(t, "policy", strings.HasSuffix(w.Header().Get("Content-Security-Policy"), "; frame-ancestors https://app.example.com https://b.example.com"), true)
	equal(t, "X-Frame-Options, which knows no origins", w.Header().Get("X-Frame-Options"), "")
}

func TestTheMetricsHaveTheirHeaders(t *testing.T) {
	for path, status := range map[string]int{"/metrics": 200, "/elsewhere": 404} {
		w := httptest.NewRecorder()
		server.NewMetrics().Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		equal(t, path, w.Code, status)
		equal(t, path+" nosniff", w.Header().Get("X-Content-Type-Options"), "nosniff")
		equal(t, path+" policy", strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none';"), true)
	}
}

func TestRequestIDsAreMadeHere(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/id", func(w http.ResponseWriter, r *http.Request) {
		a := roster.ActorFrom(r.Context())
		_, _ = io.WriteString(w, server.RequestID(r.Context())+" "+a.Request)
	})
	a, b := d.ask("GET", "/id", "", "Request-Id", "req_forged", "X-Request-Id", "req_forged"), d.ask("GET", "/id", "")
	id := a.Header.Get("Request-Id")
	if !strings.HasPrefix(id, "req_") || strings.Contains(a.text+id, "forged") || id == b.Header.Get("Request-Id") {
		t.Errorf("identifiers %q and %q", id, b.Header.Get("Request-Id"))
	}
	equal(t, "in the context", a.text, id+" "+id)
}

func TestClientAddressIsBelievedFromTrustedProxiesOnly(t *testing.T) {
	who := func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %t", roster.ActorFrom(r.Context()).IP, server.Secure(r.Context()))
	}
	open, behind := open(t, "http://127.0.0.1"), open(t, "http://127.0.0.1", "127.0.0.1", "10.0.0.0/8", "2001:db8::/32")
	open.on("GET", "/who", who)
	behind.on("GET", "/who", who)
	for _, c := range []struct{ want, forwarded, proto string }{
		{"127.0.0.1 false", "", ""},
		{"203.0.113.9 true", "203.0.113.9", "https"},
		{"203.0.113.9 false", "192.0.2.1, 203.0.113.9", "http"},
		{"203.0.113.9 true", "192.0.2.1, 203.0.113.9, 10.1.2.3", "http, https"},
		{"203.0.113.9 false", "203.0.113.9:4711, [2001:db8::7]:99", "https,http"},
		{"203.0.113.9 false", "::ffff:203.0.113.9", ""},
		{"10.1.2.3 false", "203.0.113.9, unknown, 10.1.2.3", ""},
		{"10.1.2.3 false", "10.1.2.3", ""},
		{"127.0.0.1 false", "<script>", ""},
	} {
		headers := []string{"X-Forwarded-Proto", c.proto}
		for h := range strings.SplitSeq(c.forwarded, ", ") { // as several lines of the header
			headers = append(headers, "X-Forwarded-For", h)
		}
		equal(t, "behind a proxy, "+c.forwarded, behind.ask("GET", "/who", "", headers...).text, c.want)
		equal(t, "without, "+c.forwarded, open.ask("GET", "/who", "", headers...).text, "127.0.0.1 false")
	}
}

func TestPanicsAndInternalErrorsStayInside(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/api/panic", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "half=done")
		panic("the key is 4711")
	})
	d.on("GET", "/api/broken", func(w http.ResponseWriter, r *http.Request) {
		server.Fail(w, r, errors.New("table member: the key is 4711"))
	})
	d.on("GET", "/api/ours", func(w http.ResponseWriter, r *http.Request) {
		server.WriteProblem(w, r, roster.Errorf(roster.Internal, "malformed", "the key is 4711"))
	})
	d.on("GET", "/page", func(http.ResponseWriter, *http.Request) { panic("the key is 4711") })
	for _, path := range []string{"/api/panic", "/api/broken", "/api/ours", "/page"} {
		before := strings.Count(d.log.String(), "the key is 4711")
		a := d.ask("GET", path, "")
		id := a.Header.Get("Request-Id")
		equal(t, path, a.StatusCode, 500)
		if strings.Contains(a.text, "the key") || !strings.Contains(a.text, "internal") {
			t.Errorf("%s answers %s", path, a.text)
		}
		equal(t, path+" cookie", a.Header.Get("Set-Cookie"), "")
		equal(t, path+" code in the log", d.last(id)["code"], "internal")
		equal(t, path+" lines in the log", strings.Count(d.log.String(), "the key is 4711")-before, 1)
		equal(t, path+" lines with its identifier", strings.Count(d.log.String(), id), 2)
	}
}

func TestAnErrorPageThatPanicsIsAProblem(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.mux.RenderErrors(func(http.ResponseWriter, *http.Request, server.Problem) { panic("no template") })
	a := d.ask("GET", "/nothing", "")
	equal(t, "code", a.problem(t).Code, "internal")
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/half", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		must(t, http.NewResponseController(w).Flush())
		panic("oh")
	})
	res, err := http.Get(d.address + "/half")
	must(t, err)
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("half an answer reads like a whole one")
	}
	equal(t, "status in the log", d.last(res.Header.Get("Request-Id"))["status"], any(200.0))
}

func TestTheLogKnowsWhoAndKeepsSecrets(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/api/me", func(w http.ResponseWriter, r *http.Request) {
		ctx := server.WithActor(r.Context(), roster.Actor{Kind: roster.ActorMember, Member: "mem_1", IP: "6.6.6.6", Request: "req_forged"})
		a := roster.ActorFrom(ctx)
		_, _ = fmt.Fprint(w, a.ID(), " ", a.Door, " ", a.IP, " ", a.Request == server.RequestID(ctx))
	})
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/invitation/{secret}", Action: "invitation.accept", Secret: true, Handler: http.HandlerFunc(ok)})
	me := d.ask("GET", "/api/me?token=secret-1", "")
	equal(t, "actor", me.text, "mem_1 api 127.0.0.1 true")
	line := d.last(me.Header.Get("Request-Id"))
	for name, want := range map[string]any{
		"method": "GET", "path": "/api/me", "status": 200.0, "bytes": float64(len(me.text)),
		"actor": "mem_1", "ip": "127.0.0.1", "action": "test",
	} {
		equal(t, name, line[name], want)
	}
	long := strings.Repeat("secret-1", 8)
	for _, c := range []struct{ method, path, shown string }{
		{"GET", "/invitation/secret-1", "/invitation/{secret}"},
		{"POST", "/invitation/secret-1", "/invitation/{secret}"},
		{"GET", "/invitation/secret-1/", "/invitation/…"},
		{"GET", "/Invitation/secret-1", "/Invitation/…"},
		{"GET", "/" + long, "/…"},
	} {
		a := d.ask(c.method, c.path, "")
		equal(t, c.method+c.path, d.last(a.Header.Get("Request-Id"))["path"], any(c.shown))
	}
	equal(t, "referrer", d.ask("GET", "/invitation/secret-1", "").Header.Get("Referrer-Policy"), "no-referrer")
	if strings.Contains(d.log.String(), "secret-1") {
		t.Errorf("a secret in the log:\n%s", d.log)
	}
}

func TestCrossSiteRequestsAreRefused(t *testing.T) {
	d := open(t, "https://roster.example.com")
	d.on("POST", "/api/thing", ok)
	d.on("POST", "/thing", ok)
	d.on("GET", "/thing", ok)
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"a program", []string{"Authorization", "Bearer x"}, 200},
		{"our page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"our page behind a proxy that changes Host", []string{"Origin", "https://roster.example.com"}, 200},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a sister site", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an old browser", []string{"Origin", "https://evil.example.com"}, 403},
		{"a sandboxed frame", []string{"Origin", "null"}, 403},
	} {
		a := d.ask("POST", "/api/thing", "", c.headers...)
		equal(t, c.name, a.StatusCode, c.status)
		if c.status == 403 {
			equal(t, c.name, a.problem(t).Code, "cross_origin")
			equal(t, c.name, d.ask("POST", "/thing", "", c.headers...).text, "<h1>cross_origin</h1>")
			equal(t, c.name+" to an unknown path", d.ask("DELETE", "/other", "", c.headers...).StatusCode, 403)
		}
		equal(t, c.name+" reads", d.ask("GET", "/thing", "", c.headers...).StatusCode, 200)
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("POST", "/api/thing", func(w http.ResponseWriter, r *http.Request) {
		var v struct{ Text string }
		if err := server.DecodeJSON(r, 0, &v); err != nil {
			server.Fail(w, r, err)
		}
	})
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/api/small", Action: "test", MaxBody: 10, Handler: http.HandlerFunc(ok)})
	text := func(n int) string { return `{"Text":"` + strings.Repeat("x", n-11) + `"}` }
	equal(t, "1 MiB", d.ask("POST", "/api/thing", text(1<<20), "Content-Type", "application/json").StatusCode, 200)
	a := d.ask("POST", "/api/thing", text(1<<20+1), "Content-Type", "application/json")
	equal(t, "more", a.StatusCode, 413)
	equal(t, "more", a.problem(t).Code, "too_large")
	req, err := http.NewRequest("POST", d.address+"/api/thing", io.MultiReader(strings.NewReader(text(1<<20+1)))) // no length
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	equal(t, "more without telling", res.StatusCode, 413)
	equal(t, "small", d.ask("POST", "/api/small", "12345678901").StatusCode, 413)
}

func TestMetricsAndHealth(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	var fault error
	health.Mount(d.mux, slog.New(slog.DiscardHandler), func(context.Context) error { return fault })
	for _, r := range d.mux.Routes() {
		equal(t, r.Pattern, r.Action == "health" && r.Reason != "", true)
	}
	equal(t, "ready", d.ask("GET", "/readyz", "").StatusCode, 200)
	fault = errors.New("database at secret-1 is away")
	a := d.ask("GET", "/readyz", "")
	equal(t, "not ready", a.StatusCode, 503)
	equal(t, "not ready", a.text, "not ready\n")
	live := d.ask("GET", "/livez", "")
	equal(t, "live", live.StatusCode, 200)
	missing := d.ask("GET", "/nothing", "")
	d.last(live.Header.Get("Request-Id"))
	d.last(missing.Header.Get("Request-Id"))

	w := httptest.NewRecorder()
	d.metrics.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`roster_http_requests_total{action="health",status="200"} 2`,
		`roster_http_requests_total{action="health",status="503"} 1`,
		`roster_http_requests_total{action="none",status="404"} 1`,
		`roster_http_request_duration_seconds_count{action="none"} 1`,
		"roster_http_requests_in_flight ", "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
