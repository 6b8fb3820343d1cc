package doors_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// accepted takes up a member's invitation by a link that their administrator copied.
func accepted(t *testing.T, r *rest.Rig, by *rest.Caller, slug string, id any, first, last string) {
	t.Helper()
	link := by.Ask("POST", "/orgs/"+slug+"/members/"+id.(string)+"/invitation-link", "").Is(200)["link"].(string)
	of, secret, _ := strings.Cut(link[strings.Index(link, "/invitation/")+len("/invitation/"):], "/")
	r.Accept(roster.OrgID(of), secret, first, last)
}

// did tells what the history has about a member by REST, the oldest first.
func did(c *rest.Caller, slug string, id any) string {
	c.T.Helper()
	var all []string
	for _, line := range c.Get("/orgs/" + slug + "/history?member=" + id.(string))["items"].([]any) {
		all = append(all, line.(map[string]any)["action"].(string))
	}
	return strings.Join(all, " ")
}

// token exchanges what was shown once for an access token, and gives the whole answer.
func token(t testing.TB, r *rest.Rig, id, secret string) map[string]any {
	t.Helper()
	res, err := http.PostForm(r.URL+"/oauth2/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
	rest.Must(t, err)
	defer res.Body.Close()
	var got map[string]any
	rest.Must(t, json.NewDecoder(res.Body).Decode(&got))
	return got
}

// TestVerIDByREST is Ver.iD's procedure by REST alone.
func TestVerIDByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		founded, err := r.Orgs.Create(r.CLI(""), org.Founding{Name: "Verid", Owner: "vera@example.com"})
		rest.Must(t, err)
		r.Accept(founded.Organisation.ID, founded.Link, "Vera", "Owner")
		vera := r.Managed(t, "vera@example.com", founded.Organisation)
		made := vera.Ask("POST", "/orgs/verid/members", `{"email":"ada@example.com","first_name":"Ada","last_name":"Moreau","grants":[{"role":"auditor"}],"invitation_ttl":86400}`)
		ada := made.Is(201)
		one := "/orgs/verid/members/" + ada["id"].(string)
		rest.Equal(t, "where the user's own page is", made.Header.Get("Location"), "/api/v1/orgs/"+string(founded.Organisation.ID)+"/members/"+ada["id"].(string))
		rest.Equal(t, "status", ada["status"], any("invited"))
		vera.Ask("POST", one+"/resend", "").Is(200)
		accepted(t, r, vera, "verid", ada["id"], "Ada", "Moreau")
		hers := r.Managed(t, "ada@example.com", founded.Organisation)
		for _, read := range []string{"members", "roles", "units", "history", "permissions", ""} {
			hers.Ask("GET", strings.TrimSuffix("/orgs/verid/"+read, "/"), "").Is(200)
		}
		hers.Ask("POST", "/orgs/verid/members", `{"email":"eve@example.com","first_name":"Eve","last_name":"Dahl"}`).Refuses(403, "forbidden")
		hers.Any().Ask("PATCH", "/orgs/verid", `{"name":"Mine"}`).Refuses(403, "forbidden")

		now := vera.Any().Ask("PATCH", one, `{"first_name":"Adèle","last_name":"Roux"}`).Is(200)
		rest.Equal(t, "the name", now["name"], any("Adèle Roux"))
		vera.Any().Ask("PUT", one+"/grants", `{"grants":[{"role":"owner"}]}`).Is(200)
		hers.Any().Ask("PATCH", "/orgs/verid", `{"name":"Verid 2"}`).Is(200) // an Owner now
		vera.Ask("POST", one+"/block", "").Is(200)
		hers.Ask("GET", "/orgs/verid/members", "").Refuses(403, "blocked")
		vera.Ask("POST", one+"/unblock", "").Is(200)
		hers.Ask("GET", "/orgs/verid/members", "").Is(200)
		vera.Ask("DELETE", one, "").Is(204)
		hers.Ask("GET", "/orgs/verid/members", "").Is(401)
		vera.Ask("POST", one+"/unblock", "").Is(409)

		for n := range 9 {
			vera.Ask("POST", "/orgs/verid/members", fmt.Sprintf(`{"email":"n%d@example.com","first_name":"N","last_name":"N"}`, n)).Is(201)
		}
		eleventh := vera.Ask("POST", "/orgs/verid/members", `{"email":"late@example.com","first_name":"Late","last_name":"Comer"}`).Refuses(409, "seat_limit")
		rest.Equal(t, "the refusal", eleventh.Detail, "The plan Playground allows 10 users and 10 are in use. Remove someone or change the plan to add more.")
		rest.Equal(t, "the history", did(vera, "verid", ada["id"]), "member.invite member.resend member.link invitation.accept member.edit member.grant member.block member.unblock member.remove")
		r.Verified(founded.Organisation.ID)
	})
}

