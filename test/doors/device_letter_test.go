package doors_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// hush keeps letters about new devices from somebody whose letters are counted.
func hush(t *testing.T, h *rostertest.House, who roster.Actor) {
	t.Helper()
	must(t, h.DB.Keep(t.Context(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "any", `UPDATE person SET device_quiet = TRUE WHERE id = $1`, who.Person)
		return err
	}))
}

// TestASignInOnANewDeviceIsToldByALetter: not the first device, not one that is known, and nobody who switched it off.
func TestASignInOnANewDeviceIsToldByALetter(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		none := func(what string) {
			t.Helper()
			_, err := m.post.Due(t.Context())
			must(t, err)
			if all := m.box.To("anna@example.com"); len(all) > 1 {
				t.Fatalf("%s: %d letters, the last is %s", what, len(all), all[len(all)-1].Subject)
			}
		}
		home := m.Visitor()
		home.SignIn("anna@example.com", rostertest.Password)
		_, err := m.post.Due(t.Context())
		must(t, err)
		if all := m.box.To("anna@example.com"); len(all) != 0 {
			t.Fatalf("the first device is news: %s", all[0].Subject)
		}
		m.Visitor().SignIn("anna@example.com", rostertest.Password)
		l := m.sent(t, "anna@example.com", 1)
		if l.Subject != "Somebody signed in on a new device" || !strings.Contains(l.Text, "from the address 127.0.0.1") || l.Link(t, m.URL+"/me/security") == "" {
			t.Errorf("the letter: %s\n%s", l.Subject, l.Text)
		}
		home.SignIn("anna@example.com", rostertest.Password)
		none("a known device")

		page := home.Get("/me/preferences")
		if !strings.Contains(page.Body, `name="device_letters" value="true" checked`) {
			t.Errorf("the page: %.3000s", page.Body)
		}
		home.Post("/me/preferences", "language", "", "zone", "", "theme", "", "density", "")
		e := lines(t, h, roster.Installation, act.PreferenceEdit)[0]
		if got := changesOf(e); !strings.Contains(got, "device_letters=false") || e.ActorName != "anna@example.com" {
			t.Errorf("the line: %s by %q", got, e.ActorName)
		}
		m.Visitor().SignIn("anna@example.com", rostertest.Password)
		none("switched off")

		anna := m.person("anna@example.com")
		if got := anna.get("/api/v1/me"); !strings.Contains(got.body, `"device_letters":false`) {
			t.Errorf("by REST: %s", got.body)
		}
		if got := anna.json(http.MethodPatch, "/api/v1/me", map[string]any{"theme": "dark"}); !strings.Contains(got.body, `"device_letters":false`) {
			t.Errorf("another preference: %s", got.body)
		}
		if got := anna.json(http.MethodPatch, "/api/v1/me", map[string]any{"device_letters": nil}); got.status != http.StatusOK || !strings.Contains(got.body, `"device_letters":true`) {
			t.Errorf("as it is without a choice: %d %s", got.status, got.body)
		}
		m.Visitor().SignIn("anna@example.com", rostertest.Password)
		m.sent(t, "anna@example.com", 2)
	})
}
