package me

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/news"
	"roster/internal/action/self"
	"roster/internal/action/signin"
	"roster/internal/action/signin/password"
	"roster/internal/action/team/own"
	"roster/internal/bulletin"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages.
type Door struct {
	desk *web.Desk
	Rooms
}

// Rooms are those that the door asks.
type Rooms struct {
	Self      *self.Room
	Own       *own.Room
	News      *news.Room
	Passwords *password.Room
	SignIn    *signin.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: method, Pattern: pattern, Action: string(a), Handler: h})
	}
	page(http.MethodGet, "/me/preferences", act.MeShow, d.desk.Beside(d.preferencesPage))
	page(http.MethodPost, "/me/preferences", act.PreferenceEdit, d.desk.Beside(d.prefer))
	page(http.MethodPost, "/me/data", act.OwnData, d.desk.Beside(d.data))
	page(http.MethodGet, "/me/password", act.OwnPasswordOffer, d.desk.Beside(d.passwordPage))
	page(http.MethodPost, "/me/password", act.OwnPassword, d.desk.Beside(d.changePassword))
	page(http.MethodPost, "/me/password/criteria", act.OwnPasswordOffer, d.desk.Beside(d.passwordCriteria))
	page(http.MethodGet, "/o/{org}/me", act.ProfileShow, d.desk.Inside(d.profilePage))
	page(http.MethodPost, "/o/{org}/me", act.ProfileEdit, d.desk.Inside(d.edit))
	page(http.MethodGet, "/o/{org}/me/picture", act.ProfilePictureShow, d.desk.Inside(d.picture))
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/o/{org}/me/picture", Action: string(act.ProfilePicture), Handler: d.desk.Inside(d.setPicture), MaxBody: raster.MaxBytes + server.FileRoom})
	page(http.MethodPost, "/o/{org}/me/picture/remove", act.ProfilePictureRemove, d.desk.Inside(d.removePicture))
	page(http.MethodPost, "/o/{org}/me/notifications", act.ProfileNewsEdit, d.desk.Inside(d.chooseNews))
	page(http.MethodGet, "/o/{org}/me/leave", act.ProfileLeaving, d.desk.Inside(d.leavePage))
	page(http.MethodPost, "/o/{org}/me/leave", act.ProfileLeave, d.desk.Inside(d.leave))
}

// languages are those to choose from, each under its own name.
func languages(v *web.Visit, chosen string) []web.Option {
	list := []web.Option{{Label: v.Page.Say("me.language.none"), Checked: chosen == ""}}
	for _, c := range v.Desk.Words.All() {
		list = append(list, web.Option{Value: c.Language(), Label: c.Say("product.language"), Checked: c.Language() == chosen})
	}
	return list
}

func (d *Door) preferencesPage(v *web.Visit) error {
	me, err := d.SignIn.Me(v.Context())
	if err != nil {
		return err
	}
	v.Show(Preferences(PreferencesView{Page: v.Page, Now: me.Person.Preferences, Languages: languages(v, me.Person.Language)}))
	return nil
}

func (d *Door) prefer(v *web.Visit) error {
	f, err := server.Form(v.R, "language", "zone", "theme", "density", "device_letters")
	if err != nil {
		return err
	}
	language, zone, theme, density, letters := f["language"], f["zone"], f["theme"], f["density"], f["device_letters"] != ""
	now, err := d.Self.Prefer(v.Context(), self.Preferring{Language: &language, Zone: &zone, Theme: &theme, Density: &density, Letters: &letters})
	if err != nil {
		return v.Refuse(err, func(form web.Form) templ.Component {
			return Preferences(PreferencesView{Page: v.Page, Form: form, Languages: languages(v, language), Now: roster.Preferences{Language: language, Zone: zone, Theme: theme, Density: density, Quiet: !letters}})
		})
	}
	v.SetLook(now.Theme, now.Density)
	next := "/me/preferences"
	if in := v.R.URL.Query().Get("in"); in != "" {
		next += "?" + url.Values{"in": {in}}.Encode()
	}
	return v.Go(next, "toast.preferences_saved")
}

