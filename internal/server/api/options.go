package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"roster/internal/action/org"
)

// options tells the methods of a path, and the actions that the caller may do there now.
func (d *Door) options(w http.ResponseWriter, r *http.Request, a *address) {
	ctx, entry, err := d.enter(r)
	var allowed []string
	if err == nil {
		allowed, err = d.allowed(ctx, r, entry)
	}
	if err != nil {
		writeRefusal(ctx, w, r, err)
		return
	}
	var methods, here []string
	for _, m := range a.methods {
		if methods = append(methods, m); m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	for _, name := range a.actions {
		// Outside an organisation everything is about the caller alone.
		if (entry.Organisation.ID == "" || slices.Contains(allowed, name)) && !slices.Contains(here, name) {
			here = append(here, name)
		}
	}
	w.Header().Set("Allow", strings.Join(append(methods, http.MethodOptions), ", "))
	w.Header().Set("Roster-Allowed", strings.Join(here, ", "))
	w.WriteHeader(http.StatusNoContent)
}

// allowed gives what the caller may do in the organisation and, where the path names a member, to them.
func (d *Door) allowed(ctx context.Context, r *http.Request, entry org.Entry) ([]string, error) {
	id := r.PathValue("id")
	if id == "" {
		return entry.Allowed, nil
	}
	v, err := d.rooms.Team.Show(ctx, MemberID(id))
	return append(slices.Clone(entry.Allowed), v.Allowed...), err
}
