package user

import (
	"time"

	"roster/internal/action/team"
	"roster/internal/command"
	"roster/internal/roster"
	api "roster/internal/server/api/team"
)

type memberDocument struct {
	ID          roster.MemberID     `json:"id"`
	ExternalID  *string             `json:"external_id"`
	Kind        roster.MemberKind   `json:"kind"`
	Status      roster.Status       `json:"status"`
	FirstName   *string             `json:"first_name"`
	LastName    *string             `json:"last_name"`
	Name        string              `json:"name"`
	Email       *string             `json:"email"`
	Phone       *string             `json:"phone"`
	PictureURL  *string             `json:"picture_url"`
	ClientID    *string             `json:"client_id"`
	EndsAt      *time.Time          `json:"ends_at"`
	Secret      string              `json:"client_secret,omitempty"` // of a new API user, this once
	Verified    bool                `json:"verified"`
	MFA         bool                `json:"mfa"`
	LoginMethod *string             `json:"login_method"`
	Identifier  *string             `json:"identifier"`
	BlockReason string              `json:"block_reason,omitempty"`
	Grants      []command.Grant     `json:"grants"`
	Unit        *string             `json:"unit"`
	Invitation  *command.Invitation `json:"invitation"`
	LastSeenAt  *time.Time          `json:"last_seen_at"`
	CreatedAt   time.Time           `json:"created_at"`
	CreatedBy   string              `json:"created_by"`
	UpdatedAt   time.Time           `json:"updated_at"`
	UpdatedBy   string              `json:"updated_by"`
	ETag        string              `json:"etag"`
	Allowed     []string            `json:"allowed"`
}

func memberOf(v team.View) memberDocument {
	m := v.Member
	d := memberDocument{
		ID: m.ID, ExternalID: command.Text(m.ExternalID), Kind: m.Kind, Status: m.Status, FirstName: command.Text(m.FirstName), LastName: command.Text(m.LastName),
		Name: m.Name, Email: command.Text(m.Email.Typed), Phone: command.Text(m.Phone), ClientID: command.Text(m.ClientID), EndsAt: command.Some(m.Ends), Verified: !m.VerifiedAt.IsZero(), MFA: v.MFA,
		BlockReason: m.BlockReason, Grants: command.GrantsOf(v.Grants), Unit: command.Text(string(m.Unit)), LastSeenAt: command.Some(m.LastSeenAt),
		CreatedAt: m.CreatedAt, CreatedBy: m.CreatedBy, UpdatedAt: m.UpdatedAt, UpdatedBy: m.UpdatedBy,
		Allowed: append([]string{}, v.Allowed...),
	}
	shown := api.MemberOf(v)
	d.ETag, d.PictureURL, d.LoginMethod, d.Identifier = shown.ETag, shown.PictureURL, shown.LoginMethod, shown.Identifier
	if v.Live.State != "" {
		d.Invitation = &command.Invitation{State: v.Live.Shown(v.Now), SentAt: command.Some(v.Live.SentAt), OpenedAt: command.Some(v.Live.OpenedAt), ExpiresAt: command.Some(v.Live.ExpiresAt)}
	}
	return d
}
