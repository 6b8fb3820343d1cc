package team

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	members "roster/internal/action/team"
	"roster/internal/action/team/removal"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// MemberPatch is what of a member can be edited.
type MemberPatch struct {
	FirstName  api.Given[string] `json:"first_name,omitempty" doc:"Of people."`
	LastName   api.Given[string] `json:"last_name,omitempty" doc:"Of people."`
	Name       api.Given[string] `json:"name,omitempty" doc:"Of API users alone."`
	Phone      api.Given[string] `json:"phone,omitempty" doc:"null clears it."`
	ExternalID api.Given[string] `json:"external_id,omitempty" doc:"What the host product calls the member; null clears it."`
}

// profile gives how the patch changes a profile.
func (p MemberPatch) profile(m roster.Member) roster.Profile {
	out := roster.Profile{FirstName: m.FirstName, LastName: m.LastName, Name: m.Name, Phone: m.Phone}
	for field, given := range map[*string]api.Given[string]{&out.FirstName: p.FirstName, &out.LastName: p.LastName, &out.Name: p.Name, &out.Phone: p.Phone} {
		if given.Is {
			*field = given.Value
		}
	}
	return out
}

// Guarded is a write that needs the etag of what it changes.
type Guarded struct {
	api.OnMember
	api.Repeatable
	IfMatch string `header:"If-Match" required:"true" doc:"The member's etag as it was read, or * to take whatever is there."`
}

// EditRequest is the request to edit a member.
type EditRequest struct {
	Guarded
	Body api.Patch[Member, MemberPatch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[Member], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := in.Body.Fixed(map[string]string{
		"email":        "An address is changed by its person alone, on their own page. For another person, remove the member and invite the new address.",
		"grants":       "Grants are set as a whole, with PUT …/grants.",
		"status":       "The status follows from POST …/block and …/unblock, and from DELETE.",
		"login_method": "How somebody comes in is set with PUT …/login-method.",
		"identifier":   "How somebody comes in is set with PUT …/login-method.",
		"unit":         "An external member stays bound to their customer account. Remove them and invite them to the other.",
	}); err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.room.Edit(ctx, api.MemberID(in.ID), members.Edit{Profile: in.Body.Set.profile, ExternalID: in.Body.Set.ExternalID.To(), Version: version})
	}, changed)
}

func changed(v members.View, _ bool) Member { return MemberOf(v) }

// GrantSet is all grants that a member shall have.
type GrantSet struct {
	Grants []api.Grant `json:"grants" nullable:"false" doc:"All of them; an empty list takes everything away."`
}

// GrantsSet is the answer to setting grants.
type GrantsSet struct {
	Grants    []api.Grant `json:"grants" nullable:"false" doc:"What the member holds now."`
	Gained    []api.Grant `json:"gained" nullable:"false" doc:"What the request gave."`
	Lost      []api.Grant `json:"lost" nullable:"false" doc:"What the request took."`
	Effective []api.Shift `json:"effective" nullable:"false" doc:"What that changes of what the member can really do."`
	Member    Member      `json:"member"`
}

// Tag gives the member's etag.
func (g GrantsSet) Tag() string { return g.Member.ETag }

// GrantsRequest is the request to set a member's grants.
type GrantsRequest struct {
	Guarded
	Body GrantSet
}

func (a area) setGrants(ctx context.Context, in *GrantsRequest) (*api.Written[GrantsSet], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if in.Body.Grants == nil {
		return nil, roster.Errorf(roster.Invalid, "field_required", "List all grants; an empty list takes everything away.").On("grants")
	}
	return api.Write(ctx, http.StatusOK, func() (members.Granted, error) {
		return a.room.Grant(ctx, api.MemberID(in.ID), members.Grants{All: givings(in.Body.Grants), Version: version})
	}, func(g members.Granted, _ bool) GrantsSet {
		return GrantsSet{
			Grants: api.GrantsOf(g.Grants), Gained: api.GrantsOf(g.Gained), Lost: api.GrantsOf(g.Lost),
			Effective: api.Each(g.Shifts, api.ShiftOf), Member: MemberOf(g.View),
		}
	})
}

// BlockRequest is the request to block a member.
type BlockRequest struct {
	api.OnMember
	api.Repeatable
	Body *Reason
}

// Reason is why something is done, for the history.
type Reason struct {
	Reason string `json:"reason,omitempty"`
}

func (a area) block(ctx context.Context, in *BlockRequest) (*api.Written[Member], error) {
	var why Reason
	if in.Body != nil {
		why = *in.Body
	}
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.room.Block(ctx, api.MemberID(in.ID), why.Reason)
	}, changed)
}

// ActRequest is a request that says all in its address.
type ActRequest struct {
	api.OnMember
	api.Repeatable
}

func (a area) unblock(ctx context.Context, in *ActRequest) (*api.Written[Member], error) {
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.room.Unblock(ctx, api.MemberID(in.ID))
	}, changed)
}

// SetPassword is a password for somebody else.
type SetPassword struct {
	Password string `json:"password" format:"password" doc:"By the criteria of page and form; it must be changed at the next sign-in."`
}

// PasswordRequest is the request to set a member's password.
type PasswordRequest struct {
	api.OnMember
	api.Repeatable
	Body SetPassword
}

func (a area) setPassword(ctx context.Context, in *PasswordRequest) (*api.Written[Member], error) {
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.room.SetPassword(ctx, api.MemberID(in.ID), twice(in.Body.Password))
	}, changed)
}

func (a area) resend(ctx context.Context, in *ActRequest) (*api.Written[Member], error) {
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.room.Resend(ctx, api.MemberID(in.ID))
	}, changed)
}

// RemoveRequest is the request to remove a member.
type RemoveRequest struct {
	api.OnMember
	api.Repeatable
	IfMatch    string `header:"If-Match" doc:"The member's etag as it was read: refused when it changed since."`
	HandOverTo string `query:"hand_over_to" doc:"Another active person, by ID or address, who takes over what hangs on the member: GET …/removal tells what that is."`
}

func (a area) remove(ctx context.Context, in *RemoveRequest) (*api.Ended, error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	roster.ActorFrom(ctx).Call.Version = version
	return api.Finish(ctx, func() (removal.Removal, error) {
		return a.removals.Remove(ctx, api.MemberID(in.ID), in.HandOverTo)
	})
}

// InvitationLink is a link to hand over by hand.
type InvitationLink struct {
	Link      api.Once   `json:"link" doc:"Given this once; null when the request is repeated."`
	Code      string     `json:"code,omitempty" doc:"secret_shown_once where link is null."`
	ExpiresAt *time.Time `json:"expires_at"`
	Member    Member     `json:"member"`
}

// Tag gives the member's etag.
func (l InvitationLink) Tag() string { return l.Member.ETag }

func (a area) link(ctx context.Context, in *ActRequest) (*api.Written[InvitationLink], error) {
	return api.Write(ctx, http.StatusOK, func() (members.Linked, error) {
		return a.room.Link(ctx, api.MemberID(in.ID))
	}, func(l members.Linked, once bool) InvitationLink {
		out := InvitationLink{ExpiresAt: api.Moment(l.View.Live.ExpiresAt), Member: MemberOf(l.View)}
		out.Link, out.Code = api.Secret(a.absolute(act.InvitationPath(l.View.Org, l.Secret)), once)
		return out
	})
}
