package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Organisations are those of the installation, for product clients with organisations.write. An API user lists and
// shows its own.
type Organisations struct{ c *Client }

// Listing is an organisation as lists show it; of an API user's own with its place there, without plan and use.
type Listing struct {
	ID          string    `json:"id"`
	Slug        string    `json:"slug"`
	Name        string    `json:"name"`
	Member      string    `json:"member"`
	Status      string    `json:"status"`
	Plan        string    `json:"plan"`
	Users       int       `json:"users"`
	APIUsers    int       `json:"api_users"`
	CreatedAt   time.Time `json:"created_at"`
	SuspendedAt time.Time `json:"suspended_at"`
	DeleteAt    time.Time `json:"delete_at"`
	Allowed     []string  `json:"allowed"`
}

// OrganisationFilter chooses organisations of a list; what is empty does not choose.
type OrganisationFilter struct {
	Text      string // stands in the name or the slug, or is the ID
	Suspended bool   // those alone that are suspended or closed
}

// List walks the organisations.
func (s Organisations) List(ctx context.Context, f OrganisationFilter) iter.Seq2[Listing, error] {
	query := asked("q", f.Text)
	if f.Suspended {
		query.Set("suspended", "true")
	}
	return pages[Listing](ctx, s.c, call{path: api + "/orgs", query: query})
}

// NewOrganisation is what a new organisation begins with.
type NewOrganisation struct {
	Name  string `json:"name"`
	Slug  string `json:"slug,omitempty"` // made of the name when empty
	Plan  string `json:"plan,omitempty"` // playground when empty
	Owner string `json:"owner"`          // the first Owner's e-mail address
}

// MadeOrganisation is a new organisation with its first Owner.
type MadeOrganisation struct {
	Organisation
	Owner FirstOwner `json:"owner"`
	Code  string     `json:"code"` // secret_shown_once where the link was given to an attempt whose answer was lost
}

// FirstOwner is who begins in a new organisation.
type FirstOwner struct {
	ID    string `json:"id"` // their member ID
	Email string `json:"email"`
	Link  string `json:"link"` // by which they come in, to hand over: it works once, and no letter is sent
}

// Create makes an organisation with its first Owner.
func (s Organisations) Create(ctx context.Context, n NewOrganisation) (MadeOrganisation, error) {
	var out MadeOrganisation
	err := s.c.do(ctx, call{method: http.MethodPost, path: api + "/orgs", in: n, out: &out})
	return out, err
}

// OfferedPlan is a plan that organisations can be put on; nil is no limit.
type OfferedPlan struct {
	Key           string    `json:"key"`
	Name          string    `json:"name"`
	MaxUsers      *int      `json:"max_users"`
	MaxAPIUsers   *int      `json:"max_api_users"`
	BuiltIn       bool      `json:"built_in"` // it ships with Roster
	Offered       bool      `json:"offered"`  // organisations are told of it as one that they could be on
	Organisations int       `json:"organisations"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// Plans gives every plan there is, those that ship first.
func (s Organisations) Plans(ctx context.Context) ([]OfferedPlan, error) {
	var out page[OfferedPlan]
	err := s.c.do(ctx, call{method: http.MethodGet, path: api + "/plans", out: &out})
	return out.Items, err
}

// Organisation is an organisation with its settings.
type Organisation struct {
	ID             string    `json:"id"`
	Slug           string    `json:"slug"`
	Name           string    `json:"name"`
	Plan           string    `json:"plan"`
	PictureURL     string    `json:"picture_url"`
	InvitationTTL  int64     `json:"invitation_ttl"` // seconds
	PhoneRequired  bool      `json:"phone_required"`
	Domains        []string  `json:"domains"`
	AdminPasswords bool      `json:"admin_passwords"`
	SecondSecrets  bool      `json:"second_secrets"`   // API users may have a second secret beside the first
	EraseAfter     int       `json:"erase_after_days"` // how many days after their removal members are erased; 0 for never
	FactorRequired bool      `json:"factor_required"`
	FactorGrace    int64     `json:"factor_grace"` // seconds
	FactorDue      time.Time `json:"factor_due"`
	Accent         string    `json:"accent"`
	Sender         string    `json:"sender"`
	ReplyTo        string    `json:"reply_to"`
	Users          int       `json:"users"` // invited, active and blocked people
	APIUsers       int       `json:"api_users"`
	SuspendedAt    time.Time `json:"suspended_at"`
	DeleteAt       time.Time `json:"delete_at"`
	ProductName    string    `json:"product_name"`
	FooterLinks    []Link    `json:"footer_links"`
	CreatedAt      time.Time `json:"created_at"`
	ETag           string    `json:"etag"`
	Allowed        []string  `json:"allowed"`
}

// Link is a link below an organisation's pages.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Show gives the organisation.
func (o *Org) Show(ctx context.Context) (Organisation, error) { return get[Organisation](ctx, o, nil) }

// OrganisationEdit is what of an organisation is to be changed: nil leaves a setting.
type OrganisationEdit struct {
	Name           *string   `json:"name,omitempty"`
	InvitationTTL  *int64    `json:"invitation_ttl,omitempty"`
	PhoneRequired  *bool     `json:"phone_required,omitempty"`
	Domains        *[]string `json:"domains,omitempty"`
	AdminPasswords *bool     `json:"admin_passwords,omitempty"` // a person switches it on; an API user can switch it off
	Accent         *string   `json:"accent,omitempty"`
	Sender         *string   `json:"sender,omitempty"`
	ReplyTo        *string   `json:"reply_to,omitempty"`
	ProductName    *string   `json:"product_name,omitempty"`
	FooterLinks    *[]Link   `json:"footer_links,omitempty"`
}

// Edit changes the organisation's settings as they were read, for API users with organisation.write.
func (o *Org) Edit(ctx context.Context, read Organisation, e OrganisationEdit) (Organisation, error) {
	return put[Organisation](ctx, o, change{method: http.MethodPatch, match: read.ETag, in: e})
}

// Assign puts the organisation, as it was read, on a plan. A smaller plan removes nobody: it only stops adding.
func (o *Org) Assign(ctx context.Context, read Organisation, plan string) (Organisation, error) {
	in := struct {
		Plan string `json:"plan"`
	}{plan}
	return put[Organisation](ctx, o, change{method: http.MethodPut, match: read.ETag, in: in}, "plan")
}

// Suspend lets nobody in until Resume.
func (o *Org) Suspend(ctx context.Context) (Organisation, error) {
	return put[Organisation](ctx, o, change{method: http.MethodPost}, "suspend")
}

// Resume lets people and programs in again.
func (o *Org) Resume(ctx context.Context) (Organisation, error) {
	return put[Organisation](ctx, o, change{method: http.MethodPost}, "resume")
}

// PortalLink is a link by which a member comes from the product into the dashboard.
type PortalLink struct {
	URL       string    `json:"url"`  // it works once: lead the browser there at once
	Code      string    `json:"code"` // secret_shown_once where it was given to an attempt whose answer was lost
	ExpiresAt time.Time `json:"expires_at"`
	Member    string    `json:"member"` // the member's ID
}

// PortalLink makes a link for a member who is signed in at the product, for product clients with portal.create, as far as
// the organisation opened its portal. The member is named by ID, e-mail address or external ID; page may be empty.
func (o *Org) PortalLink(ctx context.Context, member, page string) (PortalLink, error) {
	in := struct {
		Member string `json:"member"`
		Page   string `json:"page,omitempty"`
	}{member, page}
	return put[PortalLink](ctx, o, change{method: http.MethodPost, in: in}, "portal-links")
}
