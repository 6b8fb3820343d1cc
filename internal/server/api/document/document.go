// Package document describes the API: the OpenAPI document for programs, and a page for people made of it. What operations
// there are and what they take and answer, the routes say; who may ask, what is refused and with which code, and an example
// of each are added here, from the list of actions and from what was read off the code and a true house. It answers no
// operation itself.
package document

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/act"
	"roster/internal/server"
	"roster/internal/server/api"
)

// schemas is where the document keeps what things are made of.
const schemas = "#/components/schemas/"

const mediaJSON = "application/json"

// writer completes one document.
type writer struct {
	door    *api.Door
	doc     *huma.OpenAPI
	actions map[string]act.Action
	codes   codes
}

// Mount completes the document of a door whose areas have all been added, and adds it to the mux: as JSON, as YAML and as
// a page.
func Mount(d *api.Door, mux *server.Mux) error {
	w := &writer{door: d, doc: d.OpenAPI(), actions: map[string]act.Action{}}
	for _, a := range act.List() {
		w.actions[string(a.Name)] = a
	}
	if err := w.complete(); err != nil {
		return fmt.Errorf("api: document: %w", err)
	}
	w.mount(mux)
	return nil
}

// complete says all that is to be said.
func (w *writer) complete() error {
	if err := w.readCodes(); err != nil {
		return err
	}
	w.finish()
	tags := map[string]bool{}
	for _, path := range w.door.Paths() {
		for _, o := range operations(w.doc.Paths[path]) {
			w.describe(o)
			if err := w.exemplify(o); err != nil {
				return err
			}
			if tag := o.Tags[0]; !tags[tag] {
				tags[tag] = true
				w.doc.Tags = append(w.doc.Tags, &huma.Tag{Name: tag, Description: about(tag)})
			}
		}
	}
	return nil
}

// operations gives those of a path.
func operations(item *huma.PathItem) []*huma.Operation {
	var all []*huma.Operation
	for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if o != nil {
			all = append(all, o)
		}
	}
	return all
}

// mount adds the document to the mux. It is written when it is first asked for: that takes longer than all else of a start.
func (w *writer) mount(mux *server.Mux) {
	for _, doc := range []struct {
		path, kind string
		write      func() ([]byte, error)
	}{
		{api.Prefix + "/openapi.json", "application/openapi+json", func() ([]byte, error) { return json.Marshal(w.doc) }},
		{api.Prefix + "/openapi.yaml", "application/openapi+yaml", w.doc.YAML},
		{"/api/docs", "text/html; charset=utf-8", w.page},
		{"/api/docs.css", "text/css; charset=utf-8", func() ([]byte, error) { return files.ReadFile("page.css") }},
	} {
		written := sync.OnceValues(doc.write)
		mux.Handle(server.Route{
			Method: http.MethodGet, Pattern: doc.path, Action: "document", Reason: "describes the API, the same for everybody",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				data, err := written()
				if err != nil {
					server.Fail(w, r, fmt.Errorf("api: document: %w", err))
					return
				}
				w.Header().Set("Content-Type", doc.kind)
				_, _ = w.Write(data) // a client that left reads no document
			}),
		})
	}
}

// finish says in the schemas what huma cannot: answers may grow by fields (design page 7), and some
// objects may be null.
func (w *writer) finish() {
	all := w.doc.Components.Schemas.Map()
	sent := w.sent()
	for name, s := range all {
		if sent[name] {
			bound(name, s)
		} else {
			s.AdditionalProperties = nil
		}
		for field, p := range s.Properties {
			if p.Nullable && len(p.Enum) > 0 {
				p.Enum = append(p.Enum, nil) // JSON Schema, 6.1.2: an enumeration names null like any other value
			}
			if p.Ref != "" && w.door.Nulls(name, field) {
				s.Properties[field] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
			}
		}
	}
}

// sent gives the names of the schemas that bodies of requests are made of.
func (w *writer) sent() map[string]bool {
	names := map[string]bool{}
	var note func(*huma.Schema)
	note = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if name := strings.TrimPrefix(s.Ref, schemas); s.Ref != "" && !names[name] {
			names[name] = true
			note(w.resolve(s))
		}
		note(s.Items)
		for _, p := range s.Properties {
			note(p)
		}
	}
	for _, item := range w.doc.Paths {
		for _, o := range operations(item) {
			if o.RequestBody != nil && o.RequestBody.Content[mediaJSON] != nil {
				note(o.RequestBody.Content[mediaJSON].Schema)
			}
		}
	}
	return names
}

func (w *writer) resolve(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return w.doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}
