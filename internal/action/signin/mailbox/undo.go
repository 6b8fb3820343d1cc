package mailbox

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// choosing is how long the choice of a password stands open after an undo: as by a mailed link.
const choosing = 30 * time.Minute

// Restored is an address that is its person's again. Choice opens the choice of a new password, as a mailed link does; it
// is empty where a password lets them in nowhere.
type Restored struct {
	Email  roster.Email
	Choice string
	person roster.PersonID
}

// Undo gives a person the old address back, by the link that its mailbox was sent. Whoever changed it is out: sessions
// end, their password is dead, and so are second factors added and changes made since it was asked for. Kinds: Gone
// (email_link_over), Conflict (email_taken), Unavailable.
func (r *Room) Undo(ctx context.Context, key string) (Restored, error) {
	l, err := r.Link(ctx, key)
	if err == nil && l.Side != mailboxdb.Back {
		err = over()
	}
	if err != nil { // nobody has something hashed by a link that undoes nothing
		return Restored{}, err
	}
	nobodys, err := r.hasher.Hash(ctx, secret.New("")) // a password that nobody knows
	if err != nil {
		return Restored{}, err
	}
	choice := secret.New(act.RecoveryPrefix)
	back, err := action.Do(ctx, r.gate, act.EmailUndo, roster.Ref{}, func(ctx context.Context, tx *store.Tx) (Restored, error) {
		l, err := held(ctx, tx, key, mailboxdb.Back)
		if err != nil {
			return Restored{}, err
		}
		done := Restored{Email: l.Was, person: l.Person}
		if err := l.restore(ctx, tx); err != nil {
			return done, err
		}
		open, err := l.reopen(ctx, tx, nobodys, choice)
		if open {
			done.Choice = choice
		}
		return done, err
	})
	if err == nil {
		r.followed(ctx, back.person)
	}
	return back, err
}

// restore gives the address back and ends what followed from the change.
func (l Link) restore(ctx context.Context, tx *store.Tx) error {
	other, err := persondb.ByAddress(ctx, tx, "", l.Was.Folded)
	if err != nil {
		return err
	}
	if other.OK && other.Value.ID != l.Person {
		return roster.Errorf(roster.Conflict, "email_taken", "%s belongs to another account by now. Nothing has changed.", l.Was.Typed)
	}
	if l.person.Email != l.Was {
		if err := persondb.Readdress(ctx, tx, l.person, l.Was); err != nil {
			return err
		}
	}
	if err := cut(ctx, tx, l.Person); err != nil {
		return err
	}
	if err := credentialdb.Forget(ctx, tx, l.Person, ""); err != nil {
		return err
	}
	if err := factordb.EndSince(ctx, tx, l.Person, l.AskedAt); err != nil {
		return err
	}
	if err := withdraw(ctx, tx, l.Person); err != nil {
		return err
	}
	if err := mailboxdb.Undo(ctx, tx, l.Change, tx.At().Add(UndoLasts)); err != nil {
		return err
	}
	return jobdb.Tell(ctx, tx, jobdb.Telling{Person: l.Person, What: "restored"})
}

// reopen puts a password that nobody knows in the place of the one that whoever changed the address may know, and opens
// the choice of another. Who has none, or one that an administrator set, keeps what they have.
func (l Link) reopen(ctx context.Context, tx *store.Tx, nobodys, choice string) (open bool, err error) {
	has, err := credentialdb.Password(ctx, tx, l.Person)
	if err != nil || !has.OK || has.Value.MustChange() {
		return false, err
	}
	now := roster.Password{Hash: nobodys}
	if err := credentialdb.SetPassword(ctx, tx, l.Person, now); err != nil {
		return false, err
	}
	open, err = signin.Recoverable(ctx, tx, l.person, now)
	if err != nil || !open {
		return false, err
	}
	return true, recoverydb.Mint(ctx, store.Noter{Tx: tx}, recoverydb.Link{
		Person: l.Person, Purpose: recoverydb.ByMail, Given: secret.Hash(nobodys), Until: tx.At().Add(choosing),
	}, secret.Hash(choice))
}
