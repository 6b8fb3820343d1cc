package law_test

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
)

// drawDoor picks a door that opens for the act.
func (m *machine) drawDoor(p principal, a deed) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(m.doors)) {
		if m.doors[name].opens(m.stage, p, a) {
			all = append(all, name)
		}
	}
	return rapid.SampledFrom(all).Draw(m.t, "door")
}

// drawPrincipal picks somebody to act: mostly one who can do something, now and then root, somebody who is
// blocked or gone, or a program whose token names some permissions.
func (m *machine) drawPrincipal() principal {
	n := rapid.IntRange(0, 19).Draw(m.t, "principal")
	if n == 19 {
		return principal{root: true}
	}
	var all []roster.MemberID
	for _, id := range slices.Sorted(maps.Keys(m.rows)) {
		someone := m.rows[id].Person != "" || m.rows[id].Kind == roster.API
		if someone && (n == 18 || m.now.members[id].Status == roster.Active && !m.now.over(id) && len(m.now.member(id).effective) > 0) {
			all = append(all, id)
		}
	}
	owns := func(id roster.MemberID) bool {
		return slices.ContainsFunc(m.now.of(id), func(g roster.Grant) bool { return g.Role == roster.RoleOwner && g.Unit == "" })
	}
	if weaker := slices.DeleteFunc(slices.Clone(all), owns); len(weaker) > 0 && n > 2 {
		all = weaker
	}
	p := principal{member: rapid.SampledFrom(all).Draw(m.t, "who")}
	if m.rows[p.member].Kind == roster.API && rapid.IntRange(0, 2).Draw(m.t, "narrowed") > 0 {
		var held []string
		for _, of := range m.now.member(p.member).effective {
			for key := range of {
				if !slices.Contains(held, key) {
					held = append(held, key)
				}
			}
		}
		if slices.Sort(held); len(held) > 0 {
			p.token = rapid.SliceOfNDistinct(rapid.SampledFrom(held), 1, len(held), rapid.ID).Draw(m.t, "token")
		}
	}
	return p
}

var names = []act.Name{
	act.MemberGrant, act.MemberGrant, act.MemberGrant, act.MemberGrant, act.MemberClone, act.MemberClone,
	act.MemberInvite, act.MemberInvite, act.MemberCreate, act.MemberCreate, act.MemberPassword, act.MemberPasswordReset, act.MemberPasswordReset, act.MemberMethod, act.MemberMethod, act.APIUserCreate, act.EndSet, act.EndSet, act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove, act.MemberEdit, act.MemberBlock, act.MemberUnblock,
	act.MemberRemove, act.MemberRemove, act.MemberResend, act.MemberLink, act.RoleCreate, act.RoleEdit, act.RoleEdit, act.RoleDelete,
	act.UnitCreate, act.UnitMove, act.UnitMove, act.UnitArchive, act.UnitRestore,
}

// drawAct picks an act.
func (m *machine) drawAct() deed {
	return m.complete(deed{name: rapid.SampledFrom(names).Draw(m.t, "act")})
}

// complete fills in what an act of a name is about.
func (m *machine) complete(a deed) deed {
	a.label = m.label()
	switch a.name {
	case act.MemberInvite, act.MemberCreate:
		if a.kind = rapid.SampledFrom([]roster.MemberKind{roster.Regular, roster.Regular, roster.External}).Draw(m.t, "kind"); a.kind == roster.External && len(m.now.units) > 0 {
			a.unit = m.drawUnit("whose")
		} else {
			a.kind = roster.Regular
		}
		a.grants, a.later = m.drawGrants(a.kind, a.unit, nil), rapid.IntRange(0, 5).Draw(m.t, "later") == 0
	case act.APIUserCreate:
		a.kind = roster.API
		a.grants, a.later = m.drawGrants(a.kind, "", nil), rapid.IntRange(0, 5).Draw(m.t, "later") == 0
		if rapid.IntRange(0, 3).Draw(m.t, "with an end") == 0 {
			a.ends = m.drawEnd()
		}
	case act.RoleCreate, act.RoleEdit, act.RoleDelete:
		return m.completeRole(a)
	case act.UnitCreate, act.UnitMove, act.UnitArchive, act.UnitRestore:
		return m.completeUnit(a)
	default:
		a.on = m.drawMember(a.name)
		a.kind = m.rows[a.on].Kind
		switch a.name {
		case act.EndSet:
			a.ends = m.drawEnd()
		case act.KeyAdd:
			a.jwk = newKey()
		case act.SecretRemove: // never the first one: its program goes on with it
			if a.which = nobodys; len(m.now.secrets[a.on]) > 1 {
				a.which = m.now.secrets[a.on][1]
			}
		case act.KeyRemove:
			if a.which = nobodys; len(m.now.keys[a.on]) > 0 {
				a.which = m.now.keys[a.on][0]
			}
		case act.MemberMethod:
			a.comes = rapid.SampledFrom([]string{"", "one", "another", a.label}).Draw(m.t, "comes")
		case act.MemberGrant:
			a.grants = m.drawGrants(a.kind, m.rows[a.on].Unit, m.now.of(a.on))
		}
		a.later = a.name == act.MemberClone && rapid.IntRange(0, 5).Draw(m.t, "later") == 0
		if a.name == act.MemberRemove && rapid.Bool().Draw(m.t, "handed over") {
			a.to = m.drawMember(act.MemberEdit)
		}
	}
	return a
}

