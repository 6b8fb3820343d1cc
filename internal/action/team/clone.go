package team

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Clone is who the new member of a clone shall be: a person by their address and names, an API user by its
// name. What they may do comes from the source.
type Clone struct {
	Email        string
	ExternalID   string
	Profile      roster.Profile
	Coming       roster.Coming
	StartBlocked bool
	TTL          time.Duration // the organisation's when zero
	Message      string        // the inviter's own words
}

// Cloned is a new member with another's access, and what of it was left out. Secret is a new API user's, given
// this once.
type Cloned struct {
	View
	Secret  string
	LeftOut []LeftOut
}

// ExceedsAuthority is the reason for what the actor could not give.
const ExceedsAuthority = "exceeds_authority"

// LeftOut is a grant of the source that a clone does not get.
type LeftOut struct {
	Grant   roster.Grant
	Reason  string          // ExceedsAuthority, "ended", "unit_archived", or what else stands against giving it now
	Missing []authz.Lacking // what the actor lacks to give it
}

// CloneOffer is what cloning a member would bring.
type CloneOffer struct {
	Source  View
	Comes   []roster.Grant
	LeftOut []LeftOut
}

// CloneOffer tells what of a member's access a clone would get from the actor, and what not and why; nothing
// changes. Kinds: NotFound, Denied (cannot_clone_yourself).
func (r *Room) CloneOffer(ctx context.Context, source roster.MemberID) (CloneOffer, error) {
	return action.LookAt(ctx, r.gate, act.MemberCloneOffer, roster.RefMember(source, ""), func(ctx context.Context, rd store.Reader) (CloneOffer, error) {
		v, err := view(ctx, rd, source)
		if err != nil {
			return CloneOffer{}, err
		}
		offer := CloneOffer{Source: v}
		offer.Comes, offer.LeftOut, err = share(ctx, v.Member, v.Grants)
		return offer, err
	})
}

// Clone adds a member with another's access, as far as the actor could give it: exactly what the source holds
// and the actor's authority covers, for as long; the rest is left out and listed. Nothing else comes along:
// no credentials, no verified address, no history. An external member's clone is bound to the same unit, an
// API user's gets a secret of its own and ends when it does. Kinds: Invalid for the input, Conflict (already_member,
// already_invited, seat_limit, unit_archived, end_passed), NotFound, Denied (cannot_clone_yourself).
func (r *Room) Clone(ctx context.Context, source roster.MemberID, in Clone) (Cloned, error) {
	made := newKeys()
	return action.Do(ctx, r.gate, act.MemberClone, roster.RefMember(source, ""), func(ctx context.Context, tx *store.Tx) (Cloned, error) {
		from, err := load(ctx, tx, source)
		if err != nil {
			return Cloned{}, err
		}
		held, err := roledb.Grants(ctx, tx, tx.Org(), from.ID)
		if err != nil {
			return Cloned{}, err
		}
		var c Cloned
		comes, left, err := share(ctx, from, held)
		if err != nil {
			return c, err
		}
		c.LeftOut = left
		for i := range comes {
			comes[i].ID, comes[i].Member = roster.NewID("grt_"), made.id
			comes[i].GivenBy, comes[i].GivenAt = roster.ActorFrom(ctx).ID(), tx.At()
		}
		if from.Kind == roster.API {
			c.Secret = made.secret
			c.View, err = in.apiUser(ctx, tx, from, made, comes)
		} else {
			c.View, err = in.person(ctx, tx, from, made.id, comes)
		}
		return c, err
	})
}

func (in Clone) person(ctx context.Context, tx *store.Tx, from roster.Member, id roster.MemberID, comes []roster.Grant) (View, error) {
	if in.Profile.Name != "" {
		return View{}, roster.Errorf(roster.Invalid, "field_unknown", "A person has a first and a last name.").On("name")
	}
	m, i, err := Invitation{
		Kind: from.Kind, Unit: string(from.Unit), Email: in.Email, ExternalID: in.ExternalID, Profile: in.Profile,
		Coming: in.Coming, StartBlocked: in.StartBlocked, TTL: in.TTL, Message: in.Message,
	}.draft(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	return insert(ctx, tx, m, comes, &i)
}

func (in Clone) apiUser(ctx context.Context, tx *store.Tx, from roster.Member, made keys, comes []roster.Grant) (View, error) {
	if !from.Ends.IsZero() && !tx.At().Before(from.Ends) {
		return View{}, roster.Errorf(roster.Conflict, "end_passed", "The time of %s is over, and so its clone's would be. Move its end first.", from.Label())
	}
	var bad roster.Problems
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"email", in.Email != ""},
		{"first_name", in.Profile.FirstName != ""},
		{"last_name", in.Profile.LastName != ""},
		{"phone", in.Profile.Phone != ""},
		{"invitation_ttl", in.TTL != 0},
		{"message", in.Message != ""},
		{"login_method", in.Coming != roster.Coming{}},
	} {
		if f.given {
			bad.Add(f.name, roster.Errorf(roster.Invalid, "field_unknown", "An API user has only a name and an external ID."))
		}
	}
	if err := bad.Err(); err != nil {
		return View{}, err
	}
	m, err := APIUser{Name: in.Profile.Name, ExternalID: in.ExternalID, StartBlocked: in.StartBlocked, Ends: from.Ends}.draft(ctx, tx, made)
	if err != nil {
		return View{}, err
	}
	return made.insert(ctx, tx, m, comes)
}

// share parts a source's grants into those that the actor could give, and the others with the reason. Nothing of
// what a removed member held comes back. Kind: NotFound.
func share(ctx context.Context, from roster.Member, held []roster.Grant) (comes []roster.Grant, left []LeftOut, err error) {
	if from.Status == roster.Removed {
		return nil, nil, store.ErrNone("member")
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	authority, err := action.Authority(ctx)
	if err != nil {
		return nil, nil, err
	}
	s := settling{snap, from, action.Moment(ctx), SeesUnit(ctx)}
	for _, g := range held {
		if l := s.leaves(authority, g); l.Reason != "" {
			left = append(left, l)
		} else {
			comes = append(comes, g)
		}
	}
	// Who holds every item holds what follows from them together; it is asked for even so, since this is
	// what the gate will ask.
	gives := func(some ...roster.Grant) []authz.Lacking {
		return authority.LacksChange(snap.AuthorityOf(nil, s.at), snap.AuthorityOf(some, s.at))
	}
	if len(gives(comes...)) == 0 {
		return comes, left, nil
	}
	var kept []roster.Grant
	for _, g := range comes {
		if missing := gives(append(slices.Clone(kept), g)...); len(missing) > 0 {
			left = append(left, LeftOut{g, ExceedsAuthority, missing})
		} else {
			kept = append(kept, g)
		}
	}
	return kept, left, nil
}

// leaves tells why a grant of the source stays behind, if it does.
func (s settling) leaves(actor authz.Authority, g roster.Grant) LeftOut {
	l := LeftOut{Grant: g}
	var bad roster.Problems
	s.check(&bad, "grant", g)
	missing := actor.LacksToGive(g)
	switch err := bad.Err(); {
	case !g.Live(s.at):
		l.Reason = "ended"
	case err != nil:
		l.Reason = roster.AsError(err).Code
	case len(missing) > 0:
		l.Reason, l.Missing = ExceedsAuthority, missing
	}
	return l
}
