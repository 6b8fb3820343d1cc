package api

import (
	"context"
	"net/http"
	"strings"

	"roster/internal/action/org"
	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/server"
)

// enter finds out who asks and, where the path names an organisation, takes them into it. The context
// is good for refusing, too.
func (d *Door) enter(r *http.Request, at *address) (context.Context, org.Entry, error) {
	actor, err := d.who(r)
	ctx := r.Context()
	if err != nil {
		return ctx, org.Entry{}, err
	}
	ctx = server.WithActor(ctx, actor)
	if !strings.HasPrefix(r.URL.Path, Prefix+"/orgs/") {
		if at.fleet && actor.Kind == roster.ActorPerson {
			ctx = d.operating(ctx)
		}
		return ctx, org.Entry{}, nil
	}
	name := orgName(r.PathValue("org"))
	if at.fleet && actor.Kind == roster.ActorClient {
		if over, entry, ok := d.oversee(ctx, name); ok {
			return over, entry, nil
		}
	}
	entry, err := d.orgs.Enter(ctx, name)
	if err != nil && at.fleet && actor.Kind == roster.ActorPerson {
		if over, entry, ok := d.oversee(d.operating(ctx), name); ok {
			return over, entry, nil
		}
	}
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

// operating makes an operator of a person who is one; of anybody else nothing becomes of it.
func (d *Door) operating(ctx context.Context) context.Context {
	actor, err := d.set.Operators.Enter(ctx)
	if err != nil { // the use case asks for the right anew, and says what is missing
		return ctx
	}
	return server.WithActor(ctx, actor)
}

type overseenKey struct{}

// Overseen tells that who asks acts on the organisation as such, from outside: an operator or a product client.
func Overseen(ctx context.Context) bool { return ctx.Value(overseenKey{}) != nil }

// oversee takes an operator, or a product client that may, to an organisation as such, open or closed. ok is false for
// anybody else, who learns nothing by it.
func (d *Door) oversee(ctx context.Context, name string) (over context.Context, entry org.Entry, ok bool) {
	actor := roster.ActorFrom(ctx)
	if actor.Kind == roster.ActorPerson {
		return ctx, entry, false
	}
	o, err := d.orgs.Named(ctx, name)
	if err != nil {
		return ctx, entry, false
	}
	actor.Organisation = o.ID
	entry = org.Entry{Usage: org.Usage{Organisation: o, Allowed: fleet.Allowed(o, actor)}}
	return context.WithValue(server.WithActor(ctx, actor), overseenKey{}, true), entry, true
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
