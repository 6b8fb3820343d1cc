// Package people answers the pages of files that describe an organisation's people: one is sent or written there, its plan
// looked at and applied step by step, and the present state taken along as one. What the file says and does is the room's.
package people

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"roster/internal/act"
	members "roster/internal/action/team"
	"roster/internal/action/team/apply"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages.
type Door struct {
	desk *web.Desk
	team *members.Room
	room *apply.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, t *members.Room, r *apply.Room) *Door { return &Door{d, t, r} }

// mostText bounds a file here, in bytes: it goes along from page to page, and once more while it waits for a confirmation.
const mostText = 256 << 10

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, most int64, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/people" + pattern, Action: string(a), MaxBody: most, Patient: a == act.PeopleExport, Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.MemberOffer, 0, d.form)
	page(http.MethodPost, "/read", act.PeoplePlan, mostText+server.FileRoom, d.read)
	page(http.MethodPost, "/plan", act.PeoplePlan, 0, d.plan)
	page(http.MethodPost, "/apply", act.PeopleApply, 0, d.apply)
	page(http.MethodPost, "/export", act.PeopleExport, 0, d.export)
}

func (d *Door) form(v *web.Visit) error {
	if _, err := d.team.Offer(v.Context()); err != nil { // who may add nobody has nothing to plan
		return err
	}
	v.Show(Start(StartView{Page: v.Page}))
	return nil
}

// read takes a file that is sent, and plans it.
func (d *Door) read(v *web.Visit) error {
	data, err := server.File(v.R, "file", mostText)
	if roster.Is(err, "too_large") {
		err = tooLarge()
	}
	if err != nil {
		return v.Refuse(roster.AsError(err).On("file"), func(f web.Form) templ.Component { return Start(StartView{Page: v.Page, Form: f}) })
	}
	return d.planned(v, string(data))
}

func tooLarge() *roster.Error {
	return roster.Errorf(roster.Invalid, "too_large", "Files of up to %d KiB are planned here. Larger ones go by “roster people apply” or the API.", mostText>>10).On("file")
}

// plan takes a file that was written or mended on the page.
func (d *Door) plan(v *web.Visit) error {
	f, err := server.Form(v.R, "text", "form_key", "from", "done", "refused")
	if err != nil {
		return err
	}
	return d.planned(v, f["text"])
}

// planned shows the plan of a text, or the text with what is wrong with it.
func (d *Door) planned(v *web.Visit, text string) error {
	file, err := parsed(text)
	if err != nil {
		return mend(v, err, text)
	}
	r, err := d.room.Plan(v.Context(), file)
	if err != nil {
		return mend(v, err, text)
	}
	v.Show(Plan(PlanView{Page: v.Page, Text: text, FormKey: web.FormKey(), Items: file.Items(), Prune: file.Prune, Lines: lines(v, r), Done: r.Done, Refused: r.Refused}))
	return nil
}

// mend shows a text again with what is wrong with it.
func mend(v *web.Visit, err error, text string) error {
	return v.Refuse(atText(err), func(f web.Form) templ.Component { return Start(StartView{Page: v.Page, Form: f, Text: text}) })
}

// atText gives what is wrong with a file as faults of the one field that holds it, each beginning with its place there.
func atText(err error) error {
	e := *roster.AsError(err)
	if e.Kind != roster.Invalid {
		return err
	}
	e.Fields = slices.Clone(e.Fields)
	for i, f := range e.Fields {
		said := roster.Phrasef("%s: %s", f.Field, f.Said)
		e.Fields[i] = roster.FieldError{Field: "text", Code: f.Code, Message: said.String(), Said: said}
	}
	return e.On("text")
}

func parsed(text string) (people.File, error) {
	if len(text) > mostText {
		return people.File{}, tooLarge()
	}
	return people.Read([]byte(text))
}

// apply does the next step of a file and shows what became of it.
func (d *Door) apply(v *web.Visit) error {
	f, err := server.Form(v.R, "text", "form_key", "from", "done", "refused")
	if err != nil {
		return err
	}
	file, err := parsed(f["text"])
	if err != nil {
		return mend(v, err, f["text"])
	}
	from, err := apply.ParsePlace(f["from"])
	if err != nil {
		return err
	}
	call, err := v.Once(f, func(any) roster.Member { return roster.Member{} })
	if err != nil {
		return err
	}
	r, err := d.room.Step(v.Context(), file, from)
	if err != nil {
		return mend(v, err, f["text"])
	}
	view := OutcomeView{Page: v.Page, Text: f["text"], FormKey: web.FormKey(), Again: call.Replay != nil}
	if !view.Again {
		view.Next, view.At, view.Total = "", r.Next.Task, r.Total
		if !r.Over() {
			view.Next = r.Next.String()
		}
		for _, l := range lines(v, r) {
			if l.Reason == "" {
				view.Made = append(view.Made, l)
			} else {
				view.Refused = append(view.Refused, l)
			}
		}
		view.DoneAll, view.RefusedAll = number(f["done"])+r.Done, number(f["refused"])+r.Refused
	}
	v.Show(Outcome(view))
	return nil
}

// number reads a count that a form carries; it is only shown.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// export sends the present state as a file.
func (d *Door) export(v *web.Visit) error {
	f, err := server.Form(v.R, "format")
	if err != nil {
		return err
	}
	format, err := people.ParseFormat(f["format"])
	if err != nil {
		return err
	}
	file, err := d.room.Export(v.Context(), format)
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: file.Name, Media: file.Media, Size: file.Size, ReadCloser: file})
}

// lines tells each change as people read it.
func lines(v *web.Visit, r apply.Result) []Line {
	all := make([]Line, len(r.Changes))
	for i, c := range r.Changes {
		l := Line{Line: c.Line, Name: c.Name, Act: v.Page.Say("people.what." + c.What), ClientID: c.ClientID, Secret: c.Secret}
		if c.Does != "" {
			l.Act = v.Page.Say("people.act." + string(c.Does))
		}
		for _, f := range c.Fields {
			l.Fields = append(l.Fields, v.Page.Alter(f.Name, f.From, f.To))
		}
		l.Gained, l.Lost = grants(v, c.Gained), grants(v, c.Lost)
		if c.Err != nil {
			l.Reason = reason(v, c.Err)
		}
		all[i] = l
	}
	return all
}

// reason says why a change was refused, each field by its name where several are at fault.
func reason(v *web.Visit, err *roster.Error) string {
	e := v.Told(err)
	if len(e.Fields) == 0 {
		return e.Message
	}
	text := ""
	for i, f := range e.Fields {
		if i > 0 {
			text += " "
		}
		text += f.Field + ": " + f.Message
	}
	return text
}

// grants says what somebody gains or loses.
func grants(v *web.Visit, all []apply.Grant) []string {
	texts := make([]string, len(all))
	for i, g := range all {
		what := g.Permission + g.Scope
		if g.Role != "" {
			if what = v.RoleName(g.Role); what == g.Role && g.RoleName != "" {
				what = g.RoleName
			}
		}
		texts[i] = v.Page.Held(what, cmp.Or(g.UnitName, g.Unit), g.Until)
	}
	return texts
}
