package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action/team"
	"roster/internal/roster"
)

// Member is a member as the API shows it (design page 7).
type Member struct {
	ID          string      `json:"id"`
	ExternalID  *string     `json:"external_id" doc:"The member's identifier in another system."`
	Kind        string      `json:"kind" enum:"regular,external,api"`
	Status      string      `json:"status" enum:"invited,active,blocked,removed"`
	FirstName   *string     `json:"first_name" doc:"Of people."`
	LastName    *string     `json:"last_name" doc:"Of people."`
	Name        string      `json:"name" doc:"First and last name, or an API user's name."`
	Email       *string     `json:"email" doc:"Of people."`
	Phone       *string     `json:"phone" doc:"E.164."`
	PictureURL  *string     `json:"picture_url"`
	ClientID    *string     `json:"client_id" doc:"Of API users."`
	Verified    bool        `json:"verified" doc:"Whether a mailed secret proved the address."`
	MFA         bool        `json:"mfa" doc:"Whether there is a second factor."`
	LoginMethod *string     `json:"login_method"`
	Grants      []Grant     `json:"grants" nullable:"false"`
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

// Grant is what is held where until when: exactly one of role, permission and scope.
type Grant struct {
	Role       *string    `json:"role,omitempty" doc:"A role's key or ID."`
	Permission *string    `json:"permission,omitempty"`
	Scope      *string    `json:"scope,omitempty"`
	Unit       *string    `json:"unit" required:"false" doc:"null for the whole organisation."`
	Until      *time.Time `json:"until" required:"false" doc:"null for endless."`
}

// Invitation is a member's open invitation.
type Invitation struct {
	ExpiresAt *time.Time `json:"expires_at" doc:"null until the letter was sent: the clock starts then."`
	SentAt    *time.Time `json:"sent_at"`
	State     string     `json:"state" enum:"live,expired"`
}

// memberOf shows a member.
func MemberOf(v team.View) Member {
	m := v.Member
	out := Member{
		ID: string(m.ID), ExternalID: Text(m.ExternalID), Kind: string(m.Kind), Status: string(m.Status),
		FirstName: Text(m.FirstName), LastName: Text(m.LastName), Name: m.Name, Email: Text(m.Email.Typed), Phone: Text(m.Phone),
		ClientID: Text(m.ClientID), Verified: !m.VerifiedAt.IsZero(), Grants: GrantsOf(v.Grants), Unit: Text(string(m.Unit)),
		LastSeenAt: Moment(m.LastSeenAt), CreatedAt: Exact(m.CreatedAt), CreatedBy: m.CreatedBy, UpdatedAt: Exact(m.UpdatedAt), UpdatedBy: m.UpdatedBy,
		Allowed: List(v.Allowed),
	}
	if m.Person != "" {
		out.LoginMethod = Text("password") // the one there is
	}
	if v.Live.State != "" {
		out.Invitation = &Invitation{ExpiresAt: Moment(v.Live.ExpiresAt), SentAt: Moment(v.Live.SentAt), State: v.Live.Shown(v.Now)}
	}
	out.ETag = ETag(m.Version, out)
	return out
}

// etag makes a member's entity tag of the version, which If-Match looks at, and of all that is shown,
// which If-None-Match does: an invitation or a visit changes what is shown, and is nobody's edit.
func ETag(version int64, m Member) string {
	shown, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts and times only
	}
	sum := sha256.Sum256(shown)
	return fmt.Sprintf(`"%d-%s"`, version, hex.EncodeToString(sum[:6]))
}

// grantsOf shows grants in an order of their own, so that the same ones look the same.
func GrantsOf(all []roster.Grant) []Grant {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b roster.Grant) int {
		return strings.Compare(a.What()+"\n"+string(a.Unit)+"\n"+a.Until.String(), b.What()+"\n"+string(b.Unit)+"\n"+b.Until.String())
	})
	out := make([]Grant, len(all))
	for i, g := range all {
		out[i] = Grant{Role: Text(g.Role), Permission: Text(g.Permission), Scope: Text(g.Scope), Unit: Text(string(g.Unit)), Until: Moment(g.Until)}
	}
	return out
}

// givings reads grants as they are asked for.
func givings(all []Grant) []team.Giving {
	out := make([]team.Giving, len(all))
	for i, g := range all {
		out[i] = team.Giving{Role: plain(g.Role), Permission: plain(g.Permission), Scope: plain(g.Scope), Unit: roster.UnitID(plain(g.Unit))}
		if g.Until != nil {
			out[i].Until = g.Until.UTC().Truncate(time.Microsecond)
		}
	}
	return out
}

// Once is a secret that is given in the first answer alone: null when it was given before, and left out
// where there is none.
type Once struct {
	made  bool
	value string
}

// IsZero tells that there is no secret at all.
func (o Once) IsZero() bool { return !o.made }

// MarshalJSON writes the secret, or null.
func (o Once) MarshalJSON() ([]byte, error) { return json.Marshal(Text(o.value)) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Once) UnmarshalJSON(data []byte) error {
	var s *string
	err := json.Unmarshal(data, &s)
	*o = Once{made: true, value: plain(s)}
	return err
}

// Schema describes the secret in OpenAPI.
func (o Once) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "Given this once; null when the request is repeated."}
}

// onceOnly is the code of an answer that lacks its secret, because it was shown before.
const onceOnly = "secret_shown_once"

// text gives null for nothing.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// exact gives a moment as the store keeps it, in UTC.
func Exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// moment gives null for never.
func Moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = Exact(t)
	return &t
}

// list gives an empty list for none.
func List[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
