package view_test

import (
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// TestViewsByREST saves, changes and deletes views as a person and as a program, each its own.
func TestViewsByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		since := r.Newest(t, nil)
		made := olga.Ask("POST", "views", `{"name":"Blocked","query":"status=blocked&sort=-updated_at"}`).Is(201)
		rest.Equal(t, "made", rest.Show([]any{made["name"], made["query"]}), `["Blocked","sort=-updated_at\u0026status=blocked"]`)
		id := made["id"].(string)
		again := olga.Ask("POST", "views", `{"name":"Blocked","query":"status=blocked&sort=-updated_at"}`).Is(201)
		rest.Equal(t, "the same again", again["id"].(string), id)
		olga.Ask("POST", "views", `{"name":"blocked"}`).At(409, "name", "view_exists")
		olga.Ask("POST", "views", `{"name":"Odd","query":"colour=red"}`).At(422, "query", "query_invalid")
		olga.Ask("POST", "views", `{"name":" "}`).At(422, "name", "field_required")
		olga.Ask("POST", "views", `{"title":"x"}`).Refuses(400, "malformed")
		changed := olga.Ask("PATCH", "views/"+id, `{"name":"Stopped"}`).Is(200)
		rest.Equal(t, "renamed", changed["name"].(string), "Stopped")
		olga.Ask("PATCH", "views/"+id, `{"id":"other"}`).At(422, "id", "not_editable")
		list := olga.Get("views")
		rest.Equal(t, "list", rest.Show([]any{list["total"], list["items"].([]any)[0].(map[string]any)["name"], list["allowed"]}), `[1,"Stopped",["view.list","view.save"]]`)

		// A request that comes twice under a key is done once, and answered as it was.
		keyed := olga.With("Idempotency-Key", "v1")
		first := keyed.Ask("POST", "views", `{"name":"Kept","query":"kind=api"}`)
		kept := first.Is(201)["id"].(string)
		olga.Ask("PATCH", "views/"+kept, `{"name":"Renamed"}`).Is(200)
		twice := keyed.Ask("POST", "views", `{"name":"Kept","query":"kind=api"}`)
		rest.Equal(t, "replayed", twice.Header.Get("Idempotent-Replayed")+twice.Text, "true"+first.Text)
		keyed.Ask("POST", "views", `{"name":"Other"}`).Refuses(409, "idempotency_key_reused")
		gone := olga.With("Idempotency-Key", "v2")
		for _, replayed := range []string{"", "true"} {
			a := gone.Ask("DELETE", "views/"+kept, "")
			a.Is(204)
			rest.Equal(t, "deleted, replayed", a.Header.Get("Idempotent-Replayed"), replayed)
			rest.Equal(t, "position", a.Header.Get("Roster-Seq"), "")
		}
		rest.Equal(t, "one view is left", olga.Get("views")["total"].(float64), 1)

		robot, _ := r.Program(t, "Robot", roster.RoleAuditor)
		rest.Equal(t, "a program has its own", robot.Get("views")["total"].(float64), 0)
		robot.Ask("POST", "views", `{"name":"Mine"}`).Is(201)
		robot.Ask("PATCH", "views/"+id, `{"name":"Theirs"}`).Refuses(404, "not_found")
		robot.Ask("DELETE", "views/"+id, "").Refuses(404, "not_found")
		olga.Ask("DELETE", "views/"+id, "").Is(204)
		olga.Ask("DELETE", "views/"+id, "").Refuses(404, "not_found")
		rest.Equal(t, "the history tells of the program alone", r.Newest(t, nil).Seq, since.Seq+1)
	})
}
