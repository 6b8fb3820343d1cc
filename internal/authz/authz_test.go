package authz

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/roster"
)

func TestBuiltInRolesAreGenerated(t *testing.T) {
	held := map[string][]string{}
	for _, r := range BuiltInRoles() {
		held[r.Key] = r.Permissions
	}
	for _, p := range Own() {
		if !slices.Contains(held[roster.RoleOwner], p.Key) {
			t.Errorf("the Owner lacks %s", p.Key)
		}
		if slices.Contains(held[roster.RoleAuditor], p.Key) != (p.Kind == Read) {
			t.Errorf("the Auditor and %s (%s)", p.Key, p.Kind)
		}
	}
	if len(held[roster.RoleMember]) != 0 {
		t.Errorf("the Member holds %v", held[roster.RoleMember])
	}
}

func TestAuthorityAgreesWithANaiveReading(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	grant := rapid.Custom(func(t *rapid.T) roster.Grant {
		g := roster.Grant{Unit: rapid.SampledFrom([]roster.UnitID{"", "", "unit_1"}).Draw(t, "unit")}
		if rapid.Bool().Draw(t, "is a role") {
			g.Role = rapid.SampledFrom(BuiltInRoles()).Draw(t, "role").ID
		} else {
			g.Permission = rapid.SampledFrom(Own()).Draw(t, "permission").Key
		}
		if rapid.Bool().Draw(t, "ends") {
			g.Until = now.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "hours")) * time.Hour)
		}
		return g
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(grant, 0, 4).Draw(t, "a"), rapid.SliceOfN(grant, 0, 4).Draw(t, "b")
		left, right := Of(a, now), Of(b, now)
		excess := left.Excess(right)
		for _, p := range Own() {
			if left.Holds(p.Key) != naive(a, p.Key, now) {
				t.Fatalf("%s of %+v: %v", p.Key, a, left.Holds(p.Key))
			}
			if slices.Contains(excess, p.Key) != (naive(b, p.Key, now) && !naive(a, p.Key, now)) {
				t.Fatalf("excess %v of %+v over %+v", excess, b, a)
			}
		}
		narrow := left.Narrow([]string{MembersRead})
		for _, p := range narrow.Keys() {
			if p != MembersRead || !left.Holds(p) {
				t.Fatalf("narrowed to members.read it holds %s", p)
			}
		}
	})
}

// naive asks each grant in turn.
func naive(grants []roster.Grant, permission string, now time.Time) bool {
	for _, g := range grants {
		if g.Unit != "" || !g.Until.IsZero() && !g.Until.After(now) {
			continue
		}
		if g.Permission == permission {
			return true
		}
		for _, r := range BuiltInRoles() {
			if r.ID == g.Role && slices.Contains(r.Permissions, permission) {
				return true
			}
		}
	}
	return false
}
