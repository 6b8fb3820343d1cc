package org_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

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

// TestWhatOneIsToldByREST: it is listed, read by ID or until a moment, under a key of its own, and nobody else's.
func TestWhatOneIsToldByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		const at = "/orgs/acme/notifications"
		olga := r.Olga(t)
		anna := r.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		r.Clock.Pass(time.Second)
		r.Join("ben@example.com", "Ben", "Brown", roster.RoleMember)
		list := olga.Get(at)
		items := list["items"].([]any)
		first, second := items[0].(map[string]any), items[1].(map[string]any)
		rest.Equal(t, "the newest", rest.Show([]any{list["total"], first["kind"], first["subject"].(map[string]any)["name"], first["read_at"]}), `[2,"accepted","Ben Brown",null]`)
		rest.Equal(t, "the other", rest.Show(second["subject"]), `{"id":"`+string(anna.Member)+`","name":"Anna Berg"}`)
		page := olga.Get(at + "?limit=1")
		rest.Equal(t, "the second page", rest.Show(olga.Get(at + "?limit=1&cursor=" + page["next_cursor"].(string))["items"].([]any)[0]), rest.Show(second))

		one := `{"ids":["` + first["id"].(string) + `"]}`
		r.Person(t, "anna@example.com").Ask("POST", at+"/read", one).Refuses(404, "not_found")
		keyed := olga.With("Idempotency-Key", "read-1")
		rest.Equal(t, "one is left", keyed.Ask("POST", at+"/read", one).Is(200)["unread"], any(1.0))
		rest.Equal(t, "until a moment", olga.Ask("POST", at+"/read", `{"until":"`+first["at"].(string)+`"}`).Is(200)["unread"], any(0.0))
		rest.Equal(t, "the first answer again", keyed.Ask("POST", at+"/read", one).Is(200)["unread"], any(1.0))
		rest.Equal(t, "unread", olga.Get(at + "?unread=true")["total"], any(0.0))
		rest.Equal(t, "all", olga.Get(at)["total"], any(2.0))
		olga.Ask("POST", at+"/read", `{}`).Refuses(422, "field_required")
		program, _ := r.Program(t, "Robot", roster.RoleUserAdministrator)
		program.Ask("GET", at, "").Refuses(403, "people_only")
	})
}
