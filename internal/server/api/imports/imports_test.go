package imports_test

import (
	"strings"
	"testing"

	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	"roster/internal/sheet"
)

const table = `First name,Last name,E-mail,Role,Kind,External ID,Shoe size,Name
Anna,Berg,anna@example.com,auditor,,,38
Bo,Ek,bo example.com
Cy,Dahl,cy@example.com,No such role
,,,auditor,api,meter-7,,Meter 7
`

// told tells of each row its number, its state, what was done for it and the fields that are wrong.
func told(items any) string {
	var all []string
	for _, i := range items.([]any) {
		row := i.(map[string]any)
		text := rest.Show(row["row"]) + " " + row["state"].(string)
		for _, d := range row["done"].([]any) {
			deed := d.(map[string]any)
			text += " " + deed["action"].(string)
		}
		if p, wrong := row["problem"].(map[string]any); wrong {
			for _, e := range p["errors"].([]any) {
				text += " !" + e.(map[string]any)["field"].(string) + ":" + e.(map[string]any)["code"].(string)
			}
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// work does an import to its end, as the job does.
func work(t *testing.T, r *rest.Rig, id string) {
	t.Helper()
	for range 100 {
		v, err := r.Imports.Step(r.CLI(""), r.Acme.ID, id)
		rest.Must(t, err)
		if v.State != imports.Running {
			return
		}
	}
	t.Fatal("it does not end")
}

// TestATableComesInByREST: sent in, mapped, corrected, tried, started, and told row by row, by a file and by the history's stream.
func TestATableComesInByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		template := olga.Ask("GET", "imports/template?language=pt-BR", "")
		rest.Equal(t, "template", rest.Show([]any{template.StatusCode, strings.Contains(template.Text, "Sobrenome"), template.Header.Get("Content-Disposition"), template.Header.Get("Roster-Seq")}),
			`[200,true,"attachment; filename=team.csv",""]`)
		was := r.Newest(t, nil)
		sent := olga.With("Content-Type", "text/csv").Ask("POST", "imports?name=team.csv", table)
		made := sent.Is(201)
		id := made["id"].(string)
		one := "imports/" + id
		r.Quiet(t, was) // nothing of it is done
		rest.Equal(t, "sent in", rest.Show([]any{sent.Header.Get("Location"), sent.Header.Get("ETag") == made["etag"], made["state"], made["left"], made["rows"], made["columns"]}),
			`["/api/v1/orgs/`+string(r.Acme.ID)+`/imports/`+id+`",true,"open",["Shoe size"],{"changed":0,"left_out":0,"refused":0,"same":0,"total":4,"waiting":3,"wrong":1},["first_name","last_name","email","roles","kind","external_id","","name"]]`)
		rest.Equal(t, "listed", rest.Show(olga.Get("imports")["items"].([]any)[0].(map[string]any)["id"] == id), "true")
		rest.Equal(t, "wrong", told(olga.Get(one + "/rows?state=wrong")["items"]), "3 wrong !email:email_invalid")

		const columns = `{"columns":["first_name","last_name","email","roles","kind","external_id","","name"]}`
		olga.Ask("PUT", one+"/columns", columns).Refuses(428, "precondition_required")
		olga.With("If-Match", `"7-0"`).Ask("PUT", one+"/columns", columns).Refuses(412, "changed_meanwhile")
		olga.Any().Ask("PUT", one+"/columns", `{"columns":["first_name"]}`).At(422, "columns", "field_required")
		now := olga.With("If-Match", made["etag"].(string)).Ask("PUT", one+"/columns", columns)
		now.Is(200)
		olga.With("If-Match", made["etag"].(string)).Ask("PUT", one+"/columns", columns).Refuses(412, "changed_meanwhile")
		olga.Ask("PUT", one+"/rows/3", `{}`).At(422, "cells", "field_required")
		olga.Ask("PUT", one+"/rows/9", `{"cells":["x"]}`).Refuses(404, "not_found")
		rest.Equal(t, "corrected", told([]any{olga.Ask("PUT", one+"/rows/3", `{"cells":["Bo","Ek","bo@example.com"]}`).Is(200)}), "3 waiting")

		olga.Ask("PUT", one+"/rows/3", `{"cells":["x"],"left_out":true}`).At(422, "cells", "field_required")
		rest.Equal(t, "left out", told([]any{olga.Ask("PUT", one+"/rows/3", `{"left_out":true}`).Is(200)}), "3 left_out")
		rest.Equal(t, "taken in again", told([]any{olga.Ask("PUT", one+"/rows/3", `{"left_out":false}`).Is(200)}), "3 waiting")

		const want = "2 changed member.invite, 3 changed member.invite, 4 refused !roles:role_unknown, 5 changed api_user.create"
		before := r.Newest(t, nil)
		planned := olga.Ask("POST", one+"/plan", "").Is(200)
		rest.Equal(t, "planned", told(planned["items"])+rest.Show(planned["items"].([]any)[0].(map[string]any)["done"].([]any)[0].(map[string]any)["id"]), want+"null")
		rest.Equal(t, "tried", rest.Show(olga.Ask("POST", one+"/start?dry_run=true", "").Is(200)["state"]), `"running"`)
		r.Quiet(t, before)

		stream := olga.Stream("history?action=import.apply", rest.Show(before.Seq))
		defer stream.Leave()
		started := olga.With("Idempotency-Key", "go").Ask("POST", one+"/start", "")
		rest.Equal(t, "started", rest.Show([]any{started.Is(200)["state"], started.Is(200)["allowed"]}), `["running",["import.show","import.rows","import.cancel"]]`)
		rest.Equal(t, "again", olga.With("Idempotency-Key", "go").Ask("POST", one+"/start", "").Header.Get("Idempotent-Replayed"), "true")
		r.Wrote(started, id, "import.start", r.Owner.Member)
		olga.Ask("POST", one+"/start", "").Refuses(409, "import_running")
		olga.Any().Ask("PUT", one+"/columns", columns).Refuses(409, "import_running")
		work(t, r, id)
		line, ok := stream.Next()
		for ok && line.Data == "" { // how far was looked
			line, ok = stream.Next()
		}
		if !strings.Contains(line.Data, `"field":"done"`) || !strings.Contains(line.Data, id) {
			t.Errorf("the stream tells %+v", line)
		}
		done := olga.Get(one)
		rest.Equal(t, "done", rest.Show([]any{done["state"], done["rows"].(map[string]any)["changed"], done["rows"].(map[string]any)["refused"]}), `["done",3,1]`)
		rest.Equal(t, "as it was", olga.With("If-None-Match", done["etag"].(string)).Ask("GET", one, "").StatusCode, 304)
		rest.Equal(t, "row by row", told(olga.Get(one + "/rows")["items"]), want)
		olga.Ask("PUT", one+"/rows/2", `{"cells":["x"]}`).Refuses(409, "row_done")
		olga.Ask("POST", one+"/cancel", "").Refuses(409, "import_not_running")
		result := olga.Ask("GET", one+"/result", "")
		if !strings.Contains(result.Text, `Anna,Berg,anna@example.com,auditor,,,38,,2,changed,member.invite`) || result.Header.Get("Content-Disposition") != `attachment; filename="team result.csv"` {
			t.Errorf("the result: %v\n%s", result.Header, result.Text)
		}
		rest.Equal(t, "as a workbook", olga.Ask("GET", one+"/result?format=xlsx", "").Header.Get("Content-Type"), sheet.XLSX.Media())
		r.Verified(r.Acme.ID)
	})
}

