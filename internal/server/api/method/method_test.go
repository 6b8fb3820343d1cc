package method_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
	"roster/internal/store"
	"roster/internal/store/methoddb"
)

const okta = `{"kind":"oidc","name":"Okta","issuer":"https://acme.okta.example","client_id":"roster","client_secret":"hush-hush","identifier_claim":"email","scopes":["email"],"parameters":[{"name":"prompt","value":"login"}]}`

func TestAConnectionIsMadeChangedAndDeleted(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		all := olga.Get("login-methods")
		rest.Equal(t, "at first", rest.Show([]any{len(all["items"].([]any)), all["items"].([]any)[0].(map[string]any)["id"], all["items"].([]any)[0].(map[string]any)["state"]}), `[1,"password","ready"]`)
		answer := olga.Ask("POST", "login-methods", okta)
		made := answer.Is(201)
		id := made["id"].(string)
		r.Wrote(answer, id, "method.create", r.Owner.Member)
		rest.Equal(t, "made", rest.Show([]any{made["state"], made["has_client_secret"], made["scopes"], made["redirect_url"].(string)[strings.Index(made["redirect_url"].(string), "/sign-in"):] == "/sign-in/return/"+id}), `["draft",true,["openid","email"],true]`)
		if strings.Contains(answer.Text, "hush") || strings.Contains(olga.Ask("GET", "login-methods/"+id, "").Text, "hush") || strings.Contains(rest.Show(r.Newest(t, nil)), "hush") {
			t.Error("the client secret is told")
		}
		olga.Ask("POST", "login-methods", okta).At(409, "name", "method_name_taken")
		olga.Ask("POST", "login-methods", `{"kind":"oauth","name":"Hub","authorize_url":"http://hub.example/a","token_url":"https://u:p@hub.example","client_id":"","parameters":[{"name":"state","value":"x"}]}`).Refuses(422, "fields_invalid")
		olga.Ask("POST", "login-methods/"+id+"/enable", "").Refuses(409, "method_not_ready")
		olga.Ask("POST", "members", `{"email":"anna@example.com","first_name":"Anna","last_name":"Berg","login_method":"`+id+`","identifier":"anna"}`).At(422, "login_method", "method_not_ready")
		if at := olga.Ask("POST", "login-methods/"+id+"/test", "").Is(200)["url"].(string); !strings.HasSuffix(at, "/o/acme/settings/methods/"+id) {
			t.Errorf("it is tested at %s", at)
		}
		tested(t, r, id)
		olga.Ask("POST", "login-methods/"+id+"/enable", "").Is(200)
		member := olga.Ask("POST", "members", `{"email":"anna@example.com","first_name":"Anna","last_name":"Berg","login_method":"`+id+`","identifier":" anna "}`).Is(201)["id"].(string)
		if line := rest.Changed(r.Newest(t, member)); !strings.Contains(line, "login_method →Okta, identifier →anna") {
			t.Errorf("the line: %s", line)
		}
		anna := olga.Get("members/" + member)
		rest.Equal(t, "how Anna comes in", rest.Show([]any{anna["login_method"], anna["identifier"], olga.Get("members/" + string(r.Owner.Member))["login_method"]}), `["`+id+`","anna","password"]`)
		olga.Ask("POST", "members", `{"email":"bo@example.com","first_name":"Bo","last_name":"Ek","login_method":"`+id+`","identifier":"anna"}`).At(409, "identifier", "identifier_taken")
		olga.Ask("POST", "members", `{"email":"bo@example.com","first_name":"Bo","last_name":"Ek","login_method":"`+id+`"}`).At(422, "identifier", "field_required")
		olga.Ask("POST", "members", `{"email":"bo@example.com","first_name":"Bo","last_name":"Ek","identifier":"bo"}`).At(422, "identifier", "field_unknown")
		olga.Ask("POST", "members", `{"email":"bo@example.com","first_name":"Bo","last_name":"Ek","login_method":"`+login.NewID()+`","identifier":"bo"}`).At(422, "login_method", "method_unknown")
		several := olga.Ask("POST", "members/bulk", `{"invite":[{"email":"cy@example.com","login_method":"`+id+`","identifier":"cy"},{"email":"di@example.com","login_method":"`+id+`","identifier":"cy"}]}`).Is(200)
		rest.Equal(t, "several", rest.Show([]any{several["done"], several["refused"]}), "[1,1]")

		olga.Ask("PATCH", "login-methods/"+id, `{"name":"O"}`).Refuses(428, "precondition_required")
		olga.With("If-Match", "*").Ask("PATCH", "login-methods/"+id, `{"kind":"oauth"}`).Refuses(422, "not_editable")
		now := olga.With("If-Match", "*").Ask("PATCH", "login-methods/"+id, `{"client_secret":null}`).Is(200)
		rest.Equal(t, "without a secret", rest.Show([]any{now["state"], now["enabled"], now["has_client_secret"], now["invitations"]}), `["draft",true,false,2]`)
		olga.Ask("POST", "login-methods/"+id+"/disable", "").Is(200)
		olga.Ask("DELETE", "login-methods/"+id, "").Is(204)
		olga.Ask("GET", "login-methods/"+id, "").Refuses(404, "not_found")
		olga.Ask("POST", "login-methods/password/disable", "").Refuses(409, "last_owner")
		olga.Ask("DELETE", "login-methods/password", "").Refuses(409, "password_method")
		long := func(letters int) rest.Reply { // lengths are told in characters
			return olga.Ask("POST", "login-methods", strings.Replace(okta, "acme.okta.example", "okta.example/"+strings.Repeat("é", letters), 1))
		}
		long(login.MaxURL - len("https://okta.example/")).Is(201)
		long(login.MaxURL-len("https://okta.example/")+1).At(422, "issuer", "url_invalid")
	})
}

// tested keeps that a connection worked, as its test by a browser does.
func tested(t *testing.T, r *rest.Rig, id string) {
	t.Helper()
	err := r.DB.Write(r.CLI(r.Acme.ID), r.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		was, err := methoddb.ByID(ctx, tx, r.Acme.ID, id)
		if err != nil {
			return err
		}
		now := was.Value
		now.TestedAt = time.Now()
		if _, err := methoddb.Update(ctx, tx, was.Value, now); err != nil {
			return err
		}
		_, err = tx.Record(ctx, roster.Event{Action: "method.test", ActorKind: roster.ActorCLI, Target: now.Ref()})
		return err
	})
	rest.Must(t, err)
}

func TestOnlyOwnersSetLoginMethodsUp(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Ask("POST", "login-methods", okta).Is(201)["id"].(string)
		uma, _ := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		rest.Equal(t, "who may not", strings.Join(uma.Ask("POST", "login-methods", okta).Refuses(403, "forbidden").Missing, " "), "methods.write")
		uma.Ask("GET", "login-methods", "").Refuses(403, "forbidden")
		offered := uma.Get("login-methods/offered")
		rest.Equal(t, "offered", rest.Show([]any{len(offered["items"].([]any)), offered["items"].([]any)[0].(map[string]any)["id"]}), `[1,"password"]`)
		otto, _ := r.Holder(t, "Otto", team.Giving{Role: roster.RoleAuditor})
		rest.Equal(t, "an Auditor reads", otto.Get("login-methods/" + id)["name"].(string), "Okta")
		otto.Ask("POST", "login-methods/"+id+"/disable", "").Refuses(403, "forbidden")
		robot, _ := r.Program(t, "Robot", roster.RoleAuditor)
		robot.Ask("DELETE", "login-methods/"+id, "").Refuses(403, "people_only")
	})
}
