package doors_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postgres"
	"roster/internal/server"
)

// TestOddRequestsAreNoErrorOfOurs sends what no browser sends: at the small count each text to one of the databases, those that are
// no text at all to PostgreSQL, which refuses to keep them, and by a person or a program in turns.
func TestOddRequestsAreNoErrorOfOurs(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		owner := s.person("olga@example.com")
		robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
		me := string(h.Owner.Member)
		none := []string{"%00", "%ff%fe", "%C0%80", "%ED%A0%80"}
		all := []string{"%E2%80%AE", "%F0%9F%98%80", "'%20OR%201=1--", strings.Repeat("x", 5000), "%25%32%46"}
		switch {
		case count(0, 1) == 1 || !postgres.Wanted():
			all = append(all, none...)
		case h.DB.Kind() == "postgres":
			all = none
		}
		for o, odd := range all {
			for n, r := range s.Doors.Mux.Routes() {
				if !strings.Contains(r.Pattern, "{") || strings.HasSuffix(r.Pattern, "{$}") {
					continue
				}
				text, headers := body(r)
				for p, parts := range []map[string]string{{"org": odd}, {"id": odd}, {"session": odd}, {"org": odd, "secret": odd}} {
					path := filled(r.Pattern, parts)
					for i, c := range []caller{owner, robot} {
						if count((o+n+p)%2, i) != i {
							continue
						}
						if a := c.send(r.Method, path, text, append(headers, "Sec-Fetch-Site", "same-origin")...); a.status >= 500 || a.status == 0 {
							t.Errorf("%s %.80s: %d", r.Method, path, a.status)
						}
					}
				}
			}
			for _, query := range []string{"q", "cursor", "member", "status", "kind", "limit", "columns", "next", "role", "sort", "after", "action", "from", "unit", "parent", "permission", "like", "in", "open", "people", "below", "unit_q", "unit_cursor", "archived", "dry_run"} {
				for _, path := range []string{
					"/o/acme/team", "/o/acme/history", "/sign-in", "/o/acme/team/add", "/o/acme/units", "/o/acme/units/find", "/o/acme/units/add", "/o/acme/roles", "/o/acme/roles/add", "/o/acme/roles/permissions", "/o/acme/access", "/o/acme/team/" + me + "/access", "/o/acme/team/" + me + "/history", "/o/acme/sign-in", "/sign-in/password", "/forgot-password", "/o", "/o/acme/units/" + odd + "/external",
					at(h.Acme.ID, "members"), at(h.Acme.ID, "history"), at(h.Acme.ID, "units"), at(h.Acme.ID, "roles"), at(h.Acme.ID, "roles/owner"), at(h.Acme.ID, "access"), at(h.Acme.ID, "permissions"), at(h.Acme.ID, "members", me, "access"), at(h.Acme.ID, "members", me, "explain"),
				} {
					if a := owner.get(path + "?" + query + "=" + odd); a.status >= 500 {
						t.Errorf("%s?%s=%.40s: %d", path, query, odd, a.status)
					}
				}
			}
			form := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
			for _, sent := range []string{
				"/sign-in email=a@example.com&password=x&organisation=" + odd, "/sign-in email=" + odd + "&password=" + odd,
				"/forgot-password email=" + odd + "&organisation=" + odd, "/forgot-password email=a@example.com&organisation=" + odd, "/o email=" + odd,
				"/sign-in/password password=" + odd + "&repeat=" + odd + "&next=" + odd, "/sign-in/password/criteria password=" + odd,
				"/o/acme/team/add form_key=k3&kind=external&unit=" + odd + "&unit_q=" + odd + "&email=odd@example.com&first_name=A&last_name=B&way=password&password=" + odd + "&repeat=" + odd,
				"/o/acme/team/add do=find&unit=" + odd + "&unit_q=" + odd, "/o/acme/team/add/criteria password=" + odd + "&first_name=" + odd, "/o/acme/team/" + me + "/password password=" + odd,
				"/o/acme/team/add form_key=" + odd + "&kind=regular&email=odd@example.com&first_name=A&last_name=B",
				"/o/acme/team/add form_key=k4&kind=api&name=Odd&ends_on=" + odd, "/o/acme/team/add form_key=k&kind=" + odd, "/o/acme/team/add form_key=k2&kind=regular&role=" + odd + "&email=odd@example.com&first_name=A&last_name=B",
				"/me/preferences theme=" + odd + "&density=" + odd + "&zone=" + odd + "&language=" + odd, "/o/acme/me version=1&first_name=" + odd + "&phone=" + odd, "/sign-out next=" + odd, "/oauth2/token grant_type=client_credentials&client_id=" + odd + "&client_secret=" + odd,
				"/oauth2/token grant_type=" + odd + "&scope=" + odd, "/invitation first_name=" + odd,
			} {
				path, text, _ := strings.Cut(sent, " ")
				c := owner
				if path == "/sign-out" {
					c = s.stranger()
				}
				if a := c.send(http.MethodPost, path, text, append(form, "User-Agent", "odd", "Cookie", "__Host-flash="+odd+"; __Host-look="+odd+"; __Host-choice="+odd+"; __Host-invitation="+odd+"."+odd)...); a.status >= 500 {
					t.Errorf("%s %.80s: %d", path, text, a.status)
				}
			}
		}
		if text := s.log.String(); strings.Contains(text, "level=ERROR") {
			at := strings.Index(text, "level=ERROR")
			t.Errorf("the log has an error: %.600s", text[max(0, at-40):])
		}
		h.Verified(h.Acme.ID)
	})
}

// TestTheServersOwnAnswers looks at what net/http would answer by itself.
func TestTheServersOwnAnswers(t *testing.T) {
	s := serve(t, rostertest.SQLite(t))
	l, err := server.Listen(t.Context(), "127.0.0.1:0", "", "")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, slog.New(slog.DiscardHandler), server.Service{Listener: l, Handler: s.Doors.Handler})
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	must(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	must(t, err)
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	must(t, err)
	defer a.Body.Close()
	if a.StatusCode >= 500 || a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "default-src 'none';") {
		t.Errorf("OPTIONS *: %d %v", a.StatusCode, a.Header)
	}
	stop()
	must(t, <-served)
}
