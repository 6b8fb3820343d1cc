package doors_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/method"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
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
	case strings.Contains(pattern, "{id}/eras"):
		return "gone"
	case strings.Contains(pattern, "/units/{id}"):
		return "unit"
	case strings.Contains(pattern, "/roles/{id}"):
		return "role"
	case strings.Contains(pattern, "/methods/{id}"), strings.Contains(pattern, "/login-methods/{id}"), strings.Contains(pattern, "/sign-in/"):
		return "login_method"
	case strings.Contains(pattern, "/webhooks/{id}"):
		return "webhook"
	case strings.Contains(pattern, "/imports/{id}"):
		return "import"
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
	case "import":
		return roster.NewID("imp_")
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
		"{secret}", given("rinv_unknown", "secret"), "{delivery}", given(endpoint.NewDeliveryID(), "delivery"), "{hash}", "0", "{file}", "1f6f4a.css", "{row}", "2",
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
	return map[string]string{"member": string(member), "gone": string(gone(t, h, by)), "program": string(p.ID), "secret_id": v.Secrets[0].ID, "key_id": v.Keys[0].ID, "unit": string(u.ID), "role": r.ID, "login_method": m.ID, "webhook": w.ID, "delivery": d.ID, "import": imported(t, h, by)}
}

// imported gives a table that somebody sent in and that is not under way: the one there is, since an organisation has a hundred
// at most.
func imported(t testing.TB, h *rostertest.House, by roster.Actor) string {
	t.Helper()
	all, err := h.Imports.List(h.As(by))
	must(t, err)
	if i := slices.IndexFunc(all, func(v imports.View) bool { return v.State != imports.Running }); i >= 0 {
		return all[i].ID
	}
	const table = "E-mail,Vorname,Nachname\nimported@example.com,Ina,Ek\n"
	v, err := h.Imports.Upload(h.As(by), imports.File{Name: "team.csv", From: strings.NewReader(table), Size: int64(len(table))})
	must(t, err)
	return v.ID
}

// gone makes a member who was removed.
func gone(t testing.TB, h *rostertest.House, by roster.Actor) roster.MemberID {
	t.Helper()
	v, err := h.Team.Invite(h.As(by), team.Invitation{Email: roster.NewID("gone") + "@example.com", Profile: roster.Profile{FirstName: "Gone", LastName: "Gone"}})
	must(t, err)
	_, err = h.Removals.Remove(h.As(by), v.ID, "")
	must(t, err)
	return v.ID
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

// alone tells whether a reply says that an import is not there, which only whoever sent it in sees.
func alone(r server.Route, a reply) bool {
	return kindOf(r.Pattern) == "import" && a.status == http.StatusNotFound && strings.Contains(a.body, "There is no such import.")
}

// pictureless tells whether a reply says that a member whom one may see has no picture.
func pictureless(r server.Route, a reply) bool {
	return r.Action == string(act.MemberPictureShow) && a.status == http.StatusNotFound && strings.Contains(a.body, "There is no such picture.")
}
