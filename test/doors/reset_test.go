package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAnAdministratorHasALinkSent: by a page without scripts, by REST and by the command line; the letter says who asked, its
// link is the person's alone, goes past no second factor, and ends as every such link does.
func TestAnAdministratorHasALinkSent(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		hush(t, h, anna)
		page := "/o/acme/team/" + string(anna.Member)
		olga, old := m.person("olga@example.com"), m.Visitor()
		old.SignIn("anna@example.com", rostertest.Password)
		setUp(t, h, old)
		m.sent(t, "anna@example.com", 1)
		for _, from := range []string{page + "/sign-in", page + "/password"} {
			if a := olga.get(from); !strings.Contains(a.body, page+"/password-reset") {
				t.Errorf("%s leads to no letter", from)
			}
		}
		if a := olga.get(page + "/password-reset"); a.status != http.StatusOK || !strings.Contains(a.body, "You do not see the link.") {
			t.Fatalf("the question: %d", a.status)
		}
		a := olga.form(page + "/password-reset")
		if a.status != http.StatusSeeOther || strings.Contains(a.body, "rrec_") || !strings.Contains(olga.get(page).body, "member") {
			t.Fatalf("sent: %d %s", a.status, a.body)
		}
		l := m.sent(t, "anna@example.com", 2)
		if l.Subject != "Choose a new password" || !strings.Contains(l.Text, "Olga Owner at Acme asked for a new password for anna@example.com.") || !strings.Contains(l.HTML, "Olga Owner at Acme") {
			t.Errorf("the letter: %s\n%s", l.Subject, l.Text)
		}
		older := strings.TrimPrefix(l.Link(t, m.URL+"/recovery/"), m.URL)

		if a := olga.json(http.MethodPost, at(h.Acme.ID, "members", string(anna.Member), "reset-password"), nil); a.status != http.StatusNoContent || a.body != "" {
			t.Fatalf("by REST: %d %s", a.status, a.body)
		}
		link := strings.TrimPrefix(m.sent(t, "anna@example.com", 3).Link(t, m.URL+"/recovery/"), m.URL)
		if a := m.opens(older, another); a.Status != http.StatusGone {
			t.Errorf("the older link: %d", a.Status)
		}
		if old.Get("/me").Path != "/me" {
			t.Error("the letter alone ended a session")
		}
		if a := m.opens(link, another); a.Path != "/sign-in/second" {
			t.Errorf("the link goes past the second factor: %d %s", a.Status, a.Path)
		}
		if a := m.opens(link, another+"x"); a.Status != http.StatusGone {
			t.Errorf("twice: %d", a.Status)
		}
		if old.Get("/me").Path == "/me" {
			t.Error("an old session outlives the new password")
		}
		if l := m.sent(t, "anna@example.com", 4); l.Subject != "Your password was changed" {
			t.Errorf("told: %s", l.Subject)
		}
		if a := olga.json(http.MethodPost, at(h.Acme.ID, "members", string(anna.Member), "reset-password"), nil); a.status != http.StatusNoContent {
			t.Fatalf("the third: %d %s", a.status, a.body)
		}
		if l := m.sent(t, "anna@example.com", 5); l.Subject != "Choose a new password" {
			t.Errorf("the third: %s", l.Subject)
		}
		if a := olga.json(http.MethodPost, at(h.Acme.ID, "members", string(anna.Member), "reset-password"), nil); a.status != http.StatusTooManyRequests || a.code(t) != "too_many_letters" || a.header.Get("Retry-After") == "" {
			t.Errorf("the fourth within an hour: %d %s", a.status, a.body)
		}
		h.Clock.Pass(time.Hour)
		if status, out, complaint := m.command("user", "reset-password", "anna@example.com", "--org", "acme"); status != 0 || strings.Contains(out+complaint, "rrec_") {
			t.Errorf("by the command line: %d %s", status, complaint)
		}
		h.Clock.Pass(time.Since(h.Clock.Now())) // the command line has the machine's clock
		if l := m.sent(t, "anna@example.com", 6); !strings.Contains(l.Text, "An administrator at Acme asked for a new password") {
			t.Errorf("by the command line: %s", l.Text)
		}
		n := 0
		for _, action := range told(t, h, h.Acme.ID) {
			if action == "member.password_reset" {
				n++
			}
		}
		if got := m.person("olga@example.com").get(page + "/history"); n != 4 || strings.Contains(got.body, "rrec_") || !strings.Contains(got.body, "had a link for a new password sent to") {
			t.Errorf("%d lines of the history tell of four letters: %d", n, got.status)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestALetterLetsASecondFactorGo: an administrator begins it, the letter's link and the password finish it; a block and a
// removal end it, and the link for a forgotten password beside it.
func TestALetterLetsASecondFactorGo(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		hush(t, h, anna)
		olga, v := m.person("olga@example.com"), m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		n := 1 // a letter tells of the app
		started := func() string {
			t.Helper()
			n++
			r := olga.json(http.MethodPost, at(h.Acme.ID, "members", string(anna.Member), "reset-mfa"), nil)
			if r.status != http.StatusOK || !strings.Contains(r.body, `"by_mail":true`) {
				t.Fatalf("reset: %d %s", r.status, r.body)
			}
			l := m.sent(t, "anna@example.com", n)
			if l.Subject != "Reset your second factor at Acme" || !strings.Contains(l.HTML, "Reset my second factor") {
				t.Errorf("the letter: %s", l.Subject)
			}
			return l.Link(t, m.URL+"/factor-reset/")
		}
		setUp(t, h, v)
		m.sent(t, "anna@example.com", n)
		link := started()
		if a := m.stranger().send(http.MethodHead, strings.TrimPrefix(link, m.URL), ""); a.header.Get("Referrer-Policy") != "no-referrer" || a.header.Get("Location") != "/factor-reset" {
			t.Errorf("the link: %d %v", a.status, a.header)
		}
		lost := m.Visitor()
		if a := lost.Get(link); a.Status != http.StatusOK || a.Path != "/factor-reset" || strings.Contains(a.Body, "rrst_") {
			t.Fatalf("the page: %d %s", a.Status, a.Path)
		}
		if a := lost.Post("/factor-reset", "password", "wrong"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("without the password: %d", a.Status)
		}
		if a := lost.Post("/factor-reset", "password", rostertest.Password); a.Path != "/sign-in" {
			t.Fatalf("finished: %d %s", a.Status, a.Path)
		}
		v = m.Visitor()
		if a := v.SignIn("anna@example.com", rostertest.Password); a.Path != "/o/acme/team" {
			t.Errorf("the password is enough now, and led to %s", a.Path)
		}

		setUp(t, h, v)
		n += 2 // letters tell that the factor went, and that there is another
		m.sent(t, "anna@example.com", n)
		factor := started()
		n++
		password := m.forgets(t, "anna@example.com", n)
		_, err := h.Team.Block(h.As(h.Owner), anna.Member, "")
		must(t, err)
		m.endedBoth(t, "block", factor, password)
		_, err = h.Team.Unblock(h.As(h.Owner), anna.Member)
		must(t, err)
		factor = started()
		n++
		password = m.forgets(t, "anna@example.com", n)
		_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
		must(t, err)
		m.endedBoth(t, "removal", factor, password)
		h.Verified(h.Acme.ID)
	})
}

// endedBoth holds that neither mailed link opens anything any more.
func (m mailed) endedBoth(t *testing.T, what, factor, password string) {
	t.Helper()
	v := m.Visitor()
	if a := v.Get(factor); a.Status != http.StatusGone {
		t.Errorf("after a %s, the link for a second factor: %d", what, a.Status)
	}
	if a := v.Post("/factor-reset", "password", rostertest.Password); a.Status != http.StatusGone {
		t.Errorf("after a %s, the form behind it: %d", what, a.Status)
	}
	if a := m.opens(password, another); a.Status != http.StatusGone {
		t.Errorf("after a %s, the link for a password: %d", what, a.Status)
	}
}
