package doors_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

var formKey = regexp.MustCompile(`name="form_key" value="([^"]+)"`)

func TestTheDashboardWithoutScripts(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		site := h.Serve()
		owner := site.Visitor()
		if a := owner.Get("/o/acme/team"); a.Path != "/sign-in" {
			t.Fatalf("without a session: %d %s", a.Status, a.Path)
		}
		if a := owner.SignIn("olga@example.com", rostertest.Password); a.Path != "/o/acme/team" || !strings.Contains(a.Body, "Olga Owner") {
			t.Fatalf("after signing in: %s\n%s", a.Path, a.Body)
		}
		key := formKey.FindStringSubmatch(owner.Get("/o/acme/team/add").Body)
		if key == nil {
			t.Fatal("the form has no key")
		}
		invite := []string{"form_key", key[1], "kind", "regular", "email", "anna@example.com", "first_name", "Anna", "last_name", "Berg", "role", "auditor"}
		a := owner.Post("/o/acme/team/add", invite...)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "Anna Berg is invited") {
			t.Fatalf("invite: %d %s\n%s", a.Status, a.Path, a.Body)
		}
		member := a.Path
		if again := owner.Post("/o/acme/team/add", invite...); again.Path != member {
			t.Errorf("the same form again made something: %d %s", again.Status, again.Path)
		}
		a = owner.Post(member + "/link")
		link := regexp.MustCompile(`http://127\.0\.0\.1:\d+/invitation/[^"&<\s]+`).FindString(a.Body)
		if link == "" {
			t.Fatalf("no link: %d\n%s", a.Status, a.Body)
		}
		anna := site.Visitor()
		if a := anna.Get(link); a.Path != "/invitation" || !strings.Contains(a.Body, "anna@example.com") || !strings.Contains(a.Body, "Olga Owner") {
			t.Fatalf("landing: %s\n%s", a.Path, a.Body)
		}
		if a := anna.Post("/invitation", "first_name", "Anna", "last_name", "Berg", "password", "short", "repeat", "other"); a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Body, `value="short"`) {
			t.Errorf("a bad password: %d", a.Status)
		}
		if a := anna.Post("/invitation", "first_name", "Anna", "last_name", "Berg", "password", rostertest.Password, "repeat", rostertest.Password); a.Path != "/o/acme/sign-in" {
			t.Fatalf("accept: %d %s\n%s", a.Status, a.Path, a.Body)
		}
		if a := anna.SignIn("anna@example.com", rostertest.Password); a.Path != "/o/acme/team" {
			t.Errorf("an auditor lands on %s", a.Path)
		}
		if a := anna.Get("/o/acme/team/add"); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "members.write") || !strings.Contains(a.Body, "Olga Owner") {
			t.Errorf("an auditor opens the form and is told what is missing and who can give it: %d\n%s", a.Status, a.Body)
		}
		key = formKey.FindStringSubmatch(owner.Get("/o/acme/team/add?kind=api").Body)
		robot := []string{"form_key", key[1], "kind", "api", "name", "Robot", "role", "auditor"}
		a = owner.Post("/o/acme/team/add", robot...)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "rsec_") {
			t.Fatalf("API user: %d\n%s", a.Status, a.Body)
		}
		if a := owner.Post("/o/acme/team/add", robot...); a.Status != http.StatusOK || strings.Contains(a.Body, "rsec_") {
			t.Errorf("a reload shows the secret, or fails: %d", a.Status)
		}
		if a := owner.Post(member+"/block", "reason", "away"); a.Status != http.StatusOK || !strings.Contains(a.Body, "is blocked") {
			t.Errorf("block: %d %s", a.Status, a.Path)
		}
		if a := anna.Get("/o/acme/team"); a.Status != http.StatusForbidden {
			t.Errorf("a blocked member: %d", a.Status)
		}
		if a := owner.Post(member+"/remove", "confirm_name", "Anna"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("remove without the whole name: %d", a.Status)
		}
		if a := owner.Post(member+"/remove", "confirm_name", "Anna Berg"); a.Status != http.StatusOK || a.Path != "/o/acme/team" {
			t.Errorf("remove: %d %s", a.Status, a.Path)
		}
		if a := owner.Get("/o/acme/history"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Anna Berg") {
			t.Errorf("history: %d", a.Status)
		}
		for _, path := range []string{"/me", "/", "/o/acme/team?q=olga&status=active&kind=regular&limit=25", "/o/acme/users"} {
			if a := owner.Get(path); a.Status != http.StatusOK {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
		if a := owner.Get("/o/nowhere/team"); a.Status != http.StatusNotFound {
			t.Errorf("another organisation: %d", a.Status)
		}
		if a := owner.Post("/sign-out"); a.Path != "/sign-in" {
			t.Errorf("sign out: %s", a.Path)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestARoleThatIsGivenWithAnInvitationMayEndToday: today's end is midnight, as any other day's.
func TestARoleThatIsGivenWithAnInvitationMayEndToday(t *testing.T) {
	h := rostertest.SQLite(t)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	today := h.Clock.Now().Truncate(24 * time.Hour)
	a := owner.Post("/o/acme/team/invite", "form_key", roster.NewID("key_"), "kind", "regular", "role", "member", "until", today.Format(time.DateOnly), "addresses", "bo@example.com")
	page, err := h.Team.List(h.As(h.Owner), team.Query{Text: "bo"})
	must(t, err)
	if a.Status != http.StatusOK || len(page.Members) != 1 {
		t.Fatalf("%d, %d are invited\n%.3000s", a.Status, len(page.Members), a.Body)
	}
	if g := page.Members[0].Grants; len(g) != 1 || !g[0].Until.Equal(today.AddDate(0, 0, 1)) {
		t.Errorf("they hold %+v", g)
	}
}

func TestOnesOwnPageKeepsTheOrganisationAroundIt(t *testing.T) {
	h := rostertest.SQLite(t)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	if a := owner.Get("/me/preferences?in=acme"); !strings.Contains(a.Body, `action="/me/preferences?in=acme"`) {
		t.Fatalf("the form forgets the organisation: %d\n%s", a.Status, a.Body)
	}
	a := owner.Post("/me/preferences?in=acme", "theme", "dark", "density", "compact", "language", "pt-BR", "zone", "Asia/Kathmandu")
	if a.Status != http.StatusOK || a.Path != "/me/preferences" || !strings.Contains(a.Body, "/o/acme/team") || !strings.Contains(a.Body, `data-theme="dark"`) {
		t.Errorf("after saving: %d %s\n%s", a.Status, a.Path, a.Body)
	}
	// The house's clock stands at nine, and so moments are shown at a quarter to three in the afternoon there.
	if a := owner.Get("/o/acme/history"); !strings.Contains(a.Body, `data-zone="Asia/Kathmandu"`) || !strings.Contains(a.Body, "14:45") {
		t.Errorf("moments are not shown in the chosen zone:\n%s", a.Body)
	}
	if a := owner.Post("/me/preferences", "theme", "", "density", "", "language", "", "zone", "Mars/Base"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "f-zone-error") {
		t.Errorf("an unknown zone: %d", a.Status)
	}
	if a := owner.Get("/me/preferences"); !strings.Contains(a.Body, `lang="pt-BR"`) || !strings.Contains(a.Body, "Salvar preferências") {
		t.Error("the chosen language is not spoken")
	}
	other := h.Serve().Visitor() // another device of hers
	other.SignIn("olga@example.com", rostertest.Password)
	if a := other.Get("/o/acme/team"); !strings.Contains(a.Body, `data-density="compact"`) {
		t.Error("preferences stay on one device")
	}
}

func TestSomebodyLeavesByTheirOwnPage(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Join("bruno@example.com", "Bruno", "Costa", roster.RoleMember)
	bruno := h.Serve().Visitor()
	bruno.SignIn("bruno@example.com", rostertest.Password)
	if a := bruno.Get("/o/acme/me"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Acme made your account") || !strings.Contains(a.Body, `href="/o/acme/me/leave"`) {
		t.Fatalf("one's own page there: %d\n%s", a.Status, a.Body)
	}
	if a := bruno.Post("/o/acme/me/leave", "confirm_name", "acme"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "exactly as it stands here") {
		t.Errorf("without the whole name: %d", a.Status)
	}
	h.Clock.Pass(11 * time.Minute)
	if a := bruno.Post("/o/acme/me/leave", "confirm_name", "Acme"); !strings.Contains(a.Body, "confirm_password") {
		t.Errorf("without a fresh proof: %d %s", a.Status, a.Path)
	}
	if a := bruno.Post("/confirm", "next", "/", "confirm_password", rostertest.Password); a.Status >= 400 {
		t.Errorf("confirming: %d", a.Status)
	}
	if a := bruno.Post("/o/acme/me/leave", "confirm_name", "Acme"); a.Path != "/sign-in" || !strings.Contains(a.Body, "You left Acme.") {
		t.Errorf("left: %d %s", a.Status, a.Path)
	}
	if a := bruno.Get("/o/acme/me"); a.Path != "/sign-in" {
		t.Errorf("after that: %d %s", a.Status, a.Path)
	}
	h.Verified(h.Acme.ID)
}

func TestOnesOwnDataAndPasswordByPage(t *testing.T) {
	h := rostertest.SQLite(t)
	v := h.Serve().Visitor()
	v.SignIn("olga@example.com", rostertest.Password)
	if a := v.Get("/me"); !strings.Contains(a.Body, `action="/me/data?in=acme"`) {
		t.Errorf("the page offers no data: %d", a.Status)
	}
	a := v.Post("/me/data")
	var file map[string]any
	if err := json.Unmarshal([]byte(a.Body), &file); err != nil || a.Header.Get("Content-Disposition") == "" || len(file["history"].([]any)) < 2 || len(file["memberships"].([]any)) != 1 {
		t.Fatalf("the file: %d %v\n%s", a.Status, err, a.Body)
	}
	for _, secret := range []string{"argon2", "rses_", "hash", rostertest.Password} {
		if strings.Contains(a.Body, secret) {
			t.Errorf("the file holds %s", secret)
		}
	}
	const next = "silver-pebble-orchard-92"
	h.Clock.Pass(11 * time.Minute)
	if a := v.Get("/me/password"); a.Path != "/confirm" {
		t.Errorf("without a fresh proof: %d %s", a.Status, a.Path)
	}
	if a := v.Post("/confirm", "next", "/me/password", "confirm_password", rostertest.Password); a.Path != "/me/password" || !strings.Contains(a.Body, `data-check="/me/password/criteria"`) {
		t.Fatalf("confirmed: %d %s", a.Status, a.Path)
	}
	if a := v.Post("/me/password/criteria", "password", "olga"); !strings.Contains(a.Body, `"met":false`) {
		t.Errorf("criteria: %d %s", a.Status, a.Body)
	}
	if a := v.Post("/me/password", "password", next, "repeat", "x"); a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Body, next) {
		t.Errorf("typed differently: %d", a.Status)
	}
	if a := v.Post("/me/password", "password", next, "repeat", next); a.Path != "/me/security" || !strings.Contains(a.Body, "Your password is changed") {
		t.Errorf("changed: %d %s", a.Status, a.Path)
	}
	v = h.Serve().Visitor()
	v.SignIn("olga@example.com", next)
}

// TestTheSwitcherMarksWhereOneIsNotLetInFromHere: the one organisation whose list lacks the address, and no other.
func TestTheSwitcherMarksWhereOneIsNotLetInFromHere(t *testing.T) {
	h := rostertest.SQLite(t)
	founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
	must(t, err)
	nora := h.Accept(founded.Organisation.ID, founded.Link, "Nora", "North")
	in := team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Silva"}, Grants: team.RoleGivings(roster.RoleAuditor)}
	h.Own(nora, h.Own(h.Owner, roster.Actor{}, in), in)
	anna := h.Serve().Visitor()
	anna.SignIn("anna@example.com", rostertest.Password)
	marks := func() (n int, after string) {
		t.Helper()
		_, list, ok := strings.Cut(anna.Get("/o/acme/team").Body, `id="organisations"`)
		if !ok {
			t.Fatal("there is no switcher")
		}
		list, _, _ = strings.Cut(list, "</ul>")
		before, _, _ := strings.Cut(list, "not from here")
		return strings.Count(list, "not from here"), before[max(0, len(before)-120):]
	}
	if n, _ := marks(); n != 0 {
		t.Errorf("%d are marked, and none has a list", n)
	}
	_, err = h.Networks.Set(h.CLI(founded.Organisation.ID), []string{"203.0.113.0/24"})
	must(t, err)
	if n, after := marks(); n != 1 || !strings.Contains(after, "Globex") {
		t.Errorf("%d are marked, the first after %q", n, after)
	}
	_, err = h.Networks.Set(h.CLI(founded.Organisation.ID), []string{"127.0.0.0/8", "::1"})
	must(t, err)
	if n, _ := marks(); n != 0 {
		t.Errorf("%d are marked, and one is let in from here", n)
	}
}

func TestAnAddressListBindsEveryDoor(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleAuditor)
	const list, same = "/o/acme/settings/addresses", "same-origin"
	if a := owner.form(list, "allowed_from", "203.0.113.0/24"); a.status != http.StatusConflict || !strings.Contains(a.body, "You would lock yourself out") || !strings.Contains(a.body, "203.0.113.0/24</textarea>") {
		t.Fatalf("a list without one's own address: %d\n%s", a.status, a.body)
	}
	if a := owner.form(list, "allowed_from", "127.0.0.0/8\n::1"); a.status != http.StatusSeeOther {
		t.Fatalf("a good list: %d\n%s", a.status, a.body)
	}
	if a := robot.get("/api/v1/orgs/acme/members"); a.status != http.StatusOK {
		t.Errorf("a program from here: %d", a.status)
	}
	_, err := h.Networks.Set(h.CLI(h.Acme.ID), []string{"203.0.113.0/24"}) // the operator can lock everybody out
	must(t, err)
	for name, a := range map[string]reply{
		"a page": owner.get("/o/acme/team"), "the API by session": owner.send(http.MethodGet, "/api/v1/orgs/acme/members", "", "Sec-Fetch-Site", same),
		"the API by token": robot.get("/api/v1/orgs/acme/members"), "a question": robot.json(http.MethodPost, "/access/v1/evaluation", map[string]any{}),
		"clearing it": owner.form(list, "allowed_from", ""),
	} {
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "127.0.0.1") {
			t.Errorf("%s from elsewhere: %d %s", name, a.status, a.body)
		}
	}
	if a := owner.get("/me/security"); a.status != http.StatusOK {
		t.Errorf("one's own pages: %d", a.status)
	}
	_, err = h.Networks.Set(h.CLI(h.Acme.ID), nil)
	must(t, err)
	if a := owner.get("/o/acme/team"); a.status != http.StatusOK {
		t.Errorf("once it is cleared: %d", a.status)
	}
	h.Verified(h.Acme.ID)
}
