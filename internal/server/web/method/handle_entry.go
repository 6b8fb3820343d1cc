package method

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/signin"
	"roster/internal/action/signin/connect"
	"roster/internal/relying"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// flowCookie carries what a browser left with, until it comes back. The provider leads back from another site, so it
// is sent along with that one navigation, which Lax allows.
const flowCookie = "__Host-login"

// mountEntry adds the routes of coming in.
func (d *Door) mountEntry(m *server.Mux) {
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/o/{org}/sign-in/{id}", Action: string(act.ConnectionStart), Handler: d.desk.Open(d.signIn)})
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/confirm/connection", Action: string(act.ConnectionStart), Handler: d.desk.Signed(d.confirm)})
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/invitation/connection", Action: string(act.ConnectionStart), Handler: d.desk.Open(d.accept)})
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/sign-in/return/{id}", Action: string(act.ConnectionStart), Secret: true, Handler: d.desk.Open(d.back)})
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/sign-in/return/{id}", Action: string(act.SessionStart), Handler: d.desk.Open(d.finish)})
}

// leave sends the browser to the provider: by a page that leads there, since the browser's policy lets forms go
// nowhere else.
func leave(v *web.Visit, to connect.Leaving) error {
	u, err := url.Parse(to.URL)
	if err != nil {
		return err
	}
	v.SetCookie(flowCookie, to.Flow, 10*time.Minute)
	v.W.Header().Set("Refresh", "0; url="+u.String())
	v.Show(Leave(LeaveView{Page: v.Page, Name: to.Method.Name, Host: u.Hostname(), URL: u.String()}))
	return nil
}

func (d *Door) signIn(v *web.Visit) error {
	f, err := server.Form(v.R, "next")
	if err != nil {
		return err
	}
	name := v.R.PathValue("org")
	to, err := d.connect.SignIn(v.Context(), d.desk.Base, name, id(v), f["next"])
	if err != nil {
		return d.failed(v, err, FailedView{Again: web.Link{URL: "/o/" + url.PathEscape(name) + "/sign-in", Label: v.Page.Say("method.failed.sign_in")}})
	}
	return leave(v, to)
}

// confirm sends who is signed in to their connection's provider, to prove anew that it is they. Without a page to go on to, a form
// waits in another tab.
func (d *Door) confirm(v *web.Visit) error {
	f, err := server.Form(v.R, "next")
	if err != nil {
		return err
	}
	to, err := d.connect.Confirm(v.Context(), d.desk.Base, f["next"])
	if err != nil {
		return d.failed(v, err, FailedView{Again: confirming(v, f["next"])})
	}
	return leave(v, to)
}

// confirming leads to where it is confirmed again.
func confirming(v *web.Visit, next string) web.Link {
	return web.Link{URL: "/confirm?" + url.Values{"next": {web.Local(next)}}.Encode(), Label: v.Page.Say("method.failed.confirm")}
}

// failed tells why nobody came in, where there is something to tell; the rest is an error like any other.
func (d *Door) failed(v *web.Visit, err error, view FailedView) error {
	e := v.Told(err)
	switch e.Kind {
	case roster.Invalid, roster.Conflict, roster.Denied, roster.Limited, roster.Unavailable:
		view.Page, view.Message = v.Page, e.Message
		v.Answer(server.NewProblem(v.Context(), err).Status, Failed(view))
		return nil
	}
	return err
}

// held gives the invitation that the visitor's cookie holds, as the pages of coming in keep it.
func held(v *web.Visit) (roster.OrgID, string) {
	c, err := v.R.Cookie("__Host-invitation")
	if err != nil {
		return "", ""
	}
	org, key, _ := strings.Cut(c.Value, ".")
	return roster.OrgID(org), key
}

func (d *Door) accept(v *web.Visit) error {
	f, err := server.Form(v.R, "first_name", "last_name", "phone", "email")
	if err != nil {
		return err
	}
	org, key := held(v)
	to, err := d.connect.Accept(v.Context(), d.desk.Base, signin.Acceptance{Org: org, Secret: key, FirstName: f["first_name"], LastName: f["last_name"], Phone: f["phone"]})
	if err != nil {
		return d.failed(v, err, FailedView{Again: invitation(v)})
	}
	return leave(v, to)
}

