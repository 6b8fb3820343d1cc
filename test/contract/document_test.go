package contract_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/rostertest/rest"
	"roster/internal/server/api"
)

// document is the OpenAPI document, as far as these tests read it.
type document struct {
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]*schema }
	Tags       []struct{ Name, Description string }
}

// operation is a method at a path.
type operation struct {
	method, path string

	ID         string   `json:"operationId"`
	Actions    []string `json:"x-actions"`
	Summary    string
	Parameters []parameter
	Body       *struct {
		Required bool
		Content  map[string]media
	} `json:"requestBody"`
	Responses map[string]answer
}

type parameter struct {
	Name, In string
	Required bool
	Schema   schema
}

type media struct {
	Schema  schema
	Example json.RawMessage
}

type answer struct {
	Description string
	Headers     map[string]struct{ Schema schema }
	Content     map[string]media
	Codes       []string `json:"x-codes"`
}

// schema is what of a schema the tests look at; a validator knows the rest.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Pattern    string
	Enum       []any
	Properties map[string]*schema
	Required   []string
	Items      *schema
	AnyOf      []*schema
	MinLength  *int
	MaxLength  *int
	MaxItems   *int
	Minimum    *float64
	Maximum    *float64
	Additional json.RawMessage `json:"additionalProperties"`
}

// types gives a schema's types.
func (s *schema) types() []string {
	switch t := s.Type.(type) {
	case string:
		return []string{t}
	case []any:
		return rest.Texts(t)
	}
	return nil
}

// read asks for the document.
func read(t testing.TB, r *rest.Rig) *document {
	t.Helper()
	a := r.Nobody(t).Ask("GET", "/openapi.json", "")
	a.Is(http.StatusOK)
	d := &document{}
	rest.Must(t, json.Unmarshal([]byte(a.Text), d))
	for path, item := range d.Paths {
		for method, o := range item {
			o.method, o.path = strings.ToUpper(method), path
			if len(o.Actions) == 0 {
				t.Fatalf("%s %s names no action", o.method, path)
			}
		}
	}
	return d
}

// operations gives all of them, by path and method.
func (d *document) operations() []*operation {
	var all []*operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			all = append(all, d.Paths[path][method])
		}
	}
	return all
}

// at finds the operation that answers a method at a path without its query; one without parts to be filled in goes before others.
func (d *document) at(method, path string) *operation {
	var best *operation
	given := strings.Split(path, "/")
	for _, o := range d.operations() {
		parts := strings.Split(o.path, "/")
		fits := o.method == method && len(parts) == len(given)
		for i := 0; fits && i < len(parts); i++ {
			fits = parts[i] == given[i] || strings.HasPrefix(parts[i], "{") && given[i] != ""
		}
		if fits && (best == nil || strings.Count(o.path, "{") < strings.Count(best.path, "{")) {
			best = o
		}
	}
	return best
}

// resolve follows a reference.
func (d *document) resolve(s *schema) *schema {
	if s != nil && s.Ref != "" {
		return d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

// route gives the operation as routes are named.
func (o *operation) route() string { return o.method + " " + api.Prefix + o.path }

// takes tells whether an operation has a parameter.
func (o *operation) takes(in, name string) bool {
	return slices.ContainsFunc(o.Parameters, func(p parameter) bool { return p.In == in && strings.EqualFold(p.Name, name) })
}

// json gives the schema of the JSON that an operation takes; nil for one that takes none.
func (o *operation) json() *schema {
	if o.Body == nil {
		return nil
	}
	if m, ok := o.Body.Content["application/json"]; ok {
		return &m.Schema
	}
	return nil
}

// media gives the type of the bytes that the tour sends to an operation that takes no JSON: a table's or a picture's.
func (o *operation) media() string {
	if _, table := o.Body.Content["text/csv"]; table {
		return "text/csv"
	}
	return "image/png"
}

// codes gives the codes that an operation can be refused with, by status.
func (o *operation) codes() map[string][]string {
	all := map[string][]string{}
	for status, a := range o.Responses {
		all[status] = a.Codes
	}
	return all
}
