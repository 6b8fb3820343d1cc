package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Nothing is a request that says all in its address.
type Nothing struct{}

// Inside names an organisation in a path.
type Inside struct {
	Org string `path:"org" doc:"The organisation's ID or slug."`
}

// OnMember names a member in a path.
type OnMember struct {
	Inside
	ID string `path:"id" doc:"The member's ID."`
}

// Window is which page of a list is asked for.
type Window struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" doc:"The next_cursor of the page before, with the same filter."`
}

// Repeatable are the headers of every write.
type Repeatable struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" doc:"Makes a repeated request give the first one's answer, for 24 hours. Take a new key for each request."`
}

// Page is one page of a list.
type Page[T any] struct {
	Items      []T      `json:"items" nullable:"false"`
	NextCursor *string  `json:"next_cursor" doc:"Where the next page begins; null on the last. A page before it may hold fewer than limit, or none."`
	Total      int      `json:"total" doc:"Exact where more is false."`
	More       bool     `json:"more" doc:"Whether there are more than total."`
	Allowed    []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Counted is how much a list has beside the page shown: the next page's cursor, the total, and whether
// there is more than that.
type Counted struct {
	Next  string
	Total int
	More  bool
}

// Listed shows a page of a list.
func Listed[V, T any](ctx context.Context, all []V, show func(V) T, c Counted) *Shown[Page[T]] {
	page := Page[T]{Items: Each(all, show), NextCursor: Text(c.Next), Total: c.Total, More: c.More, Allowed: Here(ctx)}
	return &Shown[Page[T]]{page}
}

// Each shows each of some things; an empty list for none.
func Each[V, T any](all []V, show func(V) T) []T {
	out := make([]T, len(all))
	for i, v := range all {
		out[i] = show(v)
	}
	return out
}

// Shown is an answer that has only a body.
type Shown[T any] struct{ Body T }

// Tagged is something with an entity tag.
type Tagged interface{ Tag() string }

// ETag makes an entity tag of a thing's version, which If-Match looks at, and of all that is shown of it,
// which If-None-Match does: an invitation or a visit changes what is shown, and is nobody's edit.
func ETag(version int64, thing any) string {
	text, err := json.Marshal(thing)
	if err != nil {
		text = nil // a year that cannot be written, say: then the version alone tells
	}
	sum := sha256.Sum256(text)
	return fmt.Sprintf(`"%d-%s"`, version, hex.EncodeToString(sum[:6]))
}

// Grant is what is held where until when: exactly one of role, permission and scope.
type Grant struct {
	Role       *string    `json:"role,omitempty" doc:"A role's key or ID."`
	Permission *string    `json:"permission,omitempty"`
	Scope      *string    `json:"scope,omitempty"`
	Unit       *string    `json:"unit" required:"false" doc:"A customer account's ID or external ID; null for the whole organisation, for an external member for their own."`
	Until      *time.Time `json:"until" required:"false" doc:"null for endless."`
}

// GrantOf shows a grant.
func GrantOf(g roster.Grant) Grant {
	return Grant{Role: Text(g.Role), Permission: Text(g.Permission), Scope: Text(g.Scope), Unit: Text(string(g.Unit)), Until: Moment(g.Until)}
}

// GrantsOf shows grants in an order of their own, so that the same ones look the same.
func GrantsOf(all []roster.Grant) []Grant {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b roster.Grant) int {
		return strings.Compare(a.What()+"\n"+string(a.Unit)+"\n"+a.Until.String(), b.What()+"\n"+string(b.Unit)+"\n"+b.Until.String())
	})
	return Each(all, GrantOf)
}

// Shift is a permission whose use a change begins, ends, prolongs or shortens, at a place and below.
type Shift struct {
	Permission string  `json:"permission"`
	Unit       *string `json:"unit" doc:"null for the whole organisation."`
	Before     End     `json:"before"`
	After      End     `json:"after"`
}

// End is whether and until when a permission can be used.
type End struct {
	Held  bool       `json:"held"`
	Until *time.Time `json:"until" doc:"null for endless."`
}

// ShiftOf shows a change of effective authority.
func ShiftOf(s authz.Shift) Shift {
	return Shift{
		Permission: s.Permission, Unit: Text(string(s.Unit)),
		Before: End{s.Before.Held, Moment(s.Before.Until)}, After: End{s.After.Held, Moment(s.After.Until)},
	}
}

// Place is a customer account as other things name it.
type Place struct {
	ID         string  `json:"id"`
	Kind       string  `json:"kind" enum:"account,group"`
	Name       string  `json:"name"`
	ExternalID *string `json:"external_id"`
}

// PlaceOf shows a unit as other things name it.
func PlaceOf(u roster.Unit) Place {
	return Place{ID: string(u.ID), Kind: string(u.Kind), Name: u.Name, ExternalID: Text(u.ExternalID)}
}

// Once is a secret that is given in the first answer alone: null when it was given before, and left out
// where there is none.
type Once struct {
	made  bool
	value string
}

// OnceOnly is the code of an answer that lacks its secret, because it was shown before.
const OnceOnly = "secret_shown_once"

// Secret gives a secret as an answer shows it, the first time or again, with the answer's code.
func Secret(value string, once bool) (o Once, code string) {
	if !once {
		return Once{made: true}, OnceOnly
	}
	return Once{made: true, value: value}, ""
}

// IsZero tells that there is no secret at all.
func (o Once) IsZero() bool { return !o.made }

// MarshalJSON writes the secret, or null.
func (o Once) MarshalJSON() ([]byte, error) { return json.Marshal(Text(o.value)) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Once) UnmarshalJSON(data []byte) error {
	var s *string
	err := json.Unmarshal(data, &s)
	*o = Once{made: true, value: Plain(s)}
	return err
}

// Schema describes the secret in OpenAPI.
func (o Once) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "Given this once; null when the request is repeated."}
}

// Text gives null for nothing.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Plain gives nothing for null.
func Plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Exact gives a moment as the store keeps it, in UTC.
func Exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Moment gives null for never.
func Moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = Exact(t)
	return &t
}

// NamedEnd gives the end that a request names as the store keeps it; the zero time where it names none.
func NamedEnd(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return roster.NamedEnd(*t)
}

// List gives an empty list for none.
func List[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// Parts gives the values of a parameter that may be repeated, and separated by commas: each once.
func Parts[T ~string](given []string) []T {
	var all []T
	for _, g := range given {
		for part := range strings.SplitSeq(g, ",") {
			all = append(all, T(strings.TrimSpace(part)))
		}
	}
	return roster.Unique(all)
}

// Asked gives the length of a page. The default stands where none is asked for, so a zero was written
// there; for the rooms it would be the default, so they are given one that they refuse.
func Asked(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit
}

// MemberID gives what may be a member's identifier; anything else is nobody's, as an unknown one is.
func MemberID(s string) roster.MemberID {
	if roster.IsMemberID(s) {
		return roster.MemberID(s)
	}
	return "mem_"
}

// Lifetime reads an invitation's lifetime in seconds. What is out of range becomes a moment that is, so that the
// room says so: a zero would be its default, and a large number would turn over.
func Lifetime(seconds int64) time.Duration {
	if seconds < 1 || seconds > int64(roster.MaxInvitationTTL/time.Second) {
		return time.Nanosecond
	}
	return time.Duration(seconds) * time.Second
}
