package signin

import (
	"cmp"
	"context"
	"slices"

	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// Asked is the kind of jobs that send what somebody asked for who cannot come in; whom it is for is found when it is sent.
const Asked = "letter.asked"

// recovering finds the choice that a link opens, as long as the password is the one it was made for. A mailed link gives
// no way in to who has none, and none that administrators switched off or ended. Kind: Gone (recovery_over).
func recovering(ctx context.Context, rd store.Reader, key string) (Choosing, error) {
	over := roster.Errorf(roster.Gone, "recovery_over", "This link does not work any more. It works once, for the time that its letter tells, and until there is a newer one or the password changes.")
	link, err := recoverydb.ByHash(ctx, rd, secret.Hash(key))
	if err != nil {
		return Choosing{}, err
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return Choosing{}, err
	}
	if !link.OK || !now.Before(link.Value.Until) {
		return Choosing{}, over
	}
	p, err := persondb.ByID(ctx, rd, link.Value.Person)
	if err != nil {
		return Choosing{}, err
	}
	password, err := credentialdb.Password(ctx, rd, link.Value.Person)
	if err != nil {
		return Choosing{}, err
	}
	c := Choosing{Person: p.Value, Linked: true, Factors: link.Value.Factors, password: password.Value}
	open, err := c.opens(ctx, rd, link.Value.Purpose)
	if err == nil && (!open || secret.Hash(password.Value.Hash) != link.Value.Given) {
		err = over
	}
	if err != nil || p.Value.ManagedBy == "" {
		return c, err
	}
	known, err := c.managed(ctx, rd)
	if err == nil && !known {
		err = over
	}
	return c, err
}

// opens tells whether a password would let the person in, and finds what it must not be built from.
func (c *Choosing) opens(ctx context.Context, rd store.Reader, purpose recoverydb.Purpose) (bool, error) {
	var err error
	if c.about, err = persondb.Called(ctx, rd, c.Person.ID); err != nil {
		return false, err
	}
	switch purpose {
	case recoverydb.ByMail:
		return Recoverable(ctx, rd, c.Person, c.password)
	case recoverydb.ByMethod:
		return recoverydb.Opens(ctx, rd, c.Person.ID)
	}
	all, err := memberdb.OfPerson(ctx, rd, c.Person.ID)
	return slices.ContainsFunc(all, func(m memberdb.Membership) bool { return m.Status == roster.Active }), err
}

// Recoverable tells whether a person may choose a password anew by a letter: they chose the one they have, and it lets
// them in somewhere.
func Recoverable(ctx context.Context, rd store.Reader, p roster.Person, has roster.Password) (bool, error) {
	if p.ID == "" || has.Hash == "" || has.MustChange() {
		return false, nil
	}
	return recoverydb.Opens(ctx, rd, p.ID)
}

// recover uses a link up, with the second factors where they end with it, and tells the person.
func (c Choosing) recover(ctx context.Context, tx *store.Tx, key string) error {
	if used, err := recoverydb.Use(ctx, store.Noter{Tx: tx}, secret.Hash(key)); err != nil || !used {
		return cmp.Or[error](err, store.ErrStale())
	}
	if c.Factors {
		if err := factordb.Reset(ctx, tx, c.Person.ID); err != nil {
			return err
		}
	}
	return jobdb.Tell(ctx, tx, jobdb.Telling{Person: c.Person.ID, What: "recovered"})
}
