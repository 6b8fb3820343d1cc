package authz

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/roster"
)

// count gives how often something is done: few times in `make test`, in full for `make proof`.
func count(few, full int) int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return full
	}
	return few
}

// check holds a property for worlds made at random, so many hundreds of them.
func check(t *testing.T, few, full int, property func(t *rapid.T, w *world)) {
	t.Helper()
	for range count(few, full) {
		rapid.Check(t, func(t *rapid.T) { property(t, drawWorld(t)) })
	}
}

var now = time.Date(2026, 11, 22, 9, 0, 0, 123456000, time.UTC)

// world is an organisation as plain lists, for the words of design page 1 to be read over.
type world struct {
	Facts
	catalogue *Catalogue
	times     []time.Time
}

func drawWorld(t *rapid.T) *world {
	w := &world{times: []time.Time{now, now.Add(-1), now.Add(time.Microsecond), now.Add(90 * time.Minute)}}
	d := Declaration{}
	for i := range rapid.IntRange(0, 3).Draw(t, "scopes") {
		d.Scopes = append(d.Scopes, Scope{Key: fmt.Sprintf("s%d", i), Name: "S"})
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "permissions") {
		p := Permission{Key: fmt.Sprintf("p.v%d", i), Name: "P", Kind: rapid.SampledFrom([]Kind{Read, Write, Irreversible}).Draw(t, "kind")}
		if len(d.Scopes) > 0 && rapid.Bool().Draw(t, "scoped") {
			p.Scope = rapid.SampledFrom(d.Scopes).Draw(t, "scope").Key
		}
		d.Permissions = append(d.Permissions, p)
	}
	c, err := NewCatalogue(3, d)
	if err != nil {
		t.Fatal(err)
	}
	w.catalogue = c
	w.Seq = 7
	for i := range rapid.IntRange(0, 7).Draw(t, "units") {
		w.Units = append(w.Units, w.drawUnit(t, roster.UnitID(fmt.Sprintf("u%d", i))))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "roles") {
		w.Roles = append(w.Roles, w.drawRole(t, fmt.Sprintf("r%d", i)))
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "members") {
		m := w.drawSubject(t, roster.MemberID(fmt.Sprintf("m%d", i)))
		w.Members = append(w.Members, m)
		w.Grants = append(w.Grants, w.drawGrants(t, m)...)
	}
	return w
}

func (w *world) snapshot() *Snapshot { return NewSnapshot(w.catalogue, w.Facts) }

// drawUnit makes a unit below any that is not below it.
func (w *world) drawUnit(t *rapid.T, id roster.UnitID) roster.Unit {
	parents := []roster.UnitID{""}
	for _, u := range w.Units {
		if !w.within(u.ID, id) {
			parents = append(parents, u.ID)
		}
	}
	u := roster.Unit{ID: id, Kind: roster.Account, Name: "U", Parent: rapid.SampledFrom(parents).Draw(t, "parent")}
	if rapid.Bool().Draw(t, "known elsewhere") {
		u.ExternalID = fmt.Sprintf("x%s-%d", id, rapid.IntRange(0, 2).Draw(t, "external"))
	}
	return u
}

func (w *world) drawRole(t *rapid.T, id string) roster.Role {
	r := roster.Role{ID: id, Key: "key-" + id, Name: "R"}
	for _, p := range w.catalogue.Permissions() {
		if rapid.IntRange(0, 2).Draw(t, "in role") == 0 {
			r.Permissions = append(r.Permissions, p.Key)
		}
	}
	for _, s := range w.catalogue.Scopes() {
		if rapid.Bool().Draw(t, "scope in role") {
			r.Scopes = append(r.Scopes, s.Key)
		}
	}
	return r
}

func (w *world) drawSubject(t *rapid.T, id roster.MemberID) Subject {
	m := Subject{
		ID:     id,
		Kind:   rapid.SampledFrom([]roster.MemberKind{roster.Regular, roster.Regular, roster.External, roster.API}).Draw(t, "kind of member"),
		Status: rapid.SampledFrom([]roster.Status{roster.Active, roster.Active, roster.Active, roster.Invited, roster.Blocked}).Draw(t, "status"),
	}
	if m.Kind == roster.External && len(w.Units) > 0 {
		m.Unit = rapid.SampledFrom(w.Units).Draw(t, "unit of member").ID
	}
	if m.Kind == roster.API && rapid.Bool().Draw(t, "has an end") {
		m.Ends = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "hours there")) * time.Hour)
	}
	text := func(name string) string {
		if rapid.Bool().Draw(t, name) {
			return fmt.Sprintf("%s-%s-%d", name, id, rapid.IntRange(0, 2).Draw(t, "of "+name))
		}
		return ""
	}
	m.ExternalID, m.Email, m.ClientID = text("external"), text("email"), text("client")
	return m
}

func (w *world) drawGrants(t *rapid.T, m Subject) []roster.Grant {
	grants := make([]roster.Grant, rapid.IntRange(0, 6).Draw(t, "grants"))
	for i := range grants {
		grants[i] = w.drawGrant(t, m)
	}
	return grants
}

