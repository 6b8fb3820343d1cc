// Package branddb keeps how the installation looks: one row, and its logo. An organisation's brand stands on its own row.
package branddb

import (
	"context"
	"strconv"

	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `b.accent, b.sender, b.reply_to, b.product, b.footer, b.picture, b.version`

func fields(h *roster.House) []any {
	return []any{&h.Accent, &h.Sender, &h.ReplyTo, &h.Product, &h.Footer, &h.Picture, &h.Version}
}

// Now gives how the installation looks.
func Now(ctx context.Context, r store.Reader) (roster.House, error) {
	found, err := store.One(ctx, r, func(row store.Row) (roster.House, error) {
		var h roster.House
		return h, row.Scan(fields(&h)...)
	}, `SELECT `+columns+` FROM installation_brand b`)
	return found.Value, err
}

// At gives the same with the position of the installation's history, for what is kept in memory. There is one, whatever
// the keys.
func At(ctx context.Context, r store.Reader, keys []roster.OrgID) (map[roster.OrgID]store.At[roster.House], error) {
	at := store.At[roster.House]{Org: roster.Installation}
	found, err := store.One(ctx, r, func(row store.Row) (struct{}, error) {
		return struct{}{}, row.Scan(append(fields(&at.Value), &at.Seq)...)
	}, `SELECT `+columns+`, i.seq FROM installation_brand b JOIN installation i ON i.id = b.id`)
	all := map[roster.OrgID]store.At[roster.House]{}
	for _, k := range keys {
		if found.OK {
			all[k] = at
		}
	}
	return all, err
}

// Update keeps a change of how the installation looks. Kind: Conflict, code changed_meanwhile, when was is not what is
// kept.
func Update(ctx context.Context, tx *store.Tx, was, now roster.House) (roster.House, error) {
	var changes []roster.Change
	add := func(field, from, to string) {
		if from != to {
			changes = append(changes, roster.Change{Of: was.Ref(), Field: field, From: from, To: to})
		}
	}
	add("accent", was.Accent, now.Accent)
	add("sender", was.Sender, now.Sender)
	add("reply_to", was.ReplyTo, now.ReplyTo)
	add("product_name", was.Product, now.Product)
	add("footer_links", was.Footer, now.Footer)
	if len(changes) == 0 {
		return was, nil
	}
	now.Version = was.Version + 1
	n, err := tx.Change(ctx, changes, `UPDATE installation_brand SET accent = $1, sender = $2, reply_to = $3, product = $4, footer = $5, version = $6 WHERE version = $7`,
		now.Accent, now.Sender, now.ReplyTo, now.Product, now.Footer, now.Version, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return now, err
}

// Picture finds the installation's logo.
func Picture(ctx context.Context, r store.Reader) (store.Found[raster.Picture], error) {
	return store.One(ctx, r, func(row store.Row) (raster.Picture, error) {
		var p raster.Picture
		return p, row.Scan(&p.Hash, &p.Media, &p.Data)
	}, `SELECT hash, media, data FROM installation_picture`)
}

// SetPicture keeps a logo in place of an older one, or none where it has no hash.
func SetPicture(ctx context.Context, tx *store.Tx, was roster.House, p raster.Picture) (roster.House, error) {
	if was.Picture == p.Hash {
		return was, nil
	}
	told := []roster.Change{{Of: was.Ref(), Field: "picture", From: was.Picture, To: p.Hash}}
	var err error
	if p.Hash == "" {
		_, err = tx.Change(ctx, told, `DELETE FROM installation_picture`)
	} else {
		_, err = tx.Change(ctx, told, `INSERT INTO installation_picture (id, hash, media, data) VALUES ('installation', $1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, media = excluded.media, data = excluded.data`, p.Hash, p.Media, p.Data)
	}
	if err != nil {
		return was, err
	}
	now := was
	now.Picture, now.Version = p.Hash, was.Version+1
	n, err := tx.Change(ctx, []roster.Change{{Of: was.Ref(), Field: "version", From: strconv.FormatInt(was.Version, 10), To: strconv.FormatInt(now.Version, 10)}},
		`UPDATE installation_brand SET picture = $1, version = $2 WHERE version = $3`, now.Picture, now.Version, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return now, err
}
