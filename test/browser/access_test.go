package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// watch makes the role Watch: the network's devices, and notices.
func (s *site) watch() string {
	s.t.Helper()
	r, err := s.Roles.Create(s.As(s.Owner), role.Draft{Name: "Watch", Description: "Looks on.", Scopes: []string{"network"}, Permissions: []string{"devices.read", "notices.read"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.ID
}

// holder adds a member "First Holder" with an address to sign in by.
func (s *site) holder(first string, grants ...team.Giving) (roster.Actor, string) {
	s.t.Helper()
	email := strings.ToLower(first) + "." + s.Acme.Slug + "@example.com"
	return s.Enter(team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: "Holder"}, Grants: grants}), email
}

// userAdministrator is somebody who administers members, and holds Watch at one account alone.
func (s *site) userAdministrator(watch string, at roster.UnitID) (roster.Actor, string) {
	s.t.Helper()
	return s.holder("Ulla", team.Giving{Role: roster.RoleUserAdministrator}, team.Giving{Role: watch, Unit: at})
}

// held gives what a member is given, in short.
func (s *site) held(m roster.MemberID) []string {
	s.t.Helper()
	var all []string
	for _, g := range s.member(m).Grants {
		text := g.Role + g.Permission + g.Scope
		if g.Unit != "" {
			text += " on " + string(g.Unit)
		}
		if !g.Until.IsZero() {
			text += " until " + g.Until.Add(-time.Microsecond).Format(time.DateOnly)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func TestAUserAdministratorEditsAccessInTwoLists(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north, watch := s.Account("North", ""), s.watch()
		_, email := s.userAdministrator(watch, north)
		anna, _ := s.holder("Anna", team.Giving{Role: roster.RoleMember}, team.Giving{Permission: "invoices.read"})
		p := s.signedIn(email, o)
		p.Open(s.at("team", string(anna.Member), "access"))
		late := p.Tab()
		late.Open(s.at("team", string(anna.Member), "access", "edit"))
		p.In("header.head").Click("Edit access")

		offer(p).In(`[data-item="role:owner"]`).WaitText("You lack ")
		offer(p).In(`[data-item="permission:invoices.read"]`).WaitText("You lack “See invoices”")
		offer(p).Row("Watch").WaitText("On North only.")
		has(p).In(`[data-key="permission:invoices.read"]`).WaitText("You lack “See invoices”") // taking is held to the same
		s.locked(p, o)
		p.CheckAxe()

		day := s.clock.now().AddDate(0, 0, 3).Format(time.DateOnly)
		offer(p).Tick("Watch", true)
		offer(p).Choose("Where", "North")
		set(p, "#f-until", day)
		p.Click("Give")
		has(p).Row("Watch").WaitText("North")
		p.In("[data-part=gain]").WaitText("Watch · North, until ")
		p.Click("Save access")
		p.WaitText("The access of Anna Holder was saved.")
		p.WaitText("Role Watch, on North")
		if ends := p.In(`section.place:has([href*="/units/"])`).Row("See devices").In(".ends"); !ends.Shows("until ") || !ends.Shows("days left") {
			t.Errorf("no countdown: %s", ends.Text())
		}
		want := []string{"invoices.read", "member", watch + " on " + string(north) + " until " + day}
		if got := s.held(anna.Member); !slices.Equal(got, sorted(want)) {
			t.Errorf("Anna holds %v, not %v", got, want)
		}

		s.staleAccess(late, anna.Member)
		s.tampered(p, anna.Member)
		p.Open(s.at("team", string(anna.Member), "access", "edit"))
		has(p).Tick("Watch", true)
		p.Click("Take away")
		p.In("[data-part=lose]").WaitText("Watch · North, until ")
		p.Click("Save access")
		p.WaitText("The access of Anna Holder was saved.")
		if got := s.held(anna.Member); !slices.Equal(got, []string{"invoices.read", "member"}) {
			t.Errorf("after taking away Anna holds %v", got)
		}
		p.Open(s.at("roles", watch, "edit")) // of a role, too, nothing is taken that one does not hold
		has(p).In(`[data-key="permission:devices.read"]`).WaitText("You lack “See devices”")
		if told := s.told(); strings.Count(told, "member.grant") < 2 {
			t.Errorf("the history tells %s", told)
		}
		s.Verified(s.Acme.ID)
	})
}

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

// locked finds that what cannot be given cannot be ticked, and can be reached to read why.
func (s *site) locked(p *browser.Page, o browser.Options) {
	s.t.Helper()
	box := `document.querySelector('[data-item="role:owner"] input')`
	if o.NoScript {
		if !browser.Eval[bool](p, box+`.disabled`) {
			s.t.Error("what cannot be given is not disabled")
		}
		return
	}
	p.ClickAt(`[data-item="role:owner"] label`)
	if browser.Eval[bool](p, box+`.checked || `+box+`.disabled || `+box+`.getAttribute("aria-disabled") !== "true"`) {
		s.t.Error("what cannot be given can be ticked, or is out of the keyboard's reach")
	}
	if why := browser.Eval[string](p, `[...`+box+`.getAttribute("aria-describedby").trim().split(/\s+/)].map((id) => document.getElementById(id).textContent).join(" ")`); !strings.Contains(why, "You lack") {
		s.t.Errorf("the box is described by %q", why)
	}
}

// staleAccess saves what was opened before somebody else saved.
func (s *site) staleAccess(late *browser.Page, m roster.MemberID) {
	s.t.Helper()
	before := s.held(m)
	has(late).Tick("Member", true)
	late.Click("Take away")
	late.Click("Save access")
	late.WaitText("Someone changed this meanwhile.")
	if late.Status() != http.StatusPreconditionFailed || has(late).Shows("Member") {
		s.t.Errorf("a stale edit: %d, or what was typed is lost", late.Status())
	}
	lose := late.In("[data-part=lose]") // against how it is now
	lose.WaitText("Member")
	lose.WaitText("Watch · North")
	late.CheckAxe()
	if got := s.held(m); !slices.Equal(got, before) {
		s.t.Errorf("a stale edit was kept: %v", got)
	}
}

// tampered ticks what the page does not let anybody tick.
func (s *site) tampered(p *browser.Page, m roster.MemberID) {
	s.t.Helper()
	before := s.held(m)
	p.Open(s.at("team", string(m), "access", "edit"))
	browser.Eval[string](p, `(() => {
	  const li = document.createElement("input");
	  [li.type, li.name, li.value] = ["hidden", "line.77", "role:owner@"];
	  document.querySelector("form.wide").append(li);
	  return "";
	})()`)
	p.Click("Save access")
	p.WaitText("This needs your attention")
	if p.Status() != http.StatusForbidden || !p.Shows("can give it to you, or do it.") || !p.Shows("devices.wipe") {
		s.t.Errorf("giving Owner: %d\n%s", p.Status(), p.In("main").Text())
	}
	if got := s.held(m); !slices.Equal(got, before) {
		s.t.Errorf("it was given all the same: %v", got)
	}
}

func TestSomebodyIsClonedAsFarAsOneCouldGive(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north, south, watch := s.Account("North", ""), s.Account("South", ""), s.watch()
		ulla, email := s.userAdministrator(watch, north)
		s.holder("Anna", team.Giving{Role: roster.RoleMember}, team.Giving{Role: watch, Unit: north}, team.Giving{Role: watch, Unit: south}, team.Giving{Permission: "invoices.read"})
		p := s.signedIn(email, o)
		p.Open(s.at("team"))
		p.Click("Actions for Ulla Holder")
		if p.Offers("Clone") {
			t.Error("somebody is offered to clone herself")
		}
		p.Reload() // closes the menu
		if status := p.Open(s.at("team", string(ulla.Member), "clone")); status != http.StatusForbidden {
			t.Errorf("cloning oneself by the address: %d", status)
		}
		p.WaitText("You cannot clone yourself.")
		p.Open(s.at("team"))
		p.Click("Actions for Anna Holder")
		p.Click("Clone")
		p.WaitText("Clone Anna Holder")
		along, left := p.In("section[aria-labelledby=along]"), p.In("section[aria-labelledby=left]")
		along.Row("Watch").WaitText("North")
		left.Row("Watch").WaitText("South")
		left.Row("See invoices").WaitText("You lack “See invoices”")
		left.WaitText("Everything personal")
		p.CheckAxe()

		p.Fill("E-mail", "not an address")
		p.Tick("Start blocked", true)
		p.Click("Send invitation")
		p.WaitText("This needs your attention")
		if p.Value("E-mail") != "not an address" || p.Value("Start blocked") != "true" {
			t.Error("what was typed is lost")
		}
		p.Fill("E-mail", "twin."+s.Acme.Slug+"@example.com")
		p.Fill("First name", "Tina")
		p.Fill("Last name", "Twin")
		p.Click("Send invitation")
		p.WaitText("Tina Twin is invited. 2 things you cannot give were left out.")
		twin := roster.MemberID(p.URL()[strings.LastIndex(p.URL(), "/")+1:])
		if got, want := s.held(twin), sorted([]string{"member", watch + " on " + string(north)}); !slices.Equal(got, want) {
			t.Errorf("the clone holds %v, not %v", got, want)
		}
		link := s.mail.Wait(t, "twin."+s.Acme.Slug+"@example.com", 1).Link(t, "/invitation/")
		q := s.visitor(o)
		q.Open(link)
		accept(q)
		q.WaitText("Your password is set")
		if m := s.member(twin); m.Status != roster.Blocked {
			t.Errorf("a clone that starts blocked is %s", m.Status)
		}
		if !strings.Contains(s.told(), "member.clone") {
			t.Error("the history does not tell of the clone: ", s.told())
		}
		s.Verified(s.Acme.ID)
	})
}

