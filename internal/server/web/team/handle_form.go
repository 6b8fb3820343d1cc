package team

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	members "roster/internal/action/team"
	"roster/internal/action/team/profile"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) addPage(v *web.Visit) error {
	view, err := d.addView(v, nil)
	if err != nil {
		return err
	}
	view.Typed.Kind = v.R.URL.Query().Get("kind")
	view.Typed.Role, view.Typed.Unit = roster.RoleMember, v.R.URL.Query().Get("unit")
	view.places(v)
	v.Show(Add(view))
	return nil
}

// places offers customer accounts for an external user: those that a search finds, and the chosen one.
func (a *AddView) places(v *web.Visit) {
	list, more := v.Places(a.Typed.Find)
	a.Places, a.MorePlaces = v.PlaceOptions(list, a.Typed.Unit), more
	if a.Typed.Unit != "" && !slices.ContainsFunc(a.Places, func(o web.Option) bool { return o.Checked }) {
		a.Places = append([]web.Option{{Value: a.Typed.Unit, Label: v.PlaceName(roster.UnitID(a.Typed.Unit)), Checked: true}}, a.Places...)
	}
}

func (d *Door) addView(v *web.Visit, f map[string]string) (AddView, error) {
	offer, err := d.room.Offer(v.Context())
	if err != nil {
		return AddView{}, err
	}
	return AddView{
		Page: v.Page, Roles: offered(v, offer.Roles), Seats: seats(v), FormKey: web.FormKey(),
		PhoneRequired: offer.Organisation.PhoneRequired, TTL: offer.Organisation.InvitationTTL,
		Way: v.Ways(web.WayIn{Offered: v.Page.May(string(act.MemberCreate)), Lasts: v.Page.Span(offer.Organisation.InvitationTTL), Check: v.Page.In("team", "add", "criteria")}, f),
	}, nil
}

func offered(v *web.Visit, all []members.RoleOffer) []Role {
	var roles []Role
	for _, r := range all {
		role := Role{Key: r.Key, Name: v.RoleName(r.Key), Description: v.Role(r.Key).Description, For: r.For}
		if r.ID == roster.RoleOwner {
			role.For = roster.Regular
		}
		if len(r.Missing) > 0 {
			role.Reason = v.Page.Say("team.role.lacking", "what", r.Missing[0])
		}
		roles = append(roles, role)
	}
	return roles
}

func (d *Door) add(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "kind", "email", "first_name", "last_name", "name", "phone", "role", "message", "invitation_ttl", "start_blocked", "unit", "unit_q", "way", "identifier", "password", "repeat", "do", "ends_on")
	if err != nil {
		return err
	}
	in := Input{
		Unit: f["unit"], Find: f["unit_q"], Password: f["way"] == "password", Kind: f["kind"], FirstName: f["first_name"], LastName: f["last_name"], Name: f["name"], Email: f["email"], Phone: f["phone"],
		Role: f["role"], StartBlocked: f["start_blocked"] != "", InvitationTTL: f["invitation_ttl"], Message: f["message"], End: f["ends_on"],
	}
	if f["do"] == "find" {
		view, err := d.addView(v, f)
		if err != nil {
			return err
		}
		view.Typed = in
		view.places(v)
		v.Show(Add(view))
		return nil
	}
	switch {
	case in.Kind == "api":
		err = d.addAPIUser(v, in, f)
	case in.Kind != "regular" && in.Kind != "external":
		err = roster.Errorf(roster.Invalid, "kind_unknown", "Choose whom to add: a regular, an external or an API user.").On("kind")
	case in.Password:
		err = d.create(v, in, f)
	default:
		err = d.invite(v, in, f)
	}
	if err == nil {
		return nil
	}
	view, broken := d.addView(v, f)
	if broken != nil {
		return broken
	}
	view.Typed = in
	view.places(v)
	if view.Existing, broken = d.existing(v, in.Email, err); broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Add(view)
	})
}

