package law_test

import (
	"fmt"
	"slices"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
)

// id gives whom the history calls a principal.
func (p principal) id() string {
	if p.root {
		return string(roster.ActorCLI)
	}
	return string(p.member)
}

// do makes the world what it is after an act that was permitted, or tells what stands against the act
// itself. was is the world before.
func (w *world) do(was *world, p principal, h holding, a deed) string {
	switch a.name {
	case act.MemberInvite, act.APIUserCreate, act.MemberCreate, act.MemberClone:
		return w.enter(was, p, h, a)
	case act.MemberPassword:
		w.given[a.on] = true
		delete(w.shut, a.on)
		return w.enterable(a.on)
	case act.MemberPasswordReset:
		return w.sendable(a.on)
	case act.MemberMethod:
		return w.reroute(was, p, h, a)
	case act.EndSet, act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove:
		return w.credit(a)
	case act.MemberRemove:
		if why := w.handOver(was, p, h, a); why != "" {
			return why
		}
		return w.toggle(a)
	case act.MemberGrant:
		return w.regrant(was, p, h, a)
	case act.RoleCreate, act.RoleEdit, act.RoleDelete:
		return w.reform(a)
	case act.UnitCreate, act.UnitMove, act.UnitArchive, act.UnitRestore:
		return w.rearrange(a)
	case act.InvitationAccept:
		switch {
		case !a.live || w.spent[a.on]:
			return "the link is dead"
		case w.comes[a.on] != "":
			return "they come by the connection alone"
		}
		w.spent[a.on], w.managed[a.on] = true, a.copied
		delete(w.open, a.on)
		w.put(a.on, w.stands(a.on))
		return w.accepted(a.on)
	case act.MemberResend, act.MemberLink:
		if !w.pending(a.on) {
			return "nothing to send again"
		}
		w.again(was, p, h, a.on)
	default:
		return w.toggle(a)
	}
	return ""
}

// again lets an invitation go out once more.
func (w *world) again(was *world, p principal, h holding, m roster.MemberID) {
	w.spent[m], w.open[m] = true, true
	w.takeOver(was, p, h, m)
}

// reroute makes somebody come in another way: an open invitation goes out anew, and whom the organisation manages has no
// password any more once they come by the connection.
func (w *world) reroute(was *world, p principal, h holding, a deed) string {
	if w.members[a.on].Kind == roster.API {
		return "a program comes in by no login method"
	}
	for id, calls := range was.comes {
		if id != a.on && a.comes != "" && calls == a.comes {
			return "the provider calls somebody else so"
		}
	}
	if w.comes[a.on] == a.comes {
		return ""
	}
	if w.comes[a.on] = a.comes; a.comes == "" {
		delete(w.comes, a.on)
	}
	switch {
	case w.pending(a.on):
		if w.open[a.on] {
			w.again(was, p, h, a.on)
		}
	case w.managed[a.on] && a.comes != "":
		w.shut[a.on] = true
		delete(w.given, a.on)
	}
	return ""
}

// enterable tells what stands against setting somebody's password: that they have none here, or one of their own.
func (w *world) enterable(m roster.MemberID) string {
	switch {
	case w.members[m].Kind == roster.API:
		return "a program has no password"
	case w.pending(m):
		return "nobody is there yet"
	case !w.managed[m]:
		return "their password is their own"
	case w.comes[m] != "":
		return "they come by the connection alone"
	}
	return ""
}

// sendable tells what stands against sending somebody a link for a new password: nobody of their own is there to use it. It
// changes nothing by itself.
func (w *world) sendable(m roster.MemberID) string {
	switch of := w.members[m]; {
	case of.Kind == roster.API:
		return "a program has no password"
	case of.Status != roster.Active:
		return "they are " + string(of.Status)
	case w.managed[m]:
		return "the organisation manages them"
	}
	return ""
}

// handOver makes somebody the giver, in the place of who is removed, of what they could give now to whoever waits, as far as
// the actor sees who waits and could give it too.
func (w *world) handOver(was *world, p principal, h holding, a deed) string {
	if a.to == "" {
		return ""
	}
	if to, there := was.members[a.to]; !there || a.to == a.on || to.Kind == roster.API || to.Status != roster.Active || !p.root && !was.sees(p, h, "members.remove", a.to) {
		return "nobody takes over"
	}
	for id := range was.members {
		if was.pending(id) && (p.root || was.sees(p, h, "members.remove", id)) {
			w.pass(was, p, h, id, a)
		}
	}
	return ""
}

