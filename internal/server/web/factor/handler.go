package factor

import (
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/act"
	factors "roster/internal/action/factor"
	"roster/internal/action/signin"
	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store"
)

// Door answers the pages of second factors.
type Door struct {
	desk   *web.Desk
	room   *factors.Room
	signIn *signin.Room
	team   *members.Room
}

// Rooms are those that the door asks.
type Rooms struct {
	Factors *factors.Room
	SignIn  *signin.Room
	Team    *members.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms) *Door { return &Door{d, r.Factors, r.SignIn, r.Team} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: method, Pattern: pattern, Action: string(a), Handler: h})
	}
	page(http.MethodGet, "/confirm", act.MeShow, d.desk.Signed(d.confirmPage))
	page(http.MethodPost, "/confirm", act.SessionConfirm, d.desk.Signed(d.confirm))
	page(http.MethodPost, "/confirm/passkey", act.SessionConfirm, d.desk.Signed(d.askConfirm))
	page(http.MethodGet, "/me/passkey", act.FactorOffer, d.desk.Beside(d.passkeyPage))
	page(http.MethodPost, "/me/passkey/ask", act.FactorOffer, d.desk.Signed(d.askPasskey))
	page(http.MethodPost, "/me/passkey", act.FactorAdd, d.desk.Beside(d.passkey))
	page(http.MethodGet, "/me/factors/{factor}/name", act.MeShow, d.desk.Beside(d.namePage))
	page(http.MethodPost, "/me/factors/{factor}/name", act.FactorRename, d.desk.Beside(d.name))
	page(http.MethodGet, "/me/authenticator", act.FactorOffer, d.desk.Beside(d.setUpPage))
	page(http.MethodPost, "/me/authenticator", act.FactorAdd, d.desk.Beside(d.setUp))
	page(http.MethodGet, "/me/authenticator/{factor}/remove", act.MeShow, d.desk.Beside(d.removePage))
	page(http.MethodPost, "/me/authenticator/{factor}/remove", act.FactorRemove, d.desk.Beside(d.remove))
	page(http.MethodGet, "/me/recovery-codes", act.MeShow, d.desk.Beside(d.codesPage))
	page(http.MethodPost, "/me/recovery-codes", act.FactorCodes, d.desk.Beside(d.codes))
	page(http.MethodGet, "/o/{org}/team/{id}/factor-reset", act.MemberShow, d.desk.Inside(d.resetPage))
	page(http.MethodPost, "/o/{org}/team/{id}/factor-reset", act.MemberFactorReset, d.desk.Inside(d.reset))
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/factor-reset/{org}/{secret}", Action: string(act.FactorLetGoShow), Secret: true, Handler: d.desk.Open(carried().Arrive)})
	page(http.MethodGet, "/factor-reset", act.FactorLetGoShow, d.desk.Open(d.letGoPage))
	page(http.MethodPost, "/factor-reset", act.FactorLetGo, d.desk.Open(d.letGo))
}

// confirmPage asks somebody to confirm that it is they, before the page that they came for.
func (d *Door) confirmPage(v *web.Visit) error {
	return v.AskConfirm(nil, web.Local(v.R.URL.Query().Get("next")))
}

func (d *Door) confirm(v *web.Visit) error {
	f, err := server.Form(v.R, append(web.ConfirmFields(), "next")...)
	if err != nil {
		return err
	}
	next := web.Local(f["next"])
	if err := v.Confirmed(f); err != nil {
		return v.AskConfirm(err, next)
	}
	return v.Go(next, "")
}

// issuer is what authenticator apps show beside the address.
func (d *Door) issuer(v *web.Visit) string { return v.Page.Say("product.name") }

func (d *Door) setUpPage(v *web.Visit) error {
	o, err := d.room.Offer(v.Context(), d.issuer(v), "")
	if err != nil {
		return err
	}
	next := v.R.URL.Query().Get("next")
	name := ""
	if o.First {
		name = v.Page.Say("factor.name.first")
	}
	view, err := SetUpView{Page: v.Page, Key: o.Key, Sealed: o.Sealed, Name: name, Next: next, Passkeys: instead(v, next)}.Drawn(o.Address)
	if err != nil {
		return err
	}
	v.Show(SetUp(view))
	return nil
}

func (d *Door) setUp(v *web.Visit) error {
	f, err := server.Form(v.R, "sealed", "name", "code", "next")
	if err != nil {
		return err
	}
	done, err := d.room.Add(v.Context(), factors.Addition{Sealed: f["sealed"], Name: f["name"], Code: f["code"]})
	if err == nil {
		v.GoOn(done.Session, done.Secret)
		if len(done.Codes) == 0 {
			return v.Go(onward(v.Page, f["next"]), "toast.factor_added", "name", done.Factor.Name)
		}
		v.Show(Codes(CodesView{Page: v.Page, Codes: done.Codes, Next: onward(v.Page, f["next"]), First: true}))
		return nil
	}
	switch roster.AsError(err).Code {
	case "factor_known": // the form came again
		v.Show(Codes(CodesView{Page: v.Page}))
		return nil
	case "factor_offer_over":
		return v.Go(toward("/me/authenticator", v.Page, f["next"]), "toast.factor_offer_over")
	}
	return d.setUpAgain(v, f, err)
}

