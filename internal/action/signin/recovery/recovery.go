// Package recovery is the room of ways back in: who forgot a password or an organisation asks for a letter, and the
// operator makes a link for who has nothing left. What a letter says is found out when it is sent; how a password is
// chosen is the signin room's.
package recovery

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Lasts is how long a link works by which a password is chosen anew (design page 6, mailed links).
const Lasts = 30 * time.Minute

// Room holds the use cases of ways back in.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// asked is what a job of the kind signin.Asked is about.
type asked struct {
	Address      string
	Organisation string // the one that is meant, by its name in addresses; a hint, as at sign-in
	Places       bool   // which organisations there are, and not a link
}

// Forgot asks for the letter by which a password is chosen anew; organisation is a hint, as at sign-in. Nobody is looked
// up: whom the address means is found when the letter is sent, so that the answer and its time are the same for everybody.
// Kinds: Invalid for what is no address, Limited (too_many_letters).
func (r *Room) Forgot(ctx context.Context, email, organisation string) error {
	return r.ask(ctx, act.PasswordForgot, asked{Address: email, Organisation: organisation})
}

// Find asks for the letter that names the organisations in which an address has a way in; as Forgot. Kinds: Invalid,
// Limited (too_many_letters).
func (r *Room) Find(ctx context.Context, email string) error {
	return r.ask(ctx, act.OrganisationForgot, asked{Address: email, Places: true})
}

func (r *Room) ask(ctx context.Context, name act.Name, a asked) error {
	address, err := roster.ParseEmail(a.Address)
	if err != nil {
		return roster.AsError(err).On("email")
	}
	a.Address = address.Folded
	if a.Organisation != roster.Slug(a.Organisation) {
		a.Organisation = ""
	}
	payload, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := action.Look(ctx, r.gate, name, func(context.Context, store.Reader) (struct{}, error) { return struct{}{}, nil }); err != nil {
		return err
	}
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := paced(ctx, tx, a); err != nil {
			return err
		}
		return jobdb.Enqueue(ctx, tx.Tx, jobdb.Job{Org: roster.Installation, ID: roster.NewID("job_"), Kind: signin.Asked, Payload: string(payload)})
	})
}

// paced bounds how many letters strangers can have sent: to one address three of each kind, with links within as long as a
// link works, so that the last one works while nobody gets another, and with organisations within an hour; and thirty an
// hour from one address block. It counts known and unknown addresses alike. What strangers ask for counts with nothing that
// administrators, or people who are signed in, have sent.
func paced(ctx context.Context, tx store.Noter, a asked) error {
	key, window := "link to\n"+a.Address, Lasts
	if a.Places {
		key, window = "places to\n"+a.Address, time.Hour
	}
	over, ends, err := within(ctx, tx.Tx, key, 3, window)
	if err == nil && !over {
		over, ends, err = within(ctx, tx.Tx, "asked from\n"+roster.AddressBlock(roster.ActorFrom(ctx).IP), 30, time.Hour)
	}
	if err != nil || !over {
		return err
	}
	return roster.Errorf(roster.Limited, "too_many_letters", "Too many letters were asked for within an hour. The last one still counts; look into your mailbox.").After(ends.Sub(tx.At()))
}

// within counts a letter under a key, of which there are so many in a window at most; over there are, until it ends.
func within(ctx context.Context, tx *store.Tx, key string, most int, window time.Duration) (over bool, ends time.Time, err error) {
	at, ends, err := jobdb.Paced(ctx, tx, []jobdb.Budget{{Key: "letter:" + secret.Hash(key), Most: most}}, window)
	return at >= 0, ends, err
}
