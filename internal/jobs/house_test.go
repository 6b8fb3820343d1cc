package jobs_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/app"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewJSONHandler(j, nil)) }

// enqueue queues a job of a kind and gives its ID.
func enqueue(t *testing.T, h *rostertest.House, kind string) string {
	t.Helper()
	id := roster.NewID("job_")
	note(t, h, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Enqueue(ctx, tx.Tx, jobdb.Job{Org: h.Acme.ID, ID: id, Kind: kind, About: id, Payload: "{}"})
	})
	return id
}

func note(t *testing.T, h *rostertest.House, fn func(context.Context, store.Noter) error) {
	t.Helper()
	if err := action.Note(context.Background(), h.Gate, fn); err != nil {
		t.Fatal(err)
	}
}

// job reads a job that enqueue made; its zero value when it is gone.
func job(t *testing.T, h *rostertest.House, id string) (j jobdb.Job) {
	t.Helper()
	note(t, h, func(ctx context.Context, tx store.Noter) error {
		all, err := jobdb.About(ctx, tx, h.Acme.ID, id)
		if len(all) > 0 {
			j = all[0]
		}
		return err
	})
	return j
}

// finish is a handler that ends every job in a state.
func finish(h *rostertest.House, state jobdb.State) jobs.Handler {
	return func(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
		return jobs.Outcome{State: state}, action.Note(context.WithoutCancel(ctx), h.Gate, func(ctx context.Context, tx store.Noter) error {
			return jobdb.Finish(ctx, tx, j, state, tx.At(), "")
		})
	}
}

func due(t *testing.T, r *jobs.Runner) int {
	t.Helper()
	n, err := r.Due(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for late := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// real opens another house on the same database, whose clock is the database's own.
func real(t *testing.T, database string) *app.House {
	t.Helper()
	h, err := app.Open(context.Background(), app.Settings{Database: database, Key: secret.NewKey(), Hashing: rostertest.Cheap()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}
