// Package mailbox is the room in which people change the address that they sign in by: the old mailbox and the new one
// prove it, by links that are mailed to them, and the old one can undo it for a while (decision 037). What organisations
// call their members follows here; everything else about a member is theirs.
package mailbox

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
)

// How long a change can be finished after it was asked for, and undone after it is done.
const (
	Lasts     = 24 * time.Hour
	UndoLasts = 72 * time.Hour
)

// Job is the kind of jobs that send the letters of a change.
const Job = "letter.mailbox"

// Room holds the use cases.
type Room struct {
	gate   *action.Gate
	hasher *secret.Hasher
}

// New makes the room.
func New(g *action.Gate, h *secret.Hasher) *Room { return &Room{g, h} }

// Standing is what a person sees of their own address.
type Standing struct {
	Person  roster.Person
	Managed string           // what the organisation is called that keeps it; empty for an own person
	Waiting mailboxdb.Change // what was asked for and is not done; without an ID there is none
}

// Show gives the actor's own address. A session that a connection alone proved learns of no change.
func (r *Room) Show(ctx context.Context) (Standing, error) {
	return action.Look(ctx, r.gate, act.EmailShow, func(ctx context.Context, rd store.Reader) (Standing, error) {
		s, err := standing(ctx, rd)
		if roster.OwnProof(s.Person, roster.ActorFrom(ctx).Proofs) != nil {
			s.Waiting = mailboxdb.Change{}
		}
		return s, err
	})
}

// Offer shows the form. Kind: Denied (confirmation_required, own_proof_needed, email_managed).
func (r *Room) Offer(ctx context.Context) (Standing, error) {
	return action.Look(ctx, r.gate, act.EmailOffer, func(ctx context.Context, rd store.Reader) (Standing, error) {
		s, err := standing(ctx, rd)
		if err == nil {
			err = s.free(roster.ActorFrom(ctx))
		}
		return s, err
	})
}

func standing(ctx context.Context, rd store.Reader) (Standing, error) {
	p, err := persondb.ByID(ctx, rd, roster.ActorFrom(ctx).Person)
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Person: p.Value}
	if p.Value.ManagedBy != "" && !p.Value.Operates() {
		o, err := orgdb.ByName(ctx, rd, string(p.Value.ManagedBy))
		s.Managed = o.Value.Name
		return s, err
	}
	waiting, err := mailboxdb.Waiting(ctx, rd, p.Value.ID)
	if err != nil || !waiting.OK {
		return s, err
	}
	given, err := given(ctx, rd, p.Value.ID)
	if err == nil && waiting.Value.Given == given && action.Moment(ctx).Before(waiting.Value.UntilAt) {
		s.Waiting = waiting.Value
	}
	return s, err
}

// free refuses who does not settle their own address.
func (s Standing) free(actor roster.Actor) error {
	switch {
	case s.Person.Operates():
		return roster.Errorf(roster.Denied, "email_managed", "The address of an operator's account stays as it is. Let an account with the other address be added on the machine.")
	case s.Person.ManagedBy != "":
		return roster.Errorf(roster.Denied, "email_managed", "%s made your account and keeps its address. Ask an administrator there.", s.Managed)
	}
	return roster.OwnProof(s.Person, actor.Proofs)
}

// given is a digest of a person's password as it is kept; of who has none, that of none.
func given(ctx context.Context, rd store.Reader, p roster.PersonID) (string, error) {
	password, err := credentialdb.Password(ctx, rd, p)
	return secret.Hash(password.Value.Hash), err
}

// Ask asks for a change to another address. A letter goes to each of the two, and whose the new one is, is found out when
// they are sent: the answer is the same for every address. What was asked for before is replaced. Kinds: Invalid for the
// address (email_invalid, email_same, domain_not_allowed), Denied (confirmation_required, own_proof_needed, email_managed,
// nowhere_active), Limited (too_many_letters).
func (r *Room) Ask(ctx context.Context, email string) (mailboxdb.Change, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.EmailAsk, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (mailboxdb.Change, error) {
		var none mailboxdb.Change
		if _, err := persondb.Lock(ctx, tx, actor.Person); err != nil {
			return none, err
		}
		s, err := standing(ctx, tx)
		if err == nil {
			err = s.free(actor)
		}
		if err != nil {
			return none, err
		}
		fresh, err := roster.ParseEmail(email)
		if err == nil && fresh.Folded == s.Person.Email.Folded {
			err = roster.Errorf(roster.Invalid, "email_same", "That is the address you sign in by. Write another.")
		}
		if err == nil {
			err = admitted(ctx, tx, s.Person, fresh)
		}
		if err != nil {
			return none, on(err)
		}
		if err := paced(ctx, tx, s.Person.ID, fresh); err != nil {
			return none, err
		}
		if err := withdraw(ctx, tx, s.Person.ID); err != nil {
			return none, err
		}
		c := mailboxdb.Change{ID: roster.NewID("adc_"), Person: s.Person.ID, State: mailboxdb.Asked, Was: s.Person.Email, Fresh: fresh, AskedAt: tx.At(), UntilAt: tx.At().Add(Lasts)}
		if c.Given, err = given(ctx, tx, s.Person.ID); err != nil {
			return none, err
		}
		if err := mailboxdb.Insert(ctx, tx, c); err != nil {
			return none, err
		}
		return c, write(ctx, tx, c, mailboxdb.Old, mailboxdb.New)
	})
}

