package store

import (
	"context"
	"path/filepath"
	"testing"

	cluster "roster/internal/rostertest/postgres"
)

// TestAnUpgradeLeavesWhoComesByAConnectionOneWayIn: migration 0027 leaves such a person's passkeys as second factors, and
// those of everybody else as they were.
func TestAnUpgradeLeavesWhoComesByAConnectionOneWayIn(t *testing.T) {
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
		if _, err := p.UpTo(ctx, 26); err != nil {
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
		put(`INSERT INTO login_method (org_id, id, kind, name, name_folded, enabled, issuer, authorize_url, token_url, user_info_url, client_id, client_secret,
			scopes, parameters, identifier_claim, tested_at, revision, created_at, created_by, updated_at, updated_by, version)
			VALUES ('org_a', 'lgm_a', 'oidc', 'Okta', 'okta', TRUE, '', '', '', '', '', '', '', '', 'sub', 1, 1, 1, '', 1, '', 1)`)
		for name, at := range map[string]struct {
			managed   string
			connected bool
		}{"one": {"org_a", true}, "password": {"org_a", false}, "own": {"", true}} {
			put(`INSERT INTO person (id, managed_by, email, email_folded, created_at) VALUES ($1, $2, $3, $3, 1)`, "per_"+name, at.managed, name+"@example.com")
			put(`INSERT INTO credential (person_id, kind, id, data, created_at, key_id, alone) VALUES ($1, 'passkey', 'fac_1', '', 1, $2, TRUE)`, "per_"+name, "key-"+name)
			put(`INSERT INTO member (org_id, id, kind, status, before, person_id, external_id, first_name, last_name, name, sort_name, email, email_folded, phone, client_id,
				block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
				VALUES ('org_a', $1, 'regular', 'active', '', $2, '', '', '', $3, $4, $3, $3, '', '', '', 0, 0, 1, '', 1, '', 0, 1)`,
				"mem_"+name, "per_"+name, name+"@example.com", []byte(name))
			if at.connected {
				put(`INSERT INTO identity (org_id, member_id, method_id, identifier, subject, invited_at, bound_at) VALUES ('org_a', $1, 'lgm_a', $2, $2, 1, 1)`, "mem_"+name, name)
			}
		}
		if _, err := p.Up(ctx); err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		if err := Each(ctx, db.Reader(), func(row Row) error {
			var person string
			var alone bool
			err := row.Scan(&person, &alone)
			got[person] = alone
			return err
		}, `SELECT person_id, alone FROM credential WHERE kind = 'passkey'`); err != nil {
			t.Fatal(err)
		}
		for person, alone := range map[string]bool{"per_one": false, "per_password": true, "per_own": true} {
			if got[person] != alone {
				t.Errorf("a passkey lets %s in alone: %v", person, got[person])
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "r.db")) })
	if cluster.Wanted() {
		t.Run("postgres", func(t *testing.T) { run(t, cluster.Database(t)) })
	}
}
