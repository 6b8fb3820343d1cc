package store

import (
	"context"
	"maps"
	"path/filepath"
	"testing"

	cluster "roster/internal/rostertest/postgres"
)

// TestAnUpgradeKeepsWhatMembersChoseToBeTold: migration 0040 takes what was yet to be told along, and tells in the dashboard
// what was not wanted by letter.
func TestAnUpgradeKeepsWhatMembersChoseToBeTold(t *testing.T) {
	run := func(t *testing.T, url string) {
		ctx := context.Background()
		db, err := open(ctx, Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		p, err := provider(db, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(ctx, 39); err != nil {
			t.Fatal(err)
		}
		put := func(statement string, args ...any) {
			t.Helper()
			if _, err := db.writer.ExecContext(ctx, statement, args...); err != nil {
				t.Fatal(err)
			}
		}
		put(`INSERT INTO organisation (id, slug, name, plan, invitation_ttl, phone_required, seq, head, people, api_users, accepted_at, created_at)
			VALUES ('org_a', 'a', 'A', 'unlimited', 1, FALSE, 0, '', 0, 0, 1, 1)`)
		for _, name := range []string{"one", "two"} {
			put(`INSERT INTO member (org_id, id, kind, status, before, external_id, first_name, last_name, name, sort_name, email, email_folded, phone, client_id,
				block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
				VALUES ('org_a', $1, 'regular', 'active', '', '', '', '', $2, $3, $2, $2, '', '', '', 0, 0, 1, '', 1, '', 0, 1)`, "mem_"+name, name+"@example.com", []byte(name))
		}
		put(`INSERT INTO news (org_id, member_id, kind, about, happened_at) VALUES ('org_a', 'mem_one', 'access', '', 7), ('org_a', 'mem_one', 'expired', 'mem_two', 5)`)
		put(`INSERT INTO news_choice (org_id, member_id, unwanted) VALUES ('org_a', 'mem_one', 'access seats'), ('org_a', 'mem_two', 'unanswered')`)
		if _, err := p.Up(ctx); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, query := range []string{
			`SELECT member_id || ' ' || notification, way FROM notification_choice`,
			`SELECT id || ' ' || member_id || ' ' || kind || ' ' || about, way FROM notification WHERE seen_at = 0 AND told_at = 0 AND happened_at > 0`,
		} {
			if err := Each(ctx, db.Reader(), func(row Row) error {
				var key, way string
				err := row.Scan(&key, &way)
				got[key] = way
				return err
			}, query); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]string{
			"mem_one access": "dashboard", "mem_one seats": "dashboard", "mem_two unanswered": "dashboard",
			"ntf_1 mem_one expired mem_two": "letter", "ntf_2 mem_one access ": "letter",
		}
		if !maps.Equal(got, want) {
			t.Errorf("after the upgrade: %v, want %v", got, want)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "roster.db")) })
	if cluster.Wanted() {
		t.Run("postgres", func(t *testing.T) { run(t, cluster.Database(t)) })
	}
}
