package access

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	rooms "roster/internal/action/access"
	members "roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) editPage(v *web.Visit) error {
	m, err := d.rooms.Team.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	view, err := d.editView(v, m, web.ListState{Lines: linesOf(m.Grants)})
	if err != nil {
		return err
	}
	v.Show(Edit(view))
	return nil
}

// whatOf gives a grant's key in the editor.
func whatOf(g roster.Grant) string {
	switch {
	case g.Role != "":
		return "role:" + g.Role
	case g.Permission != "":
		return "permission:" + g.Permission
	}
	return "scope:" + g.Scope
}

func linesOf(grants []roster.Grant) []web.ListLine {
	var lines []web.ListLine
	for _, g := range grants {
		lines = append(lines, web.ListLine{Key: whatOf(g), Place: string(g.Unit), Until: web.LastDay(g.Until)})
	}
	return lines
}

// editView is the editor of a member's grants as a form left it.
func (d *Door) editView(v *web.Visit, m members.View, state web.ListState) (EditView, error) {
	view := EditView{Page: v.Page, Subject: subjectOf(m), Version: strconv.FormatInt(m.Version, 10)}
	a, err := d.rooms.Access.Access(v.Context(), m.ID, "")
	if err != nil {
		return view, err
	}
	for _, u := range a.Units {
		v.Knows(u)
	}
	at, everywhere, err := d.reach(v)
	if err != nil {
		return view, err
	}
	l := web.Lists{State: state, Search: v.Page.In("units", "find"), Ends: true, Now: v.Now(), Was: linesOf(m.Grants), Has: slices.Clone(state.Lines)}
	if l.Groups, err = d.offer(v, m.Kind, at); err != nil {
		return view, err
	}
	look := slices.Clone(at)
	for _, line := range append(slices.Clone(l.Was), l.Has...) {
		look = append(look, roster.UnitID(line.Place))
	}
	v.LookUp(look...)
	named(v, l.Was, a.Given)
	named(v, l.Has, a.Given)
	note(v, l.Groups, a)
	for _, h := range a.Held {
		for _, s := range h.By {
			if s.Grant.Role != "" {
				l.Inherited = append(l.Inherited, web.Inherited{Name: v.Page.Words.Own(h.Permission.Name), Source: v.Page.Say("access.by", "what", what(v, s.Grant), "where", v.PlaceName(s.Grant.Unit))})
			}
		}
	}
	if err := d.place(v, m, &l, everywhere); err != nil {
		return view, err
	}
	view.Lists = l
	return view, nil
}

// reach gives the customer accounts at which the visitor can give what they cannot on the whole organisation, and whether
// they change members everywhere. An operator inside is no member, and holds everything there.
func (d *Door) reach(v *web.Visit) ([]roster.UnitID, bool, error) {
	if v.Entry.Visit != nil {
		return nil, true, nil
	}
	own, err := d.rooms.Access.Access(v.Context(), v.Actor().Member, "")
	everywhere := slices.ContainsFunc(own.Held, func(h rooms.Held) bool {
		return h.Unit == "" && h.Permission.Key == authz.MembersWrite
	})
	return places(own), everywhere, err
}

// named fills in the names of places, and why a line cannot be taken away.
func named(v *web.Visit, lines []web.ListLine, given []rooms.Given) {
	for i := range lines {
		l := &lines[i]
		l.Where = v.PlaceName(roster.UnitID(l.Place))
		for _, g := range given {
			if whatOf(g.Grant) == l.Key && string(g.Unit) == l.Place {
				l.Reason = v.Lacks(g.Missing)
			}
		}
	}
}

// note tells beside what can be given where the member has it through a role.
func note(v *web.Visit, groups []web.ListGroup, a rooms.Access) {
	for _, h := range a.Held {
		at := slices.IndexFunc(h.By, func(s rooms.Source) bool { return s.Grant.Role != "" })
		if at < 0 {
			continue
		}
		through := v.Page.Say("access.note.through", "what", what(v, h.By[at].Grant), "where", v.PlaceName(h.By[at].Grant.Unit))
		for n := range groups {
			for k := range groups[n].Items {
				if i := &groups[n].Items[k]; i.Key == "permission:"+h.Permission.Key && i.Note == "" {
					i.Note = through
				}
			}
		}
	}
}

