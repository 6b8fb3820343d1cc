package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/rostertest/browser"
)

// roleNamed finds a role by its name.
func (s *site) roleNamed(name string) role.View {
	s.t.Helper()
	all, err := s.Roles.List(s.As(s.Owner))
	if err != nil {
		s.t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(r role.View) bool { return r.Name == name })
	if at < 0 {
		s.t.Fatalf("there is no role %s", name)
	}
	return all[at]
}

// offer and has are the two lists.
func offer(p *browser.Page) *browser.Page { return p.In("[data-offer]") }
func has(p *browser.Page) *browser.Page   { return p.In("[data-has]") }

// searches finds things in a list where there are scripts, and finds that the rest is hidden.
func searches(t *testing.T, p *browser.Page, o browser.Options) {
	t.Helper()
	if o.NoScript {
		return
	}
	offer(p).Fill("Search what can be given", "devices")
	offer(p).WaitGone("See invoices")
	offer(p).Tick("All of Permissions: Network", true)
	if got := offer(p).Value("Edit devices"); got != "true" {
		t.Errorf("the group's box did not tick its permissions: %s", got)
	}
	offer(p).Tick("Wipe devices", false)
	if half := browser.Eval[bool](p, `[...document.querySelectorAll("[data-offer] .all")].some((b) => b.indeterminate)`); !half {
		t.Error("the group's box does not show that a part is ticked")
	}
	p.WaitText("Will gain")
	offer(p).Fill("Search what can be given", "no such thing")
	offer(p).WaitText("Nothing matches.")
	offer(p).Fill("Search what can be given", "")
	offer(p).WaitText("See invoices")
}

func TestAnOwnerMakesEditsAndDeletesARole(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		p := s.signedIn(s.email, o)
		p.In(".nav").Click("Roles")
		p.In("header.head").Click("Add role")
		p.Fill("Name", "oWNER")
		p.Fill("Description", "Looks after the network.")
		searches(t, p, o)
		for _, one := range []string{"Network", "See devices", "Edit devices"} {
			offer(p).Tick(one, true)
		}
		p.Click("Give")
		has(p).WaitText("Edit devices")
		p.WaitText("Will gain")
		has(p).Tick("Edit devices", true)
		p.Click("Take away")
		offer(p).WaitText("Edit devices")
		p.Click("Add role")
		p.WaitText("Owner is a built-in role. Take another name.")
		if p.Status() != http.StatusConflict || p.Value("Description") != "Looks after the network." || !has(p).Shows("See devices") {
			t.Errorf("a built-in role's name: %d, or what was typed is lost", p.Status())
		}
		p.CheckAxe()
		p.Fill("Name", "Watch")
		offer(p).Tick("See notices", true) // ticked and not moved: saving moves it
		p.Click("Add role")
		p.WaitText("The role Watch was added.")
		r := s.roleNamed("Watch")
		if !slices.Equal(r.Scopes, []string{"network"}) || !slices.Equal(slices.Sorted(slices.Values(r.Permissions)), []string{"devices.read", "notices.read"}) {
			t.Errorf("made with %v %v", r.Permissions, r.Scopes)
		}
		s.edits(p, r)
		s.deletes(p, r)
		for _, line := range []string{"role.create", "role.edit", "role.delete"} {
			if !strings.Contains(s.told(), line) {
				t.Errorf("the history has no %s", line)
			}
		}
		s.Verified(s.Acme.ID)
	})
}

