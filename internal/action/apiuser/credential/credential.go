// Package credential is the room of what API users prove themselves by: secrets and public keys, when each was last used,
// who made them and whether they are still here; and of when an API user's time is over. That a program proved itself is
// the apiuser room's; making, blocking and removing API users the team's.
package credential

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/roledb"
	"roster/internal/token"
)

// How many an API user has at most: of both two, so that one can follow the other, and keys for some machines.
const (
	mostSecrets = 2
	mostKeys    = 5
	MaxText     = 16 << 10 // bytes of what keys are read from
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// View is all that is told of an API user's credentials. No secret is in it.
type View struct {
	Member  roster.Member
	Secrets []apidb.Secret // the oldest first
	Keys    []apidb.Secret
	Issued  apidb.Issued
	Makers  map[string]Maker // by the ID of who made the API user, a secret or a key, where that is a member
	Second  bool             // the organisation lets it have a second secret
	Now     time.Time
	Allowed []string // what the asker may do to the API user
}

// Maker is a member who made something, as they are now.
type Maker struct {
	Name   string
	Status roster.Status // roster.Removed where they are not here any more, roster.Ended where their time is over
}

// Bare tells that it has neither secret nor key, as an API user that an import brought in.
func (v View) Bare() bool { return len(v.Secrets)+len(v.Keys) == 0 }

// Spare tells whether another secret may be made now. The first may be, whatever the organisation lets it have.
func (v View) Spare() bool { return (v.Second || v.Bare()) && len(v.Secrets) < mostSecrets }

// Ended tells whether the API user's time is over.
func (v View) Ended() bool { return !v.Member.Ends.IsZero() && !v.Now.Before(v.Member.Ends) }

// Show gives an API user's credentials. Kinds: NotFound, Denied, Conflict (no_credentials) for people.
func (r *Room) Show(ctx context.Context, id roster.MemberID) (View, error) {
	return action.LookAt(ctx, r.gate, act.CredentialsShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (View, error) {
		o, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
		if err != nil {
			return View{}, err
		}
		return view(ctx, rd, o.Value, id)
	})
}

func view(ctx context.Context, rd store.Reader, o roster.Organisation, id roster.MemberID) (View, error) {
	v := View{Second: o.SecondSecrets, Now: action.Moment(ctx)}
	found, err := memberdb.ByID(ctx, rd, o.ID, id)
	if err != nil {
		return v, err
	}
	if v.Member, err = found.Or("member"); err != nil {
		return v, err
	}
	if v.Member.Kind != roster.API || v.Member.Status == roster.Removed {
		return v, roster.Errorf(roster.Conflict, "no_credentials", "Only API users have secrets and keys, until they are removed.")
	}
	all, err := apidb.Secrets(ctx, rd, o.ID, id)
	if err != nil {
		return v, err
	}
	for _, s := range all {
		if s.IsKey() {
			v.Keys = append(v.Keys, s)
		} else {
			v.Secrets = append(v.Secrets, s)
		}
	}
	grants, err := roledb.GrantsOf(ctx, rd, o.ID, []roster.MemberID{id})
	if err != nil {
		return v, err
	}
	v.Allowed = action.Allowed(ctx, v.Member, grants[id])
	if v.Issued, err = apidb.IssuedTo(ctx, rd, o.ID, id); err != nil {
		return v, err
	}
	return v, v.makers(ctx, rd, all)
}

// makers finds who made what there is, and whether they are still here.
func (v *View) makers(ctx context.Context, rd store.Reader, all []apidb.Secret) error {
	v.Makers = map[string]Maker{}
	ids := []string{v.Member.CreatedBy}
	for _, s := range all {
		ids = append(ids, s.CreatedBy)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if !roster.IsMemberID(id) {
			continue
		}
		m, err := memberdb.ByID(ctx, rd, v.Member.Org, roster.MemberID(id))
		if err != nil {
			return err
		}
		if !m.OK {
			continue
		}
		by := Maker{m.Value.Label(), m.Value.Status}
		if by.Status == roster.Active && (View{Member: m.Value, Now: v.Now}).Ended() {
			by.Status = roster.Ended
		}
		v.Makers[id] = by
	}
	return nil
}

// change does something to an API user's credentials, and gives them as they are then.
func (r *Room) change(ctx context.Context, name act.Name, id roster.MemberID, fn func(context.Context, *store.Tx, View) error) (View, error) {
	return action.Do(ctx, r.gate, name, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := touched(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if err := fn(ctx, tx, was); err != nil {
			return View{}, err
		}
		return view(ctx, tx, tx.Organisation(), id)
	})
}

// touched gives an API user's credentials as they are before they change, and raises its version.
func touched(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	v, err := view(ctx, tx, tx.Organisation(), id)
	if err != nil {
		return View{}, err
	}
	v.Member, err = memberdb.Touch(ctx, tx, v.Member)
	return v, err
}

// Made is an API user's credentials with a new secret, which is given this once.
type Made struct {
	View
	ID     string
	Secret string
}

// AddSecret makes a second secret beside the first, so that a program can change from one to the other, or the first of
// an API user that came in without. Kinds: Conflict
// (second_secrets_off, too_many_secrets), NotFound, Denied (stronger_target, not_on_yourself, people_only,
// confirmation_required).
func (r *Room) AddSecret(ctx context.Context, id roster.MemberID) (Made, error) {
	key := secret.New(act.ClientPrefix)
	made := Made{ID: roster.NewID("key_"), Secret: key}
	return action.Do(ctx, r.gate, act.SecretAdd, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Made, error) {
		was, err := view(ctx, tx, tx.Organisation(), id)
		switch {
		case err != nil:
			return Made{}, err
		case !was.Second && !was.Bare():
			return Made{}, roster.Errorf(roster.Conflict, "second_secrets_off", "The settings of %s give an API user one secret. For a lost one make another API user: clone this one, then remove it.", tx.Organisation().Name)
		case len(was.Secrets) >= mostSecrets:
			return Made{}, roster.Errorf(roster.Conflict, "too_many_secrets", "There are two secrets already. Remove the one that is not used any more.")
		}
		m, err := memberdb.Touch(ctx, tx, was.Member)
		if err != nil {
			return Made{}, err
		}
		s := apidb.Secret{
			Member: id, ID: made.ID, Hash: secret.Hash(key), Prefix: act.ClientPrefix, LastFour: key[len(key)-4:], CreatedAt: tx.At(), CreatedBy: roster.ActorFrom(ctx).ID(),
		}
		if err := apidb.Add(ctx, tx, m.Ref(), s); err != nil {
			return Made{}, err
		}
		now := made
		now.View, err = view(ctx, tx, tx.Organisation(), id)
		return now, err
	})
}

