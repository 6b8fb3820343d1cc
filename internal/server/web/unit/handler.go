package unit

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/team"
	units "roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of the customer accounts.
type Door struct {
	desk *web.Desk
	room *units.Room
	team *team.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *units.Room, t *team.Room) *Door { return &Door{d, r, t} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/units" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.UnitList, d.list)
	page(http.MethodGet, "/find", act.UnitList, d.find)
	page(http.MethodGet, "/add", act.UnitList, d.addPage)
	page(http.MethodPost, "/add", act.UnitCreate, d.add)
	page(http.MethodGet, "/{id}", act.UnitShow, d.show)
	page(http.MethodGet, "/{id}/edit", act.UnitShow, d.editPage)
	page(http.MethodPost, "/{id}/edit", act.UnitEdit, d.edit)
	page(http.MethodGet, "/{id}/move", act.UnitShow, d.movePage)
	page(http.MethodPost, "/{id}/move", act.UnitMove, d.move)
	page(http.MethodGet, "/{id}/archive", act.UnitShow, d.ask(Archive))
	page(http.MethodPost, "/{id}/archive", act.UnitArchive, d.archive)
	page(http.MethodGet, "/{id}/restore", act.UnitShow, d.ask(Restore))
	page(http.MethodPost, "/{id}/restore", act.UnitRestore, d.restore)
}

// How much the tree shows: units of a page, branches that can be open at once, units of a branch.
const (
	mostTop    = 50
	mostOpen   = 20
	mostBranch = 50
)

func id(v *web.Visit) roster.UnitID { return roster.UnitID(v.R.PathValue("id")) }

func nodeOf(u units.View) Node {
	n := Node{Unit: u.Unit, Children: u.Children, People: u.Members, Allowed: u.Allowed}
	for _, above := range u.Path {
		n.Path = append(n.Path, above.Name)
	}
	return n
}

func (d *Door) list(v *web.Visit) error {
	q := v.R.URL.Query()
	f := Filter{Q: strings.TrimSpace(q.Get("q")), Archived: q.Get("archived") == "true", Open: q["open"], Cursor: q.Get("cursor")}
	if len(f.Open) > mostOpen {
		f.Open = f.Open[len(f.Open)-mostOpen:]
	}
	page, err := d.room.List(v.Context(), units.Query{Text: f.Q, Archived: f.Archived, Limit: mostTop, Cursor: f.Cursor})
	if err != nil {
		return err
	}
	view := ListView{Page: v.Page, Filter: f, NextCursor: page.Next, Total: page.Total, More: page.More}
	for _, u := range page.Units {
		n := nodeOf(u)
		if f.Q == "" {
			n.Path = nil
			if err := d.opened(v, &n, f); err != nil {
				return err
			}
		}
		view.Nodes = append(view.Nodes, n)
	}
	v.Show(List(view))
	return nil
}

// opened fills in a branch that is open, and those below it.
func (d *Door) opened(v *web.Visit, n *Node, f Filter) error {
	if !slices.Contains(f.Open, string(n.Unit.ID)) || n.Children == 0 {
		return nil
	}
	page, err := d.room.List(v.Context(), units.Query{Parent: string(n.Unit.ID), Archived: f.Archived, Limit: mostBranch})
	if err != nil {
		return err
	}
	n.Open = true
	for _, u := range page.Units {
		below := nodeOf(u)
		below.Path = nil
		if err := d.opened(v, &below, f); err != nil {
			return err
		}
		n.Below = append(n.Below, below)
	}
	return nil
}

// find answers the two-list editor's search for places.
func (d *Door) find(v *web.Visit) error {
	list, _ := v.Places(strings.TrimSpace(v.R.URL.Query().Get("q")))
	v.Show(web.PlaceOptions(v.PlaceOptions(list, "")))
	return nil
}

