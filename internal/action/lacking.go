package action

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// mostGivers bounds how many people are named who could give what is missing.
const mostGivers = 3

// lacks makes the refusal of who lacks something: what, where, and who could give it. format has one place,
// for what is missing; names in it are literal. A place out of the actor's sight is not named. Code forbidden; the
// caller may take a more telling one.
func (in *inside) lacks(ctx context.Context, r store.Reader, missing []authz.Lacking, format string) *roster.Error {
	snap, _ := in.snapshot(ctx, in.actor.Organisation) // without one the refusal names keys alone
	var keys, texts []string
	for _, l := range missing {
		key := l.Permission
		if key == "" {
			key = l.Scope
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		text := key
		if snap != nil && l.Unit != "" {
			if u, ok := snap.Unit(l.Unit); ok && in.sees(snap, in.authorities[in.actor.Member], l.Unit) {
				text = fmt.Sprintf("%s on %s", key, u.Name)
			}
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	slices.Sort(keys)
	slices.Sort(texts)
	givers := in.givers(ctx, r, snap, missing)
	who := "Someone who holds it can give it to you, or do it."
	if len(givers) > 0 {
		who = strings.Join(givers, ", ") + " can give it to you, or do it."
	}
	e := roster.Errorf(roster.Denied, "forbidden", format+" %s", strings.Join(texts, ", "), who)
	e.Missing, e.CanGive = keys, givers
	return e
}

// literal gives a name as it stands in a format.
func literal(name string) string { return strings.ReplaceAll(name, "%", "%%") }

// givers names a few who could give everything that is missing. Names are told to who may see the team.
func (in *inside) givers(ctx context.Context, r store.Reader, snap *authz.Snapshot, missing []authz.Lacking) []string {
	authority, known := in.authorities[in.actor.Member]
	if snap == nil || !known || !authority.Holds(authz.MembersRead, "") {
		return nil
	}
	var able []roster.MemberID
	for i, l := range missing {
		give := roster.Grant{Permission: l.Permission, Unit: l.Unit, Until: l.Until}
		if l.Permission == "" {
			give.Scope = l.Scope
		}
		some := snap.Givers(give, in.at, 50)
		if i == 0 {
			able = some
		} else {
			able = slices.DeleteFunc(able, func(m roster.MemberID) bool { return !slices.Contains(some, m) })
		}
	}
	var names []string
	for _, id := range able[:min(len(able), mostGivers)] {
		if m, err := memberdb.ByID(ctx, r, in.actor.Organisation, id); err == nil && m.OK && id != in.actor.Member {
			names = append(names, m.Value.Label())
		}
	}
	return names
}
