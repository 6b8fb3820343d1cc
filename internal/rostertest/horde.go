package rostertest

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// Horde fills the organisation with many members, written by one statement without rules, one a microsecond, who all
// hold the role Member but for the last three.
func (h *House) Horde(n int) {
	h.T.Helper()
	change := []roster.Change{{Field: "horde"}}
	err := h.DB.Write(context.Background(), h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
		const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) `
		if _, err := tx.Change(ctx, change, numbers+`INSERT INTO member (org_id, id, kind, status, before, external_id, first_name, last_name, name, sort_name, sort_identifier, email, email_folded,
			 phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
			SELECT CAST($1 AS TEXT), 'mem_' || CAST(i + 1000000 AS TEXT), 'regular', 'active', '', '', 'F', 'L', 'F L', $3, $3, 'm' || CAST(i AS TEXT) || '@example.com', 'm' || CAST(i AS TEXT) || '@example.com',
			 '', '', '', 0, 0, i, '', 0, '', 0, 1 FROM n`, h.Owner.Organisation, n, []byte("f l")); err != nil {
			return err
		}
		if _, err := tx.Change(ctx, change, numbers+`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at)
			SELECT CAST($1 AS TEXT), 'mem_' || CAST(i + 1000000 AS TEXT), 'grt_' || CAST(i AS TEXT), 'member', '', '', NULL, 0, 'x', 0 FROM n`, h.Owner.Organisation, n-3); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
}
