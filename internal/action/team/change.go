package team

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/credentialdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Edit is a change of a member's profile and, where Grants is set, of all their grants.
type Edit struct {
	Profile    func(roster.Member) roster.Profile // the whole profile as it shall be; nil leaves it
	ExternalID *string                            // what the host product calls them; nil leaves it
	Grants     *[]Giving
	Version    int64 // the version that was looked at; 0 to take whatever is there
}

// Edit changes a member. Kinds: Invalid for the input, Conflict (changed_meanwhile, last_owner,
// external_id_taken), Denied (exceeds_authority; stronger_target, also for the external ID of who holds more).
func (r *Room) Edit(ctx context.Context, id roster.MemberID, e Edit) (View, error) {
	return action.Do(ctx, r.gate, act.MemberEdit, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		return e.Make(ctx, tx, id)
	})
}

// Make is what an edit does in its transaction, or in its row of a series.
func (e Edit) Make(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	was, err := load(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	if e.Version != 0 && e.Version != was.Version {
		return View{}, store.ErrStale()
	}
	now, err := e.apply(was, tx.Organisation().PhoneRequired)
	if err != nil {
		return View{}, err
	}
	edited := now
	if now, err = memberdb.Update(ctx, tx, was, edited); err != nil {
		return View{}, naming(ctx, tx, edited, err)
	}
	if e.Grants != nil {
		if _, err := setGrants(ctx, tx, now, *e.Grants); err != nil {
			return View{}, err
		}
	}
	v, err := view(ctx, tx, id)
	v.Gained, v.Lost = without(tx.Given(), tx.Taken()), without(tx.Taken(), tx.Given())
	return v, err
}

// apply gives the member with the fields of the edit.
func (e Edit) apply(m roster.Member, phoneRequired bool) (roster.Member, error) {
	var bad roster.Problems
	if e.Profile != nil {
		now, err := m.Edit(e.Profile(m), phoneRequired && m.Kind == roster.Regular)
		if err != nil && roster.AsError(err).Kind != roster.Invalid {
			return m, err
		}
		bad.Join(err)
		m = now
	}
	if e.ExternalID != nil {
		if m.ExternalID != *e.ExternalID {
			m.ExternalID = *e.ExternalID
			bad.Add("external_id", m.CheckExternalID())
		}
	}
	return m, bad.Err()
}

// Block stops a member until Unblock: a pending link dies, access and tokens end before it returns.
// Kinds: Invalid for the reason, Conflict (already_blocked, last_owner), Denied.
func (r *Room) Block(ctx context.Context, id roster.MemberID, reason string) (View, error) {
	return action.Do(ctx, r.gate, act.MemberBlock, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		return Stop(ctx, tx, id, reason)
	})
}

// Unblock gives a member the status from before the block. Kinds: Conflict (not_blocked), Denied.
func (r *Room) Unblock(ctx context.Context, id roster.MemberID) (View, error) {
	return action.Do(ctx, r.gate, act.MemberUnblock, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		return Readmit(ctx, tx, id)
	})
}

// Remove ends a membership for good: link dead, access and tokens end, the seat is free. At a person's
// last membership their credentials are erased and their sessions end. Kinds: Conflict (last_owner), Denied.
func (r *Room) Remove(ctx context.Context, id roster.MemberID) (View, error) {
	return action.Do(ctx, r.gate, act.MemberRemove, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		return End(ctx, tx, id)
	})
}

// End is what removing does to the member, in the transaction of whoever removes them.
func End(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	m, err := load(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	now, err := m.Remove(tx.At())
	if err != nil {
		return View{}, err
	}
	if err := closeInvitation(ctx, tx, m, roster.InvitationWithdrawn); err != nil {
		return View{}, err
	}
	if m.Kind == roster.API {
		err = apidb.Erase(ctx, tx, m.Ref(), m.ID)
	} else if err = methoddb.Drop(ctx, tx, m); err == nil {
		err = forgetPerson(ctx, tx, m)
	}
	if err != nil {
		return View{}, err
	}
	if _, err := memberdb.Update(ctx, tx, m, now); err != nil {
		return View{}, err
	}
	return Of(ctx, tx, id)
}

// forgetPerson erases a person's ways in when the membership that ends is their last.
func forgetPerson(ctx context.Context, tx *store.Tx, m roster.Member) error {
	if m.Person == "" {
		return nil
	}
	if _, err := persondb.Lock(ctx, tx, m.Person); err != nil {
		return err
	}
	others, err := memberdb.OfPerson(ctx, tx, m.Person)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.Org != tx.Org() {
			return nil
		}
	}
	if err := credentialdb.Erase(ctx, tx, m.Person); err != nil {
		return err
	}
	if err := mailboxdb.Silence(ctx, store.Noter{Tx: tx}, m.Person); err != nil { // a link is no way around it either
		return err
	}
	return sessiondb.EndAll(ctx, tx, m.Person, "")
}
