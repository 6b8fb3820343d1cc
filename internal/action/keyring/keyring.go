// Package keyring is the room of the keys that sign access tokens: the first is made here, each is followed by another
// after its time or when an operator wants it, and what they signed is let run out. What a token is, and how it is
// signed, is package token's; who gets one is the apiuser room's.
package keyring

import (
	"context"
	"fmt"
	"sync"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/kept"
	"roster/internal/store/tokendb"
	"roster/internal/token"
)

// How long keys are what (decisions/048).
const (
	Every = 90 * 24 * time.Hour // after which a key is followed by another
	Ahead = 24 * time.Hour      // the next key is published before it signs, when Roster makes it
	Soon  = time.Hour           // and when somebody asks for it
	// Beyond is how long a key stays after the next one signs: as long as a token can last, and a little, since clocks differ.
	Beyond = 24*time.Hour + 10*time.Minute
)

// sealing is the purpose for which the keys are sealed.
const sealing = "signing"

// Room holds the use cases. It is safe for use by many.
type Room struct {
	gate *action.Gate
	seal *secret.Key
	rows *kept.Kept[string, []tokendb.Key]

	mu     sync.Mutex
	opened map[string]token.Key // by ID
	ring   []Key
	of     *tokendb.Key // the first of the rows that ring was made of
}

// New makes the room; the installation's key seals what is kept.
func New(g *action.Gate, seal *secret.Key) *Room {
	return &Room{gate: g, seal: seal, rows: kept.New(1, tokendb.Rings), opened: map[string]token.Key{}}
}

// Key is a key that signs, did, or will.
type Key struct {
	tokendb.Key
	Signer token.Key
	Until  time.Time // when the next one begins to sign; zero for the last
}

// Over tells whether nothing that the key signed can count any more.
func (k Key) Over(now time.Time) bool { return !k.Until.IsZero() && !now.Before(k.Until.Add(Beyond)) }

// State tells what a key is at a moment: "next", "signs", "old" or "over".
func (k Key) State(now time.Time) string {
	switch {
	case now.Before(k.SignsFrom):
		return "next"
	case k.Until.IsZero() || now.Before(k.Until):
		return "signs"
	case k.Over(now):
		return "over"
	}
	return "old"
}

// Begin makes the first key where there is none. Processes that start at the same moment agree on one.
func (r *Room) Begin(ctx context.Context) error {
	k, err := r.draft()
	if err != nil {
		return err
	}
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := tokendb.Lock(ctx, tx); err != nil {
			return err
		}
		if keys, err := tokendb.Keys(ctx, tx); err != nil || len(keys) > 0 {
			return err
		}
		return tokendb.BeginKey(ctx, tx, k)
	})
}

// draft makes a key, sealed.
func (r *Room) draft() (tokendb.Key, error) {
	k, err := token.NewKey()
	if err != nil {
		return tokendb.Key{}, err
	}
	plain, err := k.Bytes()
	if err != nil {
		return tokendb.Key{}, err
	}
	sealed, err := r.seal.Seal(sealing, plain)
	return tokendb.Key{ID: k.ID(), Sealed: sealed}, err
}

// Ring gives the keys as they are now, those that are over included, the one that signs last first. What it gives is
// shared, and the same slice as long as nothing changed. An error names what the operator can do.
func (r *Room) Ring(ctx context.Context) ([]Key, error) {
	return action.Look(ctx, r.gate, act.SigningKeyShow, func(ctx context.Context, rd store.Reader) ([]Key, error) {
		rows, err := r.rows.One(ctx, rd, "ring")
		if err != nil {
			return nil, err
		}
		if !rows.OK {
			return nil, fmt.Errorf("keyring: there is no key that signs tokens")
		}
		return r.open(rows.Value)
	})
}

// open opens keys, each once.
func (r *Room) open(rows []tokendb.Key) ([]Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(rows) > 0 && r.of == &rows[0] {
		return r.ring, nil
	}
	ring := successive(rows)
	opened := map[string]token.Key{}
	for i, k := range ring {
		signer, known := r.opened[k.ID]
		if !known {
			var err error
			if signer, err = r.unseal(k.Key); err != nil {
				return nil, err
			}
		}
		ring[i].Signer, opened[k.ID] = signer, signer
	}
	r.opened, r.ring, r.of = opened, ring, &rows[0]
	return ring, nil
}

