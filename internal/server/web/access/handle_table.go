package access

import (
	"slices"
	"strings"

	"roster/internal/act"
	rooms "roster/internal/action/access"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/memberdb"
)

// columns is how many customer accounts stand side by side.
const columns = 8

func (d *Door) matrix(v *web.Visit) error {
	q := v.R.URL.Query()
	f := Matrix{Q: strings.TrimSpace(q.Get("q")), In: q.Get("in"), Cursor: q.Get("cursor"), Column: q.Get("column")}
	m, err := d.rooms.Access.Matrix(v.Context(), rooms.MatrixQuery{Text: f.Q, Limit: 50, Cursor: f.Cursor, Parent: f.In, UnitLimit: columns, UnitCursor: f.Column})
	if err != nil {
		return err
	}
	view := MatrixView{Page: v.Page, Filter: f, NextPeople: m.Next, NextColumn: m.NextUnit, Total: m.Total, More: m.More, MayUnits: v.Page.May(string(act.UnitList))}
	for _, u := range m.Units {
		v.Knows(u)
		view.Columns = append(view.Columns, Column{ID: string(u.ID), Name: u.Name, Path: u.ExternalID})
	}
	d.named(v)
	for _, p := range m.People {
		view.People = append(view.People, personOf(v, m, p))
	}
	v.Show(People(view))
	return nil
}

func personOf(v *web.Visit, m rooms.Matrix, p rooms.Person) Person {
	row := Person{Member: string(p.ID), Name: p.Label(), Kind: string(p.Kind), Status: string(p.Status), Picture: web.PictureURL(p.Member), Cells: make([]Cell, 1+len(m.Units))}
	row.Cells[0].Here = called(v, p.Everywhere, "")
	for i, u := range m.Units {
		row.Cells[i+1].Here = called(v, p.Cells[i], u.ID)
		row.Cells[i+1].Above = slices.ContainsFunc(p.Cells[i], func(g roster.Grant) bool {
			return g.Unit != u.ID && !v.GrantName(g).Empty
		})
	}
	return row
}

// called names the grants at a place; roles that give nothing stand last.
func called(v *web.Visit, grants []roster.Grant, at roster.UnitID) []string {
	var names, empty []string
	for _, g := range grants {
		what := v.GrantName(g)
		switch {
		case g.Unit != at:
		case what.Empty:
			empty = append(empty, what.Name)
		default:
			names = append(names, what.Name)
		}
	}
	return append(names, empty...)
}

func (d *Door) owners(v *web.Visit) error {
	w, err := d.rooms.Orgs.Ways(v.Context())
	if err != nil {
		return err
	}
	view := OwnersView{Page: v.Page, Tabs: web.RoleTabs(v.Page, "owners")}
	now := ways(v, "owners")
	open := ways(v, "invitations")
	for _, o := range w.Owners {
		if o.Invitation != nil {
			open.List = append(open.List, invited(v, o))
			view.Others++
			continue
		}
		now.List = append(now.List, owner(v, o))
		if o.Steps == 0 {
			view.Owners++
		} else {
			view.Others++
		}
	}
	view.Groups = []Ways{now, open, equals(v, w.Equals), roles(v, w.Roles), outside(v, w.Clients)}
	view.Others += len(w.Equals) + len(w.Roles) + len(w.Clients)
	v.Show(Owners(view))
	return nil
}

func ways(v *web.Visit, key string) Ways {
	at := "access.ways." + key
	return Ways{Key: key, Title: v.Page.Say(at), Text: v.Page.Say(at + ".text"), None: v.Page.Say(at + ".none")}
}

func memberWay(v *web.Visit, m memberdb.Row, text string) Way {
	return Way{Name: m.Label(), URL: v.Page.In("team", string(m.ID)), Kind: string(m.Kind), Text: text}
}

func owner(v *web.Visit, o org.OwnerWay) Way {
	text := v.Page.Say("access.ways.owner")
	if !o.Until.IsZero() {
		text = v.Page.Say("access.ways.owner.until", "day", v.Page.ShownDay(o.Until))
	}
	w := memberWay(v, o.Member, text)
	w.Steps = o.Steps
	for _, way := range o.SignIn {
		w.Facts = append(w.Facts, v.Page.Say("access.ways.by."+way))
	}
	if len(o.SignIn) == 0 {
		w.Facts = append(w.Facts, v.Page.Say("access.ways.by.none"))
	}
	if o.Member.Status != roster.Active {
		w.Facts = append(w.Facts, v.Page.Say("layout.status."+string(o.Member.Status)))
	}
	return w
}

func invited(v *web.Visit, o org.OwnerWay) Way {
	w := memberWay(v, o.Member, v.Page.Say("access.ways.invited"))
	w.Steps = max(o.Steps, 1)
	i := o.Invitation
	fact := func(key string, pairs ...string) { w.Facts = append(w.Facts, v.Page.Say("access.ways."+key, pairs...)) }
	fact("generation", "n", v.Page.Number(i.Generation), "name", v.Page.Doer(i.ByID, i.By))
	switch {
	case i.Links == 0:
		fact("unsent")
	case i.ByMail:
		fact("mailed", "email", o.Member.Email.Typed)
	default:
		fact("copied")
	}
	if i.Expired {
		fact("expired")
	}
	return w
}

func equals(v *web.Visit, all []org.EqualWay) Ways {
	g := ways(v, "equals")
	for _, e := range all {
		w := memberWay(v, e.Member, v.Page.Say("access.ways.equal"))
		w.Steps = e.Steps
		g.List = append(g.List, w)
	}
	return g
}

func roles(v *web.Visit, all []org.RoleWay) Ways {
	g := ways(v, "roles")
	for _, r := range all {
		w := Way{Name: v.RoleName(r.Role.ID), URL: v.Page.In("roles", r.Role.ID), Icon: "shield", Text: v.Page.Counted("access.ways.role", r.Holders), Steps: r.Steps}
		if len(r.Lacks) > 0 {
			w.Facts = []string{v.Page.Say("access.ways.role.lacks", "what", strings.Join(r.Lacks, ", "))}
		}
		g.List = append(g.List, w)
	}
	return g
}

func outside(v *web.Visit, all []org.ClientWay) Ways {
	g := ways(v, "outside")
	g.List = []Way{{Name: v.Page.Say("access.ways.operator"), Icon: "device", Text: v.Page.Say("access.ways.operator.text"), Steps: 1}}
	for _, c := range all {
		g.List = append(g.List, Way{Name: c.Name, Icon: "key", Text: v.Page.Say("access.ways.client", "what", strings.Join(c.Permissions, ", ")), Steps: c.Steps})
	}
	return g
}
