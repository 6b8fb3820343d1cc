// Package password is the room in which people change a password of their own while they are signed in. One that an
// administrator sets is the team's, and one that is chosen on coming in is signin's.
package password

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Room holds the use cases.
type Room struct {
	gate   *action.Gate
	hasher *secret.Hasher
}

// New makes the room.
func New(g *action.Gate, h *secret.Hasher) *Room { return &Room{g, h} }

// Offer is what the form is made of, and what a new password is judged by.
type Offer struct {
	Person roster.Person
	about  []string // what the password must not be built from
	hash   string
}

// Offer tells whether the actor has a password to change. Kinds: Denied (confirmation_required, own_proof_needed),
// Conflict (no_password).
func (r *Room) Offer(ctx context.Context) (Offer, error) {
	return action.Look(ctx, r.gate, act.OwnPasswordOffer, func(ctx context.Context, rd store.Reader) (Offer, error) {
		actor := roster.ActorFrom(ctx)
		p, err := persondb.ByID(ctx, rd, actor.Person)
		if err != nil {
			return Offer{}, err
		}
		if err := roster.OwnProof(p.Value, actor.Proofs); err != nil {
			return Offer{}, err
		}
		now, err := credentialdb.Password(ctx, rd, actor.Person)
		if err != nil {
			return Offer{}, err
		}
		if !now.OK {
			return Offer{}, roster.Errorf(roster.Conflict, "no_password", "You have no password here: you come in by your organisation's login method.")
		}
		o := Offer{Person: p.Value, hash: now.Value.Hash}
		o.about, err = persondb.Called(ctx, rd, actor.Person)
		o.about = append(o.about, p.Value.Email.Typed)
		return o, err
	})
}

// Criteria judges a password while it is typed. Kinds: as Offer.
func (r *Room) Criteria(ctx context.Context, password string) ([]secret.Criterion, error) {
	o, err := r.Offer(ctx)
	if err != nil {
		return nil, err
	}
	return secret.Criteria(password, secret.MinOnlyFactor, o.about...), nil
}

// Chosen is a new password, typed twice.
type Chosen struct{ Password, Repeat string }

// Changed is the session that goes on, with another secret.
type Changed struct {
	Session roster.Session
	Secret  string
}

// Change gives the actor another password. Their other sessions end, this one goes on with another secret, and ways back
// in that rest on the old one are dead. A letter tells them. Kinds: Invalid for the password (password_criteria, passwords_differ,
// password_same), Conflict (no_password, changed_meanwhile), Denied (confirmation_required, own_proof_needed), Unavailable.
func (r *Room) Change(ctx context.Context, in Chosen) (Changed, error) {
	o, err := r.Offer(ctx)
	if err != nil {
		return Changed{}, err
	}
	if err := secret.CheckTwice(in.Password, in.Repeat, o.about...); err != nil {
		return Changed{}, err
	}
	same, _, err := r.hasher.Verify(ctx, in.Password, o.hash)
	if err != nil {
		return Changed{}, err
	}
	if same {
		return Changed{}, roster.Errorf(roster.Invalid, "password_same", "That is the password you have. Choose another.").On("password")
	}
	hash, err := r.hasher.Hash(ctx, in.Password)
	if err != nil {
		return Changed{}, err
	}
	return r.keep(ctx, o, hash)
}

// keep keeps the new password, if the old one is still the one that was looked at.
func (r *Room) keep(ctx context.Context, o Offer, hash string) (Changed, error) {
	actor, key := roster.ActorFrom(ctx), secret.New(act.SessionPrefix)
	return action.Do(ctx, r.gate, act.OwnPassword, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (Changed, error) {
		now, err := credentialdb.Locked(ctx, tx, actor.Person)
		if err != nil {
			return Changed{}, err
		}
		if now.Value.Hash != o.hash {
			return Changed{}, store.ErrStale()
		}
		if err := credentialdb.SetPassword(ctx, tx, actor.Person, roster.Password{Hash: hash}); err != nil {
			return Changed{}, err
		}
		if err := sessiondb.EndAll(ctx, tx, actor.Person, actor.Session); err != nil {
			return Changed{}, err
		}
		s, err := sessiondb.ByID(ctx, tx, actor.Person, actor.Session)
		if err != nil || !s.OK {
			return Changed{}, err
		}
		if _, err := sessiondb.Renew(ctx, tx, s.Value, secret.Hash(key)); err != nil {
			return Changed{}, err
		}
		err = jobdb.Tell(ctx, tx, jobdb.Telling{Person: actor.Person, What: "changed"})
		return Changed{s.Value, key}, err
	})
}
