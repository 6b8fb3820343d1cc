package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// guide is what the page for people shows.
type guide struct {
	Title, Text, Version                                             string
	Contents, Parameters, Body, Answer, Errors, Field, Type, Meaning string
	Required, OpenAPI                                                string
	Prefix                                                           string
	Operations                                                       []guideOperation
}

type guideOperation struct {
	ID, Method, Path, Summary string
	Parameters, Body          []guideField
	Status                    string
	Headers, Answer           []guideField
}

type guideField struct {
	Name, In, Type, Text string
	Required             bool
}

// fieldTable is a table of fields with the words of its head.
type fieldTable struct {
	Guide  guide
	Fields []guideField
}

func fieldsOf(g guide, all []guideField) fieldTable { return fieldTable{g, all} }

// guide reads the operations off the OpenAPI document, in the order of the routes.
func (d *Door) guide() guide {
	say := d.set.Words
	g := guide{
		Title: say.Say("api.title"), Text: say.Say("api.description"), Version: d.set.Version, Prefix: Prefix,
		Contents: say.Say("api.contents"), Parameters: say.Say("api.parameters"), Body: say.Say("api.body"), Answer: say.Say("api.answer"),
		Errors: say.Say("api.errors"), Field: say.Say("api.field"), Type: say.Say("api.type"), Meaning: say.Say("api.meaning"),
		Required: say.Say("api.required"), OpenAPI: say.Say("api.openapi"),
	}
	for _, path := range d.order {
		item := d.api.OpenAPI().Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil {
				g.Operations = append(g.Operations, d.guideTo(o))
			}
		}
	}
	return g
}

func (d *Door) guideTo(o *huma.Operation) guideOperation {
	out := guideOperation{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary}
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, guideField{Name: p.Name, In: p.In, Type: d.typeName(p.Schema), Text: p.Description, Required: p.Required})
	}
	if o.RequestBody != nil && o.RequestBody.Content[mediaJSON] != nil {
		out.Body = d.fields(o.RequestBody.Content[mediaJSON].Schema)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		if !strings.HasPrefix(status, "2") {
			continue
		}
		out.Status = status + " " + r.Description
		for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
			out.Headers = append(out.Headers, guideField{Name: name, Type: "header", Text: r.Headers[name].Schema.Description})
		}
		if c := r.Content[mediaJSON]; c != nil {
			out.Answer = d.fields(c.Schema)
		}
	}
	return out
}

// fields gives the fields of an object's schema by name.
func (d *Door) fields(s *huma.Schema) []guideField {
	s = d.resolve(s)
	var all []guideField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		all = append(all, guideField{Name: name, Type: d.typeName(p), Text: p.Description, Required: slices.Contains(s.Required, name)})
	}
	return all
}

func (d *Door) resolve(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return d.api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// typeName says a schema's type in a word or two; an object's by its fields.
func (d *Door) typeName(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return "object: " + strings.Join(slices.Sorted(maps.Keys(d.resolve(s).Properties)), ", ")
	case len(s.AnyOf) > 0:
		return d.typeName(s.AnyOf[0]) + ", or null"
	case s.Type == huma.TypeArray && s.Items != nil:
		return "list of " + d.typeName(s.Items)
	}
	name := s.Type
	if s.Format != "" {
		name += " (" + s.Format + ")"
	}
	if s.Nullable {
		name += ", or null"
	}
	return name
}
