package entry

import (
	"net/http"
	"strconv"

	"roster/internal/server/web"
)

// emblem sends the picture of the organisation that invites, to who holds the invitation.
func (d *Door) emblem(v *web.Visit) error {
	org, key := carried().Held(v)
	p, err := d.emblems.Invited(v.Context(), org, key)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", p.Media)
	h.Set("Content-Length", strconv.Itoa(len(p.Data)))
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(p.Data) // a browser that went away is not our fault
	return nil
}
