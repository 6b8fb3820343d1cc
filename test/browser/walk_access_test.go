package browser_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postgres"
)

func TestEveryPageOfAccessIsAccessibleAndFitsAnyWindow(t *testing.T) {
	for name, plain := range map[string]bool{"script": false, "plain": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := filepath.Join(t.TempDir(), "roster.db")
			if plain && postgres.Wanted() {
				database = rostertest.Database(t)
			}
			w := walk{demo(t, database), plain}
			owner := w.signedIn(w.email, browser.Options{NoScript: plain})
			w.accounts(owner)
			w.roles(owner)
			w.access(owner)
			w.lesser()
		})
	}
}

// place finds one of the sample's customer accounts by its name.
func (w walk) place(name string) string {
	w.t.Helper()
	page, err := w.Units.List(w.As(w.Owner), unit.Query{Text: name, Archived: true})
	if err != nil || len(page.Units) == 0 {
		w.t.Fatalf("no account %s: %v", name, err)
	}
	return string(page.Units[0].ID)
}

// role finds one of the sample's roles by its key.
func (w walk) role(key string) string {
	w.t.Helper()
	all, err := w.Roles.List(w.As(w.Owner))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if r.Key == key {
			return r.ID
		}
	}
	w.t.Fatalf("no role %s", key)
	return ""
}

// someone finds the sample's member of a name.
func (w walk) someone(name string) string {
	w.t.Helper()
	page, err := w.Team.List(w.As(w.Owner), team.Query{Text: name})
	if err != nil || len(page.Members) != 1 {
		w.t.Fatalf("%s: %d members %v", name, len(page.Members), err)
	}
	return string(page.Members[0].ID)
}

func (w walk) accounts(p *browser.Page) {
	harbour, ambient := w.place("Harbour & Vale Foods"), w.place("Ambient fleet")
	w.visit(p, "units", http.StatusOK, w.at("units"))
	w.visit(p, "units-open", http.StatusOK, w.at("units")+"?archived=true&open="+harbour+"&open="+ambient)
	w.visit(p, "units-found", http.StatusOK, w.at("units")+"?q=hub")
	w.visit(p, "units-no-match", http.StatusOK, w.at("units")+"?q=xyzzy")
	w.visit(p, "unit", http.StatusOK, w.at("units", harbour))
	w.visit(p, "unit-deep", http.StatusOK, w.at("units", w.place("Night runs")))
	w.visit(p, "unit-archived", http.StatusOK, w.at("units", w.place("Sundry")))
	w.visit(p, "unit-add", http.StatusOK, w.at("units", "add"))
	p.Click("Add")
	p.WaitText("This needs your attention")
	w.look(p, "unit-add-errors")
	w.visit(p, "unit-add-inside", http.StatusOK, w.at("units", "add")+"?in="+harbour)
	w.visit(p, "unit-edit", http.StatusOK, w.at("units", harbour, "edit"))
	w.visit(p, "unit-move", http.StatusOK, w.at("units", ambient, "move"))
	w.visit(p, "unit-archive", http.StatusOK, w.at("units", harbour, "archive"))
	w.visit(p, "unit-restore", http.StatusOK, w.at("units", w.place("Sundry"), "restore"))
	w.visit(p, "matrix", http.StatusOK, w.at("access"))
	w.visit(p, "matrix-inside", http.StatusOK, w.at("access")+"?in="+harbour)
}

func (w walk) roles(p *browser.Page) {
	dispatcher := w.role("dispatcher")
	w.visit(p, "roles", http.StatusOK, w.at("roles"))
	w.visit(p, "role", http.StatusOK, w.at("roles", dispatcher))
	w.visit(p, "role-built-in", http.StatusOK, w.at("roles", roster.RoleUserAdministrator))
	w.visit(p, "role-add", http.StatusOK, w.at("roles", "add"))
	p.Click("Add role")
	p.WaitText("This needs your attention")
	w.look(p, "role-add-errors")
	w.visit(p, "role-edit", http.StatusOK, w.at("roles", dispatcher, "edit"))
	p.In("[data-offer]").Tick("Restart trackers", true)
	p.Click("See who gains and loses what")
	p.WaitText("What each of them really gains and loses")
	w.look(p, "role-preview")
	w.visit(p, "role-delete-held", http.StatusOK, w.at("roles", dispatcher, "delete"))
	w.visit(p, "permissions", http.StatusOK, w.at("roles", "permissions"))
	w.visit(p, "owners", http.StatusOK, w.at("owners"))
}

