package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/roster"
	"roster/internal/server"
)

func TestARouteWithoutActionIsRefused(t *testing.T) {
	for name, route := range map[string]server.Route{
		"action":  {Method: "GET", Pattern: "/x", Handler: http.HandlerFunc(ok)},
		"blank":   {Method: "GET", Pattern: "/x", Action: " ", Handler: http.HandlerFunc(ok)},
		"method":  {Pattern: "/x", Action: "a", Handler: http.HandlerFunc(ok)},
		"HEAD":    {Method: "HEAD", Pattern: "/x", Action: "a", Handler: http.HandlerFunc(ok)},
		"pattern": {Method: "GET", Pattern: "example.com/x", Action: "a", Handler: http.HandlerFunc(ok)},
		"handler": {Method: "GET", Pattern: "/x", Action: "a"},
	} {
		t.Run(name, func(t *testing.T) {
			m := server.NewMux()
			defer func() {
				if recover() == nil {
					t.Error("the route was taken")
				}
				equal(t, "routes", len(m.Routes()), 0)
			}()
			m.Handle(route)
		})
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/api/v1/things/{id}", ok)
	d.on("PATCH", "/api/v1/things/{id}", ok)
	d.on("GET", "/team", ok)
	d.on("GET", "/static/{path...}", ok)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api/v1/things/1", 200, ""},
		{"PUT", "/api/v1/things/1", 405, "GET, HEAD, PATCH"},
		{"OPTIONS", "/api/v1/things/1", 405, "GET, HEAD, PATCH"},
		{"BREW", "/api/v1/things/1", 405, "GET, HEAD, PATCH"},
		{"GET", "/api/v1/nothing", 404, ""},
		{"GET", "/api/v1/things/1/", 404, ""},
		{"GET", "//api/v1/things/1", 404, ""},
		{"GET", "/api/v1/./things/1", 404, ""},
		{"GET", "/api", 404, ""},
		{"GET", "/oauth2/nothing", 404, ""},
		{"GET", "/access/v1/nothing", 404, ""},
		{"GET", "/.well-known/nothing", 404, ""},
		{"HEAD", "/team", 200, ""},
		{"POST", "/team", 405, "GET, HEAD"},
		{"GET", "/nothing", 404, ""},
		{"GET", "//example.com/team", 404, ""},
		{"GET", "/static", 404, ""},
		{"GET", "/", 404, ""},
	} {
		a := d.ask(c.method, c.path, "")
		name := c.method + " " + c.path
		equal(t, name, a.StatusCode, c.status)
		equal(t, name+" Allow", a.Header.Get("Allow"), c.allow)
		code := map[int]string{404: "not_found", 405: "method_not_allowed"}[c.status]
		switch {
		case c.status == 200:
		case strings.HasPrefix(c.path, "/api") || strings.HasPrefix(c.path, "/o") || strings.HasPrefix(c.path, "/access") || strings.HasPrefix(c.path, "/."):
			p := a.problem(t)
			equal(t, name+" code", p.Code, code)
			equal(t, name+" status", p.Status, c.status)
			equal(t, name+" request", p.RequestID, a.Header.Get("Request-Id"))
		default:
			equal(t, name+" page", a.text, "<h1>"+code+"</h1>")
		}
	}
}

// TestAQueryIsText: where a part of it is not encoded as it should be, handlers read the others.
func TestAQueryIsText(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	d.on("GET", "/team", ok)
	for query, status := range map[string]int{
		"q=a%20b": 200, "q=%zz": 200, "q=%C3%A9&x=%zz": 200,
		"q=%00": 400, "%00": 400, "q=%ff": 400, "q=%00&x=%zz": 400, "x=%zz&q=a&q=%ff": 400, "x=%zz&%00=1": 400,
	} {
		equal(t, query, d.ask("GET", "/team?"+query, "").StatusCode, status)
	}
}

func TestHumaOperationsAreRoutes(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	api := huma.NewAPI(huma.Config{OpenAPI: &huma.OpenAPI{Info: &huma.Info{Title: "t", Version: "1"}}, Formats: huma.DefaultFormats}, d.mux.Huma("/api/v1"))
	type greeting struct{ Body struct{ Text string } }
	huma.Register(api, huma.Operation{OperationID: "member.greet", Method: "POST", Path: "/greet/{name}"},
		func(_ context.Context, in *struct {
			Name string `path:"name"`
		},
		) (*greeting, error) {
			g := &greeting{}
			g.Body.Text = "Hello " + in.Name
			return g, nil
		})
	huma.Register(api, huma.Operation{OperationID: "greetAgain", Method: "GET", Path: "/greet", Metadata: map[string]any{server.MetaAction: "member.greet"}},
		func(ctx context.Context, _ *struct{}) (*greeting, error) {
			return nil, server.NewProblem(ctx, roster.Errorf(roster.Limited, "slow_down", "Slow down.").After(1500e6))
		})

	a := d.ask("POST", "/api/v1/greet/Anna", "")
	equal(t, "text", strings.TrimSpace(a.text), `{"Text":"Hello Anna"}`)
	equal(t, "logged action", d.last(a.Header.Get("Request-Id"))["action"], "member.greet")
	for i, want := range []server.Route{{Method: "POST", Pattern: "/api/v1/greet/{name}"}, {Method: "GET", Pattern: "/api/v1/greet"}} {
		r := d.mux.Routes()[i]
		equal(t, "route", r.Method+r.Pattern+r.Action, want.Method+want.Pattern+"member.greet")
	}
	equal(t, "unsafe", d.mux.Routes()[0].Unsafe(), true)
	equal(t, "safe", d.mux.Routes()[1].Unsafe(), false)

	again := d.ask("GET", "/api/v1/greet", "")
	equal(t, "status", again.StatusCode, 429)
	equal(t, "Retry-After", again.Header.Get("Retry-After"), "2")
	equal(t, "code", again.problem(t).Code, "slow_down")
	equal(t, "405", d.ask("DELETE", "/api/v1/greet", "").StatusCode, 405)
	equal(t, "cross-origin", d.ask("POST", "/api/v1/greet/Anna", "", "Sec-Fetch-Site", "cross-site").StatusCode, 403)

	defer func() {
		if recover() == nil {
			t.Error("an operation without identifier was taken")
		}
	}()
	huma.Register(api, huma.Operation{Method: "GET", Path: "/nameless"}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
}
