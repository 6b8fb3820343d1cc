package self_test

import (
	"errors"
	"slices"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/self"
	"roster/internal/action/team"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestOnesOwnDataIsWholeAndNobodyElses(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		nora := h.Accept(founded.Organisation.ID, founded.Link, "Nora", "North")
		a := anna(h)
		there := h.Own(nora, a, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Ann", LastName: "Silver"}})
		if _, err := h.Team.Block(h.As(nora), there.Member, "a secret reason"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Team.Grant(h.As(h.Owner), a.Member, team.Grants{All: team.RoleGivings(roster.RoleAuditor)}); err != nil {
			t.Fatal(err)
		}
		var d self.Data
		var acts []string
		err = h.Self.Data(h.As(a), func(all self.Data) error { d = all; return nil }, func(l self.FileLine) error {
			acts = append(acts, l.Action)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if d.Person.Email.Typed != "anna@example.com" || !d.Password || len(d.Places) != 2 || d.Places[1].Member.FirstName != "Ann" || len(d.Places[0].Grants) == 0 {
			t.Errorf("the data is %+v", d)
		}
		if told := d.Places[0].Told; len(told) != 1 || told[0].Kind != bulletin.NewsAccess || !told[0].Read.IsZero() {
			t.Errorf("what she is told: %+v", told)
		}
		for _, want := range []string{"person.data", "invitation.accept", "member.block", "member.grant"} {
			if !slices.Contains(acts, want) {
				t.Errorf("the lines %v lack %s", acts, want)
			}
		}
		if e := newest(t, h, roster.Installation); e.Action != "person.data" || e.ActorID == "" {
			t.Errorf("the line is %+v", e)
		}
		a.Proofs = []roster.Proof{{Method: roster.ProofConnection, Connection: "lgm_1", Organisation: h.Acme.ID, At: h.Clock.Now()}}
		refused(t, h.Self.Data(h.As(a), nil, nil), "own_proof_needed")
		a.Proofs = nil
		broken := errors.New("gone away")
		if err := h.Self.Data(h.As(a), func(self.Data) error { return broken }, nil); !errors.Is(err, broken) {
			t.Errorf("a reader that went away: %v", err)
		}
		h.Verified(roster.Installation)
	})
}
