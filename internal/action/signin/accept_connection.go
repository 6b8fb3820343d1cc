package signin

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
)

// comes finds out by which login method the invited member comes in. Kind: Conflict, code method_not_ready.
func (l *Landing) comes(ctx context.Context, rd store.Reader) error {
	by := login.ByPassword(l.Organisation)
	i, err := methoddb.Of(ctx, rd, l.Organisation.ID, l.Member.ID)
	if err != nil {
		return err
	}
	if i.OK {
		found, err := methoddb.ByID(ctx, rd, l.Organisation.ID, i.Value.Method)
		if err != nil {
			return err
		}
		by = found.Value
		l.Connection = by
	}
	if by.Ready() != nil {
		return roster.Errorf(roster.Conflict, "method_not_ready", "%s lets nobody in by %s at the moment. Ask who invited you, and open the link again then.", l.Organisation.Name, by.Called())
	}
	return nil
}

// unconnected refuses an acceptance that goes past the provider that the invitation is for.
func (l Landing) unconnected() error {
	if l.Connection.ID == "" {
		return nil
	}
	return roster.Errorf(roster.Conflict, "connection_needed", "This invitation is accepted by signing in at %s.", l.Connection.Name)
}

// CheckProfile checks what whoever accepts is asked for beside who they are. Kind: Invalid.
func (l Landing) CheckProfile(a Acceptance) error {
	if !l.AsksNames() && !l.AsksPhone() {
		return nil
	}
	_, err := l.profile(a).Clean(roster.Regular, l.AsksPhone())
	return err
}

// AcceptBy makes the invited member the person's who has just signed in at the provider that the invitation is for: a
// managed person's of the organisation, or the signed-in one's with the invitation's address, who came from their own
// session. An address links nobody: the provider's identifier must be the invited one (requirement R25). Kinds: Gone
// for a dead link, Denied (identifier_mismatch), Invalid for the names, Conflict (method_not_ready,
// invitation_other_address, identity_taken).
func (r *Room) AcceptBy(ctx context.Context, a Acceptance, proven login.Proven) (Accepted, error) {
	l, err := r.Landing(ctx, a.Org, a.Secret)
	if err != nil {
		return Accepted{}, err
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Organisation, actor.Member, actor.Name = roster.ActorInvitee, l.Organisation.ID, l.Member.ID, l.Member.Label()
	return action.Do(roster.WithActor(ctx, actor), r.gate, act.InvitationAccept, l.Member.Ref(), func(ctx context.Context, tx *store.Tx) (Accepted, error) {
		now, err := landing(ctx, tx, tx.Organisation(), a.Secret)
		if err != nil {
			return Accepted{}, err
		}
		i, err := methoddb.Of(ctx, tx, tx.Org(), now.Member.ID)
		if err != nil {
			return Accepted{}, err
		}
		if err := proven.Fits(i.Value, now.Connection.Name, now.Organisation.Name); err != nil {
			return Accepted{}, err
		}
		p, err := now.connected(ctx, tx)
		if err != nil {
			return Accepted{}, err
		}
		if err := methoddb.Bind(ctx, tx, now.Member, now.Connection, proven.Subject); err != nil {
			return Accepted{}, err
		}
		m, err := now.join(ctx, tx, p, a)
		return Accepted{tx.Organisation(), m}, err
	})
}

// connected gives the person who accepts by a connection.
func (l Landing) connected(ctx context.Context, tx *store.Tx) (roster.Person, error) {
	if l.Way != Connected {
		return l.person(ctx, tx, "")
	}
	found, err := persondb.ByAddress(ctx, tx, tx.Org(), l.Member.Email.Folded)
	if err != nil {
		return found.Value, err
	}
	if found.OK { // whose membership here ended
		_, err := persondb.Lock(ctx, tx, found.Value.ID)
		return found.Value, err
	}
	p := roster.Person{ID: roster.NewPersonID(), ManagedBy: tx.Org(), Email: l.Member.Email, CreatedAt: tx.At()}
	made, err := persondb.Insert(ctx, tx, p)
	if err == nil && !made {
		err = store.ErrStale()
	}
	return p, err
}
