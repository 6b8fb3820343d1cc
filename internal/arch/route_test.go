package arch

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/rostertest"
	"roster/internal/server"
)

// unnamed finds routes that name no action of the list and give no reason, and those that change
// something on a safe method.
func unnamed(routes []server.Route, list []act.Action) []string {
	var complaints []string
	for _, r := range routes {
		name := r.Method + " " + r.Pattern
		i := slices.IndexFunc(list, func(a act.Action) bool { return string(a.Name) == r.Action })
		switch {
		case i < 0 && r.Reason == "":
			complaints = append(complaints, fmt.Sprintf("%s: names %q, which is no action, and gives no reason", name, r.Action))
		case i >= 0 && r.Reason != "":
			complaints = append(complaints, fmt.Sprintf("%s: performs %s, and has a reason for performing none", name, r.Action))
		case i >= 0 && list[i].Kind != authz.Read && !r.Unsafe():
			complaints = append(complaints, fmt.Sprintf("%s: performs %s, which changes something, on a safe method", name, r.Action))
		}
	}
	return complaints
}

func TestRoutesBite(t *testing.T) {
	bites(t, unnamed([]server.Route{
		{Method: http.MethodGet, Pattern: "/team", Action: string(act.MemberList)},
		{Method: http.MethodPost, Pattern: "/team", Action: string(act.MemberInvite)},
		{Method: http.MethodGet, Pattern: "/livez", Action: "health", Reason: "tells that it lives"},
		{Method: http.MethodGet, Pattern: "/nothing", Action: "nothing"},
		{Method: http.MethodGet, Pattern: "/block", Action: string(act.MemberBlock)},
		{Method: http.MethodPost, Pattern: "/edit", Action: string(act.MemberEdit), Reason: "none"},
	}, act.List()),
		`GET /nothing: names "nothing"`, "GET /block: performs member.block, which changes something", "POST /edit: performs member.edit, and has a reason")
}

func TestEveryRouteNamesItsAction(t *testing.T) {
	site := rostertest.SQLite(t).Serve()
	holds(t, unnamed(site.Doors.Mux.Routes(), act.List()))
}
