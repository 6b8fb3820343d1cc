package contract_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// FuzzFilters: lists are asked with anything, and answer with a page or with a problem.
func FuzzFilters(f *testing.F) {
	r := rest.Open(rostertest.SQLite(f))
	olga := r.Olga(f)
	for _, seed := range []string{
		"", "q=anna&status=active", "status=active,blocked&status=x", "sort=-name&limit=1", "cursor=x", "role=owner&unit=customer-17", "not_role=%00", "verified=maybe", "mfa=true&mfa=false", "limit=1e9", "q=%ff", "q=" + strings.Repeat("a+", 200), "%", "a=b;c=d", "from=2026-11-22T09:00:00Z&to=x&after=-1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, list := range []string{"members", "units", "access", "history"} {
			u := url.URL{Path: "/api/v1/orgs/acme/" + list, RawQuery: query}
			if _, err := http.NewRequest(http.MethodGet, r.URL+u.String(), nil); err != nil || strings.Contains(query, " ") {
				return // no client can send it
			}
			asks := *olga
			asks.T = t
			a := asks.Ask(http.MethodGet, u.String(), "")
			if a.StatusCode >= 500 || a.StatusCode >= 400 && a.Header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%s?%q: %d %.300s", list, query, a.StatusCode, a.Text)
			}
		}
	})
}