// TestPagesOfRowsAreOfTheirListAlone: a cursor goes on with the list and the state that it was made for.
func TestPagesOfRowsAreOfTheirListAlone(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	olga := r.Olga(t)
	send := func() string {
		return olga.With("Content-Type", "text/csv").Ask("POST", "imports", table).Is(201)["id"].(string)
	}
	one, other := "imports/"+send(), "imports/"+send()
	first := olga.Get(one + "/rows?limit=2")
	cursor := first["next_cursor"].(string)
	second := olga.Get(one + "/rows?limit=2&cursor=" + cursor)
	rest.Equal(t, "two pages", told(first["items"])+"; "+told(second["items"])+rest.Show([]any{first["total"], second["next_cursor"]}), "2 waiting, 3 wrong !email:email_invalid; 4 waiting, 5 waiting[4,null]")
	for _, path := range []string{one + "/rows?state=waiting&cursor=", other + "/rows?cursor=", "members?cursor="} {
		olga.Ask("GET", path+cursor, "").At(422, "cursor", "cursor_invalid")
	}
	olga.Ask("GET", one+"/rows?cursor=2", "").At(422, "cursor", "cursor_invalid")
	olga.Ask("GET", one+"/rows?limit=0", "").At(422, "limit", "limit_invalid")
	olga.Ask("GET", one+"/rows?state=lost", "").At(422, "state", "state_unknown")
}

