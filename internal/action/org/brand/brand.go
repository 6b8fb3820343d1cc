// Package brand is the room of how the installation looks, where an organisation has nothing of its own: its product's
// name, colour, logo, the sender of its letters and the links below its pages. What the server was started with stands
// beneath it.
package brand

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/branddb"
	"roster/internal/store/kept"
)

// Room holds the use cases.
type Room struct {
	gate  *action.Gate
	maker *raster.Maker
	kept  *kept.Kept[roster.OrgID, roster.House]
}

// New makes the room.
func New(g *action.Gate, m *raster.Maker) *Room {
	return &Room{g, m, kept.New(1, branddb.At)}
}

// Show gives how the installation looks, to everybody. While nothing changes in the installation, it costs no statement.
func (r *Room) Show(ctx context.Context) (roster.House, error) {
	return action.Look(ctx, r.gate, act.BrandShow, func(ctx context.Context, rd store.Reader) (roster.House, error) {
		found, err := r.kept.One(ctx, rd, roster.Installation)
		return found.Value, err
	})
}

// Edit changes it, as an organisation's is changed: the fields of the brand alone. Kinds: Invalid for the input, Conflict
// (changed_meanwhile), Denied.
func (r *Room) Edit(ctx context.Context, e org.Edit) (roster.House, error) {
	return action.Do(ctx, r.gate, act.BrandEdit, roster.House{}.Ref(), func(ctx context.Context, tx *store.Tx) (roster.House, error) {
		was, err := branddb.Now(ctx, tx)
		if err != nil {
			return was, err
		}
		if e.Version != 0 && e.Version != was.Version {
			return was, store.ErrStale()
		}
		now := was
		if err := e.Paint(&now.Brand); err != nil {
			return was, err
		}
		return branddb.Update(ctx, tx, was, now)
	})
}

// SetPicture makes what was sent the installation's logo. Kinds: Invalid (picture_too_large, picture_kind,
// picture_broken), Denied.
func (r *Room) SetPicture(ctx context.Context, sent []byte) (roster.House, error) {
	p, err := r.maker.Square(ctx, sent)
	if err != nil {
		return roster.House{}, err
	}
	return r.change(ctx, act.BrandPicture, p)
}

// RemovePicture takes the logo away; without one nothing happens. Kind: Denied.
func (r *Room) RemovePicture(ctx context.Context) (roster.House, error) {
	return r.change(ctx, act.BrandPictureRemove, raster.Picture{})
}

// change puts a logo in the place of the one there is; none, where it has no hash.
func (r *Room) change(ctx context.Context, name act.Name, p raster.Picture) (roster.House, error) {
	return action.Do(ctx, r.gate, name, roster.House{}.Ref(), func(ctx context.Context, tx *store.Tx) (roster.House, error) {
		was, err := branddb.Now(ctx, tx)
		if err != nil {
			return was, err
		}
		return branddb.SetPicture(ctx, tx, was, p)
	})
}

// Picture gives the logo, to everybody. Kind: NotFound without one.
func (r *Room) Picture(ctx context.Context) (raster.Picture, error) {
	return action.Look(ctx, r.gate, act.BrandPictureShow, func(ctx context.Context, rd store.Reader) (raster.Picture, error) {
		found, err := branddb.Picture(ctx, rd)
		if err != nil {
			return found.Value, err
		}
		return found.Or("picture")
	})
}
