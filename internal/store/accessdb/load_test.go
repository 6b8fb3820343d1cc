package accessdb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/accessdb"
	"roster/internal/store/orgdb"
)

// BenchmarkFacts loads an organisation of 100,000 members with two grants each.
func BenchmarkFacts(b *testing.B) {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: filepath.Join(b.TempDir(), "r.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	org := roster.NewOrgID()
	c := []roster.Change{{Field: "x"}}
	err = db.Write(ctx, roster.Installation, func(ctx context.Context, tx *store.Tx) error {
		if err := orgdb.Insert(ctx, tx, roster.Organisation{ID: org, Slug: "acme", Name: "Acme"}); err != nil {
			return err
		}
		if _, err := tx.Change(ctx, c, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
			INSERT INTO member (org_id, id, kind, status, before, person_id, unit_id, external_id, first_name, last_name, name, sort_name, email, email_folded,
			 phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
			SELECT $1, 'mem_' || substr('00000000000000000000000000' || i, -26), 'regular', 'active', '', NULL, NULL, '', 'F', 'L', 'F L', x'00', 'm' || i || '@example.com', 'm' || i || '@example.com',
			 '', '', '', 0, 0, 0, '', 0, '', 0, 1 FROM n`, org); err != nil {
			return err
		}
		for i := range 1000 {
			if _, err := tx.Change(ctx, c, `INSERT INTO unit (org_id, id, parent_id, kind, name, sort_name, external_id, archived_at, created_at, created_by, updated_at, updated_by, version)
				VALUES ($1, $2, NULL, 'account', $2, x'00', '', 0, 0, '', 0, '', 1)`, org, fmt.Sprintf("unit_%026d", i)); err != nil {
				return err
			}
		}
		for i := range 2 {
			if _, err := tx.Change(ctx, c, `INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at)
				SELECT org_id, id, 'grant_' || substr(id, 5) || $2, NULL, 'area.verb' || (rowid % 40), '', CASE WHEN $2 = 0 THEN NULL ELSE 'unit_' || substr('00000000000000000000000000' || (rowid % 1000), -26) END, 0, 'x', 0 FROM member WHERE org_id = $1`, org, i); err != nil {
				return err
			}
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var f authz.Facts
		begun := time.Now()
		err := db.Snapshot(ctx, func(ctx context.Context, r store.Reader) (err error) {
			f, err = accessdb.Facts(ctx, r, org)
			return err
		})
		if err != nil || len(f.Members) != 100_000 || len(f.Grants) != 200_000 {
			b.Fatal(len(f.Members), len(f.Grants), err)
		}
		b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms/load")
	}
}
