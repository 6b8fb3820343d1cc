package method

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	methods "roster/internal/action/method"
	"roster/internal/action/signin/connect"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of login methods, and of coming in by one.
type Door struct {
	desk    *web.Desk
	room    *methods.Room
	connect *connect.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *methods.Room, c *connect.Room) *Door { return &Door{d, r, c} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/settings/methods" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.MethodList, d.list)
	page(http.MethodGet, "/add", act.MethodList, d.addPage)
	page(http.MethodPost, "/add", act.MethodCreate, d.add)
	page(http.MethodGet, "/{id}", act.MethodShow, d.show)
	page(http.MethodGet, "/{id}/edit", act.MethodShow, d.editPage)
	page(http.MethodPost, "/{id}/edit", act.MethodEdit, d.edit)
	page(http.MethodPost, "/{id}/test", act.MethodTest, d.test)
	page(http.MethodPost, "/{id}/enable", act.MethodEnable, d.enable)
	page(http.MethodGet, "/{id}/disable", act.MethodShow, d.askDisable)
	page(http.MethodPost, "/{id}/disable", act.MethodDisable, d.disable)
	page(http.MethodGet, "/{id}/delete", act.MethodShow, d.askDelete)
	page(http.MethodPost, "/{id}/delete", act.MethodDelete, d.delete)
	d.mountEntry(m)
}

func id(v *web.Visit) string { return v.R.PathValue("id") }

func (d *Door) list(v *web.Visit) error {
	all, err := d.room.List(v.Context())
	if err != nil {
		return err
	}
	view := ListView{Page: v.Page}
	for _, m := range all {
		view.Rows = append(view.Rows, RowOf(m))
	}
	v.Show(List(view))
	return nil
}

func (d *Door) show(v *web.Visit) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(Method(d.view(v, m)))
	return nil
}

func (d *Door) view(v *web.Visit, m methods.View) MethodView {
	return MethodView{Page: v.Page, Row: RowOf(m), ReturnURL: d.desk.Absolute(connect.ReturnPath(m.ID)), SignInURL: d.desk.Absolute(v.Page.In("sign-in"))}
}

func (d *Door) addPage(v *web.Visit) error {
	if _, err := d.room.List(v.Context()); err != nil { // the right to see them is asked here too
		return err
	}
	v.Show(Edit(FormView{Page: v.Page, Typed: Input{Kind: string(login.OIDC), Scopes: "openid email profile", IdentifierClaim: "sub"}}))
	return nil
}

// typed reads the form.
func typed(v *web.Visit) (Input, map[string]string, error) {
	f, err := server.Form(v.R, "version", "kind", "name", "issuer", "authorize_url", "token_url", "user_info_url", "client_id", "client_secret", "drop_secret", "scopes", "parameters", "identifier_claim")
	return Input{
		Kind: f["kind"], Name: f["name"], Issuer: strings.TrimSpace(f["issuer"]), AuthorizeURL: f["authorize_url"], TokenURL: f["token_url"], UserInfoURL: f["user_info_url"],
		ClientID: f["client_id"], Secret: f["client_secret"], Scopes: f["scopes"], Parameters: f["parameters"], IdentifierClaim: f["identifier_claim"], DropSecret: f["drop_secret"] != "",
	}, f, err
}

func (d *Door) add(v *web.Visit) error {
	in, _, err := typed(v)
	if err != nil {
		return err
	}
	m, err := d.room.Create(v.Context(), methods.Draft{Kind: in.Kind, Name: in.Name, Connection: in.connection(), Secret: in.Secret})
	if err == nil {
		return v.Go(RowOf(m).page(v.Page), "toast.method_made", "name", m.Name)
	}
	return v.Refuse(err, func(form web.Form) templ.Component { return Edit(FormView{Page: v.Page, Form: form, Typed: in}) })
}

func (d *Door) editPage(v *web.Visit) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err == nil && m.Kind == login.Password {
		err = roster.Errorf(roster.NotFound, "not_found", "There is nothing here.")
	}
	if err != nil {
		return err
	}
	v.Show(Edit(FormView{Page: v.Page, Row: RowOf(m), Typed: InputOf(m.Method), Version: strconv.FormatInt(m.Version, 10)}))
	return nil
}

