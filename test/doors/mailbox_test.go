package doors_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// seeks asks for another address by the page.
func seeks(t *testing.T, v *rostertest.Visitor, email string) {
	t.Helper()
	if a := v.Post("/me/email", "email", email); a.Status != http.StatusOK || a.Path != "/me" || !strings.Contains(a.Body, "A change to "+email+" is waiting") {
		t.Fatalf("asked for %s: %d %s %s", email, a.Status, a.Path, a.Body)
	}
}

// linked sends what waits, and gives the path of the link in the newest letter to an address by which its change is proved.
func (m mailed) linked(t *testing.T, to string) string {
	t.Helper()
	return m.linkedTo(t, to, "/email-change/")
}

// linkedTo does it for links to a page. Letters of one moment come in any order.
func (m mailed) linkedTo(t *testing.T, to, page string) string {
	t.Helper()
	_, err := m.post.Due(t.Context())
	must(t, err)
	link := ""
	for _, l := range m.box.To(to) {
		if strings.Contains(l.Text, m.URL+page) {
			link = strings.TrimPrefix(l.Link(t, m.URL+page), m.URL)
		}
	}
	if link == "" {
		t.Fatalf("no letter to %s has a link to %s", to, page)
	}
	return link
}

// proves opens a link in a browser of its own and presses the button.
func (m mailed) proves(link string) rostertest.Answer {
	v := m.Visitor()
	if a := v.Get(link); a.Status != http.StatusOK {
		return a
	}
	return v.Post("/email")
}

// written gives an organisation's newest lines of the history.
func written(t *testing.T, h *rostertest.House, o roster.OrgID) []roster.Event {
	t.Helper()
	page, err := h.History.List(h.CLI(o), history.Query{})
	must(t, err)
	return page.Events
}

// signsIn tells whether an address and a password let somebody in.
func (m mailed) signsIn(email, password string) bool {
	a := m.Visitor().Post("/sign-in", "email", email, "password", password)
	return a.Status == http.StatusOK && a.Path != "/sign-in"
}

// TestAnAddressChangesWhenBothMailboxesProveIt, in every organisation of the person, and the old one takes it back.
func TestAnAddressChangesWhenBothMailboxesProveIt(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := share(t, h)
		m := mailing(t, h)
		v := m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		seeks(t, v, "Anna@Example.net")
		old, fresh := m.linked(t, "anna@example.com"), m.linked(t, "Anna@Example.net")

		// Whoever only looks changes nothing.
		arrived := m.stranger().send(http.MethodHead, fresh, "")
		if arrived.status != http.StatusSeeOther || arrived.header.Get("Location") != "/email" || arrived.header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(arrived.header.Get("Cache-Control"), "no-store") {
			t.Errorf("the link: %d %v", arrived.status, arrived.header)
		}
		page := m.Visitor().Get(fresh)
		if page.Path != "/email" || strings.Contains(page.Body, "anna@example.com") || strings.Contains(page.Body, "radr_") {
			t.Errorf("the new mailbox's page tells too much: %s", page.Body)
		}
		if a := m.proves(fresh); a.Status != http.StatusOK || a.Path != "/email" || !strings.Contains(a.Body, "This mailbox has confirmed") {
			t.Fatalf("the first proof: %d %s %s", a.Status, a.Path, a.Body)
		}
		if a := v.Get("/me"); !strings.Contains(a.Body, "The new mailbox has confirmed") || !m.signsIn("anna@example.com", rostertest.Password) || m.signsIn("anna@example.net", rostertest.Password) {
			t.Error("one mailbox is enough, or its proof is not shown")
		}
		m.Visitor().Post("/forgot-password", "email", "anna@example.com")
		recovery := m.linkedTo(t, "anna@example.com", "/recovery/")
		if a := m.proves(old); a.Path != "/sign-in" || !strings.Contains(a.Body, "You sign in by Anna@Example.net from now on") {
			t.Fatalf("the second proof: %d %s %s", a.Status, a.Path, a.Body)
		}
		if a := v.Get("/me"); a.Path != "/sign-in" || s.hers.get("/me").status != http.StatusSeeOther {
			t.Error("a session goes on")
		}
		if m.signsIn("anna@example.com", rostertest.Password) || !m.signsIn("anna@example.net", rostertest.Password) {
			t.Error("it is not the new address that lets in")
		}
		for _, link := range []string{old, fresh} {
			if a := m.proves(link); a.Status != http.StatusGone || !strings.Contains(a.Body, "does not work any more") {
				t.Errorf("a link once more: %d", a.Status)
			}
		}
		if a := m.opens(recovery, another); a.Status != http.StatusGone {
			t.Errorf("the old mailbox still chooses the password: %d %s", a.Status, a.Path)
		}
		called := func(email, search string) {
			t.Helper()
			for _, by := range []roster.Actor{h.Owner, s.otto} {
				all, err := h.Team.List(h.As(by), team.Query{Text: search})
				must(t, err)
				if len(all.Members) != 1 || all.Members[0].Email.Typed != email || all.Members[0].VerifiedAt.IsZero() {
					t.Errorf("searched for %q: %+v", search, all.Members)
				}
			}
			for _, o := range []roster.OrgID{h.Acme.ID, s.beta.ID} {
				line := written(t, h, o)[0]
				if line.Action != "member.email" || line.ActorKind != roster.ActorSystem || line.IP != "" || line.Changes[0].Field != "email" || line.Changes[0].To != email {
					t.Errorf("the history of %s: %+v", o, line)
				}
				h.Verified(o)
			}
		}
		called("Anna@Example.net", "anna@example.net")
		if got := strings.Join(told(t, h, roster.Installation)[:4], " "); !strings.Contains(got, "email.prove") {
			t.Errorf("history: %s", got)
		}

		// The old mailbox is told, and takes it back.
		back := m.linked(t, "anna@example.com")
		thief := m.Visitor()
		thief.SignIn("anna@example.net", rostertest.Password)
		setUp(t, h, thief)
		seeks(t, thief, "mallory@example.net")
		victim := m.Visitor()
		if a := victim.Get(back); a.Status != http.StatusOK || !strings.Contains(a.Body, "Take your address back") {
			t.Fatalf("the undo: %d %s", a.Status, a.Body)
		}
		if a := victim.Post("/email/undo"); a.Path != "/sign-in/password" || a.Status != http.StatusOK {
			t.Fatalf("undone: %d %s %s", a.Status, a.Path, a.Body)
		}
		if a := thief.Get("/me"); a.Path != "/sign-in" || m.signsIn("anna@example.com", rostertest.Password) || m.signsIn("anna@example.net", rostertest.Password) {
			t.Error("whoever changed the address is still in")
		}
		if a := victim.Post("/sign-in/password", "password", another, "repeat", another); a.Status != http.StatusOK || a.Path == "/sign-in/second" {
			t.Fatalf("chosen: %d %s", a.Status, a.Path)
		}
		called("anna@example.com", "anna@example.com")
		if a := m.proves(back); a.Status != http.StatusGone {
			t.Errorf("undone twice: %d", a.Status)
		}
		if a := victim.Get("/me"); strings.Contains(a.Body, "is waiting") || !strings.Contains(a.Body, "anna@example.com") {
			t.Error("what the thief asked for is still waiting")
		}
		if got := strings.Join(told(t, h, roster.Installation), " "); !strings.Contains(got, "email.undo") {
			t.Errorf("history: %s", got)
		}
		h.Verified(roster.Installation)
	})
}

