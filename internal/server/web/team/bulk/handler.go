package bulk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action"
	members "roster/internal/action/team"
	acts "roster/internal/action/team/bulk"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/server/web/team"
)

// Door answers the pages of acts on several members.
type Door struct {
	desk *web.Desk
	team *members.Room
	room *acts.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, t *members.Room, r *acts.Room) *Door { return &Door{d, t, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	for act, does := range map[string]act.Name{
		"block": act.MemberBlock, "unblock": act.MemberUnblock, "resend": act.MemberResend, "remove": act.MemberRemove,
		"add_role": act.MemberGrant, "withdraw_role": act.MemberGrant,
	} {
		m.Handle(server.Route{Method: http.MethodPost, Pattern: "/o/{org}/bulk/" + act, Action: string(does), Handler: d.desk.Inside(d.on(act, does))})
	}
}

// request is a form of these pages as it came.
type request struct {
	act    string
	does   act.Name
	fields map[string]string
	sel    Selection
	typed  Typed
}

// read reads a form.
func read(v *web.Visit, act string, does act.Name) (request, error) {
	f, err := server.OpenForm(v.R)
	if err != nil {
		return request{}, err
	}
	r := request{act: act, does: does, fields: f}
	for key := range f {
		id, member := strings.CutPrefix(key, prefix)
		switch {
		case member && roster.IsMemberID(id):
			r.sel.IDs = append(r.sel.IDs, roster.MemberID(id))
		case !slices.Contains([]string{"step", "query", "all", "after", "until", "count", "done", "refused", "reason", "role", "unit", "find", "confirm_count", "form_key"}, key):
			return r, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
		}
	}
	slices.Sort(r.sel.IDs)
	r.sel.Query, r.sel.All = f["query"], f["all"] != ""
	r.sel.After, r.sel.Until = roster.MemberID(f["after"]), roster.MemberID(f["until"])
	for name, into := range map[string]*int{"count": &r.sel.Count, "done": &r.sel.Done, "refused": &r.sel.Refused} {
		if *into, err = strconv.Atoi(f[name]); err != nil {
			*into = 0
		}
	}
	if r.sel.All {
		r.sel.IDs = nil
	}
	r.typed = Typed{Reason: f["reason"], Role: f["role"], Unit: f["unit"], Find: f["find"], Confirm: strings.TrimSpace(f["confirm_count"])}
	return r, nil
}

// deed is the act as the room takes it. Kind: Invalid.
func (r request) deed() (acts.Act, error) {
	a := acts.Act{Does: r.does, Reason: r.typed.Reason}
	if roles(r.act) {
		give := []members.Giving{{Role: r.typed.Role, Unit: roster.UnitID(r.typed.Unit)}}
		if r.typed.Role == "" {
			return a, roster.Errorf(roster.Invalid, "field_required", "Choose a role.").On("role")
		}
		if r.act == "add_role" {
			a.Add = give
		} else {
			a.Withdraw = give
		}
	}
	if _, err := roster.CleanText(a.Reason, roster.MaxReason); err != nil {
		return a, roster.AsError(err).On("reason")
	}
	return a, nil
}

// chosen gives all whom the form means and who are still to come, in one order that no act changes.
func (d *Door) chosen(v *web.Visit, s Selection) ([]roster.MemberID, error) {
	if !s.All {
		return s.IDs, acts.Check(s.IDs)
	}
	q, err := team.ParseFilter(s.Query).Chosen()
	if err != nil {
		return nil, err
	}
	ids, err := d.team.Chosen(v.Context(), q)
	slices.Sort(ids)
	return slices.DeleteFunc(ids, func(id roster.MemberID) bool { return id <= s.After || s.Until != "" && id > s.Until }), err
}

func (d *Door) on(act string, does act.Name) web.Handler {
	return func(v *web.Visit) error {
		r, err := read(v, act, does)
		if err != nil {
			return err
		}
		if !r.sel.All && len(r.sel.IDs) == 0 {
			return v.Go(r.sel.back(v.Page), "toast.bulk_none")
		}
		if r.fields["step"] != "do" {
			return d.ask(v, r, nil)
		}
		wrong := d.perform(v, r)
		if wrong == nil || roster.AsError(wrong).Kind == roster.Denied {
			return wrong // who may not do it may not try it either: one refusal is enough
		}
		return d.ask(v, r, wrong)
	}
}

// ask shows the question, with what would become of each where that is known: the act is tried, and taken back. wrong
// is why it was not done.
func (d *Door) ask(v *web.Visit, r request, wrong error) error {
	ids, err := d.chosen(v, Selection{Query: r.sel.Query, All: r.sel.All, IDs: r.sel.IDs})
	if err == nil {
		err = acts.Check(ids)
	}
	if err != nil {
		return err
	}
	r.sel.After, r.sel.Count, r.sel.Done, r.sel.Refused = "", len(ids), 0, 0
	if r.sel.All {
		r.sel.Until = slices.Max(ids)
	}
	view := AskView{Page: v.Page, Act: r.act, Selection: r.sel, Typed: r.typed, FormKey: web.FormKey()}
	if roles(r.act) {
		if err := d.offer(v, &view); err != nil {
			return err
		}
	}
	ids = ids[:min(len(ids), action.MostRows)]
	if deed, broken := r.deed(); broken == nil && (!roles(r.act) || r.fields["step"] == "try" || wrong != nil) {
		deed.DryRun, view.Tried = true, true
		outcomes, err := acts.Step(v.Context(), d.room, deed, ids)
		if err != nil {
			return err
		}
		view.Good, view.Bad = d.lines(v, ids, outcomes)
	} else {
		if r.fields["step"] != "ask" && wrong == nil {
			wrong = broken
		}
		view.Good = d.whom(v, ids)
	}
	if wrong == nil {
		v.Show(Ask(view))
		return nil
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return Ask(view)
	})
}

