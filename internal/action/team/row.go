package team

import (
	"context"
	"slices"

	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Stop is what blocking does to a member, in the transaction of whoever blocks them.
func Stop(ctx context.Context, tx *store.Tx, id roster.MemberID, reason string) (View, error) {
	return changed(ctx, tx, id, func(m roster.Member) (roster.Member, error) {
		reason, err := roster.CleanText(reason, roster.MaxReason)
		if err != nil {
			return m, roster.AsError(err).On("reason")
		}
		now, err := m.Block(reason)
		if err != nil {
			return m, err
		}
		return now, closeInvitation(ctx, tx, m, roster.InvitationWithdrawn)
	})
}

// Readmit is what unblocking does to a member.
func Readmit(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	return changed(ctx, tx, id, roster.Member.Unblock)
}

// SendAgain is what resending does to an invitation.
func SendAgain(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	if _, err := renew(ctx, tx, id, func(i roster.Invitation) roster.Invitation { return i }); err != nil {
		return View{}, err
	}
	return view(ctx, tx, id)
}

// Shift gives a member some grants beside those that they hold, and takes others away, whatever their end. What
// is held already, or is not, stays so; what lies out of the actor's sight they neither give nor take.
func Shift(ctx context.Context, tx *store.Tx, id roster.MemberID, add, withdraw []Giving) (View, error) {
	m, err := load(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	held, err := roledb.Grants(ctx, tx, tx.Org(), m.ID)
	if err != nil {
		return View{}, err
	}
	gone, err := settle(ctx, tx, m, held, withdraw)
	if err != nil {
		return View{}, err
	}
	kept := slices.DeleteFunc(held, func(g roster.Grant) bool { return slices.ContainsFunc(gone, g.Alike) }) // gone holds what is out of sight, too
	if _, err := setGrants(ctx, tx, m, append(Givings(kept), add...)); err != nil {
		return View{}, err
	}
	return view(ctx, tx, id)
}

// changed is the shape of acts on one member: load, rule, save, show.
func changed(ctx context.Context, tx *store.Tx, id roster.MemberID, rule func(roster.Member) (roster.Member, error)) (View, error) {
	was, err := load(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	now, err := rule(was)
	if err != nil {
		return View{}, err
	}
	if _, err := memberdb.Update(ctx, tx, was, now); err != nil {
		return View{}, err
	}
	return view(ctx, tx, id)
}
