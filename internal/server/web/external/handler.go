package external

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of external users.
type Door struct {
	desk  *web.Desk
	units *unit.Room
	team  *team.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, u *unit.Room, t *team.Room) *Door { return &Door{d, u, t} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/units/{id}/external" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.MemberList, d.list)
	page(http.MethodGet, "/add", act.MemberOffer, d.addPage)
	page(http.MethodPost, "/add", act.MemberInvite, d.add)
}

func id(v *web.Visit) roster.UnitID { return roster.UnitID(v.R.PathValue("id")) }

func (d *Door) list(v *web.Visit) error {
	u, err := d.units.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	view := ListView{Page: v.Page, Unit: u.Unit, Q: strings.TrimSpace(q.Get("q")), First: q.Get("cursor") == ""}
	page, err := d.team.List(v.Context(), team.Query{Text: view.Q, Kinds: []roster.MemberKind{roster.External}, Unit: u.ID, Limit: 50, Cursor: q.Get("cursor")})
	if err != nil {
		return err
	}
	view.NextCursor, view.Total, view.More = page.Next, page.Total, page.More
	for _, m := range page.Members {
		v.LookUp(m.Unit)
		view.Rows = append(view.Rows, rowOf(v, u.ID, m))
	}
	if v.Page.May(string(act.MemberOffer)) && !u.PutAway {
		// Whether somebody can be added is a help: where it cannot be found out, the list stands alone.
		offer, _ := d.team.OfferAt(v.Context(), u.ID)
		view.MayAdd = slices.Contains(offer.Allowed, string(act.MemberInvite))
	}
	v.Show(List(view))
	return nil
}

func rowOf(v *web.Visit, here roster.UnitID, m team.View) Row {
	r := Row{Member: m.Member, Expired: m.Shown() == "expired", Allowed: m.Allowed}
	if m.Unit != here {
		r.Place = v.PlaceName(m.Unit)
	}
	for _, key := range m.Roles() {
		r.Roles = append(r.Roles, v.RoleName(key))
	}
	return r
}

func (d *Door) addPage(v *web.Visit) error {
	view, err := d.addView(v, nil)
	if err != nil {
		return err
	}
	view.choose(roster.RoleMember)
	v.Show(Add(view))
	return nil
}

func (d *Door) addView(v *web.Visit, f map[string]string) (AddView, error) {
	u, err := d.units.Show(v.Context(), id(v))
	if err != nil {
		return AddView{}, err
	}
	offer, err := d.team.OfferAt(v.Context(), u.ID)
	if err != nil {
		return AddView{}, err
	}
	view := AddView{
		Page: v.Page, Unit: u.Unit, Seats: offer.Plan.SeatsLeft(offer.Organisation.People), Plan: offer.Plan.Name,
		TTL: offer.Organisation.InvitationTTL, FormKey: web.FormKey(),
		Way: v.Ways(web.WayIn{
			Offered: slices.Contains(offer.Allowed, string(act.MemberCreate)), Lasts: v.Page.Span(offer.Organisation.InvitationTTL),
			Check: v.Page.In("team", "add", "criteria"),
		}, f),
	}
	for _, r := range offer.Roles {
		o := web.Option{Value: r.Key, Label: v.RoleName(r.Key), Text: v.Role(r.Key).Description}
		if len(r.Missing) > 0 {
			o.Disabled, o.Reason = true, v.Page.Say("team.role.lacking", "what", r.Missing[0])
		}
		view.Roles = append(view.Roles, o)
	}
	return view, nil
}

// choose ticks a role.
func (v *AddView) choose(role string) {
	v.Typed.Role = role
	for i, o := range v.Roles {
		v.Roles[i].Checked = o.Value == role && !o.Disabled
	}
}

func (d *Door) add(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "first_name", "last_name", "email", "role", "way", "identifier", "password", "repeat", "message", "start_blocked")
	if err != nil {
		return err
	}
	in := Input{FirstName: f["first_name"], LastName: f["last_name"], Email: f["email"], Role: f["role"], Message: f["message"], StartBlocked: f["start_blocked"] != ""}
	wrong := d.admit(v, in, f)
	if wrong == nil {
		return nil
	}
	view, err := d.addView(v, f)
	if err != nil {
		return err
	}
	view.Typed = in
	view.choose(in.Role)
	if view.Existing, err = d.existing(v, in.Email, wrong); err != nil {
		return err
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return Add(view)
	})
}

// admit invites or creates the external user, and leads back to the list.
func (d *Door) admit(v *web.Visit, in Input, f map[string]string) error {
	typed := team.NewPassword{Password: f["password"], Repeat: f["repeat"]}
	delete(f, "password") // what is kept of the form, so that it does nothing twice, is without it
	delete(f, "repeat")
	call, err := v.Once(f, func(r any) roster.Member { return r.(team.View).Member })
	if err != nil {
		return err
	}
	who := team.Invitation{
		Kind: roster.External, Unit: string(id(v)), Email: in.Email, Profile: roster.Profile{FirstName: in.FirstName, LastName: in.LastName},
		Coming: web.Coming(f), StartBlocked: in.StartBlocked,
	}
	if in.Role != "" {
		who.Grants = team.RoleGivings(in.Role)
	}
	var m team.View
	done := "toast.invited"
	if f["way"] == "password" {
		done = "toast.created"
		m, err = d.team.Create(v.Context(), team.Creation{Invitation: who, NewPassword: typed})
	} else {
		who.Message = in.Message
		m, err = d.team.Invite(v.Context(), who)
	}
	at := v.Page.In("units", string(id(v)), "external")
	switch {
	case err != nil:
		return err
	case call.Replay != nil:
		return v.Go(at, "toast.made_already")
	}
	return v.Go(at, done, "name", m.Label())
}

// existing leads to the member who has the address, where that is what was wrong and the visitor may see them.
func (d *Door) existing(v *web.Visit, email string, wrong error) (web.Link, error) {
	if !roster.Is(wrong, "already_invited") && !roster.Is(wrong, "already_member") || !v.Page.May(string(act.MemberList)) {
		return web.Link{}, nil
	}
	address, err := roster.ParseEmail(email)
	if err != nil {
		return web.Link{}, err
	}
	page, err := d.team.List(v.Context(), team.Query{Text: address.Folded})
	for _, m := range page.Members {
		if m.Email.Folded == address.Folded {
			return web.Link{URL: v.Page.In("team", string(m.ID)), Label: m.Label()}, nil
		}
	}
	return web.Link{}, err
}
