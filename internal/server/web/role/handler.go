package role

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/access"
	roles "roster/internal/action/role"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of roles and of the catalogue.
type Door struct {
	desk   *web.Desk
	room   *roles.Room
	access *access.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *roles.Room, a *access.Room) *Door { return &Door{d, r, a} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/roles" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.RoleList, d.list)
	page(http.MethodGet, "/permissions", act.PermissionList, d.catalogue)
	page(http.MethodGet, "/add", act.PermissionList, d.addPage)
	page(http.MethodPost, "/add", act.RoleCreate, d.add)
	page(http.MethodGet, "/{id}", act.RoleShow, d.show)
	page(http.MethodGet, "/{id}/edit", act.RoleShow, d.editPage)
	page(http.MethodPost, "/{id}/edit", act.RoleEdit, d.edit)
	page(http.MethodGet, "/{id}/delete", act.RoleShow, d.ask)
	page(http.MethodPost, "/{id}/delete", act.RoleDelete, d.delete)
}

func id(v *web.Visit) string { return v.R.PathValue("id") }

func rowOf(v *web.Visit, r roles.View) Row {
	row := Row{Role: r.Role, Holders: r.Holders, Allowed: r.Allowed}
	if r.BuiltIn {
		row.Role.Name, row.Role.Description = v.RoleName(r.Key), v.Page.Words.Own(r.Description)
	}
	return row
}

func (d *Door) list(v *web.Visit) error {
	all, err := d.room.List(v.Context())
	if err != nil {
		return err
	}
	view := ListView{Page: v.Page}
	for _, r := range all {
		view.Rows = append(view.Rows, rowOf(v, r))
	}
	v.Show(List(view))
	return nil
}

func (d *Door) catalogue(v *web.Visit) error {
	g, err := d.access.Permissions(v.Context(), "")
	if err != nil {
		return err
	}
	view := CatalogueView{Page: v.Page, Q: v.R.URL.Query().Get("q")}
	view.Scopes, view.Rest = scopesOf(v, g, nil)
	v.Show(Catalogue(view.Sift()))
	return nil
}

// scopesOf writes the catalogue by scopes; with a role only what the role holds.
func scopesOf(v *web.Visit, g access.Givable, of *roster.Role) (scopes []Scope, rest []Permission) {
	holds := func(list []string, key string) bool {
		for _, k := range list {
			if k == key {
				return true
			}
		}
		return false
	}
	v.KnowsCatalogue(g)
	at := map[string]int{}
	for _, s := range g.Scopes {
		at[s.Key] = len(scopes)
		scopes = append(scopes, Scope{Key: s.Key, Name: s.Name, Description: s.Description, Own: s.Key == "admin", Held: of != nil && holds(of.Scopes, s.Key), Reason: v.Lacks(s.Missing)})
	}
	for _, p := range g.Permissions {
		if of != nil && !holds(of.Permissions, p.Key) {
			continue
		}
		one := Permission{Key: p.Key, Name: p.Name, Description: p.Description, Kind: string(p.Kind), Reason: v.Lacks(p.Missing)}
		if n, ok := at[p.Scope]; ok {
			scopes[n].Permissions = append(scopes[n].Permissions, one)
		} else {
			rest = append(rest, one)
		}
	}
	return scopes, rest
}

func (d *Door) show(v *web.Visit) error {
	detail, err := d.room.Show(v.Context(), id(v), roles.Query{Limit: 25, Cursor: v.R.URL.Query().Get("people")})
	if err != nil {
		return err
	}
	g, err := d.access.Permissions(v.Context(), "")
	if err != nil {
		return err
	}
	view := RoleView{Page: v.Page, Row: rowOf(v, detail.View), MayPeople: v.Page.May(string(act.MemberList)), Now: v.Now()}
	scopes, rest := scopesOf(v, g, &detail.Role)
	for _, s := range scopes {
		if s.Held || len(s.Permissions) > 0 {
			view.Scopes = append(view.Scopes, s)
		}
	}
	if len(rest) > 0 {
		view.Scopes = append(view.Scopes, Scope{Name: v.Page.Say("role.no_scope"), Permissions: rest})
	}
	view.Holders = holders(v, detail.Held)
	if detail.Held.Next != "" {
		view.HoldersNext = view.Row.page(v.Page) + "?people=" + detail.Held.Next
	}
	v.Show(Role(view))
	return nil
}

