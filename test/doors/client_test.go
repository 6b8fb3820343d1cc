package doors_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// A stock OAuth client, with the client ID and secret of an Auditor and in both styles of the standard,
// lists the team; a wrong secret, a blocked and a removed API user get the RFC's error, and a token
// from before is worth nothing at once.
func TestAStockClientListsTheTeam(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		site := h.Serve()
		h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		owner := h.As(h.Owner)
		for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
			made, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Payroll import", Grants: team.RoleGivings(roster.RoleAuditor)})
			if err != nil {
				t.Fatal(err)
			}
			config := clientcredentials.Config{ClientID: made.ClientID, ClientSecret: made.Secret, TokenURL: site.URL + "/oauth2/token", AuthStyle: style}
			client := config.Client(t.Context())
			if names := listed(t, client, site.URL); len(names) < 3 || !names["Anna Berg"] || !names["Payroll import"] {
				t.Errorf("the client sees %v", names)
			}
			wrong := config
			wrong.ClientSecret += "x"
			refused(t, "a wrong secret", wrong)
			if _, err := h.Team.Block(owner, made.ID, ""); err != nil {
				t.Fatal(err)
			}
			refused(t, "a blocked API user", config)
			if status := asked(t, client, site.URL).StatusCode; status != http.StatusUnauthorized {
				t.Errorf("a blocked API user's token: %d", status)
			}
			if _, err := h.Team.Unblock(owner, made.ID); err != nil {
				t.Fatal(err)
			}
			if status := asked(t, client, site.URL).StatusCode; status != http.StatusOK {
				t.Errorf("an unblocked API user's token: %d", status)
			}
			if _, err := h.Team.Remove(owner, made.ID); err != nil {
				t.Fatal(err)
			}
			refused(t, "a removed API user", config)
			if status := asked(t, client, site.URL).StatusCode; status != http.StatusUnauthorized {
				t.Errorf("a removed API user's token: %d", status)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

func asked(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	r, err := c.Get(url + "/api/v1/orgs/acme/members")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Body.Close() })
	return r
}

func listed(t *testing.T, c *http.Client, url string) map[string]bool {
	t.Helper()
	r := asked(t, c, url)
	var page struct {
		Items []struct{ Name string }
	}
	if err := json.NewDecoder(r.Body).Decode(&page); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d: %v", r.StatusCode, err)
	}
	names := map[string]bool{}
	for _, m := range page.Items {
		names[m.Name] = true
	}
	return names
}

func refused(t *testing.T, what string, c clientcredentials.Config) {
	t.Helper()
	_, err := c.Token(context.Background())
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) || answer.ErrorCode != "invalid_client" || answer.Response.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s: %v", what, err)
	}
}
