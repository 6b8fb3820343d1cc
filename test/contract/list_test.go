// Package contract holds the API to its own document (design page 7): that nothing is missing in it, that what it says
// is so, and that whoever goes by it alone gets on.
package contract_test

import (
	"slices"
	"testing"

	"roster/internal/act"
	"roster/internal/cli"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// TestTheThreeListsAreTheListOfActions: whatever can be done has its operation of the API, with its route, and its
// command, or stands in the table of exceptions with the reason; and neither offers what is not in the list.
func TestTheThreeListsAreTheListOfActions(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	routes := map[act.Name]bool{}
	for _, route := range r.Doors.Mux.Routes() {
		routes[act.Name(route.Action)] = true
	}
	operations, commands := offered(t, r), commanded(t)
	noOperation, noCommand := absent()
	listed := map[act.Name]bool{}
	for _, a := range act.List() {
		listed[a.Name] = true
		held(t, a.Name, operations[a.Name], noOperation[a.Name], "operation of the API: add one in internal/server/api/<area> by api.Op (or name the action in api.Also of the operation that does it too)")
		held(t, a.Name, commands[a.Name], noCommand[a.Name], `command: name it in the tag does:"…" of its command in internal/command/<noun>`)
		if reason := noOperation[a.Name]; (reason == browser || reason == form || reason == area || reason == protocol) && !routes[a.Name] && a.Name != act.PasswordRecover && a.Name != act.EmailShow {
			t.Errorf("%s is excepted because %q, and no route offers it", a.Name, reason)
		}
	}
	for door, names := range map[string]map[act.Name]bool{"an operation": operations, "a command": commands} {
		for name := range names {
			if !listed[name] {
				t.Errorf("%s offers %s, which internal/act does not list", door, name)
			}
		}
	}
}

// held fails for an action that a door lacks without a reason, and for a reason that nothing needs.
func held(t *testing.T, name act.Name, offered bool, reason, what string) {
	t.Helper()
	switch {
	case !offered && reason == "":
		t.Errorf("%s has no %s. If a program has no use for it, say why in test/contract/except_test.go.", name, what)
	case offered && reason != "":
		t.Errorf("%s is offered, and excepted in test/contract/except_test.go: take the exception out", name)
	}
}

// offered gives the actions that the document's operations perform. Each operation has its route, and each route of the
// API that performs an action its operation.
func offered(t *testing.T, r *rest.Rig) map[act.Name]bool {
	t.Helper()
	routes := map[string]string{}
	for _, route := range r.Routes() {
		routes[route.Method+" "+route.Pattern] = route.Action
	}
	all := map[act.Name]bool{}
	for _, o := range read(t, r).operations() {
		if routes[o.route()] != o.Actions[0] {
			t.Errorf("%s performs %s by the document, and %q by its route", o.route(), o.Actions[0], routes[o.route()])
		}
		delete(routes, o.route())
		for _, a := range o.Actions {
			all[act.Name(a)] = true
		}
	}
	for route := range routes {
		t.Errorf("the document does not tell of %s", route)
	}
	return all
}

// commanded gives the actions that commands name.
func commanded(t *testing.T) map[act.Name]bool {
	t.Helper()
	commands, err := cli.Commands()
	rest.Must(t, err)
	own := []string{"serve", "demo", "migrate", "version", "import template"}
	all := map[act.Name]bool{}
	for _, c := range commands {
		if len(c.Does) == 0 && !slices.Contains(own, c.Name) {
			t.Errorf(`roster %s names no action: give its field the tag does:"…"`, c.Name)
		}
		for _, name := range c.Does {
			all[name] = true
		}
	}
	return all
}
