package people_test

import (
	"strings"
	"testing"

	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

const file = `{"units": [{"external_id": "north", "name": "Nordwind"}],
"members": [{"email": "ina@example.com", "first_name": "Ina", "last_name": "New", "grants": [{"role": "member", "unit": "north", "until": "2027-03-31"}]},
{"kind": "api", "external_id": "gateway", "name": "Gateway"}, {"email": "olga@example.com", "external_id": "o-1", "kind": "api"}]}`

// acts tells what an answer's items are about.
func acts(body map[string]any) string {
	var all []string
	for _, i := range body["items"].([]any) {
		item := i.(map[string]any)
		action, _ := item["action"].(string)
		all = append(all, strings.TrimSpace(action+" "+item["name"].(string)+" "+rest.Show(item["status"])))
	}
	return strings.Join(all, ", ")
}

// TestAFileIsPlannedAppliedAndExported by REST: the plan moves nothing, applying answers the same with the secret of an API
// user once, again gives what was given without it, a file in another format says it is all there, and the history tells.
func TestAFileIsPlannedAppliedAndExported(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		before := r.Newest(t, nil)
		const want = "unit.create Nordwind 201, Olga Owner 422, member.invite ina@example.com 201, api_user.create Gateway 201"
		for _, path := range []string{"people/plan", "people/apply?dry_run=true"} {
			planned := olga.Ask("POST", path, file)
			body := planned.Is(200)
			rest.Equal(t, path, acts(body), want)
			rest.Equal(t, "counts", rest.Show(body["done"])+rest.Show(body["refused"])+planned.Header.Get("Roster-Seq"), "31")
			invited := body["items"].([]any)[2].(map[string]any)
			rest.Equal(t, "gained", rest.Show(invited["gained"])+rest.Show(invited["id"]), `[{"role":"member","unit":"north","until":"2027-04-01T00:00:00Z"}]null`)
			rest.Equal(t, "field at fault", body["items"].([]any)[1].(map[string]any)["problem"].(map[string]any)["errors"].([]any)[0].(map[string]any)["field"].(string), "kind")
		}
		r.Quiet(t, before)
		keyed := olga.With("Idempotency-Key", "k")
		first := keyed.Ask("POST", "people/apply", file)
		body := first.Is(200)
		rest.Equal(t, "applied", acts(body), want)
		made := body["items"].([]any)[3].(map[string]any)
		r.Token(t, made["client_id"].(string), made["client_secret"].(string))
		e := r.Newest(t, nil)
		rest.Equal(t, "line", e.Action+" "+rest.Changed(e)+" "+rest.Show(e.Seq), "people.apply done →3, refused →1 "+first.Header.Get("Roster-Seq"))
		again := keyed.Ask("POST", "people/apply", file)
		repeated := again.Is(200)["items"].([]any)[3].(map[string]any)
		rest.Equal(t, "again", again.Header.Get("Idempotent-Replayed")+rest.Show(repeated["client_secret"])+rest.Show(repeated["client_id"] == made["client_id"]), "truenulltrue")
		r.Quiet(t, e)
		rest.Equal(t, "a second time", acts(olga.Ask("POST", "people/apply", file).Is(200)), "Olga Owner 422")
		for format, media := range map[string]string{"yaml": "application/yaml", "json": "application/json", "csv": "text/csv"} {
			got := olga.Ask("POST", "people/export", `{"format":"`+format+`"}`)
			if got.StatusCode != 200 || !strings.Contains(got.Header.Get("Content-Disposition"), "people-2026-11-22."+format) || strings.Contains(got.Text, "rsec_") {
				t.Errorf("%s: %d %v", format, got.StatusCode, got.Header)
			}
			plan := olga.With("Content-Type", media).Ask("POST", "people/plan", got.Text).Is(200)
			rest.Equal(t, "exported as "+format, acts(plan), "")
		}
	})
}

// TestWhatIsWrongWithAFileIsTold with its line and field, and who may not is refused.
func TestWhatIsWrongWithAFileIsTold(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	olga := r.Olga(t)
	yaml := olga.With("Content-Type", "application/yaml")
	p := yaml.Ask("POST", "people/apply", "members:\n  - {email: a@example.com}\n  - {email: A@example.com, colour: red}\n").Refuses(422, "fields_invalid")
	rest.Equal(t, "errors", rest.Show(p.Errors), `[{"field":"members[1].email","code":"doubled","message":"Line 3: This stands on line 2 already. Describe each once."},{"field":"members[1].colour","code":"field_unknown","message":"Line 3: There is no such field here."}]`)
	yaml.Ask("POST", "people/plan", "members: [").Refuses(400, "file_malformed")
	yaml.Ask("POST", "people/plan", " ").Refuses(422, "field_required")
	olga.Ask("POST", "people/plan", `{"members":[],"members":[]}`).Refuses(400, "malformed")
	olga.With("Content-Type", "text/plain").Ask("POST", "people/plan", "members: []").Refuses(415, "unsupported_media_type")
	yaml.Ask("POST", "people/plan", strings.Repeat("#", people.MostBytes+1)).Refuses(413, "too_large")
	olga.Ask("POST", "people/export", `{"format":"xlsx"}`).Refuses(422, "format_unknown")
	auditor, _ := r.Program(t, "Auditor", roster.RoleAuditor)
	for _, path := range []string{"people/plan", "people/apply"} {
		auditor.Ask("POST", path, `{"members":[]}`).Refuses(403, "forbidden")
	}
	rest.Equal(t, "an auditor exports", auditor.Ask("POST", "people/export", `{"format":"yaml"}`).StatusCode, 200)
	narrow, _ := r.Program(t, "Narrow", roster.RoleUserAdministrator, "members.write")
	rest.Equal(t, "a narrowed token", acts(narrow.Ask("POST", "people/plan", `{"units":[{"external_id":"x","name":"X"}],"members":[{"email":"n@example.com"}]}`).Is(200)), "unit.create X 403, member.invite n@example.com 201")
}