// TestAChangeOfAddressDies: of a newer one, of time, of being withdrawn or refused, of another password, of a block; and
// of several who finish it at once one does.
func TestAChangeOfAddressDies(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		password := rostertest.Password
		var v *rostertest.Visitor
		ask := func(email string) (old, fresh string) {
			t.Helper()
			h.Clock.Pass(time.Hour) // what was asked for before is forgiven
			v = m.Visitor()
			v.SignIn("anna@example.com", password)
			seeks(t, v, email)
			return m.linked(t, "anna@example.com"), m.linked(t, email)
		}
		dead := func(why string, links ...string) {
			t.Helper()
			for _, link := range links {
				if a := m.proves(link); a.Status != http.StatusGone {
					t.Errorf("%s: %d %s", why, a.Status, a.Path)
				}
			}
		}
		old, fresh := ask("a1@example.net")
		old2, fresh2 := ask("a2@example.net")
		dead("an older one", old, fresh)
		h.Clock.Pass(24 * time.Hour)
		dead("a day old", old2, fresh2)

		old, fresh = ask("a3@example.net")
		if a := v.Post("/me/email/withdraw"); a.Path != "/me" || strings.Contains(a.Body, "a3@example.net") {
			t.Errorf("withdrawn: %d %s", a.Status, a.Path)
		}
		dead("withdrawn", old, fresh)

		old, fresh = ask("a4@example.net")
		w := m.Visitor()
		w.Get(fresh)
		if a := w.Post("/email/refuse"); a.Status != http.StatusGone {
			t.Errorf("the new mailbox refuses: %d", a.Status)
		}
		if a := m.proves(fresh); a.Status != http.StatusOK {
			t.Errorf("and then proves: %d", a.Status)
		}
		w = m.Visitor()
		w.Get(old)
		if a := w.Post("/email/refuse"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Nothing changes") {
			t.Errorf("refused: %d %s", a.Status, a.Body)
		}
		dead("refused", old, fresh)
		if got := told(t, h, roster.Installation)[0]; got != "email.refuse" {
			t.Errorf("history: %s", got)
		}

		old, fresh = ask("a5@example.net")
		password = another
		if a := v.Post("/me/password", "password", another, "repeat", another); a.Path != "/me/security" {
			t.Fatalf("another password: %d %s", a.Status, a.Path)
		}
		dead("another password", old, fresh)

		old, fresh = ask("a6@example.net")
		_, err := h.Team.Block(h.As(h.Owner), anna.Member, "")
		must(t, err)
		dead("blocked", old, fresh)
		_, err = h.Team.Unblock(h.As(h.Owner), anna.Member)
		must(t, err)

		// Of several at once one finishes it.
		if a := m.proves(old); a.Status != http.StatusOK {
			t.Fatalf("unblocked: %d", a.Status)
		}
		_, err = h.Team.Block(h.As(h.Owner), anna.Member, "")
		must(t, err)
		w = m.Visitor()
		w.Get(old)
		if a := w.Post("/email/refuse"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Nothing changes") {
			t.Errorf("refused while blocked: %d %s", a.Status, a.Body)
		}
		_, err = h.Team.Unblock(h.As(h.Owner), anna.Member)
		must(t, err)
		dead("refused while blocked", old, fresh)

		old, fresh = ask("a6@example.net")
		if a := m.proves(old); a.Status != http.StatusOK {
			t.Fatalf("asked for once more: %d", a.Status)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for range 4 {
			v := m.Visitor()
			v.Get(fresh)
			wait.Go(func() {
				a := v.Post("/email")
				mu.Lock()
				defer mu.Unlock()
				if a.Path == "/sign-in" {
					done++
				} else if a.Status != http.StatusGone {
					t.Errorf("one of several: %d %s", a.Status, a.Path)
				}
			})
		}
		wait.Wait()
		if done != 1 || !m.signsIn("a6@example.net", another) {
			t.Errorf("%d finished one change", done)
		}

		// The undo is over in time.
		back := m.linked(t, "anna@example.com")
		h.Clock.Pass(72*time.Hour - time.Second)
		if a := m.Visitor().Get(back); a.Status != http.StatusOK {
			t.Errorf("just in time: %d", a.Status)
		}
		h.Clock.Pass(time.Second)
		dead("after 72 hours", back)
		must(t, h.Mailbox.CatchUp(t.Context()))
		dead("swept", back)
		h.Verified(roster.Installation)
		h.Verified(h.Acme.ID)
	})
}

