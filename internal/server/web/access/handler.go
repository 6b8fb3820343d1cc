package access

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"roster/internal/act"
	rooms "roster/internal/action/access"
	"roster/internal/action/org"
	members "roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Rooms are the use cases behind the pages.
type Rooms struct {
	Access *rooms.Room
	Team   *members.Room
	Orgs   *org.Room
}

// SecretPage shows a new API user's secret, this once; without a secret it says that it was shown.
type SecretPage func(p web.Page, m roster.Member, secret string) templ.Component

// Door answers the pages of access.
type Door struct {
	desk    *web.Desk
	rooms   Rooms
	secrets SecretPage
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms, s SecretPage) *Door { return &Door{d, r, s} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "/access", act.AccessMatrix, d.matrix)
	page(http.MethodGet, "/owners", act.OwnerWays, d.owners)
	page(http.MethodGet, "/team/{id}/access", act.MemberAccess, d.show)
	page(http.MethodGet, "/team/{id}/access/edit", act.MemberAccess, d.editPage)
	page(http.MethodPost, "/team/{id}/access/edit", act.MemberGrant, d.edit)
	page(http.MethodGet, "/team/{id}/clone", act.MemberCloneOffer, d.clonePage)
	page(http.MethodPost, "/team/{id}/clone", act.MemberClone, d.clone)
}

func id(v *web.Visit) roster.MemberID { return roster.MemberID(v.R.PathValue("id")) }

func subjectOf(m members.View) Subject { return Subject{Member: m.Member, Allowed: m.Allowed} }

// what says what a grant is: a role by its name, anything else by its kind.
func what(v *web.Visit, g roster.Grant) string {
	switch {
	case g.Role != "":
		return v.Page.Say("access.source.role", "name", v.RoleName(g.Role))
	case g.Permission != "":
		return v.Page.Say("access.source.permission")
	}
	return v.Page.Say("access.source.scope")
}

func sourcesOf(v *web.Visit, all []rooms.Source) []Source {
	out := make([]Source, len(all))
	for i, s := range all {
		out[i] = Source{What: what(v, s.Grant), Where: v.PlaceName(s.Grant.Unit), Until: s.Grant.Until}
	}
	return out
}

func (d *Door) show(v *web.Visit) error {
	m, err := d.rooms.Team.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	a, err := d.rooms.Access.Access(v.Context(), m.ID, "")
	if err != nil {
		return err
	}
	g, err := d.rooms.Access.Permissions(v.Context(), "")
	if err != nil {
		return err
	}
	v.KnowsCatalogue(g)
	for _, u := range a.Units {
		v.Knows(u)
	}
	view := MemberView{Page: v.Page, Subject: subjectOf(m), Places: placesOf(v, a, g), MayExplain: v.Page.May(string(act.MemberExplain)) || slices.Contains(m.Allowed, string(act.MemberExplain)), Now: a.Now}
	if view.MayExplain {
		d.ask(v, &view, g)
		if view.Why.Permission != "" {
			if err := d.explain(v, &view); err != nil {
				return err
			}
		}
	}
	v.Show(Member(view))
	return nil
}

// placesOf writes what is held by place and scope, places above others first.
func placesOf(v *web.Visit, a rooms.Access, g rooms.Givable) []Place {
	var places []Place
	add := func(unit roster.UnitID, p authz.Permission, h Held) {
		at := slices.IndexFunc(places, func(pl Place) bool { return pl.ID == unit })
		if at < 0 {
			at = len(places)
			places = append(places, Place{ID: unit, Name: v.PlaceName(unit)})
		}
		name := v.Page.Say("access.no_scope")
		if i := slices.IndexFunc(g.Scopes, func(s rooms.ScopeOffer) bool { return s.Key == p.Scope }); i >= 0 {
			name = g.Scopes[i].Name
		}
		pl := &places[at]
		in := slices.IndexFunc(pl.Scopes, func(s Scope) bool { return s.Name == name })
		if in < 0 {
			in = len(pl.Scopes)
			pl.Scopes = append(pl.Scopes, Scope{Name: name})
		}
		pl.Scopes[in].Held = append(pl.Scopes[in].Held, h)
	}
	for _, h := range a.Held {
		add(h.Unit, h.Permission, Held{Key: h.Permission.Key, Name: v.Page.Words.Own(h.Permission.Name), Kind: string(h.Permission.Kind), Until: h.Until, Sources: sourcesOf(v, h.By)})
	}
	for _, i := range a.Idle {
		add(i.Unit, i.Permission, Held{Key: i.Permission.Key, Name: v.Page.Words.Own(i.Permission.Name), Kind: string(i.Permission.Kind), Sources: sourcesOf(v, i.By), Idle: true, Needs: scopeName(g, i.Permission.Scope)})
	}
	slices.SortStableFunc(places, func(a, b Place) int {
		switch {
		case a.ID == "" && b.ID != "":
			return -1
		case a.ID != "" && b.ID == "":
			return 1
		}
		return 0
	})
	return places
}

