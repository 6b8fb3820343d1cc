package document

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/server/api"
)

//go:embed page.html page.css
var files embed.FS

// guide is what the page for people shows.
type guide struct {
	Title, Text, Version, Prefix string
	Word                         map[string]string
	Parts                        []guidePart
	Codes                        []meaning
}

// guidePart is a part of the API, as its tag names it.
type guidePart struct {
	Name, ID   string
	Operations []guideOperation
}

type guideOperation struct {
	ID, Method, Path, Summary string
	Text                      [][]piece
	Parameters, Body          []guideField
	Status                    string
	Headers, Answer           []guideField
	Sent, Given               string // the example
	Refusals                  []guideRefusal
}

// piece is a piece of a sentence; code stands for itself.
type piece struct {
	Text string
	Code bool
}

type guideField struct {
	Name, In, Type, Text string
	Required             bool
}

type guideRefusal struct {
	Status string
	Codes  []string
}

// fieldTable is a table of fields with the words of its head.
type fieldTable struct {
	Guide  guide
	Fields []guideField
}

func fieldsOf(g guide, all []guideField) fieldTable { return fieldTable{g, all} }

// page makes the page for people.
func (w *writer) page() ([]byte, error) {
	t, err := template.New("page.html").Funcs(template.FuncMap{"fieldsOf": fieldsOf}).ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("api: page: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, w.guide()); err != nil {
		return nil, fmt.Errorf("api: page: %w", err)
	}
	return out.Bytes(), nil
}

// guide reads the operations off the OpenAPI document, part by part in the order of the routes.
func (w *writer) guide() guide {
	say := w.door.Words()
	g := guide{
		Title: say.Say("api.title"), Text: say.Say("api.description"), Version: w.doc.Info.Version, Prefix: api.Prefix,
		Codes: w.codes.table(), Word: map[string]string{
			"answer": say.Say("api.answer"), "body": say.Say("api.body"), "code": say.Say("api.code"), "codes": say.Say("api.codes"), "codes_text": say.Say("api.codes_text"),
			"contents": say.Say("api.contents"), "errors": say.Say("api.errors"), "example": say.Say("api.example"), "field": say.Say("api.field"), "given": say.Say("api.given"),
			"meaning": say.Say("api.meaning"), "openapi": say.Say("api.openapi"), "parameters": say.Say("api.parameters"), "refusals": say.Say("api.refusals"),
			"required": say.Say("api.required"), "sent": say.Say("api.sent"), "status": say.Say("api.status"), "type": say.Say("api.type"),
		},
	}
	at := map[string]int{}
	for _, path := range w.door.Paths() {
		for _, o := range operations(w.doc.Paths[path]) {
			name := o.Tags[0]
			i, ok := at[name]
			if !ok {
				i = len(g.Parts)
				at[name], g.Parts = i, append(g.Parts, guidePart{Name: name, ID: strings.ToLower(strings.ReplaceAll(name, " ", "-"))})
			}
			g.Parts[i].Operations = append(g.Parts[i].Operations, w.guideTo(o))
		}
	}
	return g
}

func (w *writer) guideTo(o *huma.Operation) guideOperation {
	out := guideOperation{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary}
	for text := range strings.SplitSeq(o.Description, "\n\n") {
		out.Text = append(out.Text, pieces(text))
	}
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, guideField{Name: p.Name, In: p.In, Type: w.typeName(p.Schema), Text: p.Description, Required: p.Required})
	}
	if o.RequestBody != nil && o.RequestBody.Content[mediaJSON] != nil {
		m := o.RequestBody.Content[mediaJSON]
		out.Body, out.Sent = w.fields(m.Schema), indented(m.Example)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		if codes, ok := r.Extensions[extCodes].([]string); ok {
			out.Refusals = append(out.Refusals, guideRefusal{status, codes})
		}
		if strings.HasPrefix(status, "2") {
			w.answered(&out, status, r)
		}
	}
	return out
}

// answered tells of the answer that was asked for.
func (w *writer) answered(out *guideOperation, status string, r *huma.Response) {
	out.Status = status + " " + r.Description
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		h := r.Headers[name]
		out.Headers = append(out.Headers, guideField{Name: name, Type: "header", Text: cmp.Or(h.Description, h.Schema.Description)})
	}
	if c := r.Content[mediaJSON]; c != nil {
		out.Answer, out.Given = w.fields(c.Schema), indented(c.Example)
	}
}

// pieces takes a sentence apart at its backquotes.
func pieces(text string) []piece {
	var all []piece
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			all = append(all, piece{part, i%2 == 1})
		}
	}
	return all
}

// indented writes an example as people read it.
func indented(of any) string {
	text, ok := of.(json.RawMessage)
	if !ok {
		return ""
	}
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return ""
	}
	return out.String()
}

// fields gives the fields of an object's schema by name.
func (w *writer) fields(s *huma.Schema) []guideField {
	s = w.resolve(s)
	var all []guideField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		all = append(all, guideField{Name: name, Type: w.typeName(p), Text: p.Description, Required: slices.Contains(s.Required, name)})
	}
	return all
}

// typeName says a schema's type in a word or two; an object's by its fields.
func (w *writer) typeName(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return "object: " + strings.Join(slices.Sorted(maps.Keys(w.resolve(s).Properties)), ", ")
	case len(s.AnyOf) > 0:
		return w.typeName(s.AnyOf[0]) + ", or null"
	case s.Type == huma.TypeArray && s.Items != nil:
		name := "list of " + w.typeName(s.Items)
		if s.MaxItems != nil {
			name += fmt.Sprintf(", at most %d of them", *s.MaxItems)
		}
		return name
	}
	name := s.Type
	if s.Format != "" {
		name += " (" + s.Format + ")"
	}
	for i, v := range slices.DeleteFunc(slices.Clone(s.Enum), func(v any) bool { return v == nil }) {
		name += []string{": ", ", "}[min(i, 1)] + fmt.Sprint(v)
	}
	if s.MaxLength != nil {
		name += fmt.Sprintf(", at most %d characters", *s.MaxLength)
	}
	if s.Minimum != nil && s.Maximum != nil {
		name += fmt.Sprintf(", %.0f to %.0f", *s.Minimum, *s.Maximum)
	}
	if s.Nullable {
		name += ", or null"
	}
	return name
}
