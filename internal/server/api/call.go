package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"roster/internal/roster"
	"roster/internal/server"
)

// Media types of bodies.
const (
	mediaJSON  = "application/json"
	mediaPatch = "application/merge-patch+json"
)

// prepare stands before every operation: who asks, what parameters there are and, for a write, its
// body and what it is known by when it comes again.
func (d *Door) prepare(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	at := d.paths[c.Operation().Path]
	ctx, entry, err := d.enter(r, at)
	if err == nil {
		ctx = withAsked(withHere(ctx, entry, at), asked{d, r, at, http.NewResponseController(w)})
		err = checkQuery(r, c.Operation())
	}
	if err == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
		var end func()
		ctx, end, err = d.sheet(ctx, r, c.Operation())
		defer end()
	}
	if err != nil {
		writeRefusal(ctx, w, r, err)
		return
	}
	next(huma.WithContext(c, ctx))
}

// checkQuery refuses parameters that an operation does not have, and doubled ones that are no lists.
func checkQuery(r *http.Request, o *huma.Operation) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Malformed("The query of the address cannot be read.")
	}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	var bad roster.Problems
	for _, name := range names {
		at := slices.IndexFunc(o.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name })
		switch {
		case at < 0:
			bad.Add(shown(name), roster.Errorf(roster.Invalid, "parameter_unknown", "There is no such parameter here."))
		case len(query[name]) > 1 && o.Parameters[at].Schema.Type != huma.TypeArray:
			bad.Add(name, roster.Errorf(roster.Invalid, "parameter_repeated", "Give this parameter once."))
		}
	}
	return bad.Err()
}

// shown gives the name of a parameter as messages may repeat it.
func shown(name string) string {
	if len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return "…"
	}
	return name
}

// sheet reads a write's body and lays out its sheet for the gate. end ends what it was put down on.
func (d *Door) sheet(ctx context.Context, r *http.Request, o *huma.Operation) (with context.Context, end func(), err error) {
	end = func() {}
	if f := takesFile(o); f != nil && f.spooled {
		file, err := f.spool(r)
		if err != nil {
			return ctx, end, err
		}
		within, cancel := context.WithTimeout(withSpooled(ctx, file), server.HandleTime) // its way here had a time of its own
		ctx, end = within, func() { cancel(); _ = file.Close() }                         // it was only read since
	}
	with, err = d.lay(ctx, r, o)
	return with, end, err
}

// lay reads a body that was not put down, and lays out the sheet.
func (d *Door) lay(ctx context.Context, r *http.Request, o *huma.Operation) (context.Context, error) {
	data, err := readBody(r, o)
	if err != nil {
		return ctx, err
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	key, err := idempotencyKey(r)
	if err != nil {
		return ctx, err
	}
	try, err := tried(r, o)
	if err != nil {
		return ctx, err
	}
	actor := roster.ActorFrom(ctx)
	actor.Call = &roster.Call{Key: key, DryRun: try}
	if key != "" {
		known := append([]byte(r.Method+"\n"+r.URL.EscapedPath()+said(r)+"\n"), data...)
		actor.Call.MAC = d.set.Key.MAC("idempotency", known)
	}
	return server.WithActor(ctx, actor), nil
}

// said gives what the query of a write says beside dry_run; nothing stands for none.
func said(r *http.Request) string {
	query := r.URL.Query()
	query.Del("dry_run")
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// readBody reads a body whole, and refuses one of another type than the operation takes. Its JSON is
// read later, beside its type; where none is wanted, only an empty object may stand.
func readBody(r *http.Request, o *huma.Operation) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, server.BodyError(err)
	}
	if len(data) == 0 {
		return nil, nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if takesPicture(o) {
		return data, pictureMedia(media, err)
	}
	if f := takesFile(o); f != nil {
		return data, f.check(data, media, err)
	}
	if err != nil || len(r.Header.Values("Content-Type")) > 1 || media != mediaJSON && (media != mediaPatch || !takesPatch(o)) {
		return nil, roster.Errorf(roster.Invalid, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")
	}
	if o.RequestBody == nil {
		return nil, server.UnmarshalJSON(data, &struct{}{})
	}
	if string(bytes.TrimSpace(data)) == "null" { // where a body may be left out, null would be none
		return nil, Malformed("The body must be an object, not null or a list.")
	}
	return data, nil
}

// idempotencyKey gives the key of a request that may come twice; empty without one.
func idempotencyKey(r *http.Request) (string, error) {
	given := r.Header.Values("Idempotency-Key")
	if len(given) == 0 {
		return "", nil
	}
	key := given[0]
	visible := !strings.ContainsFunc(key, func(c rune) bool { return c < '!' || c > '~' })
	if len(given) > 1 || key == "" || len(key) > 255 || !visible {
		return "", Malformed("An Idempotency-Key has 1 to 255 visible ASCII characters and stands once.").On("Idempotency-Key")
	}
	return key, nil
}

// Written is the answer to a write.
type Written[T any] struct {
	Status   int
	Location string `header:"Location" doc:"Where the new thing is."`
	ETag     string `header:"ETag" doc:"The thing's etag after the write."`
	Seq      *int64 `header:"Roster-Seq" doc:"The history's position after the write; absent where nothing was written."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when this answer was given before, to the same Idempotency-Key."`
	Body     T
}

// Write runs a use case that changes something. show makes the answer of its result: once with the
// secrets that are given this once, and, for a key that may come again, without. An answer that has an etag
// tells it in the header too.
func Write[R, T any](ctx context.Context, status int, act func() (R, error), show func(result R, once bool) T) (*Written[T], error) {
	call := roster.ActorFrom(ctx).Call
	call.Encode = func(result any) (roster.Answer, error) {
		body, err := json.Marshal(show(result.(R), false))
		return roster.Answer{Status: status, Body: string(body)}, err
	}
	result, err := act()
	if err != nil {
		return nil, err
	}
	if call.DryRun {
		return trial(status, show(result, false)), nil
	}
	out := &Written[T]{Status: status, Seq: &call.Seq}
	if call.Replay == nil {
		out.Body = show(result, true)
	} else {
		out.Status, out.Replayed = call.Replay.Status, "true"
		err = json.Unmarshal([]byte(call.Replay.Body), &out.Body)
	}
	if t, ok := any(out.Body).(Tagged); ok {
		out.ETag = t.Tag()
	}
	return out, err
}

// Ended is the answer to what leaves nothing to show.
type Ended struct {
	Status   int
	Seq      *int64 `header:"Roster-Seq" doc:"The history's position after the write; absent where nothing was written."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when this answer was given before, to the same Idempotency-Key."`
}

// Finish runs a use case that leaves nothing to show.
func Finish[R any](ctx context.Context, act func() (R, error)) (*Ended, error) {
	out, err := Write(ctx, http.StatusNoContent, act, func(R, bool) struct{} { return struct{}{} })
	if err != nil {
		return nil, err
	}
	return &Ended{Status: out.Status, Seq: out.Seq, Replayed: out.Replayed}, nil
}
