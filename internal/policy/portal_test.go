package policy_test

import (
	"testing"
	"time"

	"roster/internal/policy"
	"roster/internal/roster"
)

// TestALevelHasThoseBeforeIt, and what is no level lets nobody in.
func TestALevelHasThoseBeforeIt(t *testing.T) {
	all := policy.Portals()
	for i, open := range all {
		for j, asked := range all {
			if want := j > 0 && j <= i; open.Covers(asked) != want {
				t.Errorf("%s covers %s: %v", open, asked, !want)
			}
		}
		for _, wrong := range []policy.Portal{"", "everybody"} {
			if open.Covers(wrong) || wrong.Covers(open) {
				t.Errorf("%s and %q", open, wrong)
			}
		}
		if err := open.Check(); err != nil {
			t.Error(err)
		}
	}
	if !roster.Is(policy.Portal("everybody").Check(), "portal_invalid") {
		t.Error("any level is one")
	}
}

// TestALinksProofCountsWhereItIsOpen: in its organisation, as far as that is open, and it is neither a second factor nor fresh.
func TestALinksProofCountsWhereItIsOpen(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	proofs := []roster.Proof{{Method: roster.ProofPortal, Connection: "prd_1", Through: "Fleet", Organisation: "org_a", At: now}}
	p := policy.Of(roster.Organisation{ID: "org_a", Portal: string(policy.PortalMembers), PasswordOff: true})
	if p.Lacks(proofs, now) != policy.LacksMethod {
		t.Error("it counts where nobody looked at the member")
	}
	p.Member = policy.PortalMembers
	if p.Lacks(proofs, now) != policy.LacksNothing {
		t.Error("it does not count where it is open")
	}
	p.Member = policy.PortalAdministrators
	if p.Lacks(proofs, now) != policy.LacksMethod {
		t.Error("it counts beyond what is open")
	}
	p.Member, p.FactorSince = policy.PortalMembers, now.Add(-time.Hour)
	if p.Lacks(proofs, now) != policy.LacksFactor {
		t.Error("it is taken for a second factor")
	}
	other := policy.Of(roster.Organisation{ID: "org_b", Portal: string(policy.PortalOwners)})
	other.Member = policy.PortalMembers
	if other.Lacks(proofs, now) != policy.LacksMethod || policy.OfOperators().Lacks(proofs, now) != policy.LacksMethod {
		t.Error("it counts elsewhere")
	}
	if roster.Confirmed(proofs, "org_a", now) {
		t.Error("it is taken for a fresh proof")
	}
	if to, is := roster.Confined(roster.Person{}, proofs); !is || len(to) != 1 || to[0] != "org_a" {
		t.Errorf("confined to %v, %v", to, is)
	}
}
