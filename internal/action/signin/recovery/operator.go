package recovery

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// Recovered is a link that the operator made. Secret is shown once; only its hash is kept.
type Recovered struct {
	Person roster.Person
	Secret string
	Until  time.Time
}

// Recover makes a link by which a member's person chooses a password anew, whatever they had, and with factors lets their
// second factors go: for who has nothing left, by the operator alone. It stands in the history of each organisation that
// they can enter and in the installation's, and a letter tells them. A password does not let anybody in where an
// organisation switched passwords off. Kinds: NotFound, Conflict (not_accepted, nowhere_active, comes_by_connection),
// Denied.
func (r *Room) Recover(ctx context.Context, id roster.MemberID, factors bool) (Recovered, error) {
	where, err := r.entering(ctx, id)
	if err != nil {
		return Recovered{}, err
	}
	p, actor := where[0].person, roster.ActorFrom(ctx)
	made := "(link)"
	if factors {
		made = "(link; second factors end with it)"
	}
	for _, m := range where {
		actor.Organisation = m.Org
		_, err := action.Do(roster.WithActor(ctx, actor), r.gate, act.MemberRecover, m.ref, func(_ context.Context, tx *store.Tx) (struct{}, error) {
			tx.Tell(roster.Change{Of: m.ref, Field: "recovery", To: made})
			return struct{}{}, nil
		})
		if err != nil {
			return Recovered{}, err
		}
	}
	key := secret.New(act.RecoveryPrefix)
	return action.Do(ctx, r.gate, act.PersonRecover, roster.RefPerson(p), func(ctx context.Context, tx *store.Tx) (Recovered, error) {
		person, err := persondb.Lock(ctx, tx, p)
		if err != nil {
			return Recovered{}, err
		}
		password, err := credentialdb.Password(ctx, tx, p)
		if err != nil {
			return Recovered{}, err
		}
		tx.Tell(roster.Change{Of: roster.RefPerson(p), Field: "recovery", To: made})
		l := recoverydb.Link{Person: p, Purpose: recoverydb.ByOperator, Given: secret.Hash(password.Value.Hash), Factors: factors, Until: tx.At().Add(Lasts)}
		if err := recoverydb.Mint(ctx, store.Noter{Tx: tx}, l, secret.Hash(key)); err != nil {
			return Recovered{}, err
		}
		return Recovered{person.Value, key, l.Until}, jobdb.Tell(ctx, tx, jobdb.Telling{Person: p, What: "operator"})
	})
}

// entering is one organisation that a person can enter, and whom they are there.
type entering struct {
	memberdb.Membership
	ref    roster.Ref
	person roster.PersonID
}

// entering gives the organisations that a member's person can enter.
func (r *Room) entering(ctx context.Context, id roster.MemberID) ([]entering, error) {
	return action.Look(ctx, r.gate, act.MemberRecover, func(ctx context.Context, rd store.Reader) ([]entering, error) {
		found, err := memberdb.ByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
		if err != nil {
			return nil, err
		}
		m, err := found.Or("member")
		if err != nil {
			return nil, err
		}
		if m.Person == "" {
			return nil, roster.Errorf(roster.Conflict, "not_accepted", "%s has not accepted the invitation yet. Make a fresh link for it instead.", m.Label())
		}
		p, err := persondb.ByID(ctx, rd, m.Person)
		if err == nil {
			err = methoddb.TakesPassword(ctx, rd, p.Value, m)
		}
		if err != nil {
			return nil, err
		}
		all, err := memberdb.OfPerson(ctx, rd, m.Person)
		if err != nil {
			return nil, err
		}
		var active []entering
		for _, a := range all {
			if a.Status == roster.Active {
				active = append(active, entering{a, roster.RefMember(a.Member, m.Email.Typed), m.Person})
			}
		}
		if len(active) == 0 {
			err = roster.Errorf(roster.Conflict, "nowhere_active", "%s is blocked wherever they belong. Unblock them first.", m.Label())
		}
		return active, err
	})
}
