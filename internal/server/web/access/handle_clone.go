package access

import (
	"slices"

	"github.com/a-h/templ"

	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) clonePage(v *web.Visit) error {
	view, err := d.cloneView(v, nil)
	if err != nil {
		return err
	}
	v.Show(Clone(view))
	return nil
}

func (d *Door) cloneView(v *web.Visit, f map[string]string) (CloneView, error) {
	offer, err := d.rooms.Team.CloneOffer(v.Context(), id(v))
	if err != nil {
		return CloneView{}, err
	}
	view := CloneView{Page: v.Page, Subject: subjectOf(offer.Source), PhoneRequired: v.Entry.Organisation.PhoneRequired && offer.Source.Kind == roster.Regular, FormKey: web.FormKey()}
	if offer.Source.Kind != roster.API {
		view.Way = v.Ways(web.WayIn{}, f)
	}
	d.named(v)
	grants := slices.Clone(offer.Comes)
	for _, l := range offer.LeftOut {
		grants = append(grants, l.Grant)
	}
	v.LookUpGrants(grants)
	if end := offer.Source.Ends; !end.IsZero() {
		view.Along = append(view.Along, Source{What: v.Page.Say("access.clone.end"), Where: v.Page.Say("access.clone.end.text"), Until: end})
	}
	for _, g := range offer.Comes {
		view.Along = append(view.Along, Source{What: v.GrantName(g).Name, Where: v.PlaceName(g.Unit), Until: g.Until})
	}
	for _, l := range offer.LeftOut {
		why := v.Lacks(l.Missing)
		if why == "" {
			why = v.Page.Say("access.left." + l.Reason)
		}
		view.Left = append(view.Left, Left{What: v.GrantName(l.Grant).Name, Where: v.PlaceName(l.Grant.Unit), Why: why})
	}
	return view, nil
}

// named finds out what permissions and scopes are called; who may not see the catalogue reads their keys.
func (d *Door) named(v *web.Visit) {
	if g, err := d.rooms.Access.Permissions(v.Context(), ""); err == nil {
		v.KnowsCatalogue(g)
	}
}

func (d *Door) clone(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "email", "first_name", "last_name", "name", "phone", "way", "identifier", "start_blocked")
	if err != nil {
		return err
	}
	in := Input{FirstName: f["first_name"], LastName: f["last_name"], Name: f["name"], Email: f["email"], Phone: f["phone"], StartBlocked: f["start_blocked"] != ""}
	call, err := v.Once(f, func(r any) roster.Member { return r.(members.Cloned).Member })
	if err != nil {
		return err
	}
	made, err := d.rooms.Team.Clone(v.Context(), id(v), members.Clone{
		Email: in.Email, Profile: roster.Profile{FirstName: in.FirstName, LastName: in.LastName, Name: in.Name, Phone: in.Phone}, Coming: web.Coming(f), StartBlocked: in.StartBlocked,
	})
	if err == nil {
		return d.cloned(v, made, call)
	}
	view, broken := d.cloneView(v, f)
	if broken != nil {
		return broken
	}
	view.Typed = in
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Clone(view)
	})
}

// cloned leads to the new member; a new API user's secret is the answer itself, this once.
func (d *Door) cloned(v *web.Visit, made members.Cloned, call *roster.Call) error {
	if call.Replay != nil {
		m, err := d.rooms.Team.Show(v.Context(), roster.MemberID(call.Replay.Body))
		if err != nil {
			return err
		}
		if m.Kind == roster.API {
			v.Show(d.secrets(v.Page, m.Member, ""))
			return nil
		}
		return v.Go(v.Page.In("team", string(m.ID)), "toast.made_already")
	}
	if made.Secret != "" {
		v.Show(d.secrets(v.Page, made.Member, made.Secret))
		return nil
	}
	key := "toast.invited"
	switch len(made.LeftOut) {
	case 0:
	case 1:
		key = "toast.cloned_less.one"
	default:
		key = "toast.cloned_less"
	}
	return v.Go(v.Page.In("team", string(made.ID)), key, "name", made.Label(), "n", v.Page.Number(len(made.LeftOut)))
}
