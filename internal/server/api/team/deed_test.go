package team_test

import (
	"fmt"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// statuses gives each outcome's status.
func statuses(body map[string]any) string {
	var all []any
	for _, item := range body["items"].([]any) {
		all = append(all, item.(map[string]any)["status"])
	}
	return fmt.Sprint(all)
}

// TestAKeyBelongsToAllThatARequestSays: the query is a part of it, but for dry_run; a key that stood at a trial is free.
func TestAKeyBelongsToAllThatARequestSays(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga, one := r.Olga(t).With("Idempotency-Key", "one"), "members/"
		_, bob := r.Holder(t, "Bob")
		_, eva := r.Holder(t, "Eva")
		one += string(bob.Member)
		olga.Ask("DELETE", one+"?hand_over_to="+string(eva.Member)+"&dry_run=true", "").Is(204)
		olga.Ask("DELETE", one+"?hand_over_to="+string(eva.Member), "").Is(204)
		rest.Equal(t, "told so", olga.Ask("DELETE", one+"?hand_over_to="+string(eva.Member), "").Header.Get("Idempotent-Replayed"), "true")
		olga.Ask("DELETE", one+"?hand_over_to="+string(r.Owner.Member), "").Refuses(409, "idempotency_key_reused")
		olga.Ask("DELETE", one, "").Refuses(409, "idempotency_key_reused")
	})
}

// TestSeveralMembersAreActedOnAtOnce blocks who is named and unblocks whom a filter chooses: tried, done and asked
// for again; each has an outcome of their own.
func TestSeveralMembersAreActedOnAtOnce(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ada, self := r.Holder(t, "Ada", team.Giving{Role: roster.RoleUserAdministrator})
		_, bob := r.Holder(t, "Bob")
		_, eva := r.Holder(t, "Eva")
		named := fmt.Sprintf(`["%s","%s","%s","%s","%s"]`, bob.Member, self.Member, r.Owner.Member, bob.Member, eva.Member)
		before := r.Newest(t, bob.Member)
		tried := ada.With("Idempotency-Key", "try").Ask("POST", "members/bulk", `{"action":"block","members":`+named+`,"dry_run":true}`)
		rest.Equal(t, "tried", statuses(tried.Is(200)), "[200 403 403 200]")
		r.Quiet(t, before)
		act := `{"action":"block","reason":"Audit","members":` + named + `}`
		done := ada.With("Idempotency-Key", "one").Ask("POST", "members/bulk", act)
		body := done.Is(200)
		rest.Equal(t, "done", statuses(body), "[200 403 403 200]")
		rest.Equal(t, "counted", rest.Show([]any{body["done"], body["refused"]}), "[2,2]")
		row := body["items"].([]any)[1].(map[string]any)
		rest.Equal(t, "a refused row", row["id"].(string)+" "+row["problem"].(map[string]any)["code"].(string), string(self.Member)+" not_on_yourself")
		r.Tells(t, eva.Member, "member.block", self.Member)
		again := ada.With("Idempotency-Key", "one").Ask("POST", "members/bulk", act)
		rest.Equal(t, "the same answer", again.Text, done.Text)
		rest.Equal(t, "told so", again.Header.Get("Idempotent-Replayed"), "true")
		rest.Equal(t, "whom a filter chooses", statuses(ada.Ask("POST", "members/bulk", `{"action":"unblock","filter":{"status":["blocked"],"not_role":"owner"}}`).Is(200)), "[200 200]")
		rest.Equal(t, "nobody", statuses(ada.Ask("POST", "members/bulk", `{"action":"unblock","filter":{"status":["blocked"]}}`).Is(200)), "[]")
		rest.Equal(t, "granted", statuses(ada.Ask("POST", "members/bulk", `{"action":"grant","grants":[{"role":"user_administrator"}],"members":["`+string(bob.Member)+`"]}`).Is(200)), "[200]")
		for _, bad := range []struct{ body, field, code string }{
			{`{"action":"paint","members":["x"]}`, "action", "action_unknown"},
			{`{"action":"block"}`, "members", "field_required"},
			{`{"action":"block","members":[]}`, "members", "field_required"},
			{`{"action":"block","members":["x"],"filter":{}}`, "members", "field_required"},
			{`{"action":"grant","members":["x"]}`, "grants", "field_required"},
			{`{"action":"remove","members":["x"],"reason":"No"}`, "reason", "field_unknown"},
			{`{"members":["x"]}`, "action", "field_required"},
			{`{"action":"block","filter":{"status":["gone"]}}`, "status", "status_unknown"},
			{`{"action":"block","invite":[{"email":"a@example.com"}],"members":["x"]}`, "invite", "field_unknown"},
		} {
			ada.Ask("POST", "members/bulk", bad.body).At(422, bad.field, bad.code)
		}
	})
}

// TestMembersAreListedByWhatTheyHaveNot lists by the filters and orders that need no more than the list's address.
func TestMembersAreListedByWhatTheyHaveNot(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		r.Holder(t, "Vera", team.Giving{Role: roster.RoleAuditor})
		olga.Invite("ina@example.com")
		for query, want := range map[string]string{
			"?not_role=owner&sort=-identifier":       "[Vera Holder Ina Invited]",
			"?verified=false":                        "[Ina Invited Olga Owner Vera Holder]",
			"?mfa=true":                              "[]",
			"?sort=status&status=invited,active&q=o": "[Olga Owner]",
		} {
			var names []any
			for _, m := range olga.Get("members" + query)["items"].([]any) {
				names = append(names, m.(map[string]any)["name"])
			}
			if got := fmt.Sprint(names); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		olga.Ask("GET", "members?verified=perhaps", "").At(422, "verified", "not_boolean")
		olga.Ask("GET", "members?sort=colour", "").At(422, "sort", "sort_unknown")
		olga.Ask("GET", "members?not_unit=nowhere", "").At(422, "not_unit", "unit_unknown")
	})
}
