package role_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// code gives an error's code; "" for none.
func code(err error) string {
	var e *roster.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return err.Error()
}

func want(t *testing.T, what string, err error, expected string) {
	t.Helper()
	if got := code(err); got != expected {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, expected)
	}
}

func draft(name string, permissions ...string) role.Draft {
	return role.Draft{Name: name, Description: "What " + name + " may do", Permissions: permissions}
}

// lines gives what the history tells of roles, oldest first.
func lines(t *testing.T, h *rostertest.House) []string {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Forward: true, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range page.Events {
		if strings.HasPrefix(e.Action, "role.") {
			line := e.Action + " " + e.Target.Name + ":"
			for _, c := range e.Changes {
				if c.Field == "permission" || c.Field == "scope" {
					line += " " + c.From + ">" + c.To
				}
			}
			all = append(all, line)
		}
	}
	return all
}

func TestARolesLife(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		ctx := h.As(h.Owner)
		d := draft("  Night   Shift ", "devices.write", "devices.read", "devices.read")
		d.Scopes = []string{"network"}
		made, err := h.Roles.Create(ctx, d)
		if err != nil || made.Name != "Night Shift" || made.Key != "night_shift" || !slices.Equal(made.Permissions, []string{"devices.read", "devices.write"}) || made.BuiltIn {
			t.Fatalf("made: %+v, %v", made, err)
		}
		if _, err := h.Roles.Create(ctx, draft("Night-Shift", "devices.read")); err != nil {
			t.Errorf("another name that makes the same key: %v", err)
		}
		holder := h.Holder("Hanna", team.Giving{Role: "night_shift"})
		shown, err := h.Roles.Show(ctx, "night_shift", role.Query{})
		if err != nil || shown.Holders != 1 || len(shown.Held.Holders) != 1 || shown.Held.Holders[0].Member.ID != holder.Member || len(shown.Permissions) != 2 || len(shown.Scopes) != 1 {
			t.Errorf("shown: %+v, %v", shown, err)
		}
		fewer := []string{"devices.read"}
		edited, err := h.Roles.Edit(ctx, made.ID, role.Edit{Permissions: &fewer, Version: made.Version})
		if err != nil || !slices.Equal(edited.Permissions, fewer) || !slices.Equal(edited.Scopes, []string{"network"}) || edited.Version == made.Version {
			t.Errorf("edited: %+v, %v", edited, err)
		}
		a, err := h.Access.Access(ctx, holder.Member, "")
		if err != nil || len(a.Held) != 1 || a.Held[0].Permission.Key != "devices.read" {
			t.Errorf("what the holder holds after the edit: %+v, %v", a.Held, err)
		}
		_, err = h.Roles.Edit(ctx, made.ID, role.Edit{Permissions: &fewer, Version: made.Version})
		want(t, "an edit of what is not any more", err, "changed_meanwhile")
		_, err = h.Roles.Delete(ctx, made.ID, 0)
		want(t, "delete while held", err, "role_in_use")
		if m := roster.AsError(err).Message; !strings.Contains(m, "Hanna Holder holds Night Shift") {
			t.Errorf("the refusal names who holds it: %q", m)
		}
		if _, err := h.Team.Grant(ctx, holder.Member, team.Grants{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Roles.Delete(ctx, made.ID, edited.Version); err != nil {
			t.Errorf("delete: %v", err)
		}
		_, err = h.Roles.Show(ctx, made.ID, role.Query{})
		want(t, "show what was deleted", err, "not_found")
		expected := []string{
			"role.create Night Shift: >devices.read >devices.write >network", "role.create Night-Shift: >devices.read",
			"role.edit Night Shift: devices.write>", "role.delete Night Shift: devices.read> network>",
		}
		if diff := cmp.Diff(expected, lines(t, h)); diff != "" {
			t.Errorf("history: %s", diff)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestBadRolesAreRefused(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		ctx := h.As(h.Owner)
		if _, err := h.Roles.Create(ctx, draft("Dispatch", "devices.read")); err != nil {
			t.Fatal(err)
		}
		bare, elsewhere := draft("X", "devices.read"), draft("X", "devices.read")
		bare.Description, elsewhere.For = " ", "robots"
		scoped := draft("X")
		scoped.Scopes = []string{"network", "kitchen"}
		for what, c := range map[string]struct {
			draft  role.Draft
			fields string
		}{
			"no name":                       {draft(" ", "devices.read"), "name:field_required"},
			"no description":                {bare, "description:field_required"},
			"no permission":                 {draft("X"), "permissions:role_without_permission"},
			"unknown permissions":           {draft("X", "a.b", "devices.read", "c.d"), "permissions:permission_unknown permissions:permission_unknown"},
			"a scope that is not and none":  {scoped, "permissions:role_without_permission scopes:scope_unknown"},
			"a name in other case":          {draft("DISPATCH", "devices.read"), "name:role_name_taken"},
			"a built-in's name":             {draft("owner", "devices.read"), "name:role_name_taken"},
			"a built-in's name, other case": {draft("User Administrator", "devices.read"), "name:role_name_taken"},
			"a built-in's key":              {draft("user_administrator", "devices.read"), "name:role_name_taken"},
			"for nobody known":              {elsewhere, "for:role_kind_unknown"},
		} {
			_, err := h.Roles.Create(ctx, c.draft)
			e := roster.AsError(err)
			got := []string{e.Field + ":" + e.Code}
			if len(e.Fields) > 0 {
				got = nil
				for _, f := range e.Fields {
					got = append(got, f.Field+":"+f.Code)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.fields {
				t.Errorf("%s: %v (%v), want %s", what, got, err, c.fields)
			}
		}
		name := "Boss"
		_, err := h.Roles.Edit(ctx, roster.RoleOwner, role.Edit{Name: &name})
		want(t, "edit a built-in role", err, "role_built_in")
		_, err = h.Roles.Delete(ctx, roster.RoleMember, 0)
		want(t, "delete a built-in role", err, "role_built_in")
		_, err = h.Roles.Edit(ctx, "role_nobody", role.Edit{Name: &name})
		want(t, "edit an unknown role", err, "not_found")
		_, err = h.Roles.Preview(ctx, role.Trial{ID: roster.RoleOwner, Delete: true})
		want(t, "preview of a built-in role", err, "role_built_in")
		all, err := h.Roles.List(ctx)
		if err != nil || len(all) != 5 || all[0].Holders != 1 && !slices.ContainsFunc(all, func(v role.View) bool { return v.Key == roster.RoleOwner && v.Holders == 1 }) {
			t.Errorf("the list: %+v, %v", all, err)
		}
		for _, v := range all {
			if v.BuiltIn == slices.Contains(v.Allowed, "role.edit") {
				t.Errorf("allowed on %s: %v", v.Key, v.Allowed)
			}
		}
	})
}

func TestARoleForSomeKindStaysWithIt(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	ctx := h.As(h.Owner)
	d := draft("Robots", "devices.read")
	d.For = "api"
	robots, err := h.Roles.Create(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	person := h.Holder("Paula")
	_, err = h.Team.Grant(ctx, person.Member, team.Grants{All: team.RoleGivings("robots")})
	want(t, "a robots' role for a person", err, "role_kind_mismatch")
	if _, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "R2", Grants: team.RoleGivings("robots")}); err != nil {
		t.Errorf("a robots' role for a robot: %v", err)
	}
	external, open := "external", "any"
	_, err = h.Roles.Edit(ctx, robots.ID, role.Edit{For: &external})
	want(t, "narrowed to others than hold it", err, "role_kind_mismatch")
	if v, err := h.Roles.Edit(ctx, robots.ID, role.Edit{For: &open}); err != nil || v.For != "" {
		t.Errorf("opened: %+v, %v", v, err)
	}
	if _, err = h.Team.Grant(ctx, person.Member, team.Grants{All: team.RoleGivings("robots")}); err != nil {
		t.Errorf("an open role for a person: %v", err)
	}
}

// TestRolesOfAWeakerAdministrator is rule 1 on making, changing and deleting roles: the exact sets.
func TestRolesOfAWeakerAdministrator(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		// Wanda may make roles and holds devices.read and its scope, and devices.write for an hour.
		wanda := h.Holder("Wanda", team.Giving{Role: "user_administrator"}, team.Giving{Permission: "devices.read"},
			team.Giving{Permission: "devices.write", Until: h.Clock.Now().Add(time.Hour)}, team.Giving{Scope: "network"})
		ctx := h.As(wanda)
		strong, err := h.Roles.Create(owner, draft("Strong", "devices.read", "devices.wipe"))
		if err != nil {
			t.Fatal(err)
		}
		weak, err := h.Roles.Create(owner, draft("Weak", "devices.read"))
		if err != nil {
			t.Fatal(err)
		}
		h.Holder("Bill", team.Giving{Role: "weak"}, team.Giving{Scope: "billing"})
		set := func(keys ...string) *[]string { return &keys }
		for _, c := range []struct {
			what    string
			trial   role.Trial
			code    string
			missing []string
		}{
			{"what one holds", role.Trial{Edit: edit(draft("A", "devices.read", "members.read"))}, "", nil},
			{"what one lacks", role.Trial{Edit: edit(draft("B", "devices.read", "devices.wipe"))}, "exceeds_authority", []string{"devices.wipe"}},
			{"what one holds for a while", role.Trial{Edit: edit(draft("C", "devices.write"))}, "exceeds_authority", []string{"devices.write"}},
			{"add what one lacks", role.Trial{ID: weak.ID, Edit: role.Edit{Permissions: set("devices.read", "devices.wipe")}}, "exceeds_authority", []string{"devices.wipe"}},
			{"take what one lacks", role.Trial{ID: strong.ID, Edit: role.Edit{Permissions: set("devices.read")}}, "exceeds_authority", []string{"devices.wipe"}},
			{"take what one holds", role.Trial{ID: strong.ID, Edit: role.Edit{Permissions: set("devices.wipe")}}, "", nil},
			{"add a permission whose scope others hold", role.Trial{ID: weak.ID, Edit: role.Edit{Permissions: set("devices.read", "invoices.read")}}, "exceeds_authority", []string{"invoices.read"}},
			{"add a scope one lacks", role.Trial{ID: weak.ID, Edit: role.Edit{Scopes: set("billing")}}, "exceeds_authority", []string{"billing"}},
			{"add a scope one holds", role.Trial{ID: weak.ID, Edit: role.Edit{Scopes: set("network")}}, "", nil},
			{"delete what one lacks", role.Trial{ID: strong.ID, Delete: true}, "exceeds_authority", []string{"devices.wipe"}},
		} {
			p, err := h.Roles.Preview(ctx, c.trial)
			if missing := authz.Keys(p.Missing); err != nil || !slices.Equal(missing, c.missing) {
				t.Errorf("preview of %s: missing %v (%v), want %v", c.what, missing, err, c.missing)
			}
			err = carry(ctx, h, c.trial)
			want(t, c.what, err, c.code)
			if c.code != "" && !slices.Equal(roster.AsError(err).Missing, c.missing) {
				t.Errorf("%s: missing %v, want %v", c.what, roster.AsError(err).Missing, c.missing)
			}
		}
		auditor := h.Holder("Aud", team.Giving{Role: "auditor"})
		_, err = h.Roles.Create(h.As(auditor), draft("X", "devices.read"))
		want(t, "an auditor makes a role", err, "forbidden")
		h.Verified(h.Acme.ID)
	})
}

// TestAPreviewTellsWhatTheEditDoes tries changes of a role on random holders: what the preview tells is what
// each holder gains and loses when the change is made.
func TestAPreviewTellsWhatTheEditDoes(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	ctx := h.As(h.Owner)
	north := h.Account("North", "")
	places := []roster.UnitID{"", north, h.Account("Inside", north), h.Account("South", "")}
	keys := []string{"devices.read", "devices.write", "invoices.read", "notices.read", "members.read"}
	made, err := h.Roles.Create(ctx, draft("Tried", keys[0]))
	if err != nil {
		t.Fatal(err)
	}
	var people []roster.MemberID
	for _, name := range []string{"Ada", "Bo", "Cy"} {
		people = append(people, h.Holder(name).Member)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, id := range people {
			wanted := map[team.Giving]bool{}
			for range rapid.IntRange(0, 4).Draw(t, "grants") {
				g := team.Giving{Unit: rapid.SampledFrom(places).Draw(t, "where")}
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0, 1:
					g.Role = made.ID
				case 2:
					g.Permission = rapid.SampledFrom(keys).Draw(t, "permission")
				default:
					g.Scope = rapid.SampledFrom([]string{"network", "billing", authz.Admin}).Draw(t, "scope")
				}
				wanted[g] = true
			}
			if _, err := h.Team.Grant(ctx, id, team.Grants{All: slices.Collect(maps.Keys(wanted))}); err != nil {
				t.Fatal(err)
			}
		}
		permissions := rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 4, rapid.ID).Draw(t, "permissions")
		scopes := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"network", "billing", authz.Admin}), 0, 3, rapid.ID).Draw(t, "scopes")
		change := role.Edit{Permissions: &permissions, Scopes: &scopes}
		p, err := h.Roles.Preview(ctx, role.Trial{ID: made.ID, Edit: change})
		if err != nil || len(p.Missing) > 0 {
			t.Fatal(p.Missing, err)
		}
		before := standing(t, h, people, places)
		if _, err := h.Roles.Edit(ctx, made.ID, change); err != nil {
			t.Fatal(err)
		}
		after := standing(t, h, people, places)
		told := map[point]authz.Shift{}
		for _, holder := range p.Holders {
			for _, s := range holder.Shifts {
				told[point{holder.Member, s.Permission, s.Unit}] = s
			}
		}
		for at, s := range told {
			if before[at] != s.Before.Held || after[at] != s.After.Held || s.Before.Held == s.After.Held {
				t.Fatalf("%v: the preview told %+v; it was %v and is %v", at, s, before[at], after[at])
			}
		}
		above := map[roster.UnitID][]roster.UnitID{north: {""}, places[2]: {north, ""}, places[3]: {""}}
		for _, at := range points(people, keys, places) {
			if before[at] == after[at] {
				continue
			}
			covered := slices.ContainsFunc(append([]roster.UnitID{at.unit}, above[at.unit]...), func(u roster.UnitID) bool {
				s, ok := told[point{at.member, at.permission, u}]
				return ok && s.After.Held == after[at]
			})
			if !covered {
				t.Fatalf("%v changed from %v to %v, and the preview told nothing: %+v", at, before[at], after[at], p.Holders)
			}
		}
	})
}

