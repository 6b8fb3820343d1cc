package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// post sends a form that no page offers, and gives the answer's status once it shows the text.
func (s *site) post(p *browser.Page, path string, text string, fields ...string) int {
	s.t.Helper()
	p.Open(s.url + "/me?in=" + s.Acme.Slug) // which shows nothing of it
	var js strings.Builder
	fmt.Fprintf(&js, `(() => { const f = document.createElement("form"); f.method = "post"; f.action = %q;`, path)
	for i := 0; i+1 < len(fields); i += 2 {
		fmt.Fprintf(&js, `{ const i = document.createElement("input"); [i.type, i.name, i.value] = ["hidden", %q, %q]; f.append(i); }`, fields[i], fields[i+1])
	}
	js.WriteString(`document.body.append(f); f.submit(); return ""; })()`)
	browser.Eval[string](p, js.String())
	p.WaitText(text)
	return p.Status()
}

func TestAnAdministratorOfOneAccountSeesAndDoesWhatIsThere(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north, south, watch := s.Account("North", ""), s.Account("South", ""), s.watch()
		depot := s.Group("Depot", north)
		here := func(permission string) team.Giving { return team.Giving{Permission: permission, Unit: north} }
		_, email := s.holder("Ned", team.Giving{Scope: authz.Admin, Unit: north}, here(authz.MembersRead), here(authz.MembersWrite),
			here(authz.MembersRemove), here(authz.UnitsRead), here(authz.UnitsWrite), team.Giving{Role: watch, Unit: north})
		maya, _ := s.holder("Maya", team.Giving{Role: roster.RoleMember}, team.Giving{Role: watch, Unit: depot})
		anna, _ := s.holder("Anna", team.Giving{Role: roster.RoleMember}, team.Giving{Role: watch, Unit: south})
		ext := s.Enter(team.Invitation{
			Kind: roster.External, Unit: string(north), Email: "renata." + s.Acme.Slug + "@example.com",
			Profile: roster.Profile{FirstName: "Renata", LastName: "Outside"}, Grants: team.RoleGivings(watch),
		})
		p := s.signedIn(email, o)
		p.WaitURL("/team")
		for name, seen := range map[string]bool{"Maya Holder": true, "Renata Outside": true, "Ned Holder": true, "Anna Holder": false, "Olga Owner": false} {
			if p.In("table").Offers(name) != seen {
				t.Errorf("%s is seen: %v", name, !seen)
			}
		}
		if p.Shows("seats") || p.Offers("Add user") || p.In(".nav").Offers("History") {
			t.Error("the whole team's numbers, form or history are shown")
		}
		if got := p.Open(s.at("team", string(anna.Member))); got != http.StatusNotFound {
			t.Errorf("somebody elsewhere: %d", got)
		}
		if got := p.Open(s.at("team", string(anna.Member), "access")); got != http.StatusNotFound {
			t.Errorf("the access of somebody elsewhere: %d", got)
		}
		s.regularHere(p, maya.Member, north)
		s.externalHere(p, ext.Member)
		s.treeHere(p, north, south, depot)
		s.Verified(s.Acme.ID)
	})
}

// regularHere: a regular member is edited, blocked and removed by who may do so in the whole organisation;
// what they hold here is given and taken here.
func (s *site) regularHere(p *browser.Page, maya roster.MemberID, north roster.UnitID) {
	s.t.Helper()
	p.Open(s.at("team", string(maya)))
	for _, act := range []string{"Edit", "Block", "Clone"} {
		if p.In("header.head").Offers(act) {
			s.t.Errorf("%s is offered on a regular member", act)
		}
	}
	if got := s.post(p, s.at("team", string(maya), "block"), "members.write", "reason", "so"); got != http.StatusForbidden {
		s.t.Errorf("blocking a regular member: %d", got)
	}
	p.Open(s.at("team", string(maya), "access"))
	p.Click("Edit access")
	if whole := browser.Eval[bool](p, `document.querySelector("#f-place option").disabled`); !whole {
		s.t.Error("the whole organisation is offered as a place")
	}
	if p.Shows("South") {
		s.t.Error("an account elsewhere is told")
	}
	offer(p).Tick("See devices", true)
	offer(p).Choose("Where", "North")
	p.Click("Save access") // ticked and not moved: saving moves it
	p.WaitText("The access of Maya Holder was saved.")
	if !slices.Contains(s.held(maya), "devices.read on "+string(north)) {
		s.t.Errorf("Maya holds %v", s.held(maya))
	}
}

func (s *site) externalHere(p *browser.Page, id roster.MemberID) {
	s.t.Helper()
	p.Open(s.at("team", string(id)))
	p.Click("Block")
	p.WaitText("Sessions lose their access to this organisation at once.")
	p.Click("Block Renata Outside")
	p.WaitText("Renata Outside is blocked.")
	p.Click("Clone")
	p.WaitText("Clone Renata Outside")
	p.Fill("E-mail", "rita."+s.Acme.Slug+"@example.com")
	p.Fill("First name", "Rita")
	p.Fill("Last name", "Outside")
	p.Click("Send invitation")
	p.WaitText("Rita Outside is invited.")
	twin := s.member(roster.MemberID(p.URL()[strings.LastIndex(p.URL(), "/")+1:]))
	if twin.Kind != roster.External || twin.Unit != s.member(id).Unit {
		s.t.Errorf("the clone is %s in %q", twin.Kind, twin.Unit)
	}
}

