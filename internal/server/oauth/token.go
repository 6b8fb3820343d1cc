package oauth

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/token"
)

// inspected is the answer of the introspection endpoint (RFC 7662, 2.2).
type inspected struct {
	Active       bool         `json:"active"`
	Scope        string       `json:"scope,omitempty"`
	ClientID     string       `json:"client_id,omitempty"`
	TokenType    string       `json:"token_type,omitempty"`
	Expires      int64        `json:"exp,omitempty"`
	IssuedAt     int64        `json:"iat,omitempty"`
	Subject      string       `json:"sub,omitempty"`
	Audience     string       `json:"aud,omitempty"`
	Issuer       string       `json:"iss,omitempty"`
	ID           string       `json:"jti,omitempty"`
	Organisation roster.OrgID `json:"org,omitempty"`
}

// introspect tells what a token of the client's organisation, or of a product client itself, is worth at
// this moment. Its scope is what
// the API user holds now and the token does not narrow away, so that who trusts it trusts the truth.
// Everything else is inactive, with nothing said about why (RFC 7662, 2.2).
func (d *Door) introspect(ctx context.Context, r request) (any, error) {
	text, err := r.token()
	if err != nil {
		return nil, err
	}
	t, err := d.read(ctx, text)
	if roster.Is(err, "invalid_token") {
		return inspected{}, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := d.room.Inspect(ctx, t)
	if roster.Is(err, "invalid_token") {
		return inspected{}, nil
	}
	if err != nil {
		return nil, err
	}
	return inspected{
		Active: true, Scope: strings.Join(s.Held, " "), ClientID: t.Client, TokenType: "Bearer", Expires: t.Expires.Unix(), IssuedAt: t.Issued.Unix(),
		Subject: cmp.Or(string(t.Member), t.Client), Audience: d.issuer, Issuer: d.issuer, ID: t.ID, Organisation: t.Org,
	}, nil
}

// revoke ends one of the client's own tokens (RFC 7009). A token that is not good any more, was never one,
// or belongs to another organisation is answered like one that was ended; one of another client of the
// same organisation is refused.
func (d *Door) revoke(ctx context.Context, r request) (any, error) {
	text, err := r.token()
	if err != nil {
		return nil, err
	}
	t, err := d.read(ctx, text)
	if err != nil && !roster.Is(err, "invalid_token") {
		return nil, err
	}
	if err != nil || t.Org != r.client.Member.Org || t.Product() != "" && r.client.Product.ID == "" {
		return struct{}{}, nil
	}
	err = d.room.Revoke(ctx, t)
	if roster.Is(err, "other_client") {
		err = roster.Errorf(roster.Invalid, codeNotYours, "This token was issued to another client, which alone can revoke it.")
	}
	return struct{}{}, err
}

func (r request) token() (string, error) {
	if r.fields["token"] == "" {
		return "", invalid("The parameter token is missing.")
	}
	return r.fields["token"], nil
}

// describe gives the metadata of the authorization server (RFC 8414).
func (d *Door) describe() ([]byte, error) {
	base := d.issuer
	methods, algorithms := []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}, token.Algorithms()
	scopes, err := scopes()
	if err != nil {
		return nil, err
	}
	var grants []string
	for name := range d.grants {
		grants = append(grants, name)
	}
	slices.Sort(grants)
	return json.Marshal(struct {
		Issuer              string   `json:"issuer"`
		Token               string   `json:"token_endpoint"`
		TokenMethods        []string `json:"token_endpoint_auth_methods_supported"`
		TokenAlgorithms     []string `json:"token_endpoint_auth_signing_alg_values_supported"`
		Introspection       string   `json:"introspection_endpoint"`
		IntrospectionMethod []string `json:"introspection_endpoint_auth_methods_supported"`
		InspectAlgorithms   []string `json:"introspection_endpoint_auth_signing_alg_values_supported"`
		Revocation          string   `json:"revocation_endpoint"`
		RevocationMethods   []string `json:"revocation_endpoint_auth_methods_supported"`
		RevokeAlgorithms    []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
		Keys                string   `json:"jwks_uri"`
		Grants              []string `json:"grant_types_supported"`
		Responses           []string `json:"response_types_supported"` // required, and empty: there is no authorization endpoint
		Scopes              []string `json:"scopes_supported"`
	}{
		base, base + pathToken, methods, algorithms, base + pathIntrospect, methods, algorithms, base + pathRevoke, methods, algorithms,
		base + pathKeys, grants,
		[]string{},
		scopes,
	})
}

// scopes gives what tokens can be narrowed to, apart from what host products declare.
func scopes() ([]string, error) {
	own, err := authz.NewCatalogue(0, authz.Declaration{})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, p := range own.Permissions() {
		all = append(all, p.Key)
	}
	for _, p := range act.ClientPermissions() {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all, nil
}

// describeResource gives the metadata of Roster as a resource that takes access tokens (RFC 9728): it is its own
// authorization server.
func (d *Door) describeResource() ([]byte, error) {
	scopes, err := scopes()
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Resource      string   `json:"resource"`
		Servers       []string `json:"authorization_servers"`
		Keys          string   `json:"jwks_uri"`
		Scopes        []string `json:"scopes_supported"`
		Methods       []string `json:"bearer_methods_supported"`
		Name          string   `json:"resource_name"`
		Documentation string   `json:"resource_documentation"`
	}{d.issuer, []string{d.issuer}, d.issuer + pathKeys, scopes, []string{"header"}, "Roster", d.issuer + "/api/docs"})
}