// point is somebody, a permission and a place.
type point struct {
	member     roster.MemberID
	permission string
	unit       roster.UnitID
}

func points(people []roster.MemberID, keys []string, places []roster.UnitID) []point {
	var all []point
	for _, m := range people {
		for _, k := range keys {
			for _, u := range places {
				all = append(all, point{m, k, u})
			}
		}
	}
	return all
}

// standing gives at which of some places who can use what.
func standing(t *rapid.T, h *rostertest.House, people []roster.MemberID, places []roster.UnitID) map[point]bool {
	t.Helper()
	all := map[point]bool{}
	for _, id := range people {
		for _, u := range places {
			a, err := h.Access.Access(h.As(h.Owner), id, string(u))
			if err != nil {
				t.Fatal(err)
			}
			for _, held := range a.Held {
				all[point{id, held.Permission.Key, held.Unit}] = true
			}
		}
	}
	return all
}

// edit gives a draft as the change of a role that is not there yet.
func edit(d role.Draft) role.Edit {
	return role.Edit{Name: &d.Name, Description: &d.Description, For: &d.For, Permissions: &d.Permissions, Scopes: &d.Scopes}
}

// carry does what a trial looks at.
func carry(ctx context.Context, h *rostertest.House, t role.Trial) error {
	var err error
	switch e := t.Edit; {
	case t.Delete:
		_, err = h.Roles.Delete(ctx, t.ID, 0)
	case t.ID != "":
		_, err = h.Roles.Edit(ctx, t.ID, e)
	default:
		_, err = h.Roles.Create(ctx, role.Draft{Name: *e.Name, Description: *e.Description, For: *e.For, Permissions: *e.Permissions, Scopes: *e.Scopes})
	}
	return err
}

