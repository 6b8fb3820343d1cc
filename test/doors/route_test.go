package doors_test

import (
	"bufio"
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/method"
	"roster/internal/action/org"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/action/webhook"
	"roster/internal/authz"
	"roster/internal/endpoint"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
)

// kindOf gives the kind of thing that a path names by its {id}.
func kindOf(pattern string) string {
	switch {
	case slices.ContainsFunc([]string{"address", "credentials", "secrets", "keys", "end"}, func(of string) bool {
		_, after, is := strings.Cut(pattern, "{id}/"+of)
		return is && (after == "" || after[0] == '/' || of == "address")
	}):
		return "program"
	case strings.Contains(pattern, "/units/{id}"):
		return "unit"
	case strings.Contains(pattern, "/roles/{id}"):
		return "role"
	case strings.Contains(pattern, "/methods/{id}"), strings.Contains(pattern, "/login-methods/{id}"), strings.Contains(pattern, "/sign-in/"):
		return "login_method"
	case strings.Contains(pattern, "/webhooks/{id}"):
		return "webhook"
	}
	return "member"
}

// none gives the identifier of a thing that there is not.
func none(kind string) string {
	switch kind {
	case "unit":
		return string(roster.NewUnitID())
	case "role":
		return roster.NewRoleID()
	case "login_method":
		return login.NewID()
	case "webhook":
		return endpoint.NewID()
	}
	return string(roster.NewMemberID())
}

// filled gives a route's path with its parts filled in: "id" for whatever the path names, or "member", "unit" and
// "role" for such a thing. What is not given is unknown.
func filled(pattern string, parts map[string]string) string {
	given := func(otherwise string, names ...string) string {
		for _, name := range names {
			if v, ok := parts[name]; ok {
				return v
			}
		}
		return otherwise
	}
	kind := kindOf(pattern)
	return strings.NewReplacer(
		"{$}", "", "{org}", given("acme", "org"), "{id}", given(none(kind), kind, "id"), "{session}", given(roster.NewID("ses_"), "session"),
		"{secret}", given("rinv_unknown", "secret"), "{delivery}", given(endpoint.NewDeliveryID(), "delivery"), "{hash}", "0", "{file}", "1f6f4a.css",
		"secrets/{credential}", "secrets/"+given(noCredential, "secret_id"), "keys/{credential}", "keys/"+given(noCredential, "key_id"),
	).Replace(pattern)
}

// noCredential is the identifier of a secret or key that there is not.
const noCredential = "key_00000000000000000000000000"

// publicKey is one that nobody has the private part of.
const publicKey = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

// things makes, as somebody, one of each kind of thing that paths name; the member is given.
func things(t testing.TB, h *rostertest.House, by roster.Actor, member roster.MemberID) map[string]string {
	t.Helper()
	u, err := h.Units.Create(h.As(by), unit.Draft{Kind: roster.Account, Name: roster.NewID("Account ")})
	must(t, err)
	r, err := h.Roles.Create(h.As(by), role.Draft{Name: roster.NewID("Role "), Description: "Reads.", Permissions: []string{authz.MembersRead}, Scopes: []string{authz.Admin}})
	must(t, err)
	m, err := h.Methods.Create(h.As(by), method.Draft{Kind: "oidc", Name: roster.NewID("Okta "), Connection: login.Connection{Issuer: "https://login.example.com", ClientID: "roster"}})
	must(t, err)
	p, err := h.Team.CreateAPIUser(h.As(by), team.APIUser{Name: roster.NewID("Robot "), Grants: team.RoleGivings(roster.RoleMember)})
	must(t, err)
	v, err := h.Credentials.AddKeys(h.As(by), p.ID, publicKey)
	must(t, err)
	earlier, err := h.Webhooks.List(h.As(by)) // an organisation has fifty at most
	must(t, err)
	for _, e := range earlier[:max(len(earlier)-40, 0)] {
		_, err := h.Webhooks.Delete(h.As(by), e.ID, e.Version)
		must(t, err)
	}
	w, err := h.Webhooks.Create(h.As(by), webhook.Draft{URL: nowhere})
	must(t, err)
	d, err := h.Webhooks.Test(h.As(by), w.ID)
	must(t, err)
	return map[string]string{"member": string(member), "program": string(p.ID), "secret_id": v.Secrets[0].ID, "key_id": v.Keys[0].ID, "unit": string(u.ID), "role": r.ID, "login_method": m.ID, "webhook": w.ID, "delivery": d.ID}
}

