package role_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

const readers = `{"name":"Device readers","description":"See devices.","permissions":["devices.read"],"scopes":["network"]}`

// fields are all that a role is shown with.
var fields = strings.Fields(`id key name description built_in for permissions scopes holders can_grant missing created_at created_by updated_at updated_by etag allowed`)

func TestARoleIsMadeShownEditedAndDeleted(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga, owner := r.Olga(t), r.Owner.Member
		made := olga.Ask("POST", "roles", readers)
		body := made.Is(201)
		id := body["id"].(string)
		for _, f := range fields {
			if _, there := body[f]; !there {
				t.Errorf("the role lacks %s", f)
			}
		}
		rest.Equal(t, "fields", len(body), len(fields))
		rest.Equal(t, "location", made.Header.Get("Location"), "/api/v1/orgs/"+string(r.Acme.ID)+"/roles/"+id)
		rest.Equal(t, "shown", rest.Show([]any{body["key"], body["for"], body["built_in"], body["holders"], body["can_grant"], body["created_by"]}), `["device_readers","any",false,0,true,"`+string(owner)+`"]`)
		r.Wrote(made, id, "role.create", owner)

		shown := olga.Ask("GET", "roles/"+id, "")
		rest.Equal(t, "nobody holds it", rest.Show(shown.Is(200)["held_by"]), "[]")
		rest.Equal(t, "by key", olga.Ask("GET", "roles/device_readers", "").Text, shown.Text)
		rest.Equal(t, "unchanged", olga.With("If-None-Match", shown.Header.Get("ETag")).Ask("GET", "roles/"+id, "").StatusCode, 304)
		rest.Equal(t, "actions", strings.Join(rest.Texts(body["allowed"]), " "), "role.show role.edit role.delete")

		edited := olga.With("If-Match", made.Header.Get("ETag"), "Content-Type", "application/merge-patch+json").
			Ask("PATCH", "roles/"+id, `{"name":"Device keepers","permissions":["devices.read","devices.write"],"for":"external"}`)
		body = edited.Is(200)
		rest.Equal(t, "edited", rest.Show([]any{body["name"], body["permissions"], body["scopes"], body["for"], body["key"]}), `["Device keepers",["devices.read","devices.write"],["network"],"external","device_readers"]`)
		e := r.Wrote(edited, id, "role.edit", owner)
		if c := rest.Changed(e); !strings.Contains(c, "name Device readers→Device keepers") || !strings.Contains(c, "devices.write") {
			t.Errorf("changes: %s", c)
		}
		rest.Equal(t, "null clears", olga.Any().Ask("PATCH", "roles/"+id, `{"for":null}`).Is(200)["for"], any("any"))

		r.Holder(t, "Hanna", team.Giving{Role: id, Unit: r.Account("Nord", "")})
		r.Holder(t, "Hugo", team.Giving{Role: id, Until: r.Clock.Now().Add(3600e9)})
		first := olga.Get("roles/" + id + "?limit=1")
		second := olga.Get("roles/" + id + "?limit=1&cursor=" + first["next_cursor"].(string))
		rest.Equal(t, "last page", second["next_cursor"], nil)
		rest.Equal(t, "holders", first["holders"].(float64), 2)
		held := []map[string]any{first["held_by"].([]any)[0].(map[string]any), second["held_by"].([]any)[0].(map[string]any)}
		rest.Equal(t, "who", held[0]["name"].(string)+", "+held[1]["name"].(string)+" "+held[1]["until"].(string), "Hanna Holder, Hugo Holder 2026-11-22T10:00:00Z")
		if held[0]["unit"] == nil || held[1]["unit"] != nil {
			t.Errorf("where: %v", held)
		}
		p := olga.Ask("DELETE", "roles/"+id, "").Refuses(409, "role_in_use")
		rest.Equal(t, "holders", strings.Join(p.Holders, ", "), "Hanna Holder, Hugo Holder")

		spare := olga.Ask("POST", "roles", `{"name":"Spare","description":"Nobody's.","permissions":["notices.read"]}`)
		gone := olga.With("If-Match", spare.Header.Get("ETag")).Ask("DELETE", "roles/spare", "")
		gone.Is(204)
		r.Wrote(gone, spare.Is(201)["id"], "role.delete", owner)
		olga.Ask("GET", "roles/spare", "").Refuses(404, "not_found")
		r.Verified(r.Acme.ID)
	})
}

