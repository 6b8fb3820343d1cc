package unit

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// What stands here is what the use cases do to one unit, for a series of acts (action.Series) that makes it a part of its
// own transaction. Kinds of errors are those of the use cases.

// Make makes a unit, of which kind, name, external ID and parent are given.
func Make(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	_, err := Draft{Kind: u.Kind, Name: u.Name, ExternalID: u.ExternalID, Parent: string(u.Parent)}.put(ctx, tx, u.ID)
	return err
}

// Alter gives a unit another name and external ID.
func Alter(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	_, err := changed(ctx, tx, u.ID, 0, Edit{Name: &u.Name, ExternalID: &u.ExternalID}.apply)
	return err
}

// Shift puts a unit under another parent.
func Shift(ctx context.Context, tx *store.Tx, id, parent roster.UnitID) error {
	_, err := Moving{Parent: string(parent)}.put(ctx, tx, id)
	return err
}

// PutAway archives a unit.
func PutAway(ctx context.Context, tx *store.Tx, id roster.UnitID) error {
	_, err := changed(ctx, tx, id, 0, putAway)
	return err
}

// TakeBack restores a unit.
func TakeBack(ctx context.Context, tx *store.Tx, id roster.UnitID) error {
	_, err := changed(ctx, tx, id, 0, takeBack)
	return err
}
