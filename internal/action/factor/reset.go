package factor

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Reset is what became of a reset.
type Reset struct {
	Member roster.Member
	ByMail bool // the person gets a letter, and lets go of the factor themselves
}

// Reset lets a member begin anew with second factors that are lost (design page 1, rule 3). Of the organisation's own
// managed person they end at once, and their sessions. Of any other the administrator only starts it: a mailed link
// and the password finish it, whether or not the person belongs elsewhere. Kinds: Conflict (no_factor), NotFound, Denied
// (stronger_target, not_on_yourself, confirmation_required).
func (r *Room) Reset(ctx context.Context, id roster.MemberID) (Reset, error) {
	return action.Do(ctx, r.gate, act.MemberFactorReset, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Reset, error) {
		found, err := memberdb.ByID(ctx, tx, tx.Org(), id)
		if err != nil {
			return Reset{}, err
		}
		m := found.Value
		p, err := persondb.Lock(ctx, tx, m.Person)
		if err != nil {
			return Reset{}, err
		}
		has, err := factordb.Has(ctx, tx, m.Person)
		if err != nil {
			return Reset{}, err
		}
		if !p.OK || !has {
			return Reset{}, roster.Errorf(roster.Conflict, "no_factor", "%s has no second factor.", m.Label())
		}
		if p.Value.ManagedBy != tx.Org() {
			return Reset{m, true}, factordb.Start(ctx, tx, m.Ref())
		}
		if err := factordb.Reset(ctx, tx, m.Person); err != nil {
			return Reset{}, err
		}
		if err := sessiondb.EndAll(ctx, tx, m.Person, ""); err != nil {
			return Reset{}, err
		}
		return Reset{m, false}, jobdb.Tell(ctx, tx, jobdb.Telling{Person: m.Person, What: "factors_reset"})
	})
}
