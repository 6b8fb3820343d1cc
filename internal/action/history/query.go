package history

import (
	"context"
	"slices"
	"strings"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// settle puts IDs where the query names somebody otherwise, and gives whom it means. Kind: NotFound, at actor or member; who
// reads the history at a customer account alone is not told that an actor is unknown, and finds nothing.
func (q *Query) settle(ctx context.Context, rd store.Reader) (by, of roster.Ref, err error) {
	doer, err := q.doer(ctx, rd)
	if err != nil {
		return by, of, err
	}
	if !doer.OK {
		places, err := action.Sight(ctx)
		if err != nil {
			return by, of, err
		}
		if places == nil {
			return by, of, store.ErrNone("member").On("actor")
		}
	}
	if q.Member != "" {
		m, err := memberdb.Called(ctx, rd, roster.ActorFrom(ctx).Organisation, string(q.Member))
		if err != nil {
			return by, of, err
		}
		if !m.OK {
			return by, of, store.ErrNone("member").On("member")
		}
		q.Member, of = m.Value.ID, roster.RefMember(m.Value.ID, m.Value.Label())
	}
	return doer.Value, of, nil
}

// doer puts an ID where the query names who acted otherwise. Who is not of this organisation did nothing in it: where
// the reader may not know who is, an unknown name finds nothing, just like one who did nothing.
func (q *Query) doer(ctx context.Context, rd store.Reader) (store.Found[roster.Ref], error) {
	if q.Actor == "" || outside(q.Actor) {
		return store.Found[roster.Ref]{OK: true}, nil
	}
	m, err := memberdb.Called(ctx, rd, roster.ActorFrom(ctx).Organisation, q.Actor)
	if err != nil || !m.OK {
		return store.Found[roster.Ref]{}, err
	}
	q.Actor = string(m.Value.ID)
	return store.Found[roster.Ref]{Value: roster.RefMember(m.Value.ID, m.Value.Label()), OK: true}, nil
}

// outside tells whether an actor's ID is that of somebody who is no member: an operator or a product client, or what
// stands for who has no ID at all.
func outside(by string) bool {
	return strings.HasPrefix(by, "per_") || roster.IsProductID(by) || slices.Contains(Others(), roster.ActorKind(by))
}

// Others gives those whom lines name by what they are, since they have no ID.
func Others() []roster.ActorKind {
	return []roster.ActorKind{roster.ActorCLI, roster.ActorSystem, roster.ActorInvitee, roster.ActorNobody}
}

// Walk gives all lines that a query asks for, some at a time, the newest first, from where the history stands: what is
// added meanwhile is not among them. The actor sees of them what List shows. Kind: NotFound.
func Walk(ctx context.Context, rd store.Reader, q Query, some func([]roster.Event) error) error {
	if _, _, err := q.settle(ctx, rd); err != nil {
		return err
	}
	q.After, q.Forward, q.Limit = 0, false, mostLines
	for {
		p, err := list(ctx, rd, q)
		if err != nil {
			return err
		}
		if err := some(p.Events); err != nil {
			return err
		}
		if q.After = p.Next; q.After == 0 {
			return nil
		}
	}
}
