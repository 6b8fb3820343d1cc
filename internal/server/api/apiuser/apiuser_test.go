package apiuser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

const publicKey = `{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"kid\":\"one\"}`

// hire makes an API user as the Owner.
func hire(t *testing.T, r *rest.Rig, name string, roles ...string) team.MadeAPIUser {
	t.Helper()
	made, err := r.Team.CreateAPIUser(r.As(r.Owner), team.APIUser{Name: name, Grants: team.RoleGivings(roles...)})
	rest.Must(t, err)
	return made
}

// signs tells whether a secret gets its API user a token.
func signs(t *testing.T, r *rest.Rig, client, secret string) bool {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.URL+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	rest.Must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(client, secret)
	a, err := http.DefaultClient.Do(req)
	rest.Must(t, err)
	a.Body.Close()
	return a.StatusCode == http.StatusOK
}

// did counts the history's lines of an action about a member.
func did(t *testing.T, r *rest.Rig, action string, m roster.MemberID) int {
	t.Helper()
	page, err := r.History.List(r.As(r.Owner), history.Query{Action: action, Member: m})
	rest.Must(t, err)
	return len(page.Events)
}

// A program changes from one secret to another without a pause, where its organisation lets it; its last use tells when
// the first can go.
func TestASecretFollowsAnother(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		made, olga := hire(t, r, "Sync", roster.RoleAuditor), r.Olga(t)
		at := "members/" + string(made.ID) + "/"
		olga.Ask("POST", at+"secrets", "").Refuses(409, "second_secrets_off")
		rest.Equal(t, "off by default", olga.Ask("GET", at+"credentials", "").Is(200)["second_secrets"].(bool), false)
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"second_secrets":true}`).Is(200)

		once := olga.With("Idempotency-Key", "one")
		body := once.Ask("POST", at+"secrets", "").Is(201)
		second, _ := body["client_secret"].(string)
		if again := once.Ask("POST", at+"secrets", "").Is(201); again["client_secret"] != nil || again["code"] != "secret_shown_once" {
			t.Errorf("again: %v", again)
		}
		rest.Equal(t, "both sign in", signs(t, r, made.ClientID, made.Secret) && signs(t, r, made.ClientID, second), true)
		olga.Ask("POST", at+"secrets", "").Refuses(409, "too_many_secrets")

		r.Doors.Close() // what is noted beside the answers
		text := olga.Ask("GET", at+"credentials", "")
		all := text.Is(200)["secrets"].([]any)
		if strings.Contains(text.Text, second) || strings.Contains(text.Text, made.Secret) || len(all) != 2 {
			t.Errorf("the credentials: %s", text.Text)
		}
		first := all[0].(map[string]any)
		rest.Equal(t, "its last use", first["last_used_at"] != nil && first["last_used_ip"] == "127.0.0.1", true)
		rest.Equal(t, "who made it", first["made_by"].(map[string]any)["name"].(string), "Olga Owner")

		olga.Ask("DELETE", at+"secrets/"+first["id"].(string), "").Is(200)
		rest.Equal(t, "the first", signs(t, r, made.ClientID, made.Secret), false)
		rest.Equal(t, "the second", signs(t, r, made.ClientID, second), true)
		olga.Ask("DELETE", at+"secrets/"+first["id"].(string), "").Refuses(404, "not_found")
		olga.Ask("DELETE", at+"secrets/"+body["id"].(string), "").Refuses(409, "last_credential")
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"second_secrets":false}`).Is(200)
		olga.Ask("POST", at+"secrets", "").Refuses(409, "second_secrets_off")

		for action, lines := range map[string]int{"api_user.secret_add": 1, "api_user.secret_remove": 1} {
			rest.Equal(t, action, did(t, r, action, made.ID), lines)
		}
		page, err := r.History.List(r.As(r.Owner), history.Query{Member: made.ID})
		rest.Must(t, err)
		for _, e := range page.Events {
			for _, c := range e.Changes {
				if strings.Contains(c.From+c.To, second) {
					t.Error("the history holds a secret")
				}
			}
		}
		r.Verified(r.Acme.ID)
	})
}

