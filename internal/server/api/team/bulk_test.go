package team_test

import (
	"testing"

	"roster/internal/rostertest/rest"
)

// TestInvitationsAreTriedFirst: each outcome is told, nobody is invited, and the same request without dry_run is done.
func TestInvitationsAreTriedFirst(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		before := r.Newest(t, nil)
		const all = `"invite":[{"email":"a@example.com"},{"email":"olga@example.com"},{"email":"b@example.com","grants":[{"role":"emperor"}]}]`
		tried := olga.With("Idempotency-Key", "try").Ask("POST", "members/bulk", `{`+all+`,"dry_run":true}`)
		body := tried.Is(200)
		rest.Equal(t, "tried", statuses(body), "[201 409 422]")
		rest.Equal(t, "position", tried.Header.Get("Roster-Seq"), "")
		row := body["items"].([]any)[0].(map[string]any)
		if row["member"] != nil || row["id"] != nil {
			t.Errorf("a member who is none: %v", row)
		}
		r.Quiet(t, before)
		rest.Equal(t, "nobody", rest.Show(olga.Get("members?status=invited")["total"]), "0")
		rest.Equal(t, "done", statuses(olga.With("Idempotency-Key", "do").Ask("POST", "members/bulk", `{`+all+`}`).Is(200)), "[201 409 422]")
		rest.Equal(t, "one", rest.Show(olga.Get("members?status=invited")["total"]), "1")
	})
}
