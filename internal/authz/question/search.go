package question

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"roster/internal/authz"
)

// Page is the part of a search's results that is wanted.
type Page struct {
	After string // the Key of the last one before it; empty for the first page
	Most  int    // after none at all there is no next page either
}

// Result is one thing that a search found.
type Result struct {
	Name string // as a question names it
	Key  string // by which results are ordered, and by which Page.After goes on
}

// Subjects finds the members of the request's subject type who may do what the request asks, and whether
// there are more. The subject's ID does not matter; its properties count for everyone. Whoever is found is
// allowed the same request with their name as the subject's ID.
func (m *Mappings) Subjects(s *authz.Snapshot, r Request, p Page, at time.Time) ([]Result, bool) {
	found := next(p)
	for one := range s.Members() {
		if !found.wants(string(one.ID)) || !ofType(r.Subject.Type, one.Kind) {
			continue
		}
		r.Subject.ID = string(one.ID)
		if one.ExternalID != "" {
			if id, _ := named(s, one.ExternalID); id == one.ID {
				r.Subject.ID = one.ExternalID
			}
		}
		if q, _, ok := m.Resolve(s, &r); ok && s.Decide(q, at) {
			found.add(Result{r.Subject.ID, string(one.ID)})
		}
	}
	return found.page()
}

// Resources finds the resources of the request's type on which its subject may do what it asks, and whether
// there are more. What Roster knows of resources are units, so those are found whose ID names a unit, and the
// organisation; the resource's ID does not matter, its properties count for all.
func (m *Mappings) Resources(s *authz.Snapshot, r Request, p Page, at time.Time) ([]Result, bool) {
	found := next(p)
	try := func(name, key string) {
		r.Resource.ID = name
		if q, byID, _, ok := m.resolve(s, &r); ok && byID && s.Decide(q, at) {
			found.add(Result{name, key})
		}
	}
	if r.Resource.Type == TypeOrganisation && found.wants(string(r.Organisation)) {
		try(string(r.Organisation), string(r.Organisation))
	}
	for u := range s.Units() {
		if !found.wants(string(u.ID)) {
			continue
		}
		name := string(u.ID)
		if u.ExternalID != "" {
			if id, _ := unitNamed(s, u.ExternalID); id == u.ID {
				name = u.ExternalID
			}
		}
		try(name, string(u.ID))
	}
	return found.page()
}

// Actions finds what the request's subject may do on its resource, and whether there is more: of the actions
// that mappings name, and of the permissions.
func (m *Mappings) Actions(s *authz.Snapshot, r Request, p Page, at time.Time) ([]Result, bool) {
	found := next(p)
	names := slices.Collect(maps.Keys(m.of))
	for _, permission := range s.Catalogue().Permissions() {
		if len(m.of[permission.Key]) == 0 {
			names = append(names, permission.Key)
		}
	}
	r.Action.Properties = ""
	for _, name := range names {
		if !found.wants(name) {
			continue
		}
		r.Action.Name = name
		if q, _, ok := m.Resolve(s, &r); ok && s.Decide(q, at) {
			found.add(Result{name, name})
		}
	}
	return found.page()
}

// lowest keeps those of many results that come next, in the order of their keys, and one more to tell that
// there are more. So a page takes one walk over all, in whatever order, and little memory.
type lowest struct {
	Page
	kept []Result
}

func next(p Page) *lowest { return &lowest{Page: p} }

// wants tells whether a result of this key would be kept.
func (l *lowest) wants(key string) bool {
	return l.Most > 0 && key > l.After && (len(l.kept) <= l.Most || key < l.kept[len(l.kept)-1].Key)
}

func (l *lowest) add(r Result) {
	at, _ := slices.BinarySearchFunc(l.kept, r, func(a, b Result) int { return cmp.Compare(a.Key, b.Key) })
	l.kept = slices.Insert(l.kept, at, r)
	if len(l.kept) > l.Most+1 {
		l.kept = l.kept[:l.Most+1]
	}
}

func (l *lowest) page() ([]Result, bool) {
	return l.kept[:min(l.Most, len(l.kept))], len(l.kept) > l.Most
}
