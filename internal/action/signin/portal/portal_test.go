package portal_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/client"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/signin/portal"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

const agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"

// stage is a house with a product that can ask for links.
type stage struct {
	*rostertest.House
	t       *testing.T
	product roster.Actor
}

func each(t *testing.T, test func(t *testing.T, s stage)) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		made, err := h.Client.Create(h.CLI(""), client.Draft{Name: "Fleet", Permissions: []string{act.ClientPortal}})
		must(t, err)
		test(t, stage{h, t, roster.Actor{Kind: roster.ActorClient, Client: made.ID, Name: "Fleet", Organisation: h.Acme.ID, Scopes: []string{act.ClientPortal}, Door: roster.DoorAPI, IP: "192.0.2.80"}})
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func (s stage) opens(to policy.Portal) {
	s.t.Helper()
	set, err := s.Portals.Set(s.As(s.Owner), to)
	must(s.t, err)
	if set.OpenTo != to {
		s.t.Fatalf("open to %s, not %s", set.OpenTo, to)
	}
}

func (s stage) asks(member string) (string, error) {
	made, err := s.Links.Create(s.As(s.product), portal.Asked{Member: member})
	return made.Secret, err
}

func (s stage) link(member string) string {
	s.t.Helper()
	key, err := s.asks(member)
	must(s.t, err)
	return key
}

var browser = roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"}

// goes uses a link up, from a browser that shows its page.
func (s stage) goes(from roster.Actor, key string) (portal.Entered, error) {
	l, err := s.Links.Landing(s.As(from), s.Acme.ID, key)
	if err != nil {
		return portal.Entered{}, err
	}
	return s.Links.Enter(s.As(from), s.Acme.ID, key, l.Link.ID, agent)
}

// comes brings somebody in, and gives who they are outside any organisation.
func (s stage) comes(member string) (roster.Actor, string) {
	s.t.Helper()
	in, err := s.goes(browser, s.link(member))
	must(s.t, err)
	return person(in.Session), in.Secret
}

func person(of roster.Session) roster.Actor {
	a := browser
	a.Kind, a.Person, a.Session, a.Proofs = roster.ActorPerson, of.Person, of.ID, of.Proofs
	return a
}

// inside takes a session into an organisation.
func (s stage) inside(a roster.Actor, name string) (roster.Actor, error) {
	entry, err := s.Orgs.Enter(s.As(a), name)
	return entry.Actor(a), err
}

func (s stage) over(secret string) bool {
	_, err := s.SignIn.Check(s.As(browser), secret)
	return roster.Is(err, "session_over")
}

func (s stage) newest() roster.Event {
	s.t.Helper()
	page, err := s.History.List(s.CLI(s.Acme.ID), history.Query{Limit: 1})
	must(s.t, err)
	return page.Events[0]
}