// TestAnImportIsOfWhoSentItInAlone, and what is no table is refused without a trace.
func TestAnImportIsOfWhoSentItInAlone(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	csv := func(c *rest.Caller) *rest.Caller { return c.With("Content-Type", "text/csv") }
	eve, _ := r.Program(t, "Eve", roster.RoleUserAdministrator)
	auditor, _ := r.Program(t, "Auditor", roster.RoleAuditor)
	olga := r.Olga(t)
	one := "imports/" + csv(eve).Ask("POST", "imports", table).Is(201)["id"].(string)
	for _, way := range []string{"GET ", "GET /rows", "GET /result", "POST /plan", "POST /start", "POST /cancel", "DELETE "} {
		method, path, _ := strings.Cut(way, " ")
		olga.Ask(method, one+path, "").Refuses(404, "not_found")
		auditor.Ask(method, one+path, "").Refuses(403, "forbidden")
	}
	rest.Equal(t, "Olga's", len(olga.Get("imports")["items"].([]any)), 0)
	csv(auditor).Ask("POST", "imports", table).Refuses(403, "forbidden")
	before := r.Newest(t, nil)
	olga.With("Content-Type", "application/pdf").Ask("POST", "imports", "%PDF-1.7").Refuses(415, "unsupported_media_type")
	csv(olga).Ask("POST", "imports", strings.Repeat("x", sheet.MostBytes+1)).Refuses(413, "too_large")
	r.Quiet(t, before)
	csv(olga).Ask("POST", "imports", "%PDF-1.7").Refuses(422, "format_unknown")
	csv(olga).Ask("POST", "imports", "E-mail\n").At(422, "file", "no_rows")
	rest.Equal(t, "kept", len(olga.Get("imports")["items"].([]any)), 0)
}

// TestAnImportIsForgottenOnceByREST: tried it is there still, done it is gone, and asked again under the same key it is answered
// as the first time.
func TestAnImportIsForgottenOnceByREST(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	olga := r.Olga(t)
	id := olga.With("Content-Type", "text/csv").Ask("POST", "imports", table).Is(201)["id"].(string)
	one := "imports/" + id
	olga.Ask("POST", one+"/start", "").Is(200)
	olga.Ask("DELETE", one, "").Refuses(409, "import_running")
	work(t, r, id)
	rest.Equal(t, "may be forgotten", strings.Contains(rest.Show(olga.Get(one)["allowed"]), "import.forget"), true)
	undo := olga.Get(one + "/rows?state=changed")["items"].([]any)[0].(map[string]any)["undo"]
	if !strings.HasPrefix(rest.Show(undo), `["Remove anna@example.com: roster user remove mem_`) {
		t.Errorf("the row is undone by %s", rest.Show(undo))
	}
	before := r.Newest(t, nil)
	olga.Ask("DELETE", one+"?dry_run=true", "").Is(204)
	r.Quiet(t, before)
	olga.Get(one)
	key := olga.With("Idempotency-Key", "forget")
	forgotten := key.Ask("DELETE", one, "")
	forgotten.Is(204)
	r.Wrote(forgotten, id, "import.forget", r.Owner.Member)
	rest.Equal(t, "again", key.Ask("DELETE", one, "").Header.Get("Idempotent-Replayed"), "true")
	olga.Ask("GET", one, "").Refuses(404, "not_found")
	olga.Ask("GET", one+"/result", "").Refuses(404, "not_found")
	r.Verified(r.Acme.ID)
}

// TestAnAPIUserOfARowHasNoSecretYet: nobody was there to see one. The first is made by a person, whether or not the
// organisation lets an API user have a second.
func TestAnAPIUserOfARowHasNoSecretYet(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.With("Content-Type", "text/csv").Ask("POST", "imports", "Kind,Name,External ID\napi,Meter,meter-7\n").Is(201)["id"].(string)
		olga.Ask("POST", "imports/"+id+"/start", "").Is(200)
		work(t, r, id)
		row := olga.Get("imports/" + id + "/rows")["items"].([]any)[0].(map[string]any)
		did := row["done"].([]any)[0].(map[string]any)
		meter, client := "members/"+did["id"].(string), did["client_id"].(string)
		if line := r.Newest(t, did["id"]); line.Action != "api_user.create" || strings.Contains(rest.Changed(line), "secret") {
			t.Errorf("the history tells %s %s", line.Action, rest.Changed(line))
		}
		rest.Equal(t, "credentials", rest.Show([]any{olga.Get(meter + "/credentials")["secrets"], olga.Get(meter + "/credentials")["keys"]}), "[[],[]]")
		made := olga.Ask("POST", meter+"/secrets", "").Is(201)
		r.Token(t, client, made["client_secret"].(string))
		olga.Ask("POST", meter+"/secrets", "").Refuses(409, "second_secrets_off")
		r.Verified(r.Acme.ID)
	})
}