func holders(v *web.Visit, held roles.Page) []web.Holder {
	var list []web.Holder
	var grants []roster.Grant
	for _, h := range held.Holders {
		grants = append(grants, h.Grant)
	}
	v.LookUpGrants(grants)
	for _, h := range held.Holders {
		list = append(list, web.Holder{Member: string(h.Member.ID), Name: h.Member.Label(), Kind: string(h.Member.Kind), Status: string(h.Member.Status), Picture: web.PictureURL(h.Member), Where: v.PlaceName(h.Grant.Unit), Until: h.Grant.Until})
	}
	return list
}

// lists is the editor of a role's content.
func (d *Door) lists(v *web.Visit, was roster.Role, state web.ListState) (web.Lists, error) {
	g, err := d.access.Permissions(v.Context(), "")
	if err != nil {
		return web.Lists{}, err
	}
	l := web.Lists{Groups: v.OfferGroups(g, ""), Has: slices.Clone(state.Lines), Was: linesOf(was), State: state, Now: v.Now()}
	for i, line := range l.Has {
		if slices.ContainsFunc(l.Was, func(w web.ListLine) bool { return w.Key == line.Key }) {
			l.Has[i].Reason = l.Item(line.Key).Reason // taking away is held to what giving is
		}
	}
	return l, nil
}

func linesOf(r roster.Role) []web.ListLine {
	var lines []web.ListLine
	for _, s := range r.Scopes {
		lines = append(lines, web.ListLine{Key: "scope:" + s})
	}
	for _, p := range r.Permissions {
		lines = append(lines, web.ListLine{Key: "permission:" + p})
	}
	return lines
}

// chosen gives the permissions and scopes of the editor's lines.
func chosen(state web.ListState) (permissions, scopes []string) {
	for _, l := range state.Lines {
		if key, ok := strings.CutPrefix(l.Key, "permission:"); ok {
			permissions = append(permissions, key)
		} else if key, ok := strings.CutPrefix(l.Key, "scope:"); ok {
			scopes = append(scopes, key)
		}
	}
	return permissions, scopes
}

// read takes a role's form apart.
func read(v *web.Visit) (Input, web.ListState, map[string]string, error) {
	f, err := server.OpenForm(v.R)
	if err != nil {
		return Input{}, web.ListState{}, nil, err
	}
	state, err := web.ReadLists(f)
	return Input{Name: f["name"], Description: f["description"], For: f["for"]}, state, f, err
}

func (d *Door) addPage(v *web.Visit) error {
	view := FormView{Page: v.Page}
	var state web.ListState
	if like := v.R.URL.Query().Get("like"); like != "" {
		r, err := d.room.Show(v.Context(), like, roles.Query{Limit: 1})
		if err != nil {
			return err
		}
		view.Typed = Input{Description: r.Description, For: string(r.For)}
		state.Lines = linesOf(r.Role)
	}
	var err error
	if view.Lists, err = d.lists(v, roster.Role{}, state); err != nil {
		return err
	}
	v.Show(Edit(view))
	return nil
}

func (d *Door) add(v *web.Visit) error {
	in, state, _, err := read(v)
	if err != nil {
		return err
	}
	again, state := state.Again(), state.Moved()
	if !again {
		draft := roles.Draft{Name: in.Name, Description: in.Description, For: in.For}
		draft.Permissions, draft.Scopes = chosen(state)
		made, err := d.room.Create(v.Context(), draft)
		if err == nil {
			return v.Go(v.Page.In("roles", made.ID), "toast.role_added", "name", made.Name)
		}
		return d.refuse(v, err, FormView{Page: v.Page, Typed: in}, roster.Role{}, state)
	}
	view := FormView{Page: v.Page, Typed: in}
	if view.Lists, err = d.lists(v, roster.Role{}, state); err != nil {
		return err
	}
	v.Show(Edit(view))
	return nil
}

