package unit_test

import (
	"reflect"
	"testing"

	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestTheTreeIsReadFromTopToBottomAndUnitsAreFoundByID(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		south := h.Account("South", "")
		north := h.Account("north", "")
		depot := h.Group("Depot", north)
		h.Group("Night", depot)
		h.Group("Yard", north)
		gone := h.Account("Gone", "")
		if _, err := h.Units.Archive(h.As(h.Owner), gone, 0); err != nil {
			t.Fatal(err)
		}
		ned := h.Holder("Ned", team.Giving{Scope: authz.Admin, Unit: depot}, team.Giving{Permission: authz.UnitsRead, Unit: depot})
		for name, c := range map[string]struct {
			as   roster.Actor
			q    unit.Query
			want []string
		}{
			"the tree":                   {h.Owner, unit.Query{Outline: true}, []string{"north", "Depot", "Night", "Yard", "South"}},
			"archived ones too":          {h.Owner, unit.Query{Outline: true, Archived: true}, []string{"Gone", "north", "Depot", "Night", "Yard", "South"}},
			"its beginning":              {h.Owner, unit.Query{Outline: true, Limit: 2}, []string{"north", "Depot"}},
			"a part":                     {ned, unit.Query{Outline: true}, []string{"Depot", "Night"}},
			"by ID, as they were named":  {h.Owner, unit.Query{IDs: []roster.UnitID{south, gone, depot}}, []string{"South", "Gone", "Depot"}},
			"by ID, what is seen alone":  {ned, unit.Query{IDs: []roster.UnitID{south, depot}}, []string{"Depot"}},
			"by ID, what is not there":   {h.Owner, unit.Query{IDs: []roster.UnitID{"unit_nothing"}}, []string{}},
			"by ID, nothing that's seen": {ned, unit.Query{IDs: []roster.UnitID{north}}, []string{}},
		} {
			if got := listed(t, h, c.as, c.q); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: %v, not %v", name, got, c.want)
			}
		}
		page, err := h.Units.List(h.As(h.Owner), unit.Query{Outline: true, Limit: 2})
		if err != nil || !page.More {
			t.Errorf("the beginning of a tree does not say that there is more: %v", err)
		}
		whole, err := h.Units.Show(h.As(h.Owner), depot)
		if err != nil || whole.People.Above != 1 { // Olga
			t.Errorf("above stand %d: %v", whole.People.Above, err)
		}
		part, err := h.Units.Show(h.As(ned), depot)
		if err != nil || part.People.Above != 0 {
			t.Errorf("who sees a part is told of %d above it: %v", part.People.Above, err)
		}
	})
}
