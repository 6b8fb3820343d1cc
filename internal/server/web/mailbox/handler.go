package mailbox

import (
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/signin/mailbox"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store/mailboxdb"
)

// Door answers the pages.
type Door struct {
	desk *web.Desk
	room *mailbox.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *mailbox.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h http.Handler) {
		m.Handle(server.Route{Method: method, Pattern: pattern, Action: string(a), Handler: h})
	}
	page(http.MethodGet, "/me/email", act.EmailOffer, d.desk.Beside(d.changePage))
	page(http.MethodPost, "/me/email", act.EmailAsk, d.desk.Beside(d.ask))
	page(http.MethodPost, "/me/email/withdraw", act.EmailWithdraw, d.desk.Beside(d.withdraw))
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/email-change/{secret}", Action: string(act.EmailLink), Secret: true, Handler: d.desk.Open(carried().ArriveAlone)})
	page(http.MethodGet, "/email", act.EmailLink, d.desk.Open(d.linkPage))
	page(http.MethodPost, "/email", act.EmailProve, d.desk.Open(d.prove))
	page(http.MethodPost, "/email/refuse", act.EmailRefuse, d.desk.Open(d.refuse))
	page(http.MethodPost, "/email/undo", act.EmailUndo, d.desk.Open(d.undo))
}

// carried is a link's secret, from its link to its page.
func carried() web.Carried {
	return web.Carried{Cookie: "__Host-email", Prefix: act.EmailPrefix, Page: "/email"}
}

func (d *Door) changePage(v *web.Visit) error {
	s, err := d.room.Offer(v.Context())
	if err != nil {
		return err
	}
	v.Show(Change(ChangeView{Page: v.Page, Now: s.Person.Email.Typed, Asked: s.Waiting.Fresh.Typed}))
	return nil
}

// ask answers alike for every address: whose it is, is found out when the letters are sent.
func (d *Door) ask(v *web.Visit) error {
	f, err := server.Form(v.R, "email")
	if err != nil {
		return err
	}
	if _, err = d.room.Ask(v.Context(), f["email"]); err == nil {
		return v.Go("/me"+v.Page.Around(), "toast.email_asked")
	}
	if roster.Is(err, "email_managed") || roster.Is(err, "own_proof_needed") {
		return err
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Change(ChangeView{Page: v.Page, Form: form, Now: v.Page.Viewer.Email, Typed: f["email"]})
	})
}

func (d *Door) withdraw(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.room.Withdraw(v.Context()); err != nil {
		return err
	}
	return v.Go("/me"+v.Page.Around(), "toast.email_withdrawn")
}

func (d *Door) linkPage(v *web.Visit) error {
	l, err := d.room.Link(v.Context(), carried().HeldAlone(v))
	if err != nil {
		return closed(v, err)
	}
	v.Show(page(v, l, web.Form{}))
	return nil
}

// page gives the page of a link.
func page(v *web.Visit, l mailbox.Link, f web.Form) templ.Component {
	view := LinkView{Page: v.Page, Form: f, Old: l.Was.Typed, New: l.Fresh.Typed}
	switch l.Side {
	case mailboxdb.Old:
		view.Proved = !l.OldAt.IsZero()
		return Leaving(view)
	case mailboxdb.New:
		view.Old, view.Proved = "", !l.NewAt.IsZero()
		return Taking(view)
	}
	return Back(view)
}

// closed says that a link does not work.
func closed(v *web.Visit, err error) error {
	if !roster.Is(err, "email_link_over") {
		return err
	}
	carried().Drop(v)
	v.Answer(http.StatusGone, Over(OverView{v.Page}))
	return nil
}

// again shows a link's page with why it did not do what it is for.
func (d *Door) again(v *web.Visit, wrong error) error {
	if roster.Is(wrong, "email_link_over") {
		return closed(v, wrong)
	}
	l, err := d.room.Link(v.Context(), carried().HeldAlone(v))
	if err != nil {
		return closed(v, err)
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component { return page(v, l, form) })
}

func (d *Door) prove(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	c, err := d.room.Prove(v.Context(), carried().HeldAlone(v))
	switch {
	case err != nil:
		return d.again(v, err)
	case c.State != mailboxdb.Done:
		return v.Go("/email", "")
	}
	carried().Drop(v)
	return v.Go("/sign-in", "toast.email_changed", "email", c.Fresh.Typed)
}

func (d *Door) refuse(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.room.Refuse(v.Context(), carried().HeldAlone(v)); err != nil {
		return closed(v, err)
	}
	carried().Drop(v)
	v.Show(Refused(RefusedView{v.Page}))
	return nil
}

// undo leads on to the choice of a password, where there is one to choose.
func (d *Door) undo(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	done, err := d.room.Undo(v.Context(), carried().HeldAlone(v))
	if err != nil {
		return d.again(v, err)
	}
	carried().Drop(v)
	if done.Choice != "" {
		return v.Go(act.RecoveryPath(done.Choice), "")
	}
	return v.Go("/sign-in", "toast.email_restored", "email", done.Email.Typed)
}
