package team

import (
	"net/url"
	"slices"

	members "roster/internal/action/team"
	"roster/internal/action/team/view"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// list shows the team. An address that says nothing leads to what the viewer saw last, by its own address.
func (d *Door) list(v *web.Visit) error {
	asked := v.R.URL.Query()
	kept, err := d.views.List(v.Context())
	if err != nil {
		return err
	}
	f := FilterOf(asked)
	if last := kept.Last[f.List()]; bare(asked) && last != "" && last != f.Query() {
		return v.Go(v.Page.In("team")+"?"+last, "")
	}
	q, err := f.Chosen()
	if err != nil {
		return err
	}
	page, err := d.room.List(v.Context(), q)
	if err != nil {
		return err
	}
	show := ListView{Page: v.Page, Filter: f, Offers: offersOf(v, f, asked.Get("find")), Views: kept.Views, NextCursor: page.Next, Total: page.Total, More: page.More, Short: page.Short, Seats: seats(v)}
	for _, m := range page.Members {
		show.Rows = append(show.Rows, rowOf(v, m))
	}
	if f.Columns == "all" || slices.Contains(columnList(f.Columns), "units") {
		nameUnits(v, show.Rows, page.Members)
	}
	d.remember(v, f, kept)
	v.Show(List(show))
	return nil
}

// remember keeps how the list stands, but neither the page nor the words that were searched for.
func (d *Door) remember(v *web.Visit, f Filter, kept view.Kept) {
	f.Q, f.Cursor = "", ""
	query, err := view.Canonical(f.Query())
	if err != nil || kept.Last[f.List()] == query || kept.Last[f.List()] == "" && query == (Filter{Kind: f.Kind}).Query() && !f.without("kind").Any() {
		return
	}
	// To be remembered is a comfort: a list that could not be is shown all the same.
	_ = d.views.Remember(v.Context(), f.List(), query)
}

// offersOf gives what the filters offer, and the names of what the list is filtered by.
func offersOf(v *web.Visit, f Filter, find string) Offers {
	o := Offers{Find: find, RoleNames: map[string]string{}, PlaceNames: map[string]string{}}
	for _, r := range v.AllRoles() {
		o.Roles = append(o.Roles, web.Option{Value: r.ID, Label: v.RoleName(r.ID)})
	}
	for _, key := range []*string{&f.Role, &f.NotRole} {
		o.RoleNames[*key] = v.RoleName(*key)
	}
	list, more := v.Places(find)
	o.Places, o.MorePlaces = v.PlaceOptions(list, ""), more
	v.LookUp(roster.UnitID(f.Unit), roster.UnitID(f.NotUnit))
	for _, id := range []string{f.Unit, f.NotUnit} {
		if id != "" {
			o.PlaceNames[id] = v.PlaceName(roster.UnitID(id))
		}
	}
	return o
}

// nameUnits says where the rows' members belong and hold something, all looked up at once.
func nameUnits(v *web.Visit, rows []Row, of []members.View) {
	var all []roster.UnitID
	units := make([][]roster.UnitID, len(of))
	for i, m := range of {
		units[i] = append(units[i], m.Unit)
		for _, g := range m.Grants {
			units[i] = append(units[i], g.Unit)
		}
		units[i] = slices.DeleteFunc(units[i], func(u roster.UnitID) bool { return u == "" })
		slices.Sort(units[i])
		units[i] = slices.Compact(units[i])
		all = append(all, units[i]...)
	}
	v.LookUp(all...)
	for i := range rows {
		for _, u := range units[i] {
			rows[i].Units = append(rows[i].Units, v.PlaceName(u))
		}
	}
}

// ParseFilter reads a filter from the query of the list's address.
func ParseFilter(query string) Filter {
	q, err := url.ParseQuery(query)
	if err != nil {
		return Filter{}
	}
	return FilterOf(q)
}