// TestALinkBringsSomebodyInOnce: as far as the portal is open to what they may do, within two minutes; looking uses nothing up.
func TestALinkBringsSomebodyInOnce(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		anna, mia := s.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor), s.Join("mia@example.com", "Mia", "Meier", roster.RoleMember)
		for _, level := range []struct {
			open policy.Portal
			code map[string]string
		}{
			{policy.PortalOff, map[string]string{"mia@example.com": "portal_closed", "anna@example.com": "portal_closed", "olga@example.com": "portal_closed"}},
			{policy.PortalMembers, map[string]string{"mia@example.com": "", "anna@example.com": "portal_beyond", "olga@example.com": "portal_beyond"}},
			{policy.PortalAdministrators, map[string]string{"mia@example.com": "", string(anna.Member): "", "OLGA@example.com": "portal_beyond"}},
			{policy.PortalOwners, map[string]string{"mia@example.com": "", "anna@example.com": "", "olga@example.com": ""}},
		} {
			s.opens(level.open)
			for who, code := range level.code {
				if _, err := s.asks(who); code == "" && err != nil || code != "" && !roster.Is(err, code) {
					t.Errorf("open to %s, %s: %v, want %q", level.open, who, err, code)
				}
			}
		}
		key := s.link("mia@example.com")
		if e := s.newest(); e.Action != "portal.create" || e.ActorID != s.product.Client || e.Target.ID != string(mia.Member) {
			t.Errorf("the line of the link: %+v", e)
		}
		for range 3 {
			l, err := s.Links.Landing(s.As(browser), s.Acme.ID, key)
			must(t, err)
			if l.Link.Product != "Fleet" || l.Member.ID != mia.Member || l.Organisation.ID != s.Acme.ID {
				t.Errorf("the page: %+v", l)
			}
		}
		in, err := s.goes(browser, key)
		must(t, err)
		if e := s.newest(); e.Action != "portal.enter" || e.ActorID != string(mia.Member) || e.IP != browser.IP || !slices.ContainsFunc(e.Changes, func(c roster.Change) bool { return c.Field == "portal_product" && c.To == "Fleet" }) {
			t.Errorf("the line of coming in: %+v", e)
		}
		if p := in.Session.Proofs; len(p) != 1 || p[0].Method != roster.ProofPortal || p[0].Through != "Fleet" || p[0].Connection != s.product.Client || p[0].Organisation != s.Acme.ID || in.Session.ExpiresAt.Sub(in.Session.CreatedAt) != portal.Lasts {
			t.Errorf("the session: %+v", in.Session)
		}
		a, err := s.inside(person(in.Session), "acme")
		must(t, err)
		if a.Member != mia.Member {
			t.Errorf("inside as %s", a.Member)
		}
		_, err = s.goes(browser, key)
		refused(t, "a second time", err, "portal_link_over")
		_, err = s.Links.Landing(s.As(browser), s.Acme.ID, key)
		refused(t, "its page", err, "portal_link_over")
		late := s.link("mia@example.com")
		s.Clock.Pass(portal.Within)
		_, err = s.goes(browser, late)
		refused(t, "two minutes later", err, "portal_link_over")
		_, err = s.Links.Enter(s.As(browser), roster.NewOrgID(), s.link("mia@example.com"), "", agent)
		refused(t, "in another organisation", err, "portal_link_over")
		s.Verified(s.Acme.ID)
	})
}

// TestALinkBringsWhoWasSignedOutInAgain: it is a new proof, also beside an old session.
func TestALinkBringsWhoWasSignedOutInAgain(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.opens(policy.PortalMembers)
		mia := s.Join("mia@example.com", "Mia", "Mem", roster.RoleMember)
		own := s.Own(s.Owner, roster.Actor{}, team.Invitation{Email: "una@example.com", Profile: roster.Profile{FirstName: "Una", LastName: "Own"}})
		for name, id := range map[string]roster.MemberID{"managed": mia.Member, "their own": own.Member} {
			was, secret := s.comes(string(id))
			s.Clock.Pass(time.Minute)
			_, err := s.Profiles.SignOut(s.As(s.Owner), id)
			must(t, err)
			if name == "managed" {
				if !s.over(secret) {
					t.Error("a managed person's session goes on")
				}
			} else if _, err = s.inside(was, "acme"); !roster.Is(err, "signed_out") {
				t.Errorf("%s: %v", name, err)
			}
			s.Clock.Pass(time.Minute)
			in, err := s.goes(was, s.link(string(id)))
			must(t, err)
			_, err = s.inside(person(in.Session), "acme")
			must(t, err)
		}
	})
}

