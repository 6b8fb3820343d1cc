// Package access is the room of the questions what somebody may do, why, why not, and who could change it: a
// member's effective permissions with their sources, one permission explained, people against customer
// accounts, and the catalogue as the asker could give it. Nothing is given here (that is team), and the
// host product's questions are answered elsewhere (decision).
package access

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/authz/giving"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Room holds the use cases about access.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// Source is a grant that gives something, in words.
type Source struct {
	Grant roster.Grant
	Role  string // the role's name; empty for a permission or scope given by itself
	Giver string // who gave it; empty for who is no member
}

// Held is a permission that a member can use at a place and below.
type Held struct {
	Permission authz.Permission
	Unit       roster.UnitID
	Until      time.Time // no later than an API user's end; zero for endless
	By         []Source  // every grant that gives the permission there, as far as the asker sees
	Through    []Source  // every grant that gives its scope there, as far as the asker sees; none where it needs none
}

// Idle is a permission that a grant gives at a place and that cannot be used there, since its scope is lacking.
type Idle struct {
	Permission authz.Permission
	Unit       roster.UnitID
	By         []Source
}

// Given is a grant with what the asker lacks to take it away; nothing when they can.
type Given struct {
	roster.Grant
	Missing []authz.Lacking
}

// Access is what a member may do.
type Access struct {
	Member roster.Member
	Unit   *roster.Unit // that was asked about; nil for everywhere
	Held   []Held       // in the catalogue's order; places above others come first
	Idle   []Idle
	Given  []Given                       // every grant that the asker sees, as it is kept
	Units  map[roster.UnitID]roster.Unit // that are named anywhere in it
	Now    time.Time

	Allowed []string // what the asker may do to the member
}

// Access gives what a member may do: everywhere, each permission at each place where it begins or lasts longer
// than above, or at one unit, what comes from above included. Of someone who is not active it is what they
// would hold. unit is an ID or external ID; empty for everywhere. Kinds: Invalid (unit_unknown), NotFound,
// Denied.
func (r *Room) Access(ctx context.Context, id roster.MemberID, unit string) (Access, error) {
	return action.LookAt(ctx, r.gate, act.MemberAccess, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Access, error) {
		b, err := open(ctx, rd, id)
		if err != nil {
			return Access{}, err
		}
		a := Access{Member: b.member, Now: b.at, Allowed: action.Allowed(ctx, b.member, b.grants)}
		if unit != "" {
			u, err := b.unit(unit)
			if err != nil {
				return a, err
			}
			a.Unit = &u
		}
		for _, p := range b.snap.Catalogue().Permissions() {
			b.hold(&a, p)
		}
		a.Units = b.units
		a.Given, err = b.given(ctx)
		return a, err
	})
}

// given tells of each grant what the asker lacks to take it away, item by item (rule 1).
func (b *book) given(ctx context.Context) ([]Given, error) {
	authority, err := action.Authority(ctx)
	if err != nil {
		return nil, err
	}
	all := []Given{}
	for _, g := range b.grants {
		if b.seen(g) {
			all = append(all, Given{g, authority.LacksToGive(g)})
		}
	}
	return all, nil
}

// hold adds the places where a permission is held.
func (b *book) hold(a *Access, p authz.Permission) {
	for _, u := range b.places(a.Unit) {
		by, through := b.snap.Sources(b.member.ID, p.Key, u, b.at)
		until, held := b.authority.Until(p.Key, u)
		switch {
		case held && a.Unit == nil && b.above(a.Held, p.Key, u, until), len(by) == 0:
		case held:
			a.Held = append(a.Held, Held{p, b.named(u), until, b.sources(by), b.sources(through)})
		case a.Unit != nil || slices.Contains(b.sight, u) || slices.ContainsFunc(by, func(s authz.Source) bool { return s.Grant.Unit == u }):
			a.Idle = append(a.Idle, Idle{p, b.named(u), b.sources(by)})
		}
	}
}

// above tells whether a permission is held above a place for as long already.
func (b *book) above(held []Held, permission string, unit roster.UnitID, until time.Time) bool {
	return slices.ContainsFunc(held, func(h Held) bool {
		return h.Permission.Key == permission && b.snap.Within(unit, h.Unit) && h.Until.Equal(until)
	})
}

