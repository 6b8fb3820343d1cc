package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/roster"
	"roster/internal/server"
)

// metaTrial is the key of huma.Operation.Metadata of operations that can be tried.
const metaTrial = "trial"

// Tryable lets an operation be tried: with dry_run=true all of it happens and is taken back, so that the answer, or the refusal,
// is the one that the same request gets without.
func Tryable(o *huma.Operation) {
	o.Metadata[metaTrial] = true
	o.Parameters = append(o.Parameters, &huma.Param{
		Name: "dry_run", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean},
		Description: "true changes nothing: the answer is the one that the request would get.",
	})
}

// tried tells whether a write is only to be tried.
func tried(r *http.Request, o *huma.Operation) (bool, error) {
	given := r.URL.Query()["dry_run"]
	if of, _ := o.Metadata[metaTrial].(bool); !of || len(given) == 0 {
		return false, nil
	}
	trial, err := strconv.ParseBool(given[0])
	if err != nil || !slices.Contains([]string{"true", "false"}, given[0]) {
		return false, roster.Errorf(roster.Invalid, "parameter_invalid", "dry_run is true or false.").On("dry_run")
	}
	return trial, nil
}

// trial is the answer to a write that was only tried: no position, since the history stands where it stood, and no etag, since
// nothing has it.
func trial[T any](status int, body T) *Written[T] { return &Written[T]{Status: status, Body: body} }

// Trying gives the context in which whatever is asked for is only tried, for operations that answer a plan of their own. Of what is
// refused in it nothing is counted either.
func Trying(ctx context.Context) context.Context {
	actor := roster.ActorFrom(ctx)
	actor.Call = &roster.Call{DryRun: true}
	return server.WithActor(ctx, actor)
}
