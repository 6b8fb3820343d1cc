package doors_test

import (
	"html"
	"log/slog"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/jobs"
	"roster/internal/jobs/letters"
	carrier "roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// hostile are names as nobody is called; code is empty where design page 6 has them stored.
var hostile = []struct{ what, name, code string }{
	{"markup", `</p><a href="https://evil.example/x">Click</a>`, ""},
	{"a script", `<script>alert(1)</script>`, ""},
	{"an attribute", `" onmouseover="alert(1)" x="`, ""},
	{"a template", `{{.Secret}} ${7*7} %(name)s {email} <%= 1 %>`, ""},
	{"an address", `https://evil.example/login`, ""},
	{"a bare host", `evil.example`, ""},
	{"a mail header in words", `Bcc: victim@evil.example`, ""},
	{"a list of addresses", `A" <victim@evil.example>, "B`, ""},
	{"an encoded word", `=?utf-8?q?=0d=0aBcc:_victim@evil.example?=`, ""},
	{"a formula", `=HYPERLINK("https://evil.example")`, ""},
	{"a percent sign", `%s%n%0d%0aBcc:%20x`, ""},
	{"another script", `Жанна 李 עברית`, ""},
	{"an emoji", `👩‍👧 Ada`, ""},
	{"a hundred characters", strings.Repeat("n", 100), ""},
	{"a newline", "Ada\r\nBcc: victim@evil.example", "control_character"},
	{"a bare newline at the end", "Ada\n", "control_character"},
	{"a tab", "Ada\tB", "control_character"},
	{"a NUL", "Ada\x00", "control_character"},
	{"an escape", "Ada\x1b[31m", "control_character"},
	{"a C1 control", "Ada\u0085B", "control_character"},
	{"a line separator", "Ada\u2028B", "control_character"},
	{"bidi override", "Ada\u202egro.elpmaxe", "bidi_control"},
	{"bidi isolate", "Ada\u2066x", "bidi_control"},
	{"a mark", "Ada\u200f", "bidi_control"},
	{"two thousand characters", strings.Repeat("n", 2000), "too_long"},
	{"spaces alone", " \u00a0\u2003", "field_required"},
}

// TestHostileNames: each is refused by its code or stored as it is, through page and API alike; the
// letter stays one letter to one recipient, and inert; the pages show it as text.
func TestHostileNames(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s, box := serve(t, h), postbox.Open(t, postbox.Options{Security: postbox.Plain})
		owner := s.person("olga@example.com")
		post := runner(t, s, box)
		for n, c := range hostile {
			address := numbered("hostile#@example.com", n)
			in := map[string]any{"email": address, "first_name": c.name, "last_name": "Name", "message": "Welcome"}
			if c.code == "" {
				in["message"] = c.name
			}
			a := owner.json(http.MethodPost, at(h.Acme.ID, "members"), in, "Sec-Fetch-Site", "same-origin")
			if c.code != "" {
				status, code := http.StatusUnprocessableEntity, c.code
				if c.what == "a NUL" { // no text has it, whatever field it stands in
					status, code = http.StatusBadRequest, "malformed"
				}
				if a.status != status || !strings.Contains(a.body, code) {
					t.Errorf("%s by the API: %d %s", c.what, a.status, a.body)
				}
			} else if got := a.json(t); a.status != http.StatusCreated || got["first_name"] != c.name {
				t.Errorf("%s by the API: %d %s", c.what, a.status, a.body)
			}
			page := owner.form("/o/acme/team/add", "form_key", numbered("hostile-#", n), "kind", "regular", "email", numbered("page#@example.com", n), "first_name", "First", "last_name", c.name, "role", "member")
			switch {
			case c.code == "" && page.status != http.StatusSeeOther:
				t.Errorf("%s by the page: %d", c.what, page.status)
			case c.what == "a NUL" && page.status != http.StatusBadRequest: // a form's text is text
				t.Errorf("%s by the page: %d", c.what, page.status)
			case c.code != "" && c.what != "a NUL" && page.status != http.StatusUnprocessableEntity:
				t.Errorf("%s by the page: %d", c.what, page.status)
			}
			inertPage(t, c.what+": the form again", page.body, c.name)
			if c.code != "" {
				continue
			}
			_, err := post.Due(t.Context())
			must(t, err)
			inert(t, s, c.what, box.Wait(t, address, 1), c.name)
			id := strings.TrimPrefix(page.header.Get("Location"), "/o/acme/team/")
			for _, path := range []string{"/o/acme/team/" + id, "/o/acme/team/" + id + "/edit", "/o/acme/team/" + id + "/remove", "/o/acme/team?limit=200", "/o/acme/history"} {
				shown := owner.get(path)
				if shown.status != http.StatusOK || !strings.Contains(html.UnescapeString(shown.body), c.name) {
					t.Errorf("%s does not stand at %s: %d", c.what, path, shown.status)
				}
				inertPage(t, c.what+" at "+path, shown.body, c.name)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// runner sends letters to a box.
func runner(t *testing.T, s *site, box *postbox.Box) *jobs.Runner {
	t.Helper()
	smtp, err := carrier.NewSMTP(box.URL(), "roster@example.com")
	must(t, err)
	return jobs.NewRunner(s.Gate, jobs.Settings{Log: slog.New(slog.NewTextHandler(s.log, nil)), Handlers: letters.Handlers(letters.Settings{
		Outbox: s.Outbox, Ways: s.Recovery, Mailbox: s.Mailbox, News: s.News, Carrier: smtp, Words: s.Doors.Words, URL: s.URL,
	})})
}

// inert holds that a letter went to one recipient, has no header and no link but ours.
func inert(t *testing.T, s *site, what string, l postbox.Letter, name string) {
	t.Helper()
	to, err := mail.ParseAddressList(l.Header.Get("To"))
	if err != nil || len(to) != 1 || len(l.To) != 1 || to[0].Address != l.To[0] {
		t.Errorf("%s: the letter is to %q and %v: %v", what, l.To, to, err)
	}
	for header := range l.Header {
		switch header {
		case "Bcc", "Cc", "Reply-To", "X-Evil":
			t.Errorf("%s: the letter has the header %s: %s", what, header, l.Header.Get(header))
		}
	}
	if strings.ContainsAny(l.Subject, "\r\n") || strings.HasPrefix(l.Subject, name) {
		t.Errorf("%s: the subject is %q", what, l.Subject)
	}
	for _, link := range l.Links() {
		if !strings.HasPrefix(link, s.URL+"/") {
			t.Errorf("%s: the letter leads to %s", what, link)
		}
	}
	inertPage(t, what+" in the letter", l.HTML, name)
}

// inertPage holds that markup which stands in a name does not stand in a page.
func inertPage(t *testing.T, what, page, name string) {
	t.Helper()
	for _, mark := range []string{"<", `"`} {
		if strings.Contains(name, mark) && strings.Contains(page, name) {
			t.Errorf("%s: it stands there as markup", what)
		}
	}
	for _, never := range []string{`href="https://evil`, "<script>alert", `" onmouseover=`} {
		if strings.Contains(page, never) {
			t.Errorf("%s: the page has %s", what, never)
		}
	}
}

// TestHostileAddresses: what is an address is stored as typed, the rest is refused by every door.
func TestHostileAddresses(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	for _, c := range []struct {
		address string
		good    bool
	}{
		{"plus+dots.kept@example.com", true},
		{"MiXed@Example.COM", true},
		{"o'brien@example.com", true},
		{"x@bücher.example", true},
		{"x@xn--bcher-kva.example", false}, // the same address: already there
		{strings.Repeat("l", 64) + "@example.com", true},
		{strings.Repeat("l", 65) + "@example.com", false},
		{"x@" + strings.Repeat("d", 63) + ".example.com", true},
		{"x@" + strings.Repeat("d", 64) + ".example.com", false},
		{strings.Repeat("l", 2000) + "@example.com", false},
		{"a@b@example.com", false},
		{`"quoted"@example.com`, false},
		{"a(comment)@example.com", false},
		{"a@example.com.", false},
		{"a@example", false},
		{"a@127.0.0.1", false},
		{"a@[127.0.0.1]", false},
		{"жанна@example.com", false},
		{"ａdmin@example.com", false},
		{"a@example.com\r\nBcc: b@example.com", false},
		{"a@example.com, b@example.com", false},
		{"Name <a@example.com>", false},
		{"a\u202e@example.com", false},
		{"a@exam\u00adple.com\x00", false},
		{"", false},
	} {
		in := map[string]any{"email": c.address, "first_name": "A", "last_name": "B"}
		api := owner.json(http.MethodPost, at(h.Acme.ID, "members"), in, "Sec-Fetch-Site", "same-origin")
		nul := strings.Contains(c.address, "\x00") && api.status == http.StatusBadRequest
		if api.status == http.StatusCreated != c.good || !c.good && !nul && api.status != http.StatusUnprocessableEntity && api.status != http.StatusConflict {
			t.Errorf("%.80q by the API: %d %s", c.address, api.status, api.body)
		}
		if c.good {
			if got := api.json(t)["email"]; got != c.address {
				t.Errorf("%q is stored as %q", c.address, got)
			}
			continue // the page would find it there
		}
		page := owner.form("/o/acme/team/add", "form_key", roster.NewID("key_"), "kind", "regular", "email", c.address, "first_name", "A", "last_name", "B", "role", "member")
		if page.status < 400 || page.status >= 500 {
			t.Errorf("%.80q by the page: %d", c.address, page.status)
		}
		if !strings.ContainsAny(c.address, "\x00") {
			if code, _, _ := s.command("user", "invite", c.address, "--first-name", "A", "--last-name", "B", "--org", "acme"); code == 0 {
				t.Errorf("%.80q by the command line: done", c.address)
			}
		}
	}
}

// TestARefusalKeepsNoHostileInput: what a refused request called things does not stand in the history at
// any length and with any sign.
func TestARefusalKeepsNoHostileInput(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		anna := s.person("anna@example.com")
		from := position(t, h, h.Acme.ID)
		long := strings.Repeat("x\u202e<b>", 50_000)
		for _, in := range []map[string]any{{"email": long, "first_name": "A", "last_name": "B"}, {"kind": "api", "name": long}, {"kind": "api", "name": "\x01"}} {
			if a := anna.json(http.MethodPost, at(h.Acme.ID, "members"), in, "Sec-Fetch-Site", "same-origin"); a.status != http.StatusForbidden {
				t.Errorf("an auditor adds someone: %d", a.status)
			}
		}
		if a := anna.form("/o/acme/team/"+strings.Repeat("y", 3000)+"/edit", "version", "1"); a.status != http.StatusForbidden && a.status != http.StatusNotFound {
			t.Errorf("an auditor edits nobody: %d", a.status)
		}
		h.Clock.Pass(2 * time.Minute)
		must(t, h.Gate.SealRefusals(h.CLI("")))
		page, err := h.Team.List(h.As(h.Owner), team.Query{})
		must(t, err)
		if len(page.Members) != 2 {
			t.Errorf("%d members", len(page.Members))
		}
		lines := (&scene{stage: &stage{site: s}}).since(t, from)
		if len(lines) < 2 {
			t.Errorf("%d lines tell of the refusals", len(lines))
		}
		for _, l := range lines {
			if len(l.Target.Name) > 500 || len(l.Target.ID) > 100 || strings.Contains(l.Target.Name, "\u202e") {
				t.Errorf("%s: the target is called by %d bytes, its name by %d", l.Action, len(l.Target.ID), len(l.Target.Name))
			}
		}
		h.Verified(h.Acme.ID)
	})
}
