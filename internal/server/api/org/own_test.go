package org_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
	"roster/internal/server/api"
)

func TestPreferencesAndOnesOwnNamesByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		rest.Equal(t, "as it begins", rest.Show(olga.Get("/me")["preferences"]), `{"density":null,"device_letters":true,"language":null,"theme":null,"zone":null}`)
		now := olga.Ask("PATCH", "/me", `{"language":"pt-BR","zone":"Europe/Lisbon","theme":"dark"}`).Is(200)
		rest.Equal(t, "changed", rest.Show(now), `{"density":null,"device_letters":true,"language":"pt-BR","theme":"dark","zone":"Europe/Lisbon"}`)
		olga.Ask("PATCH", "/me", `{"theme":null}`).Is(200)
		rest.Equal(t, "kept", rest.Show(olga.Get("/me")["preferences"]), `{"density":null,"device_letters":true,"language":"pt-BR","theme":null,"zone":"Europe/Lisbon"}`)
		olga.Ask("PATCH", "/me", `{"zone":"Mars/Base","density":"tiny"}`).Refuses(422, "fields_invalid")
		olga.Ask("PATCH", "/me", `{"colour":"red"}`).Refuses(400, "malformed")

		me := olga.Get("/orgs/acme/me")
		rest.Equal(t, "whose it is", rest.Show([]any{me["name"], me["email"], me["kept"]}), `["Olga Owner","olga@example.com",true]`)
		olga.Ask("PATCH", "/orgs/acme/me", `{"first_name":"Ola"}`).Refuses(428, "precondition_required")
		olga.With("If-Match", me["etag"].(string)).Ask("PATCH", "/orgs/acme/me", `{"first_name":"Ola"}`).Refuses(403, "profile_kept")
		olga.With("If-Match", "*").Ask("PATCH", "/orgs/acme/me", `{"email":"x@example.com"}`).Refuses(422, "not_editable")
	})
}

// TestOnesOwnPictureAndLeavingByREST: an own person sets their picture and leaves; the last Owner does not.
func TestOnesOwnPictureAndLeavingByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		anna := r.Own(r.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
		hers := r.Person(t, "anna@example.com")
		hers.Ask("GET", "/orgs/acme/me/picture", "").Refuses(404, "not_found")
		sends := hers.With("Content-Type", "image/png")
		sends.Ask("PUT", "/orgs/acme/me/picture", "no picture").Refuses(422, "picture_kind")
		with := sends.Ask("PUT", "/orgs/acme/me/picture", dot(t)).Is(200)
		at, _ := with["picture_url"].(string)
		rest.Equal(t, "shown", hers.Ask("GET", strings.TrimPrefix(at, api.Prefix), "").Header.Get("Content-Type"), "image/jpeg")
		rest.Equal(t, "without", hers.Ask("DELETE", "/orgs/acme/me/picture", "").Is(200)["picture_url"], nil)
		r.Olga(t).Ask("DELETE", "/orgs/acme/me", "").Refuses(409, "last_owner")
		hers.Ask("DELETE", "/orgs/acme/me", "").Is(204)
		r.Tells(t, anna.Member, "profile.leave", anna.Member)
		hers.Ask("GET", "/orgs/acme/me", "").Refuses(401, "session_over") // it was their last membership
	})
}

// dot gives a small PNG.
func dot(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	rest.Must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	return b.String()
}

func TestOnesOwnNotificationsByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		rest.Equal(t, "as it begins", rest.Show(olga.Get("/orgs/acme/me/notifications")), `{"accepted":"letter","access":"letter","administrator":"letter","ending":"letter","seats":"letter","unanswered":"letter","webhook":"letter"}`)
		olga.Ask("PATCH", "/orgs/acme/me/notifications", `{"seats":"daily","access":"none"}`).Is(200)
		now := olga.Ask("PATCH", "/orgs/acme/me/notifications", `{"access":null}`).Is(200)
		rest.Equal(t, "chosen", rest.Show(now), `{"accepted":"letter","access":"letter","administrator":"letter","ending":"letter","seats":"daily","unanswered":"letter","webhook":"letter"}`)
		rest.Equal(t, "kept", rest.Show(olga.Get("/orgs/acme/me/notifications")), rest.Show(now))
		olga.Ask("PATCH", "/orgs/acme/me/notifications", `{"seats":false}`).Refuses(400, "malformed")
		olga.Ask("PATCH", "/orgs/acme/me/notifications", `{"seats":"no"}`).Refuses(422, "notification_way_unknown")
		olga.Ask("PATCH", "/orgs/acme/me/notifications", `{"letters":false}`).Refuses(400, "malformed")
	})
}
