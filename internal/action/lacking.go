package action

import (
	"context"
	"fmt"
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

// lacks makes the refusal of who lacks something: what, where, and who could give it. format has one place,
// for what is missing, of which it names mostMissing; names in it are literal. A place out of the actor's sight is
// not named. Code forbidden; the caller may take a more telling one.
func (in *inside) lacks(ctx context.Context, r store.Reader, missing []authz.Lacking, format string) *roster.Error {
	snap, _ := in.snapshot(ctx, in.actor.Organisation) // without one the refusal names keys alone
	missing = lacking.Distinct(missing)
	keys := authz.Keys(missing)
	var texts []string
	for _, l := range missing[:min(len(missing), mostMissing)] {
		text := l.Permission + l.Scope + in.asleep(snap, l)
		if snap != nil && l.Unit != "" {
			if u, ok := snap.Unit(l.Unit); ok && in.eye(snap, in.authorities[in.actor.Member]).Unit(l.Unit) {
				text = fmt.Sprintf("%s on %s", text, u.Name)
			}
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	if more := len(missing) - mostMissing; more > 0 {
		texts = append(texts, fmt.Sprintf("… and %d more", more))
	}
	givers := in.givers(ctx, r, snap, missing)
	who := "Someone who holds it can give it to you, or do it."
	if len(givers) > 0 {
		who = strings.Join(givers, ", ") + " can give it to you, or do it."
	}
	e := roster.Errorf(roster.Denied, "forbidden", format+" %s", strings.Join(texts, ", "), who)
	e.Missing, e.CanGive = keys, givers
	return e
}

// asleep names the scope where that alone is lacking: the actor holds the permission there, to no effect.
func (in *inside) asleep(snap *authz.Snapshot, l authz.Lacking) string {
	held, known := in.authorities[in.actor.Member]
	if snap == nil || !known || l.Permission == "" {
		return ""
	}
	p, _ := snap.Catalogue().Permission(l.Permission)
	if p.Scope == "" || held.Holds(p.Key, l.Unit) || len(held.LacksItems(roster.Grant{Permission: p.Key, Unit: l.Unit, Until: l.Until})) > 0 {
		return ""
	}
	return " with the scope " + p.Scope
}

// literal gives a name as it stands in a format.
func literal(name string) string { return strings.ReplaceAll(name, "%", "%%") }

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