// drawMember picks whom an act is on: mostly one on whom it makes sense.
func (m *machine) drawMember(name act.Name) roster.MemberID {
	fits := func(id roster.MemberID) bool {
		of, there := m.now.members[id]
		switch name {
		case act.MemberUnblock:
			return of.Status == roster.Blocked
		case act.MemberResend, act.MemberLink:
			return m.now.pending(id)
		case act.MemberPassword:
			return m.now.managed[id] && m.now.comes[id] == ""
		case act.MemberPasswordReset:
			return there && !m.now.managed[id] && of.Status == roster.Active
		case act.MemberMethod:
			return there && of.Kind != roster.API
		case act.EndSet, act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove:
			return there && of.Kind == roster.API
		}
		return there
	}
	all := slices.Sorted(maps.Keys(m.rows))
	if some := slices.DeleteFunc(slices.Clone(all), func(id roster.MemberID) bool { return !fits(id) }); len(some) > 0 && rapid.IntRange(0, 9).Draw(m.t, "anybody") > 0 {
		all = some
	}
	return rapid.SampledFrom(all).Draw(m.t, "on")
}

func (m *machine) drawUnit(what string) roster.UnitID {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.now.units))).Draw(m.t, what)
}

// drawGrants picks what is asked for: for somebody who holds something, that with some changes.
func (m *machine) drawGrants(kind roster.MemberKind, unit roster.UnitID, held []roster.Grant) []roster.Grant {
	var all []roster.Grant
	for _, g := range held {
		if rapid.IntRange(0, 3).Draw(m.t, "kept") > 0 {
			all = append(all, g)
		}
	}
	for range rapid.IntRange(0, 2).Draw(m.t, "more") {
		all = append(all, m.drawGrant(kind, unit))
	}
	return all
}

// drawStanding picks what makes somebody interesting: an administrator of everything or of one account who
// holds some of the product, one who owns an account, or one who holds a permission without its scope, or a
// scope without permissions. An external one holds it in their account.
func (m *machine) drawStanding(unit roster.UnitID) []roster.Grant {
	bound := unit != ""
	if !bound && rapid.Bool().Draw(m.t, "at one account") {
		unit = m.drawUnit("which")
	}
	at := func(all ...roster.Grant) []roster.Grant {
		for i := range all {
			all[i].Unit = unit
		}
		return all
	}
	if !bound && rapid.IntRange(0, 3).Draw(m.t, "of the product everywhere") == 0 {
		return append(at(administers), network, reads)
	}
	tree, admin := roster.Grant{Permission: "units.write"}, roster.Grant{Scope: authz.Admin}
	return rapid.SampledFrom([][]roster.Grant{
		at(administers, network, reads),
		at(administers, network, tree),
		at(administers, tree, reads),
		at(roster.Grant{Role: roster.RoleOwner}),
		at(tree, admin, roster.Grant{Permission: "units.read"}),
		at(wipes, roster.Grant{Permission: "invoices.read"}),
		at(network, admin),
	}).Draw(m.t, "standing")
}

// awakenings gives what would let somebody use what they hold to no effect: the scope of a permission, or a
// permission of a scope.
func (m *machine) awakenings(id roster.MemberID) []roster.Grant {
	var all []roster.Grant
	h := m.now.member(id)
	for _, o := range m.now.of(id) {
		for _, p := range m.now.permissions {
			switch {
			case p.Scope == "" || h.effective[o.Unit][p.Key] != nothing:
			case o.Permission == p.Key:
				all = append(all, roster.Grant{Scope: p.Scope, Unit: o.Unit})
			case o.Scope == p.Scope:
				all = append(all, roster.Grant{Permission: p.Key, Unit: o.Unit})
			}
		}
	}
	return all
}

