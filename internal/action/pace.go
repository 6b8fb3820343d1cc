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
	keys, most := []string{key("address", m.Email.Folded)}, []int{p.Address}
	if !in.actor.Root() {
		keys, most = append(keys, key("actor", in.actor.ID()), key("organisation", "")), append(most, p.Actor, p.Organisation)
	}
	counts, over, err := jobdb.Paced(ctx, tx, keys, time.Hour)
	if err != nil {
		return err
	}
	for i, what := range []string{"this address was sent", "you sent", "your organisation sent"}[:len(keys)] {
		if counts[i] > most[i] {
			return roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour %s %d invitations, and more must wait a while.", what, most[i]).After(over[i].Sub(tx.At()))
		}
	}
	return nil
}