// setUpAgain shows the same key again with what was wrong.
func (d *Door) setUpAgain(v *web.Visit, f map[string]string, wrong error) error {
	if roster.Is(wrong, "confirmation_required") {
		return wrong
	}
	o, err := d.room.Offer(v.Context(), d.issuer(v), f["sealed"])
	if err != nil {
		return wrong
	}
	view, err := SetUpView{Page: v.Page, Key: o.Key, Sealed: o.Sealed, Name: f["name"], Next: f["next"], Passkeys: instead(v, f["next"])}.Drawn(o.Address)
	if err != nil {
		return err
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return SetUp(view)
	})
}

// factor finds the one of the visitor's second factors that the path names.
func (d *Door) factor(v *web.Visit) (roster.Factor, int, error) {
	w, err := d.signIn.Ways(v.Context())
	if err != nil {
		return roster.Factor{}, 0, err
	}
	for _, f := range w.Factors {
		if f.ID == v.R.PathValue("factor") {
			return f, len(w.Factors), nil
		}
	}
	return roster.Factor{}, 0, store.ErrNone("second factor")
}

func (d *Door) removePage(v *web.Visit) error {
	f, n, err := d.factor(v)
	if err != nil {
		return err
	}
	v.Show(Remove(RemoveView{Page: v.Page, Factor: f, Last: n == 1}))
	return nil
}

func (d *Door) remove(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	f, err := d.room.Remove(v.Context(), v.R.PathValue("factor"))
	if roster.Is(err, "last_way_in") {
		kept, n, broken := d.factor(v)
		if broken != nil {
			return broken
		}
		return v.Refuse(err, func(form web.Form) templ.Component {
			return Remove(RemoveView{Page: v.Page, Form: form, Factor: kept, Last: n == 1})
		})
	}
	if err != nil {
		return err
	}
	return v.Go(security(v.Page), "toast.factor_removed", "name", f.Name)
}

func (d *Door) codesPage(v *web.Visit) error {
	w, err := d.signIn.Ways(v.Context())
	if err != nil {
		return err
	}
	v.Show(NewCodes(NewCodesView{Page: v.Page, FormKey: web.FormKey(), Left: w.Codes}))
	return nil
}

func (d *Door) codes(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key")
	if err != nil {
		return err
	}
	call, err := v.Once(f, func(any) roster.Member { return roster.Member{} })
	if err != nil {
		return err
	}
	made, err := d.room.Codes(v.Context())
	if err != nil {
		return err
	}
	if call.Replay != nil {
		made = nil
	}
	v.Show(Codes(CodesView{Page: v.Page, Codes: made, Next: security(v.Page)}))
	return nil
}

func (d *Door) resetPage(v *web.Visit) error {
	m, err := d.team.Show(v.Context(), roster.MemberID(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	v.Show(Reset(ResetView{Page: v.Page, Member: m.Member}))
	return nil
}

func (d *Door) reset(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	id := roster.MemberID(v.R.PathValue("id"))
	done, err := d.room.Reset(v.Context(), id)
	if err != nil {
		m, broken := d.team.Show(v.Context(), id)
		if broken != nil {
			return err
		}
		return v.Refuse(err, func(form web.Form) templ.Component {
			return Reset(ResetView{Page: v.Page, Form: form, Member: m.Member})
		})
	}
	key := "toast.member_factors_reset"
	if done.ByMail {
		key = "toast.member_factors_letter"
	}
	return v.Go(v.Page.In("team", string(id)), key, "name", done.Member.Label())
}

// carried is a reset's secret, from its link to its page.
func carried() web.Carried {
	return web.Carried{Cookie: "__Host-factor-reset", Prefix: act.ResetPrefix, Page: "/factor-reset"}
}

func (d *Door) letGoPage(v *web.Visit) error {
	org, key := carried().Held(v)
	l, err := d.signIn.LettingGo(v.Context(), org, key)
	if err != nil {
		return err
	}
	v.Show(LetGo(LetGoView{Page: v.Page, Email: l.Person.Email.Typed, Starting: l.Organisation.Name}))
	return nil
}

func (d *Door) letGo(v *web.Visit) error {
	f, err := server.Form(v.R, "password")
	if err != nil {
		return err
	}
	org, key := carried().Held(v)
	wrong := d.signIn.LetGo(v.Context(), org, signin.Letting{Secret: key, Password: f["password"], Device: v.Device()})
	if wrong == nil {
		carried().Drop(v)
		return v.Go("/sign-in", "toast.factors_reset")
	}
	l, err := d.signIn.LettingGo(v.Context(), org, key)
	if err != nil {
		return err
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		return LetGo(LetGoView{Page: v.Page, Form: form, Email: l.Person.Email.Typed, Starting: l.Organisation.Name})
	})
}