// nowhere is an address at which nobody answers.
const nowhere = "http://127.0.0.1:9/"

// ours tells whether a path is one of our own pages: programs have the others.
func ours(pattern string) bool {
	for _, theirs := range []string{"/api/", "/oauth2/", "/.well-known/", "/access/", "/orgs/"} {
		if strings.HasPrefix(pattern, theirs) {
			return false
		}
	}
	return true
}

// tokens tells whether a path is for access tokens alone.
func tokens(pattern string) bool {
	return strings.HasPrefix(pattern, "/access/") || strings.HasPrefix(pattern, "/orgs/")
}

// chosen is nobody, for pages about several members.
const chosen = "m.mem_00000000000000000000000000=on"

// forms and objects are what routes are sent that look at what was sent before they look anything up.
func forms() map[string]string {
	return map[string]string{
		"/o/{org}/team/{id}/edit":             "version=1&first_name=A&last_name=B",
		"/o/{org}/me":                         "version=1&first_name=A&last_name=B",
		"/me/preferences":                     "theme=dark",
		"/o/{org}/me/notifications":           "access=true",
		"/o/{org}/settings/addresses":         "allowed_from=127.0.0.0/8",
		"/o/{org}/team/{id}/addresses":        "allowed_from=127.0.0.0/8",
		"/o/{org}/team/{id}/secrets":          "form_key=s",
		"/o/{org}/team/{id}/keys":             "public_key=x",
		"/o/{org}/team/{id}/end":              "ends_on=2099-12-31",
		"/o/{org}/team/add":                   "form_key=k&kind=regular&email=new@example.com&first_name=A&last_name=B",
		"/o/{org}/team/export":                "view=&format=csv",
		"/o/{org}/history/export":             "view=&format=csv",
		"/o/{org}/team/invite":                "form_key=i&addresses=new@example.com&kind=regular&role=member",
		"/o/{org}/team/invite/read":           "addresses=new@example.com&kind=regular",
		"/o/{org}/settings":                   "version=1&name=Edited&invitation_ttl=24h&admin_passwords=true",
		"/o/{org}/settings/brand":             "version=1&accent=%231f6f4a&sender=Acme+people&reply_to=people@example.com&product_name=Portal&footer_links=Imprint+%3D+https://example.com/imprint",
		"/operator/brand":                     "version=1&product_name=Portal",
		"/o/{org}/team/{id}/access/edit":      "version=1&do=save",
		"/o/{org}/team/{id}/password":         "password=silver-pebble-orchard-92&repeat=silver-pebble-orchard-92",
		"/o/{org}/team/{id}/login-method":     "version=1&way=link",
		"/o/{org}/units/{id}/external/add":    "form_key=e&email=external@example.com&first_name=A&last_name=B",
		"/o/{org}/people/plan":                "text=members%3A%20%5B%5D",
		"/o/{org}/people/apply":               "form_key=p1&text=members%3A%20%5B%5D",
		"/o/{org}/people/export":              "format=csv",
		"/o/{org}/bulk/block":                 "step=do&form_key=b1&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/unblock":               "step=do&form_key=b2&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/resend":                "step=do&form_key=b3&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/remove":                "step=do&form_key=b4&query=sort%3Dname&confirm_count=1&" + chosen,
		"/o/{org}/bulk/add_role":              "step=do&form_key=b5&query=sort%3Dname&role=member&" + chosen,
		"/o/{org}/bulk/withdraw_role":         "step=do&form_key=b6&query=sort%3Dname&role=member&" + chosen,
		"/o/{org}/views":                      "name=Mine&query=status%3Dblocked",
		"/o/{org}/views/{id}":                 "name=Mine",
		"/o/{org}/team/{id}/clone":            "form_key=c&email=clone@example.com&first_name=A&last_name=B",
		"/o/{org}/settings/methods/add":       "kind=oidc&name=New&issuer=https://login.example.com&client_id=roster",
		"/o/{org}/settings/methods/{id}/edit": "version=1&name=Edited&issuer=https://login.example.com&client_id=roster",
		"/o/{org}/settings/operators":         "lasts=1h",

		"/o/{org}/settings/webhooks/add":         "form_key=w1&url=" + nowhere,
		"/o/{org}/settings/webhooks/{id}/edit":   "version=1&url=" + nowhere,
		"/o/{org}/settings/webhooks/{id}/rotate": "form_key=w2&overlap=1h",
		"/o/{org}/settings/webhooks/{id}/replay": "after=0",

		"/o/{org}/units/add":       "kind=account&name=New",
		"/o/{org}/units/{id}/edit": "version=1&name=Edited",
		"/o/{org}/units/{id}/move": "version=1&parent=",
		"/o/{org}/roles/add":       "do=save&name=New&description=New.&for=any&give." + authz.MembersRead + "=on",
		"/o/{org}/roles/{id}/edit": "do=save&version=1&name=Edited&description=Edited.&for=any&line.0=" + authz.MembersRead + "@",
	}
}

