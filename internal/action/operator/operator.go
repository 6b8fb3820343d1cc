// Package operator is the room of those who run the installation: they are added and removed on the machine, and come
// in to their area. What they do there is in the rooms of what it is done to.
package operator

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/operatordb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Room holds the use cases of operators.
type Room struct {
	gate   *action.Gate
	hasher *secret.Hasher
}

// New makes the room.
func New(g *action.Gate, h *secret.Hasher) *Room { return &Room{g, h} }

// Draft is a new operator, with a password that is handed over.
type Draft struct {
	Email    string
	Password string
	Repeat   string
}

// Add makes an account of the installation's and gives it the mark. Its password opens nothing but the choice of
// another, for as long as an invitation lasts. Kinds: Invalid for the input, Conflict (operator_exists).
func (r *Room) Add(ctx context.Context, d Draft) (roster.Operator, error) {
	address, err := d.check()
	if err != nil {
		return roster.Operator{}, err
	}
	hash, err := r.hasher.Hash(ctx, d.Password)
	if err != nil {
		return roster.Operator{}, err
	}
	return action.Do(ctx, r.gate, act.OperatorAdd, roster.Ref{Kind: "person", Name: address.Typed}, func(ctx context.Context, tx *store.Tx) (roster.Operator, error) {
		known, err := persondb.ByAddress(ctx, tx, roster.Installation, address.Folded)
		if err != nil {
			return roster.Operator{}, err
		}
		p := known.Value
		if known.OK {
			if is, err := operatordb.Held(ctx, tx, p.ID); err != nil || is {
				return roster.Operator{}, or(err, roster.Errorf(roster.Conflict, "operator_exists", "%s is an operator already.", p.Email.Typed).On("email"))
			}
		} else {
			p = roster.Person{ID: roster.NewPersonID(), ManagedBy: roster.Installation, Email: address, CreatedAt: tx.At()}
			if _, err := persondb.Insert(ctx, tx, p); err != nil { // the installation's lock keeps others from it
				return roster.Operator{}, err
			}
		}
		if err := operatordb.Insert(ctx, tx, p); err != nil {
			return roster.Operator{}, err
		}
		given := roster.Password{Hash: hash, ChangeBy: tx.At().Add(roster.DefaultInvitationTTL)}
		return roster.Operator{Person: p, AddedAt: tx.At(), AddedBy: roster.ActorFrom(ctx).ID()}, credentialdb.SetPassword(ctx, tx, p.ID, given)
	})
}

// or gives the first of two errors that is one.
func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (d Draft) check() (roster.Email, error) {
	var bad roster.Problems
	address, err := roster.ParseEmail(d.Email)
	bad.Add("email", err)
	bad.Join(secret.CheckTwice(d.Password, d.Repeat, d.Email))
	return address, bad.Err()
}

// Remove takes the mark from an operator, with every way in to their account and every session. Kind: NotFound.
func (r *Room) Remove(ctx context.Context, email string) (roster.Operator, error) {
	return action.Do(ctx, r.gate, act.OperatorRemove, roster.Ref{Kind: "person", Name: email}, func(ctx context.Context, tx *store.Tx) (roster.Operator, error) {
		address, err := roster.ParseEmail(email)
		if err != nil {
			return roster.Operator{}, err
		}
		found, err := operatordb.ByAddress(ctx, tx, address.Folded)
		if err != nil {
			return roster.Operator{}, err
		}
		o := found.Value
		if !found.OK {
			return o, roster.Errorf(roster.NotFound, "not_found", "There is no operator %s. “roster operator list” shows them.", address.Typed)
		}
		if _, err := persondb.Lock(ctx, tx, o.Person.ID); err != nil {
			return o, err
		}
		if err := operatordb.Remove(ctx, tx, o.Person); err != nil {
			return o, err
		}
		if err := credentialdb.Erase(ctx, tx, o.Person.ID); err != nil {
			return o, err
		}
		return o, sessiondb.EndAll(ctx, tx, o.Person.ID, "")
	})
}

// List gives the operators, by address.
func (r *Room) List(ctx context.Context) ([]roster.Operator, error) {
	return action.Look(ctx, r.gate, act.OperatorList, operatordb.All)
}

// Enter gives the actor as the operator that they are. Kinds as the gate's: Denied (forbidden, factor_required,
// factor_setup_required).
func (r *Room) Enter(ctx context.Context) (roster.Actor, error) {
	return action.Look(ctx, r.gate, act.OperatorEnter, func(ctx context.Context, rd store.Reader) (roster.Actor, error) {
		actor := roster.ActorFrom(ctx)
		p, err := persondb.ByID(ctx, rd, actor.Person)
		actor.Kind, actor.Name = roster.ActorOperator, p.Value.Email.Typed
		return actor, err
	})
}