func (d *Door) show(v *web.Visit) error {
	u, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	view := UnitView{Page: v.Page, Node: nodeOf(u.View), Above: u.People.Above, MayPeople: v.Page.May(string(act.MemberList))}
	for _, above := range u.Path {
		view.Path = append(view.Path, web.Link{URL: v.Page.In("units", string(above.ID)), Label: above.Name})
	}
	below, err := d.room.List(v.Context(), units.Query{Parent: string(u.ID), Archived: u.PutAway, Limit: mostBranch, Cursor: q.Get("below")})
	if err != nil {
		return err
	}
	for _, b := range below.Units {
		view.Below = append(view.Below, nodeOf(b))
		v.Knows(b.Unit)
	}
	if below.Next != "" {
		view.BelowNext = view.Node.page(v.Page) + "?below=" + below.Next
	}
	if view.MayPeople {
		if err := d.people(v, &view, u.Unit, q.Get("people")); err != nil {
			return err
		}
	}
	v.Show(Unit(view))
	return nil
}

// people lists who belongs to a unit or holds something there or below.
func (d *Door) people(v *web.Visit, view *UnitView, u roster.Unit, cursor string) error {
	page, err := d.team.List(v.Context(), team.Query{Unit: u.ID, Limit: 25, Cursor: cursor})
	if err != nil {
		return err
	}
	view.PeopleAll = page.Total
	var grants []roster.Grant
	for _, m := range page.Members {
		grants = append(grants, m.Grants...)
	}
	v.LookUpGrants(grants)
	for _, m := range page.Members {
		h := web.Holder{Member: string(m.ID), Name: m.Label(), Kind: string(m.Kind), Status: string(m.Status), Picture: web.PictureURL(m.Member)}
		for _, g := range m.Grants {
			if g.Unit != "" && v.Within(g.Unit, u.ID) {
				h.What = append(h.What, v.Page.Say("unit.who.holds", "what", v.GrantName(g).Name, "where", v.PlaceName(g.Unit)))
			}
		}
		view.Now = m.Now
		view.People = append(view.People, h)
	}
	if page.Next != "" {
		view.PeopleURL = view.Node.page(v.Page) + "?people=" + page.Next
	}
	return nil
}

func (d *Door) addPage(v *web.Visit) error {
	view, err := d.addView(v, v.R.URL.Query().Get("in"))
	if err != nil {
		return err
	}
	v.Show(Add(view))
	return nil
}

// addView is the form of a new unit; below an account it may be either kind.
func (d *Door) addView(v *web.Visit, parent string) (FormView, error) {
	view := FormView{Page: v.Page, Kinds: []roster.UnitKind{roster.Account}, Typed: Input{Parent: parent}}
	if parent == "" {
		return view, nil
	}
	above, err := d.room.Show(v.Context(), roster.UnitID(parent))
	if err != nil {
		return view, err
	}
	n := nodeOf(above.View)
	view.Path = append(n.Path, above.Name)
	view.Kinds = slices.DeleteFunc([]roster.UnitKind{roster.Account, roster.Group}, func(k roster.UnitKind) bool {
		return k.MayStandIn(above.Kind) != nil
	})
	return view, nil
}

func (d *Door) add(v *web.Visit) error {
	f, err := server.Form(v.R, "parent", "kind", "name", "external_id")
	if err != nil {
		return err
	}
	in := Input{Parent: f["parent"], Kind: f["kind"], Name: f["name"], ExternalID: f["external_id"]}
	made, err := d.room.Create(v.Context(), units.Draft{Kind: roster.UnitKind(in.Kind), Name: in.Name, ExternalID: in.ExternalID, Parent: in.Parent})
	if err == nil {
		return v.Go(v.Page.In("units", string(made.ID)), "toast.unit_added", "name", made.Name)
	}
	view, broken := d.addView(v, in.Parent)
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form, view.Typed = form, in
		return Add(view)
	})
}

func (d *Door) editPage(v *web.Visit) error {
	u, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(Edit(FormView{Page: v.Page, Node: nodeOf(u.View), Typed: Input{Name: u.Name, ExternalID: u.ExternalID}, Version: version(u.Version)}))
	return nil
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

func versionOf(f map[string]string) (int64, error) {
	n, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return 0, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	return n, nil
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "name", "external_id")
	if err != nil {
		return err
	}
	seen, err := versionOf(f)
	if err != nil {
		return err
	}
	name, external := f["name"], f["external_id"]
	u, err := d.room.Edit(v.Context(), id(v), units.Edit{Name: &name, ExternalID: &external, Version: seen})
	if err == nil {
		return v.Go(v.Page.In("units", string(u.ID)), "toast.unit_saved", "name", u.Name)
	}
	was, broken := d.room.Show(v.Context(), id(v))
	if broken != nil {
		return broken
	}
	view := FormView{Page: v.Page, Node: nodeOf(was.View), Typed: Input{Name: name, ExternalID: external}, Version: version(was.Version)}
	if roster.Is(err, "changed_meanwhile") {
		view.Now = web.Differing(v.Page.Say("layout.field.name"), was.Name, name, v.Page.Say("layout.field.external_id"), was.ExternalID, external)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Edit(view)
	})
}

