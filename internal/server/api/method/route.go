// Package method is the API's area of login methods: listed, shown, made, changed, switched on and off, and deleted.
// A test is a sign-in by a browser, so that the API tells where it is made.
package method

import (
	"context"
	"net/http"

	"roster/internal/act"
	methods "roster/internal/action/method"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct {
	room     *methods.Room
	absolute func(path string) string
}

// Routes is the area.
func Routes(room *methods.Room) api.Area {
	const all, one = "/orgs/{org}/login-methods", "/orgs/{org}/login-methods/{id}"
	return func(d *api.Door) {
		a := area{room, d.Absolute}
		d.Things(one, a.allowed)
		api.Add(d, api.Op("GET "+all, act.MethodList, "List the login methods"), a.list)
		api.Add(d, api.Op("POST "+all, act.MethodCreate, "Make a connection: a draft, until it was tested and enabled"), a.create, api.Created)
		api.Add(d, api.Op("GET "+all+"/offered", act.MethodOffer, "List the login methods by which somebody can be invited"), a.offered)
		api.Add(d, api.Op("GET "+one, act.MethodShow, "Show a login method"), a.show)
		api.Add(d, api.Op("PATCH "+one, act.MethodEdit, "Change a connection (JSON merge patch); what it speaks to its provider by takes the test back"), a.edit, api.MergePatch[Patch], api.Tryable)
		api.Add(d, api.Op("DELETE "+one, act.MethodDelete, "Delete a connection, with what is known of who came in by it"), a.remove, api.Tryable)
		api.Add(d, api.Op("POST "+one+"/test", act.MethodTest, "Look where a connection is tested"), a.test)
		api.Add(d, api.Op("POST "+one+"/enable", act.MethodEnable, "Let people in by a method that was tested"), a.enable, api.Tryable)
		api.Add(d, api.Op("POST "+one+"/disable", act.MethodDisable, "Let nobody in by a method; members and invitations tell how many depend on it"), a.disable, api.Tryable)
	}
}

// OnMethod names a login method in a path.
type OnMethod struct {
	api.Inside
	ID string `path:"id" doc:"The login method's ID; password for e-mail and password."`
}

func (a area) list(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Method]], error) {
	all, err := a.room.List(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, a.of, api.Counted{Total: len(all)}), nil
}

func (a area) offered(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Offered]], error) {
	all, err := a.room.Offer(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, offered, api.Counted{Total: len(all)}), nil
}

// ShowQuery is what one login method is asked with.
type ShowQuery struct {
	OnMethod
	api.IfNoneMatch
}

func (a area) show(ctx context.Context, in *ShowQuery) (*api.One[Method], error) {
	v, err := a.room.Show(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return api.Answer(a.of(v), in.IfNoneMatch), nil
}

func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	v, err := a.room.Show(ctx, id)
	return v.Allowed, err
}

// New is what a new connection is made of.
type New struct {
	Kind            string            `json:"kind" enum:"oidc,oauth"`
	Name            string            `json:"name" doc:"What the button says; nothing else has it."`
	Issuer          string            `json:"issuer,omitempty" doc:"Of OpenID Connect, which is discovered by it; of OAuth what iss of an answer must be."`
	AuthorizeURL    string            `json:"authorize_url,omitempty" doc:"Of OAuth."`
	TokenURL        string            `json:"token_url,omitempty" doc:"Of OAuth."`
	UserInfoURL     string            `json:"user_info_url,omitempty" doc:"Of OAuth."`
	ClientID        string            `json:"client_id"`
	ClientSecret    string            `json:"client_secret,omitempty" format:"password" doc:"Kept sealed, and never shown."`
	Scopes          []string          `json:"scopes,omitempty" nullable:"false"`
	Parameters      []login.Parameter `json:"parameters,omitempty" nullable:"false"`
	IdentifierClaim string            `json:"identifier_claim,omitempty" doc:"sub of OpenID Connect when absent."`
}

