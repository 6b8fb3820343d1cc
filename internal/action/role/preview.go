package role

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Trial is a change that is looked at before it is made: of a role of the organisation's own, or a new one
// when ID is empty.
type Trial struct {
	ID     string // or key
	Delete bool
	Edit   Edit // of a new role: all of it
}

// Preview is what a change would do.
type Preview struct {
	Role    roster.Role     // as it would be; of a deletion as it is
	Holding int             // members who hold the role now
	Gaining int             // of those, how many would gain something, or hold it longer
	Losing  int             // and how many would lose something, or hold it shorter
	Holders []Holder        // whose access would change, by name; the first of them
	Missing []authz.Lacking // what the asker lacks to make the change
	InUse   bool            // a deletion would be refused, since someone holds the role
}

// Holder is one who holds the role and whose access a change of it would change.
type Holder struct {
	Member roster.MemberID
	Label  string
	Kind   roster.MemberKind
	Status roster.Status
	Shifts []authz.Shift
}

// What a preview shows at most, and a refusal names.
const (
	shownHolders = 50
	mostMissing  = 20
	namedHolders = 5
)

// Preview tells who would gain and lose what by a change of a role, and what the asker lacks to make it;
// nothing changes. What it tells of a change is what that change does when it is made on the same state.
// Kinds: as Create, Edit and Delete, but for role_in_use and exceeds_authority, which it tells of.
func (r *Room) Preview(ctx context.Context, t Trial) (Preview, error) {
	return action.Look(ctx, r.gate, act.RolePreview, func(ctx context.Context, rd store.Reader) (Preview, error) {
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return Preview{}, err
		}
		was, now, err := t.states(ctx, rd, snap)
		if err != nil {
			return Preview{}, err
		}
		return preview(ctx, rd, snap, was, now)
	})
}

// states gives the role as it is and as it would be; nil where there is none.
func (t Trial) states(ctx context.Context, rd store.Reader, snap *authz.Snapshot) (was, now *roster.Role, err error) {
	var role roster.Role
	if t.ID != "" {
		if role, err = stored(ctx, rd, snap.Catalogue(), t.ID); err == nil {
			err = mutable(role)
		}
		if err == nil && t.Edit.Version != 0 && t.Edit.Version != role.Version {
			err = store.ErrStale()
		}
		if err != nil {
			return nil, nil, err
		}
		was = &role
	}
	if t.Delete {
		return was, nil, nil
	}
	next, err := t.Edit.apply(role).clean(snap.Catalogue())
	if err != nil {
		return nil, nil, err
	}
	if was != nil {
		err = fitsHolders(snap, next, action.Moment(ctx))
	}
	return was, &next, err
}

func preview(ctx context.Context, rd store.Reader, snap *authz.Snapshot, was, now *roster.Role) (Preview, error) {
	authority, err := action.Authority(ctx)
	if err != nil {
		return Preview{}, err
	}
	if was == nil {
		return Preview{Role: *now, Missing: authority.LacksRole(*now)}, nil
	}
	p := Preview{Role: *was}
	delta := authz.Delta{Seq: snap.Seq(), RolesGone: []string{was.ID}}
	if now != nil {
		p.Role, delta.Roles, delta.RolesGone = *now, []roster.Role{*now}, nil
	}
	p.Missing = authority.LacksRole(authz.RoleDifference(was, now))
	after, at := snap.With(delta), action.Moment(ctx)
	for _, id := range snap.HoldersLive(was.ID, at) {
		p.Holding++
		p.touch(snap, authority, id, snap.Authority(id, at), after.Authority(id, at))
	}
	p.InUse = now == nil && p.Holding > 0
	return p, p.name(ctx, rd)
}

// touch notes what the change does to one who holds the role.
func (p *Preview) touch(snap *authz.Snapshot, actor authz.Authority, id roster.MemberID, before, after authz.Authority) {
	shifts := authz.Shifts(before, after)
	if len(shifts) == 0 {
		return
	}
	for _, gains := range []bool{true, false} {
		if slices.ContainsFunc(shifts, func(s authz.Shift) bool { return Gains(s) == gains }) {
			if gains {
				p.Gaining++
			} else {
				p.Losing++
			}
		}
	}
	if len(p.Missing) < mostMissing {
		for _, l := range actor.LacksChange(before, after) {
			if len(p.Missing) < mostMissing && !slices.Contains(p.Missing, l) {
				p.Missing = append(p.Missing, l)
			}
		}
	}
	m, _ := snap.Member(id)
	p.Holders = append(p.Holders, Holder{Member: id, Kind: m.Kind, Status: m.Status, Shifts: shifts})
}

// Gains tells whether a change of somebody's access is for more: gained, or for longer.
func Gains(s authz.Shift) bool {
	if s.Before.Held && s.After.Held {
		return !s.Before.Until.IsZero() && (s.After.Until.IsZero() || s.After.Until.After(s.Before.Until))
	}
	return s.After.Held
}

// name orders the holders by what they are called, and keeps the first of them. The list of who holds the role is
// in that order already, so that no more are named than are shown.
func (p *Preview) name(ctx context.Context, rd store.Reader) error {
	changed := make(map[roster.MemberID]Holder, len(p.Holders))
	for _, h := range p.Holders {
		changed[h.Member] = h
	}
	p.Holders = nil
	f := roledb.HolderFilter{Org: roster.ActorFrom(ctx).Organisation, Role: p.Role.ID, At: action.Moment(ctx), Limit: 4 * shownHolders}
	for len(changed) > 0 && len(p.Holders) < shownHolders {
		some, err := roledb.Holders(ctx, rd, f)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, of := range some {
			if h, ok := changed[of.Member.ID]; ok && len(p.Holders) < shownHolders {
				h.Label = of.Member.Label()
				p.Holders = append(p.Holders, h)
				delete(changed, h.Member)
			}
		}
		f.After = some[len(some)-1].Key()
	}
	return nil
}

// inUse tells that somebody holds a role, naming the first of them to who may see the team. Kind: Conflict,
// code role_in_use.
func inUse(ctx context.Context, tx *store.Tx, snap *authz.Snapshot, v roster.Role) error {
	at := tx.At()
	n := len(snap.HoldersLive(v.ID, at))
	if n == 0 {
		return nil
	}
	who := roster.Phrasef("%d members hold", n)
	if n == 1 {
		who = roster.Plain("One member holds")
	}
	names, err := first(ctx, tx, v, at)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		list := strings.Join(names, ", ")
		switch {
		case n > len(names):
			who = roster.Phrasef("%s and %d others hold", list, n-len(names))
		case n > 1:
			who = roster.Phrasef("%s hold", list)
		default:
			who = roster.Phrasef("%s holds", list)
		}
	}
	e := roster.Errorf(roster.Conflict, "role_in_use", "%s %s. Take it from everyone first.", who, v.Name)
	e.Holders = names
	return e
}

// first names the first holders of a role, if the actor may see the team.
func first(ctx context.Context, tx *store.Tx, v roster.Role, at time.Time) ([]string, error) {
	authority, err := action.Authority(ctx)
	if err != nil || !authority.Holds(authz.MembersRead, "") {
		return nil, err
	}
	all, err := roledb.Holders(ctx, tx, roledb.HolderFilter{Org: tx.Org(), Role: v.ID, At: at, Limit: 4 * namedHolders})
	var names []string
	for _, h := range all {
		if label := h.Member.Label(); len(names) < namedHolders && !slices.Contains(names, label) {
			names = append(names, label)
		}
	}
	return names, err
}
