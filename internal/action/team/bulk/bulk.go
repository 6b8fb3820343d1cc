// Package bulk is the room of acts on several members at once. Each is permitted, guarded, held to the rules and
// written into the history as if it were done alone, and what is refused of one takes no other down. What an act
// does to a member is the team's.
package bulk

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Outcomes are what became of each member, in the order in which they were named.
type Outcomes = []action.Outcome[team.View]

// on is the member that a row is about.
func on(id roster.MemberID) roster.Ref { return roster.RefMember(id, "") }

// Block stops several members, as team.Block does each. At most action.MostRows.
func (r *Room) Block(ctx context.Context, ids []roster.MemberID, reason string) (Outcomes, error) {
	return action.DoEach(ctx, r.gate, act.MemberBlock, ids, on, func(ctx context.Context, tx *store.Tx, id roster.MemberID) (team.View, error) {
		return team.Stop(ctx, tx, id, reason)
	})
}

// Unblock gives several members their status from before the block. At most action.MostRows.
func (r *Room) Unblock(ctx context.Context, ids []roster.MemberID) (Outcomes, error) {
	return action.DoEach(ctx, r.gate, act.MemberUnblock, ids, on, team.Readmit)
}

// Resend sends several invitations again. At most action.MostRows.
func (r *Room) Resend(ctx context.Context, ids []roster.MemberID) (Outcomes, error) {
	return action.DoEach(ctx, r.gate, act.MemberResend, ids, on, team.SendAgain)
}

// Remove ends several memberships for good, handing nothing over. At most action.MostRows.
func (r *Room) Remove(ctx context.Context, ids []roster.MemberID) (Outcomes, error) {
	return action.DoEach(ctx, r.gate, act.MemberRemove, ids, on, team.End)
}

// Grant gives several members some grants and takes others away (team.Shift). At most action.MostRows.
func (r *Room) Grant(ctx context.Context, ids []roster.MemberID, add, withdraw []team.Giving) (Outcomes, error) {
	return action.DoEach(ctx, r.gate, act.MemberGrant, ids, on, func(ctx context.Context, tx *store.Tx, id roster.MemberID) (team.View, error) {
		return team.Shift(ctx, tx, id, add, withdraw)
	})
}

// Who gives those of some members whom the actor sees, by the name, at most action.MostRows: what is told of a refused
// row has no name. Kind: Denied.
func (r *Room) Who(ctx context.Context, ids []roster.MemberID) ([]roster.Member, error) {
	return action.Look(ctx, r.gate, act.MemberList, func(ctx context.Context, rd store.Reader) ([]roster.Member, error) {
		if len(ids) == 0 {
			return nil, nil
		}
		sight, err := action.Sight(ctx)
		if err != nil {
			return nil, err
		}
		rows, err := memberdb.List(ctx, rd, memberdb.Filter{
			Org: roster.ActorFrom(ctx).Organisation, IDs: ids[:min(len(ids), action.MostRows)], Within: sight, At: action.Moment(ctx), Sort: memberdb.ByName, Limit: action.MostRows,
		})
		all := make([]roster.Member, len(rows))
		for i, row := range rows {
			all[i] = row.Member
		}
		return all, err
	})
}

// Act is one act, for several members.
type Act struct {
	Does     act.Name // member.block, unblock, resend, remove or grant
	Reason   string   // of a block
	Add      []team.Giving
	Withdraw []team.Giving
	DryRun   bool // everything is tried and taken back
}

// Actions are the acts that there are.
func Actions() []act.Name {
	return []act.Name{act.MemberBlock, act.MemberUnblock, act.MemberResend, act.MemberGrant, act.MemberRemove}
}

// Step performs an act on some members, at most action.MostRows, under one lock; a dry run tries it on all at once, however
// many steps doing it would take. Kind: Invalid, code action_unknown.
func Step(ctx context.Context, r *Room, a Act, ids []roster.MemberID) (Outcomes, error) {
	if a.DryRun {
		actor := roster.ActorFrom(ctx)
		call := roster.Call{}
		if actor.Call != nil {
			call = *actor.Call
		}
		call.DryRun, actor.Call = true, &call
		ctx = roster.WithActor(ctx, actor)
	}
	switch a.Does {
	case act.MemberBlock:
		return r.Block(ctx, ids, a.Reason)
	case act.MemberUnblock:
		return r.Unblock(ctx, ids)
	case act.MemberResend:
		return r.Resend(ctx, ids)
	case act.MemberRemove:
		return r.Remove(ctx, ids)
	case act.MemberGrant:
		return r.Grant(ctx, ids, a.Add, a.Withdraw)
	}
	return nil, roster.Errorf(roster.Invalid, "action_unknown", "This is not done with several members at once.").On("action")
}

// Perform does an act step by step, each under a lock of its own, so that others come in between. Steps that were
// done stand when a later one fails: then its members and those after it have the error as their outcome. A dry run is one step.
func Perform(ctx context.Context, r *Room, a Act, ids []roster.MemberID) (Outcomes, error) {
	if err := Check(ids); err != nil {
		return nil, err
	}
	if a.DryRun {
		return Step(ctx, r, a, ids)
	}
	var all Outcomes
	for len(all) < len(ids) {
		outcomes, err := Step(ctx, r, a, ids[len(all):min(len(all)+action.MostRows, len(ids))])
		if err != nil && len(all) == 0 {
			return nil, err
		}
		if err != nil {
			for range ids[len(all):] {
				all = append(all, action.Outcome[team.View]{Err: roster.AsError(err)})
			}
			return all, nil
		}
		all = append(all, outcomes...)
	}
	return all, nil
}

// Once gives each member once, where they come first.
func Once(ids []roster.MemberID) []roster.MemberID {
	seen := map[roster.MemberID]bool{}
	return slices.DeleteFunc(slices.Clone(ids), func(id roster.MemberID) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// Check refuses no members, and too many. Kind: Invalid, code field_required or too_many_members.
func Check(ids []roster.MemberID) error {
	switch {
	case len(ids) == 0:
		return roster.Errorf(roster.Invalid, "field_required", "Choose at least one member.").On("members")
	case len(ids) > team.MostChosen:
		return team.TooMany()
	}
	return nil
}