func objects() map[string]string {
	const question = `"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"unit","id":"nowhere"}`
	return map[string]string{
		"PATCH /api/v1/orgs/{org}/members/{id}":            `{"first_name":"A"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/grants":       `{"grants":[]}`,
		"POST /api/v1/orgs/{org}/members/{id}/clone":       `{"email":"clone@example.com","first_name":"A","last_name":"B"}`,
		"POST /api/v1/orgs/{org}/members/{id}/password":    `{"password":"silver-pebble-orchard-92"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/login-method": `{"login_method":"password"}`,
		"POST /api/v1/orgs/{org}/members":                  `{"email":"new@example.com","first_name":"A","last_name":"B"}`,
		"POST /api/v1/orgs/{org}/members/export":           `{"format":"csv"}`,
		"POST /api/v1/orgs/{org}/people/plan":              `{"members":[{"email":"nobody@example.com","removed":true}]}`,
		"POST /api/v1/orgs/{org}/people/apply":             `{"members":[{"email":"nobody@example.com","removed":true}]}`,
		"POST /api/v1/orgs/{org}/people/export":            `{"format":"csv"}`,
		"POST /api/v1/orgs/{org}/history/export":           `{"format":"csv"}`,
		"POST /api/v1/orgs/{org}/members/bulk":             `{"invite":[{"email":"new@example.com"}]}`,
		"PUT /api/v1/orgs/{org}/address-list":              `{"allowed_from":[]}`,
		"PUT /api/v1/orgs/{org}/members/{id}/address-list": `{"allowed_from":[]}`,
		"POST /api/v1/orgs/{org}/members/{id}/keys":        `{"public_key":"x"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/end":          `{"ends_at":"2099-12-31T00:00:00Z"}`,
		"PATCH /api/v1/orgs/{org}/me/notifications":        `{"access":true}`,
		"PATCH /api/v1/me/factors/{id}":                    `{"name":"A"}`,
		"PATCH /api/v1/orgs/{org}":                         `{"invitation_ttl":86400}`,
		"POST /api/v1/orgs/{org}/roles":                    `{"name":"New","description":"New.","permissions":["members.read"]}`,
		"PATCH /api/v1/orgs/{org}/roles/{id}":              `{"description":"Edited."}`,
		"POST /api/v1/orgs/{org}/units":                    `{"name":"New"}`,
		"PATCH /api/v1/orgs/{org}/units/{id}":              `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/login-methods":            `{"kind":"oidc","name":"New","issuer":"https://login.example.com","client_id":"roster"}`,
		"PATCH /api/v1/orgs/{org}/login-methods/{id}":      `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/views":                    `{"name":"Mine"}`,
		"PATCH /api/v1/orgs/{org}/views/{id}":              `{"name":"Mine"}`,
		"PUT /api/v1/catalogue":                            `{}`,
		"POST /api/v1/orgs/{org}/webhooks":                 `{"url":"` + nowhere + `"}`,
		"PATCH /api/v1/orgs/{org}/webhooks/{id}":           `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/webhooks/{id}/replay":     `{"after":0}`,
		"POST /api/v1/webhooks":                            `{"url":"` + nowhere + `"}`,
		"PATCH /api/v1/webhooks/{id}":                      `{"name":"Edited"}`,
		"POST /api/v1/webhooks/{id}/rotate":                `{}`,
		"POST /api/v1/orgs/{org}/webhooks/{id}/rotate":     `{}`,
		"POST /api/v1/webhooks/{id}/replay":                `{"organisation":"acme","after":0}`,
		"POST /access/v1/evaluation":                       `{` + question + `}`,
		"POST /access/v1/evaluations":                      `{"evaluations":[{` + question + `}]}`,
		"POST /access/v1/search/subject":                   `{"subject":{"type":"user"},"action":{"name":"members.read"},"resource":{"type":"unit","id":"nowhere"}}`,
		"POST /access/v1/search/resource":                  `{"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"unit"}}`,
		"POST /access/v1/search/action":                    `{"subject":{"type":"user","id":"nobody"},"resource":{"type":"unit","id":"nowhere"}}`,
	}
}

// filePage takes a file of people as a form's file.
const filePage = "/o/{org}/people/read"

// body gives something to send that passes as far as the route looks before it looks anything up.
func body(r server.Route) (text string, headers []string) {
	if !r.Unsafe() {
		return "", nil
	}
	if takesPicture(r) {
		return pictured(r, dot())
	}
	if r.Pattern == filePage {
		text, headers = multipartOf("file", []byte("members: []"))
		return text, headers[:2]
	}
	if ours(r.Pattern) || strings.HasPrefix(r.Pattern, "/oauth2/") {
		return forms()[r.Pattern], []string{"Content-Type", "application/x-www-form-urlencoded"}
	}
	object := objects()[r.Method+" "+strings.TrimPrefix(r.Pattern, "/orgs/{org}")]
	return object, []string{"Content-Type", "application/json", "If-Match", "*"}
}

// takesPicture tells whether a route is sent a picture.
func takesPicture(r server.Route) bool {
	return slices.Contains([]string{string(act.MemberPicture), string(act.EmblemSet), string(act.ProfilePicture), string(act.BrandPicture)}, r.Action)
}

// pictured gives what a route that takes a picture is sent: a form's file, or the bytes.
func pictured(r server.Route, data string) (text string, headers []string) {
	if ours(r.Pattern) {
		text, headers = multipartOf("picture", []byte(data))
		return text, headers[:2]
	}
	return data, []string{"Content-Type", "image/png", "If-Match", "*"}
}

// dot gives a small PNG.
func dot() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.String()
}

