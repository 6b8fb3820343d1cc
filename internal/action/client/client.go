// Package client is the room of product clients: the host product's own programs, which belong to no
// organisation. They are made, listed and removed here; how they prove themselves, and what their tokens
// are worth, is the apiuser room's.
package client

import (
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/portaldb"
	"roster/internal/store/webhookdb"
)

// Room holds the use cases of product clients.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Draft is what is asked for a new product client.
type Draft struct {
	Name        string
	Permissions []string // among act.ClientPermissions
}

// Made is a new product client with its secret, which is given this once.
type Made struct {
	clientdb.Client
	Secret string
}

// Create makes a product client; of its secret the hash alone is kept. Kinds: Invalid for the input,
// Conflict (client_exists) for a name that another one has.
func (r *Room) Create(ctx context.Context, in Draft) (Made, error) {
	c, err := in.check()
	if err != nil {
		return Made{}, err
	}
	key := secret.New(act.ClientPrefix)
	c.Hash, c.Prefix, c.LastFour = secret.Hash(key), act.ClientPrefix, key[len(key)-4:]
	return action.Do(ctx, r.gate, act.ClientCreate, c.Ref(), func(ctx context.Context, tx *store.Tx) (Made, error) {
		made := c
		made.CreatedAt, made.CreatedBy = tx.At(), roster.ActorFrom(ctx).ID()
		return Made{Client: made, Secret: key}, clientdb.Insert(ctx, tx, made)
	})
}

// check cleans the input and gives the client it asks for.
func (in Draft) check() (clientdb.Client, error) {
	var bad roster.Problems
	name, err := roster.CleanName(in.Name)
	if err == nil && name == "" {
		err = roster.Errorf(roster.Invalid, "field_required", "Name the product client.")
	}
	bad.Add("name", err)
	known := act.ClientPermissions()
	permissions := slices.Compact(slices.Sorted(slices.Values(in.Permissions)))
	for _, p := range permissions {
		if !slices.Contains(known, p) {
			bad.Add("permissions", roster.Errorf(roster.Invalid, "permission_unknown", "%s is no permission of product clients. They are %s.", p, strings.Join(known, ", ")))
		}
	}
	if len(permissions) == 0 {
		bad.Add("permissions", roster.Errorf(roster.Invalid, "field_required", "Give it at least one permission: %s.", strings.Join(known, ", ")))
	}
	return clientdb.Client{ID: roster.NewProductID(), Name: name, Permissions: permissions, Version: 1}, bad.Err()
}

// List gives the product clients, the oldest first. For the operator.
func (r *Room) List(ctx context.Context) ([]clientdb.Client, error) {
	return action.Look(ctx, r.gate, act.ClientList, clientdb.List)
}

// Remove ends a product client, named by its ID or its name: its secret, its tokens and the sessions that its links began
// are worth nothing from here on. Kind: NotFound.
func (r *Room) Remove(ctx context.Context, which string) (clientdb.Client, error) {
	return action.Do(ctx, r.gate, act.ClientRemove, roster.Ref{Kind: "client"}, func(ctx context.Context, tx *store.Tx) (clientdb.Client, error) {
		all, err := clientdb.List(ctx, tx)
		if err != nil {
			return clientdb.Client{}, err
		}
		at := slices.IndexFunc(all, func(c clientdb.Client) bool { return c.ID == which || roster.Fold(c.Name) == roster.Fold(which) })
		if at < 0 {
			return clientdb.Client{}, roster.Errorf(roster.NotFound, "not_found", "There is no product client %s.", which)
		}
		if err := webhookdb.DeleteOf(ctx, tx, all[at].ID); err != nil {
			return clientdb.Client{}, err
		}
		if err := clientdb.Remove(ctx, tx, all[at]); err != nil || !slices.Contains(all[at].Permissions, act.ClientPortal) {
			return all[at], err
		}
		return all[at], portaldb.CloseFor(ctx, tx, all[at].Ref()) // whoever comes in holds the client until it stands, so none is missed
	})
}
