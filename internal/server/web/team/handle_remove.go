package team

import (
	"strings"

	"github.com/a-h/templ"

	members "roster/internal/action/team"
	"roster/internal/action/team/removal"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// RemoveView is the question before a removal, with what hangs on the member in sentences.
type RemoveView struct {
	Question
	LastOwner bool
	Alone     []string     // what nobody else has
	Hangs     []string     // what somebody else could take over
	Takers    []web.Option // who could, nobody first
}

func (d *Door) removePage(v *web.Visit) error {
	view, err := d.removeView(v, v.R.URL.Query().Get("hand_over_to"))
	if err != nil {
		return err
	}
	v.Show(Remove(view))
	return nil
}

// removeView asks with a taker, who may be nobody.
func (d *Door) removeView(v *web.Visit, taker string) (RemoveView, error) {
	r, err := d.removals.Look(v.Context(), id(v), taker)
	if err != nil {
		return RemoveView{}, err
	}
	view := RemoveView{Question: Question{Page: v.Page, Row: rowOf(v, r.View)}, LastOwner: r.LastOwner}
	v.LookUpGrants(r.Alone)
	for _, g := range r.Alone {
		view.Alone = append(view.Alone, v.Page.Say("removal.alone", "what", v.GrantName(g).Name, "where", v.PlaceName(g.Unit)))
	}
	for _, u := range r.Accounts {
		view.Alone = append(view.Alone, v.Page.Say("removal.account", "name", u.Name))
	}
	view.Hangs = hangs(v, r)
	if len(view.Hangs) > 0 {
		view.Takers = takers(v, r)
	}
	return view, nil
}

// hangs writes what hangs on the member, and what becomes of it with the taker.
func hangs(v *web.Visit, r removal.Removal) []string {
	var lines []string
	for _, w := range r.Waiting {
		v.LookUpGrants(append(w.Passes, w.Stays...))
	}
	for _, w := range r.Waiting {
		if len(w.Passes)+len(w.Stays) == 0 {
			lines = append(lines, v.Page.Say("removal.waits", "name", w.Label()))
		}
		for _, g := range w.Passes {
			lines = append(lines, v.Page.Say("removal.passes", "name", w.Label(), "what", v.GrantName(g).Name, "where", v.PlaceName(g.Unit), "taker", r.Taker.Label()))
		}
		for _, g := range w.Stays {
			lines = append(lines, v.Page.Say("removal.left", "name", w.Label(), "what", v.GrantName(g).Name, "where", v.PlaceName(g.Unit)))
		}
	}
	for _, m := range r.APIUsers {
		lines = append(lines, v.Page.Say("removal.api", "name", m.Label()))
	}
	if r.More {
		lines = append(lines, v.Page.Say("removal.more"))
	}
	return lines
}

// takers are who could take over; the one that was chosen is among them.
func takers(v *web.Visit, r removal.Removal) []web.Option {
	options := []web.Option{{Label: v.Page.Say("removal.nobody")}}
	all := r.Takers
	if r.Taker.ID != "" {
		all = append([]roster.Member{r.Taker}, all...)
	}
	for _, m := range all {
		label := m.Label()
		if m.Email.Typed != label {
			label += " (" + m.Email.Typed + ")"
		}
		o := web.Option{Value: string(m.ID), Label: label, Checked: m.ID == r.Taker.ID}
		if len(options) < 2 || options[1].Value != o.Value {
			options = append(options, o)
		}
	}
	return options
}

func (d *Door) remove(v *web.Visit) error {
	f, err := server.Form(v.R, "confirm_name", "hand_over_to")
	if err != nil {
		return err
	}
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	r, err := d.end(v, m, f)
	if err == nil {
		return v.Go(v.Page.List(), done(r), "name", m.Label(), "taker", r.Taker.Label())
	}
	if roster.AsError(err).Kind == roster.Denied {
		return err // who may not remove may not look at what it would do: one refusal is enough
	}
	taker := f["hand_over_to"]
	if roster.Is(err, "taker_unknown") {
		taker = ""
	}
	view, broken := d.removeView(v, taker)
	if broken != nil {
		return broken
	}
	view.Typed = f["confirm_name"]
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Remove(view)
	})
}

func done(r removal.Removal) string {
	if r.Taker.ID != "" {
		return "toast.handed_over"
	}
	return "toast.removed"
}

func (d *Door) end(v *web.Visit, m members.View, f map[string]string) (removal.Removal, error) {
	if !m.Pending() && strings.Join(strings.Fields(f["confirm_name"]), " ") != m.Label() {
		return removal.Removal{}, roster.Errorf(roster.Invalid, "name_differs", "Type the name exactly as it stands here: %s.", m.Label()).On("confirm_name")
	}
	return d.removals.Remove(v.Context(), m.ID, f["hand_over_to"])
}
