package server

import (
	"net/http"
	"time"
)

// sessionCookie holds a session's secret. The prefix makes browsers insist on Secure, Path=/ and no
// Domain, so that no neighbouring host can set it (RFC 6265bis, section 4.1.3.2).
const sessionCookie = "__Host-roster"

// SessionSecret gives the secret of the request's session cookie; empty without one.
func SessionSecret(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// SetSession gives the browser a session's secret for as long as the session lasts, counted by the
// browser from now: its clock need not agree with the server's.
func SetSession(w http.ResponseWriter, secret string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: secret, Path: "/", MaxAge: int(lasts.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// ClearSession takes the session's secret from the browser.
func ClearSession(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Path: "/", MaxAge: -1,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
