package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/self"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAnOrganisationsDomainsHinderNoRefusal: what domains an organisation lets in is told to who proved both mailboxes
// alone, and the old one refuses the change whatever they are.
func TestAnOrganisationsDomainsHinderNoRefusal(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		v := m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		seeks(t, v, "anna@example.net")
		old, fresh := m.linked(t, "anna@example.com"), m.linked(t, "anna@example.net")
		domains := []string{"example.com"}
		_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{Domains: &domains})
		must(t, err)
		if a := m.proves(fresh); a.Status != http.StatusOK || strings.Contains(a.Body, "Acme") {
			t.Errorf("one mailbox is told: %d %s", a.Status, a.Body)
		}
		if a := m.proves(old); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Acme invites only addresses of example.com") || !strings.Contains(a.Body, "/email/refuse") {
			t.Errorf("with both: %d %s", a.Status, a.Body)
		}
		w := m.Visitor()
		w.Get(old)
		if a := w.Post("/email/refuse"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Nothing changes") {
			t.Errorf("refused: %d %s", a.Status, a.Body)
		}
		h.Verified(roster.Installation)
	})
}

// TestAMemberFollowsOnceNobodyStandsInTheWay: whoever is invited by the address that was left keeps the member as they
// are, is no second membership of the same person, and when they are gone the member follows.
func TestAMemberFollowsOnceNobodyStandsInTheWay(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		id := "anna@example.com"
		_, err := h.Team.Edit(h.As(h.Owner), anna.Member, team.Edit{ExternalID: &id})
		must(t, err)
		v := m.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		seeks(t, v, "anna@example.net")
		language := "pt-BR"
		_, err = h.Self.Prefer(h.As(anna), self.Preferring{Language: &language})
		must(t, err)
		for _, link := range []string{m.linked(t, "anna@example.com"), m.linked(t, "anna@example.net")} {
			if a := m.proves(link); a.Status != http.StatusOK {
				t.Fatalf("proved: %d", a.Status)
			}
		}
		if l := m.box.To("anna@example.net"); len(l) != 1 || l[0].Subject != "Confirme seu novo endereço de e-mail" {
			t.Errorf("the letters in her language: %+v", l)
		}
		called := func(email string) {
			t.Helper()
			now, err := h.Team.Show(h.As(h.Owner), anna.Member)
			must(t, err)
			if now.Email.Typed != email || now.ExternalID != email {
				t.Errorf("the member is %s, as the product calls them %s, not %s", now.Email.Typed, now.ExternalID, email)
			}
		}
		called("anna@example.net")
		other, err := h.Team.Invite(h.As(h.Owner), named("anna@example.com", "Another", "Anna"))
		must(t, err)
		back := m.Visitor()
		back.Get(m.linked(t, "anna@example.com"))
		if a := back.Post("/email/undo"); a.Path != "/sign-in/password" {
			t.Fatalf("undone: %d %s", a.Status, a.Path)
		}
		called("anna@example.net")
		if a := back.Post("/sign-in/password", "password", another, "repeat", another); a.Status != http.StatusOK {
			t.Fatalf("chosen: %d", a.Status)
		}
		signed, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}), signin.Try{Email: "anna@example.com", Password: another})
		must(t, err)
		herself := roster.Actor{Kind: roster.ActorPerson, Person: signed.Session.Person, Session: signed.Session.ID, Proofs: signed.Session.Proofs, Door: roster.DoorDashboard, IP: "203.0.113.7"}
		if _, err := h.SignIn.Accept(h.As(herself), signin.Acceptance{Org: other.Org, Secret: h.Mailed(other.Org, other.ID)}); !roster.Is(err, "already_member") {
			t.Errorf("a second membership: %v", err)
		}
		must(t, h.Mailbox.CatchUp(t.Context()))
		called("anna@example.net")
		_, err = h.Team.Remove(h.As(h.Owner), other.ID)
		must(t, err)
		must(t, h.Mailbox.CatchUp(t.Context()))
		called("anna@example.com")
		h.Verified(h.Acme.ID)
		h.Verified(roster.Installation)
	})
}

// TestALinkThatUndoesNothingHashesNothing: whoever has none, or one of another side, keeps nobody who signs in waiting.
func TestALinkThatUndoesNothingHashesNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	m := mailing(t, h)
	h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
	v := m.Visitor()
	v.SignIn("anna@example.com", rostertest.Password)
	seeks(t, v, "anna@example.net")
	stranger, old := m.Visitor(), m.Visitor()
	old.Get(m.linked(t, "anna@example.com"))
	before := h.Hasher.Load().Done
	for who, v := range map[string]*rostertest.Visitor{"a stranger": stranger, "the old mailbox, before anything is done": old} {
		if a := v.Post("/email/undo"); a.Status != http.StatusGone && a.Status != http.StatusOK {
			t.Errorf("%s: %d", who, a.Status)
		}
	}
	if n := h.Hasher.Load().Done - before; n != 0 {
		t.Errorf("%d passwords were hashed", n)
	}
}
