package catalogue_test

import (
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

const fleet = `{"scopes":[{"key":"network","name":"Network"}],
	"permissions":[{"key":"devices.read","scope":"network","kind":"read","name":"See devices"},{"key":"devices.wipe","scope":"network","kind":"irreversible","name":"Wipe devices"}],
	"mappings":[{"action":"view","resource_type":"device","when":{"resource.active":true},"permission":"devices.read","unit_from":"resource.account"}]}`

// last gives the newest line of the installation's history.
func last(t *testing.T, r *rest.Rig) roster.Event {
	t.Helper()
	page, err := r.History.List(r.CLI(roster.Installation), history.Query{Limit: 1})
	rest.Must(t, err)
	return page.Events[0]
}

func TestAProductDeclaresWhatItHas(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, id := r.Product(t, "Fleet", act.ClientCatalogue)
		was := product.Get("/catalogue")
		rest.Equal(t, "only Roster's own", rest.Show([]any{was["applied_at"], was["declaration"], was["allowed"]}), `[null,{},["catalogue.show","catalogue.apply"]]`)

		before := last(t, r)
		planned := product.Ask("PUT", "/catalogue?dry_run=true", fleet).Is(200)
		rest.Equal(t, "planned", rest.Show([]any{planned["changed"], len(planned["differences"].([]any)), planned["plan"].(map[string]any)["in_the_way"], planned["version"]}), `[true,4,[],`+rest.Show(was["version"])+`]`)
		rest.Equal(t, "built-in", rest.Show(planned["plan"].(map[string]any)["built_in"].([]any)[0]), `{"gains":["devices.read","devices.wipe","network"],"loses":[],"role":"owner"}`)
		rest.Equal(t, "nothing happened", last(t, r).Seq, before.Seq)

		done := product.With("Idempotency-Key", "one").Ask("PUT", "/catalogue", fleet)
		body := done.Is(200)
		rest.Equal(t, "applied", rest.Show([]any{body["changed"], len(body["differences"].([]any)), body["plan"]}), "[true,4,null]")
		e := last(t, r)
		rest.Equal(t, "line", e.Action+" "+e.ActorID+" "+string(e.Door), "catalogue.apply "+id+" api")
		rest.Equal(t, "Roster-Seq", done.Header.Get("Roster-Seq"), rest.Show(e.Seq))
		rest.Equal(t, "again", product.With("Idempotency-Key", "one").Ask("PUT", "/catalogue", fleet).Text, done.Text)
		rest.Equal(t, "the same again", product.Ask("PUT", "/catalogue", fleet).Is(200)["changed"].(bool), false)

		now := product.Get("/catalogue")
		rest.Equal(t, "by", now["applied_by"].(string), id)
		rest.Equal(t, "what is shown can be sent", product.Ask("PUT", "/catalogue", rest.Show(now["declaration"])).Is(200)["changed"].(bool), false)
		rest.Equal(t, "nothing new", last(t, r).Seq, e.Seq)

		// Members have it at once, and what is held cannot vanish.
		r.Holder(t, "Hanna", team.Giving{Permission: "devices.wipe"})
		less := strings.Replace(fleet, `,{"key":"devices.wipe","scope":"network","kind":"irreversible","name":"Wipe devices"}`, "", 1)
		use := product.Ask("PUT", "/catalogue?dry_run=true", less).Is(200)["plan"].(map[string]any)["in_the_way"].([]any)[0]
		rest.Equal(t, "in the way", rest.Show(use), `{"members":1,"organisation":"`+string(r.Acme.ID)+`","permission":"devices.wipe","role":null,"role_name":null}`)
		p := product.Ask("PUT", "/catalogue", less).At(409, "catalogue", "permission_in_use")
		rest.Equal(t, "holders", strings.Join(p.Holders, ", "), "devices.wipe given to 1 member of Acme")
		rest.Equal(t, "nothing is lost", rest.Show(product.Get("/catalogue")["declaration"]), rest.Show(now["declaration"]))
		r.Verified(roster.Installation)
	})
}

func TestWhoMayNotDeclare(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		other, _ := r.Product(t, "Questions", act.ClientDecisions)
		rest.Equal(t, "missing", strings.Join(other.Ask("PUT", "/catalogue", fleet).Refuses(403, "forbidden").Missing, " "), "catalogue.write")
		other.Ask("GET", "/catalogue", "").Refuses(403, "forbidden")
		other.Ask("PUT", "/catalogue?dry_run=true", fleet).Refuses(403, "forbidden")
		robot, _ := r.Program(t, "Robot", roster.RoleAuditor)
		for _, c := range []*rest.Caller{r.Olga(t), robot} {
			c.Ask("GET", "/catalogue", "").Refuses(403, "forbidden")
			c.Ask("PUT", "/catalogue", fleet).Refuses(403, "forbidden")
		}
		r.Nobody(t).Ask("PUT", "/catalogue", fleet).Refuses(401, "not_signed_in")
	})
}

func TestWhatIsNoCatalogueIsRefused(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, _ := r.Product(t, "Fleet", act.ClientCatalogue)
		before := last(t, r)
		for body, field := range map[string]string{
			`{"permissions":[{"key":"devices.read","scope":"moon","kind":"read","name":"See"}]}`:                                                  "permissions[0].scope",
			`{"permissions":[{"key":"members.read","kind":"read","name":"See"}]}`:                                                                 "permissions[0].key",
			`{"permissions":[{"key":"devices.read","kind":"look","name":"See"}]}`:                                                                 "permissions[0].kind",
			`{"mappings":[{"action":"view","permission":"fly"}]}`:                                                                                 "mappings[0].permission",
			`{"permissions":[{"key":"d.r","kind":"read","name":"See"}],"mappings":[{"action":"v","permission":"d.r","when":{"resource.a":[1]}}]}`: "mappings[0].when",
		} {
			for _, path := range []string{"/catalogue", "/catalogue?dry_run=true"} {
				p := product.Ask("PUT", path, body)
				p.Is(422)
				if !strings.Contains(p.Text, `"field":"`+field+`"`) {
					t.Errorf("%s: %s", body, p.Text)
				}
			}
		}
		for _, body := range []string{`{"roles":[]}`, `{"scopes":[{"key":"a","colour":"red"}]}`, `{"scopes":{}}`, `[]`, ``} {
			product.Ask("PUT", "/catalogue", body).Refuses(400, "malformed")
		}
		rest.Equal(t, "nothing happened", last(t, r).Seq, before.Seq)
	})
}