// Credentials are ways in: programs touch none, nobody those of who is stronger, and nobody those of people.
func TestWhoTouchesCredentials(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		strong, weak := hire(t, r, "Strong", roster.RoleUserAdministrator, roster.RoleAuditor), hire(t, r, "Weak", roster.RoleMember)
		robot, _ := r.Program(t, "Robot", roster.RoleUserAdministrator)
		admin, _ := r.Holder(t, "Ada", team.RoleGivings(roster.RoleUserAdministrator)...)
		key := `{"public_key":"` + publicKey + `"}`
		for what, body := range map[string]string{"POST secrets": "", "POST keys": key, "PUT end": `{"ends_at":null}`, "DELETE secrets/key_1": "", "DELETE keys/key_1": ""} {
			method, path, _ := strings.Cut(what, " ")
			robot.Ask(method, "members/"+string(weak.ID)+"/"+path, body).Refuses(403, "people_only")
			admin.Ask(method, "members/"+string(strong.ID)+"/"+path, body).Refuses(403, "stronger_target")
		}
		robot.Ask("GET", "members/"+string(weak.ID)+"/credentials", "").Is(200)
		admin.Ask("POST", "members/"+string(weak.ID)+"/keys", key).Is(200)
		admin.Ask("POST", "members/"+string(weak.ID)+"/keys", key).Refuses(409, "key_exists")
		admin.Ask("POST", "members/"+string(weak.ID)+"/keys", `{"public_key":"secret text"}`).Refuses(422, "key_invalid")
		admin.Ask("POST", "members/"+string(r.Owner.Member)+"/keys", key).Refuses(403, "stronger_target")
		r.Olga(t).Ask("GET", "members/"+string(r.Owner.Member)+"/credentials", "").Refuses(409, "no_credentials")
		rest.Equal(t, "lines", did(t, r, "api_user.key_add", weak.ID), 1)
		r.Verified(r.Acme.ID)
	})
}

// An API user whose time is over is refused at every door, as are its tokens, until it is given more.
func TestAnAPIUserEnds(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		made, olga := hire(t, r, "Sync", roster.RoleAuditor), r.Olga(t)
		robot := r.Token(t, made.ClientID, made.Secret)
		at := "members/" + string(made.ID)
		end := r.Clock.Now().Add(30 * time.Minute)
		olga.Ask("PUT", at+"/end", `{"ends_at":"`+r.Clock.Now().Add(-time.Second).Format(time.RFC3339)+`"}`).Refuses(422, "end_passed")
		rest.Equal(t, "an end", olga.Ask("PUT", at+"/end", `{"ends_at":"`+end.Format(time.RFC3339)+`"}`).Is(200)["ends_at"].(string), end.Format(time.RFC3339))
		rest.Equal(t, "on the member", olga.Ask("GET", at, "").Is(200)["ends_at"].(string), end.Format(time.RFC3339))
		may := func() bool {
			return olga.Ask("GET", at+"/explain?permission="+authz.MembersRead, "").Is(200)["decision"].(bool)
		}
		r.Clock.Pass(30*time.Minute - time.Second)
		robot.Ask("GET", "members", "").Is(200)
		rest.Equal(t, "a second before", may() && signs(t, r, made.ClientID, made.Secret), true)
		r.Clock.Pass(time.Second)
		robot.Ask("GET", "members", "").Refuses(401, "invalid_token")
		olga = r.Olga(t)
		rest.Equal(t, "a token", signs(t, r, made.ClientID, made.Secret), false)
		rest.Equal(t, "a decision", may(), false)
		rest.Equal(t, "shown", olga.Ask("GET", at+"/credentials", "").Is(200)["ended"].(bool), true)
		olga.Ask("PUT", at+"/end", `{"ends_at":null}`).Is(200)
		rest.Equal(t, "let in again", may() && signs(t, r, made.ClientID, made.Secret), true)
		rest.Equal(t, "lines", did(t, r, "api_user.end", made.ID), 2)
		r.Verified(r.Acme.ID)
	})
}

