package outbox

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// Way is the kind of jobs that send the letter which tells a member how they come in from now on.
const Way = "letter.way"

// WayLetter is such a letter: what it says is what is so when it leaves.
type WayLetter struct {
	Letter                    // its Secret is that of a link by which a first password is chosen; empty without one
	Connection  string        // by which they come in; empty for e-mail and password
	Unconfirmed bool          // they confirm it from a session of their own
	Lasts       time.Duration // how long the link works
}

// PrepareWay finds what a letter about a way in says as it leaves, and mints the secret of its link where it has one; of
// several attempts the last one's works. It is unwanted when its job was cancelled or claimed anew meanwhile, and once the
// membership ended.
func (r *Room) PrepareWay(ctx context.Context, j jobdb.Job) (WayLetter, error) {
	var l WayLetter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = WayLetter{Letter: Letter{Unwanted: true}}
		held, err := l.address(ctx, tx, j)
		if err != nil || !held || l.Member.Person == "" || l.Member.Status == roster.Removed {
			return err
		}
		l.Unwanted = false
		if err := l.speak(ctx, tx); err != nil {
			return err
		}
		i, err := methoddb.Of(ctx, tx, j.Org, l.Member.ID)
		if err != nil {
			return err
		}
		if !i.OK {
			return l.link(ctx, tx)
		}
		by, err := methoddb.ByID(ctx, tx, j.Org, i.Value.Method)
		l.Connection, l.Unconfirmed = by.Value.Name, i.Value.Unconfirmed
		return err
	})
	return l, err
}

// link mints a link for somebody whom the organisation manages and who has no password yet.
func (l *WayLetter) link(ctx context.Context, tx store.Noter) error {
	p, err := persondb.ByID(ctx, tx, l.Member.Person)
	if err != nil || p.Value.ManagedBy != l.Organisation.ID {
		return err
	}
	password, err := credentialdb.Password(ctx, tx, l.Member.Person)
	if err != nil || password.OK {
		return err
	}
	l.Secret, l.Lasts = secret.New(act.RecoveryPrefix), l.Organisation.InvitationTTL
	return recoverydb.Mint(ctx, tx, recoverydb.Link{
		Person: l.Member.Person, Purpose: recoverydb.ByMethod, Given: secret.Hash(""), Until: tx.At().Add(l.Lasts),
	}, secret.Hash(l.Secret))
}
