// Package own is the room of what a member settles about themselves in an organisation: what they are called there, and
// their picture. What administrators do about members is the team's.
package own

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/login"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/picturedb"
)

// Room holds the use cases.
type Room struct {
	gate  *action.Gate
	maker *raster.Maker
}

// New makes the room.
func New(g *action.Gate, m *raster.Maker) *Room { return &Room{g, m} }

// Profile is a member as they see themselves.
type Profile struct {
	roster.Member
	Organisation roster.Organisation
	// Kept tells that the organisation keeps the profile: of the persons whom it manages (decision 031).
	Kept bool
	// Confirm is the connection by which they shall come in and have not yet; zero without one.
	Confirm login.Method
}

// NeedsPhone tells whether the organisation needs a phone number of them.
func (p Profile) NeedsPhone() bool {
	return p.Organisation.PhoneRequired && p.Kind == roster.Regular
}

// Show gives the actor's own profile in their organisation. Kind: Denied for who is not active there.
func (r *Room) Show(ctx context.Context) (Profile, error) {
	return action.Look(ctx, r.gate, act.ProfileShow, profile)
}

func profile(ctx context.Context, rd store.Reader) (Profile, error) {
	actor := roster.ActorFrom(ctx)
	found, err := memberdb.ByID(ctx, rd, actor.Organisation, actor.Member)
	if err != nil {
		return Profile{}, err
	}
	m, err := found.Or("member")
	if err != nil {
		return Profile{}, err
	}
	o, err := orgdb.ByName(ctx, rd, string(actor.Organisation))
	if err != nil {
		return Profile{}, err
	}
	p, err := persondb.ByID(ctx, rd, m.Person)
	if err != nil {
		return Profile{}, err
	}
	out := Profile{Member: m, Organisation: o.Value, Kept: p.Value.ManagedBy == m.Org}
	out.Confirm, err = unconfirmed(ctx, rd, m)
	return out, err
}

// unconfirmed gives the connection that an administrator chose for somebody, while they have not come by it.
func unconfirmed(ctx context.Context, rd store.Reader, m roster.Member) (login.Method, error) {
	i, err := methoddb.Of(ctx, rd, m.Org, m.ID)
	if err != nil || !i.Value.Unconfirmed {
		return login.Method{}, err
	}
	by, err := methoddb.ByID(ctx, rd, m.Org, i.Value.Method)
	if err != nil || by.Value.Ready() != nil {
		return login.Method{}, err
	}
	by.Value.Connection = login.Connection{}
	return by.Value, nil
}

// mine gives the actor's profile where it is theirs to change. Kind: Denied (profile_kept).
func mine(ctx context.Context, tx *store.Tx) (Profile, error) {
	p, err := profile(ctx, tx)
	if err == nil && p.Kept {
		err = roster.Errorf(roster.Denied, "profile_kept", "%s made your account and keeps your name, phone number and picture. Ask an administrator there to change them.", p.Organisation.Name)
	}
	return p, err
}

// Edit is a change of one's own profile; what is nil stays.
type Edit struct {
	FirstName, LastName, Phone *string
	Version                    int64 // the version that was looked at; 0 to take whatever is there
}

// profile gives the profile as it shall be.
func (e Edit) profile(m roster.Member) roster.Profile {
	p := roster.Profile{FirstName: m.FirstName, LastName: m.LastName, Phone: m.Phone}
	for _, f := range []struct{ given, value *string }{{e.FirstName, &p.FirstName}, {e.LastName, &p.LastName}, {e.Phone, &p.Phone}} {
		if f.given != nil {
			*f.value = *f.given
		}
	}
	return p
}

// Edit changes what the actor is called in their organisation, and nowhere else. Kinds: Invalid for the input, Conflict
// (changed_meanwhile), Denied (profile_kept).
func (r *Room) Edit(ctx context.Context, e Edit) (Profile, error) {
	return action.Do(ctx, r.gate, act.ProfileEdit, self(ctx), func(ctx context.Context, tx *store.Tx) (Profile, error) {
		p, err := mine(ctx, tx)
		if err != nil {
			return p, err
		}
		if e.Version != 0 && e.Version != p.Version {
			return p, store.ErrStale()
		}
		now, err := p.Member.Edit(e.profile(p.Member), p.NeedsPhone())
		if err != nil {
			return p, err
		}
		p.Member, err = memberdb.Update(ctx, tx, p.Member, now)
		return p, err
	})
}

// self points at the actor's own member.
func self(ctx context.Context) roster.Ref {
	actor := roster.ActorFrom(ctx)
	return roster.RefMember(actor.Member, actor.Name)
}

// SetPicture makes what was sent the actor's picture in their organisation. Kinds: Invalid (picture_too_large,
// picture_kind, picture_broken), Denied (profile_kept).
func (r *Room) SetPicture(ctx context.Context, sent []byte) (Profile, error) {
	made, err := r.maker.Square(ctx, sent)
	if err != nil {
		return Profile{}, err
	}
	return action.Do(ctx, r.gate, act.ProfilePicture, self(ctx), func(ctx context.Context, tx *store.Tx) (Profile, error) {
		p, err := mine(ctx, tx)
		if err == nil && p.Picture != made.Hash {
			err = picturedb.Set(ctx, tx, p.Member, made)
		}
		if err != nil {
			return p, err
		}
		return profile(ctx, tx)
	})
}

// RemovePicture takes the actor's picture away; without one nothing happens. Kind: Denied (profile_kept).
func (r *Room) RemovePicture(ctx context.Context) (Profile, error) {
	return action.Do(ctx, r.gate, act.ProfilePictureRemove, self(ctx), func(ctx context.Context, tx *store.Tx) (Profile, error) {
		p, err := mine(ctx, tx)
		if err == nil && p.Picture != "" {
			err = picturedb.Remove(ctx, tx, p.Member)
		}
		if err != nil {
			return p, err
		}
		return profile(ctx, tx)
	})
}

// Picture gives the actor's own picture. Kind: NotFound without one.
func (r *Room) Picture(ctx context.Context) (raster.Picture, error) {
	return action.Look(ctx, r.gate, act.ProfilePictureShow, func(ctx context.Context, rd store.Reader) (raster.Picture, error) {
		actor := roster.ActorFrom(ctx)
		found, err := picturedb.Of(ctx, rd, actor.Organisation, actor.Member)
		if err != nil {
			return found.Value, err
		}
		return found.Or("picture")
	})
}
