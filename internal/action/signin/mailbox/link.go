package mailbox

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Link is a mailed link as its holder sees it.
type Link struct {
	mailboxdb.Change
	Side   mailboxdb.Side
	person roster.Person
}

// over is the answer to a link that does not work.
func over() error {
	return roster.Errorf(roster.Gone, "email_link_over", "This link does not work any more. It works once, while its time lasts, and until the change is withdrawn, asked for anew, or the password is another.")
}

// Link shows what a mailed link is for; it changes nothing. Kind: Gone (email_link_over).
func (r *Room) Link(ctx context.Context, key string) (Link, error) {
	return action.Look(ctx, r.gate, act.EmailLink, func(ctx context.Context, rd store.Reader) (Link, error) {
		now, err := rd.Now(ctx)
		if err != nil {
			return Link{}, err
		}
		return find(ctx, rd, key, now)
	})
}

// find finds what a link is for, if it works. What is not done needs the password that it was asked for with. What the
// person's organisations say is asked where an address is proved: a change is refused and undone whatever they say.
func find(ctx context.Context, rd store.Reader, key string, now time.Time) (Link, error) {
	found, side, err := mailboxdb.ByHash(ctx, rd, secret.Hash(key))
	if err != nil {
		return Link{}, err
	}
	l := Link{Change: found.Value, Side: side}
	wants := mailboxdb.Asked
	if side == mailboxdb.Back {
		wants = mailboxdb.Done
	}
	if !found.OK || l.State != wants || !now.Before(l.UntilAt) {
		return Link{}, over()
	}
	p, err := persondb.ByID(ctx, rd, l.Person)
	if err != nil {
		return Link{}, err
	}
	if l.person = p.Value; side == mailboxdb.Back {
		return l, nil
	}
	given, err := given(ctx, rd, l.Person)
	if err != nil {
		return Link{}, err
	}
	if given != l.Given || p.Value.Email != l.Was {
		return Link{}, over()
	}
	return l, nil
}

// held finds what a link is for under its person's lock.
func held(ctx context.Context, tx *store.Tx, key string, sides ...mailboxdb.Side) (Link, error) {
	l, err := find(ctx, tx, key, tx.At())
	if err != nil {
		return l, err
	}
	if _, err := persondb.Lock(ctx, tx, l.Person); err != nil {
		return l, err
	}
	if l, err = find(ctx, tx, key, tx.At()); err != nil {
		return l, err
	}
	if !slices.Contains(sides, l.Side) {
		err = over()
	}
	return l, err
}

// Prove takes a mailbox's proof, by its link. With the second of the two the address is the new one: every session ends,
// links that were mailed before are dead, the old address is told, and the person's members follow. Kinds: Gone
// (email_link_over), Conflict (email_taken), Invalid (domain_not_allowed).
func (r *Room) Prove(ctx context.Context, key string) (mailboxdb.Change, error) {
	done, err := action.Do(ctx, r.gate, act.EmailProve, roster.Ref{}, func(ctx context.Context, tx *store.Tx) (mailboxdb.Change, error) {
		l, err := held(ctx, tx, key, mailboxdb.Old, mailboxdb.New)
		if err == nil {
			if _, err = belongs(ctx, tx, l.Person); roster.Is(err, "nowhere_active") {
				err = over()
			}
		}
		if err != nil {
			return l.Change, err
		}
		c := l.Change
		at := &c.OldAt
		if l.Side == mailboxdb.New {
			at = &c.NewAt
		}
		if !at.IsZero() {
			return c, nil
		}
		*at = tx.At()
		if err := mailboxdb.Prove(ctx, tx, c, l.Side); err != nil || !c.Proved() {
			return c, err
		}
		return c, l.finish(ctx, tx, &c)
	})
	if err == nil && done.State == mailboxdb.Done {
		r.followed(ctx, done.Person)
	}
	return done, err
}

// finish makes the new address the person's.
func (l Link) finish(ctx context.Context, tx *store.Tx, c *mailboxdb.Change) error {
	if err := l.vacant(ctx, tx); err != nil {
		return err
	}
	if err := persondb.Readdress(ctx, tx, l.person, c.Fresh); err != nil {
		return err
	}
	if err := cut(ctx, tx, c.Person); err != nil {
		return err
	}
	c.State, c.UntilAt = mailboxdb.Done, tx.At().Add(UndoLasts)
	if err := mailboxdb.Finish(ctx, tx, *c); err != nil {
		return err
	}
	return write(ctx, tx, *c, mailboxdb.Back)
}

// vacant asks whether the new address can be the person's: their organisations admit it, nobody has it, nobody left it and
// may come back, and in none of their organisations somebody else is called so. Only who proved both addresses is told.
func (l Link) vacant(ctx context.Context, tx *store.Tx) error {
	if err := admitted(ctx, tx, l.person, l.Fresh); err != nil {
		return err
	}
	taken, err := taken(ctx, tx, l.Change, tx.At())
	if err != nil {
		return err
	}
	if taken {
		return roster.Errorf(roster.Conflict, "email_taken", "%s belongs to another account by now. Nothing has changed.", l.Fresh.Typed)
	}
	where, err := mailboxdb.Another(ctx, tx, l.Person, l.Fresh.Folded)
	if err == nil && len(where) > 0 {
		err = roster.Errorf(roster.Conflict, "email_taken", "In %s somebody else is known by %s. Ask an administrator there to remove them, and open this link again.", where[0], l.Fresh.Typed)
	}
	return err
}

// taken tells whether an address is another person's, or can be again.
func taken(ctx context.Context, rd store.Reader, c mailboxdb.Change, now time.Time) (bool, error) {
	other, err := persondb.ByAddress(ctx, rd, "", c.Fresh.Folded)
	if err != nil || other.OK && other.Value.ID != c.Person {
		return other.OK, err
	}
	return mailboxdb.Rests(ctx, rd, c.Fresh.Folded, c.Person, now)
}

// cut ends what a person was given before their address changed: sessions, and links in letters.
func cut(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	if err := sessiondb.EndAll(ctx, tx, p, ""); err != nil {
		return err
	}
	return mailboxdb.Silence(ctx, store.Noter{Tx: tx}, p)
}

// Refuse ends a change that was asked for, by the old mailbox: whoever asked was not its holder. Kind: Gone
// (email_link_over).
func (r *Room) Refuse(ctx context.Context, key string) error {
	_, err := action.Do(ctx, r.gate, act.EmailRefuse, roster.Ref{}, func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		l, err := held(ctx, tx, key, mailboxdb.Old)
		if err != nil {
			return struct{}{}, err
		}
		_, err = mailboxdb.Withdraw(ctx, tx, l.Change)
		return struct{}{}, err
	})
	return err
}
