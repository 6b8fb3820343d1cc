package team

import (
	"context"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/apidb"
)

// APIUser is what is asked for a new API user.
type APIUser struct {
	Name   string
	Grants []Giving // the role member when empty
}

// MadeAPIUser is a new API user with its client secret, which is given this once.
type MadeAPIUser struct {
	View
	Secret string
}

// CreateAPIUser adds an API user. Kinds: Invalid for the input, Conflict (seat_limit), Denied (exceeds_authority).
func (r *Room) CreateAPIUser(ctx context.Context, in APIUser) (MadeAPIUser, error) {
	id, client, key := roster.NewMemberID(), roster.NewClientID(), secret.New(action.ClientPrefix)
	return action.Do(ctx, r.gate, action.APIUserCreate, roster.RefMember(id, in.Name), func(ctx context.Context, tx *store.Tx) (MadeAPIUser, error) {
		profile, err := roster.Profile{Name: in.Name}.Clean(roster.API, false)
		if err != nil {
			return MadeAPIUser{}, err
		}
		by := roster.ActorFrom(ctx)
		m := roster.Member{
			Org: tx.Org(), ID: id, Kind: roster.API, Status: roster.Active, Name: profile.Name, ClientID: client,
			CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1,
		}
		if len(in.Grants) == 0 {
			in.Grants = RoleGivings(roster.RoleMember)
		}
		v, err := insert(ctx, tx, m, in.Grants, nil)
		if err != nil {
			return MadeAPIUser{}, err
		}
		err = apidb.Insert(ctx, tx, m.Ref(), apidb.Secret{
			Member: id, ID: roster.NewID("key_"), Hash: secret.Hash(key), Prefix: action.ClientPrefix, LastFour: key[len(key)-4:],
		})
		return MadeAPIUser{View: v, Secret: key}, err
	})
}