func (w *world) pass(was *world, p principal, h holding, waits roster.MemberID, a deed) {
	all := w.of(waits)
	hers := func(g roster.Grant) bool { return g.GivenBy == string(a.on) }
	stand := was.standing(slices.DeleteFunc(slices.Clone(all), func(g roster.Grant) bool { return hers(g) || !g.Live(w.at) }))
	for i, g := range all {
		beside := append(slices.Clone(stand), g)
		could := func(h holding) bool {
			return h.effective[g.Unit]["members.write"] != nothing && was.coversItems(h, g) && was.coversChange(h, was.hold(stand, nil), was.hold(beside, nil))
		}
		if hers(g) && g.Live(w.at) && could(was.member(a.to)) && (p.root || could(h)) {
			all[i].GivenBy, stand = string(a.to), beside
		}
	}
	w.put(waits, all)
}

// toggle reads the acts on where a member stands.
func (w *world) toggle(a deed) string {
	m := w.members[a.on]
	switch a.name {
	case act.MemberBlock:
		if m.Status == roster.Blocked {
			return "blocked already"
		}
		w.before[a.on], w.spent[a.on] = m.Status, true
		delete(w.open, a.on)
		m.Status = roster.Blocked
	case act.MemberUnblock:
		if m.Status != roster.Blocked {
			return "not blocked"
		}
		m.Status = w.before[a.on]
		delete(w.before, a.on)
	case act.MemberRemove:
		for _, of := range []map[roster.MemberID]bool{w.managed, w.given, w.shut, w.open} {
			delete(of, a.on)
		}
		delete(w.secrets, a.on)
		delete(w.keys, a.on)
		delete(w.members, a.on)
		delete(w.comes, a.on)
		delete(w.before, a.on)
		w.put(a.on, nil)
		return ""
	}
	w.members[a.on] = m
	return ""
}

// accepted makes a member active, or lets them become so with the end of their block.
func (w *world) accepted(id roster.MemberID) string {
	m := w.members[id]
	if !w.pending(id) {
		return "nothing to accept"
	}
	if m.Status == roster.Blocked {
		w.before[id] = roster.Active
		return ""
	}
	m.Status = roster.Active
	w.members[id] = m
	return ""
}

// put makes a member's grants these.
func (w *world) put(m roster.MemberID, grants []roster.Grant) {
	w.grants = slices.DeleteFunc(slices.Clone(w.grants), func(g roster.Grant) bool { return g.Member == m })
	for _, g := range grants {
		g.Member = m
		w.grants = append(w.grants, g)
	}
}

// enter adds a member: invited, made, or cloned with what the actor could give of another's.
func (w *world) enter(was *world, p principal, h holding, a deed) string {
	m := authz.Subject{ID: made, Kind: a.kind, Status: roster.Invited, Unit: a.unit}
	asked := a.grants
	if a.name == act.MemberClone {
		m.Kind, m.Unit, m.Ends = was.members[a.on].Kind, was.members[a.on].Unit, was.members[a.on].Ends
		if was.over(a.on) {
			return "its time is over"
		}
		asked = nil
		for _, g := range was.of(a.on) {
			if p.root && g.Live(w.at) && was.sound(m, g) == "" || !p.root && was.could(h, m, asked, g) {
				asked = append(asked, g)
			}
		}
	} else if len(asked) == 0 {
		asked = []roster.Grant{{Role: roster.RoleMember}}
	}
	if m.Kind == roster.API || a.name == act.MemberCreate {
		m.Status = roster.Active
	}
	if m.Kind == roster.API {
		w.secrets[made] = []string{made}
	}
	if a.name == act.APIUserCreate {
		if why := w.late(a.ends); why != "" {
			return why
		}
		m.Ends = a.ends
	}
	w.managed[made], w.given[made], w.open[made] = a.name == act.MemberCreate, a.name == act.MemberCreate, m.Status == roster.Invited
	if a.later {
		w.before[made] = m.Status
		m.Status = roster.Blocked
	}
	if was.archived(m.Unit) {
		return "into an archived account"
	}
	w.members[made] = m
	return w.give(was, p, m, nil, asked)
}

