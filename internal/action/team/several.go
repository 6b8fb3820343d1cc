package team

import (
	"context"

	"roster/internal/act"
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
	if len(all) > action.MostRows {
		return nil, crowded()
	}
	rows := make([]row, len(all))
	twice := doubles{}
	for i, in := range all {
		rows[i] = row{in, roster.NewMemberID(), twice.again(in.Email)}
	}
	return action.DoEach(ctx, r.gate, act.MemberInvite, rows, row.ref, func(ctx context.Context, tx *store.Tx, in row) (View, error) {
		if in.doubled {
			return View{}, doubled()
		}
		return in.Send(ctx, tx, in.id)
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

// doubles are the addresses that stood before.
type doubles map[string]bool

// again tells whether an address stood before. What is no address never did.
func (d doubles) again(s string) bool {
	address, err := roster.ParseEmail(s)
	if err != nil {
		return false
	}
	was := d[address.Folded]
	d[address.Folded] = true
	return was
}

func doubled() *roster.Error {
	return roster.Errorf(roster.Invalid, "doubled", "This address stands here more than once. It counts once.").On("email")
}

// Reading is one whom a text names, with what is wrong at first sight.
type Reading struct {
	roster.Recipient
	Wrong *roster.Error // nil when nothing is
}

// Read tells whom a text names and which of them could not be invited as members of a kind: what is no
// address, stands twice, or has a domain that is not allowed. Nothing changes. Kinds: Invalid (too_many_rows),
// Denied.
func (r *Room) Read(ctx context.Context, text string, kind roster.MemberKind) ([]Reading, error) {
	return action.Look(ctx, r.gate, act.MemberOffer, func(ctx context.Context, rd store.Reader) ([]Reading, error) {
		o, err := organisation(ctx, rd)
		if err != nil {
			return nil, err
		}
		who := roster.ParseRecipients(text)
		if len(who) > action.MostRows {
			return nil, crowded()
		}
		all := make([]Reading, len(who))
		twice := doubles{}
		for i, w := range who {
			address, err := roster.ParseEmail(w.Address)
			if err == nil {
				err = o.CheckDomain(kind, address)
			}
			all[i] = Reading{Recipient: w}
			switch {
			case twice.again(w.Address):
				all[i].Wrong = doubled()
			case err != nil:
				all[i].Wrong = roster.AsError(err)
			}
		}
		return all, nil
	})
}

func crowded() error {
	return roster.Errorf(roster.Invalid, "too_many_rows", "At most %d at once, please.", action.MostRows).On("addresses")
}
