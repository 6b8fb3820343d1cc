package signin

import (
	"cmp"
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/persondb"
)

// secondWithin is how long the second step stands open after the first proof (design page 6, codes).
const secondWithin = 10 * time.Minute

// halve keeps that the first proof was right, and gives what the second step asks for. It opens nothing else.
func (r *Room) halve(ctx context.Context, b beginning) (Signed, error) {
	key := secret.New(act.HalfPrefix)
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		h := factordb.Half{Person: b.person.ID, Given: secret.Hash(b.given), Until: tx.At().Add(secondWithin)}
		return factordb.InsertHalf(ctx, tx, secret.Hash(key), h)
	})
	return Signed{Half: key}, err
}

// secondOver is the answer to a second step that does not stand open.
func secondOver() error {
	return roster.Errorf(roster.Unauthenticated, "second_over", "Sign in again, and give the code within ten minutes.")
}

// wrongCode is the one answer to every code that is not good, whatever is wrong with it.
func wrongCode() error {
	return roster.Errorf(roster.Invalid, "wrong_code", "This code is not right, or it was used already. Wait for the next one your app shows, or take another recovery code.").On("code")
}

// Halfway is a sign-in between its two proofs.
type Halfway struct {
	Person  roster.Person
	Factors []roster.Factor
	given   string
	proved  time.Time
}

// Halfway shows the second step that SignIn asked for. It is over once it was used, after ten minutes, and when the
// password has changed or the second factor is gone. Kind: Unauthenticated (second_over).
func (r *Room) Halfway(ctx context.Context, half string) (Halfway, error) {
	return action.Look(ctx, r.gate, act.SessionSecond, func(ctx context.Context, rd store.Reader) (Halfway, error) {
		return halfway(ctx, rd, half)
	})
}

func halfway(ctx context.Context, rd store.Reader, half string) (Halfway, error) {
	h, err := factordb.HalfByHash(ctx, rd, secret.Hash(half))
	if err != nil {
		return Halfway{}, err
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return Halfway{}, err
	}
	if !h.OK || !now.Before(h.Value.Until) {
		return Halfway{}, secondOver()
	}
	p, err := persondb.ByID(ctx, rd, h.Value.Person)
	if err != nil {
		return Halfway{}, err
	}
	password, err := credentialdb.Password(ctx, rd, h.Value.Person)
	if err != nil {
		return Halfway{}, err
	}
	factors, err := factordb.Of(ctx, rd, h.Value.Person)
	if err == nil && (!p.OK || len(factors) == 0 || password.Value.MustChange() || secret.Hash(password.Value.Hash) != h.Value.Given) {
		err = secondOver()
	}
	return Halfway{p.Value, factors, password.Value.Hash, h.Value.Until.Add(-secondWithin)}, err
}

// Second is the second step of a sign-in.
type Second struct {
	Half    string // as SignIn gave it
	Code    string // of an authenticator app, or a recovery code
	Passkey Given  // in its place
	Agent   string // the browser, as it calls itself
	Device  string // the secret of its cookie, where somebody signed in there before
}

// Second begins the session whose first proof was right, by a code or a passkey. Both proofs stand in it; the first is used
// up. Codes count with the tries at the password; a passkey is not guessed and not made to wait. Kinds: Unauthenticated
// (second_over), Invalid (wrong_code, wrong_passkey), Denied (passkey_cloned), Limited (too_many_tries).
func (r *Room) Second(ctx context.Context, in Second) (Signed, error) {
	was, err := r.Halfway(ctx, in.Half)
	if err != nil {
		return Signed{}, err
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, was.Person.ID, was.Person.Email.Typed
	ctx = roster.WithActor(ctx, actor)
	tries, on, err := r.triesAt(ctx, was.Person, in.Device)
	if err != nil {
		return Signed{}, err
	}
	prove, err := r.prover(ctx, factor{in.Code, in.Passkey, toFinish, in.Half}, &tries)
	if err != nil {
		return Signed{}, err
	}
	return action.Do(ctx, r.gate, act.SessionStart, roster.RefPerson(was.Person.ID), func(ctx context.Context, tx *store.Tx) (Signed, error) {
		if _, err := persondb.Lock(ctx, tx, was.Person.ID); err != nil {
			return Signed{}, err
		}
		now, err := halfway(ctx, tx, in.Half)
		if err != nil {
			return Signed{}, err
		}
		if ended, err := factordb.EndHalf(ctx, store.Noter{Tx: tx}, secret.Hash(in.Half)); err != nil || !ended {
			return Signed{}, cmp.Or(err, secondOver())
		}
		second, err := prove(ctx, tx, now.Person.ID)
		if err != nil {
			return Signed{}, err
		}
		b := beginning{agent: in.Agent, ip: actor.IP, device: on, person: now.Person}
		s, err := r.begin(ctx, tx, b, roster.Proof{Method: roster.ProofPassword, At: now.proved}, second)
		if err != nil {
			return Signed{}, err
		}
		return s, forgive(ctx, tx, tries)
	})
}

// factor is what somebody gives as their second factor, and what a passkey was asked for.
type factor struct {
	code           string
	passkey        Given
	purpose, bound string
}

// judge tells, under a person's lock, which proof their second factor is.
type judge func(context.Context, *store.Tx, roster.PersonID) (roster.Proof, error)

// prover reads a second factor, and counts the try where it is a code.
func (r *Room) prover(ctx context.Context, f factor, t *tries) (judge, error) {
	var err error
	if f.passkey.Answer == "" {
		*t, err = r.reserve(ctx, *t)
		return func(ctx context.Context, tx *store.Tx, p roster.PersonID) (roster.Proof, error) {
			return r.prove(ctx, tx, p, f.code)
		}, err
	}
	a, err := r.answered(ctx, f.passkey, f.purpose, f.bound)
	return func(ctx context.Context, tx *store.Tx, p roster.PersonID) (roster.Proof, error) {
		return proveByKey(ctx, tx, p, by{f.passkey.At, a, false})
	}, err
}

// prove gives the proof that a person's code is, under their lock, and uses the code up. Kind: Invalid (wrong_code).
func (r *Room) prove(ctx context.Context, tx *store.Tx, p roster.PersonID, typed string) (roster.Proof, error) {
	code, app := secret.IsTOTPCode(typed)
	if !app {
		used, err := factordb.UseCode(ctx, tx, p, secret.RecoveryHash(typed))
		if err == nil && !used {
			err = wrongCode()
		}
		if err == nil {
			err = jobdb.Tell(ctx, tx, jobdb.Telling{Person: p, What: "code_used"})
		}
		return roster.Proof{Factor: roster.FactorRecovery, At: tx.At()}, err
	}
	apps, err := factordb.Apps(ctx, tx, p)
	if err != nil {
		return roster.Proof{}, err
	}
	for _, a := range apps {
		key, err := r.key.OpenApp(a.Sealed)
		if err != nil {
			return roster.Proof{}, err
		}
		step, right := secret.TOTPStep(key, code, tx.At(), a.Step)
		if !right {
			continue
		}
		used, err := factordb.Use(ctx, tx, p, a.ID, step)
		if err == nil && !used {
			err = wrongCode()
		}
		return roster.Proof{Factor: roster.FactorTOTP, At: tx.At()}, err
	}
	return roster.Proof{}, wrongCode()
}
