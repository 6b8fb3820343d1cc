package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAnOrganisationWearsItsOwnColour sets the look on its page: a colour that could not be read is refused with the
// nearest that could, and kept as typed; a good one is worn inside and on an invitation, by nobody else, and stands in
// the history.
func TestAnOrganisationWearsItsOwnColour(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		site := h.Serve()
		owner := site.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		send := func(accent, sender, reply string) rostertest.Answer {
			version := versionOf(t, owner.Get("/o/acme/settings/brand").Body)
			return owner.Post("/o/acme/settings/brand", "version", version, "accent", accent, "sender", sender, "reply_to", reply)
		}
		if a := send("#ffcc00", "Acme people", "nobody"); a.Status != http.StatusUnprocessableEntity ||
			!strings.Contains(a.Body, "The nearest colour that can is #") || !strings.Contains(a.Body, `value="#ffcc00"`) || !strings.Contains(a.Body, `value="Acme people"`) {
			t.Fatalf("a light colour: %d\n%s", a.Status, a.Body)
		}
		if a := send("#1F6F4A", " Acme people ", "people@example.com"); a.Status != http.StatusOK || !strings.Contains(a.Body, `href="/brand/1f6f4a.css"`) || !strings.Contains(a.Body, `value="Acme people"`) {
			t.Fatalf("saving: %d\n%s", a.Status, a.Body)
		}
		sheet := site.Visitor().Get("/brand/1f6f4a.css")
		if sheet.Status != http.StatusOK || !strings.Contains(sheet.Body, "--accent:light-dark(#1f6f4a,") || !strings.Contains(sheet.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("the style sheet: %d %v %s", sheet.Status, sheet.Header, sheet.Body)
		}
		for _, path := range []string{"/brand/ffcc00.css", "/brand/1F6F4A.css", "/brand/1f6f4a", "/brand/%231f6f4a.css", "/brand/.css", "/brand/red.css"} {
			if a := site.Visitor().Get(path); a.Status != http.StatusNotFound || strings.Contains(a.Body, "light-dark") {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
		v, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		must(t, err)
		if a := site.Visitor().Get("/invitation/" + string(h.Acme.ID) + "/" + h.Mailed(h.Acme.ID, v.ID)); a.Path != "/invitation" || !strings.Contains(a.Body, `href="/brand/1f6f4a.css"`) {
			t.Errorf("an invitation does not wear it: %d %s", a.Status, a.Path)
		}
		for _, path := range []string{"/sign-in", "/o/acme/sign-in", "/me?in=nowhere", "/invitation/" + string(h.Acme.ID) + "/rinv_wrong"} {
			if a := site.Visitor().Get(path); strings.Contains(a.Body, "/brand/") {
				t.Errorf("%s wears a colour before anybody came in", path)
			}
		}
		page, err := h.History.List(h.As(h.Owner), history.Query{Action: "organisation.edit"})
		must(t, err)
		told := map[string]string{}
		for _, c := range page.Events[0].Changes {
			told[c.Field] = c.To
		}
		if told["accent"] != "1f6f4a" || told["sender"] != "Acme people" || told["reply_to"] != "people@example.com" {
			t.Errorf("the history says %v", told)
		}
		if a := send("", "", ""); strings.Contains(a.Body, "/brand/") {
			t.Error("the colour stays after it was taken away")
		}
		h.Verified(h.Acme.ID)
	})
}

func versionOf(t *testing.T, page string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, `name="version" value="`)
	if !ok {
		t.Fatalf("no version:\n%s", page)
	}
	version, _, _ := strings.Cut(after, `"`)
	return version
}
