// Package portal holds the pages of the host product's links into the dashboard: the setting that opens it to them, and
// where such a link arrives.
package portal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/org/portal"
	links "roster/internal/action/signin/portal"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages.
type Door struct {
	desk  *web.Desk
	room  *portal.Room
	links *links.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *portal.Room, l *links.Room) *Door { return &Door{d, r, l} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: method, Pattern: pattern, Action: string(a), Handler: h})
	}
	page(http.MethodGet, "/o/{org}/settings/portal", act.PortalShow, d.desk.Inside(d.setting))
	page(http.MethodPost, "/o/{org}/settings/portal", act.PortalSet, d.desk.Inside(d.set))
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/portal/{org}/{secret}", Action: string(act.PortalLink), Secret: true, Handler: d.desk.Open(carried().Arrive)})
	page(http.MethodGet, "/portal", act.PortalLink, d.desk.Open(d.landing))
	page(http.MethodPost, "/portal", act.PortalEnter, d.desk.Open(d.enter))
}

// View is the setting as its page shows it.
type View struct {
	web.Page
	Form    web.Form
	Setting portal.Setting
	Chosen  policy.Portal
}

// levels are what can be chosen.
func (v View) levels() []web.Option {
	var all []web.Option
	for _, l := range policy.Portals() {
		all = append(all, web.Option{Value: string(l), Label: v.Say("portal.level." + string(l)), Text: v.Say("portal.level." + string(l) + ".text"), Checked: l == v.Chosen})
	}
	return all
}

// products names the host product's programs that can ask for a link.
func (v View) products() string { return strings.Join(v.Setting.Products, ", ") }

func (d *Door) setting(v *web.Visit) error {
	s, err := d.room.Show(v.Context())
	if err == nil {
		v.Show(Setting(View{Page: v.Page, Setting: s, Chosen: s.OpenTo}))
	}
	return err
}

func (d *Door) set(v *web.Visit) error {
	f, err := server.Form(v.R, "open_to")
	if err != nil {
		return err
	}
	to := policy.Portal(f["open_to"])
	_, wrong := d.room.Set(v.Context(), to)
	if wrong == nil {
		return v.Go(v.Page.In("settings", "portal"), "toast.portal_saved")
	}
	s, err := d.room.Show(v.Context())
	if err != nil {
		return err
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		return Setting(View{Page: v.Page, Form: form, Setting: s, Chosen: to})
	})
}

// carried is a link's secret, from the link to its page.
func carried() web.Carried {
	return web.Carried{Cookie: "__Host-portal", Prefix: act.PortalPrefix, Page: "/portal"}
}

// LandingView is where a link leads, and as whom; Other is who is signed in, if it is somebody else.
type LandingView struct {
	web.Page
	Link                           string // its ID: the button is for this one alone
	Product, Inside, Member, Other string
	Why                            string // why it does not lead anywhere; empty where it does
}

// landing shows what a link is for. It uses nothing up: scanners and previews come here too, and somebody who was sent
// another's link shall see whose it is.
func (d *Door) landing(v *web.Visit) error {
	org, key := carried().Held(v)
	l, err := d.links.Landing(v.Context(), org, key)
	if err != nil {
		return closed(v, err)
	}
	view := LandingView{Page: v.Page, Link: l.Link.ID, Product: l.Link.Product, Inside: l.Organisation.Name, Member: l.Member.Label()}
	if actor := v.Actor(); actor.Person != "" && actor.Person != l.Member.Person {
		view.Other = v.Page.Viewer.Email
	}
	view.Page.Organisation.Accent = l.Organisation.Brand.Accent
	view.Page.Wear(l.Organisation.Brand)
	v.Show(Landing(view))
	return nil
}

func (d *Door) enter(v *web.Visit) error {
	f, err := server.Form(v.R, "link")
	if err != nil {
		return err
	}
	org, key := carried().Held(v)
	in, err := d.links.Enter(v.Context(), org, key, f["link"], v.R.UserAgent())
	if roster.AsError(err).Code == "changed_meanwhile" { // another link came after the page was shown: it says whose
		return v.Go("/portal", "")
	}
	if err != nil {
		return closed(v, err)
	}
	carried().Drop(v)
	if in.Secret != "" {
		server.SetSession(v.W, in.Secret, in.Session.ExpiresAt.Sub(v.Now()))
	}
	return v.Go(address(in.Organisation.Slug, in.Link.Page), "")
}

// closed says why a link does not lead in; what is no refusal is given back.
func closed(v *web.Visit, err error) error {
	e := v.Told(err)
	if e.Kind != roster.Denied && e.Kind != roster.Conflict {
		return err
	}
	carried().Drop(v)
	v.Answer(server.NewProblem(v.Context(), err).Status, Landing(LandingView{Page: v.Page, Why: e.Message}))
	return nil
}

// address gives where a page of an organisation is.
func address(slug, page string) string {
	at := "/o/" + slug
	switch page {
	case "home":
		return at
	case "api_users":
		return at + "/team?kind=api"
	case "profile":
		return "/me?" + url.Values{"in": {slug}}.Encode()
	}
	return at + "/" + page
}
