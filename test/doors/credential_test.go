package doors_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestCredentialsByPage is an administrator without scripts who lets one secret follow another, gives a key and an end.
func TestCredentialsByPage(t *testing.T) {
	h := rostertest.SQLite(t)
	made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Sync", Grants: team.RoleGivings(roster.RoleAuditor)})
	must(t, err)
	yes := true
	_, err = h.Orgs.Edit(h.CLI(h.Acme.ID), org.Edit{SecondSecrets: &yes})
	must(t, err)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	at := "/o/acme/team/" + string(made.ID)
	page := owner.Get(at + "/credentials")
	if !strings.Contains(page.Body, made.ClientID) || !strings.Contains(page.Body, made.Secret[len(made.Secret)-4:]) || strings.Contains(page.Body, made.Secret) {
		t.Fatalf("the page: %d\n%s", page.Status, page.Body)
	}
	key := formKey.FindStringSubmatch(page.Body)
	once := owner.Post(at+"/secrets", "form_key", key[1])
	if once.Status != http.StatusOK || !regexp.MustCompile(`rsec_[\w-]{20}`).MatchString(once.Body) || once.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the secret, once: %d\n%s", once.Status, once.Body)
	}
	if a := owner.Post(at+"/secrets", "form_key", key[1]); a.Status != http.StatusOK || regexp.MustCompile(`rsec_[\w-]{20}`).MatchString(a.Body) {
		t.Errorf("a reload shows it: %d", a.Status)
	}
	if a := owner.Post(at+"/secrets", "form_key", "another"); a.Status != http.StatusConflict || !strings.Contains(a.Body, "There are two secrets already") {
		t.Errorf("a third: %d", a.Status)
	}
	// What is no public key may be a private one, or a part of one: none is shown again.
	for _, typed := range []string{
		"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "Bag Attributes\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n",
		"c2VjcmV0", `{"kty":"XX","d":"c2VjcmV0"}`, `{"kty":"EC","crv":"P-256","x":"","y":"","d":"c2VjcmV0"}`, publicKey + `{"d":"c2VjcmV0"}`, strings.Repeat("c2VjcmV0", 3000),
	} {
		if a := owner.Post(at+"/keys", "public_key", typed); a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Body, "c2VjcmV0") {
			t.Errorf("%.60q is answered with %d, or shown again", typed, a.Status)
		}
	}
	if a := owner.Post(at+"/keys", "public_key", publicKey); a.Path != at+"/credentials" || !strings.Contains(a.Body, "The keys were added.") {
		t.Errorf("a key: %d %s", a.Status, a.Path)
	}
	if a := owner.Post(at+"/keys", "public_key", publicKey); a.Status != http.StatusConflict || !strings.Contains(a.Body, html.EscapeString(publicKey)) {
		t.Errorf("the same once more is lost: %d", a.Status)
	}
	if a := owner.Post(at+"/end", "ends_on", "2020-01-01"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "2020-01-01") {
		t.Errorf("an end that has passed: %d", a.Status)
	}
	if a := owner.Post(at+"/end", "ends_on", "2026-12-31"); a.Path != at+"/credentials" || !strings.Contains(a.Body, `value="2026-12-31"`) {
		t.Errorf("an end: %d %s", a.Status, a.Path)
	}
	if a := owner.Get("/o/acme/team?kind=api"); !strings.Contains(a.Body, "December") && !strings.Contains(a.Body, "Dec") {
		t.Error("the list does not tell the end")
	}
	v, err := h.Credentials.Show(h.As(h.Owner), made.ID)
	must(t, err)
	first := at + "/secrets/" + v.Secrets[0].ID + "/remove"
	if a := owner.Get(first); a.Status != http.StatusOK || !strings.Contains(a.Body, "Nobody gets a token by this secret any more") {
		t.Errorf("the question: %d", a.Status)
	}
	if a := owner.Post(first); a.Path != at+"/credentials" || !strings.Contains(a.Body, "The secret was removed.") {
		t.Errorf("removing: %d %s", a.Status, a.Path)
	}
	if a := owner.Get(first); a.Status != http.StatusNotFound {
		t.Errorf("once it is gone: %d", a.Status)
	}
	for _, action := range []string{"api_user.secret_add", "api_user.key_add", "api_user.end", "api_user.secret_remove"} {
		page, err := h.History.List(h.As(h.Owner), history.Query{Action: action, Member: made.ID})
		must(t, err)
		if len(page.Events) != 1 || page.Events[0].Door != roster.DoorDashboard {
			t.Errorf("%s: %d lines", action, len(page.Events))
		}
	}
	h.Clock.Pass(50 * 24 * 3600e9)
	h.Verified(h.Acme.ID)
}

// TestAnAPIUserIsAddedWithItsLastDay is the form that adds users, without scripts: a day that has passed or lies too far off
// is refused where it was typed, and a good one is kept.
func TestAnAPIUserIsAddedWithItsLastDay(t *testing.T) {
	h := rostertest.SQLite(t)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	const at = "/o/acme/team/add"
	add := func(day string) rostertest.Answer {
		key := formKey.FindStringSubmatch(owner.Get(at + "?kind=api").Body)
		return owner.Post(at, "form_key", key[1], "kind", "api", "name", "Migration", "role", "auditor", "ends_on", day)
	}
	for day, says := range map[string]string{"2020-01-01": "This moment has passed", "9999-12-31": "at the latest 9999-12-30", "tomorrow": "Write the last day as"} {
		if a := add(day); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, says) || !strings.Contains(a.Body, `value="`+day+`"`) || !strings.Contains(a.Body, `href="#f-ends-on"`) {
			t.Errorf("%s: %d\n%s", day, a.Status, a.Body)
		}
	}
	if a := add("2026-12-31"); a.Status != http.StatusOK || !strings.Contains(a.Body, "rsec_") {
		t.Fatalf("added: %d\n%s", a.Status, a.Body)
	}
	page, err := h.History.List(h.As(h.Owner), history.Query{Action: "api_user.create"})
	must(t, err)
	if len(page.Events) != 1 || !strings.Contains(changesOf(page.Events[0]), "ends_at=2027-01-01T00:00:00Z") {
		t.Errorf("the history: %+v", page.Events)
	}
}