// TestWhatEndedLongAgoIsNoHolder is a grant that ended before its role is looked at, made for API users alone, and
// deleted: nobody holds the role, and what decisions rest on forgets the grant with it.
func TestWhatEndedLongAgoIsNoHolder(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		made, err := h.Roles.Create(owner, draft("Reader", "devices.read"))
		if err != nil {
			t.Fatal(err)
		}
		m := h.Holder("Mia", team.Giving{Role: "reader", Until: h.Clock.Now().Add(time.Minute)}, team.Giving{Role: "member"}).Member
		grants := func() (n int) {
			t.Helper()
			_, err := action.Look(owner, h.Gate, act.RoleList, func(ctx context.Context, _ store.Reader) (int, error) {
				snap, err := action.Snapshot(ctx)
				n = len(snap.GrantsOf(m))
				return n, err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		forAPI := string(roster.API)
		_, err = h.Roles.Edit(owner, made.ID, role.Edit{For: &forAPI})
		want(t, "make it for API users while a person holds it", err, "role_kind_mismatch")
		h.Clock.Pass(time.Hour)
		shown, err := h.Roles.Show(owner, made.ID, role.Query{})
		if err != nil || shown.Holders != 0 || len(shown.Held.Holders) != 0 {
			t.Errorf("holders after the end: %d, %v, %v", shown.Holders, shown.Held.Holders, err)
		}
		if _, err = h.Roles.Preview(owner, role.Trial{ID: made.ID, Edit: role.Edit{For: &forAPI}}); err != nil {
			t.Errorf("foresee it for API users: %v", err)
		}
		edited, err := h.Roles.Edit(owner, made.ID, role.Edit{For: &forAPI})
		if err != nil || edited.Holders != 0 {
			t.Errorf("make it for API users: %+v, %v", edited, err)
		}
		if n := grants(); n != 2 {
			t.Errorf("%d grants before the role is deleted, want 2", n)
		}
		if _, err = h.Roles.Delete(owner, made.ID, 0); err != nil {
			t.Fatal(err)
		}
		if n := grants(); n != 1 {
			t.Errorf("%d grants are left of it in what decisions rest on, want 1", n)
		}
		if v, err := h.Team.Show(owner, m); err != nil || len(v.Grants) != 1 {
			t.Errorf("and in the database: %v, %v", v.Grants, err)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestAPreviewIsOfTheVersionThatWasLookedAt(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	owner := h.As(h.Owner)
	made, err := h.Roles.Create(owner, draft("Reader", "devices.read"))
	if err != nil {
		t.Fatal(err)
	}
	name, other := "Reader of devices", "Another"
	if _, err = h.Roles.Edit(owner, made.ID, role.Edit{Name: &other}); err != nil {
		t.Fatal(err)
	}
	_, err = h.Roles.Preview(owner, role.Trial{ID: made.ID, Edit: role.Edit{Name: &name, Version: made.Version}})
	want(t, "foresee a change of what is not any more", err, "changed_meanwhile")
}

func TestKeysAreMadeOfNamesAndTellRolesApart(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	owner := h.As(h.Owner)
	for _, c := range [][2]string{{"Data reader", "data_reader"}, {"Data-reader", "data_reader_2"}, {"Data.reader", "data_reader_3"}, {"Role 7", "own_role_7"}, {"読者", "own_role"}} {
		made, err := h.Roles.Create(owner, draft(c[0], "devices.read"))
		if err != nil || made.Key != c[1] {
			t.Errorf("%s has the key %q, %v; want %q", c[0], made.Key, err, c[1])
		}
	}
}