// mostAsked bounds at how many places it is worked out what the visitor could give.
const mostAsked = 20

// places gives the customer accounts at which somebody holds what they do not hold on the whole organisation.
func places(a rooms.Access) []roster.UnitID {
	var all []roster.UnitID
	for _, h := range a.Held {
		if h.Unit != "" && !slices.Contains(all, h.Unit) && len(all) < mostAsked {
			all = append(all, h.Unit)
		}
	}
	return all
}

// offer gives what the visitor could give: everywhere, or at one of their places.
func (d *Door) offer(v *web.Visit, kind roster.MemberKind, at []roster.UnitID) ([]web.ListGroup, error) {
	g, err := d.rooms.Access.Permissions(v.Context(), "")
	if err != nil {
		return nil, err
	}
	groups := v.OfferGroups(g, kind)
	for _, u := range at {
		if g, err = d.rooms.Access.Permissions(v.Context(), string(u)); err != nil {
			return nil, err
		}
		groups = web.Merged(v.Page, groups, v.OfferGroups(g, kind), v.PlaceName(u))
	}
	return groups, nil
}

// place offers where something can be given: an external member's own account and what stands below it, for
// others the whole organisation too.
func (d *Door) place(v *web.Visit, m members.View, l *web.Lists, everywhere bool) error {
	var list []unit.View
	if m.Kind == roster.External {
		own, err := v.Desk.Units.Show(v.Context(), m.Unit)
		if err != nil {
			return err
		}
		below, err := v.Desk.Units.List(v.Context(), unit.Query{Text: l.State.Find, Parent: string(m.Unit), Limit: 200})
		if err != nil {
			return err
		}
		list, l.Search = append([]unit.View{own.View}, below.Units...), ""
		if l.State.Place == "" {
			l.State.Place = string(m.Unit)
		}
	} else {
		l.Places = []web.Option{{Value: "", Label: v.Page.Say("layout.everywhere"), Text: v.Page.Say("layout.everywhere"), Disabled: !everywhere}}
		list, _ = v.Places(l.State.Find)
	}
	l.Places = append(l.Places, v.PlaceOptions(list, l.State.Place)...)
	if l.State.Place == "" && !everywhere && len(list) > 0 {
		l.State.Place = string(list[0].ID)
	}
	return nil
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.OpenForm(v.R)
	if err != nil {
		return err
	}
	state, err := web.ReadLists(f)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	m, err := d.rooms.Team.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	again, state := state.Again(), state.Moved()
	var wrong error
	if !again {
		var wanted []members.Giving
		if wanted, wrong = givings(state.Lines, m.Grants); wrong == nil {
			if _, wrong = d.rooms.Team.Grant(v.Context(), m.ID, members.Grants{All: wanted, Version: version}); wrong == nil {
				return v.Go(v.Page.In("team", string(m.ID), "access"), "toast.access_saved", "name", m.Label())
			}
		}
	}
	view, err := d.editView(v, m, state)
	if err != nil {
		return err
	}
	if wrong == nil {
		view.Version = strconv.FormatInt(version, 10)
		v.Show(Edit(view))
		return nil
	}
	return v.Refuse(web.AtLists(wrong), func(form web.Form) templ.Component {
		view.Form, view.Lists.Error = form, form.Error("lists")
		return Edit(view)
	})
}

// givings reads the editor's lines. An end that was not touched stays to the microsecond. Kind Invalid.
func givings(lines []web.ListLine, held []roster.Grant) ([]members.Giving, error) {
	var all []members.Giving
	for _, l := range lines {
		g := roster.Grant{Unit: roster.UnitID(l.Place)}
		for _, h := range held {
			if whatOf(h) == l.Key && h.Unit == g.Unit {
				g.Until = h.Until
			}
		}
		until, err := web.EndOf(l.Until, g.Until)
		if err != nil {
			return nil, err
		}
		giving, ok := members.Giving{Unit: g.Unit, Until: until}, false
		for prefix, to := range map[string]*string{"role:": &giving.Role, "permission:": &giving.Permission, "scope:": &giving.Scope} {
			if rest := len(prefix); len(l.Key) > rest && l.Key[:rest] == prefix {
				*to, ok = l.Key[rest:], true
			}
		}
		if !ok {
			return nil, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
		}
		all = append(all, giving)
	}
	return all, nil
}
