package action

import (
	"context"
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/authz/lacking"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// mostGivers bounds how many people are named who could give what is missing.
const mostGivers = 3

// lacks makes the refusal of who lacks something: what, where, and who could give it. form has places for the values
// and a last one for what is missing, of which it names mostMissing. A place out of the actor's sight is not named.
// Code forbidden; the caller may take a more telling one.
func (in *inside) lacks(ctx context.Context, r store.Reader, missing []authz.Lacking, form string, values ...any) *roster.Error {
	snap, _ := in.snapshot(ctx, in.actor.Organisation) // without one the refusal names keys alone
	missing = lacking.Distinct(missing)
	keys := authz.Keys(missing)
	var texts []roster.Phrase
	for _, l := range missing[:min(len(missing), mostMissing)] {
		text := in.asleep(snap, l)
		if snap != nil && l.Unit != "" {
			if u, ok := snap.Unit(l.Unit); ok && in.eye(snap, in.authorities[in.actor.Member]).Unit(l.Unit) {
				text = roster.Phrasef("%s on %s", text, u.Name)
			}
		}
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b roster.Phrase) int { return strings.Compare(a.String(), b.String()) })
	texts = slices.CompactFunc(texts, func(a, b roster.Phrase) bool { return a.String() == b.String() })
	if more := len(missing) - mostMissing; more > 0 {
		texts = append(texts, roster.Phrasef("… and %d more", more))
	}
	givers := in.givers(ctx, r, snap, missing)
	who := roster.Plain("Someone who holds it can give it to you, or do it.")
	if len(givers) > 0 {
		who = roster.Phrasef("%s can give it to you, or do it.", strings.Join(givers, ", "))
	}
	e := roster.Errorf(roster.Denied, "forbidden", "%s %s", roster.Phrasef(form, append(values, roster.Join(texts, ", "))...), who)
	e.Missing, e.CanGive = keys, givers
	return e
}

// Lacks is lacks for the room whose action is under way.
func Lacks(ctx context.Context, r store.Reader, missing []authz.Lacking, form string) *roster.Error {
	return insideOf(ctx).lacks(ctx, r, missing, form)
}

// asleep names what is lacking, and its scope where that alone is: the actor holds the permission there, to no effect.
func (in *inside) asleep(snap *authz.Snapshot, l authz.Lacking) roster.Phrase {
	text := roster.Phrasef("%s", l.Permission+l.Scope)
	held, known := in.authorities[in.actor.Member]
	if snap == nil || !known || l.Permission == "" {
		return text
	}
	p, _ := snap.Catalogue().Permission(l.Permission)
	if p.Scope == "" || held.Holds(p.Key, l.Unit) || len(held.LacksItems(roster.Grant{Permission: p.Key, Unit: l.Unit, Until: l.Until})) > 0 {
		return text
	}
	return roster.Phrasef("%s with the scope %s", text, p.Scope)
}

// givers names a few who could give everything that is missing. Names are told to who may see the team.
func (in *inside) givers(ctx context.Context, r store.Reader, snap *authz.Snapshot, missing []authz.Lacking) []string {
	authority, known := in.authorities[in.actor.Member]
	if snap == nil || !known || !authority.Holds(authz.MembersRead, "") {
		return nil
	}
	give := func(l authz.Lacking) roster.Grant {
		return roster.Grant{Permission: l.Permission, Scope: l.Scope, Unit: l.Unit, Until: l.Until}
	}
	able := slices.DeleteFunc(snap.Givers(give(missing[0]), in.at, 50), func(m roster.MemberID) bool {
		theirs := snap.Authority(m, in.at)
		return slices.ContainsFunc(missing[1:], func(l authz.Lacking) bool {
			return !theirs.Holds(authz.MembersWrite, l.Unit) || len(theirs.LacksItems(give(l))) > 0
		})
	})
	var names []string
	for _, id := range able[:min(len(able), mostGivers)] {
		if m, err := memberdb.ByID(ctx, r, in.actor.Organisation, id); err == nil && m.OK && id != in.actor.Member {
			names = append(names, m.Value.Label())
		}
	}
	return names
}
