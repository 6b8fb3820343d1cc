package me_test

import (
	"testing"
	"time"

	"roster/internal/action/factor"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
	"roster/internal/secret"
)

// setUp gives a person's session an authenticator app: the app's ID, and the session as it goes on.
func setUp(t *testing.T, r *rest.Rig, c *rest.Caller) (string, *rest.Caller) {
	t.Helper()
	me := c.Get("/me/sessions")["items"].([]any)[0].(map[string]any)
	a := r.Owner
	a.Session, a.Proofs = me["id"].(string), []roster.Proof{{Method: roster.ProofPassword, At: r.Clock.Now()}}
	offer, err := r.Factors.Offer(r.As(a), "Roster", "")
	rest.Must(t, err)
	code, err := secret.TOTPCode(offer.Key, r.Clock.Now())
	rest.Must(t, err)
	added, err := r.Factors.Add(r.As(a), factor.Addition{Sealed: offer.Sealed, Name: "Phone", Code: code})
	rest.Must(t, err)
	return added.Factor.ID, r.Nobody(t).With("Cookie", "__Host-roster="+added.Secret)
}

// TestOnesOwnSessionsByREST lists them, ends one of them and then all but the one that asks; nobody else's are there.
func TestOnesOwnSessionsByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		second, third := r.Olga(t), r.Olga(t)
		anna, _ := r.Holder(t, "Anna", team.Giving{Role: roster.RoleMember})
		items := olga.Get("/me/sessions")["items"].([]any)
		var mine, others []string
		for _, i := range items {
			s := i.(map[string]any)
			if s["current"] == true {
				mine = append(mine, s["id"].(string))
			} else {
				others = append(others, s["id"].(string))
			}
		}
		if len(mine) != 1 || len(others) != 2 {
			t.Fatalf("the sessions are %s", rest.Show(items))
		}
		rest.Equal(t, "allowed", olga.Ask("OPTIONS", "/me/sessions/"+others[0], "").Header.Get("Roster-Allowed"), "session.end")
		anna.Ask("OPTIONS", "/me/sessions/"+others[0], "").Refuses(404, "not_found")
		olga.Ask("DELETE", "/me/sessions/"+others[0], "").Is(204)
		olga.Ask("DELETE", "/me/sessions/"+others[0], "").Refuses(404, "not_found")
		anna.Ask("DELETE", "/me/sessions/"+mine[0], "").Refuses(404, "not_found")
		olga.Ask("DELETE", "/me/sessions", "").Is(204)
		for _, ended := range []*rest.Caller{second, third} {
			ended.Ask("GET", "/me", "").Refuses(401, "session_over")
		}
		rest.Equal(t, "what is left", len(olga.Get("/me/sessions")["items"].([]any)), 1)
		anna.Get("/me")
		robot, _ := r.Program(t, "Robot", roster.RoleAuditor)
		robot.Get("/me")
		robot.Ask("GET", "/me/sessions", "").Refuses(403, "people_only")
		robot.Ask("GET", "/me/factors", "").Refuses(403, "people_only")
		robot.Ask("OPTIONS", "/me/sessions/"+mine[0], "").Refuses(403, "people_only")
		product, _ := r.Product(t, "Fleet", "decisions.read")
		product.Get("/me")
		product.Ask("GET", "/me/sessions", "").Refuses(403, "forbidden")
		product.Ask("GET", "/me/factors", "").Refuses(403, "forbidden")
		robot.Ask("DELETE", "/me/sessions", "").Refuses(403, "people_only")
		robot.Ask("PATCH", "/me", `{"theme":"dark"}`).Refuses(403, "people_only")
		r.Verified(roster.Installation)
	})
}

// TestOnesOwnFactorsByREST lists, renames and removes them; removing wants a fresh proof and tells their person.
func TestOnesOwnFactorsByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		rest.Equal(t, "without one", rest.Show(olga.Get("/me/factors")), `{"items":[],"recovery_codes_left":0}`)
		id, olga := setUp(t, r, olga)
		anna, _ := r.Holder(t, "Anna", team.Giving{Role: roster.RoleMember})
		all := olga.Get("/me/factors")
		f := all["items"].([]any)[0].(map[string]any)
		rest.Equal(t, "the app", rest.Show([]any{f["id"], f["kind"], f["name"], f["alone"], all["recovery_codes_left"]}), rest.Show([]any{id, "totp", "Phone", false, 10}))
		olga.Ask("PATCH", "/me/factors/"+id, `{"name":"Old phone"}`).Is(200)
		olga.Ask("PATCH", "/me/factors/"+id, `{"name":""}`).At(422, "name", "field_required")
		olga.Ask("PATCH", "/me/factors/"+id, `{"kind":"passkey"}`).Refuses(422, "not_editable")
		rest.Equal(t, "allowed", olga.Ask("OPTIONS", "/me/factors/"+id, "").Header.Get("Roster-Allowed"), "factor.rename, factor.remove")
		anna.Ask("OPTIONS", "/me/factors/"+id, "").Refuses(404, "not_found")
		anna.Ask("DELETE", "/me/factors/"+id, "").Refuses(404, "not_found")
		r.Clock.Pass(roster.FreshFor - time.Second)
		olga.Ask("DELETE", "/me/factors/"+id, "").Is(204)
		olga.Ask("DELETE", "/me/factors/"+id, "").Refuses(404, "not_found")
		r.Clock.Pass(2 * time.Second)
		olga.Ask("DELETE", "/me/factors/"+id, "").Refuses(403, "confirmation_required")
		rest.Equal(t, "without one", rest.Show(olga.Get("/me/factors")), `{"items":[],"recovery_codes_left":0}`)
		r.Verified(roster.Installation)
	})
}
