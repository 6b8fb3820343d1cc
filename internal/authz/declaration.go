package authz

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
)

// Bounds of a declaration, generous for any product and small enough for sets of bits.
const (
	maxDeclared = 4000 // scopes, permissions and mappings each
	maxKey      = 100  // bytes
)

// maxDeclaration bounds the document's size in bytes.
const maxDeclaration = 4 << 20

// ParseDeclaration reads a declaration from YAML or JSON. It refuses unknown and repeated fields, more than
// one document, and what is not a declaration. Numbers in conditions become float64, as in a request's
// JSON. Kind: Invalid; whether the parts fit together is NewCatalogue's to say.
func ParseDeclaration(data []byte) (Declaration, error) {
	var d Declaration
	if len(data) > maxDeclaration {
		return d, malformed(fmt.Errorf("it is larger than %d MiB", maxDeclaration>>20))
	}
	var err error
	if text := bytes.TrimSpace(data); bytes.HasPrefix(text, []byte("{")) && json.Valid(text) {
		err = parseJSON(text, &d)
	} else {
		err = parseYAML(data, &d)
	}
	if err != nil {
		return Declaration{}, malformed(err)
	}
	for i, m := range d.Mappings {
		for name, value := range m.When {
			if m.When[name], err = plain(value); err != nil {
				return Declaration{}, malformed(fmt.Errorf("mappings[%d].when.%s: %w", i, name, err))
			}
		}
	}
	return d, nil
}

func malformed(err error) error {
	return roster.Errorf(roster.Invalid, "catalogue_malformed", "This is no catalogue: %s.", strings.TrimSuffix(err.Error(), ".")).On("catalogue")
}

func parseYAML(data []byte, d *Declaration) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(d); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one document")
	}
	return nil
}

func parseJSON(data []byte, d *Declaration) error {
	if err := single(json.NewDecoder(bytes.NewReader(data))); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(d)
}

// single refuses an object that names a field twice, in whatever case: encoding/json would let the last win.
func single(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		seen := map[string]bool{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			folded := strings.ToLower(fmt.Sprint(name))
			if seen[folded] {
				return fmt.Errorf("the field %q is there twice", name)
			}
			seen[folded] = true
			if err := single(dec); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	case json.Delim('['):
		for dec.More() {
			if err := single(dec); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return err
}

// plain gives a condition's value as JSON knows it, so that it can be compared with a request's.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case nil, bool, string, float64:
		return v, nil
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	}
	return nil, errors.New("a condition compares with a text, a number, true, false or null")
}

var (
	permissionKey = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$`)
	scopeKey      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
)

// check tells what is wrong with the declaration, all at once.
func (d Declaration) check() error {
	var bad roster.Problems
	for name, n := range map[string]int{"scopes": len(d.Scopes), "permissions": len(d.Permissions), "mappings": len(d.Mappings)} {
		if n > maxDeclared {
			bad.Add(name, roster.Errorf(roster.Invalid, "too_many", "At most %d, please.", maxDeclared))
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
		case !scopeKey.MatchString(s.Key) || len(s.Key) > maxKey:
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
		case !permissionKey.MatchString(p.Key) || len(p.Key) > maxKey:
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
		if seen[m.question()] {
			bad.Add(at+"action", roster.Errorf(roster.Invalid, "mapping_twice", "Another mapping answers the same question."))
		}
		seen[m.question()] = true
	}
}

// question names what the mapping answers, for telling mappings apart.
func (m Mapping) question() string {
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
