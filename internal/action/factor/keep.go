package factor

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/persondb"
)

// asking gives the actor's person. A session that a connection alone proved must change nothing elsewhere (design page 1,
// rule 7): a second factor is asked for wherever its person belongs, and a passkey may let them in by itself.
func asking(ctx context.Context, rd store.Reader) (roster.Person, error) {
	actor := roster.ActorFrom(ctx)
	p, err := persondb.ByID(ctx, rd, actor.Person)
	if err == nil {
		err = roster.OwnProof(p.Value, actor.Proofs)
	}
	return p.Value, err
}

// own locks the actor's person, as asking finds them.
func own(ctx context.Context, tx *store.Tx) error {
	if _, err := persondb.Lock(ctx, tx, roster.ActorFrom(ctx).Person); err != nil {
		return err
	}
	_, err := asking(ctx, tx)
	return err
}

// mine finds one of the actor's second factors under their lock, with all they have. Kinds: NotFound, Denied
// (own_proof_needed).
func mine(ctx context.Context, tx *store.Tx, id string) (roster.Factor, []roster.Factor, error) {
	if err := own(ctx, tx); err != nil {
		return roster.Factor{}, nil, err
	}
	all, err := factordb.Of(ctx, tx, roster.ActorFrom(ctx).Person)
	if err != nil {
		return roster.Factor{}, nil, err
	}
	for _, f := range all {
		if f.ID == id {
			return f, all, nil
		}
	}
	return roster.Factor{}, nil, store.ErrNone("second factor")
}

// Rename gives one of the actor's second factors another name. Kinds: NotFound, Invalid for the name, Denied
// (own_proof_needed).
func (r *Room) Rename(ctx context.Context, id, name string) (roster.Factor, error) {
	return action.Do(ctx, r.gate, act.FactorRename, roster.RefPerson(roster.ActorFrom(ctx).Person), func(ctx context.Context, tx *store.Tx) (roster.Factor, error) {
		f, _, err := mine(ctx, tx, id)
		if err != nil {
			return f, err
		}
		var bad roster.Problems
		clean, err := cleanName(name)
		bad.Add("name", err)
		if err := bad.Err(); err != nil {
			return f, err
		}
		was := f
		f.Name = clean
		return f, factordb.Rename(ctx, tx, roster.ActorFrom(ctx).Person, was, clean)
	})
}

// Remove ends one of the actor's second factors; with the last one their recovery codes end too. Kinds: NotFound,
// Conflict (last_way_in), Denied (confirmation_required, own_proof_needed).
func (r *Room) Remove(ctx context.Context, id string) (roster.Factor, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.FactorRemove, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (roster.Factor, error) {
		f, all, err := mine(ctx, tx, id)
		if err != nil {
			return f, err
		}
		if err := keepsWayIn(ctx, tx, f, all); err != nil {
			return f, err
		}
		if _, err := factordb.Remove(ctx, tx, actor.Person, f); err != nil {
			return f, err
		}
		if len(all) == 1 {
			if err := factordb.SetCodes(ctx, tx, actor.Person, nil); err != nil {
				return f, err
			}
		}
		return f, jobdb.Tell(ctx, tx, jobdb.Telling{Person: actor.Person, What: "factor_removed", Name: f.Name})
	})
}

// keepsWayIn refuses that a passkey goes by which alone its person comes in: they have no other, and no password of their
// own.
func keepsWayIn(ctx context.Context, tx *store.Tx, f roster.Factor, all []roster.Factor) error {
	if !f.Alone {
		return nil
	}
	for _, other := range all {
		if other.Alone && other.ID != f.ID {
			return nil
		}
	}
	password, err := credentialdb.Password(ctx, tx, roster.ActorFrom(ctx).Person)
	if err == nil && (!password.OK || password.Value.MustChange()) {
		err = roster.Errorf(roster.Conflict, "last_way_in", "%s is your only way in. Make another passkey first.", f.Name)
	}
	return err
}
