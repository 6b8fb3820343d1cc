// Package apiuser is the room at which API users knock: they are recognised by their secret or token.
// Making, blocking, editing and removing them is the team room's, as for every member.
package apiuser

import (
	"context"
	"slices"
	"time"

	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/memberdb"
	"roster/internal/store/tokendb"
)

// Room holds the use cases of API users.
type Room struct {
	gate    *action.Gate
	clients *store.Kept[string, apidb.Client]
}

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g, store.NewKept(mostClients, apidb.ByClientIDs)} }

// mostClients bounds how many API users are kept in memory, at about a kilobyte each.
const mostClients = 10_000

// Client is an API user that proved itself by its client secret.
type Client struct {
	Member roster.Member
	Secret apidb.Secret
	Held   []string // the permissions it holds at this moment, sorted
}

// Actor gives the client as an actor in its organisation.
func (c Client) Actor(from roster.Actor) roster.Actor {
	from.Kind, from.Organisation, from.Member, from.Name = roster.ActorAPIUser, c.Member.Org, c.Member.ID, c.Member.Label()
	return from
}

// Authenticate recognises an API user by client ID and secret. Every failure is the same error, after
// the same comparison. Kind: Unauthenticated, code invalid_client.
func (r *Room) Authenticate(ctx context.Context, clientID, clientSecret string) (Client, error) {
	return action.Look(ctx, r.gate, action.TokenIssue, func(ctx context.Context, rd store.Reader) (Client, error) {
		if !roster.IsClientID(clientID) {
			clientID = "" // nobody's; and not every text can be asked of every database
		}
		found, err := r.clients.One(ctx, rd, clientID)
		if err != nil {
			return Client{}, err
		}
		hash, at := secret.Hash(clientSecret), -1
		for i, s := range found.Value.Secrets {
			if secret.Equal(s.Hash, hash) {
				at = i
			}
		}
		if at < 0 || found.Value.Status != roster.Active {
			return Client{}, roster.Errorf(roster.Unauthenticated, "invalid_client", "The client ID or the client secret is not right, or the API user is not active.")
		}
		c := Client{Member: found.Value.Of(), Secret: found.Value.Secrets[at]}
		authority, err := action.AuthorityOf(ctx, c.Actor(roster.Actor{}))
		c.Held = held(authority)
		return c, err
	})
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

// Used notes when a client's secret was last used, unless that was within the minute. What a client says of
// its last use may be older than what is kept, so who asks often remembers that they did.
func (r *Room) Used(ctx context.Context, c Client, now time.Time) error {
	if now.Sub(c.Secret.UsedAt) < time.Minute {
		return nil
	}
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := memberdb.Seen(ctx, tx, c.Member.Org, c.Member.ID); err != nil {
			return err
		}
		return apidb.Used(ctx, tx, c.Member.Org, c.Secret)
	})
}

// Token is what an access token says of itself, once its signature was checked.
type Token struct {
	ID      string
	Org     roster.OrgID
	Member  roster.MemberID
	Client  string   // the client ID it was given to
	Scopes  []string // the permissions it is narrowed to; nil for no narrowing
	Issued  time.Time
	Expires time.Time
}

// Check finds the API user of an access token as they are now. Kind: Unauthenticated, code
// invalid_token, when the token was revoked or its API user is not active any more.
func (r *Room) Check(ctx context.Context, t Token) (roster.Member, error) {
	return action.Look(ctx, r.gate, action.TokenCheck, func(ctx context.Context, rd store.Reader) (roster.Member, error) {
		return live(ctx, rd, t)
	})
}

// Standing is an API user as an access token lets it act at this moment.
type Standing struct {
	Member roster.Member
	Held   []string // the permissions that it holds and the token does not narrow away, sorted
}

// Inspect tells the actor, an API user, what one of its organisation's access tokens is worth now (RFC
// 7662). Kind: Unauthenticated, code invalid_token, also for a token of another organisation.
func (r *Room) Inspect(ctx context.Context, t Token) (Standing, error) {
	return action.Look(ctx, r.gate, action.TokenCheck, func(ctx context.Context, rd store.Reader) (Standing, error) {
		if roster.ActorFrom(ctx).Organisation != t.Org {
			return Standing{}, dead()
		}
		m, err := live(ctx, rd, t)
		if err != nil {
			return Standing{}, err
		}
		authority, err := action.AuthorityOf(ctx, roster.Actor{Kind: roster.ActorAPIUser, Organisation: t.Org, Member: t.Member, Scopes: t.Scopes})
		return Standing{Member: m, Held: held(authority)}, err
	})
}

func dead() error {
	return roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
}

// live finds the API user of a token that still counts.
func live(ctx context.Context, rd store.Reader, t Token) (roster.Member, error) {
	m, err := memberdb.ByID(ctx, rd, t.Org, t.Member)
	if err != nil {
		return m.Value, err
	}
	if !m.OK || m.Value.Status != roster.Active || m.Value.Kind != roster.API {
		return m.Value, dead()
	}
	revoked, err := tokendb.Revoked(ctx, rd, t.Org, t.ID)
	if err == nil && revoked {
		err = dead()
	}
	return m.Value, err
}

// Revoke ends one of the actor's own access tokens before its time (RFC 7009). One that was revoked
// already stays so, without another line in the history. Kind: Denied for another's token.
func (r *Room) Revoke(ctx context.Context, t Token) error {
	actor := roster.ActorFrom(ctx)
	if actor.Organisation != t.Org || actor.Member != t.Member {
		return roster.Errorf(roster.Denied, "other_client", "This token was issued to another client.")
	}
	_, err := action.Do(ctx, r.gate, action.TokenRevoke, roster.RefMember(t.Member, actor.Name), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		over, err := tokendb.Revoked(ctx, tx, t.Org, t.ID)
		if err != nil || over {
			return struct{}{}, err
		}
		return struct{}{}, tokendb.Revoke(ctx, tx, t.Org, t.ID, t.Expires)
	})
	return err
}

// SigningKeys gives the keys that sign tokens, sealed, the newest first; make makes the first one where
// there is none. Processes that start at the same moment agree on one.
func (r *Room) SigningKeys(ctx context.Context, make func() (tokendb.Key, error)) ([]tokendb.Key, error) {
	var keys []tokendb.Key
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := tokendb.Lock(ctx, tx); err != nil {
			return err
		}
		var err error
		if keys, err = tokendb.Keys(ctx, tx); err != nil || len(keys) > 0 {
			return err
		}
		k, err := make()
		if err != nil {
			return err
		}
		keys = []tokendb.Key{k}
		return tokendb.AddKey(ctx, tx, k)
	})
	return keys, err
}
