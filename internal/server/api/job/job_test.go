package job_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// told tells of each letter whom it goes to, its state, and what can be done.
func told(items any) string {
	var all []string
	for _, i := range items.([]any) {
		l := i.(map[string]any)
		all = append(all, strings.Join([]string{l["member"].(map[string]any)["name"].(string), l["kind"].(string), l["state"].(string), rest.Show(l["place"]), rest.Show(l["reason"]), rest.Show(l["allowed"])}, " "))
	}
	return strings.Join(all, "\n")
}

// TestAProgramFollowsLettersAndSendsThemAgain: the plan is what is done, the same request twice is done once, and each
// letter has its outcome.
func TestAProgramFollowsLettersAndSendsThemAgain(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		olga.Invite("anna@example.com")
		r.Clock.Pass(time.Minute)
		ben := olga.Invite("ben@example.com")["id"].(string)
		rest.Equal(t, "waiting", told(olga.Get("letters?kind=invitation&state=waiting,running")["items"]), "Ina Invited invitation waiting 2 null []\nIna Invited invitation waiting 1 null []")
		failed := r.Refused("550 5.1.1 There is no such mailbox.")
		r.Clock.Pass(time.Minute)
		one := olga.Get("letters?member=" + ben)["items"].([]any)[0].(map[string]any)
		rest.Equal(t, "refused", told([]any{one}), `Ina Invited invitation refused null "550 5.1.1 There is no such mailbox." ["member.resend"]`)
		before := r.Newest(t, nil)
		tried := olga.Ask("POST", "letters/send-again?dry_run=true", `{}`).Is(200)
		r.Quiet(t, before)
		send := olga.With("Idempotency-Key", "again")
		done := send.Ask("POST", "letters/send-again", `{}`)
		rest.Equal(t, "as planned", rest.Show(done.Is(200)), rest.Show(tried))
		rest.Equal(t, "done", rest.Show([]any{done.Is(200)["done"], done.Is(200)["refused"], done.Is(200)["left"]}), "[2,0,0]")
		rest.Equal(t, "once", send.Ask("POST", "letters/send-again", `{}`).Text, done.Text)
		r.Tells(t, ben, "member.resend", r.Owner.Member)
		again := olga.Ask("POST", "letters/send-again", `{"letters":["`+failed[0].ID+`"]}`).Is(200)
		rest.Equal(t, "no more", again["items"].([]any)[0].(map[string]any)["problem"].(map[string]any)["code"].(string), "letter_state")
		olga.Ask("POST", "letters/send-again", `{"letters":["job_00000000000000000000000000"]}`).Refuses(404, "not_found")
		olga.Ask("POST", "letters/send-again", `{"letters":[]}`).At(422, "letters", "field_required")
		olga.Ask("GET", "letters?state=lost", "").At(422, "state", "state_unknown")
		olga.Ask("GET", "letters?kind=postcard", "").At(422, "kind", "kind_unknown")
		olga.Ask("GET", "letters?limit=0", "").At(422, "limit", "limit_invalid")
		auditor, _ := r.Program(t, "Auditor", roster.RoleAuditor)
		auditor.Ask("POST", "letters/send-again", `{}`).Refuses(403, "forbidden")
		rest.Equal(t, "instead", instead(auditor.Get("letters?state=refused")), "followed followed")
		robot, _ := r.Program(t, "Robot", roster.RoleMember)
		robot.Ask("GET", "letters", "").Refuses(403, "forbidden")
		robot.Ask("GET", "jobs", "").Refuses(403, "forbidden")
		r.Verified(r.Acme.ID)
	})
}

func instead(page map[string]any) string {
	var all []string
	for _, i := range page["items"].([]any) {
		s, _ := i.(map[string]any)["instead"].(string)
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// TestImportsAreFollowedByWhoSeesTheOrganisation: whose they are and how far, and only whoever sent one in opens it.
func TestImportsAreFollowedByWhoSeesTheOrganisation(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	eve, id := r.Program(t, "Eve", roster.RoleUserAdministrator)
	made := eve.With("Content-Type", "text/csv").Ask("POST", "imports?name=team.csv", "E-mail\nanna@example.com\n").Is(201)["id"].(string)
	mine := eve.Get("jobs")["items"].([]any)[0].(map[string]any)
	others := r.Olga(t).Get("jobs")["items"].([]any)[0].(map[string]any)
	rest.Equal(t, "mine", rest.Show(mine["id"]), rest.Show(made))
	if len(mine["allowed"].([]any)) == 0 || len(others["allowed"].([]any)) != 0 {
		t.Errorf("allowed: %v and %v", mine["allowed"], others["allowed"])
	}
	rest.Equal(t, "whose", rest.Show(others["made_by"]), rest.Show(map[string]any{"id": id, "name": "Eve"}))
	rest.Equal(t, "what", rest.Show([]any{others["kind"], others["name"], others["state"], others["rows"].(map[string]any)["total"]}), `["import","team.csv","open",1]`)
}

// TestExportsStandBesideImportsForWhoReadsTheHistory: who took what along and when, the newest first, and no longer than ten.
func TestExportsStandBesideImportsForWhoReadsTheHistory(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	olga := r.Olga(t)
	reader, _ := r.Holder(t, "Rea", team.Giving{Permission: authz.MembersRead}, team.Giving{Scope: authz.Admin})
	olga.With("Content-Type", "text/csv").Ask("POST", "imports?name=team.csv", "E-mail\nanna@example.com\n").Is(201)
	r.Clock.Pass(time.Minute)
	for range 11 {
		rest.Equal(t, "exported", olga.Ask("POST", "members/export", `{"format":"csv"}`).StatusCode, 200)
	}
	r.Clock.Pass(time.Minute)
	rest.Equal(t, "the history too", olga.Ask("POST", "history/export", `{"format":"csv"}`).StatusCode, 200)
	all := olga.Get("jobs")["items"].([]any)
	newest := all[0].(map[string]any)
	rest.Equal(t, "how many", len(all), 11)
	rest.Equal(t, "the newest", rest.Show([]any{newest["kind"], newest["action"], newest["state"], newest["made_by"], newest["allowed"]}),
		`["export","history.export","done",{"id":"`+string(r.Owner.Member)+`","name":"Olga Owner"},[]]`)
	rest.Equal(t, "the import, the oldest", rest.Show([]any{all[10].(map[string]any)["kind"], all[10].(map[string]any)["action"]}), `["import",null]`)
	others := reader.Get("jobs")["items"].([]any)
	rest.Equal(t, "to who may not read the history", rest.Show([]any{len(others), others[0].(map[string]any)["kind"]}), `[1,"import"]`)
}
