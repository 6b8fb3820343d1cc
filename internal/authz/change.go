package authz

import (
	"maps"
	"slices"
	"strings"

	"roster/internal/persist"
	"roster/internal/roster"
)

// change makes a new snapshot out of a copy: what it touches it copies first.
type change struct {
	*Snapshot
	members        persist.Draft[member]
	byID           persist.IndexDraft
	byExternal     persist.IndexDraft
	byEmail        persist.IndexDraft
	byClient       persist.IndexDraft
	units          persist.Draft[roster.Unit]
	paths          persist.Draft[path]
	unitByID       persist.IndexDraft
	unitByExternal persist.IndexDraft
	roles          persist.Draft[roster.Role]
	ownRoles       bool // whether the maps and the content of roles are the change's own
}

func (s *Snapshot) change() *change {
	return &change{
		Snapshot:       s,
		members:        s.members.Draft(),
		byID:           s.byID.Draft(),
		byExternal:     s.byExternal.Draft(),
		byEmail:        s.byEmail.Draft(),
		byClient:       s.byClient.Draft(),
		units:          s.units.Draft(),
		paths:          s.paths.Draft(),
		unitByID:       s.unitByID.Draft(),
		unitByExternal: s.unitByExternal.Draft(),
		roles:          s.roles.Draft(),
	}
}

// unitNumber gives a unit's number; one that nobody has told of yet gets one, and no path.
func (ch *change) unitNumber(id roster.UnitID) uint32 {
	if id == "" {
		return 0
	}
	hash := ch.unitByID.Hash(string(id))
	if n, ok := ch.unitByID.Find(hash, func(n uint32) bool { return ch.units.At(n).ID == id }); ok {
		return n
	}
	n, u := ch.units.Push()
	u.ID = id
	ch.paths.Push()
	ch.unitByID.Add(hash, n)
	return n
}

// setUnits takes over units. A new one gets its path; when one moved, or appeared above others, all get
// theirs anew.
func (ch *change) setUnits(all []roster.Unit) {
	all = slices.DeleteFunc(slices.Clone(all), func(u roster.Unit) bool { return u.ID == "" })
	anew, numbers := false, make([]uint32, len(all))
	for i, u := range all {
		known := ch.units.Len()
		n := ch.unitNumber(u.ID)
		was := *ch.units.At(n)
		anew = anew || n < known && (was.Parent != u.Parent || ch.paths.At(n)[0] == 0)
		numbers[i] = n
		if was.ExternalID != u.ExternalID && was.ExternalID != "" {
			ch.unitByExternal.Take(ch.unitByExternal.Hash(was.ExternalID), n)
		}
	}
	for i, u := range all {
		n := numbers[i]
		was := ch.units.At(n).ExternalID
		*ch.units.Set(n) = u
		if u.ExternalID != "" && was != u.ExternalID {
			ch.unitByExternal.Add(ch.unitByExternal.Hash(u.ExternalID), n)
		}
	}
	if anew {
		numbers = numbers[:0]
		for n := uint32(1); n < ch.units.Len(); n++ {
			numbers = append(numbers, n)
		}
	}
	for _, n := range numbers {
		if p := ch.pathOf(n); p != *ch.paths.At(n) {
			*ch.paths.Set(n) = p
		}
	}
}

// pathOf works out a unit's path from parent to parent.
func (ch *change) pathOf(n uint32) path {
	var up, down path
	depth := 0
	for n != 0 {
		u := ch.units.At(n)
		if depth == len(up) || u.Kind == "" {
			return path{}
		}
		up[depth] = n
		depth++
		if u.Parent == "" {
			break
		}
		parent, ok := ch.unitAny(u.Parent)
		if !ok {
			return path{}
		}
		n = parent
	}
	for i := range depth {
		down[i] = up[depth-1-i]
	}
	return down
}

// openRoles copies what is kept of roles as a whole.
func (ch *change) openRoles() {
	if !ch.ownRoles {
		ch.roleByID, ch.roleByKey = maps.Clone(ch.roleByID), maps.Clone(ch.roleByKey)
		ch.content, ch.ownRoles = slices.Clone(ch.content), true
	}
}

// roleNumber gives a role's number; one that nobody has told of yet gets one, and holds nothing.
func (ch *change) roleNumber(id string) uint32 {
	if n, ok := ch.roleByID[id]; ok {
		return n
	}
	ch.openRoles()
	n, r := ch.roles.Push()
	r.ID = id
	ch.roleByID[id] = n
	ch.content = append(ch.content, make([]uint64, ch.catalogue.words)...)
	return n
}

func (ch *change) setRoles(all []roster.Role) {
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	ch.dropRoles(ids)
	for _, r := range all {
		ch.openRoles()
		n := ch.roleNumber(r.ID)
		*ch.roles.Set(n) = r
		ch.roleByKey[r.Key] = n
		c := ch.catalogue
		bits := ch.content[int(n)*c.words:][:c.words]
		for _, key := range r.Permissions {
			if i, ok := c.items[key]; ok {
				bits[i/64] |= 1 << (i % 64)
			}
		}
		for _, key := range r.Scopes {
			if i, ok := c.areas[key]; ok {
				bits[i/64] |= 1 << (i % 64)
			}
		}
	}
}

