package app

import (
	"context"
	"io"

	"roster/internal/store"
	"roster/internal/store/backup"
)

// Restore fills an empty database with a backup. Kinds: Invalid (backup_unreadable, backup_newer), Conflict
// (database_not_empty, database_newer).
func Restore(ctx context.Context, database string, in io.ReadSeeker) (backup.Restored, error) {
	return backup.Restore(ctx, store.Options{URL: database}, in)
}
