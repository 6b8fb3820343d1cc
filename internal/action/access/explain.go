package access

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// Question asks whether a member may do something at a unit (an ID or external ID; empty for the whole
// organisation), and why.
type Question struct {
	Member     roster.MemberID
	Permission string
	Unit       string
}

// Answer says whether, and why or why not.
type Answer struct {
	Member     roster.Member
	Permission authz.Permission
	Unit       roster.Unit // that was asked about; zero for the organisation
	Allowed    bool
	Until      time.Time // until when it is allowed, as things stand; zero for endless
	By         *Source   // of an allowed one, the grant that gives the permission for the longest; nil out of the asker's sight
	Through    *Source   // and the one that gives its scope; nil when it needs none, and out of the asker's sight
	Missing    []Missing // of a refused one, all that stands against it
	Units      map[roster.UnitID]roster.Unit
	Now        time.Time
	May        []string // what the asker may do to the member
}

// Missing is one thing that stands against an answer of yes.
type Missing struct {
	authz.Lack
	Givers []Giver // who could give it, the first few; told to who sees the whole team
}

// Giver is somebody who could give what is missing.
type Giver struct {
	Member roster.MemberID
	Label  string
}

// namedGivers bounds who is named.
const namedGivers = 5

// Explain answers why a member may do something somewhere, or why not and who could change that; it is the
// decision's own walk. Kinds: Invalid (permission_unknown, unit_unknown), NotFound, Denied.
func (r *Room) Explain(ctx context.Context, q Question) (Answer, error) {
	return action.LookAt(ctx, r.gate, act.MemberExplain, roster.RefMember(q.Member, ""), func(ctx context.Context, rd store.Reader) (Answer, error) {
		b, err := open(ctx, rd, q.Member)
		if err != nil {
			return Answer{}, err
		}
		var bad roster.Problems
		a := Answer{Member: b.member, Now: b.at, May: action.Allowed(ctx, b.member, b.grants)}
		known := false
		if a.Permission, known = b.snap.Catalogue().Permission(q.Permission); !known {
			bad.Add("permission", roster.Errorf(roster.Invalid, "permission_unknown", "There is no permission %q.", q.Permission))
		}
		if q.Unit != "" {
			a.Unit, err = b.unit(q.Unit)
			bad.Add("unit", err)
		} else if b.sight != nil {
			bad.Add("unit", roster.Errorf(roster.Invalid, "field_required", "Choose the customer account that you ask about."))
		}
		if err := bad.Err(); err != nil {
			return a, err
		}
		e := b.snap.Explain(authz.Question{Member: q.Member, Permission: q.Permission, Unit: a.Unit.ID}, b.at)
		if a.Allowed, a.Until = e.Allowed, e.Until; e.Allowed {
			if a.By = b.source(e.Permission); e.Scope != nil {
				a.Through = b.source(*e.Scope)
			}
		}
		a.Missing, err = b.missing(ctx, rd, e.Missing)
		a.Units = b.units
		return a, err
	})
}

// around leaves out of what is lacking what lies out of the asker's sight: what is held there alone is, for
// them, not held.
func (b *book) around(l authz.Lack) authz.Lack {
	l.Elsewhere = slices.DeleteFunc(slices.Clone(l.Elsewhere), func(u roster.UnitID) bool { return !b.sees(u) })
	if l.Kind == authz.LackUnit && len(l.Elsewhere) == 0 {
		l.Kind = authz.LackPermission
		if l.IsScope {
			l.Kind = authz.LackScope
		}
	}
	return l
}

// missing tells of each thing that is lacking who could give it.
func (b *book) missing(ctx context.Context, rd store.Reader, lacks []authz.Lack) ([]Missing, error) {
	all := make([]Missing, len(lacks))
	var ids []roster.MemberID
	for i, l := range lacks {
		l = b.around(l)
		all[i].Lack = l
		b.named(l.Unit)
		for _, u := range l.Elsewhere {
			b.named(u)
		}
		var item roster.Grant
		switch {
		case b.sight != nil || l.Kind != authz.LackPermission && l.Kind != authz.LackScope && l.Kind != authz.LackUnit:
			continue
		case l.IsScope:
			item.Scope = l.Key
		default:
			item.Permission = l.Key
		}
		if item.Unit = l.Unit; b.member.Kind == roster.External && !b.snap.Within(l.Unit, b.member.Unit) {
			continue // nobody can give an external member anything there
		}
		for _, id := range b.snap.Givers(item, b.at, namedGivers+1) {
			if id != b.member.ID && len(all[i].Givers) < namedGivers {
				all[i].Givers = append(all[i].Givers, Giver{Member: id})
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	labels, err := memberdb.Labels(ctx, rd, roster.ActorFrom(ctx).Organisation, slices.Compact(ids))
	for i := range all {
		for j, g := range all[i].Givers {
			all[i].Givers[j].Label = labels[g.Member]
		}
	}
	return all, err
}
