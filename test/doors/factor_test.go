package doors_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
)

// setUp sets an authenticator app up by the page, and gives its key and the recovery codes.
func setUp(t *testing.T, h *rostertest.House, v *rostertest.Visitor) (key string, codes []string) {
	t.Helper()
	page := v.Get("/me/authenticator")
	key = strings.ReplaceAll(found(t, page.Body, `(?s)<code id="key"[^>]*>(.*?)</code>`), " ", "")
	a := v.Post("/me/authenticator", "sealed", found(t, page.Body, `name="sealed" value="([^"]*)"`), "next", "/", "name", "Phone", "code", code(t, key, h))
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "Recovery codes") {
		t.Fatalf("set up: %d %s", a.Status, a.Path)
	}
	return key, strings.Fields(found(t, a.Body, `(?s)<pre id="codes"[^>]*>(.*?)</pre>`))
}

func found(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in %.3000s", pattern, body)
	}
	return html.UnescapeString(m[1])
}

func code(t *testing.T, key string, h *rostertest.House) string {
	t.Helper()
	c, err := secret.TOTPCode(key, h.Clock.Now())
	must(t, err)
	return c
}

// require makes Acme ask for a second factor at once.
func require(t *testing.T, h *rostertest.House) {
	t.Helper()
	yes := true
	_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &yes})
	must(t, err)
}

func TestWhoeverLacksTheSecondFactorIsLedToItAndNeverIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Silva", roster.RoleAuditor)
		before := s.person("anna@example.com")
		require(t, h)
		v := s.Visitor()
		if a := v.SignIn("anna@example.com", rostertest.Password); a.Path != "/me/authenticator" {
			t.Errorf("led to %s", a.Path)
		}
		for _, path := range []string{"/o/acme/team", "/o/acme", "/o/acme/history"} {
			if a := v.Get(path); a.Path != "/me/authenticator" {
				t.Errorf("%s: led to %s", path, a.Path)
			}
		}
		if a := v.Post("/o/acme/team/add", "kind", "regular"); a.Path != "/me/authenticator" {
			t.Errorf("a form: %s", a.Path)
		}
		for _, path := range []string{at(h.Acme.ID, "members"), "/api/v1/orgs/acme", at(h.Acme.ID, "history")} {
			if r := before.get(path); r.status != http.StatusForbidden || r.code(t) != "factor_setup_required" {
				t.Errorf("REST %s: %d %s", path, r.status, r.body)
			}
		}
		// What is their own stays open to them: what they have, and where they set one up.
		if r := before.get("/api/v1/me/factors"); r.status != http.StatusOK || strings.TrimSpace(r.body) != `{"items":[],"recovery_codes_left":0}` {
			t.Errorf("their factors by REST: %d %s", r.status, r.body)
		}
		if r := before.json(http.MethodDelete, "/api/v1/me/factors/fac_none", nil); r.status != http.StatusNotFound {
			t.Errorf("a factor that they do not have: %d %s", r.status, r.body)
		}
		if a := v.Get("/me/security"); a.Path != "/me/security" || !strings.Contains(a.Body, "You have none yet.") || !strings.Contains(a.Body, `href="/me/authenticator`) {
			t.Errorf("their factors by page: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		key, codes := setUp(t, h, v)
		if a := v.Get("/o/acme/team"); a.Status != http.StatusOK || a.Path != "/o/acme/team" {
			t.Errorf("with the factor: %d %s", a.Status, a.Path)
		}
		if r := before.get(at(h.Acme.ID, "members")); r.status != http.StatusUnauthorized {
			t.Errorf("the session without it: %d", r.status)
		}

		// In the middle, and then right.
		again := s.Visitor()
		if a := again.Get("/sign-in/second"); a.Path != "/sign-in" {
			t.Errorf("entered in the middle: %s", a.Path)
		}
		a := again.Post("/sign-in", "email", "anna@example.com", "password", rostertest.Password, "next", "/o/acme/team")
		if a.Path != "/sign-in/second" {
			t.Fatalf("%d %s", a.Status, a.Path)
		}
		if a := again.Get("/o/acme/team"); a.Path != "/sign-in" {
			t.Errorf("the password alone opened %s", a.Path)
		}
		if a := again.Post("/sign-in/second", "code", code(t, key, h), "next", "/o/acme/team"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "was used already") {
			t.Errorf("the enrolment code: %d", a.Status)
		}
		if a := again.Post("/sign-in/second", "code", strings.ToUpper(codes[0]), "next", "/o/acme/team"); a.Path != "/o/acme/team" {
			t.Errorf("a recovery code: %d %s", a.Status, a.Path)
		}
		if a := again.Get("/me/security"); !strings.Contains(a.Body, "Recovery codes left: 9") {
			t.Error("the profile does not count the codes")
		}
	})
}

