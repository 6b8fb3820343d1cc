package mailbox

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/persondb"
)

// about is what a letter's job is about.
type about struct {
	Change string
	Side   mailboxdb.Side
}

// Letter is a letter about a change of address that is about to be sent.
type Letter struct {
	Language string // to write it in; empty where nobody chose one
	To       string
	What     string // which letter, as the catalogue calls it
	Other    string // the new address, for the holder of the old one
	Secret   string // of its link; empty for a letter without one
	Lasts    time.Duration
	Unwanted bool // the change is over, or the job is not the asker's any more
}

// Prepare finds out what a letter that is about to leave says and to whom. The secret of its link is minted here, and
// only its hash kept; that of an attempt before is dead. Whoever has the new address already gets a letter that says so,
// and nobody else learns it.
func (r *Room) Prepare(ctx context.Context, j jobdb.Job) (Letter, error) {
	var l Letter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{Unwanted: true}
		var a about
		if err := json.Unmarshal([]byte(j.Payload), &a); err != nil {
			return err
		}
		held, err := jobdb.Held(ctx, tx, j)
		if err != nil || !held {
			return err
		}
		c, err := mailboxdb.ByID(ctx, tx, a.Change)
		if err != nil || !c.OK || !tx.At().Before(c.Value.UntilAt) {
			return err
		}
		return l.fill(ctx, tx, c.Value, a.Side)
	})
	return l, err
}

func (l *Letter) fill(ctx context.Context, tx store.Noter, c mailboxdb.Change, side mailboxdb.Side) error {
	wants := mailboxdb.Asked
	l.To, l.Other, l.Lasts = c.Was.Typed, c.Fresh.Typed, Lasts
	switch side {
	case mailboxdb.Old:
		l.What = "email_old"
	case mailboxdb.New:
		l.What, l.To, l.Other = "email_new", c.Fresh.Typed, ""
	case mailboxdb.Back:
		l.What, l.Lasts, wants = "email_back", UndoLasts, mailboxdb.Done
	}
	if c.State != wants {
		return nil
	}
	l.Unwanted = false
	p, err := persondb.ByID(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	l.Language = p.Value.Language
	if side == mailboxdb.New {
		has, err := l.known(ctx, tx, c)
		if err != nil || has {
			return err
		}
	}
	l.Secret = secret.New(act.EmailPrefix)
	return mailboxdb.Mint(ctx, tx, c.ID, side, secret.Hash(l.Secret))
}

// known makes it the letter for who has the new address already.
func (l *Letter) known(ctx context.Context, tx store.Noter, c mailboxdb.Change) (bool, error) {
	has, err := taken(ctx, tx, c, tx.At())
	if err != nil || !has {
		return false, err
	}
	l.What, l.Lasts = "email_taken", 0
	other, err := persondb.ByAddress(ctx, tx, roster.OrgID(""), c.Fresh.Folded)
	if err == nil && other.OK {
		l.To, l.Language = other.Value.Email.Typed, other.Value.Language
	}
	return true, err
}