func (d *Door) edit(v *web.Visit) error {
	in, f, err := typed(v)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	was, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	in.Kind = string(was.Kind)
	c := in.connection()
	e := methods.Edit{
		Name: &in.Name, Issuer: &c.Issuer, AuthorizeURL: &c.AuthorizeURL, TokenURL: &c.TokenURL, UserInfoURL: &c.UserInfoURL, ClientID: &c.ClientID,
		Scopes: &c.Scopes, Parameters: &c.Parameters, IdentifierClaim: &c.IdentifierClaim, Version: version,
	}
	if in.Secret != "" || in.DropSecret { // a field that is left empty leaves the secret as it is
		e.Secret = &in.Secret
	}
	m, err := d.room.Edit(v.Context(), id(v), e)
	if err == nil {
		key := "toast.method_saved"
		if m.State() == login.Draft {
			key = "toast.method_retest"
		}
		return v.Go(RowOf(m).page(v.Page), key, "name", m.Name)
	}
	view := FormView{Page: v.Page, Row: RowOf(was), Typed: in, Version: strconv.FormatInt(was.Version, 10)}
	if roster.Is(err, "changed_meanwhile") {
		view.Now = differing(v.Page, InputOf(was.Method), in)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Edit(view)
	})
}

// differing gives what of a method stands otherwise than it was typed.
func differing(p web.Page, was, in Input) []web.Stands {
	say := func(field string) string { return p.Say("layout.field." + field) }
	return web.Differing(
		say("name"), was.Name, in.Name, say("issuer"), was.Issuer, in.Issuer, say("authorize_url"), was.AuthorizeURL, in.AuthorizeURL, say("token_url"), was.TokenURL, in.TokenURL,
		say("user_info_url"), was.UserInfoURL, in.UserInfoURL, say("client_id"), was.ClientID, in.ClientID, say("scopes"), was.Scopes, strings.Join(strings.Fields(in.Scopes), " "),
		say("parameters"), was.Parameters, login.WriteParameters(login.ParseParameters(in.Parameters)), say("identifier_claim"), was.IdentifierClaim, in.IdentifierClaim,
	)
}

func (d *Door) test(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	to, err := d.connect.Test(v.Context(), d.desk.Base, id(v))
	if err != nil {
		return d.again(v, err)
	}
	return leave(v, to)
}

// again shows the method's page with what was wrong.
func (d *Door) again(v *web.Visit, wrong error) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return wrong // who may not see it is told what was wrong alone
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view := d.view(v, m)
		view.Form = form
		return Method(view)
	})
}

func (d *Door) enable(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	m, err := d.room.Enable(v.Context(), id(v))
	if err != nil {
		return d.again(v, err)
	}
	return v.Go(RowOf(m).page(v.Page), "toast.method_on", "name", RowOf(m).name(v.Page))
}

func (d *Door) askDisable(v *web.Visit) error { return d.ask(v, Disable) }

func (d *Door) askDelete(v *web.Visit) error { return d.ask(v, Delete) }

func (d *Door) ask(v *web.Visit, page func(Question) templ.Component) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(page(Question{Page: v.Page, Row: RowOf(m)}))
	return nil
}

func (d *Door) disable(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	m, err := d.room.Disable(v.Context(), id(v))
	if err != nil {
		return d.refused(v, err, Disable)
	}
	return v.Go(RowOf(m).page(v.Page), "toast.method_off", "name", RowOf(m).name(v.Page))
}

func (d *Door) delete(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	m, err := d.room.Delete(v.Context(), id(v), 0)
	if err != nil {
		return d.refused(v, err, Delete)
	}
	return v.Go(v.Page.In("settings", "methods"), "toast.method_deleted", "name", m.Name)
}

// refused asks again, with what was wrong.
func (d *Door) refused(v *web.Visit, wrong error, page func(Question) templ.Component) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return wrong
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		return page(Question{Page: v.Page, Row: RowOf(m), Form: form})
	})
}
