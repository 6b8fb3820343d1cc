package doors_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// sheltered holds that the headers which no answer may lack are there.
func sheltered(t *testing.T, what string, r reply) {
	t.Helper()
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "", "Request-Id": "req_",
	} {
		if v := r.header.Get(name); v == "" || !strings.Contains(v, part) {
			t.Errorf("%s: %d with %s %q", what, r.status, name, v)
		}
	}
	if csp := r.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("%s: the policy is %s", what, csp)
	}
	if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") && (strings.Contains(r.body, "<style") || strings.Contains(r.body, " style=") || strings.Contains(r.body, " onclick=")) {
		t.Errorf("%s: the page has something inline, which the policy forbids", what)
	}
}

// position gives where the organisation's history stands.
func position(t *testing.T, h *rostertest.House, o roster.OrgID) int64 {
	t.Helper()
	found, err := h.Orgs.Named(h.CLI(""), string(o))
	must(t, err)
	return found.Seq
}

// TestEveryRouteNamesItsAction: whether every action has a door is held in test/contract.
func TestEveryRouteNamesItsAction(t *testing.T) {
	known := actions()
	routes := serve(t, rostertest.SQLite(t)).Doors.Mux.Routes()
	if len(routes) < 40 {
		t.Errorf("only %d routes: a door is missing", len(routes))
	}
	for _, r := range routes {
		a, listed := known[r.Action]
		switch {
		case !listed && strings.TrimSpace(r.Reason) == "":
			t.Errorf("%s %s names %q, which is no action, and gives no reason", r.Method, r.Pattern, r.Action)
		case listed && a.Who == act.RootOnly && a.Clients == "":
			t.Errorf("%s %s offers %s, which is the operator's", r.Method, r.Pattern, r.Action)
		case strings.Contains(r.Pattern, "{secret}") && !r.Secret:
			t.Errorf("%s %s holds a secret and does not say so", r.Method, r.Pattern)
		}
	}
}

func TestEveryUnsafeRouteRefusesOtherSites(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	there := things(t, h, h.Owner, h.Owner.Member)
	was := position(t, h, h.Acme.ID)
	session := sessionOf(t, s.person("olga@example.com")) // the one that owner has
	for _, r := range s.Doors.Mux.Routes() {
		if !r.Unsafe() {
			continue
		}
		there["session"] = session
		path := filled(r.Pattern, there)
		text, headers := body(r)
		for name, from := range map[string][]string{
			"cross-site":         {"Sec-Fetch-Site", "cross-site"},
			"same-site":          {"Sec-Fetch-Site", "same-site"},
			"a foreign origin":   {"Origin", "https://evil.example"},
			"an opaque origin":   {"Origin", "null"},
			"a neighbour's port": {"Origin", "http://127.0.0.1:1"},
		} {
			for _, c := range []caller{owner, robot} {
				a := c.send(r.Method, path, text, append(slices.Clone(headers), from...)...)
				if a.status != http.StatusForbidden {
					t.Errorf("%s %s from %s: %d", r.Method, path, name, a.status)
				}
				sheltered(t, r.Method+" "+path, a)
			}
		}
	}
	if now := position(t, h, h.Acme.ID); now != was {
		t.Errorf("requests of other sites moved the history from %d to %d", was, now)
	}
	if a := owner.get("/me"); a.status != http.StatusOK {
		t.Errorf("another site has signed someone out: %d", a.status)
	}
}

func TestUnknownMethodsAndPaths(t *testing.T) {
	s := serve(t, rostertest.SQLite(t))
	owner := s.person("olga@example.com")
	allowed := map[string][]string{}
	for _, r := range s.Doors.Mux.Routes() {
		path := filled(r.Pattern, map[string]string{"id": "mem_x", "session": "ses_x", "delivery": "dlv_x"})
		allowed[path] = append(allowed[path], r.Method)
		if r.Method == http.MethodGet {
			allowed[path] = append(allowed[path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		// Where a name stands in the place of an ID, the methods of such a thing are answered as of an unknown one.
		named := allowed[path[:strings.LastIndexByte(path, '/')+1]+"mem_x"]
		for _, method := range []string{"BREW", http.MethodTrace, http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodGet} {
			if slices.Contains(methods, method) || slices.Contains(named, method) {
				continue
			}
			a := owner.send(method, path, "", "Sec-Fetch-Site", "same-origin")
			if a.status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
			got := strings.Split(a.header.Get("Allow"), ", ")
			for _, m := range methods {
				if !slices.Contains(got, m) {
					t.Errorf("%s %s: Allow %q lacks %s", method, path, got, m)
				}
			}
			sheltered(t, method+" "+path, a)
		}
	}
	for _, path := range []string{"/nowhere", "/api/v1/nowhere", "/o/acme/team/", "//", "/api/v1/../../etc/passwd", "/o/acme/team/%2e%2e", "/assets/", "/.git/config", "/oauth2/nowhere"} {
		a := owner.get(path)
		if a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
		sheltered(t, path, a)
	}
}

// TestNobodyGetsAnything asks every route without a session, with one that never was, and with a token
// that never was.
func TestNobodyGetsAnything(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	name := roster.NewID("Acme ") // the documents' examples tell of another Acme
	_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{Name: &name})
	must(t, err)
	secrets := []string{name, string(h.Acme.ID), string(h.Owner.Person)}
	known := actions()
	nobody := s.stranger()
	cookie, token := nobody, nobody
	cookie.cookie = "rses_" + strings.Repeat("A", 43)
	token.token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZW1fMSJ9."
	for _, r := range s.Doors.Mux.Routes() {
		path := filled(r.Pattern, map[string]string{"id": string(h.Owner.Member)})
		text, headers := body(r)
		for name, c := range map[string]caller{"nothing": nobody, "a dead cookie": cookie, "a bad token": token} {
			a := c.send(r.Method, path, text, headers...)
			what := r.Method + " " + path + " with " + name
			sheltered(t, what, a)
			for _, secret := range secrets {
				if strings.Contains(a.body, secret) {
					t.Errorf("%s tells of %s: %d", what, secret, a.status)
				}
			}
			sent := a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
			if r.Reason == "" && known[r.Action].Who != act.Anybody && !sent && a.status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", what, a.status, a.header.Get("Location"))
			}
			if a.status == http.StatusUnauthorized && !ours(r.Pattern) && a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: 401 without a challenge", what)
			}
		}
	}
}

// TestReadingChangesNothing opens every page and reads everything, and looks whether the history moved.
func TestReadingChangesNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	there := things(t, h, h.Owner, h.Owner.Member)
	was := position(t, h, h.Acme.ID)
	for _, r := range s.Doors.Mux.Routes() {
		if r.Unsafe() {
			continue
		}
		path := filled(r.Pattern, there)
		whole, head := owner.send(r.Method, path, ""), owner.send(http.MethodHead, path, "")
		sheltered(t, r.Method+" "+path, whole)
		if whole.status >= 500 {
			t.Errorf("%s %s: %d %s", r.Method, path, whole.status, whole.body)
		}
		if r.Method == http.MethodGet && head.status != whole.status {
			t.Errorf("HEAD %s: %d, GET: %d", path, head.status, whole.status)
		}
		if head.body != "" {
			t.Errorf("HEAD %s has a body", path)
		}
	}
	if now := position(t, h, h.Acme.ID); now != was {
		t.Errorf("reading moved the history from %d to %d", was, now)
	}
}