func (d *Door) movePage(v *web.Visit) error {
	view, err := d.moveView(v, strings.TrimSpace(v.R.URL.Query().Get("q")))
	if err != nil {
		return err
	}
	v.Show(Move(view))
	return nil
}

// moveView offers the places where a unit could stand: neither in itself nor in what stands below it.
func (d *Door) moveView(v *web.Visit, find string) (MoveView, error) {
	u, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return MoveView{}, err
	}
	view := MoveView{Page: v.Page, Node: nodeOf(u.View), Find: find, Version: version(u.Version)}
	if u.Kind == roster.Account && find == "" {
		view.Places = append(view.Places, web.Option{Value: "", Label: v.Page.Say("unit.move.top"), Checked: u.Parent == "", Disabled: u.Parent == "", Reason: v.Page.Say("unit.move.here")})
	}
	list, more := v.Places(find)
	view.More = more
	for _, p := range list {
		inside := p.ID == u.ID || slices.ContainsFunc(p.Path, func(above roster.Unit) bool { return above.ID == u.ID })
		if inside || u.Kind.MayStandIn(p.Kind) != nil {
			continue
		}
		o := web.Option{Value: string(p.ID), Label: p.Name, Text: strings.Join(nodeOf(p).Path, " › ")}
		switch {
		case p.ID == u.Parent:
			o.Checked, o.Disabled, o.Reason = true, true, v.Page.Say("unit.move.here")
		case p.PutAway:
			o.Disabled, o.Reason = true, v.Page.Say("unit.archived")
		case !slices.Contains(p.Allowed, string(act.UnitCreate)):
			o.Disabled, o.Reason = true, v.Page.Say("unit.move.denied")
		}
		view.Places = append(view.Places, o)
	}
	return view, nil
}

func (d *Door) move(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "parent")
	if err != nil {
		return err
	}
	seen, err := versionOf(f)
	if err != nil {
		return err
	}
	var u units.View
	if _, chosen := f["parent"]; !chosen {
		err = roster.Errorf(roster.Invalid, "field_required", "Choose the new place.").On("parent")
	} else {
		u, err = d.room.Move(v.Context(), id(v), units.Moving{Parent: f["parent"], Version: seen})
	}
	if err == nil {
		return v.Go(v.Page.In("units", string(u.ID)), "toast.unit_moved", "name", u.Name)
	}
	view, broken := d.moveView(v, "")
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		for i := range view.Places {
			view.Places[i].Checked = view.Places[i].Value == f["parent"] && !view.Places[i].Disabled
		}
		return Move(view)
	})
}

func (d *Door) ask(page func(Question) templ.Component) web.Handler {
	return func(v *web.Visit) error {
		q, err := d.question(v)
		if err != nil {
			return err
		}
		v.Show(page(q))
		return nil
	}
}

func (d *Door) question(v *web.Visit) (Question, error) {
	u, err := d.room.Show(v.Context(), id(v))
	return Question{Page: v.Page, Node: nodeOf(u.View), People: u.People.Here + u.People.Bound}, err
}

func (d *Door) archive(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	u, err := d.room.Archive(v.Context(), id(v), 0)
	if err == nil {
		at := v.Page.In("units", string(u.ID))
		return v.GoBack(at, at+"/restore", "toast.unit_archived", "name", u.Name)
	}
	return d.refuse(v, err, Archive)
}

func (d *Door) restore(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	u, err := d.room.Restore(v.Context(), id(v), 0)
	if err == nil {
		at := v.Page.In("units", string(u.ID))
		return v.GoBack(at, at+"/archive", "toast.unit_restored", "name", u.Name)
	}
	return d.refuse(v, err, Restore)
}

func (d *Door) refuse(v *web.Visit, err error, page func(Question) templ.Component) error {
	q, broken := d.question(v)
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		q.Form = form
		return page(q)
	})
}
