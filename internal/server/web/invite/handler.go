package invite

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action"
	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the page.
type Door struct {
	desk *web.Desk
	room *members.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *members.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/team/invite" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.MemberOffer, d.open)
	page(http.MethodPost, "", act.MemberInvite, d.invite)
	page(http.MethodPost, "/read", act.MemberOffer, d.read)
}

func (d *Door) open(v *web.Visit) error {
	q := v.R.URL.Query()
	view, err := d.view(v, Input{Kind: string(roster.Regular), Role: roster.RoleMember, Unit: q.Get("unit")})
	if err != nil {
		return err
	}
	if q.Get("kind") == string(roster.External) {
		view.Typed.Kind = string(roster.External)
	}
	v.Show(Page(view))
	return nil
}

// view gives the page with what can be chosen.
func (d *Door) view(v *web.Visit, typed Input) (View, error) {
	offer, err := d.room.Offer(v.Context())
	if err != nil {
		return View{}, err
	}
	view := View{Page: v.Page, Typed: typed, FormKey: web.FormKey(), Plan: offer.Plan, People: offer.Organisation.People, Domains: offer.Organisation.Domains, Methods: v.MethodOptions(typed.Method)}
	for _, r := range offer.Roles {
		o := web.Option{Value: r.Key, Label: v.RoleName(r.Key), Text: v.Role(r.Key).Description, Checked: r.Key == typed.Role}
		if r.For == roster.API {
			continue
		}
		if len(r.Missing) > 0 {
			o.Disabled, o.Reason = true, v.Page.Say("team.role.lacking", "what", r.Missing[0])
		}
		view.Roles = append(view.Roles, o)
	}
	list, more := v.Places(typed.Find)
	view.Places, view.MorePlaces = v.PlaceOptions(list, typed.Unit), more
	if typed.Unit != "" && !slices.ContainsFunc(view.Places, func(o web.Option) bool { return o.Checked }) {
		view.Places = append([]web.Option{{Value: typed.Unit, Label: v.PlaceName(roster.UnitID(typed.Unit)), Checked: true}}, view.Places...)
	}
	return view, nil
}

func (d *Door) invite(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "addresses", "kind", "unit", "unit_q", "role", "until", "message", "way", "do")
	if err != nil {
		return err
	}
	in := Input{Addresses: f["addresses"], Kind: f["kind"], Unit: f["unit"], Find: f["unit_q"], Role: f["role"], Until: f["until"], Message: f["message"], Method: f["way"]}
	if f["do"] == "find" {
		view, err := d.view(v, in)
		if err != nil {
			return err
		}
		v.Show(Page(view))
		return nil
	}
	outcomes, err := d.send(v, in, f)
	if err == nil {
		err = common(outcomes)
	}
	if err != nil {
		view, broken := d.view(v, in)
		if broken != nil {
			return broken
		}
		return v.Refuse(err, func(form web.Form) templ.Component {
			view.Form = form
			return Page(view)
		})
	}
	var left []string
	shown := make([]Outcome, len(outcomes))
	for i, o := range outcomes {
		if shown[i] = o.Outcome; o.Stays() {
			left = append(left, o.Typed)
		}
	}
	in.Addresses = strings.Join(left, "\n")
	view, err := d.view(v, in)
	if err != nil {
		return err
	}
	view.Outcomes = shown
	v.Show(Page(view))
	return nil
}

// sent is an outcome with what was wrong.
type sent struct {
	Outcome
	err *roster.Error
}

// send invites, or gives again what became of a form that comes again.
func (d *Door) send(v *web.Visit, in Input, f map[string]string) ([]sent, error) {
	until, err := web.EndOf(in.Until, time.Time{})
	if err != nil {
		return nil, err
	}
	call, err := v.Once(f, nil)
	if err != nil {
		return nil, err
	}
	who := roster.ParseRecipients(in.Addresses)
	call.Encode = func(result any) (roster.Answer, error) {
		var outcomes []Outcome
		for _, s := range sentOf(v, who, result.([]action.Outcome[members.View])) {
			outcomes = append(outcomes, s.Outcome)
		}
		body, err := json.Marshal(outcomes)
		return roster.Answer{Status: http.StatusOK, Body: string(body)}, err
	}
	giving := members.Giving{Role: in.Role, Until: until}
	like := members.Invitation{Kind: roster.MemberKind(in.Kind), Message: in.Message, NamesLater: true}
	if like.Kind == roster.External {
		like.Unit = in.Unit
	} else {
		giving.Unit = roster.UnitID(in.Unit)
	}
	like.Grants = []members.Giving{giving}
	all := make([]members.Invitation, len(who))
	for i, r := range who {
		all[i] = like
		all[i].Email, all[i].Profile = r.Address, roster.Profile{FirstName: r.FirstName, LastName: r.LastName}
		all[i].Coming = roster.Coming{Method: in.Method, Identifier: r.Address}.Clean()
	}
	outcomes, err := d.room.InviteEach(v.Context(), all)
	if err != nil {
		return nil, err
	}
	if call.Replay == nil {
		return sentOf(v, who, outcomes), nil
	}
	var before []Outcome
	err = json.Unmarshal([]byte(call.Replay.Body), &before)
	again := make([]sent, len(before))
	for i, o := range before {
		again[i].Outcome = o
	}
	return again, err
}

func sentOf(v *web.Visit, who []roster.Recipient, outcomes []action.Outcome[members.View]) []sent {
	all := make([]sent, len(outcomes))
	for i, o := range outcomes {
		all[i] = sent{Outcome{Typed: who[i].Typed}, o.Err}
		if o.Err != nil {
			all[i].Code, all[i].Reason, all[i].Member = o.Err.Code, v.Told(o.Err).Message, string(o.Err.Existing)
			continue
		}
		all[i].Member, all[i].Label = string(o.Result.ID), o.Result.Label()
		if o.Result.Name != "" {
			all[i].Label += " (" + o.Result.Email.Typed + ")"
		}
	}
	return all
}

// common gives what was wrong with all alike and is no address's: the role, the place or the message. The form
// says that once, at its field.
func common(all []sent) error {
	if len(all) == 0 || all[0].err == nil {
		return nil
	}
	first := all[0].err
	for _, s := range all {
		if s.err == nil || s.Code != first.Code {
			return nil
		}
	}
	if first.Field == "email" || first.Code == "seat_limit" || slices.ContainsFunc(first.Fields, func(f roster.FieldError) bool { return f.Field == "email" }) {
		return nil
	}
	return first
}

// read answers what a text names, and what is wrong with each at first sight, while it is typed.
func (d *Door) read(v *web.Visit) error {
	f, err := server.Form(v.R, "addresses", "kind")
	if err != nil {
		return err
	}
	all, err := d.room.Read(v.Context(), f["addresses"], roster.MemberKind(f["kind"]))
	if err != nil {
		return err
	}
	type line struct {
		Typed string `json:"typed"`
		Name  string `json:"name"`
		Label string `json:"label"`
		Wrong string `json:"wrong"`
	}
	list := make([]line, len(all))
	for i, r := range all {
		list[i] = line{Typed: r.Typed, Label: r.Address, Name: strings.TrimSpace(r.FirstName + " " + r.LastName)}
		if r.Wrong != nil {
			list[i].Wrong = v.Told(r.Wrong).Message
		}
	}
	v.W.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.W).Encode(map[string]any{"recipients": list})
}
