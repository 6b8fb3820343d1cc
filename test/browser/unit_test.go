package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// ways tells a story on both databases, on each with scripts or without: which, takes turns.
func ways(t *testing.T, story func(t *testing.T, s *site, o browser.Options)) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		s.Declare(rostertest.Fleet())
		for _, plain := range []bool{false, true} {
			name := "script"
			if plain {
				name = "plain"
			}
			t.Run(name, func(t *testing.T) { story(t, s.afresh(t, name), browser.Options{NoScript: plain}) })
		}
	})
}

// afresh gives the same server with an organisation of its own.
func (s *site) afresh(t *testing.T, name string) *site {
	t.Helper()
	other, house := *s, *s.House
	other.t, house.T, other.House = t, t, &house
	other.foundAs("Acme "+name, "olga."+name+"@example.com", roster.PlanUnlimited)
	return &other
}

// told gives the names of what was done by the organisation's history, the newest first. What was refused has its line some
// seconds later, and is left out.
func (s *site) told() string {
	s.t.Helper()
	page, err := s.History.List(s.As(s.Owner), history.Query{Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range page.Events {
		if e.Refused == "" {
			names = append(names, e.Action)
		}
	}
	return strings.Join(names, " ")
}

// unitNamed finds a customer account by its name.
func (s *site) unitNamed(name string) unit.View {
	s.t.Helper()
	page, err := s.Units.List(s.As(s.Owner), unit.Query{Text: name, Archived: true})
	if err != nil || len(page.Units) != 1 {
		s.t.Fatalf("%d accounts are called %s: %v", len(page.Units), name, err)
	}
	return page.Units[0]
}

// set changes a field that no person can see, as a hand that tampers with the page does.
func set(p *browser.Page, css, value string) {
	browser.Eval[string](p, `document.querySelector('`+css+`').value = '`+value+`'`)
}

func TestAnOwnerBuildsATreeOfCustomerAccounts(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		p := s.signedIn(s.email, o)
		p.In(".nav").Click("Customer accounts")
		p.WaitText("No customer accounts yet")
		p.In("header.head").Click("Add customer account")
		p.Click("Add")
		p.WaitText("This needs your attention")
		if p.Status() != http.StatusUnprocessableEntity {
			t.Errorf("an account without a name: %d", p.Status())
		}
		p.Fill("Name", "North Foods")
		p.Fill("External ID", "CU-1")
		p.Click("Add")
		p.WaitText("North Foods was added.")
		north := s.unitNamed("North")

		s.taken(p)
		s.groups(p, north.ID)
		s.renames(p, north.ID)
		s.moves(p, north.ID)
		s.putsAway(p, north.ID)
		for _, line := range []string{"unit.create", "unit.edit", "unit.move", "unit.archive", "unit.restore"} {
			if !strings.Contains(s.told(), line) {
				t.Errorf("the history has no %s: %s", line, s.told())
			}
		}
		p.CheckAxe()
		s.Verified(s.Acme.ID)
	})
}

// taken makes an account with a name and an ID that are there already.
func (s *site) taken(p *browser.Page) {
	p.Open(s.at("units", "add"))
	p.Fill("Name", "north  FOODS")
	p.Click("Add")
	p.WaitText("There is North Foods here already. Take another name.")
	if p.Status() != http.StatusConflict || p.Value("Name") != "north  FOODS" {
		s.t.Errorf("a taken name: %d, %q", p.Status(), p.Value("Name"))
	}
	if !browser.Eval[bool](p, `document.querySelector("[name=name]").getAttribute("aria-invalid") === "true"`) {
		s.t.Error("the error does not stand at the field")
	}
	p.CheckAxe()
	set(p, "[name=kind]", "group")
	p.Fill("Name", "Loose group")
	p.Click("Add")
	p.WaitText("A group stands in a customer account or in another group.")
	if p.Status() != http.StatusUnprocessableEntity {
		s.t.Errorf("a group at the top: %d", p.Status())
	}
	p.Open(s.at("units", "add"))
	p.Fill("Name", "South Foods")
	p.Click("Add")
	p.WaitText("South Foods was added.")
}

