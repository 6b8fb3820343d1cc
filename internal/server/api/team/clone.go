package team

import (
	"context"
	"net/http"

	members "roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/server/api"
)

// LeftOut is a grant that a clone does not get.
type LeftOut struct {
	Grant   api.Grant `json:"grant"`
	Reason  string    `json:"reason" doc:"exceeds_authority, ended, unit_archived, or what else stands against giving it now."`
	Missing []string  `json:"missing" nullable:"false" doc:"The permissions and scopes that the caller lacks to give it."`
}

func leftOutOf(l members.LeftOut) LeftOut {
	return LeftOut{Grant: api.GrantOf(l.Grant), Reason: l.Reason, Missing: api.List(authz.Keys(l.Missing))}
}

// CloneOffer is what cloning a member would bring.
type CloneOffer struct {
	Member  Member      `json:"member"`
	Comes   []api.Grant `json:"comes" nullable:"false" doc:"What the clone would hold."`
	LeftOut []LeftOut   `json:"left_out" nullable:"false"`
	Allowed []string    `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the member now."`
}

// OfferQuery is what an offer is asked with.
type OfferQuery struct{ api.OnMember }

func (a area) offer(ctx context.Context, in *OfferQuery) (*api.Shown[CloneOffer], error) {
	o, err := a.room.CloneOffer(ctx, api.MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	m := MemberOf(o.Source)
	return &api.Shown[CloneOffer]{Body: CloneOffer{Member: m, Comes: api.GrantsOf(o.Comes), LeftOut: api.Each(o.LeftOut, leftOutOf), Allowed: m.Allowed}}, nil
}

// CloneMember is who the new member of a clone shall be. What they may do comes from the member that is cloned.
type CloneMember struct{ Newcomer }

// ClonedMember is a new member with another's access, and what of it was left out.
type ClonedMember struct {
	AddedMember
	LeftOut []LeftOut `json:"left_out" nullable:"false" doc:"What the clone did not get, and why."`
}

// CloneRequest is the request to clone a member.
type CloneRequest struct {
	api.OnMember
	api.Repeatable
	Body CloneMember
}

func (a area) clone(ctx context.Context, in *CloneRequest) (*api.Written[ClonedMember], error) {
	who := in.Body.Newcomer
	out, err := api.Write(ctx, http.StatusCreated, func() (members.Cloned, error) {
		return a.room.Clone(ctx, api.MemberID(in.ID), members.Clone{
			Email: who.Email, ExternalID: who.ExternalID, Profile: who.profile(), Coming: who.coming(), StartBlocked: who.StartBlocked, TTL: lifetime(who.InvitationTTL), Message: who.Message,
		})
	}, func(c members.Cloned, once bool) ClonedMember {
		return ClonedMember{AddedMember: added(c.View, c.Secret, once), LeftOut: api.Each(c.LeftOut, leftOutOf)}
	})
	if err != nil {
		return nil, err
	}
	out.Location = location(ctx, out.Body.ID)
	return out, nil
}
