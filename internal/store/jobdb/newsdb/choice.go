package newsdb

import (
	"context"
	"maps"
	"slices"

	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
)

// Chosen gives how a member wants to be told, where that is not the usual way.
func Chosen(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (map[bulletin.Notification]bulletin.Way, error) {
	all := map[bulletin.Notification]bulletin.Way{}
	err := store.Each(ctx, r, func(row store.Row) error {
		var n bulletin.Notification
		var w bulletin.Way
		err := row.Scan(&n, &w)
		all[n] = w
		return err
	}, `SELECT notification, way FROM notification_choice WHERE org_id = $1 AND member_id = $2`, org, m)
	return all, err
}

// Choose keeps how a member wants to be told; what is not named stays.
func Choose(ctx context.Context, tx *store.Tx, m roster.Ref, was, now map[bulletin.Notification]bulletin.Way) error {
	for _, n := range slices.Sorted(maps.Keys(now)) {
		before, known := was[n]
		if !known {
			before = n.Usual()
		}
		if now[n] == before {
			continue
		}
		changes := []roster.Change{{Of: m, Field: "notifications", From: string(n) + ": " + string(before), To: string(n) + ": " + string(now[n])}}
		var err error
		if now[n] == n.Usual() {
			_, err = tx.Change(ctx, changes, `DELETE FROM notification_choice WHERE org_id = $1 AND member_id = $2 AND notification = $3`, tx.Org(), m.ID, n)
		} else {
			_, err = tx.Change(ctx, changes, `INSERT INTO notification_choice (org_id, member_id, notification, way) VALUES ($1, $2, $3, $4)
				ON CONFLICT (org_id, member_id, notification) DO UPDATE SET way = excluded.way`, tx.Org(), m.ID, n, now[n])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