// drawGrant makes a grant: for an external member inside their unit, now and then of what there is not.
func (w *world) drawGrant(t *rapid.T, m Subject) roster.Grant {
	g := roster.Grant{Member: m.ID}
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0, 1:
		g.Role = rapid.SampledFrom(slices.Concat(w.catalogue.BuiltIn(), w.Roles)).Draw(t, "role").ID
	case 2:
		g.Permission = rapid.SampledFrom(w.catalogue.Permissions()).Draw(t, "permission").Key
	case 3:
		g.Scope = rapid.SampledFrom(w.catalogue.Scopes()).Draw(t, "scope").Key
	default:
		g = rapid.SampledFrom([]roster.Grant{{Role: "no-role"}, {Permission: "no.permission"}, {Scope: "no-scope"}, {Permission: MembersRead}, {Scope: Admin}, {Role: roster.RoleUserAdministrator}}).Draw(t, "odd")
		g.Member = m.ID
	}
	var places []roster.UnitID
	for _, u := range append([]roster.Unit{{}}, w.Units...) {
		if w.within(u.ID, m.Unit) {
			places = append(places, u.ID)
		}
	}
	g.Unit = rapid.SampledFrom(places).Draw(t, "where")
	if rapid.Bool().Draw(t, "ends") {
		g.Until = now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(t, "hours")) * time.Hour)
	}
	return g
}

// places gives the organisation and all units.
func (w *world) places() []roster.UnitID {
	all := []roster.UnitID{""}
	for _, u := range w.Units {
		all = append(all, u.ID)
	}
	return all
}

// permissions gives the keys of all permissions.
func (w *world) permissions() []string {
	var all []string
	for _, p := range w.catalogue.Permissions() {
		all = append(all, p.Key)
	}
	return all
}

// within walks from parent to parent.
func (w *world) within(inner, outer roster.UnitID) bool {
	for u := inner; ; {
		if u == outer {
			return true
		}
		i := slices.IndexFunc(w.Units, func(of roster.Unit) bool { return of.ID == u })
		if i < 0 {
			return outer == ""
		}
		u = w.Units[i].Parent
	}
}

func (w *world) grantsOf(m roster.MemberID) []roster.Grant {
	var all []roster.Grant
	for _, g := range w.Grants {
		if g.Member == m {
			all = append(all, g)
		}
	}
	return all
}

// naive is what a set of grants gives, by the words of design page 1. Narrowed to a token's permissions if
// there is one.
type naive struct {
	w      *world
	grants []roster.Grant
	ends   time.Time // of an API user that is there for a time
	at     time.Time
	token  []string
}

func (w *world) naive(m roster.MemberID, at time.Time) naive {
	n := naive{w: w, grants: w.grantsOf(m), at: at}
	if i := slices.IndexFunc(w.Members, func(of Subject) bool { return of.ID == m }); i >= 0 {
		n.ends = w.Members[i].Ends
	}
	return n
}

// endless and never, as everyone knows times.
var (
	forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	notHeld = time.Time{}
)

// gives tells whether what a grant names is, or is a role that holds, a permission or scope.
func (n naive) gives(g roster.Grant, permission, scope string) bool {
	switch {
	case permission != "" && g.Permission == permission, scope != "" && g.Scope == scope:
		return true
	case g.Role == "":
		return false
	}
	for _, r := range slices.Concat(n.w.catalogue.BuiltIn(), n.w.Roles) {
		if r.ID == g.Role {
			return permission != "" && slices.Contains(r.Permissions, permission) || scope != "" && slices.Contains(r.Scopes, scope)
		}
	}
	return false
}

// item gives until when a permission or scope is given at a unit; the zero time when it is not.
func (n naive) item(permission, scope string, unit roster.UnitID) time.Time {
	if n.token != nil {
		needed := slices.ContainsFunc(n.w.catalogue.Permissions(), func(p Permission) bool { return p.Scope == scope && slices.Contains(n.token, p.Key) })
		if permission != "" && !slices.Contains(n.token, permission) || scope != "" && !needed {
			return notHeld
		}
	}
	end := notHeld
	for _, g := range n.grants {
		if !g.Live(n.at) || !n.w.within(unit, g.Unit) || !n.gives(g, permission, scope) {
			continue
		}
		until := g.Until
		if until.IsZero() {
			until = forever
		}
		if until.After(end) {
			end = until
		}
	}
	return end
}

// until gives until when a permission is effective at a unit; the zero time when it is not.
func (n naive) until(permission string, unit roster.UnitID) time.Time {
	for _, p := range n.w.catalogue.Permissions() {
		if p.Key != permission {
			continue
		}
		end := n.item(p.Key, "", unit)
		if p.Scope != "" {
			if scope := n.item("", p.Scope, unit); scope.Before(end) {
				end = scope
			}
		}
		return end
	}
	return notHeld
}

// same compares an end as the engine tells it with a naive one.
func same(end time.Time, held bool, naive time.Time) bool {
	if !held {
		return naive.Equal(notHeld)
	}
	if end.IsZero() {
		end = forever
	}
	return end.Equal(naive)
}
