package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"roster/internal/server"
)

// Download is the answer with a file.
type Download struct {
	Body func(huma.Context)
}

// Downloaded answers with a file, made in an act after which the history stood at a position.
func Downloaded(f server.Sending, seq int64) *Download {
	return &Download{func(c huma.Context) {
		_, w := humago.Unwrap(c)
		w.Header().Set("Roster-Seq", strconv.FormatInt(seq, 10))
		_ = server.Send(w, f) // the answer has begun: nothing can be said of it any more
	}}
}

// GivesFile tells the documents that an operation answers with a file of one of some media types.
func GivesFile(what string, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, m := range media {
			content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
		text := &huma.Schema{Type: huma.TypeString}
		o.Responses = map[string]*huma.Response{"200": {Description: what, Content: content, Headers: map[string]*huma.Param{
			"Content-Disposition": {Description: "What to call the file.", Schema: text},
			"Roster-Seq":          {Description: "The history's position after the export.", Schema: &huma.Schema{Type: huma.TypeInteger}},
		}}}
	}
}
