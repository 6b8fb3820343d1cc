package outbox

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
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
		l = Letter{Secret: secret.New(action.ResetPrefix), Unwanted: true}
		held, err := jobdb.Held(ctx, tx, j)
		if err != nil {
			return err
		}
		org, err := orgdb.ByName(ctx, tx, string(j.Org))
		if err != nil {
			return err
		}
		m, err := memberdb.ByID(ctx, tx, j.Org, roster.MemberID(j.About))
		if err != nil {
			return err
		}
		if l.Organisation, l.Member = org.Value, m.Value; !held || m.Value.Status != roster.Active {
			return nil
		}
		minted, err := factordb.Minted(ctx, tx, j.Org, m.Value.ID, secret.Hash(l.Secret), tx.At().Add(ResetLasts))
		l.Unwanted = !minted
		return err
	})
	return l, err
}

// SentReset keeps that the mail server took a reset's letter.
func (r *Room) SentReset(ctx context.Context, j jobdb.Job) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Finish(ctx, tx, j, jobdb.Done, tx.At(), "")
	})
}
