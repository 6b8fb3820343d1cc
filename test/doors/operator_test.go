package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/operator"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// oncePassword is the password that is handed to an operator.
const oncePassword = "amber-harbour-lantern-33"

// operates makes an operator, who chooses their own password and sets up a second factor, and gives their browser.
func (s *site) operates(email string) *rostertest.Visitor {
	s.T.Helper()
	v, _ := s.operating(email)
	return v
}

// operating is operates, with the operator's recovery codes.
func (s *site) operating(email string) (*rostertest.Visitor, []string) {
	s.T.Helper()
	_, err := s.Operators.Add(s.CLI(""), operator.Draft{Email: email, Password: oncePassword, Repeat: oncePassword})
	must(s.T, err)
	v := s.Visitor()
	if a := v.Post("/sign-in", "email", email, "password", oncePassword, "next", "/operator"); a.Path != "/sign-in/password" {
		s.T.Fatalf("a given password leads to %s: %d", a.Path, a.Status)
	}
	if a := v.Post("/sign-in/password", "password", rostertest.Password, "repeat", rostertest.Password, "next", "/operator"); a.Path != "/me/authenticator" {
		s.T.Fatalf("without a second factor one is led to %s: %d", a.Path, a.Status)
	}
	_, codes := setUp(s.T.(*testing.T), s.House, v)
	return v, codes
}

// lines gives the lines of an action in a history, the newest first.
func lines(t *testing.T, h *rostertest.House, org roster.OrgID, name act.Name) []roster.Event {
	t.Helper()
	page, err := h.History.List(h.CLI(org), history.Query{Action: string(name)})
	must(t, err)
	return page.Events
}

// TestAnOperatorLooksAfterOrganisations is the operator's story: from the machine to the area, an organisation made, put
// on a plan, suspended and resumed; and the end of it.
func TestAnOperatorLooksAfterOrganisations(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		v := s.operates("ana@example.net")
		if a := v.Get("/"); a.Path != "/operator" || !strings.Contains(a.Body, "Acme") {
			t.Fatalf("an operator's start is %s: %d", a.Path, a.Status)
		}
		if a := v.Get("/operator?q=nothing-like-it"); !strings.Contains(a.Body, "No organisation matches") {
			t.Errorf("a search for nothing: %d %.300s", a.Status, a.Body)
		}
		for _, wrong := range [][]string{{"name", "", "owner", "bea@example.com", "plan", "playground"}, {"name", "Beta", "owner", "nobody", "plan", "playground"}, {"name", "Beta", "owner", "bea@example.com", "plan", "none"}} {
			if a := v.Post("/operator/add", wrong...); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, wrong[3]) {
				t.Errorf("%v: %d", wrong, a.Status)
			}
		}
		a := v.Post("/operator/add", "name", "Beta", "owner", "bea@example.com", "plan", "playground")
		link := found(t, a.Body, `/invitation/(org_[a-z0-9]+/rinv_[A-Za-z0-9_-]+)`)
		org, secret, _ := strings.Cut(link, "/")
		if again := v.Post("/operator/add", "name", "Beta", "owner", "bea@example.com", "plan", "playground"); again.Status != http.StatusConflict {
			t.Errorf("made twice: %d", again.Status)
		}
		made := lines(t, h, roster.OrgID(org), act.OrganisationCreate)
		if len(made) != 1 || made[0].ActorKind != roster.ActorOperator || made[0].ActorName != "ana@example.net" {
			t.Errorf("the line of its making: %+v", made)
		}
		bea := h.Accept(roster.OrgID(org), secret, "Bea", "Beta")
		if a := v.Get("/operator/organisations/beta?what_if=unlimited"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Put it on Unlimited") {
			t.Errorf("what if: %d", a.Status)
		}
		v.Post("/operator/organisations/beta/plan", "plan", "unlimited")
		if l := lines(t, h, roster.OrgID(org), act.PlanAssign); len(l) != 1 || l[0].ActorKind != roster.ActorOperator {
			t.Errorf("the plan's line: %+v", l)
		}
		s.suspended(t, v, roster.OrgID(org), bea)
		h.Clock.Pass(11 * time.Minute)
		proves(t, v)
		_, err := h.Operators.Remove(h.CLI(""), "ana@example.net")
		must(t, err)
		if a := v.Get("/operator"); a.Path != "/sign-in" {
			t.Errorf("who is no operator any more is at %s: %d", a.Path, a.Status)
		}
		if a := v.Post("/sign-in", "email", "ana@example.net", "password", rostertest.Password, "next", "/operator"); a.Status != http.StatusUnauthorized {
			t.Errorf("and signs in: %d", a.Status)
		}
		h.Verified(roster.Installation)
		h.Verified(roster.OrgID(org))
	})
}

