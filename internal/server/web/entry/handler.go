package entry

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/org/emblem"
	"roster/internal/action/signin"
	"roster/internal/action/signin/connect"
	"roster/internal/action/signin/mailbox"
	"roster/internal/action/signin/recovery"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store"
)

// Door answers the pages of coming in.
type Door struct {
	desk    *web.Desk
	room    *signin.Room
	connect *connect.Room
	emblems *emblem.Room
	ways    *recovery.Room
	mailbox *mailbox.Room
}

// Rooms hold the use cases of coming in.
type Rooms struct {
	SignIn   *signin.Room
	Connect  *connect.Room
	Recovery *recovery.Room
	Mailbox  *mailbox.Room
	Emblems  *emblem.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms) *Door {
	return &Door{d, r.SignIn, r.Connect, r.Emblems, r.Recovery, r.Mailbox}
}

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	get := func(pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: http.MethodGet, Pattern: pattern, Action: string(a), Handler: h})
	}
	post := func(pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: http.MethodPost, Pattern: pattern, Action: string(a), Handler: h})
	}
	get("/{$}", act.MeShow, d.desk.Signed(d.start))
	get("/sign-in", act.SessionCheck, d.desk.Open(d.signInPage))
	get("/o/{org}/sign-in", act.ConnectionList, d.desk.Open(d.signInPage))
	get("/sign-in/password", act.PasswordChoice, d.desk.Open(d.choicePage))
	post("/sign-in/password", act.PasswordChoose, d.desk.Open(d.choose))
	post("/sign-in/password/criteria", act.PasswordChoice, d.desk.Open(d.choiceCriteria))
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/recovery/{secret}", Action: string(act.PasswordChoice), Secret: true, Handler: d.desk.Open(linked().ArriveAlone)})
	get("/forgot-password", act.PasswordForgot, d.desk.Open(d.forgotPage))
	post("/forgot-password", act.PasswordForgot, d.desk.Open(d.forgot))
	get("/o", act.OrganisationForgot, d.desk.Open(d.findPage))
	post("/o", act.OrganisationForgot, d.desk.Open(d.find))
	get("/sign-in/second", act.SessionSecond, d.desk.Open(d.secondPage))
	post("/sign-in/second", act.SessionStart, d.desk.Open(d.second))
	post("/sign-in/second/ask", act.SessionSecond, d.desk.Open(d.askSecond))
	post("/sign-in/passkey", act.SessionStart, d.desk.Open(d.signInByPasskey))
	post("/sign-in/passkey/ask", act.SessionCheck, d.desk.Open(d.askPasskey))
	post("/sign-in", act.SessionStart, d.desk.Open(d.signIn))
	post("/sign-out", act.SessionEnd, d.desk.Open(d.signOut))
	get("/me", act.MeShow, d.desk.Beside(d.profile))
	get("/me/security", act.MeShow, d.desk.Beside(d.security))
	post("/me/sessions/{session}/end", act.SessionEnd, d.desk.Signed(d.end))
	post("/me/sessions/end-others", act.SessionEnd, d.desk.Signed(d.end))
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/invitation/{org}/{secret}", Action: string(act.InvitationShow), Secret: true, Handler: d.desk.Open(carried().Arrive)})
	get("/invitation", act.InvitationShow, d.desk.Open(d.landing))
	get("/invitation/picture", act.InvitationShow, d.desk.Open(d.emblem))
	post("/invitation", act.InvitationAccept, d.desk.Open(d.accept))
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/password/criteria", Action: string(act.InvitationShow), Handler: d.desk.Open(d.criteria)})
}

// start leads a person to their organisation, or lets them choose.
func (d *Door) start(v *web.Visit) error {
	switch all := v.Page.Organisations; {
	case v.Page.Viewer.Operator:
		return v.Go("/operator", "")
	case len(all) == 1:
		return v.Go("/o/"+all[0].Slug, "")
	}
	v.Show(Choose(ChooseView{v.Page}))
	return nil
}

