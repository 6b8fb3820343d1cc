package unit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
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

func names(p unit.Page) []string {
	all := []string{}
	for _, u := range p.Units {
		all = append(all, u.Name)
	}
	return all
}

func listed(t *testing.T, h *rostertest.House, as roster.Actor, q unit.Query) []string {
	t.Helper()
	page, err := h.Units.List(h.As(as), q)
	if err != nil {
		t.Fatalf("list %+v: %v", q, err)
	}
	return names(page)
}

func TestACustomerAccountsLife(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		north, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "  North   Ltd ", ExternalID: "crm:1"})
		if err != nil || north.Name != "North Ltd" || north.ExternalID != "crm:1" || len(north.Path) != 0 {
			t.Fatalf("made: %+v, %v", north, err)
		}
		depot, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Group, Name: "Depot", Parent: "crm:1"})
		if err != nil || depot.Parent != north.ID || len(depot.Path) != 1 || depot.Path[0].Name != "North Ltd" {
			t.Fatalf("made below, by external ID: %+v, %v", depot, err)
		}
		south := h.Account("South", "")
		_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "NORTH ltd"})
		want(t, "the same name beside it in other case", err, "unit_name_taken")
		_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "Other", ExternalID: "crm:1"})
		want(t, "the same external ID", err, "external_id_taken")

		name, external := "North & Sons", ""
		edited, err := h.Units.Edit(ctx, north.ID, unit.Edit{Name: &name, ExternalID: &external, Version: north.Version})
		if err != nil || edited.Name != name || edited.ExternalID != "" || edited.Version != north.Version+1 {
			t.Errorf("edited: %+v, %v", edited, err)
		}
		_, err = h.Units.Edit(ctx, north.ID, unit.Edit{Name: &name, Version: north.Version})
		want(t, "an edit of what is not any more", err, "changed_meanwhile")
		taken := "south"
		_, err = h.Units.Edit(ctx, north.ID, unit.Edit{Name: &taken})
		want(t, "a sibling's name", err, "unit_name_taken")

		moved, err := h.Units.Move(ctx, depot.ID, unit.Moving{Parent: string(south)})
		if err != nil || moved.Parent != south || moved.Path[0].Name != "South" {
			t.Errorf("moved: %+v, %v", moved, err)
		}
		archived, err := h.Units.Archive(ctx, south, 0)
		if err != nil || !archived.Archived() || slices.Contains(archived.Allowed, "unit.archive") || !slices.Contains(archived.Allowed, "unit.restore") || slices.Contains(archived.Allowed, "unit.create") {
			t.Errorf("archived: %+v, %v", archived, err)
		}
		if inner, err := h.Units.Show(ctx, depot.ID); err != nil || inner.Archived() || !inner.PutAway {
			t.Errorf("below an archived one: %+v, %v", inner, err)
		}
		_, err = h.Units.Archive(ctx, south, 0)
		want(t, "archived twice", err, "already_archived")
		if got := listed(t, h, h.Owner, unit.Query{}); !slices.Equal(got, []string{"North & Sons"}) {
			t.Errorf("the list without archived ones: %v", got)
		}
		if got := listed(t, h, h.Owner, unit.Query{Archived: true}); !slices.Equal(got, []string{"North & Sons", "South"}) {
			t.Errorf("the list with archived ones: %v", got)
		}
		_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "New", Parent: string(south)})
		want(t, "made in an archived one", err, "unit_archived")
		_, err = h.Units.Move(ctx, north.ID, unit.Moving{Parent: string(south)})
		want(t, "moved into an archived one", err, "unit_archived")
		if restored, err := h.Units.Restore(ctx, south, archived.Version); err != nil || restored.Archived() {
			t.Errorf("restored: %+v, %v", restored, err)
		}
		_, err = h.Units.Restore(ctx, south, 0)
		want(t, "restored twice", err, "not_archived")

		page, err := h.History.List(ctx, history.Query{Forward: true, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range page.Events {
			if strings.HasPrefix(e.Action, "unit.") {
				lines = append(lines, e.Action+" "+e.Target.Name)
			}
		}
		expected := []string{
			"unit.create North Ltd", "unit.create Depot", "unit.create South", "unit.edit North & Sons",
			"unit.move Depot", "unit.archive South", "unit.restore South",
		}
		if !slices.Equal(lines, expected) {
			t.Errorf("history\n got %q\nwant %q", lines, expected)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestBadTreesAreRefused(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	account := h.Account("Account", "")
	group := h.Group("Group", account)
	inner := h.Group("Inner", group)
	for what, c := range map[string]struct {
		draft unit.Draft
		code  string
	}{
		"a group below the organisation": {unit.Draft{Kind: roster.Group, Name: "X"}, "unit_kind_misplaced"},
		"an account in a group":          {unit.Draft{Kind: roster.Account, Name: "X", Parent: string(group)}, "unit_kind_misplaced"},
		"another kind":                   {unit.Draft{Kind: "region", Name: "X"}, "unit_kind_unknown"},
		"an unknown parent":              {unit.Draft{Kind: roster.Account, Name: "X", Parent: "nowhere"}, "unit_unknown"},
		"no name":                        {unit.Draft{Kind: roster.Account, Name: "  "}, "field_required"},
		"a name with a line break":       {unit.Draft{Kind: roster.Account, Name: "a\nb"}, "control_character"},
		"an external ID of Roster's":     {unit.Draft{Kind: roster.Account, Name: "X", ExternalID: string(group)}, "external_id_invalid"},
		"two slips at once":              {unit.Draft{Kind: "region", Name: ""}, "fields_invalid"},
	} {
		_, err := h.Units.Create(ctx, c.draft)
		want(t, what, err, c.code)
		if roster.AsError(err).Kind != roster.Invalid {
			t.Errorf("%s: kind %v", what, roster.AsError(err).Kind)
		}
	}
	for what, c := range map[string]struct {
		id     roster.UnitID
		parent roster.UnitID
		code   string
	}{
		"into itself":            {account, account, "unit_cycle"},
		"into what is below":     {group, inner, "unit_cycle"},
		"an account in a group":  {h.Account("Third", ""), group, "unit_kind_misplaced"},
		"a group to the top":     {group, "", "unit_kind_misplaced"},
		"to nowhere":             {group, "unit_nowhere", "unit_unknown"},
		"an unknown one":         {"unit_nowhere", account, "not_found"},
		"where it stands":        {group, account, ""},
		"an account below the 2": {h.Account("Fourth", ""), account, ""},
	} {
		_, err := h.Units.Move(ctx, c.id, unit.Moving{Parent: string(c.parent)})
		want(t, what, err, c.code)
	}
}

func TestTheTreeIsAtMostSoDeep(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	var chain []roster.UnitID
	parent := roster.UnitID("")
	for i := range roster.MaxUnitDepth {
		parent = h.Account(fmt.Sprintf("Level %d", i+1), parent)
		chain = append(chain, parent)
	}
	_, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "Too deep", Parent: string(parent)})
	want(t, "one level more", err, "unit_too_deep")
	two := h.Account("Two", "")
	h.Account("Below two", two)
	_, err = h.Units.Move(ctx, two, unit.Moving{Parent: string(chain[roster.MaxUnitDepth-2])})
	want(t, "two levels moved where one fits", err, "unit_too_deep")
	if _, err = h.Units.Move(ctx, two, unit.Moving{Parent: string(chain[roster.MaxUnitDepth-3])}); err != nil {
		t.Errorf("two levels moved where two fit: %v", err)
	}
}

func TestWhoSeesSomeUnitsSeesNoOthers(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north, south := h.Account("North", ""), h.Account("South", "")
		inside := h.Account("North Inside", north)
		h.Group("South Group", south)
		local := h.Holder("Loki", team.Giving{Scope: authz.Admin, Unit: north}, team.Giving{Permission: authz.UnitsRead, Unit: north}, team.Giving{Permission: authz.UnitsWrite, Unit: north})
		ctx := h.As(local)
		if got := listed(t, h, local, unit.Query{}); !slices.Equal(got, []string{"North"}) {
			t.Errorf("the top: %v", got)
		}
		if got := listed(t, h, local, unit.Query{Parent: string(north)}); !slices.Equal(got, []string{"North Inside"}) {
			t.Errorf("below: %v", got)
		}
		if got := listed(t, h, local, unit.Query{Text: "inside"}); !slices.Equal(got, []string{"North Inside"}) {
			t.Errorf("search: %v", got)
		}
		if got := listed(t, h, local, unit.Query{Text: "south"}); len(got) != 0 {
			t.Errorf("search elsewhere: %v", got)
		}
		_, err := h.Units.List(ctx, unit.Query{Parent: string(south)})
		want(t, "below another", err, "unit_unknown")
		_, err = h.Units.Show(ctx, south)
		want(t, "show another", err, "not_found")
		if v, err := h.Units.Show(ctx, inside); err != nil || len(v.Path) != 1 {
			t.Errorf("show inside: %+v, %v", v, err)
		}
		_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "X"})
		want(t, "make one at the top", err, "forbidden")
		if _, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "X", Parent: string(inside)}); err != nil {
			t.Errorf("make one inside: %v", err)
		}
		_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "X", Parent: string(south)})
		want(t, "make one elsewhere", err, "unit_unknown")
		_, err = h.Units.Archive(ctx, south, 0)
		want(t, "archive another", err, "not_found")
		_, err = h.Units.Move(ctx, inside, unit.Moving{})
		want(t, "move out of one's own", err, "forbidden")
		_, err = h.Units.Move(ctx, inside, unit.Moving{Parent: string(south)})
		want(t, "move to another", err, "unit_unknown")
		reader := h.Holder("Rita", team.Giving{Role: "auditor"})
		_, err = h.Units.Archive(h.As(reader), south, 0)
		want(t, "an auditor archives", err, "forbidden")

		other, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Other", Owner: "o@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		stranger := h.As(h.Accept(other.Organisation.ID, other.Link, "O", "Wner"))
		_, foreign := h.Units.Show(stranger, north)
		_, unknown := h.Units.Show(stranger, roster.NewUnitID())
		if code(foreign) != "not_found" || foreign.Error() != unknown.Error() {
			t.Errorf("another organisation's: %v, an unknown one: %v", foreign, unknown)
		}
	})
}