// proves holds that what is sensitive in the area asks for a fresh proof, which the operator's is no more.
func proves(t *testing.T, v *rostertest.Visitor) {
	t.Helper()
	const at = "/operator/organisations/beta/"
	for _, sensitive := range [][]string{
		{at + "suspend"},
		{at + "resume"},
		{at + "plan", "plan", "playground"},
		{at + "visit", "reason", "Ticket 4711"},
		{"/operator/add", "name", "Gamma", "owner", "gil@example.com", "plan", "playground"},
		{"/operator/plans/add", "key", "team", "name", "Team", "max_users", "20", "max_api_users", "5"},
		{"/operator/plans/unlimited", "name", "Unlimited", "max_users", "20", "max_api_users", "5"},
		{"/operator/plans/unlimited/delete"},
		{"/operator/catalogue", "do", "apply", "catalogue", "scopes: [{key: network, name: Network}]"},
	} {
		if a := v.Post(sensitive[0], sensitive[1:]...); !strings.Contains(a.Body, "Confirm that it is you") {
			t.Errorf("%s without a fresh proof: %d", sensitive[0], a.Status)
		}
	}
}

// suspended holds that nothing gets in to a suspended organisation by any door, and everything again once it is resumed.
func (s *site) suspended(t *testing.T, v *rostertest.Visitor, org roster.OrgID, bea roster.Actor) {
	t.Helper()
	robot, err := s.Team.CreateAPIUser(s.As(bea), team.APIUser{Name: "Robot", Grants: append(team.RoleGivings(roster.RoleAuditor), team.Giving{Permission: authz.DecisionsRead})})
	must(t, err)
	invited, err := s.Team.Invite(s.As(bea), team.Invitation{Email: "ivo@example.com", Profile: roster.Profile{FirstName: "Ivo", LastName: "Ived"}})
	must(t, err)
	link := s.Mailed(org, invited.ID)
	person, token := s.person("bea@example.com"), s.tokenOf(robot.ClientID, robot.Secret)
	question := `{"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"organisation","id":"` + string(org) + `"}}`
	ask := func() map[string]reply {
		return map[string]reply{
			"a page":           person.get("/o/beta/team"),
			"REST by session":  person.get(at(org, "members")),
			"REST by token":    token.get(at(org, "members")),
			"a decision":       token.send(http.MethodPost, "/access/v1/evaluation", question, "Content-Type", "application/json"),
			"a new token":      s.stranger().form("/oauth2/token", "grant_type", "client_credentials", "client_id", robot.ClientID, "client_secret", robot.Secret),
			"a pending letter": s.stranger().send(http.MethodGet, "/invitation", "", "Cookie", "__Host-invitation="+string(org)+"."+link),
		}
	}
	for what, r := range ask() {
		if r.status != http.StatusOK {
			t.Errorf("%s before: %d %.200s", what, r.status, r.body)
		}
	}
	if a := v.Get("/operator/organisations/beta/suspend"); a.Status != http.StatusOK {
		t.Errorf("the question: %d", a.Status)
	}
	if a := v.Post("/operator/organisations/beta/suspend"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Beta is suspended.") {
		t.Fatalf("suspend: %d %.300s", a.Status, a.Body)
	}
	for what, r := range ask() {
		if r.status != http.StatusForbidden && (what != "a new token" || r.status != http.StatusBadRequest) || !strings.Contains(r.body, "is suspended") {
			t.Errorf("%s while it is suspended: %d %.300s", what, r.status, r.body)
		}
	}
	if _, err := s.Team.Invite(s.As(bea), team.Invitation{Email: "eve@example.com"}); !roster.Is(err, "organisation_suspended") {
		t.Errorf("an invitation while it is suspended: %v", err)
	}
	if a := v.Post("/operator/organisations/beta/resume"); a.Status != http.StatusOK {
		t.Fatalf("resume: %d", a.Status)
	}
	for what, r := range ask() {
		if r.status != http.StatusOK {
			t.Errorf("%s after: %d %.200s", what, r.status, r.body)
		}
	}
	for name, kind := range map[act.Name]roster.ActorKind{act.OrganisationSuspend: roster.ActorOperator, act.OrganisationResume: roster.ActorOperator} {
		if l := lines(t, s.House, org, name); len(l) != 1 || l[0].ActorKind != kind {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// area gives the routes of the operator area.
func area(s *site) []string {
	var all []string
	for _, r := range s.Doors.Mux.Routes() {
		if strings.HasPrefix(r.Pattern, "/operator") {
			all = append(all, r.Method+" "+strings.NewReplacer("{name}", "acme", "{id}", "job_none").Replace(r.Pattern))
		}
	}
	return all
}

// TestNobodyElseGetsToTheOperatorArea walks the area as an Owner with every right, as an operator without a second factor
// and as nobody; and every organisation's routes as an operator.
func TestNobodyElseGetsToTheOperatorArea(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	if len(area(s)) < 15 {
		t.Fatalf("the area has only %d routes", len(area(s)))
	}
	for _, route := range area(s) {
		method, path, _ := strings.Cut(route, " ")
		form := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
		if r := owner.send(method, path, "", form...); r.status != http.StatusNotFound || !strings.Contains(r.body, "There is nothing here.") {
			t.Errorf("%s as an Owner: %d", route, r.status)
		}
		if r := robot.send(method, path, "", form...); r.status != http.StatusUnauthorized && r.status != http.StatusSeeOther {
			t.Errorf("%s by a token: %d", route, r.status)
		}
	}
	_, err := h.Operators.Add(h.CLI(""), operator.Draft{Email: "bo@example.net", Password: oncePassword, Repeat: oncePassword})
	must(t, err)
	bare := s.Visitor()
	bare.Post("/sign-in", "email", "bo@example.net", "password", oncePassword)
	bare.Post("/sign-in/password", "password", rostertest.Password, "repeat", rostertest.Password)
	for _, route := range area(s) {
		if path, get := strings.CutPrefix(route, "GET "); get {
			if a := bare.Get(path); a.Path != "/me/authenticator" {
				t.Errorf("%s without a second factor: %s %d", route, a.Path, a.Status)
			}
		}
	}
	v, there := s.operates("ana@example.net"), things(t, h, h.Owner, h.Owner.Member)
	for _, r := range s.Doors.Mux.Routes() {
		if r.Method != http.MethodGet || !strings.Contains(r.Pattern, "{org}") || r.Secret || tokens(r.Pattern) || strings.Contains(r.Pattern, "sign-in") || strings.HasPrefix(r.Pattern, "/.well-known/") {
			continue
		}
		want := http.StatusNotFound
		if r.Pattern == "/api/v1/orgs/{org}" { // an organisation as such, and nothing inside it (decisions/043)
			want = http.StatusOK
		}
		if a := v.Get(filled(r.Pattern, there)); a.Status != want {
			t.Errorf("%s as an operator: %d", r.Pattern, a.Status)
		}
	}
	if r := s.Visitor().Get("/operator/history"); r.Path != "/sign-in" {
		t.Errorf("nobody is led to %s", r.Path)
	}
}

// TestAnOperatorWhoLostTheirFactorIsToldWhatHelpsThem holds that operators are told of the machine, in their language, and
// everybody else of their administrators; and that what they are told helps.
func TestAnOperatorWhoLostTheirFactorIsToldWhatHelpsThem(t *testing.T) {
	const (
		machine     = "somebody on the machine that runs this installation removes you as an operator and adds you again."
		portuguese  = "alguém na máquina em que esta instalação funciona retira você dos operadores e adiciona você de novo."
		administers = "ask an administrator of your organisation"
	)
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		told := func(where string, a rostertest.Answer, want, not string) {
			t.Helper()
			if !strings.Contains(a.Body, want) || strings.Contains(a.Body, not) {
				t.Errorf("%s (%s): %.3000s", where, a.Path, a.Body)
			}
		}
		second := func(email string) rostertest.Answer {
			a := s.Visitor().Post("/sign-in", "email", email, "password", rostertest.Password)
			if a.Path != "/sign-in/second" {
				t.Errorf("%s is led to %s", email, a.Path)
			}
			return a
		}
		v := s.operates("ana@example.net")
		told("an operator's second step", second("ana@example.net"), machine, administers)
		told("an operator's confirmation", v.Get("/confirm"), machine, administers)
		if a := v.Post("/me/preferences", "language", "pt-BR"); a.Status != http.StatusOK {
			t.Fatalf("preferences: %d %.2000s", a.Status, a.Body)
		}
		told("an operator's confirmation in Portuguese", v.Get("/confirm"), portuguese, "administrador")
		v.Post("/me/preferences", "language", "en")

		h.Join("anna@example.com", "Anna", "Silva", roster.RoleOwner)
		anna := s.Visitor()
		anna.SignIn("anna@example.com", rostertest.Password)
		setUp(t, h, anna)
		told("a member's second step", second("anna@example.com"), administers, machine)
		told("a member's confirmation", anna.Get("/confirm"), administers, machine)

		_, err := h.Operators.Remove(h.CLI(""), "ana@example.net")
		must(t, err)
		s.operates("ana@example.net")
	})
}
