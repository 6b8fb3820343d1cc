package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// Inside names an organisation in a path.
type Inside struct {
	Org string `path:"org" doc:"The organisation's ID or slug."`
}

// OnMember names a member in a path.
type OnMember struct {
	Inside
	ID string `path:"id" doc:"The member's ID."`
}

// Repeatable are the headers of every write.
type Repeatable struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request give the first one's answer, for 24 hours. Take a new key for each request."`
}

// Page is one page of a list.
type Page[T any] struct {
	Items      []T     `json:"items" nullable:"false"`
	NextCursor *string `json:"next_cursor" doc:"Where the next page begins; null on the last."`
	Total      int     `json:"total" doc:"Exact up to 10,000."`
	More       bool    `json:"more" doc:"Whether there are more than total."`
}

// Shown is an answer that has only a body.
type Shown[T any] struct{ Body T }

// MembersQuery is what a list of members is asked with.
type MembersQuery struct {
	Inside
	Q      string   `query:"q" doc:"Words that begin one of the name's, address's, phone number's or client ID's."`
	Status []string `query:"status,explode" doc:"invited, active, blocked or removed; repeated, or separated by commas. Removed members are listed only when asked for."`
	Kind   []string `query:"kind,explode" doc:"regular, external or api; repeated, or separated by commas."`
	Role   string   `query:"role" doc:"A role's key."`
	Sort   string   `query:"sort" enum:"name,-name,created_at,-created_at" doc:"name when absent."`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string   `query:"cursor" doc:"The next_cursor of the page before, with the same filter."`
}

