package doors_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/people"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/sheet"
)

// TestLinksComeFromTheConfiguredAddressAlone asks under false hosts for everything that holds a link.
func TestLinksComeFromTheConfiguredAddressAlone(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h, "127.0.0.1") // even a trusted proxy tells no address of ours
	owner := s.person("olga@example.com")
	made, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
	must(t, err)
	id := string(made.ID)
	false1 := []string{"Sec-Fetch-Site", "same-origin", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "X-Original-Host", "evil.example", "Forwarded", "host=evil.example"}
	false2 := append(slices.Clone(false1), "Host", "evil.example")
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, headers := range [][]string{false1, false2} {
		page := owner.send(http.MethodPost, "/o/acme/team/"+id+"/link", "", append(headers, form...)...)
		object := owner.json(http.MethodPost, at(h.Acme.ID, "members", id, "invitation-link"), nil, headers...)
		for name, a := range map[string]reply{
			"the page's link": page, "the API's link": object, "the metadata": owner.get("/.well-known/oauth-authorization-server", headers...),
			"the API's document": owner.get("/api/v1/openapi.json", headers...), "the way to sign in": s.stranger().get("/o/acme/team", headers...),
			"the team": owner.get("/o/acme/team", headers...), "an unknown path": owner.get("/nowhere", headers...),
			"a sign-in": s.stranger().send(http.MethodPost, "/sign-in", "email=olga@example.com&password="+rostertest.Password, append(headers, form...)...),
		} {
			if strings.Contains(a.body, "evil.example") || strings.Contains(a.header.Get("Location"), "evil.example") {
				t.Errorf("%s takes the request's host: %d %s", name, a.status, a.header.Get("Location"))
			}
			if strings.HasSuffix(name, "link") && !strings.Contains(a.body, s.URL+"/invitation/") {
				t.Errorf("%s is no link of ours: %d", name, a.status)
			}
		}
	}
}

// endless hides how long a body is, so that it is sent in chunks.
type endless struct{ io.Reader }

func TestBodiesThatAreTooLarge(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	there := things(t, h, h.Owner, h.Owner.Member)
	for _, r := range s.Doors.Mux.Routes() {
		if !r.Unsafe() {
			continue
		}
		path := filled(r.Pattern, there)
		_, headers := body(r)
		c := owner
		if !ours(r.Pattern) {
			c = robot
		}
		for name, text := range map[string]io.Reader{"declared": strings.NewReader(large(r)), "in chunks": endless{strings.NewReader(large(r))}} {
			q, err := http.NewRequest(r.Method, s.URL+path, text)
			must(t, err)
			q.Header.Set("Cookie", "__Host-roster="+c.cookie)
			if c.token != "" && !strings.HasPrefix(path, "/oauth2/") {
				q.Header.Set("Authorization", "Bearer "+c.token)
			}
			q.Header.Set("Sec-Fetch-Site", "same-origin")
			q.Header.Set("Expect", "100-continue")
			for i := 0; i+1 < len(headers); i += 2 {
				q.Header.Set(headers[i], headers[i+1])
			}
			a, err := client.Do(q)
			if err != nil {
				t.Errorf("%s %s, %s: %v", r.Method, path, name, err)
				continue
			}
			_ = a.Body.Close()
			closed := strings.HasPrefix(r.Pattern, "/operator") && name == "in chunks" && a.StatusCode == http.StatusNotFound // nothing of it is read
			if a.StatusCode != http.StatusRequestEntityTooLarge && !closed {
				t.Errorf("%s %s, %s: %d", r.Method, path, name, a.StatusCode)
			}
			sheltered(t, path, reply{status: a.StatusCode, header: a.Header})
		}
	}
}

// large gives a body of a few bytes more than the route takes.
func large(r server.Route) string {
	if takesPicture(r) {
		text, _ := pictured(r, strings.Repeat("x", raster.MaxBytes+server.FileRoom))
		return text
	}
	most := server.MaxBody
	if r.Action == string(act.PeoplePlan) || r.Action == string(act.PeopleApply) {
		most = people.MostBytes
	}
	if r.Action == string(act.ImportUpload) && !ours(r.Pattern) {
		most = sheet.MostBytes
	}
	if filePages()[r.Pattern] != "" {
		most := server.MaxBody
		if r.Action == string(act.ImportUpload) {
			most = sheet.MostBytes + server.FileRoom
		}
		text, _ := multipartOf("file", bytes.Repeat([]byte("#"), most))
		return text
	}
	if ours(r.Pattern) || strings.HasPrefix(r.Pattern, "/oauth2/") {
		return "email=" + strings.Repeat("x", most)
	}
	return `{"reason":"` + strings.Repeat("x", most) + `"}`
}

