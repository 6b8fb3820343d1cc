package signin

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/methoddb"
	"roster/internal/store/passkeydb"
	"roster/internal/store/persondb"
)

// askedWithin is how long a browser may take to answer by a passkey.
const askedWithin = 5 * time.Minute

// mostAsked bounds how many challenges of one address block stand open at once, where nobody is known yet.
const mostAsked = 200

// What a passkey is asked for. An answer given for one is worth nothing for another.
const (
	toSignIn  = "sign_in"
	toFinish  = "second"
	toConfirm = "confirm"
)

// Given is a passkey's answer, as a browser gives it at a place; empty where none is given.
type Given struct {
	At     passkey.Place
	Answer string
}

// wrongPasskey is the one answer to every passkey that proves nothing here, whatever is wrong with it.
func wrongPasskey() *roster.Error {
	return roster.Errorf(roster.Invalid, "wrong_passkey", "This passkey was not accepted: it is not one of yours here, or it took longer than five minutes. Try again, or take another way.")
}

// ask keeps what a browser is asked, and until when it may answer.
func (r *Room) ask(ctx context.Context, o passkey.Options, purpose, bound, about string) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if about != "" {
			open, err := passkeydb.Open(ctx, tx, about, tx.At())
			if err != nil {
				return err
			}
			if open >= mostAsked {
				return roster.Errorf(roster.Limited, "too_many_tries", "There were too many tries. Wait a little before the next.").After(askedWithin)
			}
		}
		c := passkeydb.Challenge{Hash: secret.Hash(o.Challenge), Purpose: purpose, Bound: secret.Hash(bound), About: about}
		return passkeydb.Ask(ctx, tx, c, tx.At().Add(askedWithin))
	})
}

// answered reads an answer, and uses up what it was asked by: an answer is good for one try, by whom it was asked of, for
// what it was asked for. Kind: Invalid (wrong_passkey).
func (r *Room) answered(ctx context.Context, g Given, purpose, bound string) (passkey.Answer, error) {
	a, err := passkey.Read(g.Answer)
	if err != nil || !g.At.Offered() {
		return a, wrongPasskey()
	}
	return a, action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		_, taken, err := passkeydb.Take(ctx, tx, passkeydb.Challenge{Hash: secret.Hash(a.Challenge), Purpose: purpose, Bound: secret.Hash(bound)})
		if err == nil && !taken {
			err = wrongPasskey()
		}
		return err
	})
}

// by is an answer at its place, and whether the authenticator must have verified who gives it.
type by struct {
	at     passkey.Place
	answer passkey.Answer
	verify bool
}

// proveByKey gives the proof that an answer is, under its person's lock. Where the authenticator verified them it is both
// factors at once, but of who comes in by their organisation's connection. Kinds: Invalid (wrong_passkey), Denied
// (passkey_cloned).
func proveByKey(ctx context.Context, tx *store.Tx, p roster.PersonID, b by) (roster.Proof, error) {
	kept, err := passkeydb.Of(ctx, tx, p)
	if err != nil {
		return roster.Proof{}, err
	}
	connected, err := methoddb.Connected(ctx, tx, p)
	if err == nil && connected && b.verify {
		err = wrongPasskey()
	}
	if err != nil {
		return roster.Proof{}, err
	}
	for _, k := range kept {
		if k.Key.ID() != b.answer.Key {
			continue
		}
		proved, err := b.at.Proved([]passkey.Key{k.Key}, b.answer, b.verify)
		if err != nil {
			return roster.Proof{}, wrongPasskey()
		}
		if proved.Cloned {
			return roster.Proof{}, roster.Errorf(roster.Denied, "passkey_cloned", "This passkey counted backwards: somewhere there may be a copy of it. Take another way, remove this passkey and make a new one.")
		}
		proof := roster.Proof{Factor: roster.FactorPasskey, At: tx.At()}
		if proved.Verified && !connected {
			proof.Method = roster.ProofPasskey
		}
		k.Key = proved.Key
		return proof, passkeydb.Use(ctx, tx, p, k, k.Key.Alone() && !connected)
	}
	return roster.Proof{}, wrongPasskey()
}

// Anybody is what a browser without anybody is asked to sign in by a passkey. Secret belongs in its cookie, so that no
// answer is taken from one browser to another.
type Anybody struct {
	passkey.Options
	Secret string
}