// offer fills in which roles there are, and where.
func (d *Door) offer(v *web.Visit, view *AskView) error {
	offer, err := d.team.Offer(v.Context())
	if err != nil {
		return err
	}
	for _, r := range offer.Roles {
		o := web.Option{Value: r.ID, Label: v.RoleName(r.ID), Text: v.Role(r.ID).Description, Checked: r.ID == view.Typed.Role || r.Key == view.Typed.Role}
		if len(r.Missing) > 0 {
			o.Note = v.Page.Say("bulk.role.lacking", "what", r.Missing[0])
		}
		view.Roles = append(view.Roles, o)
	}
	list, more := v.Places(view.Typed.Find)
	view.Places, view.More = append([]web.Option{{Label: v.Page.Say("bulk.where.all")}}, v.PlaceOptions(list, view.Typed.Unit)...), more
	if view.Typed.Unit != "" && !slices.ContainsFunc(view.Places, func(o web.Option) bool { return o.Checked }) {
		view.Places = append(view.Places, web.Option{Value: view.Typed.Unit, Label: v.PlaceName(roster.UnitID(view.Typed.Unit)), Checked: true})
	}
	return nil
}

// perform does the act on the first of those who are to come, and shows what became of each.
func (d *Door) perform(v *web.Visit, r request) error {
	deed, err := r.deed()
	if err != nil {
		return err
	}
	ids, err := d.chosen(v, r.sel)
	if err != nil {
		return err
	}
	if r.sel.After == "" {
		if err := r.confirmed(len(ids)); err != nil {
			return err
		}
	}
	call, err := v.Once(r.fields, func(any) roster.Member { return roster.Member{} })
	if err != nil {
		return err
	}
	some := ids[:min(len(ids), action.MostRows)]
	outcomes, err := acts.Step(v.Context(), d.room, deed, some)
	if err != nil {
		return err
	}
	view := OutcomeView{Page: v.Page, Act: r.act, Selection: r.sel, Typed: r.typed, FormKey: web.FormKey(), Again: call.Replay != nil}
	if !view.Again {
		view.Done, view.Refused = d.lines(v, some, outcomes)
		view.Selection.Done += len(view.Done)
		view.Selection.Refused += len(view.Refused)
		if view.Left = len(ids) - len(some); view.Left > 0 {
			view.Selection.After = some[len(some)-1]
		}
	}
	v.Show(Outcome(view))
	return nil
}

// confirmed holds an act to what its question said: how many they are and, of a removal, that it was typed.
func (r request) confirmed(now int) error {
	switch {
	case r.sel.All && now != r.sel.Count:
		return roster.Errorf(roster.Conflict, "selection_changed", "Meanwhile %d match, not %d. Look again, and confirm.", now, r.sel.Count)
	case r.act == "remove" && r.typed.Confirm != strconv.Itoa(now):
		return roster.Errorf(roster.Invalid, "count_differs", "Type %d, the number of members to remove.", now).On("confirm_count")
	}
	return nil
}

// whom names members.
func (d *Door) whom(v *web.Visit, ids []roster.MemberID) []Line {
	lines := make([]Line, len(ids))
	names := d.names(v, ids)
	for i, id := range ids {
		lines[i] = Line{ID: id, Name: names[id]}
	}
	return lines
}

// names finds out what members are called. Names are a help: whose cannot be found out is called by their ID.
func (d *Door) names(v *web.Visit, ids []roster.MemberID) map[roster.MemberID]string {
	all := map[roster.MemberID]string{}
	for _, id := range ids {
		all[id] = string(id)
	}
	known, _ := d.room.Who(v.Context(), ids)
	for _, m := range known {
		all[m.ID] = m.Label()
	}
	return all
}

// lines tells what became of each.
func (d *Door) lines(v *web.Visit, ids []roster.MemberID, outcomes acts.Outcomes) (done, refused []Line) {
	var unnamed []roster.MemberID
	for i, o := range outcomes {
		if o.Err != nil {
			unnamed = append(unnamed, ids[i])
		}
	}
	names := d.names(v, unnamed)
	for i, o := range outcomes {
		if o.Err == nil {
			done = append(done, Line{ID: ids[i], Name: o.Result.Label()})
			continue
		}
		refused = append(refused, Line{ID: ids[i], Name: names[ids[i]], Reason: v.Told(o.Err).Message})
	}
	return done, refused
}
