package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/self"
	"roster/internal/action/team"
	comings "roster/internal/action/team/way"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// posted is a connected house whose letters arrive.
func (c *connected) posted() mailed {
	c.t.Helper()
	s, box := &site{Site: c.Site, log: &logbook{}}, postbox.Open(c.t, postbox.Options{Security: postbox.Plain})
	return mailed{s, box, runner(c.t, s, box)}
}

// chooses sends the form of a member's login method as it stands there.
func chooses(t *testing.T, v *rostertest.Visitor, m roster.MemberID, method, identifier string) rostertest.Answer {
	t.Helper()
	at := "/o/acme/team/" + string(m) + "/login-method"
	version := formVersion.FindStringSubmatch(v.Get(at).Body)
	if version == nil {
		t.Fatalf("%s has no version: %.2000s", at, v.Get(at).Body)
	}
	return v.Post(at, "version", version[1], "way", method, "identifier", identifier)
}

// TestAManagedPersonComesInAnotherWay: with the choice the old way in and its sessions are over, in either direction, and
// a letter says how to go on.
func TestAManagedPersonComesInAnotherWay(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner, m := c.owner(), c.posted()
		id := c.ready(owner, "Okta")
		anna := c.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		before := c.Visitor()
		before.SignIn("anna@example.com", rostertest.Password)
		if a := chooses(t, owner, anna.Member, "", ""); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Choose a login method.") || !strings.Contains(a.Body, `value="link" id="f-way" checked`) {
			t.Fatalf("without a choice: %d %.2000s", a.Status, a.Body)
		}
		if a := chooses(t, owner, anna.Member, id, ""); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Fill in how the provider calls this person.") || !strings.Contains(a.Body, `value="`+id+`"`) {
			t.Fatalf("without an identifier: %d %.2000s", a.Status, a.Body)
		}
		if a := chooses(t, owner, anna.Member, id, "anna@example.com"); a.Status != http.StatusOK || !strings.HasSuffix(a.Path, "/sign-in") || !strings.Contains(a.Body, "How Anna Berg signs in is saved.") {
			t.Fatalf("by Okta: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		e := c.newest()
		if got := changesOf(e); e.Action != "member.method" || e.Target.ID != string(anna.Member) || !strings.Contains(got, "login_method=Okta identifier=anna@example.com") {
			t.Errorf("the line: %s %s", e.Action, got)
		}
		if a := before.Get("/o/acme"); a.Path != "/sign-in" {
			t.Errorf("the session by the password goes on: %s", a.Path)
		}
		if a := c.Visitor().Post("/sign-in", "email", "anna@example.com", "password", rostertest.Password); isIn(a) {
			t.Error("the password still lets her in")
		}
		if l := m.sent(t, "anna@example.com", 1); l.Subject != "How you sign in to Acme" || !strings.Contains(l.Text, "by Okta") {
			t.Errorf("the letter: %s\n%s", l.Subject, l.Text)
		}
		by := c.Visitor()
		if a := c.through(by, by.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("by Okta: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		// And back: the connection's session ends, and a letter brings the choice of a password.
		late := c.Visitor()
		at, fields := c.away(late, late.Post("/o/acme/sign-in/"+id))
		language := "pt-BR"
		_, err := c.Self.Prefer(c.As(anna), self.Preferring{Language: &language})
		must(t, err)
		if a := chooses(t, owner, anna.Member, "link", ""); a.Status != http.StatusOK || !strings.HasSuffix(a.Path, "/sign-in") {
			t.Fatalf("by password: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := by.Get("/o/acme"); a.Path != "/sign-in" {
			t.Errorf("the session by Okta goes on: %s", a.Path)
		}
		stayedOut(t, "who left before", late, late.Post(at, fields...), "that is not who was invited")
		l := m.sent(t, "anna@example.com", 2)
		if l.Subject != "Como você entra em Acme" {
			t.Errorf("the letter in her language: %s", l.Subject)
		}
		link := strings.TrimPrefix(l.Link(t, c.URL+"/recovery/"), c.URL)
		if a := m.opens(link, another); !isIn(a) {
			t.Fatalf("the choice: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		if a := m.opens(link, rostertest.Password); a.Status != http.StatusGone {
			t.Errorf("the link again: %d", a.Status)
		}
		c.Visitor().SignIn("anna@example.com", another)
		c.Verified(c.Acme.ID)
	})
}

// TestWhoComesInByAConnectionGetsNoPassword: the organisation's own person has one way in. No door sets a password beside it,
// no link from before the change leads to one, and no page offers it.
func TestWhoComesInByAConnectionGetsNoPassword(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner, m := c.owner(), c.posted()
		id := c.ready(owner, "Okta")
		anna := c.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		page := "/o/acme/team/" + string(anna.Member)
		chooses(t, owner, anna.Member, id, "anna@example.com")
		m.sent(t, "anna@example.com", 1)
		chooses(t, owner, anna.Member, "link", "")
		link := strings.TrimPrefix(m.sent(t, "anna@example.com", 2).Link(t, c.URL+"/recovery/"), c.URL)
		for _, at := range []string{"/o/acme/team", page} {
			if !strings.Contains(owner.Get(at).Body, page+"/password") {
				t.Errorf("%s does not offer it before", at)
			}
		}
		chooses(t, owner, anna.Member, id, "anna@example.com")

		const refusal = "comes in by a connection, and gets no password beside it. Change their login method to e-mail and password first."
		olga := m.person("olga@example.com")
		if got := olga.json(http.MethodPost, at(c.Acme.ID, "members", string(anna.Member), "password"), map[string]any{"password": another}); got.status != http.StatusConflict || got.code(t) != "comes_by_connection" {
			t.Errorf("by program: %d %s", got.status, got.body)
		}
		if a := owner.Post(page+"/password", "password", another, "repeat", another); a.Status != http.StatusConflict {
			t.Errorf("by page: %d %.2000s", a.Status, a.Body)
		}
		for _, args := range [][]string{{"user", "password"}, {"user", "recover", "--url", c.URL}} {
			if code, out, complaint := m.typed(another+"\n", append(args, string(anna.Member), "--org", "acme")...); code != 1 || !strings.Contains(complaint, refusal) {
				t.Errorf("%s: %d %s %s", args[1], code, out, complaint)
			}
		}
		if a := m.opens(link, another); a.Status != http.StatusGone {
			t.Errorf("the link from before: %d %s", a.Status, a.Path)
		}
		if a := c.Visitor().Post("/sign-in", "email", "anna@example.com", "password", another); isIn(a) {
			t.Error("a password lets her in")
		}
		for _, at := range []string{"/o/acme/team", page, page + "/sign-in"} {
			if a := owner.Get(at); a.Status != http.StatusOK || strings.Contains(a.Body, page+"/password") {
				t.Errorf("%s offers it: %d", at, a.Status)
			}
		}
		if a := owner.Get(page + "/password"); strings.Contains(a.Body, `name="password"`) || !strings.Contains(a.Body, page+"/login-method") {
			t.Errorf("the form's address: %.2000s", a.Body)
		}
		if got := olga.get(at(c.Acme.ID, "members", string(anna.Member))); strings.Contains(got.body, `"member.password"`) || !strings.Contains(got.body, `"member.method"`) {
			t.Errorf("allowed: %s", got.body[strings.Index(got.body, `"allowed"`):])
		}
		chooses(t, owner, anna.Member, "link", "")
		if a := owner.Post(page+"/password", "password", another, "repeat", another); a.Status != http.StatusOK || !strings.Contains(a.Body, "Anna Berg") {
			t.Errorf("after the change: %d %.2000s", a.Status, a.Body)
		}
		c.Verified(c.Acme.ID)
	})
}

// TestAnOwnPersonConfirmsTheConnectionFromTheirSession: until then nobody comes in by it, and what is theirs stays theirs.
func TestAnOwnPersonConfirmsTheConnectionFromTheirSession(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner, m := c.owner(), c.posted()
		id := c.ready(owner, "Okta")
		anna := c.Own(c.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
		own := c.Visitor()
		own.SignIn("anna@example.com", rostertest.Password)
		if a := chooses(t, owner, anna.Member, id, "anna@example.com"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Not confirmed yet") {
			t.Fatalf("by Okta: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if l := m.sent(t, "anna@example.com", 1); !strings.Contains(l.Text, "Confirm that the account there is yours") || l.Link(t, c.URL+"/o/acme/me") == "" {
			t.Errorf("the letter: %s", l.Text)
		}
		stranger := c.Visitor()
		stayedOut(t, "before it is confirmed", stranger, c.through(stranger, stranger.Post("/o/acme/sign-in/"+id)), "sign in with your own password first")
		page := own.Get("/o/acme/me")
		if page.Path != "/o/acme/me" || !strings.Contains(page.Body, "Continue with Okta") {
			t.Fatalf("her session ended, or nothing is to be confirmed: %s %.2000s", page.Path, page.Body)
		}
		if a := c.through(own, own.Post("/o/acme/sign-in/"+id, "next", "/o/acme/me")); a.Path != "/o/acme/me" || strings.Contains(a.Body, "Continue with Okta") {
			t.Fatalf("confirmed: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if e := c.newest(); e.Action != "connection.bind" || !strings.Contains(changesOf(e), "subject=anna-1") {
			t.Errorf("the line: %s %s", e.Action, changesOf(e))
		}
		confined := c.Visitor()
		if a := c.through(confined, confined.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("by Okta: %d %s", a.Status, a.Path)
		}
		if strings.Contains(confined.Get("/me").Body, `href="/me/email`) || !strings.Contains(own.Get("/me").Body, `href="/me/email`) {
			t.Error("her address is offered to be changed where Okta alone proved who she is, or not in her own session")
		}
		by := m.stranger()
		by.cookie = confined.Cookie("__Host-roster")
		if got := by.json(http.MethodPatch, "/api/v1/me/factors/fac_any", map[string]any{"name": "Phone"}); got.status != http.StatusForbidden || got.code(t) != "own_proof_needed" {
			t.Errorf("her factors by what Okta proved: %d %s", got.status, got.body)
		}
		// Nor does it learn what she has: by her own session she sees it.
		setUp(t, c.House, own)
		const none = `{"items":[],"recovery_codes_left":0}`
		if a := c.through(confined, confined.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("by Okta again: %d %s", a.Status, a.Path)
		}
		by.cookie = confined.Cookie("__Host-roster")
		if got := by.get("/api/v1/me/factors"); got.status != http.StatusOK || strings.TrimSpace(got.body) != none {
			t.Errorf("what Okta proved sees: %d %s", got.status, got.body)
		}
		if a := confined.Get("/me/security"); a.Path != "/me/security" || !strings.Contains(a.Body, "you came in by an organisation&#39;s connection") || strings.Contains(a.Body, "Phone") || strings.Contains(a.Body, "codes left") {
			t.Errorf("what Okta proved sees on the page: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		hers := m.stranger()
		hers.cookie = own.Cookie("__Host-roster")
		if got := hers.get("/api/v1/me/factors"); got.status != http.StatusOK || !strings.Contains(got.body, `"name":"Phone"`) || !strings.Contains(got.body, `"recovery_codes_left":10`) {
			t.Errorf("her own session sees: %d %s", got.status, got.body)
		}
		// With another way in what Okta proved is over; what her password proved is hers.
		if a := chooses(t, owner, anna.Member, "link", ""); a.Status != http.StatusOK {
			t.Fatalf("by password: %d %.2000s", a.Status, a.Body)
		}
		if a := confined.Get("/o/acme"); a.Path != "/sign-in" {
			t.Errorf("the session by Okta goes on: %s", a.Path)
		}
		if a := own.Get("/o/acme/me"); a.Path != "/o/acme/me" {
			t.Errorf("her own session ended: %s", a.Path)
		}
		if strings.Contains(own.Get("/me/security").Body, "Okta") {
			t.Error("her own session still has what Okta proved")
		}
		c.Verified(c.Acme.ID)
	})
}

// TestAnOpenInvitationIsForAnotherWayIn: earlier links are dead, and the new one leads to the new way.
func TestAnOpenInvitationIsForAnotherWayIn(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		m := c.posted()
		id := c.ready(owner, "Okta")
		old := c.invited(id, "anna@example.com", "anna.b@example.com")
		invited := roster.MemberID(c.newest().Target.ID)
		if a := chooses(t, owner, invited, id, "anna@example.com"); a.Status != http.StatusOK {
			t.Fatalf("another identifier: %d %.2000s", a.Status, a.Body)
		}
		if got := changesOf(c.newest()); !strings.Contains(got, "identifier=anna@example.com") || strings.Contains(got, "login_method=") || !strings.Contains(got, "invitation_state=superseded") {
			t.Errorf("the line: %s", got)
		}
		v := c.Visitor()
		if a := v.Get(old); a.Status != http.StatusGone || !strings.Contains(a.Body, "There is a newer invitation") {
			t.Errorf("the old link: %d", a.Status)
		}
		v.Get(strings.TrimPrefix(m.sent(t, "anna@example.com", 1).Link(t, c.URL+"/invitation/"), c.URL))
		if a := c.through(v, v.Post("/invitation/connection")); !isIn(a) {
			t.Fatalf("accept: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		// By password, and the same choice again is none.
		c.invited(id, "bo@example.com", "bo")
		bo := roster.MemberID(c.newest().Target.ID)
		if a := chooses(t, owner, bo, "link", ""); a.Status != http.StatusOK {
			t.Fatalf("by password: %d %.2000s", a.Status, a.Body)
		}
		was := position(t, c.House, c.Acme.ID)
		if a := chooses(t, owner, bo, "link", ""); a.Status != http.StatusOK || position(t, c.House, c.Acme.ID) != was {
			t.Errorf("the same again: %d", a.Status)
		}
		if l := m.sent(t, "bo@example.com", 1); !strings.Contains(l.Text, "/invitation/") {
			t.Errorf("the letter: %s", l.Text)
		}
	})
}

// TestWhoMayChooseAnothersLoginMethod tries the rules by program, by page and at the command line.
func TestWhoMayChooseAnothersLoginMethod(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		s := &site{Site: c.Site, log: &logbook{}}
		id, draft := c.ready(owner, "Okta"), c.make(owner, "Entra")
		anna := c.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		ulla := c.Join("ulla@example.com", "Ulla", "Umber", roster.RoleUserAdministrator)
		robot, program := s.program(c.Owner, "Robot", roster.RoleUserAdministrator)
		gone := c.Join("gone@example.com", "Gina", "Gone", roster.RoleMember)
		if _, err := c.Team.Remove(c.As(c.Owner), gone.Member); err != nil {
			t.Fatal(err)
		}
		people := map[roster.MemberID]caller{c.Owner.Member: s.person("olga@example.com"), anna.Member: s.person("anna@example.com"), ulla.Member: s.person("ulla@example.com")}
		choose := func(by caller, m roster.MemberID, method, identifier string, headers ...string) reply {
			return by.json(http.MethodPut, at(c.Acme.ID, "members", string(m), "login-method"), map[string]any{"login_method": method, "identifier": identifier}, headers...)
		}
		for _, try := range []struct {
			what               string
			by                 caller
			on                 roster.MemberID
			method, identifier string
			code               string
		}{
			{"a weaker one's", people[ulla.Member], c.Owner.Member, id, "olga", "stronger_target"},
			{"one's own", people[c.Owner.Member], c.Owner.Member, id, "olga", "not_on_yourself"},
			{"without the permission", people[anna.Member], ulla.Member, id, "ulla", "forbidden"},
			{"by a program", robot, anna.Member, id, "anna", "people_only"},
			{"an API user's", people[ulla.Member], program, id, "robot", "no_login_method"},
			{"of who was removed", people[ulla.Member], gone.Member, id, "gina", "removed"},
			{"a draft", people[ulla.Member], anna.Member, draft, "anna", "method_not_ready"},
			{"unknown", people[ulla.Member], anna.Member, login.NewID(), "anna", "method_unknown"},
			{"without an identifier", people[ulla.Member], anna.Member, id, " ", "field_required"},
			{"an identifier with a password", people[ulla.Member], anna.Member, "password", "anna", "field_unknown"},
		} {
			if got := choose(try.by, try.on, try.method, try.identifier, "If-Match", "*"); !strings.Contains(got.body, `"`+try.code+`"`) {
				t.Errorf("%s: %d %s, want %s", try.what, got.status, got.body, try.code)
			}
		}
		if got := choose(people[ulla.Member], anna.Member, id, "anna"); got.status != http.StatusPreconditionRequired {
			t.Errorf("without If-Match: %d", got.status)
		}
		if got := choose(people[ulla.Member], anna.Member, id, "anna", "If-Match", `"1-x"`); got.status != http.StatusPreconditionFailed {
			t.Errorf("a stale etag: %d %s", got.status, got.body)
		}
		if got := choose(people[ulla.Member], anna.Member, id, "anna", "If-Match", "*"); got.status != http.StatusOK || got.json(t)["login_method"] != id || got.json(t)["identifier"] != "anna" {
			t.Fatalf("by Okta: %d %s", got.status, got.body)
		}
		for _, same := range []string{"Jos\u00e9", "Jose\u0301", " Jose\u0301 "} { // one name, composed and not
			if got := choose(people[ulla.Member], anna.Member, id, same, "If-Match", "*"); got.status != http.StatusOK || got.json(t)["identifier"] != "Jos\u00e9" {
				t.Errorf("the identifier %q: %d %s", same, got.status, got.body)
			}
		}
		if got := choose(people[ulla.Member], anna.Member, id, "anna", "If-Match", "*"); got.status != http.StatusOK {
			t.Errorf("and back: %d %s", got.status, got.body)
		}
		if got := choose(people[c.Owner.Member], ulla.Member, id, "anna", "If-Match", "*"); got.status != http.StatusConflict || got.code(t) != "identifier_taken" {
			t.Errorf("another's identifier: %d %s", got.status, got.body)
		}
		// Who looked before is told what is there now.
		stale := owner.Post("/o/acme/team/"+string(anna.Member)+"/login-method", "version", "1", "way", "link")
		if stale.Status != http.StatusPreconditionFailed || !strings.Contains(stale.Body, "Okta") || !strings.Contains(stale.Body, "anna") {
			t.Errorf("a stale form: %d %.2000s", stale.Status, stale.Body)
		}
		for _, m := range []roster.MemberID{program, gone.Member} {
			if a := owner.Get("/o/acme/team/" + string(m) + "/login-method"); a.Status != http.StatusConflict || strings.Contains(a.Body, `name="way"`) {
				t.Errorf("the form of %s: %d %.1000s", m, a.Status, a.Body)
			}
		}
		c.Clock.Pass(roster.FreshFor)
		if got := choose(people[c.Owner.Member], ulla.Member, id, "ulla", "If-Match", "*"); got.code(t) != "confirmation_required" {
			t.Errorf("without a fresh proof: %d %s", got.status, got.body)
		}
		code, _, complaint := s.command("user", "edit", string(c.Owner.Member), "--org", "acme", "--login-method", id, "--identifier", "olga")
		if code != 1 || !strings.Contains(complaint, "without an Owner who can sign in") {
			t.Errorf("the last Owner: %d %s", code, complaint)
		}
		if code, out, complaint := s.command("user", "edit", string(anna.Member), "--org", "acme", "--identifier", "anna.b", "--json"); code != 0 || !strings.Contains(out, `"identifier": "anna.b"`) {
			t.Errorf("at the command line: %d %s %s", code, out, complaint)
		}
		if _, err := c.Ways.Change(c.As(ulla), anna.Member, comings.Change{Coming: roster.Coming{Method: roster.PasswordMethod}}); err != nil {
			t.Errorf("by password: %v", err)
		}
		c.Verified(c.Acme.ID)
	})
}
