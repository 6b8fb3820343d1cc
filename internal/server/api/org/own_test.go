package org_test

import (
	"testing"

	"roster/internal/rostertest/rest"
)

func TestPreferencesAndOnesOwnNamesByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		rest.Equal(t, "as it begins", rest.Show(olga.Get("/me")["preferences"]), `{"density":null,"language":null,"theme":null,"zone":null}`)
		now := olga.Ask("PATCH", "/me", `{"language":"pt-BR","zone":"Europe/Lisbon","theme":"dark"}`).Is(200)
		rest.Equal(t, "changed", rest.Show(now), `{"density":null,"language":"pt-BR","theme":"dark","zone":"Europe/Lisbon"}`)
		olga.Ask("PATCH", "/me", `{"theme":null}`).Is(200)
		rest.Equal(t, "kept", rest.Show(olga.Get("/me")["preferences"]), `{"density":null,"language":"pt-BR","theme":null,"zone":"Europe/Lisbon"}`)
		olga.Ask("PATCH", "/me", `{"zone":"Mars/Base","density":"tiny"}`).Refuses(422, "fields_invalid")
		olga.Ask("PATCH", "/me", `{"colour":"red"}`).Refuses(400, "malformed")

		me := olga.Get("/orgs/acme/me")
		rest.Equal(t, "whose it is", rest.Show([]any{me["name"], me["email"], me["kept"]}), `["Olga Owner","olga@example.com",true]`)
		olga.Ask("PATCH", "/orgs/acme/me", `{"first_name":"Ola"}`).Refuses(428, "precondition_required")
		olga.With("If-Match", me["etag"].(string)).Ask("PATCH", "/orgs/acme/me", `{"first_name":"Ola"}`).Refuses(403, "profile_kept")
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme/me", `{"email":"x@example.com"}`).Refuses(422, "not_editable")
	})
}