// TestAChangeOfAddressTellsNobodyWhoHasOne: the answers are the same, only the mailbox learns; and of two who take one
// address one gets it.
func TestAChangeOfAddressTellsNobodyWhoHasOne(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		_, otto := m.other("Beta", "otto@example.com")
		for _, name := range []string{"anna", "cleo"} {
			h.Own(h.Owner, roster.Actor{}, named(name+"@example.com", name, "Berg"))
		}
		h.Own(otto, roster.Actor{}, named("bea1@example.org", "Bea", "Beta"))
		answers := map[string]bool{}
		for _, email := range []string{"bea1@example.org", "nob1@example.org"} {
			v := m.Visitor()
			v.SignIn("anna@example.com", rostertest.Password)
			a := v.Post("/me/email", "email", email)
			body := anyID.ReplaceAllString(strings.ReplaceAll(a.Body, email, ""), "")
			answers[body] = true
			if a.Status != http.StatusOK {
				t.Errorf("%s: %d", email, a.Status)
			}
			old := m.linked(t, "anna@example.com")
			answers[anyID.ReplaceAllString(strings.ReplaceAll(m.proves(old).Body, email, ""), "")] = true
		}
		if len(answers) != 2 {
			t.Errorf("%d different answers, not one to each of two requests", len(answers))
		}
		if l := m.sent(t, "bea1@example.org", 1); l.Subject != "You have an account already" || strings.Contains(l.Text, "radr_") || strings.Contains(l.Text, "anna") {
			t.Errorf("who has it: %s\n%s", l.Subject, l.Text)
		}

		// Anna and Cleo take the same address.
		links := map[string][2]string{}
		for _, name := range []string{"anna", "cleo"} {
			v := m.Visitor()
			v.SignIn(name+"@example.com", rostertest.Password)
			seeks(t, v, "both@example.org")
			links[name] = [2]string{m.linked(t, name+"@example.com"), m.linked(t, "both@example.org")}
		}
		for _, name := range []string{"anna", "cleo"} {
			if a := m.proves(links[name][1]); a.Status != http.StatusOK {
				t.Fatalf("%s: %d", name, a.Status)
			}
		}
		var wait sync.WaitGroup
		var got [2]rostertest.Answer
		for i, name := range []string{"anna", "cleo"} {
			wait.Go(func() { got[i] = m.proves(links[name][0]) })
		}
		wait.Wait()
		if a, b := got[0], got[1]; (a.Path == "/sign-in") == (b.Path == "/sign-in") || a.Status+b.Status != http.StatusOK+http.StatusConflict {
			t.Errorf("the race: %d %s, %d %s", a.Status, a.Path, b.Status, b.Path)
		}
		if !m.signsIn("both@example.org", rostertest.Password) || m.signsIn("anna@example.com", rostertest.Password) == m.signsIn("cleo@example.com", rostertest.Password) {
			t.Error("both have it, or none")
		}

		// While it can go back, the address that was left is nobody else's.
		left, there := "anna@example.com", "cleo@example.com"
		if m.signsIn(left, rostertest.Password) {
			left, there = there, left
		}
		h.Clock.Pass(time.Hour)
		v := m.Visitor()
		v.SignIn(there, rostertest.Password)
		seeks(t, v, left)
		_, err := m.post.Due(t.Context())
		must(t, err)
		if !slices.ContainsFunc(m.box.To(left), func(l postbox.Letter) bool { return l.Subject == "You have an account already" }) {
			t.Error("who left it gets no letter that says so")
		}
		invited, err := h.Team.Invite(h.As(otto), named(left, "Another", "One"))
		must(t, err)
		join := signin.Acceptance{Org: invited.Org, Secret: h.Mailed(invited.Org, invited.ID), FirstName: "Another", LastName: "One", Password: another, Repeat: another}
		nobody := h.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"})
		if _, err := h.SignIn.Accept(nobody, join); !roster.Is(err, "email_rests") {
			t.Errorf("accepted by an address that rests: %v", err)
		}
		h.Clock.Pass(72 * time.Hour)
		if _, err := h.SignIn.Accept(nobody, join); err != nil {
			t.Errorf("accepted later: %v", err)
		}
		h.Verified(roster.Installation)
	})
}

