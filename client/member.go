package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Members are the people and API users of an organisation. They are reached by an API user, as far as its grants reach.
type Members struct{ o *Org }

// Member is somebody or something in an organisation.
type Member struct {
	ID          string      `json:"id"`
	ExternalID  string      `json:"external_id"` // what the host product calls the member
	Kind        string      `json:"kind"`        // regular, external or api
	Status      string      `json:"status"`      // invited, active, blocked or removed
	FirstName   string      `json:"first_name"`
	LastName    string      `json:"last_name"`
	Name        string      `json:"name"` // first and last name, or an API user's
	Email       string      `json:"email"`
	Phone       string      `json:"phone"`
	PictureURL  string      `json:"picture_url"` // a path on Roster's server
	ClientID    string      `json:"client_id"`   // of API users
	EndsAt      time.Time   `json:"ends_at"`     // when an API user's time is over; zero for never
	Verified    bool        `json:"verified"`    // a mailed secret proved the address
	MFA         bool        `json:"mfa"`
	LoginMethod string      `json:"login_method"` // password, or a connection's ID
	Identifier  string      `json:"identifier"`   // what the connection's provider must say of them
	Grants      []Grant     `json:"grants"`
	Unit        string      `json:"unit"`       // an external member's customer account
	Invitation  *Invitation `json:"invitation"` // nil where none is open
	LastSeenAt  time.Time   `json:"last_seen_at"`
	CreatedAt   time.Time   `json:"created_at"`
	CreatedBy   string      `json:"created_by"`
	UpdatedAt   time.Time   `json:"updated_at"`
	UpdatedBy   string      `json:"updated_by"`
	ETag        string      `json:"etag"`
	Allowed     []string    `json:"allowed"` // the actions that this client may do to the member now
}

// Invitation is a member's open invitation. Its clock starts when the letter is sent.
type Invitation struct {
	ExpiresAt time.Time `json:"expires_at"`
	SentAt    time.Time `json:"sent_at"`
	OpenedAt  time.Time `json:"opened_at"`
	State     string    `json:"state"` // live or expired
}

// Grant is what is held where until when: exactly one of role, permission and scope.
type Grant struct {
	Role       string    `json:"role,omitempty"` // key or ID
	Permission string    `json:"permission,omitempty"`
	Scope      string    `json:"scope,omitempty"`
	Unit       string    `json:"unit,omitempty"` // ID or external ID; empty for the whole organisation
	Until      time.Time `json:"until,omitzero"` // zero for endless
}

// MemberFilter chooses members of a list; what is empty does not choose.
type MemberFilter struct {
	Words    string   // that begin one of the name's, address's, phone number's or client ID's
	Status   []string // removed members are listed only when asked for
	Kind     []string
	Verified *bool
	MFA      *bool
	Role     string // key or ID: who holds it
	Unit     string // ID or external ID: who is bound or holds something there or below
	NotRole  string
	NotUnit  string
	Sort     string // such as name or -created_at
}

// List walks the members.
func (m Members) List(ctx context.Context, f MemberFilter) iter.Seq2[Member, error] {
	query := asked("q", f.Words, "verified", yes(f.Verified), "mfa", yes(f.MFA), "role", f.Role, "unit", f.Unit, "not_role", f.NotRole, "not_unit", f.NotUnit, "sort", f.Sort)
	for name, values := range map[string][]string{"status": f.Status, "kind": f.Kind} {
		if len(values) > 0 {
			query[name] = values
		}
	}
	return pages[Member](ctx, m.o.c, call{path: api + m.o.path("members"), query: query, org: m.o})
}

// Show gives a member by ID. Code of what is not there or not seen: not_found.
func (m Members) Show(ctx context.Context, id string) (Member, error) {
	return get[Member](ctx, m.o, nil, "members", id)
}

// NewMember is who shall become a member. People have an address and names, API users a name.
type NewMember struct {
	Kind         string  `json:"kind,omitempty"` // regular when empty, external or api
	Email        string  `json:"email,omitempty"`
	FirstName    string  `json:"first_name,omitempty"`
	LastName     string  `json:"last_name,omitempty"`
	Phone        string  `json:"phone,omitempty"`
	Name         string  `json:"name,omitempty"`
	ExternalID   string  `json:"external_id,omitempty"`
	Unit         string  `json:"unit,omitempty"`   // an external member's customer account
	Grants       []Grant `json:"grants,omitempty"` // the role member when empty
	LoginMethod  string  `json:"login_method,omitempty"`
	Identifier   string  `json:"identifier,omitempty"`
	StartBlocked bool    `json:"start_blocked,omitempty"`
	// InvitationTTL is in seconds from the first sending; the organisation's setting when zero.
	InvitationTTL int64     `json:"invitation_ttl,omitempty"`
	Message       string    `json:"message,omitempty"` // for the letter
	EndsAt        time.Time `json:"ends_at,omitzero"`  // when an API user's time is over; zero for never
}

// AddedMember is a new member.
type AddedMember struct {
	Member
	// ClientSecret is an API user's, given this once: it is empty, and Code is secret_shown_once, when the change had
	// been made already by an earlier attempt, whose answer was lost. Then remove the API user and make another.
	ClientSecret string `json:"client_secret"`
	Code         string `json:"code"`
}

// Add invites a person or makes an API user. Codes: already_member and already_invited (with Existing), seat_limit,
// exceeds_authority.
func (m Members) Add(ctx context.Context, who NewMember) (AddedMember, error) {
	return put[AddedMember](ctx, m.o, change{method: http.MethodPost, in: who}, "members")
}

