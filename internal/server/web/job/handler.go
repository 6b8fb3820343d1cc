package job

import (
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/letters"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages.
type Door struct {
	desk    *web.Desk
	letters *letters.Room
	imports *imports.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, l *letters.Room, i *imports.Room) *Door { return &Door{d, l, i} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/jobs" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.LetterList, d.list)
	page(http.MethodPost, "/send-again", act.MemberResend, d.again)
	page(http.MethodGet, "/imports", act.JobList, d.work)
}

// atOnce is how many letters a page shows.
const atOnce = 25

func (d *Door) list(v *web.Visit) error {
	q := v.R.URL.Query()
	view, err := d.view(v, At{q.Get("state"), q.Get("kind"), q.Get("cursor")})
	if err == nil {
		v.Show(Letters(view))
	}
	return err
}

// view loads a page of letters. Where none is asked for, those are shown that ask for somebody.
func (d *Door) view(v *web.Visit, at At) (LettersView, error) {
	view := LettersView{Page: v.Page, Now: v.Now(), At: at}
	if at.State != "" && at.State != every && states(at.State) == nil {
		return view, letters.UnknownState().On("state")
	}
	q := letters.Query{States: states(at.State), Kind: at.Kind, Cursor: at.Cursor, Limit: atOnce}
	p, err := d.letters.List(v.Context(), q)
	if err != nil {
		return view, err
	}
	view.Counts, view.Hour = p.Counts, p.Hour
	if at.State == "" {
		if view.At = (At{State: view.first(), Kind: at.Kind}); view.At.State != every {
			q.States = states(view.At.State)
			if p, err = d.letters.List(v.Context(), q); err != nil {
				return view, err
			}
		}
	}
	for _, l := range p.Letters {
		view.Rows = append(view.Rows, Letter{l})
	}
	view.Pager.Shown = v.Page.Say("letter.shown", "n", v.Page.Number(len(view.Rows)), "total", v.Page.Number(p.Total))
	if view.At.Cursor != "" {
		view.Pager.FirstURL = view.url(At{State: view.At.State, Kind: view.At.Kind})
	}
	if p.Next != "" {
		view.Pager.NextURL = view.url(At{view.At.State, view.At.Kind, p.Next})
	}
	return view, nil
}

// again sends a letter again, or without one all that can be.
func (d *Door) again(v *web.Visit) error {
	f, err := server.Form(v.R, "letter", "state", "kind", "cursor")
	if err != nil {
		return err
	}
	at := At{f["state"], f["kind"], f["cursor"]}
	var ids []string
	if f["letter"] != "" {
		ids = []string{f["letter"]}
	}
	chosen, err := d.letters.Chosen(v.Context(), ids)
	if err != nil {
		return err
	}
	all, err := d.letters.SendAgain(v.Context(), chosen.Letters)
	switch {
	case err != nil:
	case ids == nil:
		return d.sent(v, at, chosen, all)
	case all[0].Err != nil:
		err = all[0].Err
	default:
		return v.Go(LettersView{Page: v.Page}.url(At{State: at.State, Kind: at.Kind}), "toast.resent", "name", all[0].Result.Label())
	}
	view, broken := d.view(v, at)
	if broken != nil {
		return err // who may not see it is told what was wrong alone
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Letters(view)
	})
}

// sent tells what became of several letters that were to be sent again.
func (d *Door) sent(v *web.Visit, at At, chosen letters.Choice, all []letters.Outcome) error {
	told := Told{Left: chosen.Left}
	for _, o := range all {
		if o.Err != nil {
			told.refuse(v.Told(o.Err).Message)
		} else {
			told.Done++
		}
	}
	if len(told.Refusals) == 0 && told.Left == 0 {
		return v.Go(LettersView{Page: v.Page}.url(At{State: at.State, Kind: at.Kind}), "toast.letters_resent", "n", v.Page.Number(told.Done))
	}
	view, err := d.view(v, at)
	if err == nil {
		view.Told = &told
		v.Show(Letters(view))
	}
	return err
}

// work shows imports, and what there is about exports.
func (d *Door) work(v *web.Visit) error {
	all, err := d.imports.Survey(v.Context())
	view := WorkView{Page: v.Page, Now: v.Now(), Exports: all.Exports}
	for _, w := range all.Imports {
		view.Rows = append(view.Rows, Work{w})
	}
	if err == nil {
		v.Show(Imports(view))
	}
	return err
}
