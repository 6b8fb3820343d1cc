package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/roster"
)

type hereKey struct{}

// Here gives the actions that the caller may do at the request's address now, as OPTIONS tells them. At an
// address that names a thing they are those that are about no thing.
func Here(ctx context.Context) []string {
	names, _ := ctx.Value(hereKey{}).([]string)
	return List(names)
}

// withHere notes what the caller may do at an address.
func withHere(ctx context.Context, entry org.Entry, a *address) context.Context {
	return context.WithValue(ctx, hereKey{}, a.among(permitted(ctx, entry)))
}

// permitted gives what the caller may do in the organisation that was entered; outside one, what is about
// themselves or, for a product client, about the installation.
func permitted(ctx context.Context, entry org.Entry) []string {
	if entry.Organisation.ID == "" {
		return action.AllowedOutside(roster.ActorFrom(ctx))
	}
	return entry.Allowed
}

// among gives those of the address's actions that are among some, each once.
func (a *address) among(allowed []string) []string {
	var here []string
	for _, name := range a.actions {
		if slices.Contains(allowed, name) && !slices.Contains(here, name) {
			here = append(here, name)
		}
	}
	return here
}

// options tells the methods of a path, and the actions that the caller may do there now.
func (d *Door) options(w http.ResponseWriter, r *http.Request, a *address) {
	ctx, entry, err := d.enter(r, a)
	var allowed []string
	if err == nil {
		allowed = permitted(ctx, entry)
		if id := r.PathValue("id"); id != "" && a.thing != nil {
			var of []string
			of, err = a.thing(ctx, id)
			allowed = slices.Concat(allowed, of)
		}
	}
	if err != nil {
		writeRefusal(ctx, w, r, err)
		return
	}
	var methods []string
	for _, m := range a.methods {
		if methods = append(methods, m); m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	w.Header().Set("Allow", strings.Join(append(methods, http.MethodOptions), ", "))
	w.Header().Set("Roster-Allowed", strings.Join(a.among(allowed), ", "))
	w.WriteHeader(http.StatusNoContent)
}
