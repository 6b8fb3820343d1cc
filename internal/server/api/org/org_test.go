package org_test

import (
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

func TestTheWaysToOwner(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		calm := olga.Get("owners")
		rest.Equal(t, "one Owner", rest.Show([]any{len(calm["owners"].([]any)), calm["equals"], calm["roles"], calm["clients"], calm["beyond"]}), "[1,[],[],[],false]")
		owner := calm["owners"].([]any)[0].(map[string]any)
		rest.Equal(t, "who", rest.Show([]any{owner["member"].(map[string]any)["email"], owner["sign_in"], owner["steps"], owner["until"], owner["invitation"]}), `["olga@example.com",["password"],0,null,null]`)

		invited := olga.Invite("ina@example.com", roster.RoleOwner)["id"].(string)
		olga.Ask("POST", "members/"+invited+"/invitation-link", "").Is(200)
		role := olga.Ask("POST", "roles", `{"name":"Almost","description":"Changes people.","permissions":["members.write"],"scopes":["admin"]}`).Is(201)["id"].(string)
		_, client := r.Product(t, "Portal", act.ClientPortal)
		rest.Equal(t, "a portal that is closed reaches nobody", rest.Show(olga.Get("owners")["clients"]), "[]")
		olga.Ask("PUT", "portal", `{"open_to":"administrators"}`).Is(200)
		rest.Equal(t, "nor does one that is closed to Owners", rest.Show(olga.Get("owners")["clients"]), "[]")
		olga.Ask("PUT", "portal", `{"open_to":"owners"}`).Is(200)
		far := olga.Get("owners")
		open := far["owners"].([]any)[0].(map[string]any)
		if open["member"].(map[string]any)["id"] != invited {
			open = far["owners"].([]any)[1].(map[string]any)
		}
		i := open["invitation"].(map[string]any)
		rest.Equal(t, "open invitation", rest.Show([]any{open["steps"], i["generation"], i["links"], i["by"], i["by_mail"], i["expired"]}), `[1,2,1,"Olga Owner",false,false]`)
		rest.Equal(t, "role", far["roles"].([]any)[0].(map[string]any)["id"].(string), role)
		rest.Equal(t, "client", far["clients"].([]any)[0].(map[string]any)["id"].(string), client)
		rest.Equal(t, "beyond", far["beyond"].(bool), true)

		uma, _ := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		rest.Equal(t, "who may not look", strings.Join(uma.Ask("GET", "owners", "").Refuses(403, "forbidden").Missing, " "), "organisation.read")
	})
}

func TestAProductClientIsToldWhoItIs(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, id := r.Product(t, "Fleet", act.ClientCatalogue, act.ClientDecisions)
		me := product.Get("/me")
		rest.Equal(t, "me", rest.Show([]any{me["kind"], me["id"], me["name"], me["email"], me["memberships"], me["permissions"]}), `["product_client","`+id+`","Fleet",null,[],["catalogue.write","decisions.read"]]`)
		rest.Equal(t, "organisations", product.Get("/orgs")["total"].(float64), 0)
		product.Ask("GET", "members", "").Refuses(403, "forbidden")
		product.Ask("GET", "/orgs/nowhere/members", "").Refuses(404, "not_found")
	})
}