// offer puts the organisation's connections on its sign-in page; there are none of one that does not exist.
func (d *Door) offer(v *web.Visit, view *SignInView) error {
	b, err := d.connect.Buttons(v.Context(), view.Inside)
	for _, m := range b.Methods {
		view.Connections = append(view.Connections, Connection{m.ID, m.Name})
	}
	view.PasswordOff = b.PasswordOff
	return err
}

// lacking tells why who is signed in must sign in to an organisation anew, or is nil: what they proved is none of its
// login methods, or an administrator signed them out.
func (d *Door) lacking(v *web.Visit, organisation string) error {
	if organisation == "" || v.Page.Viewer.Email == "" {
		return nil
	}
	_, err := d.desk.Orgs.Enter(v.Context(), organisation)
	if policy.Anew(err) {
		return err
	}
	return nil
}

// signInPage is the form; at an organisation's own address it is for who has an account there. It says the same of
// an organisation that does not exist as of one without connections (decision 015).
func (d *Door) signInPage(v *web.Visit) error {
	view := SignInView{Page: v.Page, Next: v.R.URL.Query().Get("next"), Passkeys: v.Place().Offered()}
	if name := v.R.PathValue("org"); name != "" {
		if name != roster.Slug(name) {
			return store.ErrNone("organisation")
		}
		view.Inside = name
		if err := d.offer(v, &view); err != nil {
			return err
		}
	}
	lacking := d.lacking(v, view.Inside)
	if v.Page.Viewer.Email != "" && lacking == nil {
		if view.Inside != "" && view.Next == "" {
			return v.Go("/o/"+view.Inside, "")
		}
		return v.Go(web.Local(view.Next), "")
	}
	if roster.Is(lacking, "signed_out") {
		view.Form.Err = v.Told(lacking)
	}
	v.Show(SignIn(view))
	return nil
}

func (d *Door) signIn(v *web.Visit) error {
	f, err := server.Form(v.R, "email", "password", "next", "organisation")
	if err != nil {
		return err
	}
	signed, err := d.room.SignIn(v.Context(), signin.Try{Email: f["email"], Password: f["password"], Organisation: hinted(f), Agent: v.R.UserAgent(), Device: v.Device()})
	if err != nil {
		return d.signInAgain(v, f, err)
	}
	if signed.Choice != "" {
		return toChoice(v, signed.Choice, f["next"])
	}
	return begin(v, signed, f["next"])
}

// signInAgain shows the form again with why nobody came in by it.
func (d *Door) signInAgain(v *web.Visit, f map[string]string, refused error) error {
	e := roster.AsError(refused)
	if !slices.Contains([]roster.Kind{roster.Unauthenticated, roster.Denied, roster.Invalid, roster.Limited, roster.Unavailable}, e.Kind) {
		return refused
	}
	p := server.NewProblem(v.Context(), refused)
	for key, values := range p.GetHeaders() {
		if key != "Www-Authenticate" {
			v.W.Header()[key] = values
		}
	}
	inside := f["organisation"]
	if inside != roster.Slug(inside) {
		inside = ""
	}
	view := SignInView{Page: v.Page, Form: web.Form{Err: v.Told(refused)}, Email: f["email"], Next: f["next"], Inside: inside, Passkeys: v.Place().Offered()}
	if inside != "" {
		if err := d.offer(v, &view); err != nil {
			return err
		}
	}
	v.Answer(p.Status, SignIn(view))
	return nil
}

// begin gives the browser its session and leads on, or to the second step.
func begin(v *web.Visit, signed signin.Signed, next string) error {
	if signed.Half != "" {
		return toSecond(v, signed.Half, next)
	}
	server.SetSession(v.W, signed.Secret, signed.Session.ExpiresAt.Sub(signed.Session.CreatedAt))
	v.KeepDevice(signed.Device)
	return v.Go(web.Local(next), "")
}

