package role

import (
	"slices"
	"strconv"

	roles "roster/internal/action/role"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// preview shows who would gain and lose what, and carries the form along.
func (d *Door) preview(v *web.Visit, p roles.Preview, in Input, state web.ListState, seen int64) error {
	r, err := d.room.Show(v.Context(), id(v), roles.Query{Limit: 1})
	if err != nil {
		return err
	}
	g, err := d.access.Permissions(v.Context(), "")
	if err != nil {
		return err
	}
	v.KnowsCatalogue(g)
	called := map[string]string{}
	for _, one := range g.Permissions {
		called["permission:"+one.Key] = one.Name
	}
	for _, s := range g.Scopes {
		called["scope:"+s.Key] = v.Page.Say("layout.scope", "key", s.Name)
	}
	view := PreviewView{Page: v.Page, Row: rowOf(v, r.View), Typed: in, Holders: p.Holding, More: max(0, max(p.Gaining, p.Losing)-len(p.Holders)), Denied: v.Lacks(p.Missing), Now: v.Now()}
	var shifts []roster.UnitID
	for _, h := range p.Holders {
		for _, s := range h.Shifts {
			shifts = append(shifts, s.Unit)
		}
	}
	v.LookUp(shifts...)
	was, now := linesOf(r.Role), linesOf(p.Role)
	view.Gains, view.Loses = beyond(now, was, called), beyond(was, now, called)
	for _, h := range p.Holders {
		t := Touched{Holder: web.Holder{Member: string(h.Member), Name: h.Label, Kind: string(h.Kind), Status: string(h.Status)}}
		for _, s := range h.Shifts {
			if roles.Gains(s) {
				t.Gains = append(t.Gains, shift(v, s, called))
			} else {
				t.Loses = append(t.Loses, shift(v, s, called))
			}
		}
		view.Touched = append(view.Touched, t)
	}
	view.Hidden = []web.Hidden{{Name: "version", Value: strconv.FormatInt(seen, 10)}, {Name: "name", Value: in.Name}, {Name: "description", Value: in.Description}, {Name: "for", Value: in.For}}
	for n, l := range state.Lines {
		view.Hidden = append(view.Hidden, web.Hidden{Name: "line." + strconv.Itoa(n), Value: l.Key + "@"})
	}
	v.Show(Preview(view))
	return nil
}

// beyond gives what one content has and another has not, in words.
func beyond(a, b []web.ListLine, called map[string]string) []string {
	var list []string
	for _, l := range a {
		if !slices.Contains(b, l) {
			list = append(list, called[l.Key])
		}
	}
	return list
}

// shift says what somebody gains or loses: the permission, where, and until when where it has an end.
func shift(v *web.Visit, s authz.Shift, called map[string]string) string {
	text := v.Page.Say("role.shift", "what", called["permission:"+s.Permission], "where", v.PlaceName(s.Unit))
	switch {
	case s.After.Held && !s.After.Until.IsZero():
		return v.Page.Say("role.shift.until", "line", text, "day", v.Page.ShownDay(s.After.Until))
	case s.After.Held && s.Before.Held:
		return v.Page.Say("role.shift.endless", "line", text)
	}
	return text
}