func TestAClonedAPIUserShowsItsSecretOnce(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		made, err := s.Team.CreateAPIUser(s.As(s.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		if err != nil {
			t.Fatal(err)
		}
		p := s.signedIn(s.email, o)
		p.Open(s.at("team", string(made.ID)))
		p.Click("Clone")
		p.Fill("Name", "Second robot")
		p.Click("Make API user")
		p.WaitText("The secret is shown this once.")
		shown := browser.Eval[string](p, `document.body.innerHTML`)
		if !strings.Contains(shown, "rsec_") || strings.Contains(shown, made.Secret) {
			t.Error("the clone has no secret of its own")
		}
		p.CheckAxe()
		p.Reload()
		p.WaitText("The secret was shown once and cannot be shown again.")
		if strings.Contains(browser.Eval[string](p, `document.body.innerHTML`), "rsec_") {
			t.Error("a reload shows the secret")
		}
		page, err := s.Team.List(s.As(s.Owner), team.Query{Kinds: []roster.MemberKind{roster.API}})
		if err != nil || len(page.Members) != 2 {
			t.Fatalf("a reload made another: %d %v", len(page.Members), err)
		}
		for _, m := range page.Members {
			if got := s.held(m.ID); !slices.Equal(got, []string{"auditor"}) {
				t.Errorf("%s holds %v", m.Label(), got)
			}
		}
	})
}