// existing leads to the member who has the address, where that is what was wrong.
func (d *Door) existing(v *web.Visit, email string, wrong error) (web.Link, error) {
	here := roster.Is(wrong, "already_invited") || roster.Is(wrong, "already_member")
	if !here || !v.Page.May(string(act.MemberList)) {
		return web.Link{}, nil
	}
	address, err := roster.ParseEmail(email)
	if err != nil {
		return web.Link{}, err
	}
	page, err := d.room.List(v.Context(), members.Query{Text: address.Folded})
	for _, m := range page.Members {
		if m.Email.Folded == address.Folded {
			return web.Link{URL: v.Page.In("team", string(m.ID)), Label: m.Label()}, nil
		}
	}
	return web.Link{}, err
}

func (d *Door) invite(v *web.Visit, in Input, f map[string]string) error {
	ttl, err := lifetimeOf(in.InvitationTTL)
	if err != nil {
		return err
	}
	call, err := v.Once(f, func(r any) roster.Member { return r.(members.View).Member })
	if err != nil {
		return err
	}
	who := in.invitation()
	who.TTL, who.Message, who.Coming = ttl, in.Message, web.Coming(f)
	m, err := d.room.Invite(v.Context(), who)
	if err != nil {
		return err
	}
	if call.Replay != nil {
		return v.Go(v.Page.In("team", call.Replay.Body), "toast.made_already")
	}
	return v.Go(v.Page.In("team", string(m.ID)), "toast.invited", "name", m.Label())
}

func roleOf(in Input) []members.Giving {
	if in.Role == "" {
		return nil
	}
	return members.RoleGivings(in.Role)
}

// lifetimeOf reads a form's lifetime; empty for the organisation's own.
func lifetimeOf(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	ttl, err := time.ParseDuration(s)
	if err != nil {
		return 0, roster.Errorf(roster.Invalid, "invitation_ttl_invalid", "Choose how long the invitation lasts.").On("invitation_ttl")
	}
	return ttl, nil
}

// addAPIUser answers the POST itself with the secret: a reload finds the key used and shows none.
func (d *Door) addAPIUser(v *web.Visit, in Input, f map[string]string) error {
	call, err := v.Once(f, func(r any) roster.Member { return r.(members.MadeAPIUser).Member })
	if err != nil {
		return err
	}
	end, err := web.EndOf(in.End, time.Time{})
	if err != nil {
		return roster.AsError(err).On("ends_on")
	}
	made, err := d.room.CreateAPIUser(v.Context(), members.APIUser{Name: in.Name, Grants: roleOf(in), StartBlocked: in.StartBlocked, Ends: end})
	if err != nil {
		return err
	}
	if call.Replay == nil {
		v.Show(d.secrets(v.Page, made.Member, made.Secret))
		return nil
	}
	m, err := d.room.Show(v.Context(), roster.MemberID(call.Replay.Body))
	if err != nil {
		return err
	}
	v.Show(d.secrets(v.Page, m.Member, ""))
	return nil
}

func (d *Door) editPage(v *web.Visit) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	view, err := d.editView(v, m)
	if err != nil {
		return err
	}
	view.Typed = Input{FirstName: m.FirstName, LastName: m.LastName, Name: m.Name, Phone: m.Phone, ExternalID: m.ExternalID}
	if held := m.Roles(); len(held) > 0 && simple(m) {
		view.Typed.Role = held[0]
	}
	v.Show(Edit(view))
	return nil
}

// simple tells whether one choice of a role says all that a member holds: one role without an end, where the form would
// put it, or nothing. Anything else the form shows and leaves alone.
func simple(m members.View) bool {
	if len(m.Grants) == 0 {
		return true
	}
	g := m.Grants[0]
	return len(m.Grants) == 1 && g.Role != "" && g.Unit == m.Unit && g.Until.IsZero()
}