func (w walk) access(p *browser.Page) {
	rahul, maya, chloe := w.someone("Rahul"), w.someone("Maya"), w.someone("Chloe")
	w.visit(p, "access", http.StatusOK, w.at("team", rahul, "access"))
	w.visit(p, "access-idle", http.StatusOK, w.at("team", chloe, "access"))
	w.visit(p, "access-why", http.StatusOK, w.at("team", maya, "access")+"?permission=devices.read&unit="+w.place("Night runs"))
	w.visit(p, "access-why-not", http.StatusOK, w.at("team", maya, "access")+"?permission=devices.read&unit="+w.place("Carlisle"))
	w.visit(p, "access-edit", http.StatusOK, w.at("team", rahul, "access", "edit"))
	w.visit(p, "clone", http.StatusOK, w.at("team", rahul, "clone"))
	w.visit(p, "clone-api", http.StatusOK, w.at("team", w.someone("Fleet telemetry"), "clone"))
}

// lesser looks at the same pages as those see them who may less.
func (w walk) lesser() {
	harbour, maya := w.place("Harbour & Vale Foods"), w.someone("Maya")
	o := browser.Options{NoScript: w.plain}
	w.Join("ulla@example.com", "Ulla", "Users", roster.RoleUserAdministrator)
	u := w.signedIn("ulla@example.com", o)
	w.visit(u, "ua-units", http.StatusOK, w.at("units"))
	w.visit(u, "ua-unit", http.StatusOK, w.at("units", harbour))
	w.visit(u, "ua-roles", http.StatusOK, w.at("roles"))
	w.visit(u, "ua-role", http.StatusOK, w.at("roles", w.role("dispatcher")))
	w.visit(u, "ua-role-edit", http.StatusOK, w.at("roles", w.role("dispatcher"), "edit"))
	w.visit(u, "ua-access-edit", http.StatusOK, w.at("team", maya, "access", "edit"))
	w.visit(u, "ua-clone", http.StatusOK, w.at("team", maya, "clone"))
	w.Join("aude@example.com", "Aude", "Auditor", roster.RoleAuditor)
	a := w.signedIn("aude@example.com", o)
	w.visit(a, "auditor-units", http.StatusOK, w.at("units"))
	w.visit(a, "auditor-unit", http.StatusOK, w.at("units", harbour))
	w.visit(a, "auditor-roles", http.StatusOK, w.at("roles"))
	w.visit(a, "auditor-access", http.StatusOK, w.at("team", maya, "access"))
	w.Enter(team.Invitation{Email: "ned@example.com", Profile: roster.Profile{FirstName: "Ned", LastName: "Near"}, Grants: []team.Giving{
		{Scope: authz.Admin, Unit: roster.UnitID(harbour)},
		{Permission: authz.MembersRead, Unit: roster.UnitID(harbour)},
		{Permission: authz.MembersWrite, Unit: roster.UnitID(harbour)},
		{Permission: authz.UnitsRead, Unit: roster.UnitID(harbour)},
		{Permission: authz.UnitsWrite, Unit: roster.UnitID(harbour)},
		{Role: w.role("dispatcher"), Unit: roster.UnitID(harbour)},
	}})
	n := w.signedIn("ned@example.com", o)
	w.look(n, "near-home")
	w.visit(n, "near-team", http.StatusOK, w.at("team"))
	w.visit(n, "near-units", http.StatusOK, w.at("units"))
	w.visit(n, "near-unit", http.StatusOK, w.at("units", harbour))
	w.visit(n, "near-matrix", http.StatusOK, w.at("access"))
}