// pictureless tells whether a reply says that a member whom one may see has no picture.
func pictureless(r server.Route, a reply) bool {
	return r.Action == string(act.MemberPictureShow) && a.status == http.StatusNotFound && strings.Contains(a.body, "There is no such picture.")
}

// sheltered holds that the headers which no answer may lack are there.
func sheltered(t *testing.T, what string, r reply) {
	t.Helper()
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "", "Request-Id": "req_",
	} {
		if v := r.header.Get(name); v == "" || !strings.Contains(v, part) {
			t.Errorf("%s: %d with %s %q", what, r.status, name, v)
		}
	}
	if csp := r.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("%s: the policy is %s", what, csp)
	}
	if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") && (strings.Contains(r.body, "<style") || strings.Contains(r.body, " style=") || strings.Contains(r.body, " onclick=")) {
		t.Errorf("%s: the page has something inline, which the policy forbids", what)
	}
}

// position gives where the organisation's history stands.
func position(t *testing.T, h *rostertest.House, o roster.OrgID) int64 {
	t.Helper()
	found, err := h.Orgs.Named(h.CLI(""), string(o))
	must(t, err)
	return found.Seq
}

// TestEveryRouteNamesItsAction: whether every action has a door is held in test/contract.
func TestEveryRouteNamesItsAction(t *testing.T) {
	known := actions()
	routes := serve(t, rostertest.SQLite(t)).Doors.Mux.Routes()
	if len(routes) < 40 {
		t.Errorf("only %d routes: a door is missing", len(routes))
	}
	for _, r := range routes {
		a, listed := known[r.Action]
		switch {
		case !listed && strings.TrimSpace(r.Reason) == "":
			t.Errorf("%s %s names %q, which is no action, and gives no reason", r.Method, r.Pattern, r.Action)
		case listed && a.Who == act.RootOnly && a.Clients == "":
			t.Errorf("%s %s offers %s, which is the operator's", r.Method, r.Pattern, r.Action)
		case strings.Contains(r.Pattern, "{secret}") && !r.Secret:
			t.Errorf("%s %s holds a secret and does not say so", r.Method, r.Pattern)
		}
	}
}

