package catalogue

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/accessdb"
	"roster/internal/store/cataloguedb"
	"roster/internal/store/memberdb"
)

// Plan is what applying a document would do.
type Plan struct {
	Version     int64 // of the catalogue as it is
	Differences []Difference
	InTheWay    []cataloguedb.Use // who holds what would vanish: while there are any, applying is refused
	Touched     []cataloguedb.Use // who holds what would change
	BuiltIn     []Shift
	Moved       []Move
}

// Shift is what a built-in role would hold more and less, in every organisation.
type Shift struct {
	Role  roster.Role
	Gains []string // permissions, then scopes
	Loses []string
}

// Move is how many members of an organisation could do more or less than now, although nobody gave them
// or took from them anything: a permission came to name another scope.
type Move struct {
	Org     roster.OrgID
	OrgName string
	Members int
	Names   []string // of a few of them
}

// Plan tells what Apply would do, and does nothing. Kind: Invalid with the fields at fault.
func (r *Room) Plan(ctx context.Context, d authz.Declaration) (Plan, error) {
	return action.Look(ctx, r.gate, act.CatalogueShow, func(ctx context.Context, rd store.Reader) (Plan, error) {
		was, err := action.Catalogue(ctx, rd)
		if err != nil {
			return Plan{}, err
		}
		is, err := build(was.Version()+1, d)
		if err != nil {
			return Plan{}, err
		}
		p := Plan{Version: was.Version(), Differences: Compare(was, is), BuiltIn: shifts(was, is)}
		if p.InTheWay, err = use(ctx, rd, p.Differences, Removed); err != nil {
			return p, err
		}
		if p.Touched, err = use(ctx, rd, p.Differences, Changed); err != nil {
			return p, err
		}
		p.Moved, err = moves(ctx, rd, was, is, shaken(was, is, p))
		return p, err
	})
}

// use asks who holds the keys to which something happens. That a name or description changes is nothing
// to who holds it.
func use(ctx context.Context, r store.Reader, differences []Difference, change string) ([]cataloguedb.Use, error) {
	var permissions, scopes []string
	for _, d := range differences {
		switch {
		case d.Change != change || d.Field == "name" || d.Field == "description":
		case d.What == "permission" && !slices.Contains(permissions, d.Key):
			permissions = append(permissions, d.Key)
		case d.What == "scope" && !slices.Contains(scopes, d.Key):
			scopes = append(scopes, d.Key)
		}
	}
	if len(permissions)+len(scopes) == 0 {
		return nil, nil
	}
	return cataloguedb.Uses(ctx, r, permissions, scopes)
}

func shifts(was, is *authz.Catalogue) []Shift {
	var all []Shift
	for i, before := range was.BuiltIn() {
		after := is.BuiltIn()[i]
		s := Shift{
			Role:  after,
			Gains: append(missing(after.Permissions, before.Permissions), missing(after.Scopes, before.Scopes)...),
			Loses: append(missing(before.Permissions, after.Permissions), missing(before.Scopes, after.Scopes)...),
		}
		if len(s.Gains)+len(s.Loses) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// missing gives what is in one list and not in another.
func missing(list, other []string) []string {
	var only []string
	for _, s := range list {
		if !slices.Contains(other, s) {
			only = append(only, s)
		}
	}
	return only
}

// shaken gives the permissions, in both catalogues, that somebody may come to have or lose in effect without
// a change of grants: those that name another scope, and those of a scope that a built-in role gains or
// loses.
func shaken(was, is *authz.Catalogue, p Plan) []string {
	scopes := map[string]bool{}
	for _, s := range p.BuiltIn {
		for _, key := range slices.Concat(s.Gains, s.Loses) {
			scopes[key] = true
		}
	}
	var keys []string
	for _, after := range is.Permissions() {
		before, known := was.Permission(after.Key)
		if known && (before.Scope != after.Scope || scopes[after.Scope]) {
			keys = append(keys, after.Key)
		}
	}
	return keys
}

// moves compares, in the organisations that use some permissions, everyone's authority over them under
// the two catalogues.
func moves(ctx context.Context, r store.Reader, was, is *authz.Catalogue, permissions []string) ([]Move, error) {
	if len(permissions) == 0 {
		return nil, nil
	}
	held, err := cataloguedb.Uses(ctx, r, permissions, nil)
	if err != nil {
		return nil, err
	}
	var all []Move
	for i, u := range held {
		if slices.ContainsFunc(held[:i], func(before cataloguedb.Use) bool { return before.Org == u.Org }) {
			continue
		}
		m, err := moved(ctx, r, u, was, is, permissions)
		if err != nil {
			return nil, err
		}
		if m.Members > 0 {
			all = append(all, m)
		}
	}
	return all, nil
}

func moved(ctx context.Context, r store.Reader, of cataloguedb.Use, was, is *authz.Catalogue, permissions []string) (Move, error) {
	m := Move{Org: of.Org, OrgName: of.OrgName}
	var facts authz.Facts
	err := action.Still(ctx, func(ctx context.Context, still store.Reader) (err error) {
		facts, err = accessdb.Facts(ctx, still, of.Org)
		return err
	})
	if err != nil {
		return m, err
	}
	at := action.Moment(ctx)
	before, after := authz.NewSnapshot(was, facts), authz.NewSnapshot(is, facts)
	for _, member := range facts.Members {
		if slices.Equal(effective(before, member.ID, permissions, at), effective(after, member.ID, permissions, at)) {
			continue
		}
		if m.Members++; m.Members > mostNamed {
			continue
		}
		found, err := memberdb.ByID(ctx, r, of.Org, member.ID)
		if err != nil {
			return m, err
		}
		m.Names = append(m.Names, found.Value.Label())
	}
	return m, nil
}

// effective gives what a member can really do, of some permissions.
func effective(s *authz.Snapshot, m roster.MemberID, permissions []string, at time.Time) []authz.Effective {
	return slices.DeleteFunc(s.Authority(m, at).Effective(), func(e authz.Effective) bool { return !slices.Contains(permissions, e.Permission) })
}
