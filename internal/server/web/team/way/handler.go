package way

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"roster/internal/act"
	ways "roster/internal/action/team/way"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the page.
type Door struct {
	desk *web.Desk
	room *ways.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *ways.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/team/{id}/login-method", Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, act.MemberMethodOffer, d.show)
	page(http.MethodPost, act.MemberMethod, d.change)
}

func id(v *web.Visit) roster.MemberID { return roster.MemberID(v.R.PathValue("id")) }

func (d *Door) show(v *web.Visit) error {
	o, err := d.room.Offer(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(Edit(viewOf(v, o, o.Coming)))
	return nil
}

// viewOf gives the form with a way in that is chosen in it.
func viewOf(v *web.Visit, o ways.Offer, chosen roster.Coming) View {
	view := View{Page: v.Page, Offer: o, Identifier: chosen.Identifier, Version: strconv.FormatInt(o.Version, 10)}
	for _, m := range o.Methods {
		option := web.Option{Value: m.ID, Icon: "shield", Label: m.Name, Text: view.connection(m.Name), Checked: m.ID == chosen.Method}
		if m.Kind == login.Password {
			option = web.Option{Value: link, Icon: "key", Label: v.Page.Say("method.password"), Text: view.password(), Checked: !chosen.Connected()}
		}
		view.Methods = append(view.Methods, option)
	}
	return view
}

func (d *Door) change(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "way", "identifier")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	if f["way"] == "" { // nothing is chosen while the way in of now is not offered
		return d.again(v, f, roster.Errorf(roster.Invalid, "field_required", "Choose a login method.").On("login_method"))
	}
	m, err := d.room.Change(v.Context(), id(v), ways.Change{Coming: web.Coming(f), Version: version})
	if err != nil {
		return d.again(v, f, err)
	}
	return v.Go(v.Page.Member(m.ID, "sign-in"), "toast.method_changed", "name", m.Label())
}

// again shows the form as it was sent, with what was wrong.
func (d *Door) again(v *web.Visit, f map[string]string, wrong error) error {
	o, err := d.room.Offer(v.Context(), id(v))
	if err != nil {
		return err
	}
	typed := web.Coming(f)
	if f["way"] == "" {
		typed = o.Coming
	}
	view := viewOf(v, o, typed)
	view.Identifier = f["identifier"]
	if roster.Is(wrong, "changed_meanwhile") {
		view.Now = view.differing(typed)
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return Edit(view)
	})
}
