// Package backup is the room in which root copies the whole installation into a file, and tells the history of a copy that
// was taken back. What is copied, and how, is the store's.
package backup

import (
	"context"
	"io"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/backup"
)

// Room holds the use cases.
type Room struct {
	gate   *action.Gate
	engine string
}

// New makes the room; engine is the database's kind.
func New(g *action.Gate, engine string) *Room { return &Room{g, engine} }

// Write writes everything as it stands at one moment, compressed, into what begin gives, which is asked again where reading
// begins anew; servers go on meanwhile. The installation's history tells of it before, and so in the copy too. It gives how
// many rows that were. Kind: Denied for whoever is not root.
func (r *Room) Write(ctx context.Context, begin func() (io.Writer, error)) (int64, error) {
	if err := r.tell(ctx, act.InstallationBackup, "backup", "(all)"); err != nil {
		return 0, err
	}
	return action.Look(ctx, r.gate, act.InstallationBackup, func(ctx context.Context, _ store.Reader) (int64, error) {
		var rows int64
		err := action.Still(ctx, func(ctx context.Context, rd store.Reader) error {
			w, err := begin()
			if err == nil {
				rows, err = backup.Write(ctx, rd, r.engine, w)
			}
			return err
		})
		return rows, err
	})
}

// Restored tells the installation's history that everything in it stands as a copy of an earlier moment had it.
func (r *Room) Restored(ctx context.Context, from backup.Head) error {
	return r.tell(ctx, act.InstallationRestore, "backup", from.MadeAt.UTC().Format(time.RFC3339Nano))
}

func (r *Room) tell(ctx context.Context, name act.Name, field, value string) error {
	on := roster.House{}.Ref()
	_, err := action.Do(ctx, r.gate, name, on, func(_ context.Context, tx *store.Tx) (bool, error) {
		tx.Tell(roster.Change{Of: on, Field: field, To: value})
		return true, nil
	})
	return err
}