func TestEveryUnsafeRouteRefusesOtherSites(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	there := things(t, h, h.Owner, h.Owner.Member)
	was := position(t, h, h.Acme.ID)
	session := sessionOf(t, s.person("olga@example.com")) // the one that owner has
	for _, r := range s.Doors.Mux.Routes() {
		if !r.Unsafe() {
			continue
		}
		there["session"] = session
		path := filled(r.Pattern, there)
		text, headers := body(r)
		for name, from := range map[string][]string{
			"cross-site":         {"Sec-Fetch-Site", "cross-site"},
			"same-site":          {"Sec-Fetch-Site", "same-site"},
			"a foreign origin":   {"Origin", "https://evil.example"},
			"an opaque origin":   {"Origin", "null"},
			"a neighbour's port": {"Origin", "http://127.0.0.1:1"},
		} {
			for _, c := range []caller{owner, robot} {
				a := c.send(r.Method, path, text, append(slices.Clone(headers), from...)...)
				if a.status != http.StatusForbidden {
					t.Errorf("%s %s from %s: %d", r.Method, path, name, a.status)
				}
				sheltered(t, r.Method+" "+path, a)
			}
		}
	}
	if now := position(t, h, h.Acme.ID); now != was {
		t.Errorf("requests of other sites moved the history from %d to %d", was, now)
	}
	if a := owner.get("/me"); a.status != http.StatusOK {
		t.Errorf("another site has signed someone out: %d", a.status)
	}
}

func TestUnknownMethodsAndPaths(t *testing.T) {
	s := serve(t, rostertest.SQLite(t))
	owner := s.person("olga@example.com")
	allowed := map[string][]string{}
	for _, r := range s.Doors.Mux.Routes() {
		path := filled(r.Pattern, map[string]string{"id": "mem_x", "session": "ses_x", "delivery": "dlv_x"})
		allowed[path] = append(allowed[path], r.Method)
		if r.Method == http.MethodGet {
			allowed[path] = append(allowed[path], http.MethodHead)
		}
	}
	for path, methods := range allowed {
		// Where a name stands in the place of an ID, the methods of such a thing are answered as of an unknown one.
		named := allowed[path[:strings.LastIndexByte(path, '/')+1]+"mem_x"]
		for _, method := range []string{"BREW", http.MethodTrace, http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodGet} {
			if slices.Contains(methods, method) || slices.Contains(named, method) {
				continue
			}
			a := owner.send(method, path, "", "Sec-Fetch-Site", "same-origin")
			if a.status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
			got := strings.Split(a.header.Get("Allow"), ", ")
			for _, m := range methods {
				if !slices.Contains(got, m) {
					t.Errorf("%s %s: Allow %q lacks %s", method, path, got, m)
				}
			}
			sheltered(t, method+" "+path, a)
		}
	}
	for _, path := range []string{"/nowhere", "/api/v1/nowhere", "/o/acme/team/", "//", "/api/v1/../../etc/passwd", "/o/acme/team/%2e%2e", "/assets/", "/.git/config", "/oauth2/nowhere"} {
		a := owner.get(path)
		if a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
		sheltered(t, path, a)
	}
}

