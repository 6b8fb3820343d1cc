package oauth

import (
	"context"
	"slices"
	"strings"

	"roster/internal/roster"
	"roster/internal/token"
)

// grant is one way to come by an access token. It says only for whom the token is. All else is done
// for every grant alike, so that a new one cannot forget it: the client is authenticated and active
// before, the scope is held against what the subject holds, and the token is made after.
type grant struct {
	// subject gives whom the token stands for, or an error of code invalid_grant. Only here may a grant
	// use up what it was given, such as a code.
	subject func(context.Context, request) (subject, error)
}

// subject is whom a token stands for.
type subject struct {
	id   string       // of the member or the product client
	org  roster.OrgID // empty for a product client
	held []string     // the permissions they hold now
}

// list gives the grants by their grant_type.
func (d *Door) list() map[string]grant {
	return map[string]grant{
		"client_credentials": {subject: itself},
	}
}

// itself is the subject of client_credentials (RFC 6749, 4.4): the client.
func itself(_ context.Context, r request) (subject, error) {
	if p := r.client.Product; p.ID != "" {
		return subject{id: p.ID, held: r.client.Held}, nil
	}
	return subject{string(r.client.Member.ID), r.client.Member.Org, r.client.Held}, nil
}

// issued is the answer of the token endpoint (RFC 6749, 5.1).
type issued struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope,omitempty"`
}

// issue makes an access token: the steps of every grant, in their order.
func (d *Door) issue(ctx context.Context, r request) (any, error) {
	g, err := d.chosen(r.fields["grant_type"])
	if err != nil {
		return nil, err
	}
	asked, err := parseScope(r.fields["scope"])
	if err != nil {
		return nil, err
	}
	of, err := g.subject(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := allowed(asked, of.held); err != nil {
		return nil, err
	}
	ring, err := d.ring(ctx)
	if err != nil {
		return nil, err
	}
	now := d.clock()
	expires := now.Add(d.lifetime)
	if ends := r.client.Member.Ends; !ends.IsZero() && ends.Before(expires) { // whoever asks nobody but the token believes it until then
		expires = ends
	}
	text, err := ring.signer.Sign(token.Claims{
		Subject: of.id, ClientID: r.client.ID(), Organisation: string(of.org), Scopes: asked,
		ID: roster.NewID("tok_"), IssuedAt: now, Expires: expires,
	})
	if err != nil {
		return nil, err
	}
	return issued{AccessToken: text, TokenType: "Bearer", ExpiresIn: max(0, int64(expires.Sub(now).Seconds())), Scope: granted(asked, of.held)}, nil
}

func (d *Door) chosen(name string) (grant, error) {
	g, known := d.grants[name]
	switch {
	case name == "":
		return g, invalid("The parameter grant_type is missing.")
	case !known:
		return g, roster.Errorf(roster.Invalid, codeGrantType, "This grant_type is not offered here. The one that is: client_credentials.")
	}
	return g, nil
}

// granted gives the scope of the answer. Who asked for none gets a token without narrowing: it acts with
// what its client holds at each request, not with what they held when it was made, so the token has
// no scope claim (RFC 9068, 2.2.3 wants one only where a scope was asked for). Its present worth is
// still said in the answer, since RFC 6749, 5.1 and 3.3, has the scope told wherever it is not just the
// one that was asked for. Who holds nothing gets no scope member: an empty one has no form there.
func granted(asked, held []string) string {
	if asked == nil {
		asked = held
	}
	return strings.Join(asked, " ")
}

// parseScope reads a scope parameter (RFC 6749, 3.3): permissions, one space between two; nil when there
// is none. What stands there twice counts once.
func parseScope(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	var scopes []string
	for s := range strings.SplitSeq(text, " ") {
		if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }) {
			return nil, roster.Errorf(roster.Invalid, codeScope, "The scope is a list of permissions with one space between two.")
		}
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes, nil
}

// allowed refuses a scope that names what the subject does not hold, or what there is not: a token
// narrows, it never widens (design page 1, rule 1).
func allowed(asked, held []string) error {
	for _, s := range asked {
		if slices.Contains(held, s) {
			continue
		}
		return roster.Errorf(roster.Invalid, codeScope, "The client does not hold the permission %s.", s)
	}
	return nil
}