// RemoveSecret ends a secret: nobody gets a token by it from here on. Tokens that were given out stay what they are. Kinds:
// Conflict (last_credential) for the last secret where there is no key, NotFound, Denied as AddSecret.
func (r *Room) RemoveSecret(ctx context.Context, id roster.MemberID, which string) (View, error) {
	return r.change(ctx, act.SecretRemove, id, func(ctx context.Context, tx *store.Tx, v View) error {
		return remove(ctx, tx, v, v.Secrets, which)
	})
}

// RemoveKey ends a public key, as RemoveSecret does a secret.
func (r *Room) RemoveKey(ctx context.Context, id roster.MemberID, which string) (View, error) {
	return r.change(ctx, act.KeyRemove, id, func(ctx context.Context, tx *store.Tx, v View) error {
		return remove(ctx, tx, v, v.Keys, which)
	})
}

func remove(ctx context.Context, tx *store.Tx, v View, of []apidb.Secret, which string) error {
	at := slices.IndexFunc(of, func(s apidb.Secret) bool { return s.ID == which })
	switch {
	case at < 0:
		return roster.Errorf(roster.NotFound, "not_found", "There is no such secret or key. It may have been removed meanwhile.")
	case len(v.Secrets)+len(v.Keys) == 1:
		return roster.Errorf(roster.Conflict, "last_credential", "This is the only one that %s has. Block or remove the API user instead.", v.Member.Label())
	}
	return apidb.Remove(ctx, tx, v.Member.Ref(), of[at])
}

// AddKeys gives an API user public keys, by which it proves itself with signed assertions (private_key_jwt): a JWK, a JWK
// Set or PEM. Kinds: Invalid (key_invalid, key_private), Conflict (too_many_keys, key_exists), NotFound, Denied as AddSecret.
func (r *Room) AddKeys(ctx context.Context, id roster.MemberID, text string) (View, error) {
	keys, bad := parse(text)
	return r.change(ctx, act.KeyAdd, id, func(ctx context.Context, tx *store.Tx, v View) error {
		if bad != nil {
			return bad
		}
		if len(v.Keys)+len(keys) > mostKeys {
			return roster.Errorf(roster.Conflict, "too_many_keys", "An API user has at most %d keys. Remove one that is not used any more.", mostKeys).On("public_key")
		}
		for _, k := range keys {
			if slices.ContainsFunc(v.Keys, func(s apidb.Secret) bool { return s.Prefix == k.ID }) {
				return roster.Errorf(roster.Conflict, "key_exists", "The key %s is there already.", k.ID).On("public_key")
			}
			s := apidb.Secret{Member: id, ID: roster.NewID("key_"), Prefix: k.ID, LastFour: k.Algorithm, PublicKey: k.JWK, CreatedAt: tx.At(), CreatedBy: roster.ActorFrom(ctx).ID()}
			if err := apidb.Add(ctx, tx, v.Member.Ref(), s); err != nil {
				return err
			}
			v.Keys = append(v.Keys, s)
		}
		return nil
	})
}

func parse(text string) ([]token.ClientKey, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return nil, roster.Errorf(roster.Invalid, "key_invalid", "This is too long for %d public keys.", mostKeys).On("public_key")
	}
	keys, err := token.ParseClientKeys(text)
	if e := roster.AsError(err); err != nil {
		return nil, e.On("public_key")
	}
	return keys, nil
}

// SetEnd says when an API user's time is over, which may be now; the zero time for never. From then on it is refused at
// every door, and its tokens with it. Its administrators are told before. Kinds: Invalid (end_passed, end_too_far), NotFound, Denied as
// AddSecret.
func (r *Room) SetEnd(ctx context.Context, id roster.MemberID, end time.Time) (View, error) {
	return r.change(ctx, act.EndSet, id, func(ctx context.Context, tx *store.Tx, v View) error { return v.end(ctx, tx, end) })
}

// MoveEnd is what saying when an API user's time is over does in a row of a series.
func MoveEnd(ctx context.Context, tx *store.Tx, id roster.MemberID, end time.Time) error {
	v, err := touched(ctx, tx, id)
	if err != nil {
		return err
	}
	return v.end(ctx, tx, end)
}

func (v View) end(ctx context.Context, tx *store.Tx, end time.Time) error {
	if err := policy.CheckEnd(end, tx.At()); err != nil {
		return err
	}
	was := v.Member.Ends
	v.Member.Ends = end
	return apidb.SetEnd(ctx, tx, v.Member, was)
}
