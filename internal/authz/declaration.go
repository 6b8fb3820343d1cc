package authz

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"roster/internal/roster"
)

// Bounds of a declaration, generous for any product and small enough for sets of bits.
const (
	MostDeclared = 4000 // scopes, permissions and mappings each
	MaxKey       = 100  // bytes

	PermissionKey = `^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$` // what keys look like
	ScopeKey      = `^[A-Za-z][A-Za-z0-9_-]*$`
)

var (
	permissionKey = regexp.MustCompile(PermissionKey)
	scopeKey      = regexp.MustCompile(ScopeKey)
)

// check tells what is wrong with the declaration, all at once.
func (d Declaration) check() error {
	var bad roster.Problems
	for name, n := range map[string]int{"scopes": len(d.Scopes), "permissions": len(d.Permissions), "mappings": len(d.Mappings)} {
		if n > MostDeclared {
			bad.Add(name, roster.Errorf(roster.Invalid, "too_many", "At most %d, please.", MostDeclared))
		}
	}
	scopes := d.checkScopes(&bad)
	permissions := d.checkPermissions(&bad, scopes)
	d.checkMappings(&bad, permissions)
	return bad.Err()
}

func (d Declaration) checkScopes(bad *roster.Problems) map[string]bool {
	scopes, folded := map[string]bool{}, map[string]bool{}
	for i, s := range d.Scopes {
		at := fmt.Sprintf("scopes[%d].", i)
		switch {
		case s.Key == "":
			bad.Add(at+"key", required())
		case !scopeKey.MatchString(s.Key) || len(s.Key) > MaxKey:
			bad.Add(at+"key", roster.Errorf(roster.Invalid, "scope_key", "The key of a scope is made of letters, digits, - and _ and begins with a letter: %q.", s.Key))
		case strings.EqualFold(s.Key, Admin):
			bad.Add(at+"key", roster.Errorf(roster.Invalid, "key_reserved", "The scope %s is Roster's own.", Admin))
		case folded[strings.ToLower(s.Key)]:
			bad.Add(at+"key", twice(s.Key))
		}
		checkTexts(bad, at, s.Name, s.Description)
		scopes[s.Key], folded[strings.ToLower(s.Key)] = true, true
	}
	return scopes
}

func (d Declaration) checkPermissions(bad *roster.Problems, scopes map[string]bool) map[string]bool {
	own, known := map[string]bool{}, map[string]bool{}
	for _, p := range ownPermissions() {
		own[p.Key], known[p.Key] = true, true
	}
	for i, p := range d.Permissions {
		at := fmt.Sprintf("permissions[%d].", i)
		switch {
		case p.Key == "":
			bad.Add(at+"key", required())
		case !permissionKey.MatchString(p.Key) || len(p.Key) > MaxKey:
			bad.Add(at+"key", roster.Errorf(roster.Invalid, "permission_key", "The key of a permission reads area.verb, in lower case: %q.", p.Key))
		case own[p.Key]:
			bad.Add(at+"key", roster.Errorf(roster.Invalid, "key_reserved", "The permission %s is Roster's own.", p.Key))
		case known[p.Key]:
			bad.Add(at+"key", twice(p.Key))
		}
		switch {
		case p.Scope == Admin:
			bad.Add(at+"scope", roster.Errorf(roster.Invalid, "key_reserved", "The scope %s is Roster's own.", Admin))
		case p.Scope != "" && !scopes[p.Scope]:
			bad.Add(at+"scope", roster.Errorf(roster.Invalid, "scope_unknown", "There is no scope %s.", p.Scope))
		}
		if !slices.Contains([]Kind{Read, Write, Irreversible}, p.Kind) {
			bad.Add(at+"kind", roster.Errorf(roster.Invalid, "kind_unknown", "The kind is read, write or irreversible, not %q.", string(p.Kind)))
		}
		checkTexts(bad, at, p.Name, p.Description)
		known[p.Key] = true
	}
	return known
}

func (d Declaration) checkMappings(bad *roster.Problems, permissions map[string]bool) {
	seen := map[string]bool{}
	for i, m := range d.Mappings {
		at := fmt.Sprintf("mappings[%d].", i)
		if m.Action == "" {
			bad.Add(at+"action", required())
		}
		switch {
		case m.Permission == "":
			bad.Add(at+"permission", required())
		case !permissions[m.Permission]:
			bad.Add(at+"permission", roster.Errorf(roster.Invalid, "permission_unknown", "There is no permission %s.", m.Permission))
		}
		if seen[m.Question()] {
			bad.Add(at+"action", roster.Errorf(roster.Invalid, "mapping_twice", "Another mapping answers the same question."))
		}
		seen[m.Question()] = true
	}
}

// Question names what the mapping answers, for telling mappings apart.
func (m Mapping) Question() string {
	when, err := json.Marshal(m.When) // sorted by name
	if err != nil {
		when = fmt.Append(nil, m.When)
	}
	text := m.Action
	if m.ResourceType != "" {
		text += " on " + m.ResourceType
	}
	if len(m.When) > 0 {
		text += " when " + string(when)
	}
	if m.Own != "" {
		text += " own " + m.Own
	}
	return text
}

func checkTexts(bad *roster.Problems, at, name, description string) {
	clean, err := roster.CleanName(name)
	if err == nil && clean == "" {
		err = required()
	}
	bad.Add(at+"name", err)
	_, err = roster.CleanText(description, roster.MaxMessage)
	bad.Add(at+"description", err)
}

func required() error { return roster.Errorf(roster.Invalid, "field_required", "Fill this in.") }

func twice(key string) error {
	return roster.Errorf(roster.Invalid, "key_twice", "The key %s is there twice.", key)
}
