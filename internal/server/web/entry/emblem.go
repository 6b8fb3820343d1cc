package entry

import "roster/internal/server/web"

// emblem sends the picture of the organisation that invites, to who holds the invitation.
func (d *Door) emblem(v *web.Visit) error {
	org, key := carried().Held(v)
	p, err := d.emblems.Invited(v.Context(), org, key)
	if err == nil {
		v.SendPicture(p)
	}
	return err
}
