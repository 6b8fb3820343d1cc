package history

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/chain"
	"roster/internal/chain/checkpoint"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
)

// daily is how often what a history is gets signed, if it went on.
const daily = 24 * time.Hour

// CheckpointKey is the purpose for which the key that signs checkpoints is derived from the installation's.
const CheckpointKey = "checkpoint"

// Checkpoint is what the history was at a moment: Text says so, signed.
type Checkpoint = eventdb.Checkpoint

// Key gives the key by which checkpoints are checked.
func (r *Room) Key() checkpoint.Public { return r.signer.Public() }

// Checkpoint signs what the actor's organisation's history is now, and keeps nothing: the asker does. Kind: Denied.
func (r *Room) Checkpoint(ctx context.Context) (Checkpoint, error) {
	m, err := action.Look(ctx, r.gate, act.HistoryCheckpoint, func(ctx context.Context, rd store.Reader) (chain.Mark, error) {
		head, err := eventdb.Head(ctx, rd, roster.ActorFrom(ctx).Organisation)
		if err != nil {
			return chain.Mark{}, err
		}
		m, err := head.Or("organisation")
		m.At = action.Moment(ctx)
		return m, err
	})
	if err != nil {
		return Checkpoint{}, err
	}
	return r.sign(m)
}

// Checkpoints gives those that are kept of the actor's organisation, the newest first, before a position (0 for all).
// limit is 1 to 200. Kinds: Invalid, Denied.
func (r *Room) Checkpoints(ctx context.Context, before int64, limit int) ([]Checkpoint, error) {
	return action.Look(ctx, r.gate, act.HistoryCheckpoints, func(ctx context.Context, rd store.Reader) ([]Checkpoint, error) {
		if err := inBounds(limit); err != nil {
			return nil, err
		}
		return eventdb.Checkpoints(ctx, rd, roster.ActorFrom(ctx).Organisation, before, limit)
	})
}

// Mark signs what the histories are that went on since yesterday, and keeps it.
func (r *Room) Mark(ctx context.Context) error {
	for {
		n := 0
		err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
			due, err := eventdb.Unmarked(ctx, tx, tx.At().Add(-daily))
			n = len(due)
			for _, m := range due {
				m.At = tx.At()
				c, err := r.sign(m)
				if err != nil {
					return err
				}
				if err := eventdb.Keep(ctx, tx, m.Organisation, c); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

func (r *Room) sign(m chain.Mark) (Checkpoint, error) {
	text, err := r.signer.Sign(m)
	return Checkpoint{Seq: m.Seq, At: m.At, Text: text}, err
}

// expect has a walk held against marks, and against the checkpoints that are kept where their key is known.
func (r *Room) expect(ctx context.Context, rd store.Reader, org roster.OrgID, w *chain.Walk, p Proving) error {
	w.Expect(p.Marks...)
	for before := int64(0); p.Kept; {
		some, err := eventdb.Checkpoints(ctx, rd, org, before, 200)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, c := range some {
			before = c.Seq
			m, err := r.signer.Public().Read(c.Text)
			if err != nil || m.Organisation != org || m.Seq != c.Seq {
				w.Bad(c.Seq, "the checkpoint of it that is kept does not hold")
				continue
			}
			w.Expect(m)
		}
		if before <= 0 { // no line stands there: the row was put there by hand, and before 0 would be all of them again
			break
		}
	}
	return nil
}
