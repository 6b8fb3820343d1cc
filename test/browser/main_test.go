package browser_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

func TestThePersonAddedIsActiveAndTheAPIUserHasItsSecret(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { mainStory(t, s, browser.Options{}) })
}

func TestThePersonAddedIsActiveAndTheAPIUserHasItsSecretWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { mainStory(t, s, browser.Options{NoScript: true}) })
}

// mainStory is what Roster is there for, from an empty database on.
func mainStory(t *testing.T, s *site, o browser.Options) {
	owner := ownerComesIn(t, s, o)
	adds(t, s, owner)

	letter := s.mail.Wait(t, "anna@example.com", 1)
	link := letter.Link(t, "/invitation/")
	if all := letter.Links(); len(all) != 1 || !letter.Secure || !strings.HasPrefix(link, s.url+"/invitation/") {
		t.Errorf("the letter (safe on its way: %v) leads to %q", letter.Secure, all)
	}
	anna := annaComesIn(t, s, link, o)

	owner.In(".nav").Click("Team")
	row := owner.Row("anna@example.com")
	row.WaitText("Active")
	row.WaitText("Anna-Lena Berg")
	owner.Click("Anna-Lena Berg")
	owner.WaitText("anna@example.com Verified")
	owner.WaitText("The mail server took the letter")
	owner.WaitText("Accepted")
	owner.In(".grants").WaitText("Given by Olga Owner")

	id, key := makesAPIUser(t, s, owner, o)
	works(t, s, id, key)

	owner.In(".nav").Click("History")
	for _, line := range []string{
		"made the organisation Northwind", "olga@example.com accepted the invitation", "Olga Owner invited anna@example.com",
		"Anna Berg accepted the invitation", "Olga Owner made the API user Payroll import",
	} {
		owner.WaitText(line)
	}
	anna.Reload()
	anna.WaitText("Payroll import")
	if anna.Offers("Add user") {
		t.Error("an auditor is offered to add users")
	}
	s.Verified(s.Acme.ID)
}

