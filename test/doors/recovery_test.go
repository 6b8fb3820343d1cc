package doors_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// mailed is a site whose letters arrive at a real mail server.
type mailed struct {
	*site
	box  *postbox.Box
	post *jobs.Runner
}

func mailing(t *testing.T, h *rostertest.House) mailed {
	t.Helper()
	s, box := serve(t, h), postbox.Open(t, postbox.Options{Security: postbox.Plain})
	return mailed{s, box, runner(t, s, box)}
}

// sent sends what waits, and gives the nth letter to an address.
func (m mailed) sent(t *testing.T, to string, n int) postbox.Letter {
	t.Helper()
	_, err := m.post.Due(t.Context())
	must(t, err)
	all := m.box.To(to)
	if len(all) != n {
		t.Fatalf("%d letters to %s, not %d", len(all), to, n)
	}
	return all[n-1]
}

// forgets asks for a new password by the page, and gives the path of the link that comes; n counts the letters.
func (m mailed) forgets(t *testing.T, email string, n int) string {
	t.Helper()
	if a := m.Visitor().Post("/forgot-password", "email", email); a.Status != http.StatusOK || !strings.Contains(a.Body, "Look into your mailbox") {
		t.Fatalf("forgot: %d %s", a.Status, a.Body)
	}
	l := m.sent(t, email, n)
	return strings.TrimPrefix(l.Link(t, m.URL+"/recovery/"), m.URL)
}

const another = "marble-otter-thursday-58"

// opens opens a link and chooses a password behind it.
func (m mailed) opens(link, password string) rostertest.Answer {
	v := m.Visitor()
	if a := v.Get(link); a.Status != http.StatusOK {
		return a
	}
	return v.Post("/sign-in/password", "password", password, "repeat", password)
}

// told gives the actions of a history, the newest first.
func told(t *testing.T, h *rostertest.House, o roster.OrgID) []string {
	t.Helper()
	page, err := h.History.List(h.CLI(o), history.Query{})
	must(t, err)
	var all []string
	for _, e := range page.Events {
		all = append(all, e.Action)
	}
	return all
}

func TestWhoForgotThePasswordChoosesAnotherByALetter(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		v, old := m.Visitor(), m.person("anna@example.com")
		if a := m.Visitor().Get("/sign-in"); !strings.Contains(a.Body, `href="/forgot-password"`) {
			t.Error("the sign-in page leads nowhere")
		}
		link := m.forgets(t, "ANNA@example.com", 1)
		arrived := m.stranger().send(http.MethodHead, link, "")
		if arrived.status != http.StatusSeeOther || arrived.header.Get("Location") != "/sign-in/password" || arrived.header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(arrived.header.Get("Cache-Control"), "no-store") {
			t.Errorf("the link: %d %v", arrived.status, arrived.header)
		}
		page := v.Get(link)
		if page.Status != http.StatusOK || page.Path != "/sign-in/password" || !strings.Contains(page.Body, "anna@example.com") || strings.Contains(page.Body, "rrec_") {
			t.Fatalf("the page: %d %s %s", page.Status, page.Path, page.Body)
		}
		if a := v.Post("/sign-in/password", "password", "anna-berg-acme-1", "repeat", "anna-berg-acme-1"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a password of one's own name: %d", a.Status)
		}
		if a := old.get("/me"); a.status != http.StatusOK {
			t.Errorf("before the choice the session is over: %d", a.status)
		}
		if a := v.Post("/sign-in/password", "password", another, "repeat", another); a.Path != "/o/acme/team" {
			t.Fatalf("chosen: %d %s %s", a.Status, a.Path, a.Body)
		}
		if a := old.get("/me"); a.status != http.StatusSeeOther {
			t.Errorf("an old session goes on: %d", a.status)
		}
		if a := m.opens(link, another+"x"); a.Status != http.StatusGone || !strings.Contains(a.Body, "does not work any more") {
			t.Errorf("twice: %d", a.Status)
		}
		if l := m.sent(t, "anna@example.com", 2); l.Subject != "Your password was changed" {
			t.Errorf("told: %s", l.Subject)
		}
		if got := told(t, h, roster.Installation); got[1] != "password.recover" {
			t.Errorf("history: %v", got)
		}
		h.Verified(roster.Installation)
	})
}