// TestItIsAWayInHereAndNothingElse: no other organisation, no fresh proof, no second factor.
func TestItIsAWayInHereAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		founded, err := s.Orgs.Create(s.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "olga@beta.example"})
		must(t, err)
		beta := s.Accept(founded.Organisation.ID, founded.Link, "Olga", "Beta")
		admin := team.Invitation{Email: "uma@example.com", Profile: roster.Profile{FirstName: "Uma", LastName: "Ek"}, Grants: team.RoleGivings(roster.RoleUserAdministrator)}
		uma := s.Own(s.Owner, roster.Actor{}, admin)
		own, err := s.SignIn.SignIn(s.As(browser), signin.Try{Email: "uma@example.com", Password: rostertest.Password})
		must(t, err)
		s.Own(beta, person(own.Session), team.Invitation{Email: "uma@example.com", Profile: admin.Profile})
		s.opens(policy.PortalAdministrators)

		a, _ := s.comes(string(uma.Member))
		_, err = s.inside(a, "beta")
		refused(t, "another organisation", err, "method_required")
		me, err := s.SignIn.Me(s.As(a))
		must(t, err)
		if len(me.Memberships) != 1 || me.Memberships[0].Org != s.Acme.ID || len(me.Sessions) != 1 {
			t.Errorf("of the person it sees %+v", me)
		}
		refused(t, "ending other sessions", s.SignIn.End(s.As(a), "", ""), "own_proof_needed")
		in, err := s.inside(a, "acme")
		must(t, err)
		_, err = s.Team.Invite(s.As(in), team.Invitation{Email: "new@example.com", Profile: roster.Profile{FirstName: "Neo", LastName: "Ek"}})
		must(t, err)
		mia := s.Join("mia@example.com", "Mia", "Meier", roster.RoleMember)
		_, err = s.Removals.Remove(s.As(in), mia.Member, "")
		refused(t, "what is sensitive", err, "confirmation_required")

		yes, none := true, time.Duration(0)
		_, err = s.Orgs.Edit(s.As(s.Owner), org.Edit{FactorRequired: &yes, FactorGrace: &none})
		must(t, err)
		_, err = s.inside(a, "acme")
		refused(t, "where a second factor is required", err, "factor_setup_required")
		no := false
		_, err = s.Orgs.Edit(s.As(s.Owner), org.Edit{FactorRequired: &no})
		must(t, err)

		confirmed, err := s.SignIn.Confirm(s.As(a), signin.Confirmation{Password: rostertest.Password})
		must(t, err)
		if in, err = s.inside(person(confirmed.Session), "acme"); err == nil {
			_, err = s.Removals.Remove(s.As(in), mia.Member, "")
		}
		must(t, err)
		s.Verified(s.Acme.ID)
	})
}

// TestItEnds: when its person may do more than the portal is open to, when the portal is closed further, when the product's
// program is removed; and nothing else of theirs does.
func TestItEnds(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		mia := s.Join("mia@example.com", "Mia", "Meier", roster.RoleMember)
		own, err := s.SignIn.SignIn(s.As(browser), signin.Try{Email: "mia@example.com", Password: rostertest.Password})
		must(t, err)
		s.opens(policy.PortalMembers)
		a, secret := s.comes("mia@example.com")
		_, err = s.inside(a, "acme")
		must(t, err)
		_, err = s.Team.Grant(s.As(s.Owner), mia.Member, team.Grants{All: team.RoleGivings(roster.RoleAuditor)})
		must(t, err)
		_, err = s.inside(a, "acme")
		refused(t, "as an auditor", err, "method_required")
		s.opens(policy.PortalOwners)
		_, err = s.inside(a, "acme")
		must(t, err)
		waiting := s.link("mia@example.com")
		s.opens(policy.PortalAdministrators)
		if !s.over(secret) {
			t.Error("the session outlives the closing")
		}
		_, err = s.goes(browser, waiting)
		refused(t, "a link from before", err, "portal_link_over")

		_, secret = s.comes("mia@example.com")
		waiting = s.link("mia@example.com")
		_, err = s.Client.Remove(s.CLI(""), "Fleet")
		must(t, err)
		if !s.over(secret) {
			t.Error("the session outlives the product's program")
		}
		_, err = s.goes(browser, waiting)
		refused(t, "a link of a program that is gone", err, "portal_link_over")
		if s.over(own.Secret) {
			t.Error("a session of her own ended with them")
		}
		s.Verified(s.Acme.ID)
	})
}