func TestThePageOfAccessSaysWhyAndWhyNot(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north, south, watch := s.Account("North", ""), s.Account("South", ""), s.watch()
		depot := s.Group("Depot", north)
		until := s.clock.now().AddDate(0, 0, 9).Add(-time.Hour)
		anna, _ := s.holder("Anna", team.Giving{Role: watch, Unit: north, Until: until}, team.Giving{Permission: "invoices.read"})
		p := s.signedIn(s.email, o)
		p.Open(s.at("team", string(anna.Member)))
		p.In(".tabs").Click("Access")
		place := p.Row("Beside what is held above it.")
		place.WaitText("North")
		place.WaitText("Role Watch, on North")
		place.Row("See devices").In(".ends").WaitText("9 days left")
		p.In("li.idle").WaitText("It works only together with the scope Billing")
		p.Click("Why? See devices")
		p.WaitText("Yes. Anna Holder may do “See devices” on North.")
		p.In(".answer").WaitText("its scope by Role Watch, on North")

		p.Choose("Where", "Depot")
		p.Click("Why, or why not?")
		p.WaitText("Yes. Anna Holder may do “See devices” on Depot.")
		p.Choose("Where", "South")
		p.Click("Why, or why not?")
		answer := p.In(".answer")
		answer.WaitText("No. Anna Holder may not do “See devices” on South.")
		answer.WaitText("“See devices” is not held on South, only on North.")
		answer.WaitText("The scope “Network” is not held on South, only on North.")
		if !answer.Offers("Olga Owner") {
			t.Error("nobody is named who could give it: ", answer.Text())
		}
		p.CheckAxe()
		if _, err := s.Team.Block(s.As(s.Owner), anna.Member, ""); err != nil {
			t.Fatal(err)
		}
		p.Open(s.at("team", string(anna.Member), "access") + "?permission=devices.read&unit=" + string(depot))
		p.In(".answer").WaitText("The member is blocked.")
		p.Open(s.at("team", string(anna.Member), "access") + "?permission=nothing.such&unit=" + string(south))
		p.WaitText("There is no permission")
		s.matrix(p, north)
	})
}

// matrix looks at people against customer accounts, both ways.
func (s *site) matrix(p *browser.Page, north roster.UnitID) {
	s.t.Helper()
	p.In(".nav").Click("Customer accounts")
	p.Click("Who has access where")
	p.Row("Anna Holder").WaitText("Watch")
	p.Row("Olga Owner").WaitText("From above")
	p.In("table").Click("North")
	p.WaitURL("/units/" + string(north))
	p.Row("Anna Holder").WaitText("Watch on North")
	if p.Row("Anna Holder").Shows("See invoices") {
		s.t.Error("the account's page tells what is held elsewhere")
	}
	p.Click("Who has access where")
	p.WaitURL("in=" + string(north))
	p.In("thead").WaitText("Depot")
	p.Row("Anna Holder").WaitText("From above")
	p.CheckAxe()
}

func TestTheWaysToOwnerTellOfAnOpenInvitation(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		email := "next." + s.Acme.Slug + "@example.com"
		m, _ := s.invite(email, "Nadia", "Next", roster.RoleOwner)
		s.sent(m.ID)
		p := s.signedIn(s.email, o)
		p.In(".nav").Click("Roles")
		p.Click("Ways to Owner")
		p.WaitText("1 Owner")
		p.Row("Signs in by password").WaitText("Olga Owner")
		open := p.Row("Becomes an Owner by opening the link")
		open.WaitText("Nadia Next")
		open.WaitText("Link number 1, made by Olga Owner")
		open.WaitText("Only by letter to " + email)
		open.WaitText("1 step")
		p.CheckAxe()
		if _, err := s.Team.Link(s.As(s.Owner), m.ID); err != nil {
			t.Fatal(err)
		}
		p.Reload()
		open.WaitText("A link was copied: whoever has it can use it")
		open.WaitText("Link number 2")
	})
}
