package api

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"roster/internal/roster"
	"roster/internal/server"
)

// Download is the answer with a file.
type Download struct {
	Body func(huma.Context)
}

// Downloaded answers with a file, and with the position of the history after the act that made it.
func Downloaded(ctx context.Context, made func(context.Context) (server.Sending, error)) (*Download, error) {
	actor, call := roster.ActorFrom(ctx), &roster.Call{}
	actor.Call = call
	f, err := made(server.WithActor(ctx, actor))
	if err != nil {
		return nil, err
	}
	return &Download{func(c huma.Context) {
		_, w := humago.Unwrap(c)
		w.Header().Set("Roster-Seq", strconv.FormatInt(call.Seq, 10))
		_ = server.Send(w, f) // the answer has begun: nothing can be said of it any more
	}}, nil
}

// GivesFile tells the documents that an operation answers with a file of one of some media types.
func GivesFile(what string, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		o.Metadata[server.MetaPatient] = true
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
