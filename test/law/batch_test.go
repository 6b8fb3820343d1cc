package law_test

import (
	"context"

	"roster/internal/act"
	"roster/internal/action/team/bulk"
	"roster/internal/roster"
)

// batch is the way of acts on several members at once: what a deed names stands between two rows that nobody can do
// anything to, so that it must come out as if it were done alone.
type batch struct{ room }

func (batch) opens(_ *stage, _ principal, a deed) bool {
	switch a.name {
	case act.MemberBlock, act.MemberUnblock, act.MemberResend, act.MemberRemove:
		return a.to == ""
	}
	return false
}

func (b batch) try(s *stage, p principal, a deed) outcome {
	s.t.Helper()
	ids := []roster.MemberID{"mem_nobody", a.on, "mem_nobody_else"}
	all, err := b.act(s, b.as(s, p), a, ids)
	if err == nil {
		for i, id := range ids {
			if id != a.on && all[i].Err == nil {
				s.t.Fatalf("%s was done to %s", a.name, id)
			}
		}
		if refused := all[1].Err; refused != nil {
			err = refused
		}
	}
	if err != nil {
		return outcome{false, roster.AsError(err).Code, err.Error()}
	}
	return outcome{done: true}
}

func (b batch) act(s *stage, ctx context.Context, a deed, ids []roster.MemberID) (bulk.Outcomes, error) {
	switch a.name {
	case act.MemberBlock:
		return s.h.Bulks.Block(ctx, ids, "")
	case act.MemberUnblock:
		return s.h.Bulks.Unblock(ctx, ids)
	case act.MemberResend:
		return s.h.Bulks.Resend(ctx, ids)
	}
	return s.h.Bulks.Remove(ctx, ids)
}