// could tells whether somebody could give a grant beside some others.
func (w *world) could(h holding, to authz.Subject, beside []roster.Grant, g roster.Grant) bool {
	return g.Live(w.at) && w.sound(to, g) == "" && h.effective[g.Unit]["members.write"] != nothing && w.coversItems(h, g) &&
		w.coversChange(h, w.hold(nil, nil), w.hold(append(slices.Clone(beside), g), nil))
}

// sound tells what stands against giving a grant to a member now, whoever gives it.
func (w *world) sound(m authz.Subject, g roster.Grant) string {
	role, own := w.roles[g.Role]
	switch {
	case g.Role != "" && !own && !slices.Contains([]string{roster.RoleOwner, roster.RoleUserAdministrator, roster.RoleAuditor, roster.RoleMember}, g.Role):
		return "there is no such role"
	case !g.Live(w.at):
		return "it has ended"
	case w.archived(g.Unit):
		return "its account is archived"
	case m.Kind == roster.API && g.Role == roster.RoleOwner:
		return "an API user as Owner"
	case role.For != "" && role.For != m.Kind:
		return "the role is for others"
	case m.Kind == roster.External && (g.Unit == "" || !slices.Contains(w.way(g.Unit), m.Unit)):
		return "outside the account"
	}
	return ""
}

// give makes a member's grants what is asked for: what is held stays as it was given.
func (w *world) give(was *world, p principal, m authz.Subject, held, asked []roster.Grant) string {
	var all []roster.Grant
	for _, g := range asked {
		g.Member, g.GivenBy = m.ID, p.id()
		if g.Unit == "" && m.Kind == roster.External {
			g.Unit = m.Unit
		}
		if at := slices.IndexFunc(held, func(o roster.Grant) bool { return alike(o, g) }); at >= 0 {
			g = held[at]
		} else if why := was.sound(m, g); why != "" {
			return why
		}
		twice := slices.IndexFunc(all, func(o roster.Grant) bool {
			o.Until = g.Until
			return alike(o, g)
		})
		if twice < 0 {
			all = append(all, g)
		} else if !alike(all[twice], g) {
			return "asked for twice with two ends"
		}
	}
	w.put(m.ID, all)
	return ""
}

func (w *world) regrant(was *world, p principal, h holding, a deed) string {
	m := w.members[a.on]
	asked := slices.Clone(a.grants)
	for _, g := range w.of(a.on) { // what lies around what the actor sees stays
		again := func(o roster.Grant) bool {
			if o.Unit == "" && m.Kind == roster.External {
				o.Unit = m.Unit
			}
			o.Member, o.Until = g.Member, g.Until
			return alike(o, g)
		}
		if !p.root && p.member != a.on && !was.looks(h, "members.write", g.Unit) {
			if slices.ContainsFunc(a.grants, again) {
				return "out of sight"
			}
			asked = append(asked, g)
		}
	}
	if why := w.give(was, p, m, w.of(a.on), asked); why != "" {
		return why
	}
	if w.pending(a.on) {
		w.takeOver(was, p, h, a.on)
	}
	return ""
}

// pending tells whether nobody has accepted a person's membership yet.
func (w *world) pending(m roster.MemberID) bool {
	return w.members[m].Kind != roster.API && (w.members[m].Status == roster.Invited || w.before[m] == roster.Invited)
}

// takeOver makes the actor the giver of what the first giver could not give any more, as far as the actor
// could; was is the world in which all of them are asked.
func (w *world) takeOver(was *world, p principal, h holding, m roster.MemberID) {
	all := w.of(m)
	stand := was.standing(all)
	for i, g := range all {
		if slices.ContainsFunc(stand, func(o roster.Grant) bool { return alike(o, g) }) {
			continue
		}
		if p.root || h.effective[g.Unit]["members.write"] != nothing && was.coversItems(h, g) && was.coversChange(h, was.hold(stand, nil), was.hold(append(slices.Clone(stand), g), nil)) {
			all[i].GivenBy = p.id()
			stand = append(stand, g)
		}
	}
	w.put(m, all)
}