// edits changes a role that people hold, who are named with what they gain and lose before it is saved.
func (s *site) edits(p *browser.Page, r role.View) {
	north := s.Account("North", "")
	s.Holder("Wanda", team.Giving{Role: r.ID, Unit: north})
	s.Holder("Nino", team.Giving{Role: r.ID}, team.Giving{Permission: "devices.write"})
	p.Open(s.at("roles", r.ID))
	p.Click("Edit")
	offer(p).Tick("Edit devices", true)
	has(p).Tick("See notices", true)
	p.Click("See who gains and loses what")
	p.WaitText("2 people hold this role. Saving changes what they may do at once.")
	wanda := p.Row("Wanda Holder")
	wanda.WaitText("Edit devices on North")
	wanda.WaitText("See notices on North")
	nino := p.Row("Nino Holder") // who has it already loses alone
	nino.WaitText("See notices on Whole organisation")
	if nino.Shows("Edit devices") {
		s.t.Error("somebody is said to gain what they hold already")
	}
	p.CheckAxe()
	if now := s.roleNamed("Watch"); slices.Contains(now.Permissions, "devices.write") {
		s.t.Error("a preview saved something")
	}
	p.Click("Change it again")
	has(p).WaitText("Edit devices")
	p.WaitText("Will lose")
	p.Click("See who gains and loses what")
	p.Click("Save Watch")
	p.WaitText("The role Watch was saved.")
	if now := s.roleNamed("Watch"); !slices.Equal(slices.Sorted(slices.Values(now.Permissions)), []string{"devices.read", "devices.write"}) {
		s.t.Errorf("saved with %v", now.Permissions)
	}
}

// deletes is refused while somebody holds the role.
func (s *site) deletes(p *browser.Page, r role.View) {
	p.Open(s.at("roles", r.ID, "delete"))
	p.WaitText("It cannot be deleted while 2 people hold it.")
	p.WaitText("Wanda Holder")
	p.CheckAxe()
	if p.Offers("Delete Watch") {
		s.t.Error("a role that is held is offered to be deleted")
	}
	holders, err := s.Team.List(s.As(s.Owner), team.Query{Role: r.ID})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range holders.Members {
		if _, err := s.Team.Remove(s.As(s.Owner), m.ID); err != nil {
			s.t.Fatal(err)
		}
	}
	p.Open(s.at("roles", r.ID))
	p.Click("Delete")
	p.WaitText("Nobody holds it, so nobody loses anything.")
	p.Click("Delete Watch")
	p.WaitText("The role Watch was deleted.")
	p.WaitURL("/roles")
	if p.Open(s.at("roles", r.ID)) != http.StatusNotFound {
		s.t.Error("a deleted role is found: ", p.Status())
	}
}

func TestTheTwoListsAreWorkedByKeyboardAlone(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		if o.NoScript {
			return // without scripts the lists are plain boxes and buttons, see the other stories
		}
		p := s.signedIn(s.email, o)
		p.Open(s.at("roles", "add"))
		tabTo(t, p, "Name")
		typeIn(p, "Keys")
		tabTo(t, p, "Description")
		typeIn(p, "By keyboard.")
		tabTo(t, p, "Search what can be given")
		typeIn(p, "devices")
		offer(p).WaitGone("See notices")
		p.Press("ArrowDown")
		if got := at(p); got != "All of Permissions: Network" {
			t.Errorf("the first of the list is %q", got)
		}
		p.Press("ArrowDown")
		p.Press(" ")
		p.Press("ArrowDown")
		p.Press("Enter") // moves what is ticked
		has(p).WaitText("See devices")
		if has(p).Shows("Edit devices") {
			t.Error("more than what was ticked moved")
		}
		p.Press("Enter") // nothing is ticked: what has the focus moves
		p.Press("ArrowRight")
		if got := at(p); !strings.HasPrefix(got, "All of") {
			t.Errorf("the arrow leads to %q in the other list", got)
		}
		p.Press("End")
		p.Press("Enter")
		p.Press("ArrowLeft")
		tabTo(t, p, "Add role")
		p.Press("Enter")
		p.WaitText("The role Keys was added.")
		if r := s.roleNamed("Keys"); !slices.Equal(r.Permissions, []string{"devices.read"}) {
			t.Errorf("made with %v", r.Permissions)
		}
	})
}
