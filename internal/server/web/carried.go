package web

import (
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/secret"
)

// Carried is a kind of mailed links whose secret leaves the address bar at once (design page 6, mailed links): a cookie
// that only the server reads carries it, for an hour, to the page that works without it.
type Carried struct {
	Cookie string
	Prefix string // the secret's
	Page   string // where the link leads on to
}

// Arrive takes the secret of an organisation's link out of the address. It changes nothing: scanners come here too.
// What is not of our making takes the cookie away, so that nothing else is shown for it.
func (c Carried) Arrive(v *Visit) error {
	org, key := v.R.PathValue("org"), v.R.PathValue("secret")
	if !roster.IsOrgID(org) || !secret.Shaped(key, c.Prefix) {
		c.Drop(v)
		return v.Go(c.Page, "")
	}
	v.SetCookie(c.Cookie, org+"."+key, time.Hour)
	return v.Go(c.Page, "")
}

// ArriveAlone is Arrive for links that belong to no organisation: the cookie carries the secret alone.
func (c Carried) ArriveAlone(v *Visit) error {
	key := v.R.PathValue("secret")
	if !secret.Shaped(key, c.Prefix) {
		c.Drop(v)
		return v.Go(c.Page, "")
	}
	v.SetCookie(c.Cookie, key, time.Hour)
	return v.Go(c.Page, "")
}

// HeldAlone gives the secret that ArriveAlone kept; empty where there is none.
func (c Carried) HeldAlone(v *Visit) string {
	cookie, err := v.R.Cookie(c.Cookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Held gives what the visitor's cookie carries; empty where there is none.
func (c Carried) Held(v *Visit) (roster.OrgID, string) {
	cookie, err := v.R.Cookie(c.Cookie)
	if err != nil {
		return "", ""
	}
	org, key, _ := strings.Cut(cookie.Value, ".")
	return roster.OrgID(org), key
}

// Drop takes the cookie away.
func (c Carried) Drop(v *Visit) { v.SetCookie(c.Cookie, "", -1) }
