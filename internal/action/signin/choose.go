package signin

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// chooseWithin is how long the choice of a password stands open after the given one was proved (design page 6,
// codes).
const chooseWithin = 10 * time.Minute

// sealing is what the sealed choice is made for.
const sealing = "password choice"

// choice is what stands between a given password that was proved and the one that its person chooses. It is
// sealed and kept nowhere: it names the password that it follows from, and is worth nothing once that is another.
type choice struct {
	Person roster.PersonID
	Given  string // a digest of the given password's hash
	Until  time.Time
}

// offer gives who proved a password that somebody else set what they need to choose their own; it opens
// nothing else.
func (r *Room) offer(c candidate) (Signed, error) {
	if c.Password.Expired(c.now) {
		return Signed{}, unused()
	}
	plain, err := json.Marshal(choice{c.Person.ID, secret.Hash(c.Password.Hash), c.now.Add(chooseWithin)})
	if err != nil {
		return Signed{}, err
	}
	sealed, err := r.key.Seal(sealing, plain)
	return Signed{Choice: sealed}, err
}

// unused is the answer to who proves a password whose time is over.
func unused() error {
	return roster.Errorf(roster.Denied, "password_expired", "The password that was set for you was not used in time, so it is dead. Ask the administrator who gave it to you for a new one.")
}

// over is the answer to a choice that does not stand open.
func over() error {
	return roster.Errorf(roster.Unauthenticated, "choice_over", "Sign in again with the password that you were given, and choose your own within ten minutes.")
}

// Choosing is a choice that stands open: whose it is, and of a managed person in which organisation.
type Choosing struct {
	Organisation roster.Organisation
	Member       roster.Member
	Person       roster.Person
	Linked       bool // by a link, after the password was forgotten
	Factors      bool // second factors end with it
	password     roster.Password
	about        []string
}

// Personal gives what the password must not be built from.
func (c Choosing) Personal() []string {
	return append([]string{c.Member.FirstName, c.Member.LastName, c.Person.Email.Typed, c.Organisation.Name}, c.about...)
}

// Choosing shows the choice that SignIn gave, or that a link opens to whoever holds its secret; it changes nothing.
// Kinds: Unauthenticated (choice_over), Denied (password_expired), Gone (recovery_over).
func (r *Room) Choosing(ctx context.Context, choice string) (Choosing, error) {
	return action.Look(ctx, r.gate, act.PasswordChoice, func(ctx context.Context, rd store.Reader) (Choosing, error) {
		return r.choosing(ctx, rd, choice)
	})
}

func (r *Room) choosing(ctx context.Context, rd store.Reader, sealed string) (Choosing, error) {
	if strings.HasPrefix(sealed, act.RecoveryPrefix) {
		return recovering(ctx, rd, sealed)
	}
	var c choice
	plain, err := r.key.Open(sealing, sealed)
	if err != nil || json.Unmarshal(plain, &c) != nil {
		return Choosing{}, over()
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return Choosing{}, err
	}
	password, err := credentialdb.Password(ctx, rd, c.Person)
	if err != nil {
		return Choosing{}, err
	}
	switch {
	case !password.OK || !password.Value.MustChange() || secret.Hash(password.Value.Hash) != c.Given || !now.Before(c.Until):
		return Choosing{}, over()
	case password.Value.Expired(now):
		return Choosing{}, unused()
	}
	p, err := persondb.ByID(ctx, rd, c.Person)
	if err != nil {
		return Choosing{}, err
	}
	chosen := Choosing{Person: p.Value, password: password.Value}
	if p.Value.Operates() {
		chosen.Organisation.ID = roster.Installation
		return chosen, nil
	}
	known, err := chosen.managed(ctx, rd)
	if err == nil && !known {
		err = over()
	}
	return chosen, err
}

