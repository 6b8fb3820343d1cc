package team

import (
	"context"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
)

// InviteEach adds several people by invitation, each as by Invite but under one lock: with an outcome, a line
// of the history and a letter of their own, and one that is refused takes no other down. An address that stands
// twice is invited once. At most action.MostRows. Kinds of an outcome: those of Invite, and Invalid with the
// code doubled. Kind of the error: Invalid (field_required, too_many_rows).
func (r *Room) InviteEach(ctx context.Context, all []Invitation) ([]action.Outcome[View], error) {
	if len(all) == 0 {
		return nil, roster.Errorf(roster.Invalid, "field_required", "Name at least one address.").On("addresses")
	}
	rows := make([]row, len(all))
	first := map[string]bool{}
	for i, in := range all {
		rows[i] = row{Invitation: in, id: roster.NewMemberID()}
		if address, err := roster.ParseEmail(in.Email); err == nil {
			rows[i].doubled = first[address.Folded]
			first[address.Folded] = true
		}
	}
	return action.DoEach(ctx, r.gate, action.MemberInvite, rows, row.ref, func(ctx context.Context, tx *store.Tx, in row) (View, error) {
		if in.doubled {
			return View{}, roster.Errorf(roster.Invalid, "doubled", "This address stands here more than once. It counts once.").On("email")
		}
		return in.send(ctx, tx, in.id)
	})
}

// row is one invitation of several.
type row struct {
	Invitation
	id      roster.MemberID
	doubled bool // an earlier row has the address
}

func (r row) ref() roster.Ref {
	on := roster.RefMember(r.id, r.Email)
	on.At = roster.UnitID(r.Unit)
	return on
}
