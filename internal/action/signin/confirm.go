package signin

import (
	"cmp"
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Ways is what a person can prove themselves by.
type Ways struct {
	Person   roster.Person
	Password bool            // whether they have one
	Factors  []roster.Factor // their second factors
	Codes    int             // recovery codes that are left
	Devices  int             // that are known: who signs in there waits for no tries made elsewhere
	Confined bool            // the session may only know of what kinds they are: it proved nothing but a connection
	hash     string
}

// Ways gives what the actor can prove themselves by. Kinds: Unauthenticated, Denied (people_only).
func (r *Room) Ways(ctx context.Context) (Ways, error) {
	return action.Look(ctx, r.gate, act.MeFactors, func(ctx context.Context, rd store.Reader) (Ways, error) {
		id := roster.ActorFrom(ctx).Person
		p, err := persondb.ByID(ctx, rd, id)
		if err != nil {
			return Ways{}, err
		}
		password, err := credentialdb.Password(ctx, rd, id)
		if err != nil {
			return Ways{}, err
		}
		w := Ways{Person: p.Value, Password: password.OK, hash: password.Value.Hash}
		if w.Factors, err = factordb.Of(ctx, rd, id); err != nil {
			return w, err
		}
		if w.Codes, err = factordb.Codes(ctx, rd, id); err != nil {
			return w, err
		}
		w.Devices, err = credentialdb.Devices(ctx, rd, id, action.Moment(ctx).Add(-roster.DeviceLasts))
		return w.confined(roster.ActorFrom(ctx)), err
	})
}

// confined leaves out what a session that a connection alone proved has no business to know: it tells only by what it can
// be proved anew that it is they.
func (w Ways) confined(actor roster.Actor) Ways {
	if _, w.Confined = roster.Confined(w.Person, actor.Proofs); w.Confined {
		w.Codes, w.Devices = 0, 0
		for i, f := range w.Factors {
			w.Factors[i] = roster.Factor{Kind: f.Kind}
		}
	}
	return w
}

// Confirmation is what proves anew that it is the session's person who asks: a passkey or a code where they have a second
// factor, else their password.
type Confirmation struct {
	Password string
	Code     string
	Passkey  Given
	Device   string // the secret of the browser's cookie, where somebody signed in there before
}

// Confirm proves anew that it is they, for the sensitive acts of the next ten minutes. The session goes on with another
// secret. Tries count with those at signing in. Kinds: Invalid (wrong_code, wrong_passkey, wrong_password), Limited,
// Unavailable, Denied (passkey_cloned, and confirm_by_signing_in where there is nothing to prove it by), Unauthenticated.
func (r *Room) Confirm(ctx context.Context, c Confirmation) (Signed, error) {
	w, err := r.Ways(ctx)
	if err != nil {
		return Signed{}, err
	}
	actor := roster.ActorFrom(ctx)
	byFactor := len(w.Factors) > 0 || c.Passkey.Answer != ""
	if !byFactor && !w.Password {
		return Signed{}, roster.Errorf(roster.Denied, "confirm_by_signing_in", "Sign out and in again to confirm that it is you.")
	}
	tries, _, err := r.triesAt(ctx, w.Person, c.Device)
	if err == nil && !byFactor {
		err = r.hasher.Open()
	}
	var prove judge
	if err == nil {
		prove, err = r.prover(ctx, factor{c.Code, c.Passkey, toConfirm, actor.Session}, &tries)
	}
	if err == nil && !byFactor {
		err = r.right(ctx, c.Password, w.hash)
	}
	if err != nil {
		return Signed{}, err
	}
	key := secret.New(act.SessionPrefix)
	return action.Do(ctx, r.gate, act.SessionConfirm, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (Signed, error) {
		if _, err := persondb.Lock(ctx, tx, actor.Person); err != nil {
			return Signed{}, err
		}
		proof := roster.Proof{Method: roster.ProofPassword, At: tx.At()}
		if byFactor {
			if proof, err = prove(ctx, tx, actor.Person); err != nil {
				return Signed{}, err
			}
		} else if now, err := credentialdb.Password(ctx, tx, actor.Person); err != nil || now.Value.Hash != w.hash {
			return Signed{}, cmp.Or[error](err, store.ErrStale())
		}
		s, err := sessiondb.Prove(ctx, tx, actor.Person, actor.Session, proof, secret.Hash(key))
		if err != nil {
			return Signed{}, err
		}
		return Signed{Session: s, Secret: key}, forgive(ctx, tx, tries)
	})
}

// right is nil where a password is the one of a hash. Kinds: Invalid (wrong_password), Unavailable.
func (r *Room) right(ctx context.Context, password, hash string) error {
	right, _, err := r.hasher.Verify(ctx, password, hash)
	if err == nil && !right {
		err = roster.Errorf(roster.Invalid, "wrong_password", "This is not your password.").On("password")
	}
	return err
}
