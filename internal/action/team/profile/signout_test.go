package profile_test

import (
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func invitation(email, first string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: "Berg"}}
}

// begun signs somebody in, anew.
func begun(t *testing.T, h *rostertest.House, email string) roster.Actor {
	t.Helper()
	signed, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: email, Password: rostertest.Password})
	must(t, err)
	return roster.Actor{Kind: roster.ActorPerson, Person: signed.Session.Person, Session: signed.Session.ID, Proofs: signed.Session.Proofs}
}

// TestWhoIsSignedOutSignsInAnew: on every device at once, those that were never here included; a session elsewhere goes on, and
// comes in here again by a new proof alone.
func TestWhoIsSignedOutSignsInAnew(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		other, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Other", Owner: "o@example.com"})
		must(t, err)
		owner := h.Accept(other.Organisation.ID, other.Link, "O", "Wner")
		anna := h.Own(h.Owner, roster.Actor{}, invitation("anna@example.com", "Anna"))
		here, idle := begun(t, h, "anna@example.com"), begun(t, h, "anna@example.com")
		h.Own(owner, here, invitation("anna@example.com", "Anna"))
		enter := func(a roster.Actor, org string) error {
			h.Clock.Pass(2 * time.Minute)
			_, err := h.Orgs.Enter(h.As(a), org)
			return err
		}
		shown := func() int {
			t.Helper()
			p, err := h.Profiles.Show(h.As(h.Owner), anna.Member, time.Hour)
			must(t, err)
			return len(p.Sessions)
		}
		must(t, enter(here, "acme"))
		if n := shown(); n != 1 {
			t.Fatalf("%d sessions are shown, not 1", n)
		}
		if m, err := h.Profiles.SignOut(h.As(h.Owner), anna.Member); err != nil || m.ID != anna.Member {
			t.Fatal(err)
		}
		refused(t, "the session that was here", enter(here, "acme"), "signed_out")
		refused(t, "one that was not", enter(idle, "acme"), "signed_out")
		must(t, enter(here, "other"))
		if n := shown(); n != 0 {
			t.Errorf("%d sessions are shown of who was signed out", n)
		}
		if me, err := h.SignIn.Me(h.As(here)); err != nil || len(me.Sessions) != 2 || len(me.Memberships) != 2 {
			t.Errorf("elsewhere: %+v, %v", me, err)
		}
		must(t, enter(begun(t, h, "anna@example.com"), "acme"))
		refused(t, "the old one, all the same", enter(here, "acme"), "signed_out")
		page, err := h.History.OfMember(h.As(h.Owner), history.Query{Member: anna.Member, Limit: 1})
		must(t, err)
		if e := page.Events[0]; e.Action != string(act.MemberSignOut) || len(e.Changes) != 1 || e.Changes[0].Field != "signed_out_at" {
			t.Errorf("the history: %+v", e)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAManagedPersonsSessionsEnd: they are nowhere else.
func TestAManagedPersonsSessionsEnd(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ole := h.Join("ole@example.com", "Ole", "Lund", roster.RoleMember)
		in := begun(t, h, "ole@example.com")
		h.Clock.Pass(time.Minute)
		_, err := h.Profiles.SignOut(h.As(h.Owner), ole.Member)
		must(t, err)
		if me, err := h.SignIn.Me(h.As(in)); err != nil || len(me.Sessions) != 0 {
			t.Errorf("%d sessions, %v", len(me.Sessions), err)
		}
	})
}

// TestWhomNobodySignsOut: oneself, who may more, who never signed in, and who is no more.
func TestWhomNobodySignsOut(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		mia := h.Join("mia@example.com", "Mia", "Mem", roster.RoleMember)
		invited, err := h.Team.Invite(h.As(h.Owner), invitation("ivo@example.com", "Ivo"))
		must(t, err)
		gone := h.Join("gone@example.com", "Gone", "Berg", roster.RoleMember)
		_, err = h.Team.Remove(h.As(h.Owner), gone.Member)
		must(t, err)
		out := func(by roster.Actor, id roster.MemberID) error {
			_, err := h.Profiles.SignOut(h.As(by), id)
			return err
		}
		refused(t, "oneself", out(h.Owner, h.Owner.Member), "not_on_yourself")
		refused(t, "who may more", out(ada, h.Owner.Member), "stronger_target")
		refused(t, "without the right", out(mia, ada.Member), "forbidden")
		refused(t, "who was only invited", out(ada, invited.ID), "no_sessions")
		refused(t, "who is gone", out(ada, gone.Member), "removed")
		refused(t, "who is not here", out(ada, roster.NewMemberID()), "not_found")
		must(t, out(ada, mia.Member))
	})
}