// confirmation is the form that waits for a confirmation.
func confirmation(t *testing.T, a rostertest.Answer) string {
	t.Helper()
	return found(t, a.Body, `name="confirm_held" value="([^"]*)"`)
}

func TestAFormWaitsForAConfirmationAndNothingIsLost(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Silva", roster.RoleOwner)
		v := s.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		h.Clock.Pass(10 * time.Minute)
		form := v.Get("/o/acme/team/add?kind=api")
		fields := []string{"form_key", found(t, form.Body, `name="form_key" value="([^"]*)"`), "kind", "api", "name", "Robot & Co"}
		a := v.Post("/o/acme/team/add", fields...)
		if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "Confirm that it is you") || strings.Contains(a.Body, "Robot") {
			t.Fatalf("%d %s %s", a.Status, a.Path, a.Body)
		}
		held := confirmation(t, a)
		if a = v.Post("/o/acme/team/add", "confirm_held", held, "confirm_password", "wrong"); a.Status != http.StatusUnprocessableEntity || confirmation(t, a) != held {
			t.Errorf("a wrong password: %d", a.Status)
		}
		if other := v.Post("/o/acme/settings", "confirm_held", held, "confirm_password", rostertest.Password); other.Status == http.StatusOK {
			t.Errorf("a form was taken to another page: %s", other.Path)
		}
		a = v.Post("/o/acme/team/add", "confirm_held", held, "confirm_password", rostertest.Password)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "Robot &amp; Co") || !strings.Contains(a.Body, "rsec_") {
			t.Fatalf("confirmed: %d %s", a.Status, a.Path)
		}
		h.Clock.Pass(10 * time.Minute)
		if a := v.Get("/me/authenticator"); a.Path != "/confirm" {
			t.Errorf("a page: %s", a.Path)
		}
		if a := v.Post("/confirm", "next", "/me/authenticator", "confirm_password", rostertest.Password); a.Path != "/me/authenticator" {
			t.Errorf("after the confirmation: %s", a.Path)
		}
		if a := v.Post("/confirm", "next", "//evil.example", "confirm_password", rostertest.Password); a.Path != "/o/acme/team" {
			t.Errorf("led away: %s", a.Path)
		}
	})
}