// reform reads the acts on roles.
func (w *world) reform(a deed) string {
	holders := func() (of []roster.MemberKind) {
		for _, g := range w.grants {
			if g.Role == a.role && g.Live(w.at) {
				of = append(of, w.members[g.Member].Kind)
			}
		}
		return of
	}
	switch a.name {
	case act.RoleCreate:
		r := a.draft
		r.ID = made
		w.roles[made] = r
	case act.RoleEdit:
		r, there := w.roles[a.role]
		if !there {
			return "no such role of one's own"
		}
		r.Permissions, r.Scopes, r.For = a.draft.Permissions, a.draft.Scopes, a.draft.For
		if r.For != "" && slices.ContainsFunc(holders(), func(k roster.MemberKind) bool { return k != r.For }) {
			return "others hold it"
		}
		w.roles[a.role] = r
	case act.RoleDelete:
		if _, there := w.roles[a.role]; !there {
			return "no such role of one's own"
		}
		if len(holders()) > 0 {
			return "somebody holds it"
		}
		delete(w.roles, a.role)
		w.grants = slices.DeleteFunc(slices.Clone(w.grants), func(g roster.Grant) bool { return g.Role == a.role })
	}
	return ""
}

// rearrange reads the acts on units.
func (w *world) rearrange(a deed) string {
	u := w.units[a.unit]
	parent := w.units[a.under]
	switch a.name {
	case act.UnitCreate:
		u = roster.Unit{ID: made, Kind: roster.Account}
		if a.group {
			u.Kind = roster.Group
		}
	case act.UnitMove:
		if u.Parent == a.under {
			return ""
		}
		if slices.Contains(w.way(a.under), a.unit) {
			return "into itself"
		}
	case act.UnitArchive, act.UnitRestore:
		if u.Archived() == (a.name == act.UnitArchive) {
			return "as it is already"
		}
		if u.ArchivedAt = w.at; a.name == act.UnitRestore {
			u.ArchivedAt = roster.Unit{}.ArchivedAt
		}
		w.units[u.ID] = u
		return ""
	}
	u.Parent = a.under
	switch {
	case u.Kind == roster.Account && parent.Kind == roster.Group, u.Kind == roster.Group && a.under == "":
		return "an account stands in no group, and a group in no organisation"
	case w.archived(a.under):
		return "under what is archived"
	}
	w.units[u.ID] = u
	return ""
}

// named gives the world with what an act made under its own ID.
func (w *world) named(id string) *world {
	c := w.clone()
	if m, ok := c.members[made]; ok {
		m.ID = roster.MemberID(id)
		delete(c.members, made)
		c.managed[m.ID], c.given[m.ID], c.open[m.ID] = c.managed[made], c.given[made], c.open[made]
		if of, ok := c.secrets[made]; ok {
			delete(c.secrets, made)
			c.secrets[m.ID] = of
		}
		c.members[m.ID] = m
		if before, ok := c.before[made]; ok {
			delete(c.before, made)
			c.before[m.ID] = before
		}
	}
	for i, g := range c.grants {
		if g.Member == made {
			c.grants[i].Member = roster.MemberID(id)
		}
	}
	if r, ok := c.roles[made]; ok {
		r.ID = id
		delete(c.roles, made)
		c.roles[id] = r
	}
	if u, ok := c.units[made]; ok {
		u.ID = roster.UnitID(id)
		delete(c.units, made)
		c.units[u.ID] = u
	}
	return c
}

// lines tells the world as texts, which two worlds that are the same have in common.
func (w *world) lines() []string {
	var all []string
	for id, m := range w.members {
		all = append(all, fmt.Sprintf("member %s is %s, %s (%s) of %q; comes by %q, shut out %v, invited %v; ends %d, %d secrets, %d keys",
			id, m.Kind, m.Status, w.before[id], m.Unit, w.comes[id], w.shut[id], w.open[id], micros(m.Ends), len(w.secrets[id]), len(w.keys[id])))
	}
	for _, g := range w.grants {
		all = append(all, fmt.Sprintf("grant to %s: %s @ %q until %d by %s", g.Member, g.What(), g.Unit, end(g), g.GivenBy))
	}
	for id, r := range w.roles {
		all = append(all, fmt.Sprintf("role %s for %q: %v %v", id, r.For, slices.Sorted(slices.Values(r.Permissions)), slices.Sorted(slices.Values(r.Scopes))))
	}
	for id, u := range w.units {
		all = append(all, fmt.Sprintf("unit %s is %s in %q, archived %v", id, u.Kind, u.Parent, u.Archived()))
	}
	slices.Sort(all)
	return all
}
