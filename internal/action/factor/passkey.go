package factor

import (
	"context"
	"encoding/base64"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/methoddb"
	"roster/internal/store/passkeydb"
)

// askedWithin is how long a browser may take to make a passkey.
const askedWithin = 5 * time.Minute

// toMake is what the browser is asked for.
const toMake = "make"

func passkeysFull() error {
	return roster.Errorf(roster.Conflict, "passkeys_full", "You have %d passkeys, the most there can be. Remove one first.", roster.MaxPasskeys)
}

// holder gives the actor as authenticators know them: by the name that their keys have, or by a new one.
func holder(ctx context.Context, rd store.Reader) (passkey.Holder, error) {
	p, err := asking(ctx, rd)
	if err != nil {
		return passkey.Holder{}, err
	}
	kept, err := passkeydb.Of(ctx, rd, p.ID)
	if err != nil {
		return passkey.Holder{}, err
	}
	h := passkey.Holder{Name: p.Email.Typed}
	for _, k := range kept {
		h.Keys, h.Handle = append(h.Keys, k.Key), k.Key.Handle
	}
	if len(h.Handle) == 0 {
		h.Handle = passkey.NewHandle()
	}
	return h, nil
}

// PasskeyRoom tells whether a passkey would be the actor's first second factor. Kinds: Conflict (passkeys_full), Denied
// (confirmation_required, own_proof_needed).
func (r *Room) PasskeyRoom(ctx context.Context) (first bool, err error) {
	return action.Look(ctx, r.gate, act.FactorOffer, func(ctx context.Context, rd store.Reader) (bool, error) {
		p, err := asking(ctx, rd)
		if err != nil {
			return false, err
		}
		all, err := factordb.Of(ctx, rd, p.ID)
		if err == nil && roster.Count(all, roster.FactorPasskey) >= roster.MaxPasskeys {
			err = passkeysFull()
		}
		return len(all) == 0, err
	})
}

// AskPasskey asks the actor's browser for a new passkey, within five minutes. product is what authenticators call this
// place. Kinds: Conflict (passkeys_full), Denied (confirmation_required, own_proof_needed).
func (r *Room) AskPasskey(ctx context.Context, at passkey.Place, product string) (passkey.Options, error) {
	h, err := action.Look(ctx, r.gate, act.FactorOffer, holder)
	if err == nil && len(h.Keys) >= roster.MaxPasskeys {
		err = passkeysFull()
	}
	if err != nil {
		return passkey.Options{}, err
	}
	o, err := at.ToMake(product, h)
	if err != nil {
		return o, err
	}
	c := passkeydb.Challenge{
		Hash: secret.Hash(o.Challenge), Purpose: toMake, Bound: secret.Hash(roster.ActorFrom(ctx).Session),
		About: base64.RawURLEncoding.EncodeToString(h.Handle),
	}
	return o, action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return passkeydb.Ask(ctx, tx, c, tx.At().Add(askedWithin))
	})
}

// PasskeyAddition is a passkey that a browser made.
type PasskeyAddition struct {
	At     passkey.Place
	Answer string // what the browser gave
	Name   string // what its person calls it
}

// AddPasskey makes a key that the actor's browser was asked for their second factor. Other sessions of theirs, which were
// begun without it, end. Kinds: Invalid (passkey_not_made, and for the name), Conflict (passkeys_full, passkey_known),
// Denied (confirmation_required, own_proof_needed).
func (r *Room) AddPasskey(ctx context.Context, in PasskeyAddition) (Added, error) {
	actor := roster.ActorFrom(ctx)
	name, made, err := r.made(ctx, in)
	if err != nil {
		return Added{}, err
	}
	key := secret.New(act.SessionPrefix)
	return action.Do(ctx, r.gate, act.FactorAdd, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (Added, error) {
		if err := own(ctx, tx); err != nil {
			return Added{}, err
		}
		known, err := passkeydb.Holder(ctx, tx, made.ID())
		if err == nil && known.OK {
			err = roster.Errorf(roster.Conflict, "passkey_known", "This passkey is set up already.")
		}
		if err != nil {
			return Added{}, err
		}
		all, err := factordb.Of(ctx, tx, actor.Person)
		if err == nil && roster.Count(all, roster.FactorPasskey) >= roster.MaxPasskeys {
			err = passkeysFull()
		}
		if err != nil {
			return Added{}, err
		}
		connected, err := methoddb.Connected(ctx, tx, actor.Person)
		if err != nil {
			return Added{}, err
		}
		f := roster.Factor{ID: roster.NewID("fac_"), Kind: roster.FactorPasskey, Name: name, Alone: made.Alone() && !connected, CreatedAt: tx.At(), UsedAt: tx.At()}
		if err := passkeydb.Add(ctx, tx, actor.Person, f, made); err != nil {
			return Added{}, err
		}
		proof := roster.Proof{Factor: roster.FactorPasskey, At: tx.At()}
		if f.Alone {
			proof.Method = roster.ProofPasskey
		}
		return added(ctx, tx, Added{Factor: f, Secret: key}, len(all) == 0, proof)
	})
}

// made gives a key that was made as it was asked, with its name. What it was asked by is used up.
func (r *Room) made(ctx context.Context, in PasskeyAddition) (string, passkey.Key, error) {
	var bad roster.Problems
	name, err := cleanName(in.Name)
	bad.Add("name", err)
	if err := bad.Err(); err != nil {
		return "", passkey.Key{}, err
	}
	notMade := roster.Errorf(roster.Invalid, "passkey_not_made", "No passkey was made, or it took longer than five minutes. Try again.")
	a, err := passkey.Read(in.Answer)
	if err != nil || !in.At.Offered() {
		return "", passkey.Key{}, notMade
	}
	var about string
	err = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		c := passkeydb.Challenge{Hash: secret.Hash(a.Challenge), Purpose: toMake, Bound: secret.Hash(roster.ActorFrom(ctx).Session)}
		var taken bool
		about, taken, err = passkeydb.Take(ctx, tx, c)
		if err == nil && !taken {
			err = notMade
		}
		return err
	})
	if err != nil {
		return "", passkey.Key{}, err
	}
	handle, err := base64.RawURLEncoding.DecodeString(about)
	if err != nil {
		return "", passkey.Key{}, err
	}
	made, err := in.At.Made(passkey.Holder{Handle: handle}, a)
	if err != nil {
		return "", passkey.Key{}, notMade
	}
	return name, made, nil
}