func TestADryRunTellsWhoGainsAndLosesWhat(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		id := olga.Ask("POST", "roles", readers).Is(201)["id"].(string)
		nord := r.Account("Nord", "")
		_, hanna := r.Holder(t, "Hanna", team.Giving{Role: id, Unit: nord})

		dry := olga.Ask("PATCH", "roles/"+id+"?dry_run=true", `{"permissions":["devices.write"]}`)
		p := dry.Is(200)
		rest.Equal(t, "no position", dry.Header.Get("Roster-Seq")+dry.Header.Get("Location"), "")
		preview := p["preview"].(map[string]any)
		rest.Equal(t, "as it would be", rest.Show(p["permissions"]), `["devices.write"]`)
		rest.Equal(t, "counts", rest.Show([]any{preview["holding"], preview["gaining"], preview["losing"], preview["missing"]}), "[1,1,1,[]]")
		of := preview["holders"].([]any)[0].(map[string]any)
		rest.Equal(t, "who", of["id"].(string), string(hanna.Member))
		rest.Equal(t, "what", rest.Show(of["effective"]), `[{"after":{"held":false,"until":null},"before":{"held":true,"until":null},"permission":"devices.read","unit":"`+string(nord)+`"},`+
			`{"after":{"held":true,"until":null},"before":{"held":false,"until":null},"permission":"devices.write","unit":"`+string(nord)+`"}]`)

		// One who could not make it is told what is missing, and the change itself is refused by the same.
		uma, _ := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		before := r.Newest(t, nil)
		preview = uma.Ask("PATCH", "roles/"+id+"?dry_run=true", `{"permissions":["devices.write"]}`).Is(200)["preview"].(map[string]any)
		rest.Equal(t, "missing", rest.Show(preview["missing"]), `["devices.read","devices.write"]`)
		refused := uma.Any().Ask("PATCH", "roles/"+id, `{"permissions":["devices.write"]}`).Refuses(403, "exceeds_authority")
		if !slices.Contains(refused.Missing, "devices.write") || strings.Join(refused.Givers, ", ") != "Olga Owner" {
			t.Errorf("the refusal: %+v", refused)
		}
		made := uma.Ask("POST", "roles?dry_run=true", `{"name":"New","description":"New.","permissions":["devices.read","members.read"],"scopes":["network"]}`).Is(200)
		rest.Equal(t, "of a new one", rest.Show(made["preview"].(map[string]any)["missing"]), `["devices.read","network"]`)
		uma.Ask("POST", "roles?dry_run=true", `{"name":"Owner","description":"No.","permissions":["members.read"]}`).At(409, "name", "role_name_taken")
		olga.Ask("PATCH", "roles/owner?dry_run=true", `{"name":"X"}`).Refuses(409, "role_built_in")
		r.Quiet(t, before)

		ann, _ := r.Holder(t, "Ann", team.Giving{Role: roster.RoleAuditor})
		rest.Equal(t, "an Auditor", strings.Join(ann.Ask("PATCH", "roles/"+id+"?dry_run=true", `{}`).Refuses(403, "forbidden").Missing, " "), "roles.write")
	})
}

