package web

import "roster/internal/roster"

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
