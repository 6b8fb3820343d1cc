// Package self is the room of what people settle for themselves in the whole installation: how they want Roster to be,
// and their password. What they are called in an organisation is settled there, and second factors have a room of their
// own.
package self

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/persondb"
	"roster/internal/zone"
)

// Room holds the use cases.
type Room struct {
	gate *action.Gate
}

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Preferring is a change of one's own preferences; what is nil stays, and what is empty is chosen no more.
type Preferring struct {
	Language, Zone, Theme, Density *string
	Letters                        *bool // whether a letter tells of a sign-in on a device that is not known
}

// Prefer changes how the actor wants Roster to be, wherever they belong. Kinds: Invalid (language_unknown, zone_unknown,
// theme_unknown, density_unknown), Denied (own_proof_needed) for a session that a connection alone proved.
func (r *Room) Prefer(ctx context.Context, p Preferring) (roster.Preferences, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.PreferenceEdit, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (roster.Preferences, error) {
		me, err := own(ctx, tx)
		if err != nil {
			return roster.Preferences{}, err
		}
		now, err := p.apply(me.Preferences)
		if err != nil {
			return roster.Preferences{}, err
		}
		return now, persondb.Prefer(ctx, tx, me, now)
	})
}

// own gives the actor's person under their lock. A session that a connection alone proved must change nothing elsewhere
// (design page 1, rule 7).
func own(ctx context.Context, tx *store.Tx) (roster.Person, error) {
	actor := roster.ActorFrom(ctx)
	found, err := persondb.Lock(ctx, tx, actor.Person)
	if err != nil {
		return found.Value, err
	}
	p, err := found.Or("person")
	if err == nil {
		err = roster.OwnProof(p, actor.Proofs)
	}
	return p, err
}

// apply gives the preferences as they shall be.
func (p Preferring) apply(now roster.Preferences) (roster.Preferences, error) {
	for _, f := range []struct {
		given *string
		value *string
	}{{p.Language, &now.Language}, {p.Zone, &now.Zone}, {p.Theme, &now.Theme}, {p.Density, &now.Density}} {
		if f.given != nil {
			*f.value = *f.given
		}
	}
	if p.Letters != nil {
		now.Quiet = !*p.Letters
	}
	var bad roster.Problems
	bad.Join(now.Check())
	if p.Zone != nil && *p.Zone != "" {
		_, err := zone.Load(*p.Zone)
		bad.Add("zone", err)
	}
	return now, bad.Err()
}
