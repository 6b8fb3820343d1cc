package api

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/server"
	"roster/internal/words"
)

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
			Info: &huma.Info{
				Title: "Roster", Version: cmp.Or(d.set.Version, "0"), Description: d.set.Words.Say("api.description"),
				License: &huma.License{Name: "Apache License 2.0", Identifier: "Apache-2.0"},
			},
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

// OpenAPI gives the document as far as routes and types make it, and Paths its paths in the order of the areas.
func (d *Door) OpenAPI() *huma.OpenAPI { return d.api.OpenAPI() }

// Paths gives the paths in the order in which they were added.
func (d *Door) Paths() []string { return slices.Clone(d.order) }

// Words gives the words of the documents.
func (d *Door) Words() *words.Catalogue { return d.set.Words }
