package apiuser

import (
	"context"
	"slices"

	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/clientdb"
	"roster/internal/store/tokendb"
)

// productActor gives a product client as an actor made of another. It is never nil what it may do: a
// client without permissions may do nothing.
func productActor(from roster.Actor, c clientdb.Client, org roster.OrgID) roster.Actor {
	from.Kind, from.Organisation, from.Client, from.Name = roster.ActorClient, org, c.ID, c.Name
	from.Scopes = append([]string{}, c.Permissions...)
	return from
}

// asks gives what a product client may do; nothing for anyone else.
func asks(a roster.Actor) []string {
	if a.Kind != roster.ActorClient {
		return nil
	}
	return a.Scopes
}

func (r *Room) authenticateProduct(ctx context.Context, rd store.Reader, id string, is func(apidb.Secret) bool) (Client, error) {
	found, err := r.product.One(ctx, rd, id)
	if err != nil {
		return Client{}, err
	}
	c := found.Value
	s := apidb.Secret{ID: c.ID, Hash: c.Hash, UsedAt: c.UsedAt}
	if !is(s) || !found.OK {
		return Client{}, unknown()
	}
	return Client{Product: c, Secret: s, Held: c.Permissions}, nil
}

// bearer names a product client's token.
type bearer struct{ client, token string }

// standing is a product client beside one of its tokens.
type standing struct {
	clientdb.Client
	revoked bool
}

// standings finds tokens of product clients. The clients are read first, with the installation's seq: a
// revocation that comes after it raises the seq, so what is kept is read again.
func standings(ctx context.Context, r store.Reader, of []bearer) (map[bearer]store.At[standing], error) {
	ids := make([]string, len(of))
	for i, b := range of {
		ids[i] = b.client
	}
	slices.Sort(ids)
	clients, err := clientdb.ByIDs(ctx, r, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	all := make(map[bearer]store.At[standing], len(of))
	for _, b := range of {
		c, ok := clients[b.client]
		if !ok {
			continue
		}
		revoked, err := tokendb.Revoked(ctx, r, roster.Installation, b.token)
		if err != nil {
			return nil, err
		}
		all[b] = store.At[standing]{Org: c.Org, Seq: c.Seq, Value: standing{c.Value, revoked}}
	}
	return all, nil
}

// liveProduct finds the product client of a token that still counts, with its permissions as the token
// narrows them.
func (r *Room) liveProduct(ctx context.Context, rd store.Reader, t Token) (clientdb.Client, error) {
	found, err := r.tokens.One(ctx, rd, bearer{t.Product(), t.ID})
	if err != nil {
		return clientdb.Client{}, err
	}
	if !found.OK || found.Value.revoked {
		return clientdb.Client{}, dead()
	}
	c := found.Value.Client
	if t.Scopes != nil {
		c.Permissions = slices.DeleteFunc(slices.Clone(c.Permissions), func(p string) bool { return !slices.Contains(t.Scopes, p) })
	}
	return c, nil
}
