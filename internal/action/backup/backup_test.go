package backup_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/backup"
)

// TestABackupAndARestoreAreToldByTheHistory: the copy holds the line of its own making, and what is restored the one of that;
// nobody but root does either.
func TestABackupAndARestoreAreToldByTheHistory(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		var file bytes.Buffer
		begin := func() (io.Writer, error) {
			file.Reset()
			return &file, nil
		}
		for who, ctx := range map[string]context.Context{"an Owner": h.As(h.Owner), "nobody": h.As(roster.Actor{Kind: roster.ActorNobody})} {
			if _, err := h.Backups.Write(ctx, begin); err == nil || file.Len() > 0 {
				t.Errorf("%s took a backup", who)
			}
			if err := h.Backups.Restored(ctx, backup.Head{}); err == nil {
				t.Errorf("%s told of a restore", who)
			}
		}
		rows, err := h.Backups.Write(h.CLI(""), begin)
		if err != nil || rows == 0 {
			t.Fatalf("%d rows, %v", rows, err)
		}
		database := t.TempDir() + "/restored.db"
		done, err := backup.Restore(context.Background(), store.Options{URL: database}, bytes.NewReader(file.Bytes()))
		if err != nil || done.Rows != rows {
			t.Fatalf("restored %d rows of %d, %v", done.Rows, rows, err)
		}
		r := rostertest.Open(t, database)
		if err := r.Backups.Restored(r.CLI(""), done.Head); err != nil {
			t.Fatal(err)
		}
		page, err := r.History.OfInstallation(r.CLI(""), history.Query{Limit: 2})
		if err != nil || len(page.Events) != 2 {
			t.Fatalf("the history: %+v, %v", page, err)
		}
		restored, made := page.Events[0], page.Events[1]
		if made.Action != string(act.InstallationBackup) || restored.Action != string(act.InstallationRestore) || restored.Changes[0].To != done.MadeAt.UTC().Format(time.RFC3339Nano) {
			t.Errorf("%s %+v, %s", restored.Action, restored.Changes, made.Action)
		}
		r.Verified(roster.Installation)
	})
}