// drawAwakening picks an act that would let somebody use what they hold to no effect.
func (m *machine) drawAwakening() (deed, bool) {
	var all []roster.MemberID
	for _, id := range slices.Sorted(maps.Keys(m.now.members)) {
		if len(m.awakenings(id)) > 0 {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return deed{}, false
	}
	id := rapid.SampledFrom(all).Draw(m.t, "sleeper")
	g := rapid.SampledFrom(m.awakenings(id)).Draw(m.t, "awakening")
	return deed{name: act.MemberGrant, on: id, kind: m.rows[id].Kind, grants: append(m.now.of(id), g), label: m.label()}, true
}

var builtIn = []string{roster.RoleOwner, roster.RoleUserAdministrator, roster.RoleUserAdministrator, roster.RoleUserAdministrator, roster.RoleAuditor, roster.RoleMember}

// drawGrant picks something to give: often what somebody has already, the same or less of it.
func (m *machine) drawGrant(kind roster.MemberKind, unit roster.UnitID) roster.Grant {
	var g roster.Grant
	permissions := []string{"members.read", "members.write", "roles.write", "units.write", "devices.read", "devices.write", "devices.wipe", "invoices.read", "notices.read", "members.remove", "members.credentials", "units.read"}
	switch rapid.IntRange(0, 6).Draw(m.t, "what") {
	case 0, 1:
		g.Role = rapid.SampledFrom(builtIn).Draw(m.t, "role")
	case 2:
		g.Role = rapid.SampledFrom(append(slices.Sorted(maps.Keys(m.now.roles)), roster.RoleMember)).Draw(m.t, "role")
	case 3:
		g.Permission = rapid.SampledFrom(permissions).Draw(m.t, "permission")
	case 4:
		g.Scope = rapid.SampledFrom([]string{"admin", "network", "billing"}).Draw(m.t, "scope")
	default:
		of := rapid.SampledFrom(m.now.grants).Draw(m.t, "like")
		g = roster.Grant{Role: of.Role, Permission: of.Permission, Scope: of.Scope, Unit: of.Unit, Until: of.Until}
		if rapid.Bool().Draw(m.t, "the same") {
			return g
		}
	}
	if places := m.drawPlaces(kind, unit); len(places) > 0 {
		g.Unit = rapid.SampledFrom(places).Draw(m.t, "where")
	}
	if rapid.IntRange(0, 2).Draw(m.t, "ends") == 0 {
		g.Until = m.now.at.Add(time.Duration(rapid.IntRange(0, 12).Draw(m.t, "quarters")) * 15 * time.Minute)
	}
	return g
}

// drawPlaces gives where something may be given: for an external member mostly inside their account.
func (m *machine) drawPlaces(kind roster.MemberKind, unit roster.UnitID) []roster.UnitID {
	places := m.now.places()
	if kind == roster.External && rapid.IntRange(0, 7).Draw(m.t, "outside") > 0 {
		places = slices.DeleteFunc(places, func(u roster.UnitID) bool { return !slices.Contains(m.now.way(u), unit) })
	}
	if kind != roster.External && rapid.Bool().Draw(m.t, "everywhere") {
		return []roster.UnitID{""}
	}
	return places
}

func (m *machine) completeRole(a deed) deed {
	if a.name != act.RoleCreate {
		a.role = rapid.SampledFrom(append(slices.Sorted(maps.Keys(m.now.roles)), roster.RoleAuditor)).Draw(m.t, "role")
	}
	was := m.now.roles[a.role]
	keep := func(all []string) (kept []string) {
		for _, key := range all {
			if rapid.IntRange(0, 3).Draw(m.t, "kept") > 0 {
				kept = append(kept, key)
			}
		}
		return kept
	}
	permissions := []string{"devices.read", "devices.write", "devices.wipe", "invoices.read", "notices.read", "members.read", "members.write", "units.write", "units.read"}
	a.draft.Permissions = append(keep(was.Permissions), rapid.SliceOfN(rapid.SampledFrom(permissions), 0, 2).Draw(m.t, "permissions")...)
	if len(a.draft.Permissions) == 0 {
		a.draft.Permissions = []string{rapid.SampledFrom(permissions).Draw(m.t, "permission")}
	}
	a.draft.Scopes = append(keep(was.Scopes), rapid.SliceOfN(rapid.SampledFrom([]string{"admin", "network", "billing"}), 0, 1).Draw(m.t, "scopes")...)
	for _, keys := range []*[]string{&a.draft.Permissions, &a.draft.Scopes} {
		slices.Sort(*keys)
		*keys = slices.Compact(*keys)
	}
	if a.draft.For = was.For; rapid.IntRange(0, 5).Draw(m.t, "for some") == 0 {
		a.draft.For = rapid.SampledFrom([]roster.MemberKind{"", roster.External, roster.API}).Draw(m.t, "for")
	}
	return a
}

func (m *machine) completeUnit(a deed) deed {
	if a.name == act.UnitCreate {
		a.group = rapid.Bool().Draw(m.t, "group")
	} else {
		a.unit = m.drawUnit("unit")
	}
	if a.name == act.UnitRestore { // mostly one that is archived
		for id, u := range m.now.units {
			if u.Archived() && (!m.now.units[a.unit].Archived() || id < a.unit) {
				a.unit = id
			}
		}
	}
	if a.name == act.UnitCreate || a.name == act.UnitMove {
		a.under = rapid.SampledFrom(m.now.places()).Draw(m.t, "under")
	}
	return a
}

// drawAcceptance picks a link to be taken up, mostly the newest of somebody who waits.
func (m *machine) drawAcceptance() (deed, bool) {
	var all []*link
	for _, l := range m.links {
		if !l.dead && m.now.pending(l.member) {
			all = append(all, l)
		}
	}
	if len(all) == 0 || rapid.IntRange(0, 9).Draw(m.t, "an old link") == 0 {
		all = m.links
	}
	if len(all) == 0 {
		return deed{}, false
	}
	l := all[rapid.IntRange(0, len(all)-1).Draw(m.t, "link")]
	return deed{name: act.InvitationAccept, on: l.member, secret: l.secret, copied: l.copied, live: !l.dead, label: m.label()}, true
}