// An API user can be made with its end: by the rules and in the words of one that is said later, and whoever may make one
// may end it, since an end takes away alone.
func TestAnAPIUserIsMadeWithItsEnd(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		maker, _ := r.Holder(t, "Mara", team.Giving{Role: roster.RoleAuditor}, team.Giving{Permission: authz.MembersWrite})
		add := func(fields string) rest.Reply {
			return maker.Ask("POST", "members", `{`+fields+`}`)
		}
		now := r.Clock.Now()
		add(`"kind":"api","name":"Sync","ends_at":"`+now.Add(-time.Second).Format(time.RFC3339)+`"`).Refuses(422, "end_passed")
		add(`"kind":"api","name":"Sync","ends_at":"0001-01-01T00:00:00Z"`).Refuses(422, "end_passed")
		add(`"kind":"api","name":"Sync","ends_at":"9999-12-31T00:00:01Z"`).Refuses(422, "end_too_far")
		add(`"email":"anna@example.com","first_name":"Anna","last_name":"Berg","ends_at":"2099-01-01T00:00:00Z"`).Refuses(422, "field_unknown")
		end := now.Add(30 * time.Minute).UTC().Format(time.RFC3339)
		made := add(`"kind":"api","name":"Sync","ends_at":"` + end + `"`).Is(201)
		id, client, secret := made["id"].(string), made["client_id"].(string), made["client_secret"].(string)
		rest.Equal(t, "the answer", made["ends_at"].(string), end)
		rest.Equal(t, "as kept", r.Olga(t).Ask("GET", "members/"+id, "").Is(200)["ends_at"].(string), end)
		page, err := r.History.List(r.As(r.Owner), history.Query{Action: "api_user.create", Member: roster.MemberID(id)})
		rest.Must(t, err)
		told := ""
		for _, c := range page.Events[0].Changes {
			if c.Field == "ends_at" {
				told += c.From + ">" + c.To
			}
		}
		rest.Equal(t, "the line", told, ">"+end)
		rest.Equal(t, "before", signs(t, r, client, secret), true)
		robot := r.Token(t, client, secret)
		r.Clock.Pass(30 * time.Minute)
		rest.Equal(t, "after", signs(t, r, client, secret), false)
		robot.Ask("GET", "/me", "").Refuses(401, "invalid_token")
		for far, code := range map[string]string{"0001-01-01T00:00:00Z": "end_passed", "9999-12-31T23:59:59Z": "end_too_far"} {
			r.Olga(t).Ask("PUT", "members/"+id+"/end", `{"ends_at":"`+far+`"}`).Refuses(422, code)
		}
		r.Verified(r.Acme.ID)
	})
}

// Who made an API user is told, and when they are gone.
func TestWhoMadeItAndWhetherTheyAreStillHere(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ada, actor := r.Holder(t, "Ada", team.RoleGivings(roster.RoleUserAdministrator)...)
		id := ada.Ask("POST", "members", `{"kind":"api","name":"Sync"}`).Is(201)["id"].(string)
		here := func() map[string]any {
			return r.Olga(t).Ask("GET", "members/"+id+"/credentials", "").Is(200)["made_by"].(map[string]any)
		}
		if m := here(); m["name"] != "Ada Holder" || m["here"] != true {
			t.Errorf("while they are here: %v", m)
		}
		_, err := r.Team.Remove(r.As(r.Owner), actor.Member)
		rest.Must(t, err)
		if m := here(); m["name"] != "Ada Holder" || m["here"] != false {
			t.Errorf("once they are gone: %v", m)
		}
		robot, maker := r.Program(t, "Maker", roster.RoleUserAdministrator)
		id = robot.Ask("POST", "members", `{"kind":"api","name":"Made"}`).Is(201)["id"].(string)
		_, err = r.Credentials.SetEnd(r.As(r.Owner), roster.MemberID(maker), r.Clock.Now().Add(time.Hour))
		rest.Must(t, err)
		if m := here(); m["name"] != "Maker" || m["here"] != true {
			t.Errorf("while their time lasts: %v", m)
		}
		r.Clock.Pass(time.Hour)
		if m := here(); m["name"] != "Maker" || m["here"] != false {
			t.Errorf("once their time is over: %v", m)
		}
		shown, err := r.Credentials.Show(r.As(r.Owner), roster.MemberID(id))
		rest.Must(t, err)
		rest.Equal(t, "to the other doors", shown.Makers[maker].Status, roster.Ended)
		yes := true
		_, err = r.Orgs.Edit(r.CLI(r.Acme.ID), org.Edit{SecondSecrets: &yes})
		rest.Must(t, err)
		_, err = r.Credentials.AddSecret(r.CLI(r.Acme.ID), roster.MemberID(id))
		rest.Must(t, err)
	})
}
