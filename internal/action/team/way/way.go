// Package way is the room in which an administrator chooses how a member comes in: by e-mail and password, or by one of
// the organisation's connections. Nobody signs in here, and no provider is asked.
package way

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Offer is what can be chosen for a member, and how they come in now.
type Offer struct {
	team.View
	Managed     bool           // their person is the organisation's own
	Unconfirmed bool           // their own person has not come by the connection yet
	Name        string         // of the connection that they come in by; empty for e-mail and password
	Methods     []login.Method // the ready ones, without what is known of their providers
}

// Offer gives the login methods by which a member can come in: the ready ones alone (requirement R23). Kinds: NotFound,
// Conflict (no_login_method, removed), Denied (stronger_target, not_on_yourself).
func (r *Room) Offer(ctx context.Context, id roster.MemberID) (Offer, error) {
	return action.LookAt(ctx, r.gate, act.MemberMethodOffer, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Offer, error) {
		v, err := of(ctx, rd, id)
		if err != nil {
			return Offer{}, err
		}
		out := Offer{View: v}
		found, err := orgdb.ByName(ctx, rd, string(v.Org))
		if err != nil {
			return out, err
		}
		all, err := methoddb.List(ctx, rd, v.Org)
		if err != nil {
			return out, err
		}
		for _, m := range append([]login.Method{login.ByPassword(found.Value)}, all...) {
			if m.ID == v.Coming.Method {
				out.Name = m.Name
			}
			m.Connection = login.Connection{}
			out.Methods = append(out.Methods, m)
		}
		out.Methods = slices.DeleteFunc(out.Methods, func(m login.Method) bool { return m.Ready() != nil })
		p, err := persondb.ByID(ctx, rd, v.Person)
		if err != nil {
			return out, err
		}
		i, err := methoddb.Of(ctx, rd, v.Org, id)
		out.Managed, out.Unconfirmed = p.OK && p.Value.ManagedBy == v.Org, i.Value.Unconfirmed
		return out, err
	})
}

// of finds whose login method it is about. Kinds: NotFound, Conflict (no_login_method, removed).
func of(ctx context.Context, rd store.Reader, id roster.MemberID) (team.View, error) {
	v, err := team.Of(ctx, rd, id)
	switch {
	case err != nil:
	case v.Kind == roster.API:
		err = roster.Errorf(roster.Conflict, "no_login_method", "%s is an API user and comes in by no login method.", v.Label())
	case v.Status == roster.Removed:
		err = v.Gone()
	}
	return v, err
}

// Change is another way in for a member.
type Change struct {
	roster.Coming
	Version int64 // the version that was looked at; 0 to take whatever is there
}

// Change chooses how a member comes in; by another way than before the old one is over when it returns, here and nowhere
// else (decisions/038). Who has not accepted yet gets a new invitation, and earlier links are dead. A person whom the
// organisation manages is recognised by the identifier when they next come, or chooses a password by a letter; a
// connection for a person of their own counts once they came by it from a session of theirs. Kinds: Invalid for the input
// (method_unknown, method_not_ready, field_required, field_unknown), Conflict (changed_meanwhile, identifier_taken,
// last_owner, no_login_method, removed), Limited (too_many_invitations), NotFound, Denied (stronger_target, not_on_yourself, confirmation_required).
func (r *Room) Change(ctx context.Context, id roster.MemberID, c Change) (team.View, error) {
	return action.Do(ctx, r.gate, act.MemberMethod, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (team.View, error) {
		v, err := of(ctx, tx, id)
		if err != nil {
			return v, err
		}
		if c.Version != 0 && c.Version != v.Version {
			return v, store.ErrStale()
		}
		if err := methoddb.Comes(ctx, tx, c.Coming); err != nil {
			return v, err
		}
		from, err := methoddb.Of(ctx, tx, tx.Org(), id)
		if err != nil {
			return v, err
		}
		to := c.Clean()
		if to.Connected() { // as it is kept, so that it can be told from another
			if to.Identifier, err = login.CleanIdentifier(to.Identifier); err != nil {
				return v, err
			}
		}
		m := move{methoddb.Move{Member: v.Member, From: from.Value, To: to}, v}
		if v.Person == "" {
			err = m.invited(ctx, tx)
		} else {
			err = m.accepted(ctx, tx)
		}
		if err != nil {
			return v, err
		}
		return team.Of(ctx, tx, id)
	})
}

// move is a change under way.
type move struct {
	methoddb.Move
	view team.View
}

// same tells that the member comes in so already.
func (m move) same() bool {
	return m.From.Method == m.To.Method && m.From.Identifier == m.To.Identifier
}

// invited changes how somebody comes in who has not accepted yet: an open invitation goes out anew.
func (m move) invited(ctx context.Context, tx *store.Tx) error {
	if m.same() {
		return nil
	}
	if err := m.keep(ctx, tx); err != nil {
		return err
	}
	if m.view.Live.State != roster.InvitationLive {
		return nil
	}
	_, err := team.SendAgain(ctx, tx, m.Member.ID)
	return err
}

// keep keeps the change, and that the member is another than who looked at them before knows.
func (m *move) keep(ctx context.Context, tx *store.Tx) error {
	if err := m.Keep(ctx, tx); err != nil {
		return err
	}
	_, err := memberdb.Touch(ctx, tx, m.Member)
	return err
}
