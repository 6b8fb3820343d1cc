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
	"roster/internal/store/jobdb"
)

// rememberedAnew is how often at most it is kept that somebody signed in on a device again.
const rememberedAnew = 24 * time.Hour

// device is what a browser shows of a sign-in before (decisions/040). It opens nothing: where the person did sign in on
// it, their tries count by themselves, and wait for nobody else's.
type device struct {
	secret string    // of its cookie; empty where it shows none
	seenAt time.Time // when the person last signed in on it; zero where they never did
}

// held gives a device's secret if it has the shape of one, else nothing.
func held(secretOf string) string {
	if secret.Shaped(secretOf, act.DevicePrefix) {
		return secretOf
	}
	return ""
}

// hash is what is kept of the device's secret; empty without one.
func (d device) hash() string {
	if d.secret == "" {
		return ""
	}
	return secret.Hash(d.secret)
}

// on gives the tries of a person on a device: by themselves where it is known, else as they are.
func (t tries) on(d device, p roster.PersonID, now time.Time) tries {
	if !d.seenAt.IsZero() && now.Sub(d.seenAt) < roster.DeviceLasts {
		t.device = "device:" + secret.Hash(d.hash()+"\n"+string(p))
	}
	return t
}

// triesAt gives the keys of a known person's try on a device, by the secret that it shows, and the device.
func (r *Room) triesAt(ctx context.Context, p roster.Person, shown string) (tries, device, error) {
	t, d := triesOf(p.Email.Folded, roster.ActorFrom(ctx).IP, p.ID), device{secret: held(shown)}
	if d.secret == "" {
		return t, d, nil
	}
	t, err := action.Look(ctx, r.gate, act.SessionCheck, func(ctx context.Context, rd store.Reader) (_ tries, err error) {
		d.seenAt, err = credentialdb.Remembered(ctx, rd, p.ID, d.hash())
		return t.on(d, p.ID, action.Moment(ctx)), err
	})
	return t, d, err
}

// remember keeps that the person signed in on the device, unless that was kept within a day, and gives the secret that
// it is to hold; empty where it has it. A device's secret is the same for all who sign in on it.
func (b beginning) remember(ctx context.Context, tx *store.Tx) (string, error) {
	d := b.device
	if !d.seenAt.IsZero() && tx.At().Sub(d.seenAt) < rememberedAnew {
		return "", nil
	}
	d.secret = cmp.Or(d.secret, secret.New(act.DevicePrefix))
	if d.seenAt.IsZero() {
		if err := jobdb.TellOfDevice(ctx, tx, b.person.ID, d.hash()); err != nil {
			return "", err
		}
	}
	return d.secret, credentialdb.Remember(ctx, tx, b.person.ID, d.hash())
}
