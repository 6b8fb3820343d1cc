// Package apiuser is the room at which programs knock, API users and product clients alike: they are
// recognised by their secret or token. Making, blocking, editing and removing API users is the team room's,
// as for every member; product clients are made in the client room.
package apiuser

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/clientdb"
	"roster/internal/store/credentialdb"
	"roster/internal/store/kept"
	"roster/internal/store/memberdb"
	"roster/internal/store/tokendb"
)

// Room holds the use cases of API users and product clients.
type Room struct {
	gate    *action.Gate
	product *kept.Kept[string, clientdb.Client]
	tokens  *kept.Kept[bearer, standing]
	bearers *kept.Kept[apidb.Bearer, apidb.Standing]
	clients *kept.Kept[string, apidb.Client]
}

// New makes the room.
func New(g *action.Gate) *Room {
	return &Room{
		gate: g, clients: kept.New(mostClients, apidb.ByClientIDs),
		product: kept.New(mostClients, clientdb.ByIDs), tokens: kept.New(mostClients, standings),
		bearers: kept.New(mostClients, apidb.Standings),
	}
}

// mostClients bounds how many of them, and of product clients' tokens, are kept in memory, at about a kilobyte each.
const mostClients = 10_000

// Client is an API user or a product client that proved itself by its client secret.
type Client struct {
	Member  roster.Member   // of an API user
	Product clientdb.Client // its ID is empty for an API user
	Secret  apidb.Secret
	Held    []string // the permissions it holds at this moment, sorted
}

// ID gives the client ID.
func (c Client) ID() string {
	if c.Product.ID != "" {
		return c.Product.ID
	}
	return c.Member.ClientID
}

// Actor gives the client as an actor: an API user in its organisation, a product client at the
// installation.
func (c Client) Actor(from roster.Actor) roster.Actor {
	if c.Product.ID != "" {
		return productActor(from, c.Product, roster.Installation)
	}
	from.Kind, from.Organisation, from.Member, from.Name = roster.ActorAPIUser, c.Member.Org, c.Member.ID, c.Member.Label()
	return from
}

// Authenticate recognises an API user or a product client by client ID and secret. Every failure is the same error, after
// the same comparison; after many from one address block each further one must wait. Kinds: Unauthenticated
// (invalid_client), Limited (too_many_tries), Denied (address_not_allowed) for who proved itself from elsewhere.
func (r *Room) Authenticate(ctx context.Context, clientID, clientSecret string) (Client, error) {
	c, err := r.recognise(ctx, clientID, func(s apidb.Secret) bool { return !s.IsKey() && secret.Equal(s.Hash, secret.Hash(clientSecret)) })
	if roster.Is(err, "invalid_client") {
		err = r.wrong(ctx, err)
	}
	return c, err
}

// wrong counts a wrong secret by the address block alone: by the client ID, which is no secret, strangers could lock
// programs out. For the same reason the right secret is never made to wait; 256 bits are not guessed. Kind: Limited.
func (r *Room) wrong(ctx context.Context, answer error) error {
	b := roster.Budget{Free: 60, Leak: time.Minute}
	key := "client:" + secret.Hash(roster.AddressBlock(roster.ActorFrom(ctx).IP))
	var wait time.Duration
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		had, err := credentialdb.AttemptsAt(ctx, tx, key)
		if err != nil {
			return err
		}
		left := b.Left(had[0], tx.At())
		if wait = left.Until.Sub(tx.At()); wait > 0 {
			return nil
		}
		return credentialdb.SetAttempts(ctx, tx, []string{key}, []roster.Tries{b.Count(left, tx.At())})
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return roster.Errorf(roster.Limited, "too_many_tries", "There were too many tries with a wrong client secret. Wait a little before the next.").After(wait)
	}
	return answer
}

// recognise finds the client with an ID by the credential that a test finds. Every credential is put to the test.
func (r *Room) recognise(ctx context.Context, clientID string, is func(apidb.Secret) bool) (Client, error) {
	return action.Look(ctx, r.gate, act.TokenIssue, func(ctx context.Context, rd store.Reader) (Client, error) {
		if roster.IsProductID(clientID) {
			return r.authenticateProduct(ctx, rd, clientID, is)
		}
		if !roster.IsClientID(clientID) {
			clientID = "" // nobody's; and not every text can be asked of every database
		}
		found, err := r.clients.One(ctx, rd, clientID)
		if err != nil {
			return Client{}, err
		}
		at := -1
		for i, s := range found.Value.Secrets {
			if is(s) {
				at = i
			}
		}
		if at < 0 || !found.Value.Live(action.Moment(ctx)) {
			return Client{}, unknown()
		}
		if err := policy.ReachProgram(found.Value.OrgFrom, found.Value.From, roster.ActorFrom(ctx).IP); err != nil {
			return Client{}, err
		}
		c := Client{Member: found.Value.Of(), Secret: found.Value.Secrets[at]}
		authority, err := action.AuthorityOf(ctx, c.Actor(roster.Actor{}))
		c.Held = held(authority)
		return c, err
	})
}

func unknown() error {
	return roster.Errorf(roster.Unauthenticated, "invalid_client", "The client ID or the client secret is not right, or the API user is not active.")
}

