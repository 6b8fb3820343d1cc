package doors_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// imprint is a link below pages, as it stands there.
const imprint = `<a href="https://example.com/imprint" rel="noreferrer">Imprint</a>`

// TestAnOrganisationNamesTheProductAndLinksBelow sets both on its page: a link that runs something is refused and stays
// typed; good ones are seen inside and on an invitation, and by nobody who is not in.
func TestAnOrganisationNamesTheProductAndLinksBelow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		m := mailed{s, postbox.Open(t, postbox.Options{Security: postbox.Plain}), nil}
		m.post = runner(t, s, m.box)
		owner := s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		send := func(product, links string) rostertest.Answer {
			version := versionOf(t, owner.Get("/o/acme/settings/brand").Body)
			return owner.Post("/o/acme/settings/brand", "version", version, "accent", "", "sender", "Acme people", "reply_to", "", "product_name", product, "footer_links", links)
		}
		if a := send("Acme Access", "Imprint = javascript:alert(1)"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Write each link on a line") || !strings.Contains(a.Body, "Imprint = javascript:alert(1)</textarea>") {
			t.Fatalf("a link that runs something: %d\n%s", a.Status, a.Body)
		}
		a := send("Acme Access", "Imprint = https://example.com/imprint\r\nHelp = mailto:help@example.com\r\n")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, imprint) || !strings.Contains(a.Body, `href="mailto:help@example.com"`) || !strings.Contains(a.Body, "· Acme Access</title>") {
			t.Fatalf("saving: %d\n%s", a.Status, a.Body)
		}
		v, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		must(t, err)
		if a := s.Visitor().Get("/invitation/" + string(h.Acme.ID) + "/" + h.Mailed(h.Acme.ID, v.ID)); !strings.Contains(a.Body, imprint) || !strings.Contains(a.Body, "Acme Access") {
			t.Errorf("an invitation does not have them: %d %s", a.Status, a.Path)
		}
		for _, path := range []string{"/sign-in", "/o/acme/sign-in"} {
			if a := s.Visitor().Get(path); strings.Contains(a.Body, imprint) || strings.Contains(a.Body, "Acme Access") {
				t.Errorf("%s tells of the organisation before anybody came in", path)
			}
		}
		if l := m.sent(t, "ina@example.com", 1); !strings.Contains(l.Text, "-- \nAcme Access") {
			t.Errorf("the letter: %s", l.Text)
		}
		told := changesOf(lines(t, h, h.Acme.ID, act.OrganisationEdit)[0])
		if !strings.Contains(told, "product_name=Acme Access") || !strings.Contains(told, "footer_links=Imprint = https://example.com/imprint\nHelp = mailto:help@example.com") {
			t.Errorf("the history says %s", told)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestOperatorsChooseHowTheInstallationLooks: pages before anybody is in, those of organisations without a look of their
// own, and letters wear it; an organisation's own goes before it.
func TestOperatorsChooseHowTheInstallationLooks(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		m := mailed{s, postbox.Open(t, postbox.Options{Security: postbox.Plain}), nil}
		m.post = runner(t, s, m.box)
		v := s.operates("ana@example.net")
		version := versionOf(t, v.Get("/operator/brand").Body)
		send := func(accent, links string) rostertest.Answer {
			return v.Post("/operator/brand", "version", version, "accent", accent, "sender", "Nordwind", "reply_to", "help@example.com", "product_name", "Nordwind Access", "footer_links", links)
		}
		if a := send("#ffcc00", "Imprint = http://example.com"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "The nearest colour that can is #") || !strings.Contains(a.Body, "Write each link on a line") || !strings.Contains(a.Body, `value="Nordwind Access"`) {
			t.Fatalf("what cannot be: %d\n%s", a.Status, a.Body)
		}
		if a := send("#1f6f4a", "Imprint = https://example.com/imprint"); a.Status != http.StatusOK || !strings.Contains(a.Body, imprint) || !strings.Contains(a.Body, "How this installation looks is saved.") {
			t.Fatalf("saving: %d\n%s", a.Status, a.Body)
		}
		if a := send("", ""); a.Status != http.StatusPreconditionFailed || !strings.Contains(a.Body, "This is how it stands now") || !strings.Contains(a.Body, "Imprint = https://example.com/imprint") || !strings.Contains(a.Body, "#1f6f4a") {
			t.Errorf("a stale form: %d", a.Status)
		}
		if a := s.Visitor().Get("/brand/logo"); a.Status != http.StatusNotFound {
			t.Errorf("no logo: %d", a.Status)
		}
		worn, err := h.Brands.SetPicture(h.CLI(""), []byte(dot()))
		must(t, err)
		if again, err := h.Brands.SetPicture(h.CLI(""), []byte(dot())); err != nil || again.Version != worn.Version {
			t.Errorf("the same logo again: %d, then %d, %v", worn.Version, again.Version, err)
		}
		door := s.Visitor().Get("/sign-in")
		for _, part := range []string{imprint, `href="/brand/1f6f4a.css"`, "Nordwind Access</title>", `src="/brand/logo?hash=`} {
			if !strings.Contains(door.Body, part) {
				t.Errorf("the sign-in page lacks %s", part)
			}
		}
		logo := found(t, door.Body, `src="(/brand/logo\?hash=[^"]+)"`)
		if a := s.Visitor().Get(logo); a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "image/") || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("the logo: %d %v", a.Status, a.Header)
		}
		owner := s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		if a := owner.Get("/o/acme/team"); !strings.Contains(a.Body, imprint) || !strings.Contains(a.Body, `href="/brand/1f6f4a.css"`) || !strings.Contains(a.Body, "Nordwind Access</title>") {
			t.Errorf("an organisation without a look of its own: %d", a.Status)
		}
		seen := versionOf(t, owner.Get("/o/acme/settings/brand").Body)
		for _, accent := range []string{"#7a1f5c", "#1f6f4a"} { // the second form is stale
			if a := owner.Post("/o/acme/settings/brand", "version", seen, "accent", accent, "sender", "Acme people", "reply_to", "", "product_name", "", "footer_links", ""); accent == "#1f6f4a" && (a.Status != http.StatusPreconditionFailed || !strings.Contains(a.Body, "This is how it stands now") || !strings.Contains(a.Body, "#7a1f5c")) {
				t.Errorf("a stale form: %d %s", a.Status, a.Body)
			}
		}
		if a := owner.Get("/o/acme/team"); !strings.Contains(a.Body, `href="/brand/7a1f5c.css"`) || strings.Contains(a.Body, "1f6f4a") || !strings.Contains(a.Body, imprint) {
			t.Errorf("an organisation with a colour: %d", a.Status)
		}
		_, err = h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		must(t, err)
		l := m.sent(t, "ina@example.com", 1)
		if from := l.Header.Get("From"); !strings.Contains(from, "Acme") || !strings.Contains(from, "Nordwind") || l.Header.Get("Reply-To") != "<help@example.com>" || !strings.Contains(l.Text, "-- \nNordwind Access") {
			t.Errorf("the letter: %s, answers to %s\n%s", from, l.Header.Get("Reply-To"), l.Text)
		}
		told := lines(t, h, roster.Installation, act.BrandEdit)
		if len(told) != 1 || told[0].ActorName != "ana@example.net" || !strings.Contains(changesOf(told[0]), "product_name=Nordwind Access") {
			t.Errorf("the history: %+v", told)
		}
		h.Verified(roster.Installation)
	})
}

// TestHowOneIsToldIsChosenOneByOne: a form of notifications changes those that it names, and no others.
func TestHowOneIsToldIsChosenOneByOne(t *testing.T) {
	h := rostertest.SQLite(t)
	v := h.Serve().Visitor()
	v.SignIn("olga@example.com", rostertest.Password)
	want := map[bulletin.Notification]bulletin.Way{}
	for _, form := range [][]string{{"seats", "none"}, {"access", "daily"}, {"seats", "dashboard"}} {
		if a := v.Post("/o/acme/me/notifications", form...); a.Status != http.StatusOK || a.Path != "/o/acme/me" {
			t.Fatalf("saving: %d %s", a.Status, a.Path)
		}
		want[bulletin.Notification(form[0])] = bulletin.Way(form[1])
		all, err := h.News.Show(h.As(h.Owner))
		must(t, err)
		for _, c := range all {
			if c.Way != cmp.Or(want[c.Notification], bulletin.WayLetter) {
				t.Errorf("after %q, %s is told by %s", form, c.Notification, c.Way)
			}
		}
	}
	if a := v.Post("/o/acme/me/notifications", "seats", "often"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a way that there is not: %d", a.Status)
	}
}
