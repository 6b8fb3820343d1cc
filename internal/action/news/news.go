// Package news is the room of notifications: how a member wants to be told of what happens, what they were told and have
// read of it, and what the letter says that tells them. What concerns somebody's own sign-in is told by the rooms where it
// is done, and to everybody.
package news

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
)

// Room holds the use cases.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// Choice is a notification that may concern the actor, and how they want to be told.
type Choice struct {
	Notification bulletin.Notification
	Way          bulletin.Way
}

// Show gives the notifications that may concern the actor in their organisation, and about which they choose. Kind: Denied
// for who is not active there.
func (r *Room) Show(ctx context.Context) ([]Choice, error) {
	return action.Look(ctx, r.gate, act.ProfileNews, choices)
}

// choices gives what may concern the actor.
func choices(ctx context.Context, rd store.Reader) ([]Choice, error) {
	actor := roster.ActorFrom(ctx)
	chosen, err := newsdb.Chosen(ctx, rd, actor.Organisation, actor.Member)
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
			all = append(all, Choice{n, cmp.Or(chosen[n], n.Usual())})
		}
	}
	return all, nil
}

// concerns tells whether a notification may concern who holds an authority: whoever cannot invite invites nobody, and only
// who keeps the organisation is told of its seats, its administrators and its operators.
func concerns(n bulletin.Notification, may authz.Authority) bool {
	switch n {
	case bulletin.NotifyAccepted, bulletin.NotifyUnanswered:
		return may.HoldsSomewhere(authz.MembersWrite)
	case bulletin.NotifyEnding:
		return may.HoldsSomewhere(authz.MembersCredentials)
	case bulletin.NotifySeats, bulletin.NotifyWebhook, bulletin.NotifyAdministrator, bulletin.NotifyOperator:
		return may.Holds(authz.OrganisationWrite, "")
	}
	return true
}

// Choose keeps how the actor wants to be told in their organisation, of what is named; an empty way is the usual one.
// Kinds: Denied for who is not active there; Invalid, code notification_way_unknown.
func (r *Room) Choose(ctx context.Context, wanted map[bulletin.Notification]bulletin.Way) ([]Choice, error) {
	actor := roster.ActorFrom(ctx)
	self := roster.RefMember(actor.Member, actor.Name)
	now := maps.Clone(wanted)
	for n, w := range now {
		now[n] = cmp.Or(w, n.Usual())
		if !slices.Contains(bulletin.Ways(), now[n]) {
			return nil, roster.Errorf(roster.Invalid, "notification_way_unknown", "Say how to be told as one of these: %s.", ways()).On(string(n))
		}
	}
	return action.Do(ctx, r.gate, act.ProfileNewsEdit, self, func(ctx context.Context, tx *store.Tx) ([]Choice, error) {
		was, err := newsdb.Chosen(ctx, tx, tx.Org(), actor.Member)
		if err != nil {
			return nil, err
		}
		if err := newsdb.Choose(ctx, tx, self, was, now); err != nil {
			return nil, err
		}
		return choices(ctx, tx)
	})
}

func ways() string {
	all := bulletin.Ways()
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}