func (d *Door) profilePage(v *web.Visit) error {
	p, err := d.Own.Show(v.Context())
	if err != nil {
		return err
	}
	news, err := d.News.Show(v.Context())
	if err != nil {
		return err
	}
	v.Show(Profile(ProfileView{Page: v.Page, Profile: p, News: news}))
	return nil
}

// chooseNews keeps how the visitor wants to be told, of what was sent.
func (d *Door) chooseNews(v *web.Visit) error {
	shown, err := d.News.Show(v.Context())
	if err != nil {
		return err
	}
	names := make([]string, len(shown))
	for i, c := range shown {
		names[i] = string(c.Notification)
	}
	f, err := server.Form(v.R, names...)
	if err != nil {
		return err
	}
	wanted := map[bulletin.Notification]bulletin.Way{}
	for _, n := range names {
		if f[n] != "" {
			wanted[bulletin.Notification(n)] = bulletin.Way(f[n])
		}
	}
	if _, err := d.News.Choose(v.Context(), wanted); err != nil {
		return err
	}
	return v.Go(v.Page.In("me"), "toast.notifications_saved")
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.Form(v.R, "first_name", "last_name", "phone", "version")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	first, last, phone := f["first_name"], f["last_name"], f["phone"]
	_, err = d.Own.Edit(v.Context(), own.Edit{FirstName: &first, LastName: &last, Phone: &phone, Version: version})
	if err == nil {
		return v.Go(v.Page.In("me"), "toast.profile_saved")
	}
	return d.again(v, "names", err, func(p *own.Profile) {
		p.FirstName, p.LastName, p.Phone = first, last, phone
		if !roster.Is(err, "changed_meanwhile") { // then the next sending takes what is there now
			p.Version = version
		}
	})
}

// again shows the profile with what was wrong, and with what was typed.
func (d *Door) again(v *web.Visit, sent string, wrong error, typed func(*own.Profile)) error {
	p, err := d.Own.Show(v.Context())
	if err != nil {
		return err
	}
	news, err := d.News.Show(v.Context())
	if err != nil {
		return err
	}
	typed(&p)
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		return Profile(ProfileView{Page: v.Page, Form: form, Profile: p, News: news, Sent: sent})
	})
}

// picture sends the visitor's own picture.
func (d *Door) picture(v *web.Visit) error {
	p, err := d.Own.Picture(v.Context())
	if err == nil {
		v.SendPicture(p)
	}
	return err
}

func (d *Door) setPicture(v *web.Visit) error {
	data, err := v.SentPicture()
	if err == nil {
		if _, err = d.Own.SetPicture(v.Context(), data); err == nil {
			return v.Go(v.Page.In("me"), "toast.picture_set")
		}
	}
	return d.again(v, "picture", err, func(*own.Profile) {})
}

func (d *Door) removePicture(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.Own.RemovePicture(v.Context()); err != nil {
		return err
	}
	return v.Go(v.Page.In("me"), "toast.picture_removed")
}

func (d *Door) leavePage(v *web.Visit) error {
	l, err := d.Own.Leaving(v.Context())
	if err != nil {
		return err
	}
	v.Show(Leave(LeaveView{Page: v.Page, LastOwner: l.LastOwner}))
	return nil
}

func (d *Door) leave(v *web.Visit) error {
	f, err := server.Form(v.R, "confirm_name")
	if err != nil {
		return err
	}
	name := v.Page.Organisation.Name
	if strings.Join(strings.Fields(f["confirm_name"]), " ") != name {
		err = roster.Errorf(roster.Invalid, "name_differs", "Type the name exactly as it stands here: %s.", name).On("confirm_name")
	} else if _, err = d.Own.Leave(v.Context()); err == nil {
		return v.Go("/sign-in", "toast.left", "organisation", name) // which leads on who is still signed in
	}
	l, broken := d.Own.Leaving(v.Context())
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Leave(LeaveView{Page: v.Page, Form: form, LastOwner: l.LastOwner, Typed: f["confirm_name"]})
	})
}
