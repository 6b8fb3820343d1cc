package question

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/roster"
)

// mapping is an authz.Mapping made ready to be compared with questions.
type mapping struct {
	resourceType string // empty for any
	when         []condition
	own          *where // what names the owner; nil where it does not matter
	permission   string
	unit         *where // what names the unit; nil for the general rule
}

// condition wants a value somewhere in the question.
type condition struct {
	where where
	value literal
}

// where is a place in a question.
type where struct {
	part part
	name string // of a property
}

type part int

const (
	subjectType part = iota
	subjectID
	subjectProperty
	actionProperty
	resourceType
	resourceID
	resourceProperty
	contextProperty
	wholeOrganisation // no place at all: the organisation itself
)

// parseWhere reads a place: subject.id, subject.type, resource.id, resource.type, or a property, such as
// resource.properties.status, in short resource.status, or context.time. The rest after the entity is one
// property's name, dots included.
func parseWhere(s string) (where, error) {
	switch s {
	case "subject.type":
		return where{part: subjectType}, nil
	case "subject.id":
		return where{part: subjectID}, nil
	case "resource.type":
		return where{part: resourceType}, nil
	case "resource.id":
		return where{part: resourceID}, nil
	}
	entity, name, _ := strings.Cut(s, ".")
	if rest, long := strings.CutPrefix(name, "properties."); long && entity != "context" {
		name = rest
	}
	of, ok := map[string]part{"subject": subjectProperty, "action": actionProperty, "resource": resourceProperty, "context": contextProperty}[entity]
	if !ok || name == "" || name == "properties" && entity != "context" || s == "action.name" {
		return where{}, roster.Errorf(roster.Invalid, "place_unknown", "Name a place in the question, such as resource.id, resource.properties.status or context.channel, not %q.", s)
	}
	return where{of, name}, nil
}

// Mappings are a catalogue's, ready to answer questions. They never change.
type Mappings struct {
	of map[string][]mapping // by the action they answer, in their order
}

// Compile makes a catalogue's mappings ready. Kind: Invalid with the fields at fault, such as
// "mappings[3].when", for what a catalogue does not look at: places in questions, and values to compare.
func Compile(c *authz.Catalogue) (*Mappings, error) {
	var bad roster.Problems
	of := map[string][]mapping{}
	for i, m := range c.Declaration().Mappings {
		of[m.Action] = append(of[m.Action], compile(m, &bad, fmt.Sprintf("mappings[%d].", i)))
	}
	return &Mappings{of}, bad.Err()
}

func compile(m authz.Mapping, bad *roster.Problems, at string) mapping {
	out := mapping{resourceType: m.ResourceType, permission: m.Permission}
	for _, name := range slices.Sorted(maps.Keys(m.When)) {
		w, err := parseWhere(name)
		bad.Add(at+"when", err)
		value, err := newLiteral(m.When[name])
		bad.Add(at+"when", err)
		out.when = append(out.when, condition{w, value})
	}
	if m.Own != "" {
		out.own = &where{resourceProperty, m.Own}
		if strings.HasPrefix(m.Own, "resource.") {
			w, err := parseWhere(m.Own)
			bad.Add(at+"own", err)
			out.own = &w
		}
	}
	switch {
	case m.UnitFrom == "organisation":
		out.unit = &where{part: wholeOrganisation}
	case m.UnitFrom != "":
		w, err := parseWhere(m.UnitFrom)
		bad.Add(at+"unit_from", err)
		out.unit = &w
	}
	return out
}

// value gives what stands at the place, as JSON where it is a property; plain tells that it is the text
// itself.
func (w where) value(r *Request) (raw string, plain, there bool) {
	switch w.part {
	case subjectType:
		return r.Subject.Type, true, true
	case subjectID:
		return r.Subject.ID, true, true
	case resourceType:
		return r.Resource.Type, true, true
	case resourceID:
		return r.Resource.ID, true, true
	case wholeOrganisation:
		return "", true, false
	}
	raw, there = w.properties(r).value(w.name)
	return raw, false, there
}

func (w where) properties(r *Request) Properties {
	switch w.part {
	case subjectProperty:
		return r.Subject.Properties
	case actionProperty:
		return r.Action.Properties
	case resourceProperty:
		return r.Resource.Properties
	}
	return r.Context
}

// text gives the text that stands at the place.
func (w where) text(r *Request) (string, bool) {
	if raw, plain, there := w.value(r); plain || !there {
		return raw, there
	}
	return w.properties(r).text(w.name)
}

func (c condition) holds(r *Request) bool {
	raw, plain, there := c.where.value(r)
	if plain {
		return c.value.kind == 't' && c.value.text == raw
	}
	return c.value.is(raw, there)
}

// fits tells whether the mapping answers the question, whoever the owner is.
func (m *mapping) fits(r *Request) bool {
	if m.resourceType != "" && m.resourceType != r.Resource.Type {
		return false
	}
	for i := range m.when {
		if !m.when[i].holds(r) {
			return false
		}
	}
	return true
}