// book is what is looked things up in about one member.
type book struct {
	snap      *authz.Snapshot
	sight     []roster.UnitID
	seen      func(roster.Grant) bool // whether the asker may know of a grant
	member    roster.Member
	authority authz.Authority // the member's
	grants    []roster.Grant  // as they are kept, with who gave them
	givers    map[string]string
	units     map[roster.UnitID]roster.Unit // that were named
	at        time.Time
}

func open(ctx context.Context, rd store.Reader, id roster.MemberID) (*book, error) {
	b := &book{at: action.Moment(ctx), units: map[roster.UnitID]roster.Unit{}}
	var err error
	if b.snap, err = action.Snapshot(ctx); err != nil {
		return nil, err
	}
	if b.sight, err = action.Sight(ctx); err != nil {
		return nil, err
	}
	if b.seen, err = action.Seen(ctx); err != nil {
		return nil, err
	}
	org := roster.ActorFrom(ctx).Organisation
	found, err := memberdb.ByID(ctx, rd, org, id)
	if err != nil {
		return nil, err
	}
	if b.member, err = found.Or("member"); err != nil {
		return nil, err
	}
	if b.grants, err = roledb.Grants(ctx, rd, org, id); err != nil {
		return nil, err
	}
	b.givers, err = roledb.Givers(ctx, rd, org, id)
	b.authority = giving.Lasting(b.snap, id, b.at)
	if of, _ := b.snap.Member(id); of.Over(b.at) { // as of anybody who is not active
		b.authority = b.snap.Authority(id, b.at)
	}
	return b, err
}

// unit gives the unit of an ID or external ID. Kind: Invalid, code unit_unknown, also for one out of the
// asker's sight.
func (b *book) unit(name string) (roster.Unit, error) {
	u, ok := b.snap.UnitNamed(name)
	if !ok || !b.sees(u.ID) {
		return u, roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", name).On("unit")
	}
	b.named(u.ID)
	return u, nil
}

// sees tells whether a place lies in the asker's sight.
func (b *book) sees(id roster.UnitID) bool {
	return b.sight == nil || slices.ContainsFunc(b.sight, func(top roster.UnitID) bool { return id != "" && b.snap.Within(id, top) })
}

// places gives where a member's grants lie and the asker sees, those above others first, after where that
// begins; or the one place that was asked about.
func (b *book) places(asked *roster.Unit) []roster.UnitID {
	if asked != nil {
		return []roster.UnitID{asked.ID}
	}
	all := slices.Clone(b.sight)
	for _, g := range b.grants {
		if g.Live(b.at) && b.sees(g.Unit) && !slices.Contains(all, g.Unit) {
			all = append(all, g.Unit)
		}
	}
	slices.Sort(all)
	slices.SortStableFunc(all, func(a, c roster.UnitID) int { return len(b.snap.Path(a)) - len(b.snap.Path(c)) })
	return all
}

// named notes that a unit is named in the answer.
func (b *book) named(id roster.UnitID) roster.UnitID {
	if u, ok := b.snap.Unit(id); ok {
		b.units[id] = u
	}
	return id
}

// sources gives the kept grants that sources speak of, with who gave them, as far as the asker sees.
func (b *book) sources(all []authz.Source) []Source {
	out := []Source{}
	for _, s := range all {
		if !b.seen(s.Grant) {
			continue
		}
		told := Source{Grant: s.Grant, Role: s.Role}
		if at := slices.IndexFunc(b.grants, func(g roster.Grant) bool { return g.Alike(s.Grant) }); at >= 0 {
			told.Grant = b.grants[at]
			told.Giver = b.givers[b.grants[at].GivenBy]
		}
		b.named(told.Grant.Unit)
		out = append(out, told)
	}
	return out
}

// source gives what a source speaks of; nil when the asker does not see it.
func (b *book) source(s authz.Source) *Source {
	for _, told := range b.sources([]authz.Source{s}) {
		return &told
	}
	return nil
}
