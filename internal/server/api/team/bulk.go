package team

import (
	"context"
	"net/http"

	"roster/internal/action"
	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
)

// Outcome is what became of one row of a batch.
type Outcome struct {
	ID      string          `json:"id,omitempty" doc:"The member's; absent where an invitation was refused."`
	Status  int             `json:"status" doc:"As a request for this row alone would be answered."`
	Member  *Member         `json:"member" doc:"null where the row was refused, and where an invitation was only tried."`
	Problem *server.Problem `json:"problem" doc:"Why the row was refused; null where it was done."`
}

// Outcomes are those of a batch, in the order of its rows.
type Outcomes struct {
	Items   []Outcome `json:"items" nullable:"false"`
	Done    int       `json:"done"`
	Refused int       `json:"refused"`
	Allowed []string  `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Invitee is one of several people to invite: as for one, but names may be left for them to give as they accept.
type Invitee struct {
	Kind   string      `json:"kind,omitempty" enum:"regular,external" doc:"regular when absent."`
	Unit   string      `json:"unit,omitempty" doc:"An external member's customer account: its ID or external ID."`
	Grants []api.Grant `json:"grants,omitempty" nullable:"false" doc:"The role member when absent or empty."`
	Newcomer
}

// Batch is what is done with several members at once.
type Batch struct {
	Invite []Invitee `json:"invite,omitempty" nullable:"false" doc:"People to invite, at most 500. Each has an outcome of its own: one that is refused takes no other down."`
	Deed
}

// BulkRequest is the request to do something with several members.
type BulkRequest struct {
	api.Inside
	api.Repeatable
	Body Batch
}

func (a area) bulk(ctx context.Context, in *BulkRequest) (*api.Written[Outcomes], error) {
	if in.Body.Action != "" {
		if in.Body.Invite != nil {
			return nil, roster.Errorf(roster.Invalid, "field_unknown", "Invite people, or name an action for members: one of both.").On("invite")
		}
		return a.perform(ctx, in.Body.Deed)
	}
	if err := in.Body.stray(); err != nil {
		return nil, err
	}
	all := make([]members.Invitation, len(in.Body.Invite))
	for i, who := range in.Body.Invite {
		all[i] = who.invitation()
	}
	call := roster.ActorFrom(ctx).Call
	call.DryRun = in.Body.DryRun
	out, err := api.Write(ctx, http.StatusOK, func() ([]action.Outcome[members.View], error) {
		return a.room.InviteEach(ctx, all)
	}, func(all []action.Outcome[members.View], _ bool) Outcomes {
		return outcomesOf(ctx, http.StatusCreated, all)
	})
	if err == nil && call.DryRun {
		out.Seq = nil // nothing was written
		out.Body.untold()
	}
	return out, err
}

// untold takes what nobody can be found by from the outcomes of invitations that were only tried.
func (o Outcomes) untold() {
	for i := range o.Items {
		o.Items[i].ID, o.Items[i].Member = "", nil
	}
}

func (i Invitee) invitation() members.Invitation {
	return members.Invitation{
		Kind: roster.MemberKind(i.Kind), Unit: i.Unit, Email: i.Email, ExternalID: i.ExternalID, Profile: i.profile(), Grants: givings(i.Grants),
		Coming: i.coming(), StartBlocked: i.StartBlocked, TTL: lifetime(i.InvitationTTL), Message: i.Message, NamesLater: true,
	}
}

// outcomesOf shows the outcomes of a batch; done is the status of a row that was done.
func outcomesOf(ctx context.Context, done int, all []action.Outcome[members.View]) Outcomes {
	out := Outcomes{Items: make([]Outcome, len(all)), Allowed: api.Here(ctx)}
	for i, o := range all {
		if o.Err != nil {
			p := server.NewProblem(ctx, o.Err)
			p.RequestID = "" // the answer's own header has it
			out.Items[i] = Outcome{Status: p.Status, Problem: p}
			out.Refused++
			continue
		}
		m := MemberOf(o.Result)
		out.Items[i] = Outcome{ID: m.ID, Status: done, Member: &m}
		out.Done++
	}
	return out
}
