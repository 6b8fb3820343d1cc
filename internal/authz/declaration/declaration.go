// Package declaration reads what a host product says of itself, its part of the catalogue, from a document.
// Whether the parts fit together is the catalogue's to say, and where documents come from the doors'.
package declaration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"

	"roster/internal/authz"
	"roster/internal/roster"
)

// largest bounds the document's size in bytes.
const largest = 4 << 20

// Parse reads a declaration from YAML or JSON. It refuses unknown and repeated fields, more than
// one document, and what is not a declaration. Numbers in conditions become float64, as in a request's
// JSON. Kind: Invalid; whether the parts fit together is authz.NewCatalogue's to say.
func Parse(data []byte) (authz.Declaration, error) {
	var d authz.Declaration
	if len(data) > largest {
		return d, malformed(fmt.Errorf("it is larger than %d MiB", largest>>20))
	}
	var err error
	if text := bytes.TrimSpace(data); bytes.HasPrefix(text, []byte("{")) && json.Valid(text) {
		err = parseJSON(text, &d)
	} else {
		err = parseYAML(data, &d)
	}
	if err != nil {
		return authz.Declaration{}, malformed(err)
	}
	for i, m := range d.Mappings {
		if nul(m) {
			return authz.Declaration{}, malformed(fmt.Errorf("mappings[%d] holds a NUL character, which no text has", i))
		}
		for name, value := range m.When {
			if m.When[name], err = plain(value); err != nil {
				return authz.Declaration{}, malformed(fmt.Errorf("mappings[%d].when.%s: %w", i, name, err))
			}
		}
	}
	return d, nil
}

// nul tells whether a text of a mapping holds what not every database can keep; others have forms of their own.
func nul(m authz.Mapping) bool {
	all := m.Action + m.ResourceType + m.Own + m.Permission + m.UnitFrom
	for name, value := range m.When {
		text, _ := value.(string)
		all += name + text
	}
	return strings.IndexByte(all, 0) >= 0
}

func malformed(err error) error {
	return roster.Errorf(roster.Invalid, "catalogue_malformed", "This is no catalogue: %s.", strings.TrimSuffix(err.Error(), ".")).On("catalogue")
}

func parseYAML(data []byte, d *authz.Declaration) error {
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

func parseJSON(data []byte, d *authz.Declaration) error {
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
	case nil, bool, string:
		return v, nil
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v, nil
		}
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	}
	return nil, errors.New("a condition compares with a text, a number, true, false or null")
}
