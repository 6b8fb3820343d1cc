package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/roster"
	"roster/internal/server"
)

// Patch is the body of a merge patch (RFC 7396) of something that is shown as S and can be edited as E says:
// what it names is set, null clears it. Fields that S does not have are malformed.
type Patch[S, E any] struct {
	Set   E
	fixed []string // named, though they cannot be edited
}

// Given is a field of a merge patch: whether it was named, and its value; zero for null.
type Given[T any] struct {
	Is    bool
	Value T
	null  bool
}

// UnmarshalJSON reads a field that was named.
func (g *Given[T]) UnmarshalJSON(data []byte) error {
	*g = Given[T]{Is: true, null: string(data) == "null"}
	return json.Unmarshal(data, &g.Value)
}

// Null tells that the field was named, and cleared.
func (g Given[T]) Null() bool { return g.null }

// Schema describes the field in OpenAPI.
func (g Given[T]) Schema(r huma.Registry) *huma.Schema {
	s := *huma.SchemaFromType(r, reflect.TypeFor[T]())
	s.Nullable = true
	return &s
}

// To gives what to set; nil for what was not named.
func (g Given[T]) To() *T {
	if !g.Is {
		return nil
	}
	return &g.Value
}

// UnmarshalJSON reads a patch; the fields that can be edited by the rules of server.UnmarshalJSON.
func (p *Patch[S, E]) UnmarshalJSON(data []byte) error {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil || all == nil {
		return Malformed("The body must be an object, not null or a list.")
	}
	*p = Patch[S, E]{}
	editable, known := fieldNames(reflect.TypeFor[E]()), fieldNames(reflect.TypeFor[S]())
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case editable[name]:
		case known[name]:
			p.fixed = append(p.fixed, name)
			delete(all, name)
		default:
			return Malformed("The field %s is not known here.", shown(name))
		}
	}
	rest, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return server.UnmarshalJSON(rest, &p.Set)
}

// Schema describes the patch in OpenAPI.
func (p Patch[S, E]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[E](), true, "")
}

// Fixed lists the fields that were named and cannot be edited; reasons says, for some of them, what can be
// done instead. nil for none. Kind: Invalid, code not_editable.
func (p Patch[S, E]) Fixed(reasons map[string]string) error {
	var bad roster.Problems
	for _, name := range p.fixed {
		reason := reasons[name]
		if reason == "" {
			reason = "This field cannot be edited."
		}
		bad.Add(name, roster.Errorf(roster.Invalid, "not_editable", "%s", reason))
	}
	return bad.Err()
}

// fieldNames gives the JSON names of a struct's fields.
func fieldNames(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names[name] = true
		}
	}
	return names
}

// MergePatch lets an operation whose body is a patch take it under its own media type too; E is what can
// be edited.
func MergePatch[E any](o *huma.Operation) {
	ref := schemas + reflect.TypeFor[E]().Name()
	o.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{mediaPatch: {Schema: &huma.Schema{Ref: ref}}}}
}

// takesPatch tells whether an operation takes merge patches.
func takesPatch(o *huma.Operation) bool {
	return o.RequestBody != nil && o.RequestBody.Content[mediaPatch] != nil
}
