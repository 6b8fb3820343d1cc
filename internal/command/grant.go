package command

import (
	"context"
	"time"

	"roster/internal/action/access"
	"roster/internal/action/role"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/zone"
)

// Grant is what --json tells of a grant: exactly one of role, permission and scope, where, and until when.
type Grant struct {
	Role       string     `json:"role,omitempty"`
	Permission string     `json:"permission,omitempty"`
	Scope      string     `json:"scope,omitempty"`
	Unit       *string    `json:"unit"`
	Until      *time.Time `json:"until"`
}

// GrantOf tells of a grant.
func GrantOf(g roster.Grant) Grant {
	return Grant{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: Text(string(g.Unit)), Until: Some(g.Until)}
}

// GrantsOf tells of grants.
func GrantsOf(all []roster.Grant) []Grant {
	docs := make([]Grant, len(all))
	for i, g := range all {
		docs[i] = GrantOf(g)
	}
	return docs
}

// What reads what is granted: “role dispatcher”.
func (n *Names) What(ctx context.Context, g roster.Grant) string {
	if g.Role != "" {
		return "role " + n.Role(ctx, g.Role)
	}
	return g.What()
}

// Grant reads a grant: “role dispatcher at Nordwind until 2027-04-01 00:00:00 CEST”.
func (n *Names) Grant(ctx context.Context, g roster.Grant) string {
	s := n.What(ctx, g)
	if g.Unit != "" {
		s += " at " + n.Unit(ctx, g.Unit)
	}
	if !g.Until.IsZero() {
		s += " until " + Moment(g.Until)
	}
	return s
}

// Source is what --json tells of a grant that gives something.
type Source struct {
	Grant
	RoleName *string    `json:"role_name"`
	GivenBy  *string    `json:"given_by"`
	Giver    *string    `json:"giver"` // their name; null for who is no member
	GivenAt  *time.Time `json:"given_at"`
}

// SourceOf tells of a source.
func SourceOf(s access.Source) Source {
	return Source{GrantOf(s.Grant), Text(s.Role), Text(s.Grant.GivenBy), Text(s.Giver), Some(s.Grant.GivenAt)}
}

// SourcesOf tells of sources.
func SourcesOf(all []access.Source) []Source {
	docs := make([]Source, len(all))
	for i, s := range all {
		docs[i] = SourceOf(s)
	}
	return docs
}

// Shift is what --json tells of a permission whose use a change begins, ends, prolongs or shortens.
type Shift struct {
	Permission string  `json:"permission"`
	Unit       *string `json:"unit"`
	Before     End     `json:"before"`
	After      End     `json:"after"`
}

// End is what --json tells of whether and until when a permission can be used.
type End struct {
	Held  bool       `json:"held"`
	Until *time.Time `json:"until"`
}

// ShiftsOf tells of changes.
func ShiftsOf(all []authz.Shift) []Shift {
	docs := make([]Shift, len(all))
	for i, s := range all {
		docs[i] = Shift{s.Permission, Text(string(s.Unit)), End{s.Before.Held, Some(s.Before.Until)}, End{s.After.Held, Some(s.After.Until)}}
	}
	return docs
}

// Changed tells in a word what becomes of a permission.
func Changed(s authz.Shift) string {
	switch gains := role.Gains(s); {
	case s.Before.Held && s.After.Held && gains:
		return "lengthened"
	case s.Before.Held && s.After.Held:
		return "shortened"
	case gains:
		return "gained"
	}
	return "lost"
}

// Until is the end of something: a moment, or the end of a day on this machine's clock.
type Until time.Time

// UnmarshalText reads "2027-03-31" or "2027-03-31T18:00:00Z" (RFC 3339).
func (u *Until) UnmarshalText(text []byte) error {
	if day, err := zone.ParseDay(string(text), time.Local); err == nil {
		*u = Until(roster.NamedEnd(zone.Day(day, 1)))
		return nil
	}
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return Usage("%q is neither a day such as 2027-03-31 nor a moment such as 2027-03-31T18:00:00Z.", text)
	}
	*u = Until(roster.NamedEnd(at))
	return nil
}
