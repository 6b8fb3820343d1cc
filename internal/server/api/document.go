package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/server"
)

//go:embed page.html page.css
var files embed.FS

// schemas is where the document keeps what things are made of.
const schemas = "#/components/schemas/"

// config is what huma is told: strict JSON and nothing of its own.
func (d *Door) config() huma.Config {
	format := huma.Format{
		Marshal: func(w io.Writer, v any) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			return e.Encode(v)
		},
		Unmarshal: server.UnmarshalJSON,
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Roster", Version: d.set.Version, Description: d.set.Words.Say("api.description")},
			Servers: []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry(schemas, huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", Description: d.set.Words.Say("api.token")},
					"session": {Type: "apiKey", In: "cookie", Name: "__Host-roster", Description: d.set.Words.Say("api.session")},
				},
			},
			Security: []map[string][]string{{"token": {}}, {"session": {}}},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
	}
}

// mountDocuments adds the description of the API: for programs, and a page for people.
func (d *Door) mountDocuments(mux *server.Mux) error {
	d.finish()
	asJSON, err := json.Marshal(d.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("api: OpenAPI: %w", err)
	}
	asYAML, err := d.api.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("api: OpenAPI: %w", err)
	}
	page, err := d.page()
	if err != nil {
		return err
	}
	css, err := files.ReadFile("page.css")
	if err != nil {
		return err
	}
	for _, doc := range []struct {
		path, kind string
		data       []byte
	}{
		{Prefix + "/openapi.json", "application/openapi+json", asJSON},
		{Prefix + "/openapi.yaml", "application/openapi+yaml", asYAML},
		{"/api/docs", "text/html; charset=utf-8", page},
		{"/api/docs.css", "text/css; charset=utf-8", css},
	} {
		mux.Handle(server.Route{
			Method: http.MethodGet, Pattern: doc.path, Action: "document", Reason: "describes the API, the same for everybody",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", doc.kind)
				_, _ = w.Write(doc.data) // a client that left reads no document
			}),
		})
	}
	return nil
}

// finish says in the schemas what huma cannot: answers may grow by fields (design page 7), and some
// objects may be null.
func (d *Door) finish() {
	all := d.api.OpenAPI().Components.Schemas.Map()
	sent := d.sent()
	for name, s := range all {
		if !sent[name] {
			s.AdditionalProperties = nil
		}
		if p := s.Properties["invitation"]; p != nil && p.Ref != "" {
			s.Properties["invitation"] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
		}
	}
}

// sent gives the names of the schemas that bodies of requests are made of.
func (d *Door) sent() map[string]bool {
	names := map[string]bool{}
	var note func(*huma.Schema)
	note = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if name := strings.TrimPrefix(s.Ref, schemas); s.Ref != "" && !names[name] {
			names[name] = true
			note(d.resolve(s))
		}
		note(s.Items)
		for _, p := range s.Properties {
			note(p)
		}
	}
	for _, item := range d.api.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil && o.RequestBody != nil && o.RequestBody.Content[mediaJSON] != nil {
				note(o.RequestBody.Content[mediaJSON].Schema)
			}
		}
	}
	return names
}

// page makes the page for people.
func (d *Door) page() ([]byte, error) {
	t, err := template.New("page.html").Funcs(template.FuncMap{"fieldsOf": fieldsOf}).ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("api: page: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d.guide()); err != nil {
		return nil, fmt.Errorf("api: page: %w", err)
	}
	return out.Bytes(), nil
}