// editView offers the role only where one choice says it all, and else shows what is held.
func (d *Door) editView(v *web.Visit, m members.View) (EditView, error) {
	offer, err := d.offer(v, m.Member)
	if err != nil {
		return EditView{}, err
	}
	view := EditView{Page: v.Page, Row: rowOf(v, m), PhoneRequired: offer.Organisation.PhoneRequired, Version: strconv.FormatInt(m.Version, 10)}
	if view.Way = v.Page.Say("method.password"); m.Coming.Connected() {
		view.Way = m.Coming.Identifier
		for _, o := range v.MethodOptions(m.Coming.Method) {
			if o.Checked {
				view.Way = o.Label + " (" + m.Coming.Identifier + ")"
			}
		}
	}
	if !simple(m) {
		view.Held, view.Moment = grantsOf(v, profile.Profile{View: m}), m.Now
		return view, nil
	}
	for _, r := range offered(v, offer.Roles) {
		if r.fits(m.Kind) {
			view.Roles = append(view.Roles, r)
		}
	}
	return view, nil
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "first_name", "last_name", "name", "phone", "role", "external_id")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil || version < 1 {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	in := Input{FirstName: f["first_name"], LastName: f["last_name"], Name: f["name"], Phone: f["phone"], Role: f["role"], ExternalID: f["external_id"]}
	edit := members.Edit{Version: version, Profile: func(m roster.Member) roster.Profile {
		if m.Kind == roster.API {
			return roster.Profile{Name: in.Name}
		}
		return roster.Profile{FirstName: in.FirstName, LastName: in.LastName, Phone: in.Phone}
	}}
	if external, is := f["external_id"]; is {
		edit.ExternalID = &external
	}
	if in.Role != "" {
		edit.Grants, err = d.chosen(v, in.Role, version)
	}
	var m members.View
	if err == nil {
		m, err = d.room.Edit(v.Context(), id(v), edit)
	}
	if err == nil {
		return v.Go(v.Page.Home(m.ID), "toast.edited", "name", m.Label())
	}
	was, broken := d.room.Show(v.Context(), id(v))
	if broken != nil {
		return broken
	}
	view, broken := d.editView(v, was)
	if broken != nil {
		return broken
	}
	view.Typed = in
	if roster.Is(err, "changed_meanwhile") {
		view.Now = differing(v, was, in)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Edit(view)
	})
}

// chosen gives the grants that a choice of a role asks for, of a member as the form saw them. One role at a place of its own
// or until a day is no choice of this form: chosen again it stays as it is. Kind: Conflict, code access_apart.
func (d *Door) chosen(v *web.Visit, role string, version int64) (*[]members.Giving, error) {
	was, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return nil, err
	}
	if held := was.Roles(); was.Version == version && !simple(was) { // else the edit itself tells of what is stale
		if len(was.Grants) == 1 && len(held) == 1 && held[0] == role {
			return nil, nil
		}
		return nil, roster.Errorf(roster.Conflict, "access_apart", "What %s holds is more than this form can change. Use “Edit access” instead.", was.Label())
	}
	grants := members.RoleGivings(role)
	return &grants, nil
}

// differing gives what a member's fields hold where something else was typed.
func differing(v *web.Visit, m members.View, typed Input) []web.Stands {
	say := func(field string) string { return v.Page.Say("layout.field." + field) }
	triples := []string{say("external_id"), m.ExternalID, typed.ExternalID}
	if m.Kind == roster.API {
		triples = append(triples, say("name"), m.Name, typed.Name)
	} else {
		triples = append(triples, say("first_name"), m.FirstName, typed.FirstName, say("last_name"), m.LastName, typed.LastName, say("phone"), m.Phone, typed.Phone)
	}
	if typed.Role != "" {
		var held []string
		for _, key := range m.Roles() {
			held = append(held, v.RoleName(key))
		}
		triples = append(triples, say("role"), strings.Join(held, ", "), v.RoleName(typed.Role))
	}
	return web.Differing(triples...)
}
