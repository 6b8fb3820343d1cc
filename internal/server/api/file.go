package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/spool"
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

// Handed answers with a file of what is there: the history does not tell of it.
func Handed(f server.Sending) *Download {
	return &Download{func(c huma.Context) {
		_, w := humago.Unwrap(c)
		_ = server.Send(w, f) // likewise
	}}
}

// GivesFile tells the documents that an operation answers with a file of one of some media types, and that the history
// tells of it.
func GivesFile(what string, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		HandsFile(what, media...)(o)
		o.Responses["200"].Headers["Roster-Seq"] = &huma.Param{Description: "The history's position after the export.", Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
}

// HandsFile tells the documents that an operation answers with a file that was there.
func HandsFile(what string, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		o.Metadata[server.MetaPatient] = true
		content := map[string]*huma.MediaType{}
		for _, m := range media {
			content[m] = &huma.MediaType{Schema: fileSchema(m)}
		}
		o.Responses = map[string]*huma.Response{"200": {Description: what, Content: content, Headers: map[string]*huma.Param{
			"Content-Disposition": {Description: "What to call the file.", Schema: &huma.Schema{Type: huma.TypeString}},
		}}}
	}
}

// fileSchema describes a file: bytes, but what is JSON can be read as such.
func fileSchema(media string) *huma.Schema {
	if media == "application/json" {
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	}
	return &huma.Schema{Type: huma.TypeString, Format: "binary"}
}

// metaFile is the key of huma.Operation.Metadata for the file that an operation takes.
const metaFile = "file"

// takenFile is a file that an operation takes.
type takenFile struct {
	media   []string
	form    reflect.Type // of JSON
	spooled bool         // too large for memory: it is put down outside of it
}

// TakesFile lets an operation take a file of at most so many bytes, of some media types: what the types say is a help to
// who reads the documents, and the file tells by itself what it is. JSON, where it is among them, is described by form.
func TakesFile(d *Door, most int64, form any, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		o.MaxBodyBytes, o.Metadata[metaFile] = most, &takenFile{media: media, form: reflect.TypeOf(form)}
		content := map[string]*huma.MediaType{}
		for _, m := range media {
			content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
			if m == mediaJSON {
				content[m] = &huma.MediaType{Schema: d.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(form), true, "")}
			}
		}
		o.RequestBody = &huma.RequestBody{Required: true, Content: content}
	}
}

// SpoolsFile lets an operation take a file that is too large to be held in memory, as TakesFile does; Spooled has it.
func SpoolsFile(d *Door, most int64, media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		TakesFile(d, most, nil, media...)(o)
		takesFile(o).spooled, o.Metadata[server.MetaPatient] = true, true
	}
}

type spooledKey struct{}

func withSpooled(ctx context.Context, f *spool.File) context.Context {
	return context.WithValue(ctx, spooledKey{}, f)
}

// Spooled gives the file that a request sent, for as long as it is answered.
func Spooled(ctx context.Context) *spool.File { return ctx.Value(spooledKey{}).(*spool.File) }

// spool puts a request's file down.
func (f *takenFile) spool(r *http.Request) (*spool.File, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err := f.check(nil, media, err); err != nil {
		return nil, err
	}
	to, err := spool.New()
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(to, r.Body); err == nil {
		err = to.Rewind()
	} else if full := new(fs.PathError); !errors.As(err, &full) { // else it is ours, such as a full disk
		err = server.BodyError(err)
	}
	if err != nil {
		return nil, errors.Join(err, to.Close())
	}
	return to, nil
}

func takesFile(o *huma.Operation) *takenFile {
	f, _ := o.Metadata[metaFile].(*takenFile)
	return f
}

// check refuses what does not call itself one of the files that are taken, and JSON that every operation would refuse.
func (f *takenFile) check(data []byte, media string, err error) error {
	switch {
	case err != nil || !slices.Contains(f.media, media):
		return roster.Errorf(roster.Invalid, "unsupported_media_type", "Send the file as it is, with one of these in the header Content-Type: %s.", strings.Join(f.media, ", "))
	case media == mediaJSON:
		return server.UnmarshalJSON(data, reflect.New(f.form).Interface())
	}
	return nil
}
