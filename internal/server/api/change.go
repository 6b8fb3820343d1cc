package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// MemberPatch is a merge patch of a member (RFC 7396): what it names is set, null clears it.
type MemberPatch map[string]any

// Schema describes the patch in OpenAPI.
func (MemberPatch) Schema(r huma.Registry) *huma.Schema {
	const name = "MemberPatch"
	if _, known := r.Map()[name]; !known {
		s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
		for _, field := range []string{"first_name", "last_name", "name", "phone"} {
			s.Properties[field] = &huma.Schema{Type: huma.TypeString, Nullable: true}
		}
		s.Properties["name"].Description = "Of API users alone."
		s.Properties["phone"].Description = "null clears it."
		r.Map()[name] = s
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// profile gives how the patch changes a profile. Fields that a member does not have and values of
// another type are malformed; fields that cannot be edited are each named.
func (p MemberPatch) profile() (func(roster.Member) roster.Profile, error) {
	set := map[string]string{}
	var bad roster.Problems
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value, isText := p[name].(string)
		switch {
		case !hasField(name):
			return nil, Malformed("The field %s is not known here.", shown(name))
		case name != "first_name" && name != "last_name" && name != "name" && name != "phone":
			bad.Add(name, fixed(name))
		case !isText && p[name] != nil:
			return nil, Malformed("The field %s must be a text or null.", name)
		default:
			set[name] = value
		}
	}
	return func(m roster.Member) roster.Profile {
		out := roster.Profile{FirstName: m.FirstName, LastName: m.LastName, Name: m.Name, Phone: m.Phone}
		for name, field := range map[string]*string{"first_name": &out.FirstName, "last_name": &out.LastName, "name": &out.Name, "phone": &out.Phone} {
			if value, given := set[name]; given {
				*field = value
			}
		}
		return out
	}, bad.Err()
}

// hasField tells whether members have a field of that name.
func hasField(name string) bool {
	return slices.ContainsFunc(reflect.VisibleFields(reflect.TypeFor[Member]()), func(f reflect.StructField) bool {
		return f.Tag.Get("json") == name
	})
}

// fixed says why a field cannot be edited, and what can be done instead.
func fixed(name string) error {
	switch name {
	case "email":
		return roster.Errorf(roster.Invalid, "not_editable", "A member's address never changes. Remove the member and invite the new address.")
	case "grants":
		return roster.Errorf(roster.Invalid, "not_editable", "Grants are set as a whole, with PUT …/grants.")
	case "status":
		return roster.Errorf(roster.Invalid, "not_editable", "The status follows from POST …/block and …/unblock, and from DELETE.")
	}
	return roster.Errorf(roster.Invalid, "not_editable", "This field cannot be edited.")
}

// Guarded is a write that needs the etag of what it changes.
type Guarded struct {
	OnMember
	Repeatable
	IfMatch string `header:"If-Match" required:"true" doc:"The member's etag as it was read, or * to take whatever is there."`
}

// EditRequest is the request to edit a member.
type EditRequest struct {
	Guarded
	Body MemberPatch
}

func (d *Door) editMember(ctx context.Context, in *EditRequest) (*Written[Member], error) {
	version, err := MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, Malformed("The body must be an object, not null.")
	}
	profile, err := in.Body.profile()
	if err != nil {
		return nil, err
	}
	return tagged(Write(ctx, http.StatusOK, func() (team.View, error) {
		return d.rooms.Team.Edit(ctx, MemberID(in.ID), team.Edit{Profile: profile, Version: version})
	}, changedMember))
}

func changedMember(v team.View, _ bool) Member { return MemberOf(v) }

// tagged puts the member's etag into the header.
func tagged(out *Written[Member], err error) (*Written[Member], error) {
	if err == nil {
		out.ETag = out.Body.ETag
	}
	return out, err
}

// GrantSet is all grants that a member shall have.
type GrantSet struct {
	Grants []Grant `json:"grants" nullable:"false" doc:"All of them; an empty list takes everything away."`
}

// GrantsSet is the answer to setting grants.
type GrantsSet struct {
	Grants []Grant `json:"grants" nullable:"false" doc:"What the member holds now."`
	Gained []Grant `json:"gained" nullable:"false" doc:"What the request gave."`
	Lost   []Grant `json:"lost" nullable:"false" doc:"What the request took."`
	Member Member  `json:"member"`
}