// TestTransatelByREST is Transatel's procedure by REST alone.
func TestTransatelByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		north := r.Account("North Fleet", "")
		here := func(g team.Giving) team.Giving { g.Unit = north; return g }
		admin := []team.Giving{{Permission: authz.MembersRead}, {Permission: authz.MembersWrite}, {Permission: authz.MembersRemove}}
		asleep, _ := r.Holder(t, "Noah", admin...)
		told := asleep.Ask("GET", "members", "").Refuses(403, "forbidden") // the rights without the scope
		if !strings.Contains(told.Detail, "members.read with the scope admin") {
			t.Errorf("without the scope: %s", told.Detail)
		}
		tara, self := r.Holder(t, "Tara", append(admin, team.Giving{Scope: authz.Admin}, here(team.Giving{Scope: "network"}), here(team.Giving{Permission: "devices.read"}))...)
		_, simon := r.Holder(t, "Simon", here(team.Giving{Scope: "network"}), here(team.Giving{Permission: "devices.read"}), here(team.Giving{Permission: "devices.wipe"}))
		tara.Ask("POST", "members/"+string(self.Member)+"/clone", `{"email":"x@example.com","first_name":"X","last_name":"Y"}`).Refuses(403, "cannot_clone_yourself")
		offer := tara.Get("members/" + string(simon.Member) + "/clone")
		if text := rest.Show(offer["left_out"]); !strings.Contains(text, "devices.wipe") || strings.Contains(text, "devices.read") {
			t.Errorf("the offer leaves out %s", text)
		}
		stella := tara.Ask("POST", "members/"+string(simon.Member)+"/clone", `{"email":"stella@example.com","first_name":"Stella","last_name":"Ray","start_blocked":true}`).Is(201)
		if text := rest.Show(stella["left_out"]); !strings.Contains(text, "devices.wipe") {
			t.Errorf("left out: %s", text)
		}
		rest.Equal(t, "deactivated for now", stella["status"], any("blocked"))
		tara.Ask("POST", "members/"+stella["id"].(string)+"/unblock", "").Is(200)

		nina := tara.Ask("POST", "members", `{"email":"nina@example.com","first_name":"Nina","last_name":"New"}`).Is(201)
		one := "members/" + nina["id"].(string)
		grants := func(more string) string {
			return `{"grants":[{"role":"member"},{"permission":"devices.read","unit":"` + string(north) + `"}` + more + `]}`
		}
		tara.Any().Ask("PUT", one+"/grants", grants(`,{"permission":"devices.wipe","unit":"`+string(north)+`"}`)).Refuses(403, "exceeds_authority")
		tara.Any().Ask("PUT", one+"/grants", grants("")).Is(200)
		accepted(t, r, r.Olga(t), "acme", nina["id"], "Nina", "New")
		why := "?permission=devices.read&unit=" + string(north)
		no := tara.Get(one + "/explain" + why)
		if no["decision"] != false || !strings.Contains(rest.Show(no["missing"]), `"scope"`) {
			t.Errorf("without the scope: %s", rest.Show(no))
		}
		tara.Any().Ask("PUT", one+"/grants", grants(`,{"scope":"network","unit":"`+string(north)+`"}`)).Is(200)
		rest.Equal(t, "account, scope and right", tara.Get(one + "/explain" + why)["decision"], any(true))
		rest.Equal(t, "elsewhere", tara.Get(one + "/explain?permission=devices.read")["decision"], any(false))

		tara.Ask("POST", one+"/block", "").Is(200)
		for query, many := range map[string]int{"status=blocked": 1, "unit=" + string(north): 4, "role=member": 1, "q=nina&status=active": 0} {
			if got := tara.Get("members?" + query)["items"].([]any); len(got) != many {
				t.Errorf("members?%s: %d, not %d", query, len(got), many)
			}
		}
		tara.Ask("POST", one+"/unblock", "").Is(200)
		tara.Ask("DELETE", one, "").Is(204)
		rest.Equal(t, "the history", did(r.Olga(t), "acme", nina["id"]), "member.invite member.grant member.link invitation.accept member.grant member.block member.unblock member.remove")
		r.Verified(r.Acme.ID)
	})
}