// dropRoles leaves of roles no more than their numbers, which grants may still name.
func (ch *change) dropRoles(ids []string) {
	for _, id := range ids {
		n, ok := ch.roleByID[id]
		if !ok {
			continue
		}
		ch.openRoles()
		if key := ch.roles.At(n).Key; ch.roleByKey[key] == n {
			delete(ch.roleByKey, key)
		}
		*ch.roles.Set(n) = roster.Role{ID: id}
		clear(ch.content[int(n)*ch.catalogue.words:][:ch.catalogue.words])
	}
}

func (ch *change) setMembers(all []Subject) {
	for _, m := range all {
		if n, ok := ch.member(m.ID); ok {
			ch.unlist(n)
		}
	}
	for _, m := range all {
		n, known := ch.member(m.ID)
		switch {
		case m.Status == roster.Removed && known:
			ch.leave(n)
		case m.Status == roster.Removed || m.ID == "" || len(m.ID)+len(m.ExternalID)+len(m.Email)+len(m.ClientID) > mostText:
		default:
			ch.enter(n, known, m)
		}
	}
}

// unlist takes a member's texts other than the ID out of the indexes.
func (ch *change) unlist(n uint32) {
	for text, x := range ch.listed(ch.members.At(n)) {
		x.Take(x.Hash(text), n)
	}
}

// listed goes through the texts by which a member is found, beside the ID.
func (ch *change) listed(m *member) func(yield func(string, *persist.IndexDraft) bool) {
	return func(yield func(string, *persist.IndexDraft) bool) {
		_ = (m.externalText() == "" || yield(m.externalText(), &ch.byExternal)) &&
			(m.emailText() == "" || yield(m.emailText(), &ch.byEmail)) &&
			(m.clientText() == "" || yield(m.clientText(), &ch.byClient))
	}
}

// leave takes a member out whose texts are unlisted, with all it holds.
func (ch *change) leave(n uint32) {
	m := ch.members.Set(n)
	ch.byID.Take(ch.byID.Hash(m.idText()), n)
	ch.grants -= len(m.holdings)
	*m = member{unit: ch.free}
	ch.free = n
}

// enter puts a member in, or in the place of its former state, of which what it holds stays.
func (ch *change) enter(n uint32, known bool, of Subject) {
	unit := ch.unitNumber(of.Unit)
	if !known {
		if n = ch.free; n != 0 {
			ch.free = ch.members.At(n).unit
		} else {
			n, _ = ch.members.Push()
		}
		ch.byID.Add(ch.byID.Hash(string(of.ID)), n)
	}
	m := ch.members.Set(n)
	var holdings []holding
	if known {
		holdings = m.holdings
	}
	*m = member{holdings: holdings, unit: unit, kind: kindNumber(of.Kind), status: statusNumber(of.Status), ends: micros(of.Ends)}
	m.text = strings.Join([]string{string(of.ID), of.ExternalID, of.Email, of.ClientID}, "")
	m.id = uint16(len(of.ID))
	m.external = m.id + uint16(len(of.ExternalID))
	m.email = m.external + uint16(len(of.Email))
	for text, x := range ch.listed(m) {
		x.Add(x.Hash(text), n)
	}
}

func (ch *change) setGrants(all map[roster.MemberID][]roster.Grant) {
	for id, grants := range all {
		n, ok := ch.member(id)
		if !ok {
			continue
		}
		holdings := ch.hold(grants)
		m := ch.members.Set(n)
		ch.grants += len(holdings) - len(m.holdings)
		m.holdings = holdings
	}
}

// hold gives grants as they are kept.
func (ch *change) hold(grants []roster.Grant) []holding {
	if len(grants) == 0 {
		return nil
	}
	all := make([]holding, len(grants))
	for i, g := range grants {
		all[i] = holding{what: ch.number(g), unit: ch.unitNumber(g.Unit), until: micros(g.Until)}
	}
	return all
}

// number gives what is kept of the thing a grant gives.
func (ch *change) number(g roster.Grant) what {
	c := ch.catalogue
	if g.Role != "" {
		return whatRole | what(ch.roleNumber(g.Role))
	}
	if i, ok := c.items[g.Permission]; ok {
		return whatItem | what(i)
	}
	if i, ok := c.areas[g.Scope]; ok && g.Permission == "" {
		return whatItem | what(i)
	}
	stray := "s" + g.Scope
	if g.Permission != "" {
		stray = "p" + g.Permission
	}
	i := slices.Index(ch.strays, stray)
	if i < 0 {
		i = len(ch.strays)
		ch.strays = append(slices.Clip(ch.strays), stray)
	}
	return whatStray | what(i)
}
