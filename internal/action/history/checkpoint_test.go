package history_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// TestHistoriesAreSignedOnceADay: those that went on, and those alone; a checkpoint that somebody altered in the database
// is found, and so is a history that no longer fits one.
func TestHistoriesAreSignedOnceADay(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx, acme := context.Background(), h.CLI(h.Acme.ID)
		mark := func() []history.Checkpoint {
			t.Helper()
			if err := h.History.Mark(ctx); err != nil {
				t.Fatal(err)
			}
			kept, err := h.History.Checkpoints(acme, 0, 200)
			if err != nil {
				t.Fatal(err)
			}
			return kept
		}
		if kept := mark(); len(kept) != 1 {
			t.Fatalf("after the first day %d are kept", len(kept))
		}
		h.Join("anna@example.com", "Anna", "Berg", "auditor")
		if kept := mark(); len(kept) != 1 {
			t.Errorf("within the day there are %d", len(kept))
		}
		h.Clock.Pass(25 * time.Hour)
		kept := mark()
		if len(kept) != 2 || kept[0].Seq <= kept[1].Seq || !kept[0].At.Equal(h.Clock.Now()) {
			t.Fatalf("after another day: %+v", kept)
		}
		m, err := h.History.Key().Read(kept[0].Text)
		if err != nil || m.Organisation != h.Acme.ID || m.Seq != kept[0].Seq {
			t.Errorf("it reads %+v: %v", m, err)
		}
		h.Clock.Pass(25 * time.Hour)
		if again := mark(); len(again) != 2 {
			t.Errorf("nothing happened, and there are %d", len(again))
		}
		if of, err := h.History.Checkpoints(h.CLI(roster.Installation), 0, 200); err != nil || len(of) == 0 {
			t.Errorf("of the installation %d are kept: %v", len(of), err)
		}
		if all, err := h.History.Checkpoints(acme, 3_000_000_000, 200); err != nil || len(all) != 2 { // more than 32 bits hold
			t.Errorf("before a position far ahead are %d: %v", len(all), err)
		}
		if older, err := h.History.Checkpoints(acme, kept[0].Seq, 200); err != nil || len(older) != 1 {
			t.Errorf("before the newest are %d: %v", len(older), err)
		}
		h.Verified(h.Acme.ID)

		err = h.DB.Keep(ctx, func(ctx context.Context, tx store.Noter) error {
			_, err := tx.Note(ctx, store.BookCheckpoint, `UPDATE checkpoint SET text = $1 WHERE org_id = $2 AND seq = $3`, kept[1].Text, h.Acme.ID, kept[0].Seq)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		proof, err := h.History.Verify(acme, history.Proving{Kept: true})
		if err != nil || len(proof.Faults) != 1 || proof.Faults[0].Seq != kept[0].Seq {
			t.Errorf("of a checkpoint in another's place: %+v, %v", proof.Faults, err)
		}
		if proof, err = h.History.Verify(acme, history.Proving{}); err != nil || len(proof.Faults) != 0 {
			t.Errorf("without the kept ones: %+v, %v", proof.Faults, err)
		}
		m.Hash = "other"
		if proof, err = h.History.Verify(acme, history.Proving{Marks: []chain.Mark{m}}); err != nil || len(proof.Faults) != 1 {
			t.Errorf("against a checkpoint of another history: %+v, %v", proof.Faults, err)
		}
	})
}

// TestACheckpointWhereNoLineStandsIsAFault: somebody puts one into the database at no position, or before all of them. The walk
// tells so, and ends.
func TestACheckpointWhereNoLineStandsIsAFault(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		need(t, h.History.Mark(context.Background()))
		ctx, stop := context.WithTimeout(h.CLI(h.Acme.ID), 30*time.Second)
		defer stop()
		faulty := func(want ...int64) {
			t.Helper()
			proof, err := h.History.Verify(ctx, history.Proving{Kept: true})
			need(t, err)
			var at []int64
			for _, f := range proof.Faults {
				at = append(at, f.Seq)
			}
			if !slices.Equal(at, want) {
				t.Errorf("faults at %v, want %v", at, want)
			}
		}
		faulty()
		plant := func(seq int64) {
			alter(t, h, `INSERT INTO checkpoint (org_id, seq, at, text) VALUES ($1, $2, 0, 'x')`, h.Acme.ID, seq)
		}
		plant(0)
		faulty(0)
		plant(-7)
		faulty(0, -7)
		alter(t, h, `DELETE FROM checkpoint WHERE org_id = $1 AND seq = 0`, h.Acme.ID)
		faulty(-7)
	})
}