func TestWhatIsNoRoleIsRefused(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Ask("POST", "roles", `{"name":"Readers","description":"Read.","permissions":["members.read"],"scopes":["admin"]}`).Is(201)["id"].(string)
		_, hanna := r.Holder(t, "Hanna", team.Giving{Role: id})
		before := r.Newest(t, nil)
		for body, want := range map[string]string{
			`{"name":"A","description":"B","permissions":[]}`:                                 "422 permissions role_without_permission",
			`{"name":"A","description":"B"}`:                                                  "422 permissions role_without_permission",
			`{"name":"A","description":"B","permissions":["fly"]}`:                            "422 permissions permission_unknown",
			`{"name":"A","description":"B","permissions":["members.read"],"scopes":["moon"]}`: "422 scopes scope_unknown",
			`{"name":"A","permissions":["members.read"]}`:                                     "422 description field_required",
			`{"description":"B","permissions":["members.read"]}`:                              "422 name field_required",
			`{"name":"A","description":"B","permissions":["members.read"],"for":"regular"}`:   "422 for role_kind_unknown",
			`{"name":"oWNER","description":"B","permissions":["members.read"]}`:               "409 name role_name_taken",
			`{"name":"User_Administrator","description":"B","permissions":["members.read"]}`:  "409 name role_name_taken",
			`{"name":"READERS","description":"B","permissions":["members.read"]}`:             "409 name role_name_taken",
			`{"name":"A\u0007","description":"B","permissions":["members.read"]}`:             "422 name control_character",
		} {
			w := strings.Fields(want)
			olga.Ask("POST", "roles", body).At(map[string]int{"422": 422, "409": 409}[w[0]], w[1], w[2])
		}
		for _, body := range []string{`{"name":"A","colour":"red"}`, `{"name":7}`, `{"permissions":"members.read"}`, `[]`, ``} {
			olga.Ask("POST", "roles", body).Refuses(400, "malformed")
		}
		free := olga.Any()
		free.Ask("PATCH", "roles/"+id, `{"permissions":null}`).At(422, "permissions", "role_without_permission")
		free.Ask("PATCH", "roles/"+id, `{"key":"k"}`).At(422, "key", "not_editable")
		free.Ask("PATCH", "roles/"+id, `{"colour":"red"}`).Refuses(400, "malformed")
		if p := free.Ask("PATCH", "roles/"+id, `{"permissions":"x"}`).Refuses(400, "malformed"); !strings.Contains(p.Detail, "permissions") {
			t.Errorf("the message does not say where: %s", p.Detail)
		}
		free.Ask("PATCH", "roles/"+id, `{"for":"api"}`).At(409, "for", "role_kind_mismatch")
		free.Ask("PATCH", "roles/auditor", `{"name":"X"}`).Refuses(409, "role_built_in")
		free.Ask("DELETE", "roles/member", "").Refuses(409, "role_built_in")
		olga.Ask("PATCH", "roles/"+id, `{"name":"X"}`).Refuses(428, "precondition_required")
		olga.With("If-Match", `"7-0"`).Ask("PATCH", "roles/"+id, `{"name":"X"}`).Refuses(412, "changed_meanwhile")
		olga.With("If-Match", `"7-0"`).Ask("DELETE", "roles/"+id, "").Refuses(412, "changed_meanwhile")
		olga.Ask("GET", "roles/"+id+"?limit=0", "").At(422, "limit", "limit_invalid")
		olga.Ask("GET", "roles/"+id+"?cursor=x", "").Refuses(422, "cursor_invalid")
		olga.Ask("GET", "roles/none", "").Refuses(404, "not_found")
		r.Quiet(t, before)
		rest.Equal(t, "nothing is lost", olga.Get("roles/" + id)["holders"].(float64), 1)
		rest.Equal(t, "by the filter too", olga.Get("members?role=readers")["items"].([]any)[0].(map[string]any)["id"].(string), string(hanna.Member))
	})
}

func TestARoleIsMadeOnceByARepeatedRequest(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t).With("Idempotency-Key", "one")
		first, again := olga.Ask("POST", "roles", readers), olga.Ask("POST", "roles", readers)
		first.Is(201)
		rest.Equal(t, "again", again.Text, first.Text)
		rest.Equal(t, "replayed", again.Header.Get("Idempotent-Replayed")+again.Header.Get("Location")+again.Header.Get("ETag"), "true"+first.Header.Get("Location")+first.Header.Get("ETag"))
		rest.Equal(t, "roles", r.Olga(t).Get("roles")["total"].(float64), 5)
	})
}

func TestTheListTellsWhatTheCallerCanGive(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		nord := r.Account("Nord", "")
		ada, _ := r.Holder(t, "Ada", team.Giving{Role: roster.RoleUserAdministrator, Unit: nord})
		list := ada.Get("roles")
		for _, v := range list["items"].([]any) {
			role := v.(map[string]any)
			rest.Equal(t, "can grant "+role["key"].(string)+" everywhere", role["can_grant"].(bool), role["key"] == "member")
			if role["holders"] != nil || len(rest.Texts(role["allowed"])) != 0 {
				t.Errorf("who sees a part is told of the whole: %v", role)
			}
		}
	})
}