func TestRESTBySessionIsToldToConfirm(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	h.Join("anna@example.com", "Anna", "Silva", roster.RoleOwner)
	ben := h.Join("ben@example.com", "Ben", "Brown", roster.RoleMember)
	anna := s.person("anna@example.com")
	program, robot := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	h.Clock.Pass(10 * time.Minute)
	pending, method := invite(t, h), at(h.Acme.ID, "login-methods", login.NewID())
	words := "orange-lantern-friday-12"
	for what, r := range map[string]reply{
		"remove":        anna.json(http.MethodDelete, at(h.Acme.ID, "members", string(ben.Member)), nil),
		"secret":        anna.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"kind": "api", "name": "Other"}),
		"clone":         anna.json(http.MethodPost, at(h.Acme.ID, "members", string(robot), "clone"), map[string]any{"name": "Twin"}),
		"bulk":          anna.json(http.MethodPost, at(h.Acme.ID, "members", "bulk"), map[string]any{"action": "remove", "members": []any{ben.Member}}),
		"export":        anna.json(http.MethodPost, at(h.Acme.ID, "members", "export"), map[string]any{"format": "csv"}),
		"link":          anna.json(http.MethodPost, at(h.Acme.ID, "members", string(pending), "invitation-link"), nil),
		"create":        anna.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"email": "mara@example.com", "first_name": "Mara", "last_name": "Ek", "password": words}),
		"password":      anna.json(http.MethodPost, at(h.Acme.ID, "members", string(ben.Member), "password"), map[string]any{"password": words}),
		"reset":         anna.json(http.MethodPost, at(h.Acme.ID, "members", string(ben.Member), "reset-mfa"), nil),
		"connection":    anna.json(http.MethodPost, at(h.Acme.ID, "login-methods"), map[string]any{"kind": "oidc", "name": "Okta", "issuer": "https://okta.example", "client_id": "roster"}),
		"edit of one":   anna.json(http.MethodPatch, method, map[string]any{"name": "O"}, "If-Match", "*"),
		"method on":     anna.json(http.MethodPost, method+"/enable", nil),
		"method off":    anna.json(http.MethodPost, method+"/disable", nil),
		"end of one":    anna.json(http.MethodDelete, method, nil),
		"second factor": anna.json(http.MethodPatch, "/api/v1/orgs/acme", map[string]any{"factor_required": true}, "If-Match", "*"),
	} {
		if r.status != http.StatusForbidden || r.code(t) != "confirmation_required" {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if r := anna.json(http.MethodPost, at(h.Acme.ID, "members", string(ben.Member), "block"), nil); r.status != http.StatusOK {
		t.Errorf("what is not sensitive: %d %s", r.status, r.body)
	}
	if r := program.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"kind": "api", "name": "Other"}); r.status != http.StatusCreated {
		t.Errorf("a program has nothing to confirm with: %d %s", r.status, r.body)
	}
}

// TestAProgramChangesNothingOfWhatIsAskedOfSignIns: it may change other settings, and neither asks for second factors nor
// waives them; it may keep administrators from setting passwords, and not let them again.
func TestAProgramChangesNothingOfWhatIsAskedOfSignIns(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: []team.Giving{{Permission: authz.OrganisationWrite}, {Permission: authz.OrganisationRead}, {Scope: authz.Admin}}})
		must(t, err)
		robot := s.tokenOf(made.ClientID, made.Secret)
		edit := func(fields map[string]any) reply {
			return robot.json(http.MethodPatch, "/api/v1/orgs/acme", fields, "If-Match", "*")
		}
		if r := edit(map[string]any{"phone_required": true, "factor_required": false}); r.status != http.StatusOK {
			t.Errorf("another setting: %d %s", r.status, r.body)
		}
		refuses := func(when string, fields map[string]any) {
			t.Helper()
			if r := edit(fields); r.status != http.StatusForbidden || r.code(t) != "people_only" {
				t.Errorf("%s: %d %s", when, r.status, r.body)
			}
		}
		refuses("asking", map[string]any{"factor_required": true})
		require(t, h)
		refuses("waiving", map[string]any{"factor_required": false})
		refuses("putting off", map[string]any{"factor_grace": 86400})
		if r := edit(map[string]any{"admin_passwords": false}); r.status != http.StatusOK {
			t.Errorf("no more passwords by administrators: %d %s", r.status, r.body)
		}
		refuses("passwords by administrators", map[string]any{"admin_passwords": true})
		refuses("as at first", map[string]any{"admin_passwords": nil})
		refuses("second secrets", map[string]any{"second_secrets": true})
		refuses("erasing by time", map[string]any{"erase_after_days": 30})
		h.Verified(h.Acme.ID)
	})
}