func TestManyUnitsAreWalkedByCursorAndCounted(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		top := h.Account("Top", "")
		for _, name := range []string{"Émile", "Zoë", "emil & co", "Ångström", "Öz", "李", "Bob"} {
			h.Account(name, top)
		}
		whole := listed(t, h, h.Owner, unit.Query{Parent: string(top)})
		var walked []string
		q := unit.Query{Parent: string(top), Limit: 2}
		for range 10 {
			page, err := h.Units.List(h.As(h.Owner), q)
			if err != nil || page.Total != 7 {
				t.Fatalf("%+v, %v", page, err)
			}
			walked = append(walked, names(page)...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(walked, whole) || len(whole) != 7 {
			t.Errorf("walked %v, whole %v", walked, whole)
		}
		for text, n := range map[string]int{"emil": 2, "ANG": 1, "李": 1, "zoe bob": 0} {
			if got := listed(t, h, h.Owner, unit.Query{Text: text}); len(got) != n {
				t.Errorf("search %q: %v", text, got)
			}
		}
		page, err := h.Units.List(h.As(h.Owner), unit.Query{Parent: string(top), Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.Units.List(h.As(h.Owner), unit.Query{Limit: 1, Cursor: page.Next})
		want(t, "a cursor of another list", err, "cursor_invalid")
		_, err = h.Units.List(h.As(h.Owner), unit.Query{Limit: 201})
		want(t, "too long a page", err, "limit_invalid")

		h.Holder("Here", team.Giving{Role: "auditor", Unit: top})
		h.Enter(team.Invitation{Kind: roster.External, Unit: string(top), Email: "e@example.com", Profile: roster.Profile{FirstName: "E", LastName: "X"}})
		d, err := h.Units.Show(h.As(h.Owner), top)
		if err != nil || d.Children != 7 || d.Members != 2 || d.People.Bound != 1 || d.People.Here != 2 || d.People.Above != 1 {
			t.Errorf("counts: children %d, members %d, people %+v; %v", d.Children, d.Members, d.People, err)
		}
	})
}

// TestWhatOneMayDoIsToldOfWhereAUnitStandsNow asks allowed[] of the answers to making and moving a unit.
func TestWhatOneMayDoIsToldOfWhereAUnitStandsNow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north, south := h.Account("North", ""), h.Account("South", "")
		depot := h.Group("Depot", south)
		ctx := h.As(h.Holder("Mona", team.Giving{Permission: authz.UnitsWrite}, team.Giving{Permission: authz.UnitsRead}, team.Giving{Scope: authz.Admin},
			team.Giving{Permission: authz.MembersWrite, Unit: south}))
		made, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Group, Name: "New", Parent: string(south)})
		if shown, asked := h.Units.Show(ctx, made.ID); err != nil || asked != nil || !slices.Contains(made.Allowed, "member.invite") || !slices.Equal(shown.Allowed, made.Allowed) {
			t.Errorf("making one tells %v, the page %v, %v, %v", made.Allowed, shown.Allowed, err, asked)
		}
		moved, err := h.Units.Move(ctx, depot, unit.Moving{Parent: string(north)})
		if shown, asked := h.Units.Show(ctx, depot); err != nil || asked != nil || slices.Contains(moved.Allowed, "member.invite") || !slices.Equal(shown.Allowed, moved.Allowed) {
			t.Errorf("the move tells %v, the page %v, %v, %v", moved.Allowed, shown.Allowed, err, asked)
		}
	})
}