// held gives the permissions that an authority has anywhere, sorted: what a token may be narrowed to.
func held(a authz.Authority) []string {
	var keys []string
	for _, e := range a.Effective() {
		keys = append(keys, e.Permission)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Use is what is noted of a client that used its secret or key.
type Use struct {
	Client Client
	At     time.Time // when it was last used
	IP     string    // the address from which it was
	Tokens int64     // that it was given since this was last noted
}

// Used notes a use, which may have been a while ago. The caller keeps to once a minute.
func (r *Room) Used(ctx context.Context, u Use) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		c := u.Client
		if c.Product.ID != "" {
			return clientdb.Used(ctx, tx, c.Product.ID, u.At)
		}
		if err := memberdb.Given(ctx, tx, c.Member.Org, c.Member.ID, u.Tokens, u.At); err != nil {
			return err
		}
		return apidb.Used(ctx, tx, c.Member.Org, c.Secret, u.At, u.IP)
	})
}

// Token is what an access token says of itself, once its signature was checked.
type Token struct {
	ID      string
	Org     roster.OrgID    // empty for a product client
	Member  roster.MemberID // empty for a product client
	Client  string          // the client ID it was given to
	Scopes  []string        // the permissions it is narrowed to; nil for no narrowing
	Issued  time.Time
	Expires time.Time
}

// Product gives the ID of the product client that the token stands for; empty for an API user's.
func (t Token) Product() string {
	if t.Org == "" && roster.IsProductID(t.Client) {
		return t.Client
	}
	return ""
}

// Check finds whom an access token stands for as they are now, and gives them as an actor made of another:
// an API user in its organisation; a product client in none, which the door adds. Kind: Unauthenticated,
// code invalid_token, when the token was revoked, its API user is not active, or its product client was
// removed; Denied (address_not_allowed) where it is not let in from the request's address.
func (r *Room) Check(ctx context.Context, t Token, from roster.Actor) (roster.Actor, error) {
	return action.Look(ctx, r.gate, act.TokenCheck, func(ctx context.Context, rd store.Reader) (roster.Actor, error) {
		if t.Product() != "" {
			c, err := r.liveProduct(ctx, rd, t)
			return productActor(from, c, ""), err
		}
		m, err := r.live(ctx, rd, t)
		if err == nil {
			err = policy.ReachProgram(m.OrgFrom, m.From, from.IP)
		}
		from.Kind, from.Organisation, from.Member, from.Name, from.Scopes = roster.ActorAPIUser, m.Org, m.Member, m.Of().Label(), t.Scopes
		return from, err
	})
}

// Standing is what an access token lets its API user or product client do at this moment.
type Standing struct {
	Held []string // the permissions that it holds and the token does not narrow away, sorted
}

// Inspect tells the actor what an access token is worth now (RFC 7662): an API user one of its organisation's;
// a product client its own, and with decisions.read any organisation's. Kind: Unauthenticated, code
// invalid_token, also for a token that is none of theirs, and while nobody comes in to its organisation.
func (r *Room) Inspect(ctx context.Context, t Token) (Standing, error) {
	return action.Look(ctx, r.gate, act.TokenCheck, func(ctx context.Context, rd store.Reader) (Standing, error) {
		switch actor := roster.ActorFrom(ctx); {
		case t.Product() != "":
			if actor.Client != t.Product() {
				return Standing{}, dead()
			}
			c, err := r.liveProduct(ctx, rd, t)
			return Standing{Held: c.Permissions}, err
		case actor.Organisation != t.Org && !slices.Contains(asks(actor), authz.DecisionsRead):
			return Standing{}, dead()
		}
		if _, err := r.live(ctx, rd, t); err != nil {
			return Standing{}, err
		}
		authority, err := action.AuthorityOf(ctx, roster.Actor{Kind: roster.ActorAPIUser, Organisation: t.Org, Member: t.Member, Scopes: t.Scopes})
		if roster.Is(err, "organisation_suspended") || roster.Is(err, "organisation_closed") {
			err = dead()
		}
		return Standing{Held: held(authority)}, err
	})
}

func dead() error {
	return roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
}

// live finds the API user of a token that still counts, as the organisation's history stands now: while
// nothing changes there, it costs no statement.
func (r *Room) live(ctx context.Context, rd store.Reader, t Token) (apidb.Client, error) {
	found, err := r.bearers.One(ctx, rd, apidb.Bearer{Org: t.Org, Member: t.Member, Token: t.ID})
	if err != nil {
		return apidb.Client{}, err
	}
	if !found.OK || !found.Value.Live(action.Moment(ctx)) || found.Value.Revoked {
		return apidb.Client{}, dead()
	}
	return found.Value.Client, nil
}

// Revoke ends one of the actor's own access tokens before its time (RFC 7009). One that was revoked
// already stays so, without another line in the history. Kind: Denied for another's token.
func (r *Room) Revoke(ctx context.Context, t Token) error {
	actor := roster.ActorFrom(ctx)
	on, org := roster.RefMember(t.Member, actor.Name), t.Org
	if id := t.Product(); id != "" {
		on, org = roster.Ref{Kind: "client", ID: id, Name: actor.Name}, roster.Installation
	}
	if actor.Organisation != org || actor.ID() != on.ID {
		return roster.Errorf(roster.Denied, "other_client", "This token was issued to another client.")
	}
	_, err := action.Do(ctx, r.gate, act.TokenRevoke, on, func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		over, err := tokendb.Revoked(ctx, tx, org, t.ID)
		if err != nil || over {
			return struct{}{}, err
		}
		return struct{}{}, tokendb.Revoke(ctx, tx, org, t.ID, t.Expires)
	})
	return err
}
