package browser_test

import (
	"encoding/json"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
)

// TestSomebodySettlesWhatIsTheirOwn goes through one's own pages from the first to the last: name, picture, notifications,
// look, password, second factor, sessions, the file of one's data, language, and leaving, which the last Owner cannot.
func TestSomebodySettlesWhatIsTheirOwn(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		email := "anna." + strings.ToLower(roster.NewID("x")) + "@example.com"
		m, link := s.invite(email, "Anna", "Berg", roster.RoleUserAdministrator)
		_, key, _ := strings.Cut(link, string(s.Acme.ID)+"/")
		s.Accept(s.Acme.ID, key, "Anna", "Berg")
		elsewhere, p := s.signedIn(email, o), s.signedIn(email, o)
		s.ownProfile(t, p)
		p.Open(s.url + "/me/preferences?in=" + s.Acme.Slug)
		p.Choose("Theme", "Dark")
		p.Choose("Density", "Compact")
		p.Click("Save preferences")
		p.WaitText("Your preferences are saved.")
		if look := browser.Eval[string](p, `document.documentElement.dataset.theme + " " + document.documentElement.dataset.density`); look != "dark compact" {
			t.Errorf("the page looks %s", look)
		}
		p.CheckAxe()
		s.ownSecurity(t, p, email)
		elsewhere.Open(s.url + "/me/security")
		elsewhere.WaitURL("/sign-in") // with the password ended every other session
		s.ownData(t, p, email)

		p.Open(s.url + "/me/preferences?in=" + s.Acme.Slug)
		p.Choose("Language", "Português (Brasil)")
		p.Click("Save preferences")
		p.WaitText("Salvar preferências")
		p.Open(s.at("me"))
		p.In("main").Click("Sair")
		p.WaitText("Você não será mais membro de " + s.Acme.Name)
		p.CheckAxe()
		p.Fill("Digite o nome da organização para confirmar", s.Acme.Name)
		p.Click("Sair de " + s.Acme.Name)
		p.WaitURL("/sign-in")
		if got := s.member(m.ID).Status; got != roster.Removed {
			t.Errorf("who left is %s", got)
		}

		owner := s.signedIn(s.email, o)
		owner.Open(s.at("me", "leave"))
		owner.WaitText("You are the last Owner of " + s.Acme.Name)
		if owner.Offers("Leave " + s.Acme.Name) {
			t.Error("the last Owner is offered to leave")
		}
		for _, want := range []string{"profile.leave", "profile.notifications_edit", "profile.picture", "profile.edit"} {
			if !strings.Contains(s.told(), want) {
				t.Errorf("the history lacks %s: %s", want, s.told())
			}
		}
		s.Verified(s.Acme.ID)
		s.Verified(roster.Installation)
	})
}

// ownProfile changes name, picture and notifications by one's own page in the organisation.
func (s *site) ownProfile(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Open(s.url + "/me")
	p.In("main").Click("Name and picture " + s.Acme.Name)
	p.WaitText("You in " + s.Acme.Name)
	p.CheckAxe()
	p.Fill("Last name", "")
	p.Fill("Phone", "12")
	p.Click("Save profile")
	p.WaitText("country code")
	p.Fill("Last name", "Silva")
	p.Fill("Phone", "+55 11 5555 0100")
	p.Click("Save profile")
	p.WaitText("Your profile is saved.")
	p.Attach("Picture", portrait(t))
	p.Click("Save picture")
	p.WaitText("The picture is saved.")
	loaded(t, p, "main img.avatar")
	p.Choose("An invitation of mine was accepted", "Here only")
	p.Click("Save notifications")
	p.WaitText("Your notifications are saved.")
	if chosen := browser.Eval[string](p, `[...document.querySelectorAll("form[action$='/notifications'] select")].map(e => e.name + "=" + e.value).join()`); chosen != "access=letter,accepted=dashboard,unanswered=letter,ending=letter" {
		t.Errorf("chosen: %s", chosen)
	}
}

// ownSecurity sets up a second factor, changes the password and gets a letter for each.
func (s *site) ownSecurity(t *testing.T, p *browser.Page, email string) {
	t.Helper()
	p.Open(s.url + "/me/password")
	p.Fill("New password", "short")
	p.Fill("Password again", "short")
	p.Click("Change password")
	p.WaitText("at least 15 characters")
	const other = "silver-pebble-orchard-92"
	p.Fill("New password", other)
	p.Fill("Password again", other)
	p.Click("Change password")
	p.WaitURL("/me/security")
	if l := s.mail.Wait(t, email, 3); !strings.Contains(l.Subject, "Your password was changed") {
		t.Errorf("the letter is %q", l.Subject)
	}
	p.Click("Set up an authenticator app")
	p.WaitText("Take the key into your app")
	_, key, _ := strings.Cut(p.HTML(), `<code id="key"`)
	_, key, _ = strings.Cut(key, ">")
	key, _, _ = strings.Cut(key, "<")
	app := authenticator{s, strings.ReplaceAll(key, " ", "")}
	p.Fill("Name", "Phone")
	p.Fill("Code", app.shows())
	p.Click("Set up")
	p.WaitText("Store these codes now")
	p.Tick("I have stored the codes", true)
	p.Click("Go on")
	p.Open(s.url + "/me/security")
	p.WaitText("Recovery codes left: 10")
	p.CheckAxe()
	if l := s.mail.Wait(t, email, 4); !strings.Contains(l.Subject, "An authenticator app was added") {
		t.Errorf("the letter is %q", l.Subject)
	}
}

// ownData takes the file of one's own data along and holds what is in it.
func (s *site) ownData(t *testing.T, p *browser.Page, email string) {
	t.Helper()
	p.Open(s.url + "/me")
	p.Click("Download")
	var d struct {
		Person struct{ Email string }
		Places []struct {
			Ways map[string]string `json:"notifications"`
		} `json:"memberships"`
		History []struct{ Action string }
	}
	data := p.Downloaded("roster-my-data.json")
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if d.Person.Email != email || len(d.Places) != 1 || d.Places[0].Ways["accepted"] != "dashboard" || len(d.History) == 0 || strings.Contains(string(data), rostertest.Password) {
		t.Errorf("the file holds %.2000s", data)
	}
}
