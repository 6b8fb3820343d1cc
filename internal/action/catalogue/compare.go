package catalogue

import (
	"slices"
	"strconv"

	"roster/internal/authz"
)

// The changes a Difference tells of.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Difference is one thing in which two catalogues differ.
type Difference struct {
	What   string // scope, permission or mapping
	Key    string // the scope's or permission's key; what a mapping answers
	Change string // Added, Removed or Changed
	Field  string // of something changed
	From   string
	To     string
}

// Compare gives what changed from one catalogue to another: scopes, then permissions, then mappings, each in
// the new one's order with what was removed after it. Of mappings the first that fits answers, so that their
// position among those that stay counts as a field of theirs.
func Compare(from, to *authz.Catalogue) []Difference {
	was, is := from.Declaration(), to.Declaration()
	all := differ("scope", was.Scopes, is.Scopes, func(s authz.Scope) string { return s.Key }, func(s authz.Scope) [][2]string {
		return [][2]string{{"name", s.Name}, {"description", s.Description}}
	})
	all = append(all, differ("permission", was.Permissions, is.Permissions, func(p authz.Permission) string { return p.Key }, func(p authz.Permission) [][2]string {
		return [][2]string{{"scope", p.Scope}, {"kind", string(p.Kind)}, {"name", p.Name}, {"description", p.Description}}
	})...)
	all = append(all, differ("mapping", was.Mappings, is.Mappings, authz.Mapping.Question, func(m authz.Mapping) [][2]string {
		return [][2]string{{"permission", m.Permission}, {"unit_from", m.UnitFrom}}
	})...)
	before, after := questions(was.Mappings), questions(is.Mappings)
	stay := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(q string) bool { return !slices.Contains(others, q) })
	}
	left := stay(before, after)
	for i, q := range stay(after, before) {
		if at := slices.Index(left, q); at != i {
			all = append(all, Difference{What: "mapping", Key: q, Change: Changed, Field: "position", From: strconv.Itoa(at + 1), To: strconv.Itoa(i + 1)})
		}
	}
	return all
}

func questions(mappings []authz.Mapping) []string {
	var all []string
	for _, m := range mappings {
		all = append(all, m.Question())
	}
	return all
}

func differ[T any](what string, was, is []T, key func(T) string, fields func(T) [][2]string) []Difference {
	var all []Difference
	before, after := map[string]T{}, map[string]bool{}
	for _, t := range was {
		before[key(t)] = t
	}
	for _, t := range is {
		k := key(t)
		after[k] = true
		old, ok := before[k]
		if !ok {
			all = append(all, Difference{What: what, Key: k, Change: Added})
			continue
		}
		from, to := fields(old), fields(t)
		for i := range to {
			if from[i] != to[i] {
				all = append(all, Difference{What: what, Key: k, Change: Changed, Field: to[i][0], From: from[i][1], To: to[i][1]})
			}
		}
	}
	for _, t := range was {
		if !after[key(t)] {
			all = append(all, Difference{What: what, Key: key(t), Change: Removed})
		}
	}
	return all
}