// TestWhoIsBroughtInNowhere: whoever could not sign in either, and nobody but the product asks.
func TestWhoIsBroughtInNowhere(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.opens(policy.PortalOwners)
		gus, mia := s.Join("gus@example.com", "Gus", "Gone"), s.Join("mia@example.com", "Mia", "Meier")
		robot, err := s.Team.CreateAPIUser(s.As(s.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		must(t, err)
		_, err = s.Team.Invite(s.As(s.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		must(t, err)
		waiting := s.link("mia@example.com")
		_, err = s.Team.Block(s.As(s.Owner), mia.Member, "")
		must(t, err)
		_, err = s.goes(browser, waiting)
		refused(t, "a link from before the block", err, "blocked")
		_, err = s.Removals.Remove(s.As(s.Owner), gus.Member, "")
		must(t, err)
		for who, code := range map[string]string{
			"mia@example.com": "member_blocked", "gus@example.com": "removed", "ina@example.com": "not_accepted", string(robot.ID): "no_password",
			"nobody@example.com": "not_found", "": "field_required", strings.Repeat("x", portal.MaxMember+1): "too_long",
		} {
			_, err := s.asks(who)
			refused(t, who, err, code)
		}
		_, err = s.Links.Create(s.As(s.product), portal.Asked{Member: "olga@example.com", Page: "nowhere"})
		refused(t, "another page", err, "page_unknown")
		other := s.product
		other.Scopes = []string{act.ClientEvents}
		for what, a := range map[string]roster.Actor{"another product": other, "the Owner": s.Owner, "root": {Kind: roster.ActorCLI, Organisation: s.Acme.ID}} {
			if _, err := s.Links.Create(s.As(a), portal.Asked{Member: "olga@example.com"}); !roster.Is(err, "forbidden") {
				t.Errorf("%s asks: %v", what, err)
			}
		}
		key := s.link("olga@example.com")
		_, err = s.Networks.Set(s.CLI(s.Acme.ID), []string{"198.51.100.0/24"})
		must(t, err)
		_, err = s.goes(browser, key)
		refused(t, "from elsewhere", err, "address_not_allowed")
		_, err = s.Networks.Set(s.CLI(s.Acme.ID), nil)
		must(t, err)
		_, err = s.Fleet.Suspend(s.CLI(s.Acme.ID))
		must(t, err)
		_, err = s.goes(browser, key)
		refused(t, "while nobody comes in", err, "organisation_suspended")
		_, err = s.asks("olga@example.com")
		refused(t, "while nobody comes in", err, "organisation_suspended")
		_, err = s.Fleet.Resume(s.CLI(s.Acme.ID))
		must(t, err)
		if _, err = s.goes(browser, key); err != nil {
			t.Errorf("the refusals used it up: %v", err)
		}
		s.Verified(s.Acme.ID)
	})
}

// TestWhoOpensIt: to open it further takes all that an Owner may do, to close it what other ways in do; and Owners get a letter.
func TestWhoOpensIt(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		methods := s.Holder("Mel", team.Giving{Permission: authz.MethodsWrite}, team.Giving{Permission: authz.OrganisationRead}, team.Giving{Scope: authz.Admin})
		_, err := s.Portals.Set(s.As(methods), policy.PortalMembers)
		refused(t, "less than an Owner opens it", err, "forbidden")
		if e := roster.AsError(err); len(e.Missing) == 0 || !strings.Contains(e.Message, "Only who may do all that an Owner may") {
			t.Errorf("the refusal: %v %v", e.Message, e.Missing)
		}
		_, err = s.Portals.Set(s.As(s.Owner), "everybody")
		refused(t, "another level", err, "portal_invalid")
		before := s.letters()
		s.opens(policy.PortalAdministrators)
		if got := s.letters() - before; got != 1 {
			t.Errorf("%d letters to Owners, want 1", got)
		}
		if e := s.newest(); e.Action != "organisation.portal" || !slices.ContainsFunc(e.Changes, func(c roster.Change) bool { return c.Field == "portal" && c.From == "off" && c.To == "administrators" }) {
			t.Errorf("the line: %+v", e)
		}
		_, err = s.Portals.Set(s.As(methods), policy.PortalOff)
		must(t, err)
		if got := s.letters() - before; got != 1 {
			t.Errorf("closing it wrote a letter: %d", got)
		}
		shown, err := s.Portals.Show(s.As(methods))
		must(t, err)
		if shown.OpenTo != policy.PortalOff || !slices.Equal(shown.Products, []string{"Fleet"}) {
			t.Errorf("shown: %+v", shown)
		}
		robot, err := s.Team.CreateAPIUser(s.As(s.Owner), team.APIUser{Name: "Robot", Grants: []team.Giving{{Permission: authz.MethodsWrite}, {Scope: authz.Admin}}})
		must(t, err)
		program := rostertest.Actor(robot.Member)
		_, err = s.Portals.Set(s.As(program), policy.PortalMembers)
		refused(t, "a program", err, "people_only")
	})
}