// TestBloquoByREST is Bloquo's procedure by REST alone.
func TestBloquoByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		olga.Ask("POST", "members", `{"email":"bia@example.com","first_name":"Bia","last_name":"Souza","phone":"12"}`).At(422, "phone", "phone_invalid")
		bia := olga.Ask("POST", "members", `{"email":"bia@example.com","first_name":"Bia","last_name":"Souza","phone":"+55 11 5555 0100"}`).Is(201)
		accepted(t, r, olga, "acme", bia["id"], "Bia", "Souza")

		keyed := olga.With("Idempotency-Key", "banking")
		banking := keyed.Ask("POST", "members", `{"kind":"api","name":"Core banking","grants":[{"role":"auditor"}]}`).Is(201)
		again := keyed.Ask("POST", "members", `{"kind":"api","name":"Core banking","grants":[{"role":"auditor"}]}`).Is(201)
		if again["id"] != banking["id"] || again["client_secret"] != nil {
			t.Errorf("asked again: %v", again)
		}
		one := "members/" + banking["id"].(string)
		if text := olga.Ask("GET", one, "").Text; strings.Contains(text, "rsec_") {
			t.Errorf("the secret is shown again: %s", text)
		}
		id, secret := banking["client_id"].(string), banking["client_secret"].(string)
		got := token(t, r, id, secret)
		rest.Equal(t, "seconds", got["expires_in"], any(3600.0))
		rest.Equal(t, "the kind of token", got["token_type"], any("Bearer"))
		robot := r.Bearer(t, got["access_token"].(string))
		robot.Ask("GET", "members", "").Is(200)

		items := olga.Get("members?sort=-created_at&limit=2")["items"].([]any)
		row := items[0].(map[string]any)
		for column, want := range map[string]any{
			"name": "Core banking", "client_id": id, "phone": nil, "email": nil, "created_by": string(r.Owner.Member), "updated_by": string(r.Owner.Member),
			"verified": false, "mfa": false, "status": "active",
		} {
			rest.Equal(t, column, row[column], want)
		}
		rest.Equal(t, "found by client ID", len(olga.Get("members?q=" + id)["items"].([]any)), 1)
		rest.Equal(t, "found by phone", len(olga.Get("members?q=5555")["items"].([]any)), 0) // it is searched by how it begins
		rest.Equal(t, "found by the phone's beginning", len(olga.Get("members?q=%2B5511")["items"].([]any)), 1)
		olga.Any().Ask("PUT", "members/"+bia["id"].(string)+"/grants", `{"grants":[{"role":"user_administrator"}]}`).Is(200)
		olga.Ask("DELETE", one, "").Is(204)
		robot.Ask("GET", "members", "").Is(401)
		rest.Equal(t, "the history", did(olga, "acme", banking["id"]), "api_user.create member.remove")
		r.Verified(r.Acme.ID)
	})
}

// TestUbisendByREST is ubisend's procedure by REST alone.
func TestUbisendByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		body := `{"email":"una@example.com","first_name":"Una","last_name":"User","grants":[{"role":"member"},{"permission":"notices.read"}]}`
		una := olga.Ask("POST", "members", body).Is(201)
		olga.Ask("POST", "members", body).Refuses(409, "already_invited")
		accepted(t, r, olga, "acme", una["id"], "Una", "User")
		olga.Ask("POST", "members", body).Refuses(409, "already_member")
		olga.Any().Ask("PUT", "members/"+una["id"].(string)+"/grants", `{"grants":[{"role":"auditor"}]}`).Is(200)
		hers := r.Managed(t, "una@example.com", r.Acme)
		hers.Ask("GET", "members", "").Is(200)
		olga.Ask("DELETE", "members/"+una["id"].(string), "").Is(204)
		hers.Ask("GET", "members", "").Is(401) // her only account

		again := olga.Ask("POST", "members", `{"email":"una@example.com","first_name":"Una","last_name":"User"}`).Is(201)
		if again["id"] == una["id"] || rest.Show(again["grants"]) != `[{"role":"member","unit":null,"until":null}]` {
			t.Errorf("invited again as %s", rest.Show(again))
		}
		accepted(t, r, olga, "acme", again["id"], "Una", "Anew")
		r.Managed(t, "una@example.com", r.Acme).Ask("GET", "members", "").Refuses(403, "forbidden") // a member, no more
		rest.Equal(t, "the history", did(olga, "acme", again["id"]), "member.invite member.link invitation.accept")
		r.Verified(r.Acme.ID)
	})
}
