package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/rest"
)

// TestFromTheProductIntoTheDashboard: an Owner opens the portal on its page, the product asks for a link by REST, and whoever
// has it comes in by a browser without scripts, sees whose session it is, and is asked for a proof of their own where others are.
func TestFromTheProductIntoTheDashboard(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, id := r.Product(t, "Fleet", act.ClientPortal)
		uma := r.Join("uma@example.com", "Uma", "Ek", roster.RoleUserAdministrator)
		product.Ask("POST", "portal-links", `{"member":"uma@example.com"}`).Refuses(403, "portal_closed")

		olga := r.Visitor()
		olga.SignIn("olga@example.com", rostertest.Password)
		a := olga.Get("/o/acme/settings/portal")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "Fleet") || !strings.Contains(a.Body, `value="off"`) {
			t.Fatalf("the setting: %d\n%s", a.Status, a.Body)
		}
		if a := olga.Post("/o/acme/settings/portal", "open_to", "all"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "The portal is open to one of these") {
			t.Errorf("another level: %d", a.Status)
		}
		if a := olga.Post("/o/acme/settings/portal", "open_to", "administrators"); a.Status != http.StatusOK || !strings.Contains(a.Body, "The portal is set.") {
			t.Fatalf("opening: %d\n%s", a.Status, a.Body)
		}
		product.Ask("POST", "portal-links", `{"member":"olga@example.com"}`).Refuses(403, "portal_beyond")
		asks := func(page string) string {
			reply := product.Ask("POST", "portal-links", `{"member":"UMA@example.com","page":"`+page+`"}`)
			made := reply.Is(201)
			rest.Equal(t, "member", made["member"].(string), string(uma.Member))
			if e := r.Newest(t, string(uma.Member)); e.Action != "portal.create" || e.ActorID != id || e.ActorName != "Fleet" {
				t.Errorf("the line: %+v", e)
			}
			return made["url"].(string)
		}

		link := asks("team")
		if a := r.Visitor().Get(link); a.Status != http.StatusOK || a.Path != "/portal" || strings.Contains(a.Body, "rptl_") {
			t.Fatalf("a scanner: %d %s\n%s", a.Status, a.Path, a.Body)
		}
		browser := r.Visitor()
		page := browser.Get(link)
		if a := page; a.Path != "/portal" || !strings.Contains(a.Body, "Go on as Uma Ek") || !strings.Contains(a.Body, "You come from Fleet") || strings.Contains(a.Body, "You are signed in here as") {
			t.Fatalf("the page: %s\n%s", a.Path, a.Body)
		}
		if a := browser.Get("/o/acme/team"); a.Path != "/sign-in" {
			t.Errorf("looking let somebody in: %s", a.Path)
		}
		late := r.Visitor()
		if late.Get(link); late.Cookie("__Host-portal") == "" {
			t.Error("the link is not carried")
		}
		if a := browser.Post("/portal", "link", "ptl_another"); a.Path != "/portal" || !strings.Contains(a.Body, "Go on as Uma Ek") {
			t.Errorf("the button of another link's page: %s", a.Path)
		}
		if a := browser.Post("/portal", "link", offered(page)); a.Status != http.StatusOK || a.Path != "/o/acme/team" || !strings.Contains(a.Body, "Uma Ek") {
			t.Fatalf("going on: %d %s\n%s", a.Status, a.Path, a.Body)
		}
		if a := browser.Get("/me/security"); !strings.Contains(a.Body, "rom Fleet") {
			t.Errorf("the session does not say where it is from:\n%s", a.Body)
		}
		if a := browser.Post("/o/acme/team/"+string(r.Join("mia@example.com", "Mia", "Meier").Member)+"/remove", "confirm_name", "Mia Meier"); !strings.Contains(a.Body, "Confirm that it is you") {
			t.Errorf("a sensitive act: %d %s\n%.3000s", a.Status, a.Path, a.Body)
		}
		if a := olga.Get("/o/acme/history"); !strings.Contains(a.Body, "came in from the product as") || !strings.Contains(a.Body, "made a link into the dashboard for") {
			t.Errorf("the history:\n%.4000s", a.Body)
		}

		if a := late.Post("/portal", "link", offered(page)); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "This link works once") || late.Cookie("__Host-roster") != "" {
			t.Errorf("a second time: %d\n%s", a.Status, a.Body)
		}
		if a := r.Visitor().Get(link); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "This link works once") {
			t.Errorf("a third time: %d\n%s", a.Status, a.Body)
		}
		page = olga.Get(asks("profile"))
		if a := page; !strings.Contains(a.Body, "You are signed in here as olga@example.com") {
			t.Errorf("somebody else's link:\n%s", a.Body)
		}
		if a := olga.Post("/portal", "link", offered(page)); a.Path != "/me" || !strings.Contains(a.Body, "uma@example.com") {
			t.Errorf("somebody else's link, used: %s", a.Path)
		}

		owner := r.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		owner.Post("/o/acme/settings/portal", "open_to", "off")
		if a := browser.Get("/o/acme/team"); a.Path != "/sign-in" {
			t.Errorf("after the closing: %s", a.Path)
		}
		r.Verified(r.Acme.ID)
	})
}

// offered gives the link that a page's button is for.
func offered(page rostertest.Answer) string {
	_, rest, _ := strings.Cut(page.Body, `name="link" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// TestALinkIsGivenOnce: a request that comes again gets no second one.
func TestALinkIsGivenOnce(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, _ := r.Product(t, "Fleet", act.ClientPortal)
		r.Olga(t).Ask("PUT", "portal", `{"open_to":"owners"}`).Is(200)
		once := product.With("Idempotency-Key", "menu-1")
		if once.Ask("POST", "portal-links", `{"member":"olga@example.com"}`).Is(201)["url"] == nil {
			t.Error("no link")
		}
		again := once.Ask("POST", "portal-links", `{"member":"olga@example.com"}`).Is(201)
		rest.Equal(t, "again", rest.Show([]any{again["url"], again["code"]}), `[null,"secret_shown_once"]`)
		other, _ := r.Product(t, "Other", act.ClientEvents)
		rest.Equal(t, "another permission", strings.Join(other.Ask("POST", "portal-links", `{"member":"olga@example.com"}`).Refuses(403, "forbidden").Missing, " "), act.ClientPortal)
		r.Olga(t).Ask("POST", "portal-links", `{"member":"olga@example.com"}`).Refuses(403, "forbidden")
	})
}

// TestOwnersAreToldThatThePortalIsOpened, and to whom.
func TestOwnersAreToldThatThePortalIsOpened(t *testing.T) {
	h := rostertest.SQLite(t)
	s, box := &site{Site: h.Serve(), log: &logbook{}}, postbox.Open(t, postbox.Options{Security: postbox.Plain})
	m := mailed{s, box, runner(t, s, box)}
	_, err := s.Portals.Set(s.As(s.Owner), policy.PortalAdministrators)
	must(t, err)
	l := m.sent(t, "olga@example.com", 1)
	if l.Subject != "Acme lets the product bring its people in" || !strings.Contains(l.Text, "Olga Owner let the host product") || !strings.Contains(l.Text, "Members and administrators") || !strings.Contains(l.Text, s.URL+"/o/acme/settings/portal") {
		t.Errorf("the letter: %s\n%s", l.Subject, l.Text)
	}
}
