package team_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/action/history"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// held gives grants as one reads them: "role x @ North until …".
func held(h *rostertest.House, grants []roster.Grant) []string {
	h.T.Helper()
	all := []string{}
	for _, g := range grants {
		s := g.What()
		if g.Unit != "" {
			v, err := h.Units.Show(h.As(h.Owner), g.Unit)
			if err != nil {
				h.T.Fatal(err)
			}
			s += " @ " + v.Name
		}
		if !g.Until.IsZero() {
			s += " for " + g.Until.Sub(h.Clock.Now()).String()
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

func shifts(all []authz.Shift) []string {
	out := []string{}
	for _, s := range all {
		sign := "-"
		if s.After.Held {
			sign = "+"
			if s.Before.Held {
				sign = "~"
			}
		}
		out = append(out, sign+s.Permission)
	}
	slices.Sort(out)
	return out
}

func TestGrantsNameUnitsScopesAndRolesOfOnesOwn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		ctx := h.As(h.Owner)
		north, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "North", ExternalID: "crm:1"})
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.Roles.Create(ctx, role.Draft{Name: "Dispatcher", Description: "Sends vans", Permissions: []string{"devices.write"}})
		if err != nil {
			t.Fatal(err)
		}
		m := h.Holder("Mia").Member
		hour := h.Clock.Now().Add(time.Hour + 300*time.Nanosecond)
		got, err := h.Team.Grant(ctx, m, team.Grants{All: []team.Giving{
			{Role: "dispatcher", Unit: "crm:1"}, {Role: own.ID}, {Permission: "devices.read", Unit: north.ID, Until: hour}, {Scope: "network", Unit: north.ID}, {Scope: "network", Unit: "crm:1"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		first := []string{"permission devices.read @ North for 1h0m0s", "role " + own.ID, "role " + own.ID + " @ North", "scope network @ North"}
		if diff := cmp.Diff(first, held(h, got.Grants)); diff != "" {
			t.Errorf("grants: %s", diff)
		}
		if diff := cmp.Diff([]string{"+devices.read", "+devices.write"}, shifts(got.Shifts)); diff != "" {
			t.Errorf("gained: %s", diff)
		}
		if len(got.Gained) != 4 || len(got.Lost) != 1 {
			t.Errorf("gained %v, lost %v", got.Gained, got.Lost)
		}
		// The same set again changes nothing; another end replaces; what is not named ends.
		same, err := h.Team.Grant(ctx, m, team.Grants{All: team.Givings(got.Grants), Version: got.Version})
		if err != nil || same.Version != got.Version || len(same.Gained)+len(same.Lost)+len(same.Shifts) != 0 {
			t.Errorf("the same again: %+v, %v", same, err)
		}
		got, err = h.Team.Grant(ctx, m, team.Grants{All: []team.Giving{{Permission: "devices.read", Unit: north.ID}, {Scope: "network", Unit: north.ID}}, Version: got.Version})
		if err != nil || !slices.Equal(held(h, got.Grants), []string{"permission devices.read @ North", "scope network @ North"}) {
			t.Errorf("another end: %v, %v", held(h, got.Grants), err)
		}
		if diff := cmp.Diff([]string{"-devices.write", "~devices.read"}, shifts(got.Shifts)); diff != "" {
			t.Errorf("changed: %s", diff)
		}
		_, err = h.Team.Grant(ctx, m, team.Grants{Version: 1})
		want(t, "what is not any more", err, "changed_meanwhile")
		if got, err = h.Team.Grant(ctx, m, team.Grants{}); err != nil || len(got.Grants) != 0 {
			t.Errorf("nothing at all: %+v, %v", got, err)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestBadGrantsAreToldPlaceByPlace(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	ctx := h.As(h.Owner)
	put, open := h.Account("Put away", ""), h.Account("Open", "")
	below := h.Group("Below", put)
	m := h.Holder("Mia", team.Giving{Role: "auditor", Unit: put}, team.Giving{Role: "member", Until: h.Clock.Now().Add(time.Minute)}).Member
	if _, err := h.Units.Archive(ctx, put, 0); err != nil {
		t.Fatal(err)
	}
	h.Clock.Pass(time.Hour)
	_, err := h.Team.Grant(ctx, m, team.Grants{All: []team.Giving{
		{},
		{Role: "owner", Scope: "network"},
		{Role: "king"},
		{Permission: "x.y"},
		{Scope: "kitchen"},
		{Role: "member", Unit: "nowhere"},
		{Role: "auditor", Until: h.Clock.Now()},
		{Role: "member", Unit: put},
		{Role: "member", Unit: below},
		{Permission: "devices.read", Unit: open},
		{Permission: "devices.read", Unit: open, Until: h.Clock.Now().Add(time.Hour)},
	}})
	var fields []string
	for _, f := range roster.AsError(err).Fields {
		fields = append(fields, f.Field+":"+f.Code)
	}
	expected := []string{
		"grants[0]:grant_unclear", "grants[1]:grant_unclear", "grants[2].role:role_unknown", "grants[3].permission:permission_unknown",
		"grants[4].scope:scope_unknown", "grants[5].unit:unit_unknown", "grants[6].until:until_past", "grants[7].unit:unit_archived",
		"grants[8].unit:unit_archived", "grants[10]:grant_twice",
	}
	if diff := cmp.Diff(expected, fields); diff != "" {
		t.Error(diff)
	}
	v, err := h.Team.Show(ctx, m)
	if err != nil || len(v.Grants) != 2 {
		t.Fatalf("a refused set changed something: %+v, %v", v.Grants, err)
	}
	// What is held where nothing new is given, and what has ended, stays as long as it is named.
	if got, err := h.Team.Grant(ctx, m, team.Grants{All: append(team.Givings(v.Grants), team.Giving{Scope: "network"})}); err != nil || len(got.Grants) != 3 {
		t.Errorf("kept beside something new: %+v, %v", got.Grants, err)
	}
	_, err = h.Team.Grant(ctx, m, team.Grants{All: make([]team.Giving, 1001)})
	want(t, "more than one may hold", err, "too_many_grants")
	_, err = h.Team.CreateAPIUser(ctx, team.APIUser{Name: "X", Grants: []team.Giving{{Role: "owner", Unit: open}}})
	want(t, "an API user as Owner of an account", err, "owner_api")
}

// TestOddEnds are ends near the calendar's edges: what no door could write again is refused at every door.
func TestOddEnds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		m := h.Holder("Mia").Member
		for text, code := range map[string]string{
			"0001-01-01T00:00:00Z":        "until_past",
			"0001-01-01T00:00:00-14:00":   "until_past",
			"1970-01-01T00:00:00Z":        "until_past",
			"2026-11-22T09:00:00Z":        "until_past",
			"2026-11-22T09:00:00.000001Z": "",
			"9999-12-30T23:59:59.999999Z": "",
			"9999-12-31T00:00:00Z":        "",
			"9999-12-31T00:00:00.000001Z": "until_too_far",
			"9999-12-31T23:59:59-01:00":   "until_too_far", // the year 10000 in UTC
		} {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.Team.Grant(ctx, m, team.Grants{All: []team.Giving{{Role: "auditor", Until: roster.NamedEnd(at)}}})
			if want(t, text, err, code); code != "" {
				continue
			}
			if len(got.Grants) != 1 || !got.Grants[0].Until.Equal(at) {
				t.Errorf("%s is kept as %v", text, got.Grants)
			}
			if _, err := json.Marshal(got.Grants); err != nil {
				t.Errorf("%s cannot be written: %v", text, err)
			}
		}
	})
}

func TestExternalMembersStayInTheirAccount(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		ctx := h.As(h.Owner)
		north, south := h.Account("North", ""), h.Account("South", "")
		inside := h.Account("Inside", north)
		in := invitation("eva@example.com", "Eva", "Extern")
		in.Kind = roster.External
		_, err := h.Team.Invite(ctx, in)
		want(t, "without an account", err, "field_required")
		in.Unit = "nowhere"
		_, err = h.Team.Invite(ctx, in)
		want(t, "in an unknown account", err, "unit_unknown")
		in.Unit = string(north)
		in.Grants = []team.Giving{{Permission: "devices.read"}, {Scope: "network", Unit: inside}}
		in.ExternalID = "crm:eva"
		v, err := h.Team.Invite(ctx, in)
		if err != nil || v.Kind != roster.External || v.Unit != north || v.ExternalID != "crm:eva" {
			t.Fatalf("invited: %+v, %v", v, err)
		}
		if diff := cmp.Diff([]string{"permission devices.read @ North", "scope network @ Inside"}, held(h, v.Grants)); diff != "" {
			t.Errorf("their own account where none is named: %s", diff)
		}
		again := in
		again.Email = "other@example.com"
		_, err = h.Team.Invite(ctx, again)
		want(t, "the same external ID", err, "external_id_taken")
		in.Kind, in.Email = roster.Regular, "x@example.com"
		_, err = h.Team.Invite(ctx, in)
		want(t, "a regular member of an account", err, "unit_regular")
		for what, u := range map[string]roster.UnitID{"beside": south} {
			_, err = h.Team.Grant(ctx, v.ID, team.Grants{All: []team.Giving{{Role: "member", Unit: u}}})
			want(t, what, err, "external_confined")
		}
		_, err = h.Units.Move(ctx, inside, unit.Moving{Parent: string(south)})
		want(t, "what they hold something at moves out", err, "external_confined")
		if _, err = h.Units.Move(ctx, north, unit.Moving{Parent: string(south)}); err != nil {
			t.Errorf("their account moves with all below it: %v", err)
		}
		if _, err := h.Units.Archive(ctx, north, 0); err != nil {
			t.Fatal(err)
		}
		again.Email, again.ExternalID = "other@example.com", ""
		_, err = h.Team.Invite(ctx, again)
		want(t, "into an archived account", err, "unit_archived")
		taken, free := "crm:eva", "crm:other"
		other := h.Holder("Olaf").Member
		_, err = h.Team.Edit(ctx, other, team.Edit{ExternalID: &taken})
		want(t, "another's external ID", err, "external_id_taken")
		if v, err := h.Team.Edit(ctx, other, team.Edit{ExternalID: &free}); err != nil || v.ExternalID != free {
			t.Errorf("an external ID of one's own: %+v, %v", v, err)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnAdministratorOfOneAccount holds members.write at a single account: the external people there are
// theirs, and nobody else's anything.
func TestAnAdministratorOfOneAccount(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north, south := h.Account("North", ""), h.Account("South", "")
		lena := h.Holder("Lena", team.Giving{Role: "user_administrator", Unit: north}, team.Giving{Permission: "devices.read", Unit: north}, team.Giving{Scope: "network", Unit: north})
		elsewhere := h.Holder("Else", team.Giving{Role: "auditor", Unit: south})
		here := h.Holder("Here", team.Giving{Permission: "devices.read", Unit: north}, team.Giving{Permission: "invoices.read"})
		ctx := h.As(lena)
		page, err := h.Team.List(ctx, team.Query{})
		var seen []string
		for _, m := range page.Members {
			seen = append(seen, m.FirstName)
		}
		if slices.Sort(seen); err != nil || !slices.Equal(seen, []string{"Here", "Lena"}) {
			t.Errorf("sees %v, %v", seen, err)
		}
		if page, err := h.Team.List(h.As(h.Owner), team.Query{Unit: south, Role: "auditor"}); err != nil || len(page.Members) != 1 || page.Members[0].ID != elsewhere.Member {
			t.Errorf("who is at an account: %+v, %v", page.Members, err)
		}
		_, err = h.Team.List(ctx, team.Query{Unit: south})
		want(t, "list an account one does not see", err, "unit_unknown")
		_, err = h.Team.Show(ctx, elsewhere.Member)
		want(t, "show somebody elsewhere", err, "not_found")
		_, err = h.Team.Invite(ctx, invitation("r@example.com", "R", "R"))
		want(t, "invite a regular member", err, "forbidden")
		in := invitation("e@example.com", "E", "E")
		in.Kind, in.Unit, in.Grants = roster.External, string(north), []team.Giving{{Permission: "devices.read"}, {Scope: "network"}}
		guest, err := h.Team.Invite(ctx, in)
		if err != nil {
			t.Fatalf("invite an external member here: %v", err)
		}
		in.Email, in.Unit = "f@example.com", string(south)
		_, err = h.Team.Invite(ctx, in)
		want(t, "invite an external member elsewhere", err, "unit_unknown")
		_, err = h.Team.Block(ctx, here.Member, "")
		want(t, "block a regular member", err, "forbidden")
		if _, err = h.Team.Block(ctx, guest.ID, ""); err != nil {
			t.Errorf("block an external member: %v", err)
		}
		v, err := h.Team.Show(ctx, here.Member)
		if err != nil {
			t.Fatal(err)
		}
		more := append(team.Givings(v.Grants), team.Giving{Scope: "network", Unit: north})
		if _, err = h.Team.Grant(ctx, here.Member, team.Grants{All: more}); err != nil {
			t.Errorf("give a regular member something here: %v", err)
		}
		_, err = h.Team.Grant(ctx, here.Member, team.Grants{All: append(slices.Clone(more), team.Giving{Scope: "network"})})
		want(t, "give a regular member something everywhere", err, "forbidden")
		_, err = h.Team.Grant(ctx, here.Member, team.Grants{All: append(slices.Clone(more), team.Giving{Permission: "devices.wipe", Unit: north})})
		want(t, "give what one lacks here", err, "exceeds_authority")
		_, err = h.Team.Grant(ctx, here.Member, team.Grants{All: append(slices.Clone(more), team.Giving{Permission: "invoices.read", Until: h.Clock.Now().Add(time.Hour)})})
		want(t, "another end where one has no say", err, "forbidden")
		// Taking everything takes what they see; what lies around it they are not told, and it stays.
		if v, err = h.Team.Show(ctx, here.Member); err != nil || len(v.Grants) != 2 {
			t.Errorf("what they see of it: %v, %v", held(h, v.Grants), err)
		}
		if got, err := h.Team.Grant(ctx, here.Member, team.Grants{Version: v.Version}); err != nil || len(got.Grants) != 0 || len(got.Lost) != 2 {
			t.Errorf("take all that they see: %+v, %v", got.View, err)
		}
		if v, err = h.Team.Show(h.As(h.Owner), here.Member); err != nil || !slices.Equal(held(h, v.Grants), []string{"permission invoices.read"}) {
			t.Errorf("what is left: %v, %v", held(h, v.Grants), err)
		}
	})
}

// TestGivingAScopeIsGivingItsPermissions is the second test of rule 1.
func TestGivingAScopeIsGivingItsPermissions(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Declare(rostertest.Fleet())
	ada := h.Holder("Ada", team.Giving{Role: "user_administrator"}, team.Giving{Scope: "network"})
	idle := h.Holder("Ida", team.Giving{Permission: "devices.wipe"}).Member
	v, err := h.Team.Show(h.As(h.Owner), idle)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Team.Grant(h.As(ada), idle, team.Grants{All: append(team.Givings(v.Grants), team.Giving{Scope: "network"})})
	want(t, "give the scope that awakes a permission one lacks", err, "exceeds_authority")
	if e := roster.AsError(err); !slices.Equal(e.Missing, []string{"devices.wipe"}) {
		t.Errorf("missing: %v", e.Missing)
	}
	if got, err := h.Team.Grant(h.As(h.Owner), idle, team.Grants{All: append(team.Givings(v.Grants), team.Giving{Scope: "network"})}); err != nil || !slices.Equal(shifts(got.Shifts), []string{"+devices.wipe"}) {
		t.Errorf("the Owner gives it: %v, %v", shifts(got.Shifts), err)
	}
	// Her own last administrative access goes with the scope as well as with the role.
	_, err = h.Team.Grant(h.As(h.Owner), h.Owner.Member, team.Grants{All: []team.Giving{{Permission: authz.MembersWrite}}})
	want(t, "keep the permission and drop its scope", err, "not_on_yourself")
}

// linesOf gives the lines of the history whose action begins so, oldest first, with what each is about.
func linesOf(t *testing.T, h *rostertest.House, prefix string) []string {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Forward: true, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range page.Events {
		if strings.HasPrefix(e.Action, prefix) {
			all = append(all, e.Action+" "+e.Target.Name)
		}
	}
	return all
}

// TestNobodyDropsTheirOwnLastAdministrativeAccess is the last part of rule 4, by whatever door it would go: the
// grant itself, its end, and the role that carries it.
func TestNobodyDropsTheirOwnLastAdministrativeAccess(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		owner := h.As(h.Owner)
		keys := []string{authz.MembersRead, authz.MembersWrite, authz.RolesWrite}
		if _, err := h.Roles.Create(owner, role.Draft{Name: "Steward", Description: "Looks after people", Permissions: keys, Scopes: []string{authz.Admin}}); err != nil {
			t.Fatal(err)
		}
		year := h.Clock.Now().AddDate(1, 0, 0)
		ada := h.Holder("Ada", team.Giving{Role: "steward", Until: year}, team.Giving{Role: "auditor"})
		ctx, before := h.As(ada), len(actions(t, h))
		set := func(all ...team.Giving) error {
			_, err := h.Team.Grant(ctx, ada.Member, team.Grants{All: append(all, team.Giving{Role: "auditor"})})
			return err
		}
		less := []string{authz.MembersRead, authz.RolesWrite}
		want(t, "the grant", set(), "not_on_yourself")
		want(t, "its end", set(team.Giving{Role: "steward", Until: h.Clock.Now().Add(time.Second)}), "not_on_yourself")
		want(t, "its end by a day", set(team.Giving{Role: "steward", Until: year.AddDate(0, 0, -1)}), "not_on_yourself")
		h.Clock.Pass(time.Minute)
		bea := h.Holder("Bea", team.Giving{Role: "steward"})
		_, err := h.Roles.Edit(h.As(bea), "steward", role.Edit{Permissions: &less})
		want(t, "the role that carries it", err, "not_on_yourself")
		scopes := []string{}
		_, err = h.Roles.Edit(h.As(bea), "steward", role.Edit{Scopes: &scopes})
		want(t, "the role's scope", err, "not_on_yourself")
		more := h.Account("North", "")
		_, err = h.Team.Grant(h.As(bea), bea.Member, team.Grants{All: []team.Giving{{Role: "steward", Unit: more}}})
		want(t, "to one account", err, "")
		if _, err = h.Team.Grant(owner, ada.Member, team.Grants{All: []team.Giving{{Role: "auditor"}}}); err != nil {
			t.Errorf("another administrator takes it: %v", err)
		}
		if all := actions(t, h); slices.Contains(all[before:], "role.edit") {
			t.Errorf("refused acts stand in the history: %v", all[before:])
		}
	})
}