// hinted names the organisation that a try to sign in is for, where the form or the page behind it does: an
// address may have an account of its own in several.
func hinted(f map[string]string) string {
	if name := f["organisation"]; name != "" {
		return name
	}
	if next := web.Local(f["next"]); next == signin.OperatorArea || strings.HasPrefix(next, signin.OperatorArea+"/") {
		return signin.OperatorArea
	}
	rest, _ := strings.CutPrefix(web.Local(f["next"]), "/o/")
	name, _, _ := strings.Cut(rest, "/")
	name, _, _ = strings.Cut(name, "?")
	return name
}

func (d *Door) signOut(v *web.Visit) error {
	f, err := server.Form(v.R, "next")
	if err != nil {
		return err
	}
	if session := v.Actor().Session; session != "" {
		if err := d.room.End(v.Context(), session, v.Device()); err != nil {
			return err
		}
	}
	server.ClearSession(v.W)
	if next := web.Local(f["next"]); next != "/" {
		return v.Go(next, "")
	}
	return v.Go("/sign-in", "toast.signed_out")
}

func (d *Door) profile(v *web.Visit) error {
	view, err := d.self(v)
	if err != nil {
		return err
	}
	if view.Address, err = d.mailbox.Show(v.Context()); err == nil {
		v.Show(Profile(view))
	}
	return err
}

func (d *Door) security(v *web.Visit) error {
	view, err := d.self(v)
	if err == nil {
		v.Show(Security(view))
	}
	return err
}

// self gives what the visitor's own pages show.
func (d *Door) self(v *web.Visit) (ProfileView, error) {
	me, err := d.room.Me(v.Context())
	if err != nil {
		return ProfileView{}, err
	}
	ways, err := d.room.Ways(v.Context())
	if err != nil {
		return ProfileView{}, err
	}
	view := ProfileView{Page: v.Page, Email: me.Person.Email.Typed, Password: ways.Password, Factors: ways.Factors, Codes: ways.Codes, Devices: ways.Devices, Confined: ways.Confined}
	if v.Page.May(string(act.MemberList)) {
		view.MemberURL = v.Page.In("team", v.Page.Viewer.Member)
	}
	for _, s := range me.Sessions {
		view.Sessions = append(view.Sessions, Session{s, s.ID == v.Actor().Session})
	}
	return view, nil
}

func (d *Door) end(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.room.End(v.Context(), v.R.PathValue("session"), v.Device()); err != nil {
		return err
	}
	return v.Go(own(v), "toast.session_ended")
}

// own gives the address of where a person ends sessions, in the organisation around it.
func own(v *web.Visit) string {
	if in := v.R.URL.Query().Get("in"); in != "" {
		return "/me/security?in=" + url.QueryEscape(in)
	}
	return "/me/security"
}

// carried is an invitation's secret, from its link to its page.
func carried() web.Carried {
	return web.Carried{Cookie: "__Host-invitation", Prefix: act.InvitationPrefix, Page: "/invitation"}
}

func (d *Door) landing(v *web.Visit) error {
	org, key := carried().Held(v)
	l, err := d.room.Landing(v.Context(), org, key)
	if err != nil {
		return d.dead(v, l, err)
	}
	// That it could not be noted does not change the page: the next opening is noted.
	_ = d.room.Opened(v.Context(), l)
	v.Show(Landing(view(v, l, web.Form{})))
	return nil
}

// dead shows why an invitation does not work.
func (d *Door) dead(v *web.Visit, l signin.Landing, err error) error {
	reason, ok := strings.CutPrefix(roster.AsError(err).Code, "invitation_")
	if !ok {
		return err
	}
	v.Answer(server.NewProblem(v.Context(), err).Status, Dead(DeadView{Page: v.Page, Reason: reason, Inviter: inviter(l), Inviting: l.Organisation.Name}))
	return nil
}

