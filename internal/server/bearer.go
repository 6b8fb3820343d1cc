package server

import (
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
	case token == "" || strings.ContainsAny(token, " \t,"):
		return "", roster.Errorf(roster.Invalid, "malformed", "The Authorization header holds no access token.").On("Authorization")
	}
	return token, nil
}

// Challenge gives what RFC 6750, section 3, asks for beside an error; empty where it asks for nothing.
func Challenge(actor roster.Actor, err error) string {
	const realm = `Bearer realm="Roster"`
	e := roster.AsError(err)
	quiet := strings.NewReplacer(`"`, "", `\`, "")
	program := actor.Kind == roster.ActorAPIUser || actor.Kind == roster.ActorClient
	switch {
	case e.Kind == roster.Unauthenticated && e.Code == "invalid_token":
		return realm + `, error="invalid_token", error_description="` + quiet.Replace(e.Message) + `"`
	case e.Kind == roster.Unauthenticated:
		return realm
	case e.Field == "Authorization":
		return realm + `, error="invalid_request"`
	case program && e.Code == "forbidden" && len(e.Missing) > 0:
		return realm + `, error="insufficient_scope", scope="` + strings.Join(e.Missing, " ") + `"`
	}
	return ""
}