// TestNobodyGetsAnything asks every route without a session, with one that never was, and with a token
// that never was.
func TestNobodyGetsAnything(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	name := roster.NewID("Acme ") // the documents' examples tell of another Acme
	_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{Name: &name})
	must(t, err)
	secrets := []string{name, string(h.Acme.ID), string(h.Owner.Person)}
	known := actions()
	nobody := s.stranger()
	cookie, token := nobody, nobody
	cookie.cookie = "rses_" + strings.Repeat("A", 43)
	token.token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZW1fMSJ9."
	for _, r := range s.Doors.Mux.Routes() {
		path := filled(r.Pattern, map[string]string{"id": string(h.Owner.Member)})
		text, headers := body(r)
		for name, c := range map[string]caller{"nothing": nobody, "a dead cookie": cookie, "a bad token": token} {
			a := c.send(r.Method, path, text, headers...)
			what := r.Method + " " + path + " with " + name
			sheltered(t, what, a)
			for _, secret := range secrets {
				if strings.Contains(a.body, secret) {
					t.Errorf("%s tells of %s: %d", what, secret, a.status)
				}
			}
			sent := a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
			if r.Reason == "" && known[r.Action].Who != act.Anybody && !sent && a.status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", what, a.status, a.header.Get("Location"))
			}
			if a.status == http.StatusUnauthorized && !ours(r.Pattern) && a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: 401 without a challenge", what)
			}
		}
	}
}

// TestReadingChangesNothing opens every page and reads everything, and looks whether the history moved.
func TestReadingChangesNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner := s.person("olga@example.com")
	there := things(t, h, h.Owner, h.Owner.Member)
	was := position(t, h, h.Acme.ID)
	for _, r := range s.Doors.Mux.Routes() {
		if r.Unsafe() {
			continue
		}
		path := filled(r.Pattern, there)
		whole, head := owner.send(r.Method, path, ""), owner.send(http.MethodHead, path, "")
		sheltered(t, r.Method+" "+path, whole)
		if whole.status >= 500 {
			t.Errorf("%s %s: %d %s", r.Method, path, whole.status, whole.body)
		}
		if r.Method == http.MethodGet && head.status != whole.status {
			t.Errorf("HEAD %s: %d, GET: %d", path, head.status, whole.status)
		}
		if head.body != "" {
			t.Errorf("HEAD %s has a body", path)
		}
	}
	if now := position(t, h, h.Acme.ID); now != was {
		t.Errorf("reading moved the history from %d to %d", was, now)
	}
}

