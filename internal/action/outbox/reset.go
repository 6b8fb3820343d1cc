package outbox

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
)

// FactorReset is the kind of jobs that send the letter by which a person resets their second factor.
const FactorReset = "letter.factor_reset"

// ResetLasts is how long the link in such a letter works (design page 6, mailed links).
const ResetLasts = 30 * time.Minute

// PrepareReset mints the secret of a reset's letter that is about to leave and keeps its hash; that of an attempt before
// is dead. A letter is unwanted when its job was cancelled or claimed anew meanwhile, when the reset was finished, and
// where the member is not active any more.
func (r *Room) PrepareReset(ctx context.Context, j jobdb.Job) (Letter, error) {
	var l Letter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{Secret: secret.New(act.ResetPrefix), Unwanted: true}
		held, err := l.address(ctx, tx, j)
		if err != nil || !held || l.Member.Status != roster.Active {
			return err
		}
		if err := l.speak(ctx, tx); err != nil {
			return err
		}
		minted, err := factordb.Minted(ctx, tx, j.Org, l.Member.ID, secret.Hash(l.Secret), tx.At().Add(ResetLasts))
		l.Unwanted = !minted
		return err
	})
	return l, err
}

// Taken keeps that the mail server took a letter that carries no invitation.
func (r *Room) Taken(ctx context.Context, j jobdb.Job) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Finish(ctx, tx, j, jobdb.Done, tx.At(), "")
	})
}
