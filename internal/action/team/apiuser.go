package team

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/apidb"
)

// APIUser is what is asked for a new API user.
type APIUser struct {
	Name         string
	ExternalID   string   // what the host product calls it; may be empty
	Grants       []Giving // the role member when empty
	StartBlocked bool
	Ends         time.Time // when its time is over; zero for never
	SecretLater  bool      // nobody is there to see one: its first secret is made later, by who may (decision 060)
}

// MadeAPIUser is a new API user with its client secret, which is given this once.
type MadeAPIUser struct {
	View
	Secret string
}

// CreateAPIUser adds an API user. Kinds: Invalid for the input (end_passed and end_too_far among it), Conflict (seat_limit, external_id_taken), Denied
// (exceeds_authority).
func (r *Room) CreateAPIUser(ctx context.Context, in APIUser) (MadeAPIUser, error) {
	made := newKeys()
	return action.Do(ctx, r.gate, act.APIUserCreate, roster.RefMember(made.id, in.Name), func(ctx context.Context, tx *store.Tx) (MadeAPIUser, error) {
		return in.put(ctx, tx, made)
	})
}

// Make is what making an API user does in a row of a series.
func (in APIUser) Make(ctx context.Context, tx *store.Tx, id roster.MemberID) (MadeAPIUser, error) {
	made := newKeys()
	made.id = id
	return in.put(ctx, tx, made)
}

func (in APIUser) put(ctx context.Context, tx *store.Tx, made keys) (MadeAPIUser, error) {
	m, err := in.draft(ctx, tx, made)
	if err != nil {
		return MadeAPIUser{}, err
	}
	if len(in.Grants) == 0 {
		in.Grants = RoleGivings(roster.RoleMember)
	}
	grants, err := settle(ctx, tx, m, nil, in.Grants)
	if err != nil {
		return MadeAPIUser{}, err
	}
	if in.SecretLater {
		made.secret = ""
	}
	v, err := made.insert(ctx, tx, m, grants)
	return MadeAPIUser{View: v, Secret: made.secret}, err
}

// keys are what a new API user is known by, made before the transaction: it may run again.
type keys struct {
	id     roster.MemberID
	client string
	secret string
}

func newKeys() keys {
	return keys{roster.NewMemberID(), roster.NewClientID(), secret.New(act.ClientPrefix)}
}

// draft checks the input and gives the API user it describes.
func (in APIUser) draft(ctx context.Context, tx *store.Tx, made keys) (roster.Member, error) {
	var bad roster.Problems
	profile, err := roster.Profile{Name: in.Name}.Clean(roster.API, false)
	bad.Join(err)
	by := roster.ActorFrom(ctx)
	m := roster.Member{
		Org: tx.Org(), ID: made.id, Kind: roster.API, Status: roster.Active, Name: profile.Name, ClientID: made.client, ExternalID: in.ExternalID, Ends: in.Ends,
		CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1,
	}
	bad.Add("external_id", m.CheckExternalID())
	bad.Join(policy.CheckEnd(in.Ends, tx.At()))
	if in.StartBlocked {
		m.Status, m.Before = roster.Blocked, roster.Active
	}
	return m, bad.Err()
}

// insert keeps a new API user with its secret's hash, where it has one.
func (k keys) insert(ctx context.Context, tx *store.Tx, m roster.Member, grants []roster.Grant) (View, error) {
	v, err := insert(ctx, tx, m, grants, nil)
	if err == nil && !m.Ends.IsZero() {
		err = apidb.SetEnd(ctx, tx, m, time.Time{})
	}
	if err != nil || k.secret == "" {
		return v, err
	}
	return v, apidb.Insert(ctx, tx, m.Ref(), apidb.Secret{
		Member: k.id, ID: roster.NewID("key_"), Hash: secret.Hash(k.secret), Prefix: act.ClientPrefix, LastFour: k.secret[len(k.secret)-4:],
	})
}