// CreateRequest is the request to make a connection.
type CreateRequest struct {
	api.Inside
	api.Repeatable
	Body New
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[Method], error) {
	n := in.Body
	out, err := api.Write(ctx, http.StatusCreated, func() (methods.View, error) {
		return a.room.Create(ctx, methods.Draft{Kind: n.Kind, Name: n.Name, Secret: n.ClientSecret, Connection: login.Connection{
			Issuer: n.Issuer, AuthorizeURL: n.AuthorizeURL, TokenURL: n.TokenURL, UserInfoURL: n.UserInfoURL, ClientID: n.ClientID,
			Scopes: n.Scopes, Parameters: n.Parameters, IdentifierClaim: n.IdentifierClaim,
		}})
	}, a.changed)
	if err == nil {
		out.Location = api.Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/login-methods/" + out.Body.ID
	}
	return out, err
}

// Patch is what of a connection can be changed.
type Patch struct {
	Name            api.Given[string]            `json:"name,omitempty"`
	Issuer          api.Given[string]            `json:"issuer,omitempty"`
	AuthorizeURL    api.Given[string]            `json:"authorize_url,omitempty"`
	TokenURL        api.Given[string]            `json:"token_url,omitempty"`
	UserInfoURL     api.Given[string]            `json:"user_info_url,omitempty"`
	ClientID        api.Given[string]            `json:"client_id,omitempty"`
	ClientSecret    api.Given[string]            `json:"client_secret,omitempty" doc:"null takes it away."`
	Scopes          api.Given[[]string]          `json:"scopes,omitempty" doc:"All of them."`
	Parameters      api.Given[[]login.Parameter] `json:"parameters,omitempty" doc:"All of them."`
	IdentifierClaim api.Given[string]            `json:"identifier_claim,omitempty"`
}

// Editable is a login method with what of it can be written alone.
type Editable struct {
	Method
	ClientSecret *string `json:"client_secret"`
}

// EditRequest is the request to change a connection.
type EditRequest struct {
	OnMethod
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The method's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Editable, Patch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[Method], error) {
	fixed := map[string]string{
		"kind":    "A connection keeps its kind. Make another one.",
		"enabled": "A method is switched on and off at its addresses enable and disable.",
	}
	if err := in.Body.Fixed(fixed); err != nil {
		return nil, err
	}
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p := in.Body.Set
	e := methods.Edit{
		Name: p.Name.To(), Issuer: p.Issuer.To(), AuthorizeURL: p.AuthorizeURL.To(), TokenURL: p.TokenURL.To(), UserInfoURL: p.UserInfoURL.To(), ClientID: p.ClientID.To(),
		Secret: p.ClientSecret.To(), Scopes: p.Scopes.To(), Parameters: p.Parameters.To(), IdentifierClaim: p.IdentifierClaim.To(), Version: version,
	}
	return api.Write(ctx, http.StatusOK, func() (methods.View, error) { return a.room.Edit(ctx, in.ID, e) }, a.changed)
}

// ActRequest is the request to switch a method on or off.
type ActRequest struct {
	OnMethod
	api.Repeatable
}

func (a area) enable(ctx context.Context, in *ActRequest) (*api.Written[Method], error) {
	return api.Write(ctx, http.StatusOK, func() (methods.View, error) { return a.room.Enable(ctx, in.ID) }, a.changed)
}

func (a area) disable(ctx context.Context, in *ActRequest) (*api.Written[Method], error) {
	return api.Write(ctx, http.StatusOK, func() (methods.View, error) { return a.room.Disable(ctx, in.ID) }, a.changed)
}

// test tells the page at which somebody tests the connection.
func (a area) test(ctx context.Context, in *OnMethod) (*api.Shown[Test], error) {
	v, err := a.room.TestPlace(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	path := "/o/" + v.Slug + "/settings/methods/" + v.ID
	return &api.Shown[Test]{Body: Test{URL: a.absolute(path), State: string(v.State())}}, nil
}

// RemoveRequest is the request to delete a connection.
type RemoveRequest struct {
	OnMethod
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The method's etag as it was read: refused when it changed since."`
}

func (a area) remove(ctx context.Context, in *RemoveRequest) (*api.Ended, error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Finish(ctx, func() (methods.View, error) { return a.room.Delete(ctx, in.ID, version) })
}

func (a area) changed(v methods.View, _ bool) Method { return a.of(v) }
