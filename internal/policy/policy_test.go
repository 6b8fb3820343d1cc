package policy_test

import (
	"testing"
	"time"

	"roster/internal/policy"
	"roster/internal/roster"
)

// TestWhatWasProvedBeforeASignOutCountsNoMore: neither the way in nor the second factor; of a connection it counts when Roster
// was told, whatever the provider says of its own sign-in.
func TestWhatWasProvedBeforeASignOutCountsNoMore(t *testing.T) {
	out := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	before, after := out.Add(-time.Minute), out.Add(time.Minute)
	password := func(at time.Time) roster.Proof { return roster.Proof{Method: roster.ProofPassword, At: at} }
	factor := func(at time.Time) roster.Proof { return roster.Proof{Factor: roster.FactorTOTP, At: at} }
	connection := func(at, here time.Time) roster.Proof {
		return roster.Proof{Method: roster.ProofConnection, Connection: "lmt_1", Organisation: "org_a", At: at, Here: here}
	}
	p := policy.Of(roster.Organisation{ID: "org_a", FactorSince: before})
	p.Since = out
	for what, c := range map[string]struct {
		proofs []roster.Proof
		lacks  policy.Lacking
	}{
		"before":                          {[]roster.Proof{password(before), factor(before)}, policy.LacksAnew},
		"at that moment":                  {[]roster.Proof{password(out), factor(out)}, policy.LacksAnew},
		"the factor alone after":          {[]roster.Proof{password(before), factor(after)}, policy.LacksAnew},
		"the password alone after":        {[]roster.Proof{password(after), factor(before)}, policy.LacksFactor},
		"both after":                      {[]roster.Proof{password(after), factor(after)}, policy.LacksNothing},
		"a provider that told before":     {[]roster.Proof{connection(after, before), factor(after)}, policy.LacksAnew},
		"one whose sign-in is older":      {[]roster.Proof{connection(before, after), factor(after)}, policy.LacksNothing},
		"one that tells no time":          {[]roster.Proof{connection(time.Time{}, after), factor(after)}, policy.LacksNothing},
		"no way in of the organisation's": {[]roster.Proof{{Method: roster.ProofConnection, Organisation: "org_b", At: after, Here: after}}, policy.LacksMethod},
	} {
		if got := p.Lacks(c.proofs, after); got != c.lacks {
			t.Errorf("%s: %d, not %d", what, got, c.lacks)
		}
	}
	if err := p.Refuse(policy.LacksAnew, true); !roster.Is(err, "signed_out") {
		t.Errorf("refused by %v", err)
	}
}
