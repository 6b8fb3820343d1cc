package action

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
)

// Pace bounds how many letters an hour may follow (design page 6, mail abuse): to one address from one organisation,
// whoever it belongs to there and however often it is removed and added; by one actor; and from one organisation.
type Pace struct{ Address, Actor, Organisation int }

// paced counts a letter that follows about a member. The command line is bound by the address alone. Kind: Limited,
// code too_many_invitations.
func (in *inside) paced(ctx context.Context, p Pace, on roster.Ref) error {
	tx := in.tx
	m, known := roster.Member{}, false
	for _, s := range tx.Subjects() {
		if string(s.ID) == on.ID {
			m, known = s, true
		}
	}
	if !known {
		found, err := memberdb.ByID(ctx, tx, tx.Org(), roster.MemberID(on.ID))
		if err != nil {
			return err
		}
		m = found.Value
	}
	key := func(of, what string) string { return "letter:" + secret.Hash(string(tx.Org())+"\n"+of+"\n"+what) }
	budgets := []jobdb.Budget{{Key: key("address", m.Email.Folded), Most: p.Address}}
	if !in.actor.Root() {
		budgets = append(budgets, jobdb.Budget{Key: key("actor", in.actor.ID()), Most: p.Actor}, jobdb.Budget{Key: key("organisation", ""), Most: p.Organisation})
	}
	over, ends, err := jobdb.Paced(ctx, tx, budgets, time.Hour)
	if err != nil || over < 0 {
		return err
	}
	most := budgets[over].Most
	return []*roster.Error{
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour this address was sent %d invitations, and more must wait a while.", most).On("email"),
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour you sent %d invitations, and more must wait a while.", most),
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour your organisation sent %d invitations, and more must wait a while.", most),
	}[over].After(ends.Sub(tx.At()))
}
