package team

import (
	"time"

	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Member is a member as the API shows it (design page 7).
type Member struct {
	ID          string      `json:"id"`
	ExternalID  *string     `json:"external_id" doc:"What the host product calls the member."`
	Kind        string      `json:"kind" enum:"regular,external,api"`
	Status      string      `json:"status" enum:"invited,active,blocked,removed"`
	FirstName   *string     `json:"first_name" doc:"Of people."`
	LastName    *string     `json:"last_name" doc:"Of people."`
	Name        string      `json:"name" doc:"First and last name, or an API user's name."`
	Email       *string     `json:"email" doc:"Of people."`
	Phone       *string     `json:"phone" doc:"E.164."`
	PictureURL  *string     `json:"picture_url" doc:"Where a person's picture is, on this server; null without one."`
	ClientID    *string     `json:"client_id" doc:"Of API users."`
	EndsAt      *time.Time  `json:"ends_at" doc:"When an API user's time is over: from then on it is refused at every door."`
	Verified    bool        `json:"verified" doc:"Whether a mailed secret proved the address."`
	MFA         bool        `json:"mfa" doc:"Whether there is a second factor."`
	LoginMethod *string     `json:"login_method" doc:"How a person comes in: password, or a connection's ID."`
	Identifier  *string     `json:"identifier" doc:"What the connection's provider must say of them; null for a password."`
	Grants      []api.Grant `json:"grants" nullable:"false"`
	Unit        *string     `json:"unit" doc:"An external member's customer account."`
	Invitation  *Invitation `json:"invitation" doc:"The open invitation, if there is one."`
	LastSeenAt  *time.Time  `json:"last_seen_at"`
	CreatedAt   time.Time   `json:"created_at"`
	CreatedBy   string      `json:"created_by" doc:"The ID of who made the member."`
	UpdatedAt   time.Time   `json:"updated_at"`
	UpdatedBy   string      `json:"updated_by" doc:"The ID of who changed the member last."`
	ETag        string      `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed     []string    `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the member now."`
}

// Invitation is a member's open invitation.
type Invitation struct {
	ExpiresAt *time.Time `json:"expires_at" doc:"null until the letter was sent: the clock starts then."`
	SentAt    *time.Time `json:"sent_at"`
	OpenedAt  *time.Time `json:"opened_at" doc:"When its page was last opened, by whoever had the link; at most a minute old."`
	State     string     `json:"state" enum:"live,expired"`
}

// MemberOf shows a member.
func MemberOf(v members.View) Member {
	m := v.Member
	out := Member{
		ID: string(m.ID), ExternalID: api.Text(m.ExternalID), Kind: string(m.Kind), Status: string(m.Status),
		FirstName: api.Text(m.FirstName), LastName: api.Text(m.LastName), Name: m.Name, Email: api.Text(m.Email.Typed), Phone: api.Text(m.Phone),
		ClientID: api.Text(m.ClientID), EndsAt: api.Moment(m.Ends), Verified: !m.VerifiedAt.IsZero(), MFA: v.MFA, Grants: api.GrantsOf(v.Grants), Unit: api.Text(string(m.Unit)),
		LastSeenAt: api.Moment(m.LastSeenAt), CreatedAt: api.Exact(m.CreatedAt), CreatedBy: m.CreatedBy, UpdatedAt: api.Exact(m.UpdatedAt), UpdatedBy: m.UpdatedBy,
		Allowed: api.List(v.Allowed),
	}
	out.PictureURL = api.Text(pictureURL(m))
	switch c := v.Coming; {
	case c.Connected():
		out.LoginMethod, out.Identifier = api.Text(c.Method), api.Text(c.Identifier)
	case m.Person != "" || m.Kind != roster.API && m.Pending():
		out.LoginMethod = api.Text(roster.PasswordMethod)
	}
	if v.Live.State != "" {
		out.Invitation = &Invitation{ExpiresAt: api.Moment(v.Live.ExpiresAt), SentAt: api.Moment(v.Live.SentAt), OpenedAt: api.Moment(v.Live.OpenedAt), State: v.Live.Shown(v.Now)}
	}
	out.ETag = api.ETag(m.Version, out)
	return out
}

// Tag gives the member's etag.
func (m Member) Tag() string { return m.ETag }

// givings reads grants as they are asked for.
func givings(all []api.Grant) []members.Giving {
	return api.Each(all, func(g api.Grant) members.Giving {
		return members.Giving{Role: api.Plain(g.Role), Permission: api.Plain(g.Permission), Scope: api.Plain(g.Scope), Unit: roster.UnitID(api.Plain(g.Unit)), Until: api.NamedEnd(g.Until)}
	})
}
