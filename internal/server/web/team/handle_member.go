package team

import (
	"roster/internal/action/outbox"
	"roster/internal/action/team/profile"
	"roster/internal/server/web"
)

// show gives a tab of a member's page.
func (d *Door) show(tab string) web.Handler {
	return func(v *web.Visit) error {
		p, err := d.profiles.Show(v.Context(), id(v), d.idle)
		if err != nil {
			return err
		}
		view := MemberView{
			Page: v.Page, Row: rowOf(v, p.View), Tab: tab, Sessions: p.Sessions, Managed: p.Managed, Password: p.Password, ChooseBy: p.ChooseBy,
			Connection: p.Connection, Now: p.Now, Invitations: timelines(p),
		}
		if p.Unit != "" {
			view.Unit = v.PlaceName(p.Unit)
		}
		if tab == "overview" {
			view.Grants = grantsOf(v, p)
		}
		for _, s := range p.Secrets {
			if s.IsKey() {
				continue // those are on the page of credentials
			}
			view.Credentials = append(view.Credentials, Credential{Hint: s.Prefix + "…" + s.LastFour, MadeAt: s.CreatedAt, UsedAt: s.UsedAt, UsedIP: s.UsedIP})
		}
		v.Show(Member(view))
		return nil
	}
}

// grantsOf gives what a member holds, with its source.
func grantsOf(v *web.Visit, p profile.Profile) []Grant {
	v.LookUpGrants(p.Grants)
	all := make([]Grant, len(p.Grants))
	for i, g := range p.Grants {
		what := v.GrantName(g)
		all[i] = Grant{
			Name: what.Name, Description: what.Description, Where: v.PlaceName(g.Unit), Until: g.Until,
			GivenBy: v.Page.Doer(g.GivenBy, p.Givers[g.GivenBy]), GivenAt: g.GivenAt, Pending: p.Pending(),
		}
	}
	return all
}

// timelines puts each letter under the invitation in whose time it was queued.
func timelines(p profile.Profile) []Invitation {
	var all []Invitation
	for _, i := range p.Invitations {
		inv := Invitation{Invitation: i}
		for _, l := range p.Letters {
			if l.Kind == outbox.Invitation && !l.MadeAt.Before(i.MadeAt) && (len(all) == 0 || l.MadeAt.Before(all[len(all)-1].MadeAt)) {
				at := l.DoneAt
				if at.IsZero() {
					at = l.MadeAt
				}
				inv.Letters = append(inv.Letters, Letter{At: at, Fate: string(l.State), Detail: l.Error})
			}
		}
		all = append(all, inv)
	}
	return all
}
