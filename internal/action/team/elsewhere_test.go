package team_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

func TestAnotherOrganisationsMembersDoNotExist(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		other, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Other", Owner: "o@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := h.As(h.Owner)
		for name, act := range map[string]func(roster.MemberID) error{
			"show":    func(id roster.MemberID) error { _, err := h.Team.Show(ctx, id); return err },
			"edit":    func(id roster.MemberID) error { _, err := h.Team.Edit(ctx, id, team.Edit{}); return err },
			"block":   func(id roster.MemberID) error { _, err := h.Team.Block(ctx, id, ""); return err },
			"unblock": func(id roster.MemberID) error { _, err := h.Team.Unblock(ctx, id); return err },
			"remove":  func(id roster.MemberID) error { _, err := h.Team.Remove(ctx, id); return err },
			"resend":  func(id roster.MemberID) error { _, err := h.Team.Resend(ctx, id); return err },
			"link":    func(id roster.MemberID) error { _, err := h.Team.Link(ctx, id); return err },
		} {
			foreign, unknown := act(other.Owner), act(roster.NewMemberID())
			if code(foreign) != "not_found" || foreign.Error() != unknown.Error() {
				t.Errorf("%s: foreign %v, unknown %v", name, foreign, unknown)
			}
		}
	})
}

// TestSessionsFromElsewhereAreNotShown: of a member's sessions their administrators see those that were used here, as
// they were: neither one that was only used elsewhere, nor when one was used there.
func TestSessionsFromElsewhereAreNotShown(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		v, err := h.Team.Invite(h.As(h.Owner), invitation("anna@example.com", "Anna", "Berg"))
		if err != nil {
			t.Fatal(err)
		}
		h.Accept(h.Acme.ID, mailed(t, h, h.Acme.ID, v.ID), "Anna", "Berg")
		signIn := func() roster.Actor {
			signed, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "anna@example.com", Password: rostertest.Password})
			if err != nil {
				t.Fatal(err)
			}
			return roster.Actor{Kind: roster.ActorPerson, Person: signed.Session.Person, Session: signed.Session.ID, Proofs: signed.Session.Proofs}
		}
		anna := signIn()
		h.Clock.Pass(time.Minute)

		other, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Other", Owner: "o@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		owner := h.As(h.Accept(other.Organisation.ID, other.Link, "O", "Wner"))
		if v, err = h.Team.Invite(owner, invitation("anna@example.com", "Anna", "Berg")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn.Accept(h.As(anna), signin.Acceptance{Org: other.Organisation.ID, Secret: mailed(t, h, other.Organisation.ID, v.ID)}); err != nil {
			t.Fatal(err)
		}
		seen := func() []roster.Session {
			t.Helper()
			d, err := h.Profiles.Show(owner, v.ID, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			return d.Sessions
		}
		enter := func(a roster.Actor, org string) {
			t.Helper()
			h.Clock.Pass(2 * time.Minute)
			if _, err := h.Orgs.Enter(h.As(a), org); err != nil {
				t.Fatal(err)
			}
		}
		later := signIn()
		enter(later, "acme")
		if all := seen(); len(all) != 0 {
			t.Errorf("%d sessions that were never here are shown", len(all))
		}
		enter(anna, "other")
		here := h.Clock.Now()
		enter(anna, "acme")
		enter(later, "acme")
		all := seen()
		if len(all) != 1 || all[0].ID != anna.Session || !all[0].SeenAt.Equal(here) || !all[0].CreatedAt.Equal(here) {
			t.Errorf("shown are %+v, not the one session that was here at %s", all, here)
		}
		enter(later, "other")
		if all := seen(); len(all) != 2 {
			t.Errorf("%d sessions are shown, not 2", len(all))
		}
	})
}

// mailed gives the secret of a member's letter, as the mail server would get it.
func mailed(t *testing.T, h *rostertest.House, o roster.OrgID, m roster.MemberID) string {
	t.Helper()
	jobs, err := h.Outbox.List(h.CLI(""), 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Org == o && j.About == string(m) {
			err := action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) error {
				claimed, err := jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 50, time.Hour)
				for _, c := range claimed {
					if c.ID == j.ID {
						j.Job = c
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			letter, err := h.Outbox.Prepare(h.CLI(""), j.Job)
			if err != nil || letter.Unwanted {
				t.Fatal(letter.Unwanted, err)
			}
			return letter.Secret
		}
	}
	t.Fatal("no letter waits")
	return ""
}