func (d *Door) members(ctx context.Context, in *MembersQuery) (*Shown[Page[Member]], error) {
	role, err := roster.CleanName(in.Role)
	if err != nil {
		return nil, roster.AsError(err).On("role")
	}
	page, err := d.rooms.Team.List(ctx, team.Query{
		Text: in.Q, Status: Parts[roster.Status](in.Status), Kinds: Parts[roster.MemberKind](in.Kind), Role: role,
		Sort: memberdb.Sort(in.Sort), Limit: Asked(in.Limit), Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	out := &Shown[Page[Member]]{Page[Member]{Items: make([]Member, len(page.Members)), NextCursor: Text(page.Next), Total: page.Total, More: page.More}}
	for i, v := range page.Members {
		out.Body.Items[i] = MemberOf(v)
	}
	return out, nil
}

// parts gives the values of a parameter that may be repeated, and separated by commas.
func Parts[T ~string](given []string) []T {
	var all []T
	for _, g := range given {
		for part := range strings.SplitSeq(g, ",") {
			all = append(all, T(strings.TrimSpace(part)))
		}
	}
	return all
}

// asked gives the length of a page. The default stands where none is asked for, so a zero was written
// there; for the rooms it would be the default, so they are given one that they refuse.
func Asked(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit
}

// ShowQuery is what one member is asked with.
type ShowQuery struct {
	OnMember
	IfNoneMatch string `header:"If-None-Match" doc:"An etag: 304 while the member looks as it did."`
}

// MemberShown is the answer with one member.
type MemberShown struct {
	Status int
	ETag   string `header:"ETag"`
	Body   Member
}

func (d *Door) member(ctx context.Context, in *ShowQuery) (*MemberShown, error) {
	v, err := d.rooms.Team.Show(ctx, MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	out := &MemberShown{Status: http.StatusOK, Body: MemberOf(v)}
	if out.ETag = out.Body.ETag; noneMatch(in.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

// AddMember is what a new member is made of. People have email, names, phone and what concerns their
// invitation; API users have a name. Both have grants.
type AddMember struct {
	Kind          string  `json:"kind,omitempty" enum:"regular,api" doc:"regular when absent."`
	Email         string  `json:"email,omitempty" doc:"Of a person; it never changes."`
	FirstName     string  `json:"first_name,omitempty" doc:"Of a person."`
	LastName      string  `json:"last_name,omitempty" doc:"Of a person."`
	Phone         string  `json:"phone,omitempty" doc:"Of a person, with country code."`
	Name          string  `json:"name,omitempty" doc:"Of an API user."`
	Grants        []Grant `json:"grants,omitempty" nullable:"false" doc:"The role member when absent or empty."`
	StartBlocked  bool    `json:"start_blocked,omitempty" doc:"The person can accept, and comes in once unblocked."`
	InvitationTTL *int64  `json:"invitation_ttl,omitempty" minimum:"3600" maximum:"7776000" doc:"Seconds from the first sending; the organisation's setting when absent."`
	Message       string  `json:"message,omitempty" doc:"For the letter."`
}

// AddedMember is a new member; of an API user with its secret.
type AddedMember struct {
	Member
	ClientSecret Once   `json:"client_secret,omitzero" doc:"Of an API user, given this once; null when the request is repeated."`
	Code         string `json:"code,omitempty" doc:"secret_shown_once where client_secret is null."`
}

// AddRequest is the request to add a member.
type AddRequest struct {
	Inside
	Repeatable
	Body AddMember
}

func (d *Door) addMember(ctx context.Context, in *AddRequest) (*Written[AddedMember], error) {
	var out *Written[AddedMember]
	err := in.Body.check()
	switch {
	case err != nil:
	case in.Body.Kind == string(roster.API):
		out, err = Write(ctx, http.StatusCreated, func() (team.MadeAPIUser, error) {
			return d.rooms.Team.CreateAPIUser(ctx, team.APIUser{Name: in.Body.Name, Grants: givings(in.Body.Grants)})
		}, addedAPIUser)
	default:
		out, err = Write(ctx, http.StatusCreated, func() (team.View, error) {
			return d.rooms.Team.Invite(ctx, in.Body.invitation())
		}, func(v team.View, _ bool) AddedMember { return AddedMember{Member: MemberOf(v)} })
	}
	if err != nil {
		return nil, err
	}
	out.ETag = out.Body.ETag
	out.Location = Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/members/" + out.Body.ID
	return out, nil
}

func addedAPIUser(made team.MadeAPIUser, once bool) AddedMember {
	out := AddedMember{Member: MemberOf(made.View), ClientSecret: Once{made: true, value: made.Secret}}
	if !once {
		out.ClientSecret.value, out.Code = "", onceOnly
	}
	return out
}

// check refuses what does not belong to the kind. Whether the rest is good, the room tells.
func (a AddMember) check() error {
	var bad roster.Problems
	switch a.Kind {
	case "", string(roster.Regular):
		if a.Name != "" {
			bad.Add("name", roster.Errorf(roster.Invalid, "field_unknown", "A person has a first and a last name."))
		}
	case string(roster.API):
		for _, f := range []struct {
			name  string
			given bool
		}{
			{"email", a.Email != ""},
			{"first_name", a.FirstName != ""},
			{"last_name", a.LastName != ""},
			{"phone", a.Phone != ""},
			{"start_blocked", a.StartBlocked},
			{"invitation_ttl", a.InvitationTTL != nil},
			{"message", a.Message != ""},
		} {
			if f.given {
				bad.Add(f.name, roster.Errorf(roster.Invalid, "field_unknown", "An API user has only a name and grants."))
			}
		}
	default:
		bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A new member's kind is regular or api."))
	}
	return bad.Err()
}

func (a AddMember) invitation() team.Invitation {
	return team.Invitation{
		Email: a.Email, Profile: roster.Profile{FirstName: a.FirstName, LastName: a.LastName, Phone: a.Phone}, Grants: givings(a.Grants),
		StartBlocked: a.StartBlocked, TTL: Lifetime(a.InvitationTTL), Message: a.Message,
	}
}

// lifetime reads seconds. What is out of range becomes a moment that is, so that the room says so: a
// zero would be its default, and a large number would turn over.
func Lifetime(seconds *int64) time.Duration {
	switch {
	case seconds == nil:
		return 0
	case *seconds < 1 || *seconds > int64(roster.MaxInvitationTTL/time.Second):
		return time.Nanosecond
	}
	return time.Duration(*seconds) * time.Second
}