func scopeName(g rooms.Givable, key string) string {
	for _, s := range g.Scopes {
		if s.Key == key {
			return s.Name
		}
	}
	return key
}

// ask offers the questions, with the one that the address asks chosen.
func (d *Door) ask(v *web.Visit, view *MemberView, g rooms.Givable) {
	q := v.R.URL.Query()
	view.Why.Permission, view.Why.Unit = q.Get("permission"), q.Get("unit")
	groups := map[string]*web.OptionGroup{}
	var order []string
	for _, p := range g.Permissions {
		name := v.Page.Say("access.no_scope")
		if p.Scope != "" {
			name = scopeName(g, p.Scope)
		}
		if groups[name] == nil {
			groups[name] = &web.OptionGroup{Name: name}
			order = append(order, name)
		}
		groups[name].Options = append(groups[name].Options, web.Option{Value: p.Key, Label: p.Name, Checked: p.Key == view.Why.Permission})
	}
	for _, name := range order {
		view.Permissions = append(view.Permissions, *groups[name])
	}
	view.Units = []web.Option{{Value: "", Label: v.Page.Say("layout.everywhere"), Checked: view.Why.Unit == ""}}
	list, _ := v.Places("")
	view.Units = append(view.Units, v.PlaceOptions(list, view.Why.Unit)...)
	for i := range view.Units {
		view.Units[i].Disabled = false // one may ask about what is put away
	}
	if u := view.Why.Unit; u != "" && !slices.ContainsFunc(view.Units, func(o web.Option) bool { return o.Value == u }) {
		view.Units = append(view.Units, web.Option{Value: u, Label: v.PlaceName(roster.UnitID(u)), Checked: true})
	}
}

// explain answers the question; one that cannot be asked is told at its field.
func (d *Door) explain(v *web.Visit, view *MemberView) error {
	a, err := d.rooms.Access.Explain(v.Context(), rooms.Question{Member: view.Subject.Member.ID, Permission: view.Why.Permission, Unit: view.Why.Unit})
	if e := v.Told(err); err != nil && e.Kind == roster.Invalid {
		view.Form = web.Form{Err: e}
		return nil
	}
	if err != nil {
		return err
	}
	for _, u := range a.Units {
		v.Knows(u)
	}
	why := &view.Why
	why.Asked, why.Allowed, why.Name, why.Where, why.Until = true, a.Allowed, a.Permission.Name, v.PlaceName(a.Unit.ID), a.Until
	if a.By != nil {
		why.Because = sourcesOf(v, []rooms.Source{*a.By})
	}
	if a.Through != nil {
		through := sourcesOf(v, []rooms.Source{*a.Through})[0]
		through.What = v.Page.Say("access.source.through", "what", through.What)
		why.Because = append(why.Because, through)
	}
	for _, m := range a.Missing {
		why.Missing = append(why.Missing, lackOf(v, m.Lack))
		for _, g := range m.Givers {
			link := web.Link{URL: v.Page.In("team", string(g.Member)), Label: g.Label}
			if !slices.Contains(why.Givers, link) {
				why.Givers = append(why.Givers, link)
			}
		}
	}
	return nil
}

// lackOf says one thing that stands against an answer of yes.
func lackOf(v *web.Visit, l authz.Lack) string {
	what := v.Page.Say("access.lack.permission", "name", v.ItemName("permission", l.Key))
	if l.IsScope {
		what = v.Page.Say("access.lack.scope", "name", v.ItemName("scope", l.Key))
	}
	switch l.Kind {
	case authz.LackStatus:
		return v.Page.Say("access.lack.status." + string(l.Status))
	case authz.LackUnit:
		var places []string
		v.LookUp(append(slices.Clone(l.Elsewhere), l.Unit)...)
		for _, u := range l.Elsewhere {
			places = append(places, v.PlaceName(u))
		}
		return v.Page.Say("access.lack.unit", "what", what, "where", v.PlaceName(l.Unit), "elsewhere", listed(v.Page, places))
	}
	return v.Page.Say("access.lack.item", "what", what)
}

// mostListed bounds how many places a sentence names.
const mostListed = 3

func listed(p web.Page, names []string) string {
	text := ""
	for i, name := range names {
		switch {
		case i == mostListed:
			return p.Say("access.lack.more", "names", text, "n", p.Number(len(names)-mostListed))
		case i > 0:
			text += ", "
		}
		text += name
	}
	return text
}
