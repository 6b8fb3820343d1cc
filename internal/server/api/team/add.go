package team

import (
	"context"
	"net/http"
	"time"

	members "roster/internal/action/team"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Newcomer is who a new member shall be. People have email, names, phone and what concerns their
// invitation; API users have a name.
type Newcomer struct {
	Email         string `json:"email,omitempty" doc:"Of a person, who alone changes it."`
	FirstName     string `json:"first_name,omitempty" doc:"Of a person."`
	LastName      string `json:"last_name,omitempty" doc:"Of a person."`
	Phone         string `json:"phone,omitempty" doc:"Of a person, with country code."`
	Name          string `json:"name,omitempty" doc:"Of an API user."`
	ExternalID    string `json:"external_id,omitempty" doc:"What the host product calls the member; nobody else has it here."`
	LoginMethod   string `json:"login_method,omitempty" doc:"How a person comes in: password when absent, or the ID of a connection that is ready."`
	Identifier    string `json:"identifier,omitempty" doc:"What the connection's provider must say of them, exactly."`
	StartBlocked  bool   `json:"start_blocked,omitempty" doc:"A person can accept, and comes in once unblocked; an API user's tokens wait for it."`
	InvitationTTL *int64 `json:"invitation_ttl,omitempty" minimum:"3600" maximum:"7776000" doc:"Seconds from the first sending; the organisation's setting when absent."`
	Message       string `json:"message,omitempty" doc:"For the letter."`
}

// AddMember is what a new member is made of.
type AddMember struct {
	Kind   string      `json:"kind,omitempty" enum:"regular,external,api" doc:"regular when absent."`
	Unit   string      `json:"unit,omitempty" doc:"An external member's customer account: its ID or external ID."`
	Grants []api.Grant `json:"grants,omitempty" nullable:"false" doc:"The role member when absent or empty."`
	// Password is typed once here: who asks by a program has checked it.
	Password string     `json:"password,omitempty" format:"password" doc:"Of a person who gets no letter: active at once, and must choose their own at the first sign-in, within invitation_ttl. Only people set it, not API users, and the organisation's settings can turn it off."`
	EndsAt   *time.Time `json:"ends_at,omitempty" doc:"When an API user's time is over: from then on it is refused at every door. It has no end when absent."`
	Newcomer
}

// AddedMember is a new member; of an API user with its secret.
type AddedMember struct {
	Member
	ClientSecret api.Once `json:"client_secret,omitzero" doc:"Of an API user, given this once; null when the request is repeated."`
	Code         string   `json:"code,omitempty" doc:"secret_shown_once where client_secret is null."`
}

// AddRequest is the request to add a member.
type AddRequest struct {
	api.Inside
	api.Repeatable
	Body AddMember
}

func (a area) add(ctx context.Context, in *AddRequest) (*api.Written[AddedMember], error) {
	var out *api.Written[AddedMember]
	err := in.Body.check()
	switch {
	case err != nil:
	case in.Body.Kind == string(roster.API):
		out, err = api.Write(ctx, http.StatusCreated, func() (members.MadeAPIUser, error) {
			return a.room.CreateAPIUser(ctx, members.APIUser{
				Name: in.Body.Name, ExternalID: in.Body.ExternalID, Grants: givings(in.Body.Grants), StartBlocked: in.Body.StartBlocked, Ends: api.NamedEnd(in.Body.EndsAt),
			})
		}, func(made members.MadeAPIUser, once bool) AddedMember { return added(made.View, made.Secret, once) })
	default:
		out, err = api.Write(ctx, http.StatusCreated, func() (members.View, error) {
			if who := in.Body; who.Password != "" {
				return a.room.Create(ctx, members.Creation{Invitation: who.invitation(), NewPassword: twice(who.Password)})
			}
			return a.room.Invite(ctx, in.Body.invitation())
		}, func(v members.View, once bool) AddedMember { return added(v, "", once) })
	}
	if err != nil {
		return nil, err
	}
	out.Location = location(ctx, out.Body.ID)
	return out, nil
}

// added shows a new member; with its secret when it is an API user.
func added(v members.View, secret string, once bool) AddedMember {
	out := AddedMember{Member: MemberOf(v)}
	if v.Kind == roster.API {
		out.ClientSecret, out.Code = api.Secret(secret, once)
	}
	return out
}

// location gives the address of a new member.
func location(ctx context.Context, id string) string {
	return api.Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/members/" + id
}

// check refuses what does not belong to the kind. Whether the rest is good, the room tells.
func (m AddMember) check() error {
	var bad roster.Problems
	switch m.Kind {
	case "", string(roster.Regular), string(roster.External):
		if m.Name != "" {
			bad.Add("name", roster.Errorf(roster.Invalid, "field_unknown", "A person has a first and a last name."))
		}
		if m.EndsAt != nil {
			bad.Add("ends_at", policy.ErrNoEnd())
		}
	case string(roster.API):
		for _, f := range []struct {
			name  string
			given bool
		}{
			{"email", m.Email != ""},
			{"first_name", m.FirstName != ""},
			{"last_name", m.LastName != ""},
			{"phone", m.Phone != ""},
			{"unit", m.Unit != ""},
			{"invitation_ttl", m.InvitationTTL != nil},
			{"message", m.Message != ""},
			{"password", m.Password != ""},
			{"login_method", m.LoginMethod != ""},
			{"identifier", m.Identifier != ""},
		} {
			if f.given {
				bad.Add(f.name, roster.Errorf(roster.Invalid, "field_unknown", "An API user has only a name, an external ID, grants and an end."))
			}
		}
	default:
		bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A new member's kind is regular, external or api."))
	}
	return bad.Err()
}

// twice is a password that was typed once.
func twice(password string) members.NewPassword {
	return members.NewPassword{Password: password, Repeat: password}
}

func (m AddMember) invitation() members.Invitation {
	return members.Invitation{
		Kind: roster.MemberKind(m.Kind), Unit: m.Unit, Email: m.Email, ExternalID: m.ExternalID, Profile: m.profile(), Grants: givings(m.Grants),
		Coming: m.coming(), StartBlocked: m.StartBlocked, TTL: lifetime(m.InvitationTTL), Message: m.Message,
	}
}

func (n Newcomer) coming() roster.Coming {
	return roster.Coming{Method: n.LoginMethod, Identifier: n.Identifier}
}

func (n Newcomer) profile() roster.Profile {
	return roster.Profile{FirstName: n.FirstName, LastName: n.LastName, Name: n.Name, Phone: n.Phone}
}

// lifetime gives an invitation's; zero where the organisation's shall be taken.
func lifetime(seconds *int64) time.Duration {
	if seconds == nil {
		return 0
	}
	return api.Lifetime(*seconds)
}