// ownerComesIn opens the link that init prints, accepts and signs in.
func ownerComesIn(t *testing.T, s *site, o browser.Options) *browser.Page {
	founded, err := s.Orgs.Create(s.CLI(""), org.Founding{Name: "Northwind", Plan: roster.PlanPlayground, Owner: "olga@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	s.Acme = founded.Organisation
	p := s.visitor(o)
	p.Open(s.url + act.InvitationPath(founded.Organisation.ID, founded.Link))
	if p.URL() != s.url+"/invitation" {
		t.Errorf("the secret stays in the address: %s", p.URL())
	}
	p.WaitText("Join Northwind")
	if got := p.Value("E-mail"); got != "olga@example.com" {
		t.Errorf("the invitation is for %q", got)
	}
	p.Fill("First name", "Olga")
	p.Fill("Last name", "Owner")
	accept(p)
	p.WaitURL("/sign-in")
	p.WaitText("Welcome to Northwind. Sign in with your new password.")
	signIn(p, "olga@example.com")
	p.WaitURL("/o/northwind/team")
	p.WaitText("It is only you so far")
	return p
}

// adds fills in the form that adds a user: first wrongly, which keeps what was typed.
func adds(t *testing.T, s *site, owner *browser.Page) {
	owner.In("header.head").Click("Add user")
	owner.WaitText("9 seats left in the plan Playground")
	owner.Fill("E-mail", "anna@example.com@example.com")
	owner.Fill("First name", "Anna")
	owner.Fill("Last name", "Berg")
	owner.Tick("Auditor", true)
	owner.Click("Send invitation")
	owner.WaitText("This needs your attention")
	if owner.Status() != http.StatusUnprocessableEntity || owner.Value("First name") != "Anna" || owner.Value("Auditor") != "true" {
		t.Errorf("after a mistake: %d, first name %q", owner.Status(), owner.Value("First name"))
	}
	owner.Fill("E-mail", "anna@example.com")
	owner.Click("Send invitation")
	owner.WaitText("Anna Berg is invited. The letter is on its way.")
	owner.WaitText("Invited")
	if !strings.Contains(owner.URL(), "/team/mem_") {
		t.Errorf("after adding: %s", owner.URL())
	}
}

// annaComesIn opens the link of the letter in another profile, changes her name and signs in.
func annaComesIn(t *testing.T, s *site, link string, o browser.Options) *browser.Page {
	p := s.visitor(o)
	p.Open(link)
	for _, text := range []string{"Join Northwind", "Olga Owner invites you to Northwind.", "Until"} {
		p.WaitText(text)
	}
	if p.URL() != s.url+"/invitation" || p.Value("E-mail") != "anna@example.com" || p.Value("First name") != "Anna" {
		t.Errorf("the landing page at %s: %s %s", p.URL(), p.Value("E-mail"), p.Value("First name"))
	}
	for _, r := range p.Requests() {
		if r.Referer != "" && strings.Contains(r.Referer, act.InvitationPrefix) {
			t.Errorf("the secret is told on: %+v", r)
		}
	}
	p.Fill("First name", "Anna-Lena")
	p.Fill("Password", "anna-lena-berg-1")
	if !o.NoScript { // the criteria are ticked while the password is typed
		p.In(".criteria [data-key=length].met")
		p.WaitText("be at least 15 characters long (met)")
		p.WaitText("not be built from your name, address or organisation (not met yet)")
	}
	p.Fill("Password again", "anna-lena-berg-2")
	p.Click("Accept invitation")
	p.WaitText("The two passwords are not the same.")
	if p.Value("First name") != "Anna-Lena" || p.Value("Password") != "" {
		t.Error("the form does not keep the name, or keeps the password")
	}
	accept(p)
	p.WaitURL("/sign-in")
	signIn(p, "anna@example.com")
	p.WaitURL("/o/northwind/team")
	return p
}

// clipboard keeps the stories of two databases from sharing one.
var clipboard sync.Mutex

// makesAPIUser adds an API user, keeps its secret, and looks for it again in vain.
func makesAPIUser(t *testing.T, s *site, owner *browser.Page, o browser.Options) (id, key string) {
	owner.In(".nav").Click("Team")
	owner.In("header.head").Click("Add user")
	owner.Tick("API user", true)
	owner.Fill("Name", "Payroll import")
	owner.Tick("Auditor", true)
	owner.Click("Make API user")
	owner.WaitText("The secret is shown this once.")
	id = browser.Eval[string](owner, `document.getElementById("client-id").textContent`)
	key = browser.Eval[string](owner, `document.getElementById("client-secret").textContent`)
	if !strings.HasPrefix(key, act.ClientPrefix) {
		t.Errorf("the secret is %q", key)
	}
	if !o.NoScript {
		takesIt(t, s, owner, id, key)
	} else if owner.Offers("Copy") || owner.Offers("Download") {
		t.Error("buttons are offered that need scripts")
	}
	made := owner.URL()
	owner.Click("Close")
	if owner.URL() != made || !owner.Shows(key) {
		t.Fatal("the page is closed without the tick")
	}
	owner.Reload()
	owner.WaitText("Payroll import was made already.")
	if strings.Contains(owner.HTML(), act.ClientPrefix) {
		t.Error("a reload shows the secret")
	}
	owner.Click("Go to the API user")
	owner.WaitText(id)
	owner.Click("Credentials")
	owner.WaitText(key[len(key)-4:])
	if strings.Contains(owner.HTML(), key) {
		t.Error("the member's page holds the secret")
	}
	return id, key
}

// takesIt copies and downloads the ID and the secret.
func takesIt(t *testing.T, s *site, p *browser.Page, id, key string) {
	clipboard.Lock()
	defer clipboard.Unlock()
	p.Click("Copy Client secret")
	p.WaitText("Client secret copied")
	if got := p.Clipboard(); got != key {
		t.Errorf("copied: %q", got)
	}
	p.Click("Download .env")
	if got := string(p.Downloaded("payroll-import.env")); got != "ROSTER_CLIENT_ID="+id+"\nROSTER_CLIENT_SECRET="+key+"\nROSTER_TOKEN_URL="+s.url+"/oauth2/token\n" {
		t.Errorf(".env: %q", got)
	}
	p.Click("Download JSON")
	var got map[string]string
	if err := json.NewDecoder(bytes.NewReader(p.Downloaded("payroll-import.json"))).Decode(&got); err != nil || got["client_secret"] != key || got["client_id"] != id {
		t.Errorf("JSON: %v %v", got, err)
	}
}

// works gets a token with a secret.
func works(t *testing.T, s *site, id, key string) {
	r, err := http.NewRequest(http.MethodPost, s.url+"/oauth2/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(id, key)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		t.Errorf("the secret gets no token: %d", a.StatusCode)
	}
}

func TestTheSecretsPageIsClosedByTheTick(t *testing.T) {
	for name, o := range map[string]browser.Options{"script": {}, "plain": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, t.TempDir()+"/roster.db", postbox.StartTLS)
			s.found(roster.PlanUnlimited)
			p := s.signedIn("olga@example.com", o)
			p.Open(s.at("team", "add") + "?kind=api")
			p.Fill("Name", "Robot")
			p.Tick("Member", true)
			p.Click("Make API user")
			p.WaitText("Robot is ready")
			p.Tick("I have stored it", true)
			p.Click("Close")
			p.WaitURL("/team/mem_")
			p.WaitText("Robot")
			if asked := p.Dialogs(); len(asked) > 0 {
				t.Errorf("the browser asked %q", asked)
			}
		})
	}
}
