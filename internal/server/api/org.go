package api

import (
	"context"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/role"
	"roster/internal/roster"
)

// Nothing is a request that says all in its address.
type Nothing struct{}

// Me is who asks.
type Me struct {
	Kind        string       `json:"kind" enum:"person,api_user"`
	ID          string       `json:"id" doc:"The person's ID, or the API user's member ID."`
	Name        *string      `json:"name" doc:"An API user's; people have one in each organisation."`
	Email       *string      `json:"email" doc:"A person's."`
	Memberships []Membership `json:"memberships" nullable:"false"`
}

// Membership is the caller's place in an organisation.
type Membership struct {
	ID      string   `json:"id" doc:"The organisation's ID."`
	Slug    string   `json:"slug"`
	Name    string   `json:"name"`
	Member  string   `json:"member" doc:"The caller's member ID there."`
	Status  string   `json:"status" enum:"active,blocked"`
	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do there; empty while blocked."`
}

func (d *Door) me(ctx context.Context, _ *Nothing) (*Shown[Me], error) {
	me, err := d.self(ctx)
	return &Shown[Me]{me}, err
}

func (d *Door) organisations(ctx context.Context, _ *Nothing) (*Shown[Page[Membership]], error) {
	me, err := d.self(ctx)
	return &Shown[Page[Membership]]{Page[Membership]{Items: me.Memberships, Total: len(me.Memberships)}}, err
}

// self gives the caller with each of their organisations, entered as a request there would be.
func (d *Door) self(ctx context.Context) (Me, error) {
	actor := roster.ActorFrom(ctx)
	if actor.Kind == roster.ActorAPIUser {
		e, err := d.rooms.Orgs.Enter(ctx, string(actor.Organisation))
		return Me{Kind: string(actor.Kind), ID: string(actor.Member), Name: Text(e.Member.Name), Memberships: []Membership{membershipOf(e)}}, err
	}
	self, err := d.rooms.SignIn.Me(ctx)
	if err != nil {
		return Me{}, err
	}
	me := Me{Kind: string(actor.Kind), ID: string(self.Person.ID), Email: Text(self.Person.Email.Typed), Memberships: []Membership{}}
	for _, m := range self.Memberships {
		place := Membership{ID: string(m.Org), Slug: m.Slug, Name: m.Name, Member: string(m.Member), Status: string(m.Status), Allowed: []string{}}
		if m.Status == roster.Active {
			e, err := d.rooms.Orgs.Enter(ctx, string(m.Org))
			if err != nil {
				return me, err
			}
			place = membershipOf(e)
		}
		me.Memberships = append(me.Memberships, place)
	}
	return me, nil
}

func membershipOf(e org.Entry) Membership {
	o := e.Organisation
	return Membership{ID: string(o.ID), Slug: o.Slug, Name: o.Name, Member: string(e.Member.ID), Status: string(e.Member.Status), Allowed: List(e.Allowed)}
}

// Organisation is an organisation with its settings.
type Organisation struct {
	ID            string    `json:"id"`
	Slug          string    `json:"slug"`
	Name          string    `json:"name"`
	Plan          string    `json:"plan" doc:"The plan's key."`
	InvitationTTL int64     `json:"invitation_ttl" doc:"Seconds that an invitation lasts from its first sending."`
	PhoneRequired bool      `json:"phone_required"`
	CreatedAt     time.Time `json:"created_at"`
	Allowed       []string  `json:"allowed" nullable:"false" doc:"The actions that the caller may do in the organisation."`
}

func (d *Door) organisation(ctx context.Context, _ *Inside) (*Shown[Organisation], error) {
	u, err := d.rooms.Orgs.Show(ctx)
	o := u.Organisation
	return &Shown[Organisation]{Organisation{
		ID: string(o.ID), Slug: o.Slug, Name: o.Name, Plan: o.Plan, InvitationTTL: int64(o.InvitationTTL / time.Second),
		PhoneRequired: o.PhoneRequired, CreatedAt: Exact(o.CreatedAt), Allowed: List(u.Allowed),
	}}, err
}

// Plan is an organisation's plan and what of it is in use. null stands for no limit.
type Plan struct {
	Key          string   `json:"key"`
	Name         string   `json:"name"`
	MaxUsers     *int     `json:"max_users" doc:"null for no limit."`
	Users        int      `json:"users" doc:"Invited, active and blocked people."`
	UsersLeft    *int     `json:"users_left" doc:"null for no limit."`
	MaxAPIUsers  *int     `json:"max_api_users" doc:"null for no limit."`
	APIUsers     int      `json:"api_users"`
	APIUsersLeft *int     `json:"api_users_left" doc:"null for no limit."`
	Allowed      []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do in the organisation."`
}

func (d *Door) plan(ctx context.Context, _ *Inside) (*Shown[Plan], error) {
	u, err := d.rooms.Orgs.Show(ctx)
	p, o := u.Plan, u.Organisation
	return &Shown[Plan]{Plan{
		Key: p.Key, Name: p.Name, Allowed: List(u.Allowed),
		MaxUsers: limit(p.MaxUsers), Users: o.People, UsersLeft: limit(p.SeatsLeft(o.People)),
		MaxAPIUsers: limit(p.MaxAPIUsers), APIUsers: o.APIUsers, APIUsersLeft: limit(p.APIUsersLeft(o.APIUsers)),
	}}, err
}

// limit gives null for no limit.
func limit(n int) *int {
	if n == roster.Unlimited {
		return nil
	}
	return &n
}

// Role is a role, and whether the caller can give it.
type Role struct {
	ID          string   `json:"id"`
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	BuiltIn     bool     `json:"built_in"`
	Permissions []string `json:"permissions" nullable:"false"`
	CanGrant    bool     `json:"can_grant" doc:"Whether the caller can give it."`
	Missing     []string `json:"missing" nullable:"false" doc:"The permissions that the caller lacks to give it."`
}

func (d *Door) roles(ctx context.Context, _ *Inside) (*Shown[Page[Role]], error) {
	offers, err := d.rooms.Roles.List(ctx)
	page := Page[Role]{Items: make([]Role, len(offers)), Total: len(offers)}
	for i, o := range offers {
		page.Items[i] = roleOf(o)
	}
	return &Shown[Page[Role]]{page}, err
}

func roleOf(o role.View) Role {
	return Role{
		ID: o.ID, Key: o.Key, Name: o.Name, Description: o.Description, BuiltIn: o.BuiltIn, Permissions: List(o.Permissions),
		CanGrant: len(o.Missing) == 0, Missing: List(o.Missing),
	}
}