// TestWhoSetASecondFactorUpGoesOnToWhereTheyWereGoing holds where the pages that set one up lead: who came from Security
// goes back there, in the organisation that was around it, and who was led there goes on to the page that they had asked
// for, as they had asked for it.
func TestWhoSetASecondFactorUpGoesOnToWhereTheyWereGoing(t *testing.T) {
	sets := func(t *testing.T, h *rostertest.House, v *rostertest.Visitor, page rostertest.Answer) rostertest.Answer {
		t.Helper()
		key := strings.ReplaceAll(found(t, page.Body, `(?s)<code id="key"[^>]*>(.*?)</code>`), " ", "")
		return v.Post(found(t, page.Body, `<form class="form" method="post" action="([^"]*)"`),
			"sealed", found(t, page.Body, `name="sealed" value="([^"]*)"`), "next", found(t, page.Body, `name="next" value="([^"]*)"`),
			"name", "Phone", "code", code(t, key, h))
	}
	// onward is where the button Go on leads, as a browser sends the form.
	onward := func(t *testing.T, a rostertest.Answer) string {
		t.Helper()
		form := found(t, a.Body, `(?s)<form class="form" method="get" (action=.*?)</form>`)
		to, fields := found(t, form, `action="([^"]*)"`), url.Values{}
		for _, f := range regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			fields.Add(f[1], html.UnescapeString(f[2]))
		}
		return strings.TrimSuffix(to+"?"+fields.Encode(), "?")
	}
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Silva", roster.RoleAuditor)
		h.Join("ben@example.com", "Ben", "Costa", roster.RoleAuditor)
		anna, asked := s.Visitor(), "asks for a second factor"
		anna.SignIn("anna@example.com", rostertest.Password)
		page := anna.Get("/me/authenticator")
		if strings.Contains(page.Body, asked) {
			t.Error("who came by themselves is told that they were asked")
		}
		if to := onward(t, sets(t, h, anna, page)); to != "/me/security?in=acme" {
			t.Errorf("from Security one goes on to %s", to)
		}
		h.Clock.Pass(time.Minute)
		if a := sets(t, h, anna, anna.Get("/me/authenticator")); a.Path != "/me/security" || !strings.Contains(a.Body, "Phone is set up.") {
			t.Errorf("after another app: %d %s", a.Status, a.Path)
		}

		yes, day := true, 24*time.Hour
		_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &yes, FactorGrace: &day})
		must(t, err)
		const going = "/o/acme/team?q=a%26b&status=active&status=blocked"
		ben := s.Visitor()
		if a := ben.Post("/sign-in", "email", "ben@example.com", "password", rostertest.Password, "next", going); a.Path != "/o/acme/team" {
			t.Fatalf("within the grace time: %d %s", a.Status, a.Path)
		}
		h.Clock.Pass(day + time.Minute)
		page = ben.Post("/sign-in", "email", "ben@example.com", "password", rostertest.Password, "next", going)
		if page.Path != "/me/authenticator" || !strings.Contains(page.Body, asked) {
			t.Fatalf("after the grace time: %d %s", page.Status, page.Path)
		}
		next := url.Values{"next": {found(t, page.Body, `name="next" value="([^"]*)"`)}}.Encode()
		if a := ben.Get("/me/passkey?" + next); !strings.Contains(a.Body, html.EscapeString("/me/authenticator?"+next)) {
			t.Errorf("the page of passkeys leads on by another way: %.2000s", a.Body)
		}
		if to := onward(t, sets(t, h, ben, page)); to != going {
			t.Errorf("who was asked goes on to %s", to)
		} else if a := ben.Get(to); a.Status != http.StatusOK || a.Path != "/o/acme/team" {
			t.Errorf("there: %d %s", a.Status, a.Path)
		}

		h.Join("eve@example.com", "Eve", "Lima", roster.RoleAuditor)
		eve := s.Visitor()
		eve.SignIn("eve@example.com", rostertest.Password)
		if to := onward(t, sets(t, h, eve, eve.Get("/me/authenticator?next="+url.QueryEscape("//evil.example/?x=1")))); to != "/" {
			t.Errorf("a page elsewhere: one goes on to %s", to)
		}
	})
}
