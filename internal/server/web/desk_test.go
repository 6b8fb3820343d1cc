package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/words"
)

// hung gives a handler that answers /page with a page, through the chain of every request.
func hung(t *testing.T, page web.Handler) http.Handler {
	t.Helper()
	say, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	base, log := &url.URL{Scheme: "https", Host: "roster.example.com"}, slog.New(slog.DiscardHandler)
	desk := &web.Desk{Words: say, Assets: assets, Base: base, Clock: time.Now, Log: log, Brands: rostertest.SQLite(t).Brands}
	m := server.NewMux()
	m.RenderErrors(desk.ErrorPage)
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/page", Action: "static", Handler: desk.Open(page)})
	handler, err := server.Wrap(m, server.Options{BaseURL: base, Log: log, Metrics: server.NewMetrics()})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// Pages refuse to be made for a request that has ended, the error page like any other: it must not
// stand in for itself without end.
func TestAVisitorWhoLeavesBreaksNothing(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	handler := hung(t, func(v *web.Visit) error {
		leave()
		v.Show(web.ProblemPage(web.Problem{Page: v.Page, Status: http.StatusNotFound}))
		return nil
	})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/page", nil))
	if kind := w.Header().Get("Content-Type"); w.Code != http.StatusServiceUnavailable || kind != "text/html; charset=utf-8" {
		t.Errorf("answered %d, %s", w.Code, kind)
	}
}

func TestAPageThatCannotBeMadeIsAnErrorPage(t *testing.T) {
	handler := hung(t, func(v *web.Visit) error {
		v.Show(templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half a page")
			return errors.New("broken")
		}))
		return nil
	})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/page", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "half a page") {
		t.Errorf("answered %d: %s", w.Code, w.Body)
	}
}
