package api

import (
	"context"
	"net/http"
	"strings"

	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/server"
)

// enter finds out who asks and, where the path names an organisation, takes them into it. The context
// is good for refusing, too.
func (d *Door) enter(r *http.Request) (context.Context, org.Entry, error) {
	actor, err := d.who(r)
	ctx := r.Context()
	if err != nil {
		return ctx, org.Entry{}, err
	}
	ctx = server.WithActor(ctx, actor)
	if !strings.HasPrefix(r.URL.Path, Prefix+"/orgs/") {
		return ctx, org.Entry{}, nil
	}
	entry, err := d.orgs.Enter(ctx, orgName(r.PathValue("org")))
	if err != nil {
		return ctx, entry, err
	}
	if entry.Visit != nil {
		return server.WithActor(ctx, entry.Actor(actor)), entry, nil
	}
	if actor.Kind == roster.ActorPerson {
		actor.Kind = roster.ActorMember
	}
	actor.Organisation = entry.Organisation.ID
	if actor.Kind != roster.ActorClient {
		actor.Member, actor.Name = entry.Member.ID, entry.Member.Label()
	}
	return server.WithActor(ctx, actor), entry, nil
}

// who recognises the bearer of an access token (RFC 6750, 2.1), else the person of a session of the
// same origin.
func (d *Door) who(r *http.Request) (roster.Actor, error) {
	if len(r.Header.Values("Authorization")) == 0 {
		return d.person(r)
	}
	token, err := server.BearerToken(r)
	if err != nil {
		return roster.Actor{}, err
	}
	if d.set.Bearer == nil {
		return roster.Actor{}, roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid.")
	}
	return d.set.Bearer.Authenticate(r.Context(), token)
}

func (d *Door) person(r *http.Request) (roster.Actor, error) {
	key := server.SessionSecret(r)
	if key == "" || foreign(r) {
		return roster.Actor{}, roster.Errorf(roster.Unauthenticated, "not_signed_in", "Sign in, or send an access token.")
	}
	s, err := d.signIn.Check(r.Context(), key)
	return roster.Actor{Kind: roster.ActorPerson, Person: s.Person, Session: s.ID, Proofs: s.Proofs}, err
}

// foreign tells whether the browser says that another origin's page made the request: the session is
// for our own pages. Unsafe methods are refused before they come here.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}

// orgName gives what may name an organisation; anything else names none, as an unknown name does.
func orgName(s string) string {
	if roster.IsOrgID(s) || s == roster.Slug(s) {
		return s
	}
	return ""
}