// on says that what is wrong with an address is wrong with the field.
func on(err error) error {
	if e := roster.AsError(err); e.Kind == roster.Invalid {
		return e.On("email")
	}
	return err
}

// admitted asks the organisations of a person: they are active in one, and none that lets in its own domains alone, and
// let the old address in, would have let in the new one.
func admitted(ctx context.Context, rd store.Reader, p roster.Person, fresh roster.Email) error {
	all, err := belongs(ctx, rd, p.ID)
	if err != nil {
		return err
	}
	for _, at := range all {
		o, err := orgdb.ByName(ctx, rd, string(at.Org))
		if err != nil {
			return err
		}
		m, err := memberdb.ByID(ctx, rd, at.Org, at.Member)
		if err != nil {
			return err
		}
		if bad := o.Value.CheckDomain(m.Value.Kind, fresh); bad != nil && o.Value.CheckDomain(m.Value.Kind, p.Email) == nil {
			return bad
		}
	}
	return nil
}

// belongs gives where somebody belongs who is active somewhere. Kind: Denied (nowhere_active).
func belongs(ctx context.Context, rd store.Reader, p roster.PersonID) ([]memberdb.Membership, error) {
	all, err := memberdb.OfPerson(ctx, rd, p)
	if err == nil && !slices.ContainsFunc(all, func(m memberdb.Membership) bool { return m.Status == roster.Active }) {
		err = roster.Errorf(roster.Denied, "nowhere_active", "You are in no organisation that lets you in, so the address stays as it is. Ask an administrator of yours.")
	}
	return all, err
}

// paced bounds how many letters an hour follow: three changes asked for by a person, and three to one address, by whomever.
func paced(ctx context.Context, tx *store.Tx, p roster.PersonID, fresh roster.Email) error {
	budgets := []jobdb.Budget{
		{Key: "letter:" + secret.Hash("mailbox to\n"+fresh.Folded), Most: 3},
		{Key: "letter:" + secret.Hash("mailbox of\n"+string(p)), Most: 3},
	}
	over, ends, err := jobdb.Paced(ctx, tx, budgets, time.Hour)
	if err != nil || over < 0 {
		return err
	}
	return roster.Errorf(roster.Limited, "too_many_letters", "Too many letters were asked for within an hour. The last ones still count; look into both mailboxes.").After(ends.Sub(tx.At()))
}

// write queues letters about a change.
func write(ctx context.Context, tx *store.Tx, c mailboxdb.Change, to ...mailboxdb.Side) error {
	for _, side := range to {
		text, err := json.Marshal(about{c.ID, side})
		if err != nil {
			return err
		}
		if err := jobdb.Enqueue(ctx, tx, jobdb.Job{Org: roster.Installation, ID: roster.NewID("job_"), Kind: Job, About: string(c.Person), Payload: string(text)}); err != nil {
			return err
		}
	}
	return nil
}

// withdraw ends what a person asked for before.
func withdraw(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	before, err := mailboxdb.Waiting(ctx, tx, p)
	if err == nil && before.OK {
		_, err = mailboxdb.Withdraw(ctx, tx, before.Value)
	}
	return err
}

// Withdraw ends what the actor asked for; its links are dead. Kind: Denied (own_proof_needed).
func (r *Room) Withdraw(ctx context.Context) error {
	actor := roster.ActorFrom(ctx)
	_, err := action.Do(ctx, r.gate, act.EmailWithdraw, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		p, err := persondb.Lock(ctx, tx, actor.Person)
		if err == nil {
			err = roster.OwnProof(p.Value, actor.Proofs)
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, withdraw(ctx, tx, actor.Person)
	})
	return err
}