// managed finds the one organisation of a managed person, and whom they are there; nobody where they come in by a
// connection, and so by no password. Kind: Denied (address_not_allowed) where it does not let them in from the request's
// address.
func (c *Choosing) managed(ctx context.Context, rd store.Reader) (known bool, err error) {
	o, err := orgdb.ByName(ctx, rd, string(c.Person.ManagedBy))
	if err != nil {
		return false, err
	}
	m, err := memberdb.ByPerson(ctx, rd, o.Value.ID, c.Person.ID)
	c.Organisation, c.Member = o.Value, m.Value
	if err != nil || !m.OK {
		return false, err
	}
	if by, err := methoddb.Of(ctx, rd, o.Value.ID, m.Value.ID); err != nil || by.OK {
		return false, err
	}
	return true, policy.Reach(o.Value, roster.ActorFrom(ctx))
}

// Chosen is the password that somebody chooses instead of the one they were given or forgot.
type Chosen struct {
	Choice   string // as SignIn gave it, or a link's secret
	Password string
	Repeat   string
	Agent    string // the browser, as it calls itself
	Device   string // the secret of its cookie
}

// Choose makes a password the person's own, ends the one before and every session, and begins a session; where they have
// a second factor none begins, and the second step is asked for. Kinds: Unauthenticated (choice_over), Denied
// (password_expired), Gone (recovery_over), Invalid for the password (password_criteria, passwords_differ,
// password_given), Unavailable.
func (r *Room) Choose(ctx context.Context, in Chosen) (Signed, error) {
	c, err := r.Choosing(ctx, in.Choice)
	if err != nil {
		return Signed{}, err
	}
	if err := secret.CheckTwice(in.Password, in.Repeat, c.Personal()...); err != nil {
		return Signed{}, err
	}
	if c.password.MustChange() {
		given, _, err := r.hasher.Verify(ctx, in.Password, c.password.Hash)
		if err != nil {
			return Signed{}, err
		}
		if given {
			return Signed{}, roster.Errorf(roster.Invalid, "password_given", "That is the password you were given. Choose another, which nobody else knows.").On("password")
		}
	}
	hash, err := r.hasher.Hash(ctx, in.Password)
	if err != nil {
		return Signed{}, err
	}
	if err := r.choose(ctx, in.Choice, c, hash); err != nil {
		return Signed{}, err
	}
	return r.start(ctx, beginning{agent: in.Agent, device: device{secret: held(in.Device)}, person: c.Person, given: hash, tries: triesOf(c.Person.Email.Folded, roster.ActorFrom(ctx).IP, c.Person.ID)})
}

// choose keeps the chosen password: of a managed person in the organisation whose they are, since they belong to no
// other; of any other, and of an operator, at the installation.
func (r *Room) choose(ctx context.Context, choice string, was Choosing, hash string) error {
	keep := func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		if _, err := persondb.Lock(ctx, tx, was.Person.ID); err != nil {
			return struct{}{}, err
		}
		now, err := r.choosing(ctx, tx, choice)
		if err == nil && now.Linked {
			err = now.recover(ctx, tx, choice)
		}
		if err != nil {
			return struct{}{}, err
		}
		if err := credentialdb.SetPassword(ctx, tx, now.Person.ID, roster.Password{Hash: hash}); err != nil {
			return struct{}{}, err
		}
		if err := sessiondb.EndAll(ctx, tx, now.Person.ID, ""); err != nil {
			return struct{}{}, err
		}
		if now.Person.Operates() {
			return struct{}{}, nil
		}
		return struct{}{}, accepted(ctx, tx)
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, was.Person.ID, was.Person.Email.Typed
	if was.Person.ManagedBy == "" {
		_, err := action.Do(roster.WithActor(ctx, actor), r.gate, act.PasswordRecover, roster.RefPerson(was.Person.ID), keep)
		return err
	}
	on := roster.RefPerson(was.Person.ID)
	if actor.Organisation = was.Organisation.ID; !was.Person.Operates() {
		actor.Kind, actor.Member, actor.Name, on = roster.ActorMember, was.Member.ID, was.Member.Label(), was.Member.Ref()
	}
	_, err := action.Do(roster.WithActor(ctx, actor), r.gate, act.PasswordChoose, on, keep)
	return err
}
