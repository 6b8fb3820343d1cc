package authz

import (
	"slices"
	"strconv"
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
func Compare(was, is *Catalogue) []Difference {
	all := differ("scope", was.declared.Scopes, is.declared.Scopes, func(s Scope) string { return s.Key }, func(s Scope) [][2]string {
		return [][2]string{{"name", s.Name}, {"description", s.Description}}
	})
	all = append(all, differ("permission", was.declared.Permissions, is.declared.Permissions, func(p Permission) string { return p.Key }, func(p Permission) [][2]string {
		return [][2]string{{"scope", p.Scope}, {"kind", string(p.Kind)}, {"name", p.Name}, {"description", p.Description}}
	})...)
	all = append(all, differ("mapping", was.declared.Mappings, is.declared.Mappings, Mapping.question, func(m Mapping) [][2]string {
		return [][2]string{{"permission", m.Permission}, {"unit_from", m.UnitFrom}}
	})...)
	before, after := questions(was), questions(is)
	stay := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(q string) bool { return !slices.Contains(others, q) })
	}
	from, to := stay(before, after), stay(after, before)
	for i, q := range to {
		if at := slices.Index(from, q); at != i {
			all = append(all, Difference{What: "mapping", Key: q, Change: Changed, Field: "position", From: strconv.Itoa(at + 1), To: strconv.Itoa(i + 1)})
		}
	}
	return all
}

func questions(c *Catalogue) []string {
	var all []string
	for _, m := range c.declared.Mappings {
		all = append(all, m.question())
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
