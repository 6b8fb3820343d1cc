package recovery

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// Letter is one letter to a person about to be sent.
type Letter struct {
	Language     string             // to write it in; empty where nobody chose one
	To           string             // as it is kept, not as it was typed
	Zone         string             // to write times in; empty where nobody chose one
	What         string             // which letter, as the catalogue calls it
	Name         string             // what it is about, such as a passkey, or who asked for it; may be empty
	Organisation string             // in which an administrator asked for it; empty where none did
	From         string             // the address from which it was done; may be empty
	At           time.Time          // when it was done; zero for what was asked for
	Secret       string             // of its link; empty for a letter without one
	Places       []recoverydb.Place // where the address has a way in
	Unwanted     bool               // nobody is to be told anything, or the job is not the asker's any more
}

// Prepare finds out what a letter that is about to leave says and to whom. The secret of its link is minted here, and
// only its hash kept; that of an attempt before is dead.
func (r *Room) Prepare(ctx context.Context, j jobdb.Job) (Letter, error) {
	var l Letter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{Unwanted: true}
		held, err := jobdb.Held(ctx, tx, j)
		if err != nil || !held {
			return err
		}
		switch j.Kind {
		case jobdb.Told:
			return l.tell(ctx, tx, j)
		case Reset:
			return l.reset(ctx, tx, j)
		}
		return l.answer(ctx, tx, j)
	})
	return l, err
}

// tell fills in what a person is told.
func (l *Letter) tell(ctx context.Context, tx store.Noter, j jobdb.Job) error {
	var t jobdb.Telling
	if err := json.Unmarshal([]byte(j.Payload), &t); err != nil {
		return err
	}
	p, err := persondb.ByID(ctx, tx, t.Person)
	l.To, l.Language, l.Zone, l.Unwanted = p.Value.Email.Typed, p.Value.Language, p.Value.Zone, !p.OK || p.Value.Email.Typed == ""
	l.What, l.Name, l.From, l.At = t.What, t.Name, t.From, j.MadeAt
	return err
}

// answer fills in what somebody asked for: a link, where the address means one person whose own password lets them in;
// else where and how it lets anybody in. Who is nowhere gets no letter.
func (l *Letter) answer(ctx context.Context, tx store.Noter, j jobdb.Job) error {
	var a asked
	if err := json.Unmarshal([]byte(j.Payload), &a); err != nil {
		return err
	}
	if !a.Places {
		if linked, err := l.link(ctx, tx, a); err != nil || linked {
			return err
		}
	}
	var err error
	l.Places, err = recoverydb.Places(ctx, tx, a.Address)
	if err != nil || len(l.Places) == 0 {
		return err
	}
	l.What, l.Unwanted, l.To, l.Language = "other_ways", false, l.Places[0].Email, l.Places[0].Language
	if a.Places {
		l.What = "places"
	}
	return nil
}

// link mints a link for the one person whom an address means, as it does at sign-in (decision 005).
func (l *Letter) link(ctx context.Context, tx store.Noter, a asked) (bool, error) {
	var hint roster.OrgID
	if a.Organisation != "" {
		o, err := orgdb.ByName(ctx, tx, a.Organisation)
		if err != nil {
			return false, err
		}
		hint = o.Value.ID
	}
	meant, err := persondb.Candidate(ctx, tx, persondb.Meaning{Org: hint, Folded: a.Address})
	if err != nil {
		return false, err
	}
	if may, err := signin.Recoverable(ctx, tx, meant.Person, meant.Password); err != nil || !may {
		return false, err
	}
	p := meant.Person
	l.To, l.Language, l.What, l.Unwanted = p.Email.Typed, p.Language, "recovery", false
	return true, l.mint(ctx, tx, p.ID, meant.Password)
}

// mint makes the letter's link; one that was mailed before, whoever asked for it, is dead.
func (l *Letter) mint(ctx context.Context, tx store.Noter, p roster.PersonID, has roster.Password) error {
	l.Secret = secret.New(act.RecoveryPrefix)
	return recoverydb.Mint(ctx, tx, recoverydb.Link{
		Person: p, Purpose: recoverydb.ByMail, Given: secret.Hash(has.Hash), Until: tx.At().Add(Lasts),
	}, secret.Hash(l.Secret))
}
