package connect

import (
	"context"
	"net/url"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Confirming gives the connection by which the actor can prove anew that it is they: that of the organisation that manages
// them, if they come in by one that lets them in. OK is false where there is none.
func (r *Room) Confirming(ctx context.Context) (store.Found[login.Method], error) {
	return action.Look(ctx, r.gate, act.ConnectionStart, func(ctx context.Context, rd store.Reader) (store.Found[login.Method], error) {
		var none store.Found[login.Method]
		p, err := persondb.ByID(ctx, rd, roster.ActorFrom(ctx).Person)
		if err != nil || p.Value.ManagedBy == "" {
			return none, err
		}
		m, err := memberdb.ByPerson(ctx, rd, p.Value.ManagedBy, p.Value.ID)
		if err != nil || !m.OK {
			return none, err
		}
		i, err := methoddb.Of(ctx, rd, m.Value.Org, m.Value.ID)
		if err != nil || !i.OK {
			return none, err
		}
		by, err := methoddb.ByID(ctx, rd, m.Value.Org, i.Value.Method)
		if err != nil || by.Value.Ready() != nil {
			return none, err
		}
		return by, nil
	})
}

// Confirm sends who is signed in to their connection's provider, to sign in there anew. next is where to go afterwards; it may be
// empty. Kinds: Denied (confirm_by_signing_in) where they have no such connection, and Denied and Unavailable as the provider
// answers.
func (r *Room) Confirm(ctx context.Context, base *url.URL, next string) (Leaving, error) {
	by, err := r.Confirming(ctx)
	if err == nil && !by.OK {
		err = roster.Errorf(roster.Denied, "confirm_by_signing_in", "Sign out and in again to confirm that it is you.")
	}
	if err != nil {
		return Leaving{}, err
	}
	actor := roster.ActorFrom(ctx)
	return r.leave(ctx, base, by.Value, flow{Purpose: ToConfirm, Next: next, Session: actor.Session, Person: actor.Person})
}

// confirmed holds that who came back is whose session it is, and signed in just now: the session goes on with another secret and
// a fresh proof. Where the provider does not tell when that was, it counts that it was asked to let them sign in anew (decisions/064).
func (r *Room) confirmed(ctx context.Context, by login.Method, proven login.Proven) (signin.Signed, error) {
	actor := roster.ActorFrom(ctx)
	m, err := r.known(ctx, by, proven)
	if err == nil && m.Person != actor.Person {
		err = roster.Errorf(roster.Denied, "other_account", "You signed in at %s as %q, and that is not whose session this is. Nothing was confirmed. Sign in there with your own account.", by.Name, proven.Identifier)
	}
	if err == nil && m.anew {
		err = r.bind(ctx, by, m.Member, proven)
	}
	if err != nil {
		return signin.Signed{}, err
	}
	key := secret.New(act.SessionPrefix)
	return action.Do(ctx, r.gate, act.SessionConfirm, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (signin.Signed, error) {
		if _, err := persondb.Lock(ctx, tx, actor.Person); err != nil {
			return signin.Signed{}, err
		}
		if err := m.stands(ctx, tx, by, proven); err != nil {
			return signin.Signed{}, err
		}
		proof := proofBy(by, proven.At, tx.At())
		if proof.At.IsZero() {
			proof.At = tx.At()
		}
		if !roster.Confirmed([]roster.Proof{proof}, by.Org, tx.At()) {
			return signin.Signed{}, roster.Errorf(roster.Denied, "signed_in_long_ago", "%s says that you signed in there more than ten minutes ago. Sign out there, and confirm again.", by.Name)
		}
		s, err := sessiondb.Prove(ctx, tx, actor.Person, actor.Session, proof, secret.Hash(key))
		return signin.Signed{Session: s, Secret: key}, err
	})
}
