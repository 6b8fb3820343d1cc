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
	MembersFilter
	Sort string `query:"sort" enum:"name,-name,identifier,-identifier,kind,-kind,phone,-phone,status,-status,verified,-verified,last_seen_at,-last_seen_at,created_at,-created_at,updated_at,-updated_at" doc:"name when absent; with a hyphen, from the last to the first."`
}

// MembersFilter chooses members.
type MembersFilter struct {
	Q        string   `query:"q" doc:"Words that begin one of the name's, address's, phone number's or client ID's."`
	Status   []string `query:"status,explode" doc:"invited, active, blocked or removed; repeated, or separated by commas. Removed members are listed only when asked for."`
	Kind     []string `query:"kind,explode" doc:"regular, external or api; repeated, or separated by commas."`
	Verified string   `query:"verified" enum:"true,false" doc:"Of people: whether a letter proved their address."`
	MFA      string   `query:"mfa" enum:"true,false" doc:"Of people: whether they have a second factor."`
	Role     string   `query:"role" doc:"A role's key or ID."`
	Unit     string   `query:"unit" doc:"A customer account's ID or external ID: who is bound or holds something there or below."`
	NotRole  string   `query:"not_role" doc:"A role's key or ID: who does not hold it."`
	NotUnit  string   `query:"not_unit" doc:"A customer account's ID or external ID: who is not bound and holds nothing there or below."`
}

// query gives the filter as the room takes it.
func (f MembersFilter) query() (members.Query, error) {
	q := members.Query{Text: f.Q, Status: api.Parts[roster.Status](f.Status), Kinds: api.Parts[roster.MemberKind](f.Kind)}
	var bad roster.Problems
	clean := func(field, text string) string {
		text, err := roster.CleanName(text)
		bad.Add(field, err)
		return text
	}
	q.Role, q.NotRole = clean("role", f.Role), clean("not_role", f.NotRole)
	q.Unit, q.NotUnit = roster.UnitID(clean("unit", f.Unit)), roster.UnitID(clean("not_unit", f.NotUnit))
	for _, b := range []struct {
		field, text string
		to          **bool
	}{{"verified", f.Verified, &q.Verified}, {"mfa", f.MFA, &q.MFA}} {
		var err error
		*b.to, err = roster.ParseYes(b.text)
		bad.Add(b.field, err)
	}
	return q, bad.Err()
}

func (a area) list(ctx context.Context, in *MembersQuery) (*api.Shown[api.Page[Member]], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Sort, q.Limit, q.Cursor = memberdb.Sort(in.Sort), api.Asked(in.Limit), in.Cursor
	page, err := a.room.List(ctx, q)
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
