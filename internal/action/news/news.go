// Package news is the room of notifications: which of them a member wants, and what the letter says that tells them of
// what happened. What concerns somebody's own sign-in is told by the rooms where it is done, and to everybody.
package news

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Choice is a notification that may concern the actor, and whether they want it.
type Choice struct {
	Notification bulletin.Notification
	Wanted       bool
}

// Show gives the notifications that may concern the actor in their organisation. Kind: Denied for who is not active there.
func (r *Room) Show(ctx context.Context) ([]Choice, error) {
	return action.Look(ctx, r.gate, act.ProfileNews, choices)
}

// choices gives what may concern the actor: whoever cannot invite invites nobody, and only who keeps the organisation is
// told of its seats.
func choices(ctx context.Context, rd store.Reader) ([]Choice, error) {
	actor := roster.ActorFrom(ctx)
	off, err := newsdb.Off(ctx, rd, actor.Organisation, actor.Member)
	if err != nil {
		return nil, err
	}
	may, err := action.Authority(ctx)
	if err != nil {
		return nil, err
	}
	var all []Choice
	for _, n := range bulletin.Notifications() {
		if concerns(n, may) {
			all = append(all, Choice{n, !slices.Contains(off, n)})
		}
	}
	return all, nil
}

// concerns tells whether a notification may concern who holds an authority.
func concerns(n bulletin.Notification, may authz.Authority) bool {
	switch n {
	case bulletin.NotifyAccepted, bulletin.NotifyUnanswered:
		return may.HoldsSomewhere(authz.MembersWrite)
	case bulletin.NotifyEnding:
		return may.HoldsSomewhere(authz.MembersCredentials)
	case bulletin.NotifySeats, bulletin.NotifyWebhook:
		return may.Holds(authz.OrganisationWrite, "")
	}
	return true
}

// Choose keeps which notifications the actor wants in their organisation, of those that are named; others stay. Kind:
// Denied for who is not active there.
func (r *Room) Choose(ctx context.Context, wanted map[bulletin.Notification]bool) ([]Choice, error) {
	actor := roster.ActorFrom(ctx)
	self := roster.RefMember(actor.Member, actor.Name)
	return action.Do(ctx, r.gate, act.ProfileNewsEdit, self, func(ctx context.Context, tx *store.Tx) ([]Choice, error) {
		was, err := newsdb.Off(ctx, tx, tx.Org(), actor.Member)
		if err != nil {
			return nil, err
		}
		var now []bulletin.Notification
		for _, n := range bulletin.Notifications() {
			if on, named := wanted[n]; named && !on || !named && slices.Contains(was, n) {
				now = append(now, n)
			}
		}
		if err := newsdb.SetOff(ctx, tx, self, was, now); err != nil {
			return nil, err
		}
		return choices(ctx, tx)
	})
}