// TestOddRequestsAreNoErrorOfOurs sends what no browser sends.
func TestOddRequestsAreNoErrorOfOurs(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		owner := s.person("olga@example.com")
		robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
		me := string(h.Owner.Member)
		for _, odd := range []string{"%00", "%ff%fe", "%C0%80", "%ED%A0%80", "%E2%80%AE", "%F0%9F%98%80", "'%20OR%201=1--", strings.Repeat("x", 5000), "%25%32%46"} {
			for _, r := range s.Doors.Mux.Routes() {
				if !strings.Contains(r.Pattern, "{") || strings.HasSuffix(r.Pattern, "{$}") {
					continue
				}
				text, headers := body(r)
				for _, parts := range []map[string]string{{"org": odd}, {"id": odd}, {"session": odd}, {"org": odd, "secret": odd}} {
					path := filled(r.Pattern, parts)
					for _, c := range []caller{owner, robot} {
						if a := c.send(r.Method, path, text, append(headers, "Sec-Fetch-Site", "same-origin")...); a.status >= 500 || a.status == 0 {
							t.Errorf("%s %.80s: %d", r.Method, path, a.status)
						}
					}
				}
			}
			for _, query := range []string{"q", "cursor", "member", "status", "kind", "limit", "columns", "next", "role", "sort", "after", "action", "from", "unit", "parent", "permission", "like", "in", "open", "people", "below", "unit_q", "unit_cursor", "archived", "dry_run"} {
				for _, path := range []string{
					"/o/acme/team", "/o/acme/history", "/sign-in", "/o/acme/team/add", "/o/acme/units", "/o/acme/units/find", "/o/acme/units/add", "/o/acme/roles", "/o/acme/roles/add", "/o/acme/roles/permissions", "/o/acme/access", "/o/acme/team/" + me + "/access", "/o/acme/team/" + me + "/history", "/o/acme/sign-in", "/sign-in/password", "/forgot-password", "/o", "/o/acme/units/" + odd + "/external",
					at(h.Acme.ID, "members"), at(h.Acme.ID, "history"), at(h.Acme.ID, "units"), at(h.Acme.ID, "roles"), at(h.Acme.ID, "roles/owner"), at(h.Acme.ID, "access"), at(h.Acme.ID, "permissions"), at(h.Acme.ID, "members", me, "access"), at(h.Acme.ID, "members", me, "explain"),
				} {
					if a := owner.get(path + "?" + query + "=" + odd); a.status >= 500 {
						t.Errorf("%s?%s=%.40s: %d", path, query, odd, a.status)
					}
				}
			}
			form := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
			for _, sent := range []string{
				"/sign-in email=a@example.com&password=x&organisation=" + odd, "/sign-in email=" + odd + "&password=" + odd,
				"/forgot-password email=" + odd + "&organisation=" + odd, "/forgot-password email=a@example.com&organisation=" + odd, "/o email=" + odd,
				"/sign-in/password password=" + odd + "&repeat=" + odd + "&next=" + odd, "/sign-in/password/criteria password=" + odd,
				"/o/acme/team/add form_key=k3&kind=external&unit=" + odd + "&unit_q=" + odd + "&email=odd@example.com&first_name=A&last_name=B&way=password&password=" + odd + "&repeat=" + odd,
				"/o/acme/team/add do=find&unit=" + odd + "&unit_q=" + odd, "/o/acme/team/add/criteria password=" + odd + "&first_name=" + odd, "/o/acme/team/" + me + "/password password=" + odd,
				"/o/acme/team/add form_key=" + odd + "&kind=regular&email=odd@example.com&first_name=A&last_name=B",
				"/o/acme/team/add form_key=k&kind=" + odd, "/o/acme/team/add form_key=k2&kind=regular&role=" + odd + "&email=odd@example.com&first_name=A&last_name=B",
				"/me/preferences theme=" + odd + "&density=" + odd + "&zone=" + odd + "&language=" + odd, "/o/acme/me version=1&first_name=" + odd + "&phone=" + odd, "/sign-out next=" + odd, "/oauth2/token grant_type=client_credentials&client_id=" + odd + "&client_secret=" + odd,
				"/oauth2/token grant_type=" + odd + "&scope=" + odd, "/invitation first_name=" + odd,
			} {
				path, text, _ := strings.Cut(sent, " ")
				c := owner
				if path == "/sign-out" {
					c = s.stranger()
				}
				if a := c.send(http.MethodPost, path, text, append(form, "User-Agent", "odd", "Cookie", "__Host-flash="+odd+"; __Host-look="+odd+"; __Host-choice="+odd+"; __Host-invitation="+odd+"."+odd)...); a.status >= 500 {
					t.Errorf("%s %.80s: %d", path, text, a.status)
				}
			}
		}
		if text := s.log.String(); strings.Contains(text, "level=ERROR") {
			at := strings.Index(text, "level=ERROR")
			t.Errorf("the log has an error: %.600s", text[max(0, at-40):])
		}
		h.Verified(h.Acme.ID)
	})
}

// TestTheServersOwnAnswers looks at what net/http would answer by itself.
func TestTheServersOwnAnswers(t *testing.T) {
	s := serve(t, rostertest.SQLite(t))
	c := s.dial()
	defer c.Close()
	_, err := io.WriteString(c, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	must(t, err)
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	must(t, err)
	defer a.Body.Close()
	if a.StatusCode >= 500 {
		t.Errorf("OPTIONS *: %d", a.StatusCode)
	}
}