// successive tells of each key when the next one begins.
func successive(rows []tokendb.Key) []Key {
	ring := make([]Key, len(rows))
	for i, row := range rows {
		ring[i].Key = row
		if i > 0 {
			ring[i].Until = rows[i-1].SignsFrom
		}
	}
	return ring
}

// unseal opens one key.
func (r *Room) unseal(k tokendb.Key) (token.Key, error) {
	plain, err := r.seal.Open(sealing, k.Sealed)
	if err != nil {
		return token.Key{}, fmt.Errorf("keyring: the key %s that signs tokens cannot be opened; is this the key file the database was made with? %w", k.ID, err)
	}
	signer, err := token.ParseKey(plain)
	if err != nil {
		return token.Key{}, fmt.Errorf("keyring: the key %s that signs tokens: %w", k.ID, err)
	}
	return signer, nil
}

// List gives the keys to who operates the installation, and the moment at which they are so. Those that are over are left out.
func (r *Room) List(ctx context.Context) ([]Key, time.Time, error) {
	var now time.Time
	keys, err := action.Look(ctx, r.gate, act.SigningKeyList, func(ctx context.Context, rd store.Reader) ([]Key, error) {
		now = action.Moment(ctx)
		rows, err := tokendb.Keys(ctx, rd)
		return living(successive(rows), now), err
	})
	return keys, now, err
}

func living(all []Key, now time.Time) []Key {
	var left []Key
	for _, k := range all {
		if !k.Over(now) {
			left = append(left, k)
		}
	}
	return left
}

// Rotate makes the next key. It is published at once and signs an hour later, so that whoever verifies tokens knows it by
// then; the one before stays until its tokens have ended. At once, for a key that others may have: the new one signs from
// now on, and whatever was signed before is worth nothing any more. Kinds: Conflict (key_waiting), Unavailable (key_wrong).
func (r *Room) Rotate(ctx context.Context, atOnce bool) (Key, error) {
	return r.rotate(ctx, Soon, atOnce)
}

func (r *Room) rotate(ctx context.Context, ahead time.Duration, atOnce bool) (Key, error) {
	draft, err := r.draft()
	if err != nil {
		return Key{}, err
	}
	return action.Do(ctx, r.gate, act.SigningKeyRotate, draft.Ref(), func(ctx context.Context, tx *store.Tx) (Key, error) {
		had, err := tokendb.Keys(ctx, tx)
		if err != nil {
			return Key{}, err
		}
		if err := r.fits(had); err != nil {
			return Key{}, err
		}
		k := draft
		k.MadeAt, k.MadeBy, k.SignsFrom = tx.At(), roster.ActorFrom(ctx).ID(), tx.At()
		if !atOnce {
			if len(had) > 0 && had[0].SignsFrom.After(tx.At()) {
				return Key{}, roster.Errorf(roster.Conflict, "key_waiting", "The next key is there already: it signs from %s on.", had[0].SignsFrom.UTC().Format("2 January 2006, 15:04 MST"))
			}
			k.SignsFrom = k.SignsFrom.Add(ahead)
			return Key{Key: k}, tokendb.AddKey(ctx, tx, k)
		}
		for _, old := range had {
			if err := tokendb.DropKey(ctx, tx, old); err != nil {
				return Key{}, err
			}
		}
		return Key{Key: k}, tokendb.AddKey(ctx, tx, k)
	})
}

// fits refuses to seal a key with another installation key than the servers have, which could not open it. Kind:
// Unavailable, code key_wrong.
func (r *Room) fits(had []tokendb.Key) error {
	if len(had) == 0 {
		return nil
	}
	if _, err := r.seal.Open(sealing, had[0].Sealed); err != nil {
		return roster.Errorf(roster.Unavailable, "key_wrong", "This is not the key file that the database was made with. Name the server's.")
	}
	return nil
}

// Tend lets a new key follow when the time of the last one has come, and forgets those whose tokens have all ended. It is
// for Roster itself, again and again.
func (r *Room) Tend(ctx context.Context) error {
	due := false
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		rows, err := tokendb.Keys(ctx, tx)
		due = len(rows) > 0 && !tx.At().Before(rows[0].SignsFrom.Add(Every))
		for _, k := range successive(rows) {
			if err == nil && k.Over(tx.At()) {
				err = tokendb.SweepKey(ctx, tx, k.Key)
			}
		}
		return err
	})
	if err == nil && due {
		_, err = r.rotate(ctx, Ahead, false)
	}
	if roster.Is(err, "key_waiting") { // another server was faster
		return nil
	}
	return err
}
