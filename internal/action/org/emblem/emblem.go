// Package emblem is the room of organisations' pictures: set, shown to those who belong there or are invited, and
// removed. What is sent is decoded before the gate; package raster knows how.
package emblem

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/policy"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/picturedb"
)

// Room holds the use cases.
type Room struct {
	gate  *action.Gate
	maker *raster.Maker
}

// New makes the room.
func New(g *action.Gate, m *raster.Maker) *Room { return &Room{g, m} }

// Set makes what was sent the picture of the actor's organisation. Kinds: Invalid (picture_too_large, picture_kind,
// picture_broken), Denied.
func (r *Room) Set(ctx context.Context, sent []byte) (org.Usage, error) {
	p, err := r.maker.Square(ctx, sent)
	if err != nil {
		return org.Usage{}, err
	}
	return r.change(ctx, act.EmblemSet, p)
}

// Remove takes the picture away; without one nothing happens. Kind: Denied.
func (r *Room) Remove(ctx context.Context) (org.Usage, error) {
	return r.change(ctx, act.EmblemRemove, raster.Picture{})
}

// change puts a picture in the place of the one there is; none, where it has no hash.
func (r *Room) change(ctx context.Context, name act.Name, p raster.Picture) (org.Usage, error) {
	on := roster.RefOrganisation(roster.ActorFrom(ctx).Organisation, "")
	return action.Do(ctx, r.gate, name, on, func(ctx context.Context, tx *store.Tx) (org.Usage, error) {
		o, err := picturedb.SetOrganisation(ctx, tx, tx.Organisation(), p)
		if err != nil {
			return org.Usage{}, err
		}
		return org.Used(ctx, tx, o)
	})
}

// Show gives the picture to whoever belongs to the organisation. Kind: NotFound, also without one.
func (r *Room) Show(ctx context.Context) (raster.Picture, error) {
	return action.Look(ctx, r.gate, act.EmblemShow, func(ctx context.Context, rd store.Reader) (raster.Picture, error) {
		return shown(ctx, rd, roster.ActorFrom(ctx).Organisation)
	})
}

// Invited gives an organisation's picture to who holds a secret of an invitation that is open, and could accept it here and
// now. Kind: NotFound, also for every other secret.
func (r *Room) Invited(ctx context.Context, o roster.OrgID, key string) (raster.Picture, error) {
	return action.Look(ctx, r.gate, act.InvitationShow, func(ctx context.Context, rd store.Reader) (raster.Picture, error) {
		link, err := invitationdb.LinkByHash(ctx, rd, o, secret.Hash(key))
		if err != nil || !link.OK {
			return raster.Picture{}, orNone(err)
		}
		i, err := invitationdb.ByGeneration(ctx, rd, o, link.Value.Member, link.Value.Generation)
		if err != nil || !i.OK || i.Value.Shown(action.Moment(ctx)) != string(roster.InvitationLive) {
			return raster.Picture{}, orNone(err)
		}
		of, err := orgdb.ByName(ctx, rd, string(o))
		if err != nil || of.Value.Open() != nil || policy.Reach(of.Value, roster.ActorFrom(ctx)) != nil {
			return raster.Picture{}, orNone(err)
		}
		return shown(ctx, rd, o)
	})
}

func orNone(err error) error {
	if err == nil {
		err = store.ErrNone("picture")
	}
	return err
}

func shown(ctx context.Context, rd store.Reader, o roster.OrgID) (raster.Picture, error) {
	found, err := picturedb.OfOrganisation(ctx, rd, o)
	if err != nil {
		return found.Value, err
	}
	return found.Or("picture")
}
