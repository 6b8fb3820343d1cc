package cli

import (
	"fmt"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// The documents below are what --json prints. Members have the fields of the REST contract (design
// page 7); once shipped, documents change only by addition.

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
	Secret      string              `json:"client_secret,omitempty"` // of a new API user, this once
	Verified    bool                `json:"verified"`
	MFA         bool                `json:"mfa"`
	LoginMethod *string             `json:"login_method"`
	BlockReason string              `json:"block_reason,omitempty"`
	Grants      []grantDocument     `json:"grants"`
	Unit        *string             `json:"unit"`
	Invitation  *invitationDocument `json:"invitation"`
	LastSeenAt  *time.Time          `json:"last_seen_at"`
	CreatedAt   time.Time           `json:"created_at"`
	CreatedBy   string              `json:"created_by"`
	UpdatedAt   time.Time           `json:"updated_at"`
	UpdatedBy   string              `json:"updated_by"`
	ETag        string              `json:"etag"`
	Allowed     []string            `json:"allowed"`
}

type grantDocument struct {
	Role       string     `json:"role,omitempty"`
	Permission string     `json:"permission,omitempty"`
	Scope      string     `json:"scope,omitempty"`
	Unit       *string    `json:"unit"`
	Until      *time.Time `json:"until"`
}

type invitationDocument struct {
	State     string     `json:"state"`
	SentAt    *time.Time `json:"sent_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	Link      string     `json:"link,omitempty"` // of a new one, this once
}

type listDocument[T any] struct {
	Items []T `json:"items"`
	Total any `json:"total,omitempty"` // a number, or "more" where they were not all counted
}

type organisationDocument struct {
	ID        roster.OrgID   `json:"id"`
	Slug      string         `json:"slug"`
	Name      string         `json:"name"`
	Plan      string         `json:"plan"`
	Users     int            `json:"users"`
	APIUsers  int            `json:"api_users"`
	CreatedAt time.Time      `json:"created_at"`
	Owner     *ownerDocument `json:"owner,omitempty"` // of a new one
}

type ownerDocument struct {
	ID         roster.MemberID    `json:"id"`
	Email      string             `json:"email"`
	Invitation invitationDocument `json:"invitation"`
}

type eventDocument struct {
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Action  string           `json:"action"`
	Actor   refDocument      `json:"actor"`
	Door    roster.Door      `json:"door"`
	Request *string          `json:"request_id"`
	IP      *string          `json:"ip"`
	Target  refDocument      `json:"target"`
	Refused *string          `json:"refused"`
	Count   int              `json:"count"`
	Changes []changeDocument `json:"changes"`
	Hash    string           `json:"hash"`
}

type refDocument struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

type changeDocument struct {
	Of    refDocument `json:"of"`
	Field string      `json:"field"`
	From  string      `json:"from"`
	To    string      `json:"to"`
}

type letterDocument struct {
	ID           string          `json:"id"`
	Organisation roster.OrgID    `json:"organisation"`
	Kind         string          `json:"kind"`
	Member       roster.MemberID `json:"member"`
	To           string          `json:"to"`
	State        string          `json:"state"`
	Attempts     int             `json:"attempts"`
	NextTryAt    *time.Time      `json:"next_try_at"`
	Error        string          `json:"error,omitempty"`
	QueuedAt     time.Time       `json:"queued_at"`
}

// some gives null for a moment that is missing.
func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// text gives null for a text that is missing.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func memberOf(v team.View) memberDocument {
	m := v.Member
	d := memberDocument{
		ID: m.ID, ExternalID: text(m.ExternalID), Kind: m.Kind, Status: m.Status, FirstName: text(m.FirstName), LastName: text(m.LastName),
		Name: m.Name, Email: text(m.Email.Typed), Phone: text(m.Phone), ClientID: text(m.ClientID), Verified: !m.VerifiedAt.IsZero(),
		BlockReason: m.BlockReason, Grants: []grantDocument{}, Unit: text(string(m.Unit)), LastSeenAt: some(m.LastSeenAt),
		CreatedAt: m.CreatedAt, CreatedBy: m.CreatedBy, UpdatedAt: m.UpdatedAt, UpdatedBy: m.UpdatedBy,
		ETag: fmt.Sprintf(`"%d"`, m.Version), Allowed: append([]string{}, v.Allowed...),
	}
	if m.Person != "" {
		d.LoginMethod = text("password") // the one there is
	}
	for _, g := range v.Grants {
		d.Grants = append(d.Grants, grantDocument{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: text(string(g.Unit)), Until: some(g.Until)})
	}
	if v.Live.State != "" {
		d.Invitation = &invitationDocument{State: v.Live.Shown(v.Now), SentAt: some(v.Live.SentAt), ExpiresAt: some(v.Live.ExpiresAt)}
	}
	return d
}

// doer names who did something that no member did.
func doer(name string) string {
	switch roster.ActorKind(name) {
	case roster.ActorCLI:
		return commandLine
	case roster.ActorSystem:
		return "Roster"
	}
	return name
}

func organisationOf(o roster.Organisation) organisationDocument {
	return organisationDocument{ID: o.ID, Slug: o.Slug, Name: o.Name, Plan: o.Plan, Users: o.People, APIUsers: o.APIUsers, CreatedAt: o.CreatedAt}
}

func foundedOf(f org.Founded, email, link string) organisationDocument {
	d := organisationOf(f.Organisation)
	until := f.Organisation.CreatedAt.Add(f.Organisation.InvitationTTL)
	d.Owner = &ownerDocument{ID: f.Owner, Email: email, Invitation: invitationDocument{
		State: string(roster.InvitationLive), SentAt: some(d.CreatedAt), ExpiresAt: some(until), Link: link,
	}}
	return d
}

func eventOf(e roster.Event) eventDocument {
	d := eventDocument{
		Seq: e.Seq, At: e.At, Action: e.Action, Actor: refDocument{string(e.ActorKind), e.ActorID, e.ActorName}, Door: e.Door,
		Request: text(e.Request), IP: text(e.IP), Target: refDocument{e.Target.Kind, e.Target.ID, e.Target.Name},
		Refused: text(e.Refused), Count: e.Count, Changes: []changeDocument{}, Hash: e.Hash,
	}
	for _, c := range e.Changes {
		d.Changes = append(d.Changes, changeDocument{Of: refDocument{c.Of.Kind, c.Of.ID, c.Of.Name}, Field: c.Field, From: c.From, To: c.To})
	}
	return d
}

func letterOf(w outbox.Waiting) letterDocument {
	return letterDocument{
		ID: w.ID, Organisation: w.Org, Kind: w.Kind, Member: roster.MemberID(w.About), To: w.To, State: string(w.State),
		Attempts: w.Attempt, NextTryAt: nextTry(w), Error: w.Error, QueuedAt: w.MadeAt,
	}
}
