package signin

import (
	"cmp"
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// LettingGo is a reset of second factors that an administrator began, as the holder of its mailed link sees it.
type LettingGo struct {
	Organisation roster.Organisation
	Person       roster.Person
	hash         string // of the password
}

// LettingGo shows the reset behind a mailed link; it changes nothing. Kind: Gone (factor_reset_over) once it was used,
// after half an hour, when another was begun, and where the member is not active any more.
func (r *Room) LettingGo(ctx context.Context, org roster.OrgID, key string) (LettingGo, error) {
	return action.Look(ctx, r.gate, act.FactorLetGoShow, func(ctx context.Context, rd store.Reader) (LettingGo, error) {
		return lettingGo(ctx, rd, org, key)
	})
}

func lettingGo(ctx context.Context, rd store.Reader, org roster.OrgID, key string) (LettingGo, error) {
	over := roster.Errorf(roster.Gone, "factor_reset_over", "This link does not work any more. It works once, for half an hour; ask your administrator to reset your second factor again.")
	open, err := factordb.ByHash(ctx, rd, org, secret.Hash(key))
	if err != nil {
		return LettingGo{}, err
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return LettingGo{}, err
	}
	if !open.OK || !now.Before(open.Value.Until) {
		return LettingGo{}, over
	}
	m, err := memberdb.ByID(ctx, rd, org, open.Value.Member)
	if err != nil {
		return LettingGo{}, err
	}
	o, err := orgdb.ByName(ctx, rd, string(org))
	if err == nil {
		err = policy.Reach(o.Value, roster.ActorFrom(ctx))
	}
	if err != nil {
		return LettingGo{}, err
	}
	p, err := persondb.ByID(ctx, rd, m.Value.Person)
	if err != nil {
		return LettingGo{}, err
	}
	password, err := credentialdb.Password(ctx, rd, m.Value.Person)
	if err == nil && (m.Value.Status != roster.Active || !p.OK || !password.OK) {
		err = over
	}
	return LettingGo{o.Value, p.Value, password.Value.Hash}, err
}

// Letting finishes a reset.
type Letting struct {
	Secret   string // of the mailed link
	Password string
	Device   string // the secret of the browser's cookie, where somebody signed in there before
}

// LetGo finishes a reset with the proof that is left, the password: every second factor of the person ends, their
// recovery codes and their sessions. Tries count with those at signing in. Kinds: Gone (factor_reset_over), Invalid
// (wrong_password), Limited, Unavailable.
func (r *Room) LetGo(ctx context.Context, org roster.OrgID, in Letting) error {
	was, err := r.LettingGo(ctx, org, in.Secret)
	if err == nil {
		err = r.hasher.Open()
	}
	if err != nil {
		return err
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, was.Person.ID, was.Person.Email.Typed
	ctx = roster.WithActor(ctx, actor)
	tries, _, err := r.triesAt(ctx, was.Person, in.Device)
	if err == nil {
		tries, err = r.reserve(ctx, tries)
	}
	if err == nil {
		err = r.right(ctx, in.Password, was.hash)
	}
	if err != nil {
		return err
	}
	_, err = action.Do(ctx, r.gate, act.FactorLetGo, roster.RefPerson(was.Person.ID), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		if _, err := persondb.Lock(ctx, tx, was.Person.ID); err != nil {
			return struct{}{}, err
		}
		now, err := lettingGo(ctx, tx, org, in.Secret)
		if err != nil {
			return struct{}{}, err
		}
		if finished, err := factordb.Finish(ctx, store.Noter{Tx: tx}, org, secret.Hash(in.Secret)); err != nil || !finished || now.hash != was.hash {
			return struct{}{}, cmp.Or[error](err, store.ErrStale())
		}
		if err := factordb.Reset(ctx, tx, now.Person.ID); err != nil {
			return struct{}{}, err
		}
		if err := sessiondb.EndAll(ctx, tx, now.Person.ID, ""); err != nil {
			return struct{}{}, err
		}
		if err := jobdb.Tell(ctx, tx, jobdb.Telling{Person: now.Person.ID, What: "factors_let_go"}); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, forgive(ctx, tx, tries)
	})
	return err
}
