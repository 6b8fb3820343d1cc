package org

import (
	"context"
	"time"

	orgs "roster/internal/action/org"
	"roster/internal/server/api"
	"roster/internal/store/memberdb"
)

// Ways is everything that is, could make or could become an Owner, and in how many steps.
type Ways struct {
	Owners  []OwnerWay  `json:"owners" nullable:"false" doc:"Who holds the role Owner on the whole organisation."`
	Equals  []EqualWay  `json:"equals" nullable:"false" doc:"Who holds all that an Owner holds, without the role."`
	Roles   []RoleWay   `json:"roles" nullable:"false" doc:"Roles whose edit would make their holders Owners' equals."`
	Clients []ClientWay `json:"clients" nullable:"false" doc:"Product clients that can make or reach Owners."`
	Beyond  bool        `json:"beyond" doc:"Whether there is anything beside active Owners who hold the role for good."`
	Allowed []string    `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// WayMember is a member on a way to Owner.
type WayMember struct {
	ID     string  `json:"id"`
	Kind   string  `json:"kind" enum:"regular,external,api"`
	Status string  `json:"status" enum:"invited,active,blocked,removed"`
	Name   string  `json:"name"`
	Email  *string `json:"email"`
}

// OwnerWay is a holder of the role Owner.
type OwnerWay struct {
	Member     WayMember        `json:"member"`
	Until      *time.Time       `json:"until" doc:"When the role ends; null for endless."`
	SignIn     []string         `json:"sign_in" nullable:"false" doc:"Stored ways in, such as password."`
	Invitation *OwnerInvitation `json:"invitation" doc:"The open invitation, if there is one: who holds a link of it can become the Owner."`
	Steps      int              `json:"steps" doc:"0 for who can act as Owner now, 1 for who must be unblocked or accept first."`
}

// OwnerInvitation is an Owner's invitation that nobody accepted yet.
type OwnerInvitation struct {
	Generation int        `json:"generation"`
	Links      int        `json:"links" doc:"How many secrets of this generation are out."`
	By         string     `json:"by" doc:"Who made this generation."`
	ByMail     bool       `json:"by_mail" doc:"Whether every link went out by mail alone."`
	ExpiresAt  *time.Time `json:"expires_at"`
	Expired    bool       `json:"expired"`
}

// EqualWay is a member with an Owner's permissions by other grants.
type EqualWay struct {
	Member WayMember `json:"member"`
	Steps  int       `json:"steps"`
}

// RoleWay is a role that changes what people hold.
type RoleWay struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Holders int      `json:"holders"`
	Lacks   []string `json:"lacks" nullable:"false" doc:"What of Roster's own permissions an Owner holds and the role does not."`
	Steps   int      `json:"steps"`
}

// ClientWay is a product client with a permission that reaches Owners.
type ClientWay struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions" nullable:"false"`
	Steps       int      `json:"steps"`
}

func (a area) owners(ctx context.Context, _ *api.Inside) (*api.Shown[Ways], error) {
	w, err := a.orgs.Ways(ctx)
	if err != nil {
		return nil, err
	}
	return &api.Shown[Ways]{Body: Ways{
		Owners: api.Each(w.Owners, ownerWayOf),
		Equals: api.Each(w.Equals, func(e orgs.EqualWay) EqualWay { return EqualWay{wayMemberOf(e.Member), e.Steps} }),
		Roles: api.Each(w.Roles, func(r orgs.RoleWay) RoleWay {
			return RoleWay{r.Role.ID, r.Role.Name, r.Holders, api.List(r.Lacks), r.Steps}
		}),
		Clients: api.Each(w.Clients, func(c orgs.ClientWay) ClientWay { return ClientWay{c.ID, c.Name, api.List(c.Permissions), c.Steps} }),
		Beyond:  w.Beyond(), Allowed: api.Here(ctx),
	}}, nil
}

func ownerWayOf(o orgs.OwnerWay) OwnerWay {
	out := OwnerWay{Member: wayMemberOf(o.Member), Until: api.Moment(o.Until), SignIn: api.List(o.SignIn), Steps: o.Steps}
	if i := o.Invitation; i != nil {
		out.Invitation = &OwnerInvitation{i.Generation, i.Links, i.By, i.ByMail, api.Moment(i.ExpiresAt), i.Expired}
	}
	return out
}

func wayMemberOf(m memberdb.Row) WayMember {
	return WayMember{ID: string(m.ID), Kind: string(m.Kind), Status: string(m.Status), Name: m.Label(), Email: api.Text(m.Email.Typed)}
}