func invitation(v *web.Visit) web.Link {
	return web.Link{URL: "/invitation", Label: v.Page.Say("method.failed.invitation")}
}

// back is where the provider leads. It changes nothing: what it brought is POSTed by a button, which a script presses.
func (d *Door) back(v *web.Visit) error {
	view := BackView{Page: v.Page, Method: id(v)}
	q := v.R.URL.Query()
	for _, name := range []string{"state", "code", "iss", "error"} {
		if value := q.Get(name); value != "" {
			view.Fields = append(view.Fields, web.Hidden{Name: name, Value: value})
		}
	}
	v.Show(Back(view))
	return nil
}

func (d *Door) finish(v *web.Visit) error {
	f, err := server.Form(v.R, "state", "code", "iss", "error")
	if err != nil {
		return err
	}
	flow := ""
	if c, err := v.R.Cookie(flowCookie); err == nil {
		flow = c.Value
	}
	v.SetCookie(flowCookie, "", -1)
	back, err := d.connect.Return(v.Context(), connect.Back{
		Base: d.desk.Base, Method: id(v), State: f["state"], Flow: flow, Agent: v.R.UserAgent(),
		Back: relying.Back{Code: f["code"], Issuer: f["iss"], Error: f["error"]},
	})
	if back.Purpose == connect.ToTest && roster.AsError(err).Kind == roster.Unauthenticated {
		return err
	}
	if err != nil {
		return d.failed(v, err, FailedView{Again: again(v, back), Claims: claims(back.Claims)})
	}
	switch back.Purpose {
	case connect.ToTest:
		v.Show(d.tested(v, back))
		return nil
	case connect.ToAccept:
		return joined(v, back)
	case connect.ToConfirm:
		return confirmed(v, back)
	}
	next := back.Next
	if web.Local(next) == "/" {
		next = "/o/" + back.Slug
	}
	begin(v, back.Signed)
	return v.Go(web.Local(next), "")
}

// begin gives the browser its session.
func begin(v *web.Visit, signed signin.Signed) {
	server.SetSession(v.W, signed.Secret, signed.Session.ExpiresAt.Sub(signed.Session.CreatedAt))
}

// confirmed goes on where that it is they was asked for.
func confirmed(v *web.Visit, back connect.Returned) error {
	v.GoOn(back.Signed.Session, back.Signed.Secret)
	if back.Next != "" {
		return v.Go(web.Local(back.Next), "")
	}
	v.Show(Confirmed(v.Page))
	return nil
}

// joined leads on from an accepted invitation.
func joined(v *web.Visit, back connect.Returned) error {
	v.SetCookie("__Host-invitation", "", -1)
	begin(v, back.Signed)
	if back.Accepted.Member.Status == roster.Blocked {
		v.Show(Waiting(WaitingView{v.Page, back.Accepted.Organisation.Name}))
		return nil
	}
	return v.Go("/o/"+back.Slug, "toast.joined", "organisation", back.Accepted.Organisation.Name)
}

// again leads to where it can be tried again.
func again(v *web.Visit, back connect.Returned) web.Link {
	switch {
	case back.Purpose == connect.ToAccept:
		return invitation(v)
	case back.Purpose == connect.ToConfirm:
		return confirming(v, back.Next)
	case back.Purpose == connect.ToTest:
		return web.Link{URL: "/o/" + back.Slug + "/settings/methods/" + id(v), Label: v.Page.Say("method.failed.method")}
	case back.Slug != "":
		return web.Link{URL: "/o/" + back.Slug + "/sign-in", Label: v.Page.Say("method.failed.sign_in")}
	}
	return web.Link{URL: "/sign-in", Label: v.Page.Say("method.failed.sign_in")}
}

func (d *Door) tested(v *web.Visit, back connect.Returned) templ.Component {
	return Tested(TestedView{
		Page: v.Page, Name: back.Method.Name, Identifier: back.Proven.Identifier, IdentifierClaim: back.Claim, Subject: back.Proven.Subject,
		Claims: claims(back.Claims), URL: "/o/" + back.Slug + "/settings/methods/" + back.Method.ID, Ready: back.Method.Enabled,
	})
}

func claims(all []relying.Claim) []Claim {
	var list []Claim
	for _, c := range all {
		list = append(list, Claim(c))
	}
	return list
}
