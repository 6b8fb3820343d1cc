package method

import (
	"time"

	methods "roster/internal/action/method"
	"roster/internal/action/signin/connect"
	"roster/internal/login"
	"roster/internal/server/api"
)

// Method is a login method. Its client secret is never shown.
type Method struct {
	ID              string            `json:"id" doc:"password for e-mail and password."`
	Kind            string            `json:"kind" enum:"password,oidc,oauth"`
	Name            string            `json:"name" doc:"What the button says."`
	State           string            `json:"state" enum:"draft,tested,ready,off" doc:"Only a ready one lets people in."`
	Enabled         bool              `json:"enabled"`
	Issuer          *string           `json:"issuer"`
	AuthorizeURL    *string           `json:"authorize_url"`
	TokenURL        *string           `json:"token_url"`
	UserInfoURL     *string           `json:"user_info_url"`
	ClientID        *string           `json:"client_id"`
	HasClientSecret bool              `json:"has_client_secret"`
	Scopes          []string          `json:"scopes" nullable:"false"`
	Parameters      []login.Parameter `json:"parameters" nullable:"false" doc:"More for the authorisation request."`
	IdentifierClaim *string           `json:"identifier_claim" doc:"What of the provider's answer must equal the invited identifier."`
	RedirectURL     *string           `json:"redirect_url" doc:"To be registered at the provider."`
	Members         int               `json:"members" doc:"Who come in by it."`
	Invitations     int               `json:"invitations" doc:"Open invitations by it."`
	TestedAt        *time.Time        `json:"tested_at" doc:"When it last worked as it is now; null before."`
	CreatedAt       *time.Time        `json:"created_at"`
	CreatedBy       *string           `json:"created_by" doc:"The ID of who made it."`
	UpdatedAt       *time.Time        `json:"updated_at"`
	UpdatedBy       *string           `json:"updated_by"`
	ETag            string            `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed         []string          `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the method now."`
}

// Tag gives the method's etag.
func (m Method) Tag() string { return m.ETag }

// of shows a method.
func (a area) of(v methods.View) Method {
	out := Shown(v)
	if v.Kind != login.Password {
		out.RedirectURL = api.Text(a.absolute(connect.ReturnPath(v.ID)))
	}
	return out
}

// Shown shows a method, without the address that depends on where the server is reached.
func Shown(v methods.View) Method {
	c := v.Connection
	out := Method{
		ID: v.ID, Kind: string(v.Kind), Name: v.Label(), State: string(v.State()), Enabled: v.Enabled,
		Issuer: api.Text(c.Issuer), AuthorizeURL: api.Text(c.AuthorizeURL), TokenURL: api.Text(c.TokenURL), UserInfoURL: api.Text(c.UserInfoURL), ClientID: api.Text(c.ClientID),
		HasClientSecret: v.HasSecret, Scopes: api.List(c.Scopes), Parameters: append([]login.Parameter{}, c.Parameters...), IdentifierClaim: api.Text(c.IdentifierClaim),
		Members: v.Depending.Members, Invitations: v.Depending.Invitations, TestedAt: api.Moment(v.TestedAt), Allowed: api.List(v.Allowed),
	}
	if v.Kind != login.Password {
		out.CreatedAt, out.CreatedBy, out.UpdatedAt, out.UpdatedBy = api.Moment(v.CreatedAt), api.Text(v.CreatedBy), api.Moment(v.UpdatedAt), api.Text(v.UpdatedBy)
	}
	out.ETag = api.ETag(v.Version, out)
	return out
}

// Offered is a login method by which somebody can be invited.
type Offered struct {
	ID   string `json:"id" doc:"For login_method of a new member; password for e-mail and password."`
	Kind string `json:"kind" enum:"password,oidc,oauth"`
	Name string `json:"name"`
}

func offered(m login.Method) Offered { return Offered{m.ID, string(m.Kind), m.Label()} }

// Test is where a connection is tested.
type Test struct {
	URL   string `json:"url" doc:"To be opened in a browser by somebody who is signed in and may test it: a test is a real sign-in."`
	State string `json:"state" enum:"draft,tested,ready" doc:"As it is before the test."`
}