// TestNoSecretIsLogged lives through a whole story with the log open wide, and then looks for each
// secret there was, in the log and in everything that the history shows.
func TestNoSecretIsLogged(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	secrets := map[string]string{"the password": rostertest.Password}
	owner := s.person("olga@example.com")
	secrets["a session"] = owner.cookie
	const same, origin = "Sec-Fetch-Site", "same-origin"
	made := owner.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"email": "anna@example.com", "first_name": "Anna", "last_name": "Berg"}, same, origin).json(t)
	id, _ := made["id"].(string)
	link := owner.json(http.MethodPost, at(h.Acme.ID, "members", id, "invitation-link"), nil, same, origin, "Idempotency-Key", "link-1").json(t)["link"].(string)
	path := strings.TrimPrefix(link, s.URL)
	_, secrets["an invitation"], _ = strings.Cut(strings.TrimPrefix(path, "/invitation/"), "/")
	anna := s.stranger()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodOptions, "BREW"} {
		anna.send(method, path, "", same, origin)
	}
	for _, wrong := range []string{path + "/", path + "/more", "/Invitation" + strings.TrimPrefix(path, "/invitation"), "/nowhere" + path, "/api/v1" + path, path + "?x=" + secrets["an invitation"], "/sign-in?next=" + path, "/o/acme/team?q=" + secrets["an invitation"]} {
		anna.get(wrong, same, origin, "Referer", link)
	}
	held := anna.get(path).cookie("__Host-invitation")
	cookie := []string{"Cookie", "__Host-invitation=" + held, "Content-Type", "application/x-www-form-urlencoded", same, origin}
	anna.send(http.MethodGet, "/invitation", "", cookie...)
	secrets["a password with a slip"] = "heron-lantern-friday-83"
	anna.send(http.MethodPost, "/invitation", "first_name=Anna&last_name=Berg&repeat=x&password="+secrets["a password with a slip"], cookie...)
	if a := anna.send(http.MethodPost, "/invitation", "first_name=Anna&last_name=Berg&password="+rostertest.Password+"&repeat="+rostertest.Password, cookie...); a.status != http.StatusSeeOther {
		t.Fatalf("accept: %d %s", a.status, a.body)
	}
	secrets["a wrong password"] = "otter-window-monday-21"
	anna.form("/sign-in", "email", "anna@example.com", "password", secrets["a wrong password"])
	anna.form("/sign-in", "email", "anna@example.com", "password", secrets["a wrong password"], "unknown", "field")
	anna.get("/sign-in?password=" + secrets["a wrong password"])
	secrets["another session"] = s.person("anna@example.com").cookie
	robot := owner.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"kind": "api", "name": "Robot", "grants": []any{map[string]any{"role": "auditor"}}}, same, origin, "Idempotency-Key", "robot-1").json(t)
	secrets["a client secret"] = robot["client_secret"].(string)
	client := robot["client_id"].(string)
	program := s.tokenOf(client, secrets["a client secret"])
	secrets["a token"] = program.token
	program.get(at(h.Acme.ID, "members"))
	program.get(at(h.Acme.ID, "members") + "?access_token=" + program.token)
	program.form("/oauth2/introspect", "token", program.token, "client_id", client, "client_secret", secrets["a client secret"])
	anna.form("/oauth2/token", "grant_type", "client_credentials", "client_id", client, "client_secret", secrets["a client secret"]+"x")
	anna.send(http.MethodGet, "/oauth2/token?client_secret="+secrets["a client secret"], "")
	anna.form("/oauth2/token?client_secret="+secrets["a client secret"], "grant_type", "client_credentials")
	form := owner.get("/o/acme/team/add?kind=api").field("form_key")
	page := owner.form("/o/acme/team/add", "form_key", form, "kind", "api", "name", "Second", "role", "member").body
	secrets["a client secret on a page"] = regexp.MustCompile(`rsec_[\w-]+`).FindString(page)
	program.form("/oauth2/revoke", "token", program.token, "client_id", client, "client_secret", secrets["a client secret"])
	program.get(at(h.Acme.ID, "members"))
	secrets["a connection's secret"] = "s3cr3t-of-the-connection"
	connection := map[string]any{"kind": "oidc", "name": "Okta", "issuer": "https://127.0.0.1:1", "client_id": "roster", "client_secret": secrets["a connection's secret"]}
	okta, _ := owner.json(http.MethodPost, at(h.Acme.ID, "login-methods"), connection, same, origin, "Idempotency-Key", "okta-1").json(t)["id"].(string)
	owner.json(http.MethodPatch, at(h.Acme.ID, "login-methods", okta), map[string]any{"client_secret": secrets["a connection's secret"]}, "If-Match", "*", same, origin)
	secrets["a connection's secret with a slip"] = "s1ip-of-the-other-connection"
	owner.form("/o/acme/settings/methods/add", "kind", "oidc", "name", "", "issuer", "https://okta.example", "client_id", "roster", "client_secret", secrets["a connection's secret with a slip"])
	owner.get(at(h.Acme.ID, "login-methods") + "?client_secret=" + secrets["a connection's secret"])
	owner.form("/o/acme/settings/methods/" + okta + "/test")
	owner.form("/sign-out")
	s.Doors.Close()

	read := s.person("olga@example.com")
	shown := read.get(at(h.Acme.ID, "history")+"?limit=200").body + read.get("/o/acme/history").body + read.get("/o/acme/team/"+id).body +
		read.get(at(h.Acme.ID, "login-methods")).body + read.get("/o/acme/settings/methods/"+okta+"/edit").body
	again := read.json(http.MethodPost, at(h.Acme.ID, "members"), map[string]any{"kind": "api", "name": "Robot", "grants": []any{map[string]any{"role": "auditor"}}}, same, origin, "Idempotency-Key", "robot-1")
	if again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the repeated request: %d %s", again.status, again.body)
	}
	for what, secret := range secrets {
		if len(secret) < 16 {
			t.Errorf("%s is %q: the story has no such secret", what, secret)
		}
		for where, text := range map[string]string{"the log": s.log.String(), "the history": shown, "a repeated answer": again.body} {
			// A part of it is too much: 20 characters tell a secret by itself.
			if strings.Contains(text, secret[:min(len(secret), 20)]) || strings.Contains(text, secret[max(0, len(secret)-20):]) {
				t.Errorf("%s stands in %s", what, where)
			}
		}
	}
}
