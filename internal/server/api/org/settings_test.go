package org_test

import (
	"strings"
	"testing"

	"roster/internal/action/plan"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

func TestSettingsArePatchedAndStaleEditsRefused(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		was := olga.Get("/orgs/acme")
		rest.Equal(t, "as it begins", rest.Show([]any{was["domains"], was["admin_passwords"], was["phone_required"], was["invitation_ttl"]}), `[[],true,false,604800]`)
		olga.Ask("PATCH", "/orgs/acme", `{"phone_required":true}`).Refuses(428, "precondition_required")
		etag := was["etag"].(string)
		now := olga.With("If-Match", etag).Ask("PATCH", "/orgs/acme", `{"name":"Acme Ltd","domains":["Example.com"],"admin_passwords":false,"invitation_ttl":3600}`).Is(200)
		rest.Equal(t, "changed", rest.Show([]any{now["name"], now["domains"], now["admin_passwords"], now["invitation_ttl"], now["slug"]}), `["Acme Ltd",["example.com"],false,3600,"acme"]`)
		olga.With("If-Match", etag).Ask("PATCH", "/orgs/acme", `{"name":"Other"}`).Refuses(412, "changed_meanwhile")
		back := olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"domains":null,"admin_passwords":null,"invitation_ttl":null}`).Is(200)
		rest.Equal(t, "defaults", rest.Show([]any{back["domains"], back["admin_passwords"], back["invitation_ttl"]}), `[[],true,604800]`)
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"plan":"playground"}`).Refuses(422, "not_editable")
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"domains":["nowhere"],"invitation_ttl":1,"name":""}`).Refuses(422, "fields_invalid")
		uma, _ := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		rest.Equal(t, "who may not", strings.Join(uma.With("If-Match", "*").Ask("PATCH", "/orgs/acme", `{"name":"X"}`).Refuses(403, "forbidden").Missing, " "), "organisation.write")
		rest.Equal(t, "the newest line", olga.Get("history?limit=1&action=organisation.edit")["items"].([]any)[0].(map[string]any)["action"].(string), "organisation.edit")
	})
}

func TestWhatAnotherPlanWouldBe(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		for _, p := range []roster.Plan{{Key: "one", Name: "One", MaxUsers: 1, Offered: true}, {Key: "secret", Name: "For another"}} {
			if _, err := r.Plans.Create(r.CLI(""), p); err != nil {
				t.Fatal(err)
			}
		}
		olga.Invite("ina@example.com", roster.RoleMember)
		p := olga.Get("plan?what_if=one")
		rest.Equal(t, "now", rest.Show([]any{p["key"], p["users"], p["users_left"]}), `["unlimited",2,null]`)
		w := p["what_if"].(map[string]any)
		rest.Equal(t, "then", rest.Show([]any{w["key"], w["max_users"], w["users_over"], w["refuses_users"], w["max_api_users"], w["refuses_api_users"]}), `["one",1,1,true,0,true]`)
		rest.Equal(t, "others", rest.Show([]any{len(p["others"].([]any)), olga.Get("plan")["what_if"]}), `[2,null]`)
		olga.Ask("GET", "plan?what_if=secret", "").Refuses(422, "plan_unknown")

		if _, err := r.Orgs.Assign(r.CLI(r.Acme.ID), "secret", 0); err != nil {
			t.Fatal(err)
		}
		rest.Equal(t, "one's own", olga.Get("plan")["key"].(string), "secret")
		answer := olga.Ask("POST", "members/bulk", `{"invite":[{"email":"a@example.com"},{"email":"x"}]}`).Is(200)
		first, second := answer["items"].([]any)[0].(map[string]any), answer["items"].([]any)[1].(map[string]any)
		rest.Equal(t, "no seat", rest.Show([]any{answer["done"], answer["refused"], first["status"], first["problem"].(map[string]any)["detail"], second["status"]}),
			`[0,2,409,"The plan For another allows 0 users and 2 are in use. Remove someone or change the plan to add more.",422]`)

		three := 3
		if _, err := r.Plans.Edit(r.CLI(""), "secret", plan.Edit{MaxUsers: &three}); err != nil {
			t.Fatal(err)
		}
		body := `{"invite":[{"email":"a@example.com","first_name":"Anna"},{"email":"ina@example.com"},{"email":"A@example.com"}]}`
		answer = olga.With("Idempotency-Key", "several").Ask("POST", "members/bulk", body).Is(200)
		items := answer["items"].([]any)
		rest.Equal(t, "outcomes", rest.Show([]any{
			items[0].(map[string]any)["status"], items[0].(map[string]any)["member"].(map[string]any)["first_name"],
			items[1].(map[string]any)["problem"].(map[string]any)["code"], items[2].(map[string]any)["problem"].(map[string]any)["code"],
		}), `[201,"Anna","already_invited","doubled"]`)
		again := olga.With("Idempotency-Key", "several").Ask("POST", "members/bulk", body).Is(200)
		rest.Equal(t, "the same again", rest.Show(again["items"]), rest.Show(items))
		rest.Equal(t, "who has the address", items[1].(map[string]any)["problem"].(map[string]any)["existing"] != nil, true)
	})
}
