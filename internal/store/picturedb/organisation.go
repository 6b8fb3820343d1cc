package picturedb

import (
	"context"
	"strconv"

	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
)

// OfOrganisation finds an organisation's picture.
func OfOrganisation(ctx context.Context, r store.Reader, org roster.OrgID) (store.Found[raster.Picture], error) {
	return store.One(ctx, r, func(row store.Row) (raster.Picture, error) {
		var p raster.Picture
		return p, row.Scan(&p.Hash, &p.Media, &p.Data)
	}, `SELECT hash, media, data FROM organisation_picture WHERE org_id = $1`, org)
}

// SetOrganisation keeps a picture of the locked organisation in place of an older one, or none where it has no hash. It
// gives the organisation with its new version, or as it was where nothing changed.
func SetOrganisation(ctx context.Context, tx *store.Tx, was roster.Organisation, p raster.Picture) (roster.Organisation, error) {
	if was.Picture == p.Hash {
		return was, nil
	}
	now := was
	now.Picture, now.Version = p.Hash, was.Version+1
	told := []roster.Change{{Of: was.Ref(), Field: "picture", From: was.Picture, To: p.Hash}}
	var err error
	if p.Hash == "" {
		_, err = tx.Change(ctx, told, `DELETE FROM organisation_picture WHERE org_id = $1`, was.ID)
	} else {
		_, err = tx.Change(ctx, told, `INSERT INTO organisation_picture (org_id, hash, media, data) VALUES ($1, $2, $3, $4)
			ON CONFLICT (org_id) DO UPDATE SET hash = excluded.hash, media = excluded.media, data = excluded.data`, was.ID, p.Hash, p.Media, p.Data)
	}
	if err != nil {
		return was, err
	}
	_, err = tx.Change(ctx, []roster.Change{{Of: was.Ref(), Field: "version", From: strconv.FormatInt(was.Version, 10), To: strconv.FormatInt(now.Version, 10)}},
		`UPDATE organisation SET picture = $1, version = $2 WHERE id = $3`, now.Picture, now.Version, was.ID)
	return now, err
}
