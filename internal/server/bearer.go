package server

import (
	"context"
	"net/http"
	"strings"

	"roster/internal/roster"
)

// BearerToken gives the access token that a request is sent with (RFC 6750, 2.1). Kinds: Unauthenticated
// when there is none, Invalid (malformed, on Authorization) when the header cannot be read.
func BearerToken(r *http.Request) (string, error) {
	given := r.Header["Authorization"]
	if len(given) == 0 {
		return "", roster.Errorf(roster.Unauthenticated, "not_signed_in", "Send an access token, with the header Authorization: Bearer.")
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	switch {
	case len(given) > 1:
		return "", roster.Errorf(roster.Invalid, "malformed", "Send one Authorization header.").On("Authorization")
	case !strings.EqualFold(scheme, "Bearer"):
		return "", roster.Errorf(roster.Unauthenticated, "not_signed_in", "Send an access token, with the header Authorization: Bearer.")
	case token == "" || strings.IndexByte(token, ' ') >= 0 || strings.IndexByte(token, '\t') >= 0 || strings.IndexByte(token, ',') >= 0:
		return "", roster.Errorf(roster.Invalid, "malformed", "The Authorization header holds no access token.").On("Authorization")
	}
	return token, nil
}

// PathResource is where it stands how access tokens for Roster are come by (RFC 9728).
const PathResource = "/.well-known/oauth-protected-resource"

// Challenge gives what RFC 6750, section 3, asks for beside an error, and where its metadata stands (RFC 9728, section
// 5.1); empty where there is nothing to tell.
func Challenge(ctx context.Context, err error) string {
	c := challenge(roster.ActorFrom(ctx), err)
	if x := exchangeFrom(ctx); c != "" && x != nil && x.base != "" {
		c += `, resource_metadata="` + x.base + PathResource + `"`
	}
	return c
}

func challenge(actor roster.Actor, err error) string {
	const bearer = `Bearer realm="Roster"`
	e := roster.AsError(err)
	quiet := strings.NewReplacer(`"`, "", `\`, "")
	program := actor.Kind == roster.ActorAPIUser || actor.Kind == roster.ActorClient
	switch {
	case e.Kind == roster.Unauthenticated && e.Code == "invalid_token":
		return bearer + `, error="invalid_token", error_description="` + quiet.Replace(e.Message) + `"`
	case e.Kind == roster.Unauthenticated:
		return bearer
	case e.Field == "Authorization":
		return bearer + `, error="invalid_request"`
	case program && e.Code == "forbidden" && len(e.Missing) > 0:
		return bearer + `, error="insufficient_scope", scope="` + strings.Join(e.Missing, " ") + `"`
	}
	return ""
}
