package letters

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
)

// Outcome is what became of a letter that was to be sent again: its member, or why not.
type Outcome = action.Outcome[team.View]

// Choice is letters to send again.
type Choice struct {
	Letters []letterdb.Letter
	Left    int // how many more there are than are sent again at once
}

// Chosen finds the letters that are named, or without names all invitations whose letters did not arrive and can be sent
// again, the newest first; at most action.MostRows. It is for who sends invitations: what they see by that. Kinds: NotFound
// for a letter out of sight, Invalid (field_required, too_many_rows).
func (r *Room) Chosen(ctx context.Context, ids []string) (Choice, error) {
	return action.Look(ctx, r.gate, act.LetterOffer, func(ctx context.Context, rd store.Reader) (Choice, error) {
		var c Choice
		switch {
		case ids != nil && len(ids) == 0:
			return c, roster.Errorf(roster.Invalid, "field_required", "Name at least one letter.").On("letters")
		case len(ids) > action.MostRows:
			return c, roster.Errorf(roster.Invalid, "too_many_rows", "At most %d at once, please.", action.MostRows).On("letters")
		}
		sight, err := action.Sight(ctx)
		if err != nil {
			return c, err
		}
		f := letterdb.Filter{Org: roster.ActorFrom(ctx).Organisation, Within: sight, At: action.Moment(ctx), Limit: action.MostRows}
		if ids != nil {
			f.IDs = ids
			found, err := letterdb.List(ctx, rd, f)
			if err != nil {
				return c, err
			}
			return c.named(ids, found)
		}
		f.Kind, f.States, f.Open = invitation, jobdb.Dead(), true
		if c.Letters, err = letterdb.List(ctx, rd, f); err != nil || len(c.Letters) < f.Limit {
			return c, err
		}
		counts, err := letterdb.Counts(ctx, rd, f)
		for _, state := range f.States {
			c.Left += counts[state]
		}
		c.Left -= len(c.Letters)
		return c, err
	})
}

// invitation is the kind of letters that are sent again.
const invitation = "invitation"

// SendAgain sends invitations again whose letters did not arrive. Each is what resending it is (team.Resend), with its right,
// guards, pace and line: links from before are dead, and the letter makes another. At most action.MostRows. Kinds of an
// outcome: those of team.Resend, and Conflict with the code letter_state where it is no letter to send again any more.
func (r *Room) SendAgain(ctx context.Context, letters []letterdb.Letter) ([]Outcome, error) {
	on := func(l letterdb.Letter) roster.Ref { return roster.RefMember(l.To(), "") }
	return action.DoEach(ctx, r.gate, act.MemberResend, letters, on, func(ctx context.Context, tx *store.Tx, l letterdb.Letter) (team.View, error) {
		now, err := letterdb.List(ctx, tx, letterdb.Filter{Org: tx.Org(), IDs: []string{l.ID}, Member: l.To(), Kind: invitation, States: jobdb.Dead(), Open: true, Limit: 1})
		if err == nil && len(now) == 0 {
			err = roster.Errorf(roster.Conflict, "letter_state", "This letter is not one to send again: it is no invitation, did not fail, or is over. Look at the list again.")
		}
		if err != nil {
			return team.View{}, err
		}
		return team.SendAgain(ctx, tx, l.To())
	})
}

// named puts letters that were found into the order in which they were named. Kind: NotFound.
func (c Choice) named(ids []string, found []letterdb.Letter) (Choice, error) {
	by := map[string]letterdb.Letter{}
	for _, l := range found {
		by[l.ID] = l
	}
	for _, id := range ids {
		l, ok := by[id]
		if !ok {
			return c, store.ErrNone("letter")
		}
		c.Letters = append(c.Letters, l)
	}
	return c, nil
}
