package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestTheOwnersBrowserComesInWhileStrangersGuess is the story through the pages: a browser on which somebody signed in
// goes on while strangers keep the address waiting, and what it holds for that opens nothing.
func TestTheOwnersBrowserComesInWhileStrangersGuess(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		in := func(cookies ...string) reply {
			return s.stranger().send(http.MethodPost, "/sign-in", "email=olga%40example.com&password="+rostertest.Password,
				"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Cookie", strings.Join(cookies, "; "))
		}
		first := in()
		device := first.cookie("__Host-device")
		for _, c := range (&http.Response{Header: first.header}).Cookies() {
			if c.Name == "__Host-device" && (!c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != int(roster.DeviceLasts.Seconds())) {
				t.Errorf("the cookie is %s", c.Raw)
			}
		}
		if device == "" || first.status != http.StatusSeeOther {
			t.Fatalf("signing in: %d, %q", first.status, device)
		}
		if a := s.stranger().send(http.MethodGet, "/me", "", "Cookie", "__Host-device="+device); a.status != http.StatusSeeOther {
			t.Errorf("the device's cookie alone: %d", a.status)
		}
		olga := s.stranger()
		olga.cookie = first.cookie("__Host-roster")
		if a := olga.get("/me/security"); !strings.Contains(a.body, "1 device is known") {
			t.Error("the person is not told of it")
		}
		for s.stranger().form("/sign-in", "email", "olga@example.com", "password", "a guess").status != http.StatusTooManyRequests {
		}
		waits := in()
		for what, cookie := range map[string]string{"a forged device": "rdev_" + strings.Repeat("A", 43), "a malformed one": "x", "an empty one": ""} {
			a := in("__Host-device=" + cookie)
			if a.status != http.StatusTooManyRequests || a.plain("olga@example.com") != waits.plain("olga@example.com") || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s: %d %q", what, a.status, a.header.Values("Set-Cookie"))
			}
		}
		again := in("__Host-device=" + device)
		if again.status != http.StatusSeeOther || again.cookie("__Host-roster") == "" || again.cookie("__Host-device") != "" {
			t.Errorf("the known device: %d %q", again.status, again.header.Values("Set-Cookie"))
		}
		h.Clock.Pass(25 * time.Hour)
		if later := in("__Host-device=" + device); later.cookie("__Host-device") != device {
			t.Error("a day later it is not kept for longer")
		}
		page, err := h.History.List(h.CLI(roster.Installation), history.Query{})
		must(t, err)
		begun := 0
		for _, e := range page.Events {
			if e.Action == "session.start" {
				begun++
			}
		}
		if begun != 3 {
			t.Errorf("the history has %d sign-ins", begun)
		}
		if strings.Contains(s.log.String(), device) {
			t.Error("a device's secret stands in the log")
		}
	})
}
