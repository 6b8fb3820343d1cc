package team

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/self"
	"roster/internal/action/signin/recovery"
	members "roster/internal/action/team"
	"roster/internal/action/team/erasure"
	"roster/internal/action/team/export"
	"roster/internal/action/team/picture"
	"roster/internal/action/team/profile"
	"roster/internal/action/team/removal"
	"roster/internal/action/team/view"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of the Team screen.
type Door struct {
	desk     *web.Desk
	room     *members.Room
	removals *removal.Room
	erasures *erasure.Room
	selves   *self.Room
	pictures *picture.Room
	exports  *export.Room
	profiles *profile.Room
	views    *view.Room
	recovery *recovery.Room
	idle     time.Duration // a session that was quiet for so long is over
	secrets  SecretPage
}

// Rooms are those that the pages ask.
type Rooms struct {
	Team     *members.Room
	Removals *removal.Room
	Erasures *erasure.Room
	Selves   *self.Room
	Pictures *picture.Room
	Exports  *export.Room
	Profiles *profile.Room
	Views    *view.Room
	Recovery *recovery.Room
}

// SecretPage shows a new API user's secret, this once; without a secret it says that it was shown.
type SecretPage func(p web.Page, m roster.Member, secret string) templ.Component

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms, idle time.Duration, s SecretPage) *Door {
	return &Door{d, r.Team, r.Removals, r.Erasures, r.Selves, r.Pictures, r.Exports, r.Profiles, r.Views, r.Recovery, idle, s}
}

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}" + pattern, Action: string(a), Patient: a == act.MemberExport, Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.OrganisationEnter, d.start)
	page(http.MethodGet, "/users", act.OrganisationEnter, d.start)
	page(http.MethodGet, "/team", act.MemberList, d.list)
	page(http.MethodPost, "/team/export", act.MemberExport, d.export)
	page(http.MethodGet, "/team/add", act.MemberOffer, d.addPage)
	page(http.MethodPost, "/team/add", act.MemberInvite, d.add)
	page(http.MethodGet, "/team/{id}", act.MemberShow, d.show("overview"))
	page(http.MethodGet, "/team/{id}/sign-in", act.MemberShow, d.show("sign-in"))
	page(http.MethodGet, "/team/{id}/edit", act.MemberOffer, d.editPage)
	page(http.MethodPost, "/team/{id}/edit", act.MemberEdit, d.edit)
	d.mountPasswords(page)
	page(http.MethodGet, "/team/{id}/picture", act.MemberShow, d.picturePage)
	page(http.MethodPost, "/team/{id}/picture/remove", act.MemberPictureRemove, d.removePicture)
	m.Handle(server.Route{
		Method: http.MethodPost, Pattern: "/o/{org}/team/{id}/picture", Action: string(act.MemberPicture), MaxBody: raster.MaxBytes + server.FileRoom,
		Handler: d.desk.Inside(d.setPicture),
	})
	page(http.MethodGet, "/team/{id}/remove", act.MemberRemoval, d.removePage)
	page(http.MethodPost, "/team/{id}/remove", act.MemberRemove, d.remove)
	page(http.MethodGet, "/team/{id}/erase", act.MemberErasure, d.erasePage)
	page(http.MethodPost, "/team/{id}/erase", act.MemberErase, d.erase)
	page(http.MethodPost, "/team/{id}/data", act.MemberData, d.data)
	for name, q := range map[string]question{
		"block":          {act.MemberBlock, Block, d.block},
		"unblock":        {act.MemberUnblock, Unblock, d.unblock},
		"resend":         {act.MemberResend, Resend, d.resend},
		"link":           {act.MemberLink, MakeLink, d.link},
		"password-reset": {act.MemberPasswordReset, ResetPassword, d.resetPassword},
		"sign-out":       {act.MemberSignOut, SignOut, d.signOut},
	} {
		page(http.MethodGet, "/team/{id}/"+name, act.MemberShow, d.ask(q))
		page(http.MethodPost, "/team/{id}/"+name, q.action, d.do(q))
	}
}

