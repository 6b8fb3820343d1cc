// Package picturedb keeps the pictures of members: bytes of our own, whose hash stands on the member. It makes none.
package picturedb

import (
	"context"
	"strconv"

	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
)

// Of finds a member's picture.
func Of(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (store.Found[raster.Picture], error) {
	return store.One(ctx, r, func(row store.Row) (raster.Picture, error) {
		var p raster.Picture
		return p, row.Scan(&p.Hash, &p.Media, &p.Data)
	}, `SELECT hash, media, data FROM picture WHERE org_id = $1 AND member_id = $2`, org, m)
}

// Set keeps a member's picture in place of an older one. The history is told the hash, and not the bytes.
func Set(ctx context.Context, tx *store.Tx, m roster.Member, p raster.Picture) error {
	_, err := tx.Change(ctx, change(m, p.Hash), `INSERT INTO picture (org_id, member_id, hash, media, data) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, member_id) DO UPDATE SET hash = excluded.hash, media = excluded.media, data = excluded.data`,
		m.Org, m.ID, p.Hash, p.Media, p.Data)
	if err != nil {
		return err
	}
	return mark(ctx, tx, m, p.Hash)
}

// Remove deletes a member's picture.
func Remove(ctx context.Context, tx *store.Tx, m roster.Member) error {
	if _, err := tx.Change(ctx, change(m, ""), `DELETE FROM picture WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID); err != nil {
		return err
	}
	return mark(ctx, tx, m, "")
}

func change(m roster.Member, to string) []roster.Change {
	return []roster.Change{{Of: m.Ref(), Field: "picture", From: m.Picture, To: to}}
}

// mark writes the hash on the member, whose version rises.
func mark(ctx context.Context, tx *store.Tx, m roster.Member, hash string) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "version", From: strconv.FormatInt(m.Version, 10), To: strconv.FormatInt(m.Version+1, 10)}},
		`UPDATE member SET picture = $1, updated_at = $2, updated_by = $3, version = version + 1 WHERE org_id = $4 AND id = $5`,
		hash, store.Micros(tx.At()), roster.ActorFrom(ctx).ID(), m.Org, m.ID)
	return err
}