// treeHere: the tree begins at one's own account, and nothing is made or moved outside it.
func (s *site) treeHere(p *browser.Page, north, south, depot roster.UnitID) {
	s.t.Helper()
	p.In(".nav").Click("Customer accounts")
	p.WaitText("1 in total")
	if p.Shows("South") || p.Offers("Add customer account") {
		s.t.Error("accounts elsewhere are shown, or one may be made at the top")
	}
	if got := s.post(p, s.at("units", "add"), "units.write", "kind", "account", "name", "Top"); got != http.StatusForbidden {
		s.t.Errorf("an account at the top: %d", got)
	}
	if got := p.Open(s.at("units", string(south))); got != http.StatusNotFound {
		s.t.Errorf("an account elsewhere: %d", got)
	}
	p.Open(s.at("units", string(north)))
	if p.Shows("given above") {
		s.t.Error("the number of those above is told")
	}
	p.Click("Add inside")
	p.Tick("Group", true)
	p.Fill("Name", "Yard")
	p.Click("Add")
	p.WaitText("Yard was added.")
	p.Open(s.at("units", string(north), "move"))
	if p.Offers("Move North") && p.Shows("South") {
		s.t.Error("a place elsewhere is offered")
	}
	version := browser.Eval[string](p, `document.querySelector("[name=version]").value`)
	if got := s.post(p, s.at("units", string(north), "move"), "There is no customer account", "version", version, "parent", string(south)); got != http.StatusUnprocessableEntity {
		s.t.Errorf("moved to a place that is not one's own: %d", got)
	}
	p.Open(s.at("units", string(depot), "move"))
	p.Tick("Yard", true)
	p.Click("Move Depot")
	p.WaitText("Depot was moved.")
	p.Open(s.at("access"))
	if p.In("thead").Shows("South") || p.In("tbody").Shows("Olga") {
		s.t.Error("the table of access tells of elsewhere")
	}
	p.CheckAxe()
	if s.unitNamed("North").Parent != "" {
		s.t.Error("North was moved")
	}
}

func TestWhoLacksThePermissionIsOfferedNothingAndRefusedByName(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north, watch := s.Account("North", ""), s.watch()
		anna, _ := s.holder("Anna", team.Giving{Role: roster.RoleMember})
		_, email := s.holder("Aude", team.Giving{Role: roster.RoleAuditor})
		p := s.signedIn(email, o)
		for _, page := range []struct {
			at      []string
			offered []string
		}{
			{[]string{"units"}, []string{"Add customer account", "Actions for North"}},
			{[]string{"units", string(north)}, []string{"Add inside", "Rename", "Move", "Archive"}},
			{[]string{"roles"}, []string{"Add role", "Actions for Watch"}},
			{[]string{"roles", watch}, []string{"Edit", "Delete", "Make one like it"}},
			{[]string{"team", string(anna.Member)}, []string{"Clone", "Block", "Edit access"}},
			{[]string{"team", string(anna.Member), "access"}, []string{"Clone", "Edit access"}},
			{[]string{"owners"}, nil},
			{[]string{"access"}, nil},
			{[]string{"roles", "permissions"}, nil},
		} {
			if got := p.Open(s.at(page.at...)); got != http.StatusOK {
				t.Errorf("an Auditor reads %v: %d", page.at, got)
			}
			for _, name := range page.offered {
				if p.In("main").Offers(name) {
					t.Errorf("an Auditor is offered %q on %v", name, page.at)
				}
			}
		}
		who, own := s.at("team", string(anna.Member)), s.at("roles", watch)
		for _, c := range []struct {
			path, missing string
			fields        []string
		}{
			{s.at("units", "add"), "units.write", []string{"kind", "account", "name", "New"}},
			{s.at("units", string(north), "edit"), "units.write", []string{"version", "1", "name", "New"}},
			{s.at("units", string(north), "move"), "units.write", []string{"version", "1", "parent", ""}},
			{s.at("units", string(north), "archive"), "units.write", nil},
			{s.at("roles", "add"), "roles.write", []string{"name", "New", "description", "New", "line.0", "permission:notices.read@", "do", "save"}},
			{own + "/edit", "roles.write", []string{"version", "1", "name", "New", "description", "New", "line.0", "permission:notices.read@", "do", "save"}},
			{own + "/edit", "roles.write", []string{"version", "1", "name", "New", "description", "New", "line.0", "permission:notices.read@", "do", "preview"}},
			{own + "/delete", "roles.write", nil},
			{who + "/access/edit", "members.write", []string{"version", "1", "line.0", "role:auditor@", "do", "save"}},
			{who + "/clone", "members.write", []string{"form_key", "frm_1", "email", "x@example.com", "first_name", "X", "last_name", "Y"}},
		} {
			if got := s.post(p, c.path, c.missing, c.fields...); got != http.StatusForbidden {
				t.Errorf("POST %s: %d", c.path, got)
			}
		}
		if s.unitNamed("North").Archived() || s.roleNamed("Watch").Name != "Watch" || len(s.held(anna.Member)) != 1 {
			t.Error("something was changed all the same")
		}
	})
}
