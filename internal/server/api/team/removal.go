package team

import (
	"context"

	"roster/internal/action/team/removal"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Removal is what removing a member would end, and what hangs on them.
type Removal struct {
	Member      Member      `json:"member"`
	Grants      int         `json:"grants" doc:"How many grants end, of those that the caller sees."`
	HandOverTo  *string     `json:"hand_over_to" doc:"The ID of who would take over; null when nobody was named."`
	Invitations []Waiting   `json:"invitations" nullable:"false" doc:"Who has not accepted, and was invited by the member or given something by them. At most 100 are named."`
	APIUsers    []Named     `json:"api_users" nullable:"false" doc:"API users that the member made; they go on working. At most 100 are named."`
	More        bool        `json:"more" doc:"Whether more invitations or API users hang on the member than are named."`
	LastHolder  []api.Grant `json:"last_holder" nullable:"false" doc:"Roles that nobody else who is active holds there."`
	LastMember  []string    `json:"last_member" nullable:"false" doc:"IDs of customer accounts to which nobody else who is active belongs."`
	LastOwner   bool        `json:"last_owner" doc:"Whether no other Owner can sign in: then removing is refused."`
	Allowed     []string    `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the member now."`
}

// Named is a member, by ID and name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func namedOf(m roster.Member) Named { return Named{string(m.ID), m.Label()} }

// Waiting is who has not accepted, and what becomes of what the member gave them.
type Waiting struct {
	Named
	Invited bool        `json:"invited" doc:"Whether the member is the inviter."`
	Passes  []api.Grant `json:"passes" nullable:"false" doc:"What would be given by who takes over, who must be able to give it."`
	Stays   []api.Grant `json:"left_out" nullable:"false" doc:"What is left out when the invitation is accepted."`
}

// RemovalQuery is what a removal is looked at with.
type RemovalQuery struct {
	api.OnMember
	HandOverTo string `query:"hand_over_to" doc:"Who would take over: another active person, by ID or address."`
}

func (a area) removal(ctx context.Context, in *RemovalQuery) (*api.Shown[Removal], error) {
	r, err := a.removals.Look(ctx, api.MemberID(in.ID), in.HandOverTo)
	if err != nil {
		return nil, err
	}
	m := MemberOf(r.View)
	return &api.Shown[Removal]{Body: Removal{
		Member: m, Grants: len(r.Grants), HandOverTo: api.Text(string(r.Taker.ID)), APIUsers: api.Each(r.APIUsers, namedOf), More: r.More,
		Invitations: api.Each(r.Waiting, func(w removal.Waiting) Waiting {
			return Waiting{namedOf(w.Member), w.Invited, api.GrantsOf(w.Passes), api.GrantsOf(w.Stays)}
		}),
		LastHolder: api.GrantsOf(r.Alone), LastMember: api.Each(r.Accounts, func(u roster.Unit) string { return string(u.ID) }),
		LastOwner: r.LastOwner, Allowed: m.Allowed,
	}}, nil
}