// TestALinkForAPasswordDies: of newer links, of time, of a password that changed, of a block and a removal; and of several
// who use it at once one succeeds.
func TestALinkForAPasswordDies(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		ben := h.Join("ben@example.com", "Ben", "Brown", roster.RoleMember) // whom Acme manages
		hush(t, h, ben)
		n := 0
		fresh := func() string {
			n++
			h.Clock.Pass(time.Hour) // what was asked for before is forgiven
			return m.forgets(t, "ben@example.com", n)
		}
		dead := func(why, link string) {
			t.Helper()
			if a := m.opens(link, another); a.Status != http.StatusGone {
				t.Errorf("%s: %d", why, a.Status)
			}
		}
		older := fresh()
		h.Clock.Pass(-59 * time.Minute)
		newer := fresh()
		dead("older than another", older)
		h.Clock.Pass(30 * time.Minute)
		dead("half an hour old", newer)

		link := fresh()
		_, err := h.Team.Block(h.As(h.Owner), ben.Member, "")
		must(t, err)
		dead("blocked", link)
		if a := m.Visitor().Post("/forgot-password", "email", "ben@example.com"); a.Status != http.StatusOK {
			t.Errorf("blocked, the answer is another: %d", a.Status)
		}
		m.sent(t, "ben@example.com", n)
		_, err = h.Team.Unblock(h.As(h.Owner), ben.Member)
		must(t, err)

		// Several at once: one succeeds.
		link = fresh()
		var wait sync.WaitGroup
		var mu sync.Mutex
		in := 0
		crowd := []*rostertest.Visitor{m.Visitor(), m.Visitor(), m.Visitor(), m.Visitor()}
		for _, v := range crowd {
			v.Get(link)
		}
		for _, v := range crowd {
			wait.Go(func() {
				a := v.Post("/sign-in/password", "password", another, "repeat", another)
				mu.Lock()
				defer mu.Unlock()
				if a.Status == http.StatusOK {
					in++
				} else if a.Status != http.StatusGone {
					t.Errorf("one of several: %d %s", a.Status, a.Path)
				}
			})
		}
		wait.Wait()
		if in != 1 {
			t.Errorf("%d chose a password by one link", in)
		}
		if told(t, h, h.Acme.ID)[0] != "password.choose" {
			t.Errorf("history: %v", told(t, h, h.Acme.ID))
		}
		n++
		m.sent(t, "ben@example.com", n) // told of it

		link = fresh()
		v := m.Visitor()
		v.SignIn("ben@example.com", another)
		if a := v.Post("/me/password", "password", "silver-pebble-orchard-92", "repeat", "silver-pebble-orchard-92"); a.Status != http.StatusOK || a.Path == "/me/password" {
			t.Fatalf("changed: %d %s", a.Status, a.Path)
		}
		dead("changed by its person", link)
		n++
		m.sent(t, "ben@example.com", n) // told of it

		link = fresh()
		_, err = h.Team.SetPassword(h.As(h.Owner), ben.Member, team.NewPassword{Password: "orange-lantern-friday-12", Repeat: "orange-lantern-friday-12"})
		must(t, err)
		dead("the password is another", link)
		n++
		m.sent(t, "ben@example.com", n) // told of it
		// What an administrator set opens the choice of another, and a letter nothing.
		n++
		h.Clock.Pass(time.Hour)
		m.Visitor().Post("/forgot-password", "email", "ben@example.com")
		if l := m.sent(t, "ben@example.com", n); l.Subject != "How you sign in" || !strings.Contains(l.Text, "ask them for a new one") || strings.Contains(l.Text, "rrec_") {
			t.Errorf("a given password: %s\n%s", l.Subject, l.Text)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestTheAnswerIsTheSameForEverybody: known, unknown, blocked, invited, and without a password; in bytes, and nobody is
// looked up before the letter is sent.
func TestTheAnswerIsTheSameForEverybody(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		blocked := h.Join("bob.b@example.com", "Bob", "Brown", roster.RoleMember)
		_, err := h.Team.Block(h.As(h.Owner), blocked.Member, "")
		must(t, err)
		_, err = h.Team.Invite(h.As(h.Owner), named("ivy.i@example.com", "Ivy", "Invited"))
		must(t, err)
		for _, path := range []string{"/forgot-password", "/o"} {
			answers := map[string]string{}
			for _, email := range []string{"olga1@example.com", "bob.b@example.com", "ivy.i@example.com", "nobod@example.com"} {
				a := m.stranger().form(path, "email", email)
				if a.status != http.StatusOK {
					t.Errorf("%s %s: %d", path, email, a.status)
				}
				answers[strings.ReplaceAll(a.plain(), email, "")] = email
			}
			if len(answers) != 1 {
				t.Errorf("%s: %d different answers", path, len(answers))
			}
		}
		if a := m.stranger().form("/forgot-password", "email", "no address"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="no address"`) {
			t.Errorf("no address: %d", a.status)
		}
		for _, path := range []string{"/forgot-password", "/o"} { // each has a budget of its own, of three
			answers := map[string]bool{}
			for _, email := range []string{"bob.b@example.com", "nobod@example.com"} {
				for n := 2; n <= 3; n++ {
					if a := m.stranger().form(path, "email", email); a.status != http.StatusOK {
						t.Errorf("%s %s, the %dth: %d", path, email, n, a.status)
					}
				}
				a := m.stranger().form(path, "email", email)
				if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
					t.Errorf("%s %s, the fourth: %d", path, email, a.status)
				}
				answers[strings.ReplaceAll(a.plain(), email, "")] = true
			}
			if len(answers) != 1 {
				t.Errorf("%s, the fourth: %d different answers", path, len(answers))
			}
		}
		_, err = m.post.Due(t.Context())
		must(t, err)
		for _, email := range []string{"bob.b@example.com", "nobod@example.com"} {
			if got := m.box.To(email); len(got) != 0 {
				t.Errorf("%s got %d letters", email, len(got))
			}
		}
	})
}

// TestALetterNamesTheOrganisations: those in which the address has a way in, with how; and none that the address means
// nobody in.
func TestALetterNamesTheOrganisations(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		_, otto := m.other("Beta", "otto@example.com")
		m.other("Gamma", "gina@example.com")
		h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		_, err := h.Team.Create(h.As(otto), team.Creation{Invitation: named("anna@example.com", "Anna", "Berg"), NewPassword: team.NewPassword{Password: another, Repeat: another}})
		must(t, err)
		m.Visitor().Post("/o", "email", "anna@example.com")
		l := m.sent(t, "anna@example.com", 1)
		for _, want := range []string{"Acme (with your password):", m.URL + "/o/acme/sign-in", "Beta (with the password that an administrator gave you", m.URL + "/o/beta/sign-in"} {
			if !strings.Contains(l.Text, want) || strings.Contains(l.Text, "Gamma") {
				t.Errorf("the letter lacks %q, or has too much:\n%s", want, l.Text)
			}
		}
		for _, link := range l.Links() {
			if !strings.HasPrefix(link, m.URL+"/") {
				t.Errorf("the letter leads to %s", link)
			}
		}
	})
}

// TestALetterSwitchesNothingOnThatAdministratorsSwitchedOff: where passwords are off, a letter says how else one comes in.
func TestALetterSwitchesNothingOnThatAdministratorsSwitchedOff(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Delta", Owner: "dan@example.com"})
		must(t, err)
		delta := h.CLI(founded.Organisation.ID)
		v, err := h.Team.Invite(delta, named("mara@example.com", "Mara", "Ek"))
		must(t, err)
		linked, err := h.Team.Link(delta, v.ID)
		must(t, err)
		h.Accept(founded.Organisation.ID, linked.Secret, "Mara", "Ek")
		link := m.forgets(t, "mara@example.com", 1)
		_, err = h.Methods.Disable(delta, roster.PasswordMethod)
		must(t, err)
		if a := m.opens(link, another); a.Status != http.StatusGone {
			t.Errorf("the link from before: %d", a.Status)
		}
		m.Visitor().Post("/forgot-password", "email", "mara@example.com", "organisation", "delta")
		if l := m.sent(t, "mara@example.com", 2); l.Subject != "How you sign in" || strings.Contains(l.Text, "rrec_") || !strings.Contains(l.Text, "Delta (ask an administrator there)") {
			t.Errorf("%s\n%s", l.Subject, l.Text)
		}
	})
}

// TestALinkNeverGoesPastTheSecondFactor: the password is another, and the code is asked for.
func TestALinkNeverGoesPastTheSecondFactor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		v := m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		key, _ := setUp(t, h, v)
		m.sent(t, "anna@example.com", 1) // it tells of the app
		half := m.Visitor()
		half.Post("/sign-in", "email", "anna@example.com", "password", rostertest.Password)
		h.Clock.Pass(time.Minute)
		link := m.forgets(t, "anna@example.com", 2)
		chosen := m.Visitor()
		chosen.Get(link)
		if a := chosen.Post("/sign-in/password", "password", another, "repeat", another); a.Path != "/sign-in/second" {
			t.Fatalf("led to %s", a.Path)
		}
		if a := chosen.Get("/o/acme/team"); a.Path != "/sign-in" {
			t.Errorf("past the factor: %s", a.Path)
		}
		if a := half.Get("/sign-in/second"); a.Path != "/sign-in" {
			t.Errorf("what the old password began goes on: %s", a.Path)
		}
		if a := chosen.Post("/sign-in/second", "code", code(t, key, h)); a.Path != "/o/acme/team" {
			t.Errorf("with the code: %d %s", a.Status, a.Path)
		}
	})
}

// TestTheOperatorMakesAWayBackIn: for who has neither password nor factor, in every history that it concerns.
func TestTheOperatorMakesAWayBackIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		beta, otto := m.other("Beta", "otto@example.com")
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		s := shared{site: m.site}
		h.Own(otto, s.as("anna@example.com"), named("anna@example.com", "Anna", "Berg"))
		hush(t, h, anna)
		v := m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		setUp(t, h, v)
		m.sent(t, "anna@example.com", 1) // told of the app
		if _, err := h.Recovery.Recover(h.As(h.Owner), anna.Member, true); !roster.Is(err, "forbidden") {
			t.Errorf("an Owner made one: %v", err)
		}
		status, out, complaint := m.command("user", "recover", "anna@example.com", "--org", "acme", "--factors", "--url", m.URL)
		if status != 0 {
			t.Fatalf("user recover: %d %s", status, complaint)
		}
		h.Clock.Pass(time.Since(h.Clock.Now())) // the command line has the machine's clock
		link := strings.TrimPrefix(strings.TrimSpace(out), m.URL)
		if l := m.sent(t, "anna@example.com", 2); l.Subject != "A way back in was made for you" || strings.Contains(l.Text, "rrec_") {
			t.Errorf("told: %s\n%s", l.Subject, l.Text)
		}
		for o, want := range map[roster.OrgID]string{h.Acme.ID: "member.recover", beta.ID: "member.recover", roster.Installation: "person.recover"} {
			if got := told(t, h, o); got[0] != want {
				t.Errorf("the history of %s: %v", o, got)
			}
			h.Verified(o)
		}
		m.forgets(t, "anna@example.com", 3) // a stranger's letter does not take the operator's link away
		if a := m.opens(link, another); a.Path == "/sign-in/second" || a.Status != http.StatusOK {
			t.Errorf("the link: %d %s", a.Status, a.Path)
		}
		if a := m.opens(link, another+"x"); a.Status != http.StatusGone {
			t.Errorf("twice: %d", a.Status)
		}
	})
}

// TestNoHeaderShapesALink: links are made of the configured address alone.
func TestNoHeaderShapesALink(t *testing.T) {
	h := rostertest.SQLite(t)
	m := mailing(t, h)
	h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
	body := "email=anna%40example.com"
	a := m.stranger().send(http.MethodPost, "/forgot-password", body, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin",
		"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example", "Host", "evil.example")
	if a.status != http.StatusOK {
		t.Fatalf("asked: %d %s", a.status, a.body)
	}
	l := m.sent(t, "anna@example.com", 1)
	for _, link := range l.Links() {
		if !strings.HasPrefix(link, m.URL+"/") {
			t.Errorf("the letter leads to %s", link)
		}
	}
	if a := m.stranger().send(http.MethodPost, "/forgot-password", body+"&email=eve%40example.com", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"); a.status != http.StatusBadRequest {
		t.Errorf("two addresses: %d", a.status)
	}
}