// start leads to the first page of an organisation that the visitor may see, and who may see none to their own profile.
func (d *Door) start(v *web.Visit) error {
	for _, area := range []struct {
		may  act.Name
		path string
	}{{act.MemberList, "team"}, {act.UnitList, "units"}, {act.RoleList, "roles"}, {act.LetterList, "jobs"}, {act.HistoryList, "history"}} {
		if v.Page.May(string(area.may)) {
			return v.Go(v.Page.In(area.path), "")
		}
	}
	return v.Go("/me"+v.Page.Around(), "")
}

func seats(v *web.Visit) Seats {
	return Seats{Plan: v.Entry.Plan, People: v.Entry.Organisation.People, APIUsers: v.Entry.Organisation.APIUsers}
}

// rowOf gives a member as the pages show them.
func rowOf(v *web.Visit, m members.View) Row {
	r := Row{Member: m.Member, Expired: m.Shown() == "expired", Ended: m.Shown() == string(roster.Ended), MFA: m.MFA, CreatedBy: v.Page.Doer(m.Member.CreatedBy, m.CreatedBy), UpdatedBy: v.Page.Doer(m.Member.UpdatedBy, m.UpdatedBy), Allowed: m.Allowed, Self: m.ID == v.Actor().Member}
	for _, key := range m.Roles() {
		r.Roles = append(r.Roles, v.RoleName(key))
	}
	return r
}

func id(v *web.Visit) roster.MemberID { return roster.MemberID(v.R.PathValue("id")) }

// question is an act on a member with the page that asks before it.
type question struct {
	action act.Name
	page   func(Question) templ.Component
	act    func(*web.Visit, members.View, map[string]string) error
}

func (d *Door) ask(q question) web.Handler {
	return func(v *web.Visit) error {
		m, err := d.room.Show(v.Context(), id(v))
		if err != nil {
			return err
		}
		v.Show(q.page(Question{Page: v.Page, Row: rowOf(v, m), Link: q.action == act.MemberLink}))
		return nil
	}
}

func (d *Door) do(q question) web.Handler {
	return func(v *web.Visit) error {
		f, err := server.Form(v.R, "reason")
		if err != nil {
			return err
		}
		m, err := d.room.Show(v.Context(), id(v))
		if err != nil {
			return err
		}
		err = q.act(v, m, f)
		if err == nil {
			return nil
		}
		return v.Refuse(err, func(form web.Form) templ.Component {
			return q.page(Question{Page: v.Page, Row: rowOf(v, m), Form: form, Reason: f["reason"], Link: q.action == act.MemberLink})
		})
	}
}

func (d *Door) block(v *web.Visit, m members.View, f map[string]string) error {
	if _, err := d.room.Block(v.Context(), m.ID, f["reason"]); err != nil {
		return err
	}
	return v.GoBack(v.Page.Home(m.ID), v.Page.Member(m.ID, "unblock"), "toast.blocked", "name", m.Label())
}

func (d *Door) unblock(v *web.Visit, m members.View, _ map[string]string) error {
	if _, err := d.room.Unblock(v.Context(), m.ID); err != nil {
		return err
	}
	return v.GoBack(v.Page.Home(m.ID), v.Page.Member(m.ID, "block"), "toast.unblocked", "name", m.Label())
}

func (d *Door) resend(v *web.Visit, m members.View, _ map[string]string) error {
	if _, err := d.room.Resend(v.Context(), m.ID); err != nil {
		return err
	}
	return v.Go(v.Page.Home(m.ID), "toast.resent", "name", m.Label())
}

func (d *Door) link(v *web.Visit, m members.View, _ map[string]string) error {
	linked, err := d.room.Link(v.Context(), m.ID)
	if err != nil {
		return err
	}
	v.Show(Link(LinkView{
		Page: v.Page, Row: rowOf(v, linked.View), ExpiresAt: linked.View.Live.ExpiresAt,
		URL: d.desk.Absolute(act.InvitationPath(m.Org, linked.Secret)),
	}))
	return nil
}
