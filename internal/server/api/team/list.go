package team

import (
	"context"

	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server/api"
	"roster/internal/store/memberdb"
)

// MembersQuery is what a list of members is asked with.
type MembersQuery struct {
	api.Inside
	api.Window
	Q      string   `query:"q" doc:"Words that begin one of the name's, address's, phone number's or client ID's."`
	Status []string `query:"status,explode" doc:"invited, active, blocked or removed; repeated, or separated by commas. Removed members are listed only when asked for."`
	Kind   []string `query:"kind,explode" doc:"regular, external or api; repeated, or separated by commas."`
	Role   string   `query:"role" doc:"A role's key or ID."`
	Unit   string   `query:"unit" doc:"A customer account's ID or external ID: who is bound or holds something there or below."`
	Sort   string   `query:"sort" enum:"name,-name,created_at,-created_at" doc:"name when absent."`
}

func (a area) list(ctx context.Context, in *MembersQuery) (*api.Shown[api.Page[Member]], error) {
	var bad roster.Problems
	role, err := roster.CleanName(in.Role)
	bad.Add("role", err)
	unit, err := roster.CleanName(in.Unit)
	bad.Add("unit", err)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	page, err := a.room.List(ctx, members.Query{
		Text: in.Q, Status: api.Parts[roster.Status](in.Status), Kinds: api.Parts[roster.MemberKind](in.Kind), Role: role, Unit: roster.UnitID(unit),
		Sort: memberdb.Sort(in.Sort), Limit: api.Asked(in.Limit), Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, page.Members, MemberOf, api.Counted{Next: page.Next, Total: page.Total, More: page.More}), nil
}

// ShowQuery is what one member is asked with.
type ShowQuery struct {
	api.OnMember
	api.IfNoneMatch
}

func (a area) show(ctx context.Context, in *ShowQuery) (*api.One[Member], error) {
	v, err := a.room.Show(ctx, api.MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	return api.Answer(MemberOf(v), in.IfNoneMatch), nil
}

// allowed gives what the caller may do to a member.
func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	v, err := a.room.Show(ctx, api.MemberID(id))
	return v.Allowed, err
}