// TestWhoseAddressStaysAsItIs: of who is managed, of whom an organisation lets in by its own domains, of a session that a
// connection alone proved, without a fresh proof; and while an organisation knows somebody else by the new one.
func TestWhoseAddressStaysAsItIs(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		refused := func(what string, a roster.Actor, email, code string) {
			t.Helper()
			if _, err := h.Mailbox.Ask(h.As(a), email); !roster.Is(err, code) {
				t.Errorf("%s: %v", what, err)
			}
		}
		managed := h.Join("ben@example.com", "Ben", "Brown", roster.RoleMember)
		refused("managed", managed, "ben@example.net", "email_managed")
		v := m.Visitor()
		v.SignIn("ben@example.com", rostertest.Password)
		if a := v.Get("/me"); !strings.Contains(a.Body, "Acme made your account and keeps its address") || strings.Contains(a.Body, `href="/me/email`) {
			t.Error("the page does not say who keeps it")
		}
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		refused("no address", anna, "nothing", "email_invalid")
		refused("the same", anna, "ANNA@example.com", "email_same")
		confined := anna
		confined.Proofs = []roster.Proof{{Method: roster.ProofConnection, Connection: "lgm_1", Organisation: h.Acme.ID, At: h.Clock.Now()}}
		refused("a connection's session", confined, "anna@example.net", "own_proof_needed")
		stale := anna
		stale.Session, stale.Proofs = "ses_x", []roster.Proof{{Method: roster.ProofPassword, At: h.Clock.Now().Add(-time.Hour)}}
		refused("no fresh proof", stale, "anna@example.net", "confirmation_required")

		domains := []string{"example.com", "example.net"}
		_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{Domains: &domains})
		must(t, err)
		refused("another domain", anna, "anna@evil.example", "domain_not_allowed")

		// Somebody else is known by it where Anna is, too.
		other, err := h.Team.Invite(h.As(h.Owner), named("anna@example.net", "Another", "Anna"))
		must(t, err)
		w := m.Visitor()
		w.SignIn("anna@example.com", rostertest.Password)
		seeks(t, w, "anna@example.net")
		old, fresh := m.linked(t, "anna@example.com"), m.linked(t, "anna@example.net")
		if a := m.proves(old); a.Status != http.StatusOK {
			t.Fatalf("proved: %d", a.Status)
		}
		if a := m.proves(fresh); a.Status != http.StatusConflict || !strings.Contains(a.Body, "In Acme somebody else is known by anna@example.net") {
			t.Errorf("known there: %d %s", a.Status, a.Body)
		}
		_, err = h.Team.Remove(h.As(h.Owner), other.ID)
		must(t, err)
		if a := m.proves(fresh); a.Path != "/sign-in" {
			t.Errorf("withdrawn: %d %s", a.Status, a.Path)
		}
		for range 2 {
			_, err := h.Mailbox.Ask(h.As(anna), "anna@example.com")
			must(t, err)
		}
		refused("too many", anna, "anna4@example.com", "too_many_letters")
		h.Verified(h.Acme.ID)
	})
}
