package role

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// What stands here is what the use cases do to one role, for a series of acts (action.Series) that makes it a part of its
// own transaction. Kinds of errors are those of the use cases.

// Make makes a role, of which key, name, description, kind of holders and content are given.
func Make(ctx context.Context, tx *store.Tx, v roster.Role) error {
	_, err := Draft{Key: v.Key, Name: v.Name, Description: v.Description, For: string(v.For), Permissions: v.Permissions, Scopes: v.Scopes}.put(ctx, tx, v.ID)
	return err
}

// Alter gives a role another name, description, kind of holders and content.
func Alter(ctx context.Context, tx *store.Tx, v roster.Role) error {
	open := string(v.For)
	_, _, err := Edit{Name: &v.Name, Description: &v.Description, For: &open, Permissions: &v.Permissions, Scopes: &v.Scopes}.put(ctx, tx, v.ID)
	return err
}

// End deletes a role that nobody holds.
func End(ctx context.Context, tx *store.Tx, id string) error {
	_, err := end(ctx, tx, id, 0)
	return err
}
