// Package factor is the room of second factors: people set up their own and make recovery codes, and administrators
// reset those of others that are lost. What is proved by them at sign-in is the signin room's.
package factor

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/sessiondb"
)

// Room holds the use cases of second factors.
type Room struct {
	gate *action.Gate
	key  *secret.Key
}

// New makes the room. The key seals the keys of authenticator apps.
func New(g *action.Gate, k *secret.Key) *Room { return &Room{g, k} }

// offerWithin is how long a key that was shown waits to be confirmed.
const offerWithin = time.Hour

// sealing is what the sealed offer is made for.
const sealing = "authenticator offer"

// offered is a key that was shown and not yet confirmed. It is sealed and kept nowhere.
type offered struct {
	Person roster.PersonID
	ID     string
	Key    string
	Until  time.Time
}

// Offer is a new key for an authenticator app, to be shown to its person.
type Offer struct {
	Sealed  string // what Add asks for
	Key     string // as people type it
	Address string // as a QR code holds it
	First   bool   // whether it will be the person's first second factor
}

// Offer makes a key for the actor's app, or opens the sealed one that it gave before (empty for a new one). It counts
// for nothing until a code of it is given. issuer is what the app shall show beside the address. Kinds: Denied
// (confirmation_required, own_proof_needed), Invalid (factor_offer_over), Conflict (factors_full).
func (r *Room) Offer(ctx context.Context, issuer, sealed string) (Offer, error) {
	return action.Look(ctx, r.gate, act.FactorOffer, func(ctx context.Context, rd store.Reader) (Offer, error) {
		actor := roster.ActorFrom(ctx)
		p, err := asking(ctx, rd)
		if err != nil {
			return Offer{}, err
		}
		all, err := factordb.Of(ctx, rd, actor.Person)
		if err == nil && roster.Count(all, roster.FactorTOTP) >= roster.MaxFactors {
			err = full()
		}
		if err != nil {
			return Offer{}, err
		}
		now, err := rd.Now(ctx)
		if err != nil {
			return Offer{}, err
		}
		o := offered{actor.Person, roster.NewID("fac_"), secret.NewTOTPKey(), now.Add(offerWithin)}
		if sealed != "" {
			if o, err = r.open(sealed, actor.Person, now); err != nil {
				return Offer{}, err
			}
		} else if sealed, err = r.seal(o); err != nil {
			return Offer{}, err
		}
		return Offer{sealed, o.Key, secret.TOTPAddress(issuer, p.Email.Typed, o.Key), len(all) == 0}, nil
	})
}

func (r *Room) seal(o offered) (string, error) {
	plain, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	return r.key.Seal(sealing, plain)
}

func (r *Room) open(sealed string, p roster.PersonID, now time.Time) (offered, error) {
	var o offered
	plain, err := r.key.Open(sealing, sealed)
	if err != nil || json.Unmarshal(plain, &o) != nil || o.Person != p || !now.Before(o.Until) {
		return o, roster.Errorf(roster.Invalid, "factor_offer_over", "This key was shown too long ago. Take the new one into your app.")
	}
	return o, nil
}

func full() error {
	return roster.Errorf(roster.Conflict, "factors_full", "You have %d authenticator apps, the most there can be. Remove one first.", roster.MaxFactors)
}

// Addition is an app that its person confirms by a code.
type Addition struct {
	Sealed string // as Offer gave it
	Name   string // what its person calls it
	Code   string
}

// Added is a second factor that counts from now on.
type Added struct {
	Factor  roster.Factor
	Session roster.Session // the actor's, which now has a proof by it
	Secret  string         // the session's new secret
	Codes   []string       // recovery codes, shown this once; only with the first factor
}

// Add makes an app whose key was offered the actor's second factor, confirmed by a code, which is used up by that. Other
// sessions of theirs, which were begun without it, end. Kinds: Invalid (wrong_code, factor_offer_over, and for the
// name), Conflict (factors_full, factor_known), Denied (confirmation_required, own_proof_needed).
func (r *Room) Add(ctx context.Context, in Addition) (Added, error) {
	actor := roster.ActorFrom(ctx)
	key := secret.New(act.SessionPrefix)
	return action.Do(ctx, r.gate, act.FactorAdd, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (Added, error) {
		if err := own(ctx, tx); err != nil {
			return Added{}, err
		}
		o, err := r.open(in.Sealed, actor.Person, tx.At())
		if err != nil {
			return Added{}, err
		}
		all, err := factordb.Of(ctx, tx, actor.Person)
		if err != nil {
			return Added{}, err
		}
		app, err := r.app(o, in, all, tx.At())
		if err != nil {
			return Added{}, err
		}
		if err := factordb.Add(ctx, tx, actor.Person, app); err != nil {
			return Added{}, err
		}
		return added(ctx, tx, Added{Factor: app.Factor, Secret: key}, len(all) == 0, roster.Proof{Factor: roster.FactorTOTP, At: tx.At()})
	})
}