// groups makes groups inside.
func (s *site) groups(p *browser.Page, north roster.UnitID) {
	p.Open(s.at("units", string(north)))
	p.Click("Add inside")
	p.WaitText("It will stand in North Foods.")
	p.Tick("Group", true)
	p.Fill("Name", "Depots")
	p.Click("Add")
	p.WaitText("Depots was added.")
	p.Click("Add inside")
	p.WaitText("It will stand in North Foods › Depots.")
	p.Fill("Name", "Night shift")
	p.Click("Add")
	p.WaitText("Night shift was added.")
	if u := s.unitNamed("Night"); u.Kind != roster.Group || len(u.Path) != 2 {
		s.t.Errorf("made %s in %v", u.Kind, u.Path)
	}
	p.In(".nav").Click("Customer accounts")
	p.Click("Show what is in North Foods")
	p.WaitText("Depots")
	p.Click("Show what is in Depots")
	p.WaitText("Night shift")
	if !strings.Contains(p.URL(), "open=") {
		s.t.Error("the address does not say what is open: ", p.URL())
	}
	p.Reload()
	p.WaitText("Night shift")
	p.CheckAxe()
}

// renames edits an account, once too late.
func (s *site) renames(p *browser.Page, north roster.UnitID) {
	p.Open(s.at("units", string(north)))
	late := p.Tab()
	late.Open(s.at("units", string(north), "edit"))
	p.Click("Rename")
	p.Fill("Name", "Northern Foods")
	p.Click("Save changes")
	p.WaitText("Northern Foods was saved.")
	late.Fill("Name", "Nordic Foods")
	late.Click("Save changes")
	late.WaitText("Someone changed this meanwhile.")
	if late.Status() != http.StatusPreconditionFailed || late.Value("Name") != "Nordic Foods" {
		s.t.Errorf("a stale edit: %d, %q", late.Status(), late.Value("Name"))
	}
	if u := s.unitNamed("CU-1"); u.Name != "Northern Foods" {
		s.t.Errorf("it is called %s", u.Name)
	}
}

// moves moves an account, and finds that what moved meanwhile made the next move a circle.
func (s *site) moves(p *browser.Page, north roster.UnitID) {
	south := s.unitNamed("South")
	p.Open(s.at("units", string(north), "move"))
	if p.Shows("Night shift") {
		s.t.Error("an account is offered a place inside itself")
	}
	late := p.Tab()
	late.Open(s.at("units", string(south.ID), "move"))
	p.Tick("South Foods", true)
	p.Click("Move Northern Foods")
	p.WaitText("Northern Foods was moved.")
	if u := s.unitNamed("Northern"); u.Parent != south.ID {
		s.t.Errorf("it stands in %q", u.Parent)
	}
	late.Tick("Northern Foods", true)
	late.Click("Move South Foods")
	late.WaitText("South Foods cannot stand in itself or in something below it.")
	if late.Status() != http.StatusUnprocessableEntity || s.unitNamed("South").Parent != "" {
		s.t.Errorf("a move in a circle: %d", late.Status())
	}
	late.CheckAxe()
	p.Click("Move")
	p.Click("Move Northern Foods")
	p.WaitText("Choose the new place.")
	p.Tick("At the top, right below the organisation", true)
	p.Click("Move Northern Foods")
	p.WaitText("Northern Foods was moved.")
}

// putsAway archives an account by its menu, takes that back, and does it again on its page.
func (s *site) putsAway(p *browser.Page, north roster.UnitID) {
	p.Open(s.at("units"))
	p.Click("Actions for Northern Foods")
	p.Click("Archive")
	p.WaitText("The lists hide it, unless they are asked for archived ones.")
	p.CheckAxe()
	p.Click("Archive Northern Foods")
	p.WaitText("Northern Foods is archived.")
	if !s.unitNamed("Northern").Archived() {
		s.t.Error("it is not archived")
	}
	p.Click("Undo")
	p.WaitText("Northern Foods is in use again.")
	p.Click("Archive")
	p.Click("Archive Northern Foods")
	p.WaitText("No new access is given here.")
	if p.Offers("Add inside") {
		s.t.Error("something may be made in an archived account")
	}
	p.Open(s.at("units"))
	if p.Shows("Northern Foods") {
		s.t.Error("the list shows what is archived")
	}
	p.Open(s.at("units", string(north)))
	p.Click("Restore")
	p.Click("Restore Northern Foods")
	p.WaitText("Northern Foods is in use again.")
	if s.unitNamed("Northern").Archived() {
		s.t.Error("it is not restored")
	}
}
