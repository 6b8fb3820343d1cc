package team

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	members "roster/internal/action/team"
	"roster/internal/action/team/bulk"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
)

// Deed is an act on several members, who are named or chosen by a filter.
type Deed struct {
	Action   string      `json:"action,omitempty" enum:"block,unblock,resend,grant,remove" doc:"What is done with each."`
	Members  []string    `json:"members,omitempty" nullable:"false" doc:"Their IDs."`
	Filter   *Choice     `json:"filter,omitempty" doc:"Whoever it chooses now, instead of members; at most 10,000."`
	Reason   string      `json:"reason,omitempty" doc:"Of a block."`
	Grants   []api.Grant `json:"grants,omitempty" nullable:"false" doc:"Of grant: what each gets beside what they hold."`
	Withdraw []api.Grant `json:"withdraw,omitempty" nullable:"false" doc:"Of grant: what each loses, whatever its end."`
	DryRun   bool        `json:"dry_run,omitempty" doc:"Tells what each outcome would be, and does nothing."`
}

// Choice chooses members, as the list's parameters do.
type Choice struct {
	Q        string   `json:"q,omitempty"`
	Status   []string `json:"status,omitempty" nullable:"false"`
	Kind     []string `json:"kind,omitempty" nullable:"false"`
	Verified *bool    `json:"verified,omitempty"`
	MFA      *bool    `json:"mfa,omitempty"`
	Role     string   `json:"role,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	NotRole  string   `json:"not_role,omitempty"`
	NotUnit  string   `json:"not_unit,omitempty"`
}

func (c Choice) query() (members.Query, error) {
	q, err := MembersFilter{Q: c.Q, Status: c.Status, Kind: c.Kind, Role: c.Role, Unit: c.Unit, NotRole: c.NotRole, NotUnit: c.NotUnit}.query()
	q.Verified, q.MFA = c.Verified, c.MFA
	return q, err
}

// stray refuses what belongs to an action where none is named.
func (d Deed) stray() error {
	if d.Members != nil || d.Filter != nil || d.Reason != "" || d.Grants != nil || d.Withdraw != nil {
		return roster.Errorf(roster.Invalid, "field_required", "Name the action: block, unblock, resend, grant or remove.").On("action")
	}
	return nil
}

// act gives the act that is meant. Kind: Invalid.
func (d Deed) act() (bulk.Act, error) {
	a := bulk.Act{Does: act.Name("member." + d.Action), Reason: d.Reason, Add: givings(d.Grants), Withdraw: givings(d.Withdraw), DryRun: d.DryRun}
	var bad roster.Problems
	if !slices.Contains(bulk.Actions(), a.Does) {
		bad.Add("action", roster.Errorf(roster.Invalid, "action_unknown", "An action is block, unblock, resend, grant or remove."))
		return a, bad.Err()
	}
	gives := len(d.Grants)+len(d.Withdraw) > 0
	switch {
	case a.Does == act.MemberGrant && !gives:
		bad.Add("grants", roster.Errorf(roster.Invalid, "field_required", "Name what each gets, or what is withdrawn."))
	case a.Does != act.MemberGrant && gives:
		bad.Add("grants", roster.Errorf(roster.Invalid, "field_unknown", "Only the action grant gives or withdraws something."))
	}
	if a.Does != act.MemberBlock && d.Reason != "" {
		bad.Add("reason", roster.Errorf(roster.Invalid, "field_unknown", "Only a block has a reason."))
	}
	if (d.Members == nil) == (d.Filter == nil) {
		bad.Add("members", roster.Errorf(roster.Invalid, "field_required", "Name the members, or a filter that chooses them: one of both."))
	}
	return a, bad.Err()
}

// chosen gives the members who are meant, each once.
func (a area) chosen(ctx context.Context, d Deed) ([]roster.MemberID, error) {
	if d.Filter != nil {
		q, err := d.Filter.query()
		if err != nil {
			return nil, err
		}
		return a.room.Chosen(ctx, q)
	}
	ids := api.Each(d.Members, api.MemberID)
	return bulk.Once(ids), bulk.Check(ids)
}

// perform does a deed step by step. Each step keeps its answer under a key of its own: a request that comes again
// after a crash finds what was done, and goes on.
func (a area) perform(ctx context.Context, d Deed) (*api.Written[Outcomes], error) {
	act, err := d.act()
	if err != nil {
		return nil, err
	}
	ids, err := a.chosen(ctx, d)
	if err != nil {
		return nil, err
	}
	whole := &api.Written[Outcomes]{Status: http.StatusOK, Body: Outcomes{Items: []Outcome{}, Allowed: api.Here(ctx)}}
	for step := 0; len(ids) > 0; step++ {
		some := ids[:min(len(ids), action.MostRows)]
		if act.DryRun {
			some = ids // what each step would find is what those before it left
		}
		ctx := stepped(ctx, step)
		out, err := api.Write(ctx, http.StatusOK, func() (bulk.Outcomes, error) {
			return bulk.Step(ctx, a.bulks, act, some)
		}, func(all bulk.Outcomes, _ bool) Outcomes { return named(some, outcomesOf(ctx, http.StatusOK, all)) })
		if err != nil && step == 0 {
			return nil, err
		}
		if err != nil {
			whole.Body = whole.Body.with(named(ids, outcomesOf(ctx, 0, failed(ids, err))))
			return whole, nil
		}
		whole.Body, whole.Seq, whole.Replayed = whole.Body.with(out.Body), out.Seq, out.Replayed
		ids = slices.DeleteFunc(ids, func(id roster.MemberID) bool {
			return slices.ContainsFunc(out.Body.Items, func(o Outcome) bool { return o.ID == string(id) })
		})
	}
	if act.DryRun {
		whole.Seq = nil
	}
	return whole, nil
}

// failed gives an error to each of several members as their outcome.
func failed(ids []roster.MemberID, err error) bulk.Outcomes {
	all := make(bulk.Outcomes, len(ids))
	for i := range all {
		all[i].Err = roster.AsError(err)
	}
	return all
}

// stepped gives a step's sheet.
func stepped(ctx context.Context, step int) context.Context {
	actor := roster.ActorFrom(ctx)
	call := *actor.Call
	if step > 0 && call.Key != "" {
		call.Key += fmt.Sprintf(" %d", step) // no key that is sent has a space
	}
	actor.Call = &call
	return server.WithActor(ctx, actor)
}

// named puts the members' IDs to their outcomes.
func named(ids []roster.MemberID, all Outcomes) Outcomes {
	for i := range all.Items {
		all.Items[i].ID = string(ids[i])
	}
	return all
}

// with gives the outcomes with those of a further step.
func (o Outcomes) with(more Outcomes) Outcomes {
	o.Items, o.Done, o.Refused = append(o.Items, more.Items...), o.Done+more.Done, o.Refused+more.Refused
	return o
}