// AskPasskey asks for any passkey of whoever is there; it says the same to everybody. Kinds: Limited (too_many_tries).
func (r *Room) AskPasskey(ctx context.Context, at passkey.Place) (Anybody, error) {
	o, err := at.ToProve(nil, true)
	if err != nil {
		return Anybody{}, err
	}
	key := secret.New(act.HalfPrefix)
	block := "address:" + secret.Hash(roster.AddressBlock(roster.ActorFrom(ctx).IP))
	return Anybody{o, key}, r.ask(ctx, o, toSignIn, key, block)
}

// KeyTry is one try to sign in by a passkey alone.
type KeyTry struct {
	Given
	Secret string // as AskPasskey gave it
	Agent  string // the browser, as it calls itself
	Device string // the secret of its cookie, where somebody signed in there before
}

// SignInByPasskey begins a session by a passkey that verified its person: both proofs at once. Every failure gives the same
// answer. It is not made to wait: a key is not guessed. Kinds: Invalid (wrong_passkey), Denied (passkey_cloned).
func (r *Room) SignInByPasskey(ctx context.Context, t KeyTry) (Signed, error) {
	a, err := r.answered(ctx, t.Given, toSignIn, t.Secret)
	if err != nil {
		return Signed{}, err
	}
	p, err := action.Look(ctx, r.gate, act.SessionCheck, func(ctx context.Context, rd store.Reader) (roster.Person, error) {
		id, err := passkeydb.Holder(ctx, rd, a.Key)
		if err == nil && !id.OK {
			err = wrongPasskey()
		}
		if err != nil {
			return roster.Person{}, err
		}
		p, err := persondb.ByID(ctx, rd, id.Value)
		return p.Value, err
	})
	if err != nil {
		return Signed{}, err
	}
	_, on, err := r.triesAt(ctx, p, t.Device)
	if err != nil {
		return Signed{}, err
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, p.ID, p.Email.Typed
	return action.Do(roster.WithActor(ctx, actor), r.gate, act.SessionStart, roster.RefPerson(p.ID), func(ctx context.Context, tx *store.Tx) (Signed, error) {
		if _, err := persondb.Lock(ctx, tx, p.ID); err != nil {
			return Signed{}, err
		}
		proof, err := proveByKey(ctx, tx, p.ID, by{t.At, a, true})
		if err != nil {
			return Signed{}, err
		}
		return r.begin(ctx, tx, beginning{agent: t.Agent, ip: actor.IP, device: on, person: p}, proof)
	})
}

// AskSecond asks for one of the passkeys of who proved their password. Kinds: Unauthenticated (second_over), Conflict
// (no_passkey).
func (r *Room) AskSecond(ctx context.Context, at passkey.Place, half string) (passkey.Options, error) {
	was, err := r.Halfway(ctx, half)
	if err != nil {
		return passkey.Options{}, err
	}
	return r.askOf(ctx, at, was.Person.ID, toFinish, half)
}

// AskConfirm asks for one of the actor's passkeys, to confirm that it is they. Kind: Conflict (no_passkey).
func (r *Room) AskConfirm(ctx context.Context, at passkey.Place) (passkey.Options, error) {
	actor := roster.ActorFrom(ctx)
	return r.askOf(ctx, at, actor.Person, toConfirm, actor.Session)
}

// askOf asks for one of a person's passkeys.
func (r *Room) askOf(ctx context.Context, at passkey.Place, p roster.PersonID, purpose, bound string) (passkey.Options, error) {
	keys, err := action.Look(ctx, r.gate, act.SessionCheck, func(ctx context.Context, rd store.Reader) ([]passkey.Key, error) {
		kept, err := passkeydb.Of(ctx, rd, p)
		if err == nil && len(kept) == 0 {
			err = roster.Errorf(roster.Conflict, "no_passkey", "You have no passkey here. Take another way.")
		}
		var keys []passkey.Key
		for _, k := range kept {
			keys = append(keys, k.Key)
		}
		return keys, err
	})
	if err != nil {
		return passkey.Options{}, err
	}
	o, err := at.ToProve(keys, false)
	if err != nil {
		return o, err
	}
	return o, r.ask(ctx, o, purpose, bound, "")
}
