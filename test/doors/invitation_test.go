package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAnAccountOfAnotherOrganisationIsToldWhatItIs: who is signed in with the invited address, by an account that another
// organisation manages, hears that and not of another address, and gets an account of their own after signing out.
func TestAnAccountOfAnotherOrganisationIsToldWhatItIs(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		s.other("Beta", "otto@example.com") // by a copied link, which proves no address: Otto is Beta's
		h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		invited, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "Otto@Example.com", Profile: roster.Profile{FirstName: "Otto", LastName: "Own"}})
		must(t, err)
		link, err := h.Team.Link(h.As(h.Owner), invited.ID)
		must(t, err)
		at := act.InvitationPath(h.Acme.ID, link.Secret)
		const managed, other = "Your account at this address belongs to another organisation", "This invitation is for another address"
		otto, anna := s.Visitor(), s.Visitor()
		otto.SignIn("otto@example.com", rostertest.Password)
		anna.SignIn("anna@example.com", rostertest.Password)
		if a := anna.Get(at); !strings.Contains(a.Body, other) || strings.Contains(a.Body, managed) {
			t.Errorf("who has another address reads %d %s", a.Status, a.Body)
		}
		if a := otto.Get(at); !strings.Contains(a.Body, managed) || strings.Contains(a.Body, other) {
			t.Errorf("who has the same one reads %d %s", a.Status, a.Body)
		}
		if a := otto.Post("/invitation"); a.Status != http.StatusConflict || !strings.Contains(a.Body, managed) {
			t.Errorf("accepting by it: %d %s", a.Status, a.Body)
		}
		if a := otto.Post("/sign-out", "next", "/invitation"); a.Path != "/invitation" || strings.Contains(a.Body, managed) {
			t.Fatalf("signing out leads to %s: %d", a.Path, a.Status)
		}
		otto.Post("/invitation", "first_name", "Otto", "last_name", "Own", "password", rostertest.Password, "repeat", rostertest.Password)
		if v, err := h.Team.Show(h.As(h.Owner), invited.ID); err != nil || v.Status != roster.Active {
			t.Errorf("afterwards Otto is %s: %v", v.Status, err)
		}
	})
}

// TestTheFirstOwnersLinkLastsAWeek: the link that begins an organisation works once and for seven days, as others do.
func TestTheFirstOwnersLinkLastsAWeek(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Owner: "bo@example.com"})
		must(t, err)
		beta := founded.Organisation.ID
		nobody := roster.WithActor(t.Context(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard})
		h.Clock.Pass(7*24*time.Hour - time.Minute)
		if a := s.Visitor().Get(act.InvitationPath(beta, founded.Link)); a.Status != http.StatusOK || !strings.Contains(a.Body, "Join Beta") {
			t.Errorf("within the week: %d", a.Status)
		}
		h.Clock.Pass(time.Minute)
		if _, err := h.SignIn.Landing(nobody, beta, founded.Link); !roster.Is(err, "invitation_expired") {
			t.Errorf("after it: %v", err)
		}
		if a := s.Visitor().Get(act.InvitationPath(beta, founded.Link)); a.Status != http.StatusGone {
			t.Errorf("after it the page: %d", a.Status)
		}
		if _, err := h.SignIn.Accept(nobody, signin.Acceptance{Org: beta, Secret: founded.Link, FirstName: "Bo", LastName: "Beta", Password: rostertest.Password, Repeat: rostertest.Password}); !roster.Is(err, "invitation_expired") {
			t.Errorf("accepting after it: %v", err)
		}
	})
}