// GrantsRequest is the request to set a member's grants.
type GrantsRequest struct {
	Guarded
	Body GrantSet
}

func (d *Door) setGrants(ctx context.Context, in *GrantsRequest) (*Written[GrantsSet], error) {
	version, err := MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if in.Body.Grants == nil {
		return nil, roster.Errorf(roster.Invalid, "field_required", "List all grants; an empty list takes everything away.").On("grants")
	}
	wanted := givings(in.Body.Grants)
	out, err := Write(ctx, http.StatusOK, func() (team.View, error) {
		return d.rooms.Team.Edit(ctx, MemberID(in.ID), team.Edit{Grants: &wanted, Version: version})
	}, func(v team.View, _ bool) GrantsSet {
		return GrantsSet{Grants: GrantsOf(v.Grants), Gained: GrantsOf(v.Gained), Lost: GrantsOf(v.Lost), Member: MemberOf(v)}
	})
	if err == nil {
		out.ETag = out.Body.Member.ETag
	}
	return out, err
}

// BlockRequest is the request to block a member.
type BlockRequest struct {
	OnMember
	Repeatable
	Body *Reason
}

// Reason is why something is done, for the history.
type Reason struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

func (d *Door) block(ctx context.Context, in *BlockRequest) (*Written[Member], error) {
	var why Reason
	if in.Body != nil {
		why = *in.Body
	}
	return tagged(Write(ctx, http.StatusOK, func() (team.View, error) {
		return d.rooms.Team.Block(ctx, MemberID(in.ID), why.Reason)
	}, changedMember))
}

// ActRequest is a request that says all in its address.
type ActRequest struct {
	OnMember
	Repeatable
}

func (d *Door) unblock(ctx context.Context, in *ActRequest) (*Written[Member], error) {
	return tagged(Write(ctx, http.StatusOK, func() (team.View, error) {
		return d.rooms.Team.Unblock(ctx, MemberID(in.ID))
	}, changedMember))
}

func (d *Door) resend(ctx context.Context, in *ActRequest) (*Written[Member], error) {
	return tagged(Write(ctx, http.StatusOK, func() (team.View, error) {
		return d.rooms.Team.Resend(ctx, MemberID(in.ID))
	}, changedMember))
}

// RemoveRequest is the request to remove a member.
type RemoveRequest struct {
	OnMember
	Repeatable
	IfMatch string `header:"If-Match" doc:"The member's etag as it was read: refused when it changed since."`
}

// Ended is the answer to what leaves nothing to show.
type Ended struct {
	Status   int
	Seq      int64  `header:"Roster-Seq" doc:"The history's position after the write."`
	Replayed string `header:"Idempotent-Replayed"`
}

func (d *Door) removeMember(ctx context.Context, in *RemoveRequest) (*Ended, error) {
	version, err := IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	roster.ActorFrom(ctx).Call.Version = version
	out, err := Write(ctx, http.StatusNoContent, func() (team.View, error) {
		return d.rooms.Team.Remove(ctx, MemberID(in.ID))
	}, func(team.View, bool) struct{} { return struct{}{} })
	if err != nil {
		return nil, err
	}
	return &Ended{Status: out.Status, Seq: out.Seq, Replayed: out.Replayed}, nil
}

// InvitationLink is a link to hand over by hand.
type InvitationLink struct {
	Link      Once       `json:"link" doc:"Given this once; null when the request is repeated."`
	Code      string     `json:"code,omitempty" doc:"secret_shown_once where link is null."`
	ExpiresAt *time.Time `json:"expires_at"`
	Member    Member     `json:"member"`
}

func (d *Door) link(ctx context.Context, in *ActRequest) (*Written[InvitationLink], error) {
	return Write(ctx, http.StatusOK, func() (team.Linked, error) {
		return d.rooms.Team.Link(ctx, MemberID(in.ID))
	}, d.invitationLink)
}

func (d *Door) invitationLink(l team.Linked, once bool) InvitationLink {
	out := InvitationLink{Link: Once{made: true}, Code: onceOnly, ExpiresAt: Moment(l.View.Live.ExpiresAt), Member: MemberOf(l.View)}
	if once {
		out.Code, out.Link.value = "", strings.TrimSuffix(d.set.BaseURL.String(), "/")+action.InvitationPath(l.View.Org, l.Secret)
	}
	return out
}