// inviter names who invites; the command line made the first Owner's invitation.
func inviter(l signin.Landing) string {
	if strings.HasPrefix(l.Invitation.Inviter, "mem_") {
		return l.Invitation.InviterBy
	}
	return l.Organisation.Name
}

func view(v *web.Visit, l signin.Landing, f web.Form) LandingView {
	standing := map[signin.Way]Standing{signin.Connected: Fresh, signin.NewPassword: Fresh, signin.SignInFirst: Known, signin.JustAccept: Ready, signin.WrongPerson: Other}[l.Way]
	view := LandingView{
		Page: v.Page, Form: f, Standing: standing, Inviter: inviter(l), Inviting: l.Organisation.Name, Pictured: l.Organisation.Picture != "", Email: l.Member.Email.Typed,
		ExpiresAt: l.Invitation.ExpiresAt, Message: l.Invitation.Message, FirstName: l.Member.FirstName, LastName: l.Member.LastName,
		Connection: l.Connection.Name, AsksNames: l.AsksNames(), AsksPhone: l.AsksPhone(), Criteria: web.OpenCriteria("/password/criteria"),
	}
	view.Page.Organisation.Accent = l.Organisation.Brand.Accent
	view.Page.Wear(l.Organisation.Brand)
	if as, err := roster.ParseEmail(l.SignedInAs); err == nil { // the wrong account of the right address
		view.Managed = as.Folded == l.Member.Email.Folded
	}
	if view.ExpiresAt.IsZero() { // the letter arrived before it was kept that it left: the clock is about to start
		view.ExpiresAt = l.Now.Add(l.Invitation.TTL)
	}
	return view
}

func (d *Door) accept(v *web.Visit) error {
	f, err := server.Form(v.R, "first_name", "last_name", "phone", "password", "repeat", "email")
	if err != nil {
		return err
	}
	org, key := carried().Held(v)
	done, err := d.room.Accept(v.Context(), signin.Acceptance{
		Org: org, Secret: key, FirstName: f["first_name"], LastName: f["last_name"], Phone: f["phone"], Password: f["password"], Repeat: f["repeat"],
	})
	if err != nil {
		return d.again(v, f, err)
	}
	carried().Drop(v)
	signedIn := v.Actor().Person != ""
	switch {
	case done.Member.Status == roster.Blocked:
		v.Show(Waiting(WaitingView{v.Page, done.Organisation.Name}))
		return nil
	case signedIn:
		return v.Go("/o/"+done.Organisation.Slug, "toast.joined", "organisation", done.Organisation.Name)
	}
	next := url.Values{"next": {"/o/" + done.Organisation.Slug}}
	return v.Go("/o/"+done.Organisation.Slug+"/sign-in?"+next.Encode(), "toast.accepted", "organisation", done.Organisation.Name)
}

// again shows the invitation's page with what was wrong, or why it is dead by now.
func (d *Door) again(v *web.Visit, f map[string]string, wrong error) error {
	org, key := carried().Held(v)
	l, err := d.room.Landing(v.Context(), org, key)
	if err != nil {
		return d.dead(v, l, err)
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		again := view(v, l, form)
		if f["first_name"]+f["last_name"] != "" {
			again.FirstName, again.LastName = f["first_name"], f["last_name"]
		}
		again.Phone = f["phone"]
		return Landing(again)
	})
}

// criteria answers which criteria a password meets while it is typed. It is for the holder of an
// invitation alone.
func (d *Door) criteria(v *web.Visit) error {
	f, err := server.Form(v.R, "password", "first_name", "last_name")
	if err != nil {
		return err
	}
	org, key := carried().Held(v)
	l, err := d.room.Landing(v.Context(), org, key)
	if err != nil {
		return err
	}
	return v.Judged(secret.Criteria(f["password"], secret.MinOnlyFactor, l.Personal(f["first_name"], f["last_name"])...))
}