// added makes recovery codes with the first factor, lets the actor's session go on with the new proof, and tells them.
func added(ctx context.Context, tx *store.Tx, out Added, first bool, proof roster.Proof) (Added, error) {
	actor := roster.ActorFrom(ctx)
	var err error
	if first {
		if out.Codes, err = codes(ctx, tx, actor.Person); err != nil {
			return out, err
		}
	}
	if out.Session, err = goOn(ctx, tx, actor, proof, out.Secret); err != nil {
		return out, err
	}
	what := "app_added"
	if out.Factor.Kind == roster.FactorPasskey {
		what = "passkey_added"
	}
	return out, jobdb.Tell(ctx, tx, jobdb.Telling{Person: actor.Person, What: what, Name: out.Factor.Name})
}

// cleanName gives what a person calls a factor, as it is kept.
func cleanName(s string) (string, error) {
	name, err := roster.CleanName(s)
	if err == nil && name == "" {
		err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
	}
	return name, err
}

// app gives the authenticator app as it is kept, if the code is its own.
func (r *Room) app(o offered, in Addition, all []roster.Factor, now time.Time) (factordb.App, error) {
	a := factordb.App{Factor: roster.Factor{ID: o.ID, Kind: roster.FactorTOTP, CreatedAt: now, UsedAt: now}}
	for _, f := range all {
		if f.ID == o.ID {
			return a, roster.Errorf(roster.Conflict, "factor_known", "This app is set up already. Its next code works at sign-in.")
		}
	}
	if roster.Count(all, roster.FactorTOTP) >= roster.MaxFactors {
		return a, full()
	}
	var bad roster.Problems
	name, err := cleanName(in.Name)
	bad.Add("name", err)
	code, _ := secret.IsTOTPCode(in.Code)
	step, right := secret.TOTPStep(o.Key, code, now, 0)
	if !right {
		bad.Add("code", roster.Errorf(roster.Invalid, "wrong_code", "This code is not right. Look whether the clock of your device is right, and type the code that the app shows now."))
	}
	if err := bad.Err(); err != nil {
		return a, err
	}
	a.Name, a.Step = name, step
	a.Sealed, err = r.key.SealApp(o.Key)
	return a, err
}

// codes makes new recovery codes; those before are dead.
func codes(ctx context.Context, tx *store.Tx, p roster.PersonID) ([]string, error) {
	all, hashes := make([]string, roster.RecoveryCodes), make([]string, roster.RecoveryCodes)
	for i := range all {
		all[i] = secret.NewRecoveryCode()
		hashes[i] = secret.RecoveryHash(all[i])
	}
	return all, factordb.SetCodes(ctx, tx, p, hashes)
}

// goOn lets the actor's session go on with another secret and the new proof, and ends their others.
func goOn(ctx context.Context, tx *store.Tx, actor roster.Actor, proof roster.Proof, key string) (roster.Session, error) {
	if err := sessiondb.EndAll(ctx, tx, actor.Person, actor.Session); err != nil {
		return roster.Session{}, err
	}
	s, err := sessiondb.ByID(ctx, tx, actor.Person, actor.Session)
	if err != nil || !s.OK {
		return s.Value, err
	}
	s.Value.Proofs = roster.Proved(s.Value.Proofs, proof)
	_, err = sessiondb.Renew(ctx, tx, s.Value, secret.Hash(key))
	return s.Value, err
}

// Codes makes new recovery codes for the actor and gives them this once; those before are dead. A letter tells them. Kinds: Conflict
// (no_factor), Denied (confirmation_required, own_proof_needed).
func (r *Room) Codes(ctx context.Context) ([]string, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.FactorCodes, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) ([]string, error) {
		if err := own(ctx, tx); err != nil {
			return nil, err
		}
		has, err := factordb.Has(ctx, tx, actor.Person)
		if err != nil {
			return nil, err
		}
		if !has {
			return nil, roster.Errorf(roster.Conflict, "no_factor", "Set up a passkey or an authenticator app first: recovery codes stand in for one that is lost.")
		}
		all, err := codes(ctx, tx, actor.Person)
		if err != nil {
			return nil, err
		}
		return all, jobdb.Tell(ctx, tx, jobdb.Telling{Person: actor.Person, What: "codes_made"})
	})
}