// letters counts those that tell Owners of it.
func (s stage) letters() int {
	s.t.Helper()
	all, err := s.Outbox.List(s.CLI(""), 100)
	must(s.t, err)
	n := 0
	for _, j := range all {
		if j.Kind == "letter.portal" {
			n++
		}
	}
	return n
}

// carried holds that a session of one's own that is not enough here goes on with what it proved elsewhere, and that no
// history of an organisation tells which it is.
func carried(t *testing.T, s stage) {
	t.Helper()
	nia := s.Join("nia@example.com", "Nia", "Noll", roster.RoleMember)
	own, err := s.SignIn.SignIn(s.As(browser), signin.Try{Email: "nia@example.com", Password: rostertest.Password})
	must(t, err)
	weak := person(own.Session)
	weak.Proofs = []roster.Proof{{Method: roster.ProofConnection, Connection: "lgm_elsewhere", Organisation: roster.NewOrgID(), At: s.Clock.Now()}} // of another organisation's connection
	in, err := s.goes(weak, s.link("nia@example.com"))
	must(t, err)
	if in.Secret == "" || !s.over(own.Secret) || s.over(in.Secret) || in.Session.ID != own.Session.ID || in.Session.Person != nia.Person {
		t.Errorf("the session does not go on: %+v", in.Session)
	}
	proofs := map[string]int{}
	for _, p := range in.Session.Proofs {
		proofs[p.Method]++
	}
	if proofs[roster.ProofPassword] != 1 || proofs[roster.ProofPortal] != 1 || in.Session.ExpiresAt.After(s.Clock.Now().Add(portal.Lasts)) {
		t.Errorf("it goes on with %v until %s", proofs, in.Session.ExpiresAt)
	}
	page, err := s.History.List(s.CLI(s.Acme.ID), history.Query{Limit: 200})
	must(t, err)
	for _, e := range page.Events {
		for _, c := range e.Changes {
			if c.Field == "session" || c.From == own.Session.ID || c.To == own.Session.ID {
				t.Errorf("the organisation's history tells of the session: %+v", c)
			}
		}
	}
}

// TestWhoHasASessionOfTheirOwnKeepsIt, and one that is not enough goes on with the link's proof.
func TestWhoHasASessionOfTheirOwnKeepsIt(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.opens(policy.PortalOwners)
		own, err := s.SignIn.SignIn(s.As(browser), signin.Try{Email: "olga@example.com", Password: rostertest.Password})
		must(t, err)
		in, err := s.goes(person(own.Session), s.link("olga@example.com"))
		must(t, err)
		if in.Secret != "" || s.over(own.Secret) {
			t.Errorf("her own session: %+v", in.Session)
		}
		first, secret := s.comes("olga@example.com")
		in, err = s.goes(first, s.link("olga@example.com"))
		must(t, err)
		if in.Secret == "" || !s.over(secret) || s.over(in.Secret) {
			t.Error("the session by an earlier link goes on beside the new one")
		}
		_, err = s.Links.Enter(s.As(browser), s.Acme.ID, s.link("olga@example.com"), roster.NewID("ptl_"), agent)
		refused(t, "the button of another link's page", err, "changed_meanwhile")
		carried(t, s)
		mia := s.Join("mia@example.com", "Mia", "Meier")
		in, err = s.goes(person(own.Session), s.link("mia@example.com"))
		must(t, err)
		if in.Session.Person != mia.Person || s.over(own.Secret) {
			t.Error("somebody else's session in this browser is not the link's to end")
		}
	})
}
