package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/act"
	"roster/internal/server"
)

// Area is a part of the API that has a package of its own: it adds its routes to the door.
type Area func(*Door)

// Mount adds the API to the mux, area by area. Its documents are added by package document, of what is there then.
func (d *Door) Mount(mux *server.Mux, areas ...Area) {
	d.api = huma.NewAPI(d.config(), mux.Huma(Prefix))
	d.api.UseMiddleware(d.prepare)
	for _, area := range areas {
		area(d)
	}
	d.mountOptions(mux)
}

// Operation is an operation in one line; Op makes it.
type Operation struct {
	method, path string
	action       act.Name
	summary      string
}

// Op names an operation: its route, such as "GET /orgs/{org}/members", the action it performs and what it
// does in a few words.
func Op(route string, does act.Name, summary string) Operation {
	method, path, _ := strings.Cut(route, " ")
	return Operation{method, path, does, summary}
}

// metaAlso is the key of huma.Operation.Metadata for what an operation does beside its first action.
const metaAlso = "also"

// Add makes a route of an operation and its handler, and notes what can be done at its path.
func Add[I, O any](d *Door, o Operation, handle func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	operation := huma.Operation{
		OperationID: string(o.action), Method: o.method, Path: o.path, Summary: o.summary,
		Metadata: map[string]any{server.MetaAction: string(o.action)},
		// The rooms know the rules and tell all that is wrong at once; prepare reads the body.
		SkipValidateParams: true, SkipValidateBody: true, MaxBodyBytes: -1, BodyReadTimeout: 30 * time.Second,
	}
	for _, m := range more {
		m(&operation)
	}
	a := d.paths[o.path]
	if a == nil {
		a = &address{}
		d.paths[o.path], d.order = a, append(d.order, o.path)
	}
	a.methods, a.actions = append(a.methods, o.method), append(a.actions, Actions(&operation)...)
	a.fleet = forOperators(a.actions)
	d.noteNulls(reflect.TypeFor[O]())
	huma.Register(d.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, refuse(ctx, err)
		}
		return out, nil
	})
}

// Actions gives the actions that an operation performs, its own first.
func Actions(o *huma.Operation) []string {
	also, _ := o.Metadata[metaAlso].([]string)
	return append([]string{o.Metadata[server.MetaAction].(string)}, also...)
}

// forOperators tells whether an action is for operators among some.
func forOperators(names []string) bool {
	return slices.ContainsFunc(act.List(), func(a act.Action) bool { return a.Who == act.Operators && slices.Contains(names, string(a.Name)) })
}

// Named gives an operation another identifier than its action's name, where several perform the same one.
func Named(id string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.OperationID = id }
}

// Also names what an operation can do beside its first action.
func Also(others ...act.Name) func(*huma.Operation) {
	return func(o *huma.Operation) {
		var names []string
		for _, a := range others {
			names = append(names, string(a))
		}
		o.Metadata[metaAlso] = names
	}
}

// Created makes 201 the answer that the documents tell of.
func Created(o *huma.Operation) { o.DefaultStatus = http.StatusCreated }

// Things tells how to find what the caller may do to the thing that a path names by its {id}: at this path
// and those below it.
func (d *Door) Things(path string, allowed func(ctx context.Context, id string) ([]string, error)) {
	d.things[path] = allowed
}

// thing gives how to find what may be done to the thing that a path names.
func (d *Door) thing(path string) func(context.Context, string) ([]string, error) {
	for {
		if of, ok := d.things[path]; ok {
			return of
		}
		at := strings.LastIndexByte(path, '/')
		if at < 0 {
			return nil
		}
		path = path[:at]
	}
}

// mountOptions adds OPTIONS to every path: Allow names its methods (RFC 9110, 9.3.7), Roster-Allowed
// the actions that the caller may do there now.
func (d *Door) mountOptions(mux *server.Mux) {
	for _, path := range d.order {
		a := d.paths[path]
		slices.Sort(a.methods)
		a.thing = d.thing(path)
		mux.Handle(server.Route{
			Method: http.MethodOptions, Pattern: Prefix + path, Action: "options", Reason: "tells what the caller may do at the path; changes nothing",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.options(w, r, a) }),
		})
	}
}
