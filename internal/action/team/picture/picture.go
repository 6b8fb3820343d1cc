// Package picture is the room of members' pictures: set, shown and removed. What is sent is decoded before the gate;
// package raster knows how.
package picture

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/picturedb"
)

// Room holds the use cases.
type Room struct {
	gate  *action.Gate
	maker *raster.Maker
}

// New makes the room.
func New(g *action.Gate, m *raster.Maker) *Room { return &Room{g, m} }

// Set makes what was sent a member's picture. Kinds: Invalid (picture_too_large, picture_kind, picture_broken), Conflict
// (changed_meanwhile), NotFound, Denied.
func (r *Room) Set(ctx context.Context, id roster.MemberID, sent []byte) (team.View, error) {
	p, err := r.maker.Square(ctx, sent)
	if err != nil {
		return team.View{}, err
	}
	return action.Do(ctx, r.gate, act.MemberPicture, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (team.View, error) {
		m, err := person(ctx, tx, id)
		if err == nil && m.Picture != p.Hash {
			err = picturedb.Set(ctx, tx, m, p)
		}
		if err != nil {
			return team.View{}, err
		}
		return team.Of(ctx, tx, id)
	})
}

// Remove takes a member's picture away; without one nothing happens. Kinds: NotFound, Denied.
func (r *Room) Remove(ctx context.Context, id roster.MemberID) (team.View, error) {
	return action.Do(ctx, r.gate, act.MemberPictureRemove, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (team.View, error) {
		m, err := person(ctx, tx, id)
		if err == nil && m.Picture != "" {
			err = picturedb.Remove(ctx, tx, m)
		}
		if err != nil {
			return team.View{}, err
		}
		return team.Of(ctx, tx, id)
	})
}

// Show gives a member's picture to who may see the member. Kind: NotFound, also without one.
func (r *Room) Show(ctx context.Context, id roster.MemberID) (raster.Picture, error) {
	return action.LookAt(ctx, r.gate, act.MemberPictureShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (raster.Picture, error) {
		found, err := picturedb.Of(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
		if err != nil {
			return found.Value, err
		}
		return found.Or("picture")
	})
}

// person finds a member who can have a picture.
func person(ctx context.Context, tx *store.Tx, id roster.MemberID) (roster.Member, error) {
	found, err := memberdb.ByID(ctx, tx, tx.Org(), id)
	if err != nil {
		return found.Value, err
	}
	m, err := found.Or("member")
	if err == nil && (m.Kind == roster.API || m.Status == roster.Removed) {
		err = roster.Errorf(roster.Conflict, "no_picture", "%s can have no picture: only people who were not removed have one.", m.Label())
	}
	return m, err
}