// refuse shows the form again with what was wrong.
func (d *Door) refuse(v *web.Visit, wrong error, view FormView, was roster.Role, state web.ListState) error {
	var err error
	if view.Lists, err = d.lists(v, was, state); err != nil {
		return err
	}
	return v.Refuse(web.AtLists(wrong), func(form web.Form) templ.Component {
		view.Form, view.Lists.Error = form, form.Error("lists")
		return Edit(view)
	})
}

func (d *Door) editPage(v *web.Visit) error {
	r, err := d.room.Show(v.Context(), id(v), roles.Query{Limit: 1})
	if err != nil {
		return err
	}
	view := FormView{Page: v.Page, Row: rowOf(v, r.View), Typed: Input{Name: r.Name, Description: r.Description, For: string(r.For)}, Version: strconv.FormatInt(r.Version, 10)}
	if view.Lists, err = d.lists(v, r.Role, web.ListState{Lines: linesOf(r.Role)}); err != nil {
		return err
	}
	v.Show(Edit(view))
	return nil
}

func (d *Door) edit(v *web.Visit) error {
	in, state, f, err := read(v)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	do := state.Do
	state = state.Moved()
	permissions, scopes := chosen(state)
	change := roles.Edit{Name: &in.Name, Description: &in.Description, For: &in.For, Permissions: &permissions, Scopes: &scopes, Version: seen}
	if do == "save" {
		r, err := d.room.Edit(v.Context(), id(v), change)
		if err == nil {
			return v.Go(v.Page.In("roles", r.ID), "toast.role_saved", "name", r.Name)
		}
		return d.editAgain(v, err, in, state, seen)
	}
	if do == "preview" {
		p, err := d.room.Preview(v.Context(), roles.Trial{ID: id(v), Edit: change})
		if err == nil {
			return d.preview(v, p, in, state, seen)
		}
		return d.editAgain(v, err, in, state, seen)
	}
	return d.editAgain(v, nil, in, state, seen)
}

// editAgain shows the form of a role again. Where it was changed meanwhile the form goes on from how it is now.
func (d *Door) editAgain(v *web.Visit, wrong error, in Input, state web.ListState, seen int64) error {
	r, err := d.room.Show(v.Context(), id(v), roles.Query{Limit: 1})
	if err != nil {
		return err
	}
	if roster.Is(wrong, "changed_meanwhile") {
		seen = r.Version // it is told, and the form shows what was typed beside how it is now
	}
	view := FormView{Page: v.Page, Row: rowOf(v, r.View), Typed: in, Version: strconv.FormatInt(seen, 10)}
	if wrong != nil {
		if roster.Is(wrong, "changed_meanwhile") {
			view.Now = differing(v.Page, r.Role, in)
		}
		return d.refuse(v, wrong, view, r.Role, state)
	}
	if view.Lists, err = d.lists(v, r.Role, state); err != nil {
		return err
	}
	v.Show(Edit(view))
	return nil
}

// differing gives what a role's fields hold where something else was typed.
func differing(p web.Page, r roster.Role, typed Input) []web.Stands {
	whom := func(kind string) string {
		if kind == "" {
			kind = "any"
		}
		return p.Say("role.for." + kind)
	}
	return web.Differing(p.Say("layout.field.name"), r.Name, typed.Name, p.Say("layout.field.description"), r.Description, typed.Description,
		p.Say("role.column.for"), whom(string(r.For)), whom(typed.For))
}

func (d *Door) ask(v *web.Visit) error {
	q, err := d.question(v)
	if err != nil {
		return err
	}
	v.Show(Delete(q))
	return nil
}

func (d *Door) question(v *web.Visit) (Question, error) {
	r, err := d.room.Show(v.Context(), id(v), roles.Query{Limit: 10})
	if err != nil {
		return Question{}, err
	}
	q := Question{Page: v.Page, Row: rowOf(v, r.View), Holders: holders(v, r.Held), Now: v.Now()}
	q.Row.Holders = max(q.Row.Holders, len(q.Holders))
	return q, nil
}

func (d *Door) delete(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	r, err := d.room.Delete(v.Context(), id(v), 0)
	if err == nil {
		return v.Go(v.Page.In("roles"), "toast.role_deleted", "name", r.Name)
	}
	q, broken := d.question(v)
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		q.Form = form
		return Delete(q)
	})
}
