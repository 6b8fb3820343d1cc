package web

import (
	"encoding/json"
	"strings"
	"time"

	"roster/internal/action/signin"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
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

// deviceCookie holds the secret of a device on which somebody signed in before, which opens nothing: their tries there
// count by themselves. Like the session's it can be set by no neighbouring host.
const deviceCookie = "__Host-device"

// Device gives the secret of the visitor's device; empty without one.
func (v *Visit) Device() string {
	c, err := v.R.Cookie(deviceCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// KeepDevice gives the visitor's device its secret; an empty one leaves it the one that it has.
func (v *Visit) KeepDevice(secret string) {
	if secret != "" {
		v.SetCookie(deviceCookie, secret, roster.DeviceLasts)
	}
}

// CriteriaList is what a password must be, as a form shows it.
type CriteriaList struct {
	Least    int    // characters
	Check    string // where the criteria are asked while one is typed
	Criteria []secret.Criterion
}

// OpenCriteria gives the list of a form in which nothing was typed yet.
func OpenCriteria(check string) CriteriaList {
	return CriteriaList{secret.MinOnlyFactor, check, secret.Criteria("", secret.MinOnlyFactor)}
}

// Judged answers which criteria a password meets.
func (v *Visit) Judged(list []secret.Criterion) error {
	type criterion struct {
		Key string `json:"key"`
		Met bool   `json:"met"`
	}
	out := make([]criterion, 0, len(list))
	for _, c := range list {
		out = append(out, criterion{c.Key, c.Met})
	}
	v.W.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.W).Encode(map[string]any{"criteria": out})
}

// PasskeyForm is a form that goes on by a passkey.
type PasskeyForm struct {
	Action  string // where it is sent
	Ask     string // where the browser is told what to ask its person for
	Field   string // the answer's name
	Button  string
	Hidden  []Hidden
	Primary bool
	Cancel  string // the way back beside the button; without one it stands alone and is as wide as the form
}

// Place gives where passkeys are made and used: the installation's own address.
func (v *Visit) Place() passkey.Place { return passkey.At(v.Desk.Base) }

// Given gives a passkey's answer as the rooms take it.
func (v *Visit) Given(answer string) signin.Given { return signin.Given{At: v.Place(), Answer: answer} }

// Ask tells a script what to ask the browser for. The form that it sends is empty, and read first: what is no form, or
// too large, is refused before anything is kept.
func (v *Visit) Ask(options func() (passkey.Options, error)) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	o, err := options()
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/json")
	_, _ = v.W.Write(o.JSON) // a browser that went away is not our fault
	return nil
}
