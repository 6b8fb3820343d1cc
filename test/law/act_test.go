package law_test

import (
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/roster"
)

// deed is something that somebody tries, in the words of no door.
type deed struct {
	name   act.Name
	on     roster.MemberID
	kind   roster.MemberKind // of a new member
	role   string
	draft  roster.Role // whose content is wanted, and for whom
	unit   roster.UnitID
	under  roster.UnitID // where a unit is made, or moved to
	group  bool
	grants []roster.Grant  // that are asked for
	later  bool            // start blocked
	label  string          // unlike any other: a name, or the part of an address before the @
	secret string          // of an invitation
	live   bool            // whether that still opens anything
	copied bool            // whether it was handed over, and not mailed
	to     roster.MemberID // who takes over what hangs on who is removed
	comes  string          // what the connection's provider calls somebody from now on; empty for e-mail and password
	ends   time.Time       // when an API user's time is over; zero for never
	which  string          // a secret or key of an API user, by its ID
	jwk    string          // a public key that nobody has yet
}

// principal is who tries: a member or API user, perhaps by a token that names some permissions; or root.
type principal struct {
	member roster.MemberID
	token  []string
	root   bool
}

// kept tells whether somebody has no way in but the connection, whose provider signs nobody in here.
func (w *world) kept(p principal) bool {
	return w.shut[p.member] && w.members[p.member].Status == roster.Active
}

// made stands for whatever an act makes until its ID is known.
const made = "made"

// expect reads an act by the words of design page 1: how the organisation stands after it, or why it is
// refused. The answer to who asks without being somebody any more is that they are nobody.
func (w *world) expect(p principal, a deed) (after *world, why string) {
	h := w.lasting(p.member, p.token)
	if why := w.permitted(p, h, a); why != "" {
		return w, why
	}
	after = w.clone()
	if why := after.do(w, p, h, a); why != "" {
		return w, why
	}
	if !p.root && a.name != act.InvitationAccept {
		if why := w.lawful(h, after); why != "" {
			return w, why
		}
		if from, to := w.lasts(p.member), after.lasts(p.member); to < from {
			return w, "one's own last administrative access"
		}
	}
	if why := after.broken(); why != "" {
		return w, why
	}
	return after, ""
}

// needs gives the permission of an act and where it is asked; anywhere is for what touches only what lies
// where it is held.
func (w *world) needs(a deed) (permission string, at []roster.UnitID, anywhere bool) {
	switch a.name {
	case act.MemberInvite, act.APIUserCreate, act.MemberCreate:
		return "members.write", []roster.UnitID{a.unit}, false
	case act.MemberGrant:
		return "members.write", nil, true
	case act.MemberRemove:
		return "members.remove", []roster.UnitID{w.place(a.on)}, false
	case act.MemberLink, act.MemberPassword, act.MemberPasswordReset, act.MemberMethod, act.EndSet, act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove:
		return "members.credentials", []roster.UnitID{w.place(a.on)}, false
	case act.RoleCreate, act.RoleEdit, act.RoleDelete:
		return "roles.write", []roster.UnitID{""}, false
	case act.UnitCreate:
		return "units.write", []roster.UnitID{a.under}, false
	case act.UnitMove:
		if w.units[a.unit].Parent != a.under {
			return "units.write", []roster.UnitID{a.unit, w.units[a.unit].Parent, a.under}, false
		}
		return "units.write", []roster.UnitID{a.unit}, false
	case act.UnitArchive, act.UnitRestore:
		return "units.write", []roster.UnitID{a.unit}, false
	}
	return "members.write", []roster.UnitID{w.place(a.on)}, false
}

// place is the place of an act on a member: an external one's unit, else the organisation.
func (w *world) place(m roster.MemberID) roster.UnitID {
	if of := w.members[m]; of.Kind == roster.External {
		return of.Unit
	}
	return ""
}

// lasts gives until when somebody may change what members hold, wherever that lasts longest.
func (w *world) lasts(m roster.MemberID) int64 {
	last, of := int64(nothing), w.member(m)
	for _, u := range w.places() {
		last = max(last, of.effective[u]["members.write"])
	}
	return last
}

// looks tells whether a place is, or lies below, one where somebody may see members: for the sake of an act's permission,
// or by the one that shows them.
func (w *world) looks(h holding, permission string, u roster.UnitID) bool {
	return slices.ContainsFunc(w.way(u), func(u roster.UnitID) bool {
		return h.effective[u][permission] != nothing || h.effective[u]["members.read"] != nothing
	})
}

// sees tells whether a member stands, by their unit or a live grant, where somebody looks.
func (w *world) sees(p principal, h holding, permission string, m roster.MemberID) bool {
	stands := func(u roster.UnitID) bool { return w.looks(h, permission, u) }
	return m == p.member || stands(w.place(m)) || slices.ContainsFunc(w.of(m), func(g roster.Grant) bool { return g.Live(w.at) && stands(g.Unit) })
}

// permitted reads who may do an act at all, and rules 2 to 4.
func (w *world) permitted(p principal, h holding, a deed) string {
	if a.on != "" {
		if _, there := w.members[a.on]; !there {
			return "nobody is there"
		}
	}
	if a.name == act.InvitationAccept || p.root {
		return ""
	}
	if w.members[p.member].Status != roster.Active {
		return "who asks is " + string(w.members[p.member].Status)
	}
	if w.over(p.member) {
		return "the time of who asks is over"
	}
	permission, at, anywhere := w.needs(a)
	if anywhere && (!slices.ContainsFunc(w.places(), func(u roster.UnitID) bool { return h.effective[u][permission] != nothing }) || !w.sees(p, h, permission, a.on)) {
		return "no " + permission + " anywhere, or out of sight"
	}
	for _, u := range at {
		if h.effective[u][permission] == nothing {
			return "no " + permission + " at " + string(u)
		}
	}
	if a.name == act.MemberCreate && (h.effective[a.unit]["members.credentials"] == nothing || w.members[p.member].Kind == roster.API) {
		return "no members.credentials at " + string(a.unit) + ", or a program that sets a password"
	}
	if to := h.effective[a.under]; a.name == act.UnitMove && a.under != "" && to["units.write"] == nothing && to["units.read"] == nothing {
		return "out of sight: " + string(a.under)
	}
	return w.guarded(p, h, a)
}

// entries are the acts on somebody's ways in.
var entries = []act.Name{
	act.MemberLink, act.MemberPassword, act.MemberPasswordReset, act.MemberMethod, act.EndSet, act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove,
}

func (w *world) guarded(p principal, h holding, a deed) string {
	self, entry := a.on == p.member, slices.Contains(entries, a.name)
	switch a.name {
	case act.MemberClone, act.MemberBlock, act.MemberUnblock, act.MemberRemove, act.MemberResend:
		if self {
			return "on oneself"
		}
	}
	if entry && self {
		return "on oneself"
	}
	switch a.name {
	case act.MemberEdit, act.MemberGrant, act.MemberBlock, act.MemberUnblock, act.MemberRemove, act.MemberResend:
		if !self && w.above(h, w.member(a.on)) {
			return "upwards"
		}
	}
	if entry && w.above(h, w.member(a.on)) {
		return "upwards"
	}
	if entry && (w.members[p.member].Kind == roster.API || w.stronger(h, w.member(a.on))) {
		return "a way in to someone stronger, or by a program"
	}
	return ""
}

// stronger tells whether a target holds any permission somewhere that h lacks there (rule 3).
func (w *world) stronger(h, target holding) bool {
	for u, of := range target.effective {
		for key := range of {
			if h.effective[u][key] == nothing {
				return true
			}
		}
	}
	return false
}