// MemberEdit is what of a member is to be edited: nil leaves a field, an empty text clears it.
type MemberEdit struct {
	FirstName  *string `json:"first_name,omitempty"`
	LastName   *string `json:"last_name,omitempty"`
	Name       *string `json:"name,omitempty"` // of API users
	Phone      *string `json:"phone,omitempty"`
	ExternalID *string `json:"external_id,omitempty"`
}

// Edit changes a member as it was read: code changed_meanwhile when somebody was faster.
func (m Members) Edit(ctx context.Context, read Member, e MemberEdit) (Member, error) {
	return put[Member](ctx, m.o, change{method: http.MethodPatch, match: read.ETag, in: e}, "members", read.ID)
}

// GrantsSet is what setting grants did.
type GrantsSet struct {
	Grants []Grant `json:"grants"` // what the member holds now
	Gained []Grant `json:"gained"`
	Lost   []Grant `json:"lost"`
	Member Member  `json:"member"`
}

// SetGrants gives a member these grants and no others, of those that this client sees.
func (m Members) SetGrants(ctx context.Context, read Member, grants []Grant) (GrantsSet, error) {
	if grants == nil {
		grants = []Grant{} // everything is taken away
	}
	in := struct {
		Grants []Grant `json:"grants"`
	}{grants}
	return put[GrantsSet](ctx, m.o, change{method: http.MethodPut, match: read.ETag, in: in}, "members", read.ID, "grants")
}

// Block stops a member until they are unblocked; when it returns, no check lets them pass any more.
func (m Members) Block(ctx context.Context, id, reason string) (Member, error) {
	in := struct {
		Reason string `json:"reason,omitempty"`
	}{reason}
	return put[Member](ctx, m.o, change{method: http.MethodPost, in: in}, "members", id, "block")
}

// Unblock ends a block.
func (m Members) Unblock(ctx context.Context, id string) (Member, error) {
	return put[Member](ctx, m.o, change{method: http.MethodPost}, "members", id, "unblock")
}

// SignOut signs a person out of the organisation on every device; they come in again by signing in.
func (m Members) SignOut(ctx context.Context, id string) error {
	_, err := put[struct{}](ctx, m.o, change{method: http.MethodPost}, "members", id, "sign-out")
	return err
}

// Resend sends an invitation again; earlier links die.
func (m Members) Resend(ctx context.Context, id string) (Member, error) {
	return put[Member](ctx, m.o, change{method: http.MethodPost}, "members", id, "resend")
}

// Remove ends a membership for good, or withdraws an invitation. What hangs on the member passes to another, by ID or
// address, or to nobody where that is empty.
func (m Members) Remove(ctx context.Context, id, handOverTo string) error {
	_, err := put[struct{}](ctx, m.o, change{method: http.MethodDelete, query: asked("hand_over_to", handOverTo)}, "members", id)
	return err
}

// LeftOut is a grant that a clone did not get.
type LeftOut struct {
	Grant   Grant    `json:"grant"`
	Reason  string   `json:"reason"`
	Missing []string `json:"missing"`
}

// ClonedMember is a new member with another's access, and what of it was left out.
type ClonedMember struct {
	AddedMember
	LeftOut []LeftOut `json:"left_out"`
}

// Clone adds a member with the access of another one, as far as this client can give it. Kind, unit and grants are
// the other's, and stay empty; so does an end.
func (m Members) Clone(ctx context.Context, id string, who NewMember) (ClonedMember, error) {
	return put[ClonedMember](ctx, m.o, change{method: http.MethodPost, in: who}, "members", id, "clone")
}

// Explanation says whether a member may do something somewhere.
type Explanation struct {
	Permission string    `json:"permission"`
	Unit       string    `json:"unit"`
	Decision   bool      `json:"decision"`
	Until      time.Time `json:"until"`
	Missing    []Lack    `json:"missing"` // all that stands against it
}

// Lack is one thing that stands against an answer of yes.
type Lack struct {
	Kind       string   `json:"kind"` // member, status, permission, scope, unit or token
	Permission string   `json:"permission"`
	Scope      string   `json:"scope"`
	Unit       string   `json:"unit"`      // where it is lacking
	Elsewhere  []string `json:"elsewhere"` // where it is held instead
	Status     string   `json:"status"`
	Givers     []Giver  `json:"givers"` // a few who could give it
}

// Giver is somebody who could give what is missing.
type Giver struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Explain says why a member may do something at a unit (empty for the whole organisation), or why not and who could
// change it.
func (m Members) Explain(ctx context.Context, id, permission, unit string) (Explanation, error) {
	return get[Explanation](ctx, m.o, asked("permission", permission, "unit", unit), "members", id, "explain")
}

// change is a write to something in an organisation.
type change struct {
	method string
	match  string
	query  url.Values
	in     any
}

// get reads one thing of an organisation.
func get[T any](ctx context.Context, o *Org, query url.Values, parts ...string) (T, error) {
	var out T
	err := o.c.do(ctx, call{method: http.MethodGet, path: api + o.path(parts...), query: query, out: &out, org: o})
	return out, err
}

// put makes a change in an organisation and gives what it answers.
func put[T any](ctx context.Context, o *Org, w change, parts ...string) (T, error) {
	var out T
	err := o.c.do(ctx, call{method: w.method, path: api + o.path(parts...), query: w.query, match: w.match, in: w.in, out: &out, org: o})
	return out, err
}
