package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/client"
	actions "roster/internal/action/client"
	"roster/internal/action/team"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	accessapi "roster/internal/server/api/access"
	catalogueapi "roster/internal/server/api/catalogue"
	orgapi "roster/internal/server/api/org"
	portalapi "roster/internal/server/api/portal"
	roleapi "roster/internal/server/api/role"
	teamapi "roster/internal/server/api/team"
	unitapi "roster/internal/server/api/unit"
)

// stage is a test for what is no test: examples want a house as well. It fails by panicking.
type stage struct {
	testing.TB
	mu    sync.Mutex
	after []func()
}

func (s *stage) Helper()                           {}
func (s *stage) Name() string                      { return "examples" }
func (s *stage) Context() context.Context          { return context.Background() }
func (s *stage) Fatal(args ...any)                 { panic(args) }
func (s *stage) Fatalf(format string, args ...any) { panic([]any{format, args}) }
func (s *stage) Errorf(format string, args ...any) { panic([]any{format, args}) }
func (s *stage) Cleanup(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = append(s.after, f)
}

func (s *stage) TempDir() string {
	dir, err := os.MkdirTemp("", "roster-client-")
	if err != nil {
		panic(err)
	}
	s.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *stage) end() {
	for i := len(s.after) - 1; i >= 0; i-- {
		s.after[i]()
	}
}

// The examples' server, and a product client and an API user of Acme's there.
var (
	serverURL               string
	productID, productKey   string
	importerID, importerKey string
)

func TestMain(m *testing.M) {
	s := &stage{}
	h := rostertest.SQLite(s)
	h.Declare(rostertest.Fleet())
	site := h.Serve()
	product, err := h.Client.Create(h.CLI(""), actions.Draft{Name: "Fleet portal", Permissions: []string{"organisations.write", "catalogue.write", "decisions.read", "events.read", "portal.create"}})
	must(s, err)
	importer, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Import", Grants: team.RoleGivings("user_administrator")})
	must(s, err)
	serverURL, productID, productKey = site.URL, product.ID, product.Secret
	importerID, importerKey = importer.View.ClientID, importer.Secret
	code := m.Run()
	s.end()
	os.Exit(code)
}

// of gives a client of a house's own product client.
func of(t *testing.T, r *rest.Rig, permissions ...string) *client.Client {
	t.Helper()
	made, err := r.Client.Create(r.CLI(""), actions.Draft{Name: "Portal", Permissions: permissions})
	must(t, err)
	c, err := client.New(client.Settings{URL: r.URL, ID: made.ID, Secret: made.Secret})
	must(t, err)
	return c
}

// program gives a client of an API user of Acme's.
func program(t *testing.T, r *rest.Rig, grants ...team.Giving) *client.Client {
	t.Helper()
	made, err := r.Team.CreateAPIUser(r.As(r.Owner), team.APIUser{Name: "Import", Grants: grants})
	must(t, err)
	c, err := client.New(client.Settings{URL: r.URL, ID: made.View.ClientID, Secret: made.Secret})
	must(t, err)
	return c
}

// shaper is what a program needs to shape access to the fleet: nobody is an Owner by a program.
func shaper() []team.Giving {
	all := append(team.RoleGivings("user_administrator"), team.Giving{Scope: "network"}, team.Giving{Permission: "units.write"})
	for _, p := range []string{"devices.read", "devices.write", "devices.wipe"} {
		all = append(all, team.Giving{Permission: p})
	}
	return all
}

func TestWhatTheClientShowsIsWhatTheAPISays(t *testing.T) {
	rostertest.SameFields(t, client.Member{}, teamapi.Member{})
	rostertest.SameFields(t, client.AddedMember{}, teamapi.AddedMember{})
	rostertest.SameFields(t, client.NewMember{}, teamapi.AddMember{}, "password")
	rostertest.SameFields(t, client.MemberEdit{}, teamapi.MemberPatch{})
	rostertest.SameFields(t, client.GrantsSet{}, teamapi.GrantsSet{}, "effective")
	rostertest.SameFields(t, client.ClonedMember{}, teamapi.ClonedMember{})
	rostertest.SameFields(t, client.Explanation{}, accessapi.Explanation{}, "member", "by", "through", "units", "allowed")
	rostertest.SameFields(t, client.Role{}, roleapi.Role{})
	rostertest.SameFields(t, client.NewRole{}, roleapi.NewRole{})
	rostertest.SameFields(t, client.RoleEdit{}, roleapi.RolePatch{})
	rostertest.SameFields(t, client.Unit{}, unitapi.Unit{})
	rostertest.SameFields(t, client.NewUnit{}, unitapi.NewUnit{})
	rostertest.SameFields(t, client.UnitEdit{}, unitapi.UnitPatch{}, "parent")
	rostertest.SameFields(t, client.Line{}, record.Line{})
	rostertest.SameFields(t, client.Listing{}, orgapi.Listed{})
	rostertest.SameFields(t, client.Organisation{}, orgapi.Organisation{})
	rostertest.SameFields(t, client.MadeOrganisation{}, orgapi.MadeOrganisation{})
	rostertest.SameFields(t, client.NewOrganisation{}, orgapi.NewOrganisation{})
	rostertest.SameFields(t, client.OrganisationEdit{}, orgapi.OrganisationPatch{}, "factor_required", "factor_grace", "second_secrets", "erase_after_days") // for people
	rostertest.SameFields(t, client.OfferedPlan{}, orgapi.OfferedPlan{})
	rostertest.SameFields(t, client.PortalLink{}, portalapi.PortalLink{})
	rostertest.SameFields(t, client.Declared{}, catalogueapi.Catalogue{})
	rostertest.SameFields(t, client.Applied{}, catalogueapi.Applied{})
	rostertest.SameFields(t, client.Declaration{}, catalogueapi.Declaration{})
}

func TestAProductBringsUpAnOrganisation(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ctx, c := t.Context(), of(t, r, "organisations.write", "catalogue.write", "decisions.read")
		declaration := client.Declaration{
			Scopes:      []client.Scope{{Key: "network", Name: "Network"}},
			Permissions: []client.Permission{{Key: "devices.restart", Scope: "network", Kind: "write", Name: "Restart devices"}},
			Mappings:    []client.Mapping{{Action: "restart", ResourceType: "device", Permission: "devices.restart", UnitFrom: "resource.properties.unit"}},
		}
		plan, err := c.Catalogue.Plan(ctx, declaration)
		must(t, err)
		if !plan.Changed || plan.Plan == nil || len(plan.Differences) != 3 {
			t.Errorf("the plan: %+v", plan)
		}
		applied, err := c.Catalogue.Apply(ctx, declaration)
		must(t, err)
		shown, err := c.Catalogue.Show(ctx)
		must(t, err)
		if !applied.Changed || shown.Version != applied.Version || len(shown.Declaration.Mappings) != 1 {
			t.Errorf("applied %+v, shown %+v", applied, shown.Declaration)
		}

		made, err := c.Organisations.Create(ctx, client.NewOrganisation{Name: "Nordwind", Owner: "nora@example.com"})
		must(t, err)
		if made.Plan != "playground" || made.Owner.Link == "" || made.Owner.Email != "nora@example.com" {
			t.Errorf("made %+v", made)
		}
		if _, err = c.Organisations.Create(ctx, client.NewOrganisation{Name: "Nordwind", Slug: "nordwind", Owner: "nora@example.com"}); client.Code(err) == "" {
			t.Errorf("the slug twice: %v", err)
		}
		nordwind := c.Org(made.Slug)
		seen, err := nordwind.Show(ctx)
		must(t, err)
		seen, err = nordwind.Assign(ctx, seen, "unlimited")
		must(t, err)
		plans, err := c.Organisations.Plans(ctx)
		must(t, err)
		if !slices.ContainsFunc(plans, func(p client.OfferedPlan) bool {
			return p.Key == "unlimited" && p.BuiltIn && p.MaxUsers == nil && p.Organisations > 0
		}) {
			t.Errorf("the plans: %+v", plans)
		}
		if seen.Plan != "unlimited" || nordwind.Position() == 0 {
			t.Errorf("on plan %s at %d", seen.Plan, nordwind.Position())
		}
		stopped, err := nordwind.Suspend(ctx)
		must(t, err)
		listed, err := client.All(c.Organisations.List(ctx, client.OrganisationFilter{Suspended: true}))
		must(t, err)
		if stopped.SuspendedAt.IsZero() || len(listed) != 1 || listed[0].ID != made.ID || listed[0].Users != 1 {
			t.Errorf("suspended %+v", listed)
		}
		again, err := nordwind.Resume(ctx)
		must(t, err)
		if !again.SuspendedAt.IsZero() {
			t.Error("it is suspended still")
		}
		if _, err := c.Org("nobodys").Show(ctx); client.Code(err) != "not_found" {
			t.Errorf("an organisation that is not there: %v", err)
		}
		if _, err := c.Org("").Show(ctx); err == nil {
			t.Error("an organisation without a name was asked for")
		}
	})
}

func TestAProgramLooksAfterATeam(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ctx := t.Context()
		acme := program(t, r, team.RoleGivings("user_administrator")...).Org("acme")
		first, err := acme.Members.Add(ctx, client.NewMember{Email: "ada@example.com", FirstName: "Ada", LastName: "Hill", ExternalID: "u-1", Grants: []client.Grant{{Role: "user_administrator"}}})
		must(t, err)
		if first.Status != "invited" || first.Grants[0].Role != "user_administrator" || first.ETag == "" {
			t.Errorf("added %+v", first)
		}
		_, err = acme.Members.Add(ctx, client.NewMember{Email: "ada@example.com", FirstName: "Ada", LastName: "Hill"})
		if refused, ok := err.(*client.Error); !ok || refused.Code != "already_invited" || refused.Existing != first.ID {
			t.Errorf("invited twice: %v", err)
		}
		edited, err := acme.Members.Edit(ctx, first.Member, client.MemberEdit{Phone: new("+442071838750"), LastName: new("Hall")})
		must(t, err)
		if edited.Name != "Ada Hall" || edited.Phone != "+442071838750" || edited.ExternalID != "u-1" {
			t.Errorf("edited %+v", edited)
		}
		if _, err := acme.Members.Edit(ctx, first.Member, client.MemberEdit{Phone: new("")}); client.Code(err) != "changed_meanwhile" {
			t.Errorf("a stale edit: %v", err)
		}
		cleared, err := acme.Members.Edit(ctx, edited, client.MemberEdit{Phone: new(""), ExternalID: new("")})
		must(t, err)
		if cleared.Phone != "" || cleared.ExternalID != "" {
			t.Errorf("cleared %+v", cleared)
		}
		cleared.ETag = client.AnyVersion
		set, err := acme.Members.SetGrants(ctx, cleared, []client.Grant{{Role: "member"}})
		must(t, err)
		if len(set.Gained) != 1 || set.Lost[0].Role != "user_administrator" || set.Member.ID != first.ID {
			t.Errorf("set %+v", set)
		}
		blocked, err := acme.Members.Block(ctx, first.ID, "left the project")
		must(t, err)
		e := r.Tells(t, first.ID, "member.block", roster.MemberID(blocked.UpdatedBy))
		if blocked.Status != "blocked" || e.Seq != acme.Position() {
			t.Errorf("%s at %d of %d", blocked.Status, acme.Position(), e.Seq)
		}
		if _, err = acme.Members.Unblock(ctx, first.ID); err != nil {
			t.Error(err)
		}
		if err := acme.Members.SignOut(ctx, first.ID); client.Code(err) != "no_sessions" {
			t.Errorf("signed out who never came: %v", err)
		}
		if _, err = acme.Members.Resend(ctx, first.ID); err != nil {
			t.Error(err)
		}
		api, err := acme.Members.Add(ctx, client.NewMember{Kind: "api", Name: "Nightly", Grants: []client.Grant{{Role: "member"}}})
		must(t, err)
		copied, err := acme.Members.Clone(ctx, api.ID, client.NewMember{Name: "Weekly"})
		must(t, err)
		if api.ClientSecret == "" || copied.ClientSecret == "" || copied.ClientSecret == api.ClientSecret || len(copied.LeftOut) != 0 {
			t.Errorf("made %+v, cloned %+v", api, copied)
		}
		why, err := acme.Members.Explain(ctx, api.ID, "members.read", "")
		must(t, err)
		if why.Decision || len(why.Missing) == 0 {
			t.Errorf("explained %+v", why)
		}
		must(t, acme.Members.Remove(ctx, first.ID, ""))
		if gone, err := acme.Members.Show(ctx, first.ID); err != nil || gone.Status != "removed" {
			t.Errorf("removed: %+v %v", gone, err)
		}
		if _, err = acme.Members.Add(ctx, client.NewMember{Email: "root@example.com", FirstName: "R", LastName: "R", Grants: []client.Grant{{Role: "owner"}}}); client.Code(err) != "exceeds_authority" {
			t.Errorf("an Owner was made: %v", err)
		}
		lines, err := client.All(acme.History.List(ctx, client.Span{Member: api.ID}))
		must(t, err)
		if len(lines) == 0 || lines[0].Action != "api_user.create" {
			t.Errorf("the history: %+v", lines)
		}
	})
}

func TestListsAreWalkedToTheirEnd(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	r.Horde(450)
	acme := program(t, r, team.RoleGivings("auditor")...).Org("acme")
	seen, most := map[string]bool{}, 0
	for m, err := range acme.Members.List(t.Context(), client.MemberFilter{Kind: []string{"regular"}, Status: []string{"active"}, Sort: "-created_at"}) {
		must(t, err)
		seen[m.ID] = true
	}
	for _, err := range acme.Members.List(t.Context(), client.MemberFilter{}) {
		must(t, err)
		if most++; most == 3 {
			break
		}
	}
	if len(seen) != 451 || most != 3 { // Olga, too
		t.Errorf("%d members were listed, and %d before the end", len(seen), most)
	}
	if _, err := client.All(acme.Members.List(t.Context(), client.MemberFilter{Sort: "colour"})); client.Code(err) == "" {
		t.Errorf("a sort that is none: %v", err)
	}
	lines, err := client.All(acme.History.List(t.Context(), client.Span{After: 1}))
	must(t, err)
	for i, l := range lines {
		if l.Seq != int64(i)+2 {
			t.Fatalf("line %d has position %d", i, l.Seq)
		}
	}
}

func TestAProgramShapesAccess(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ctx := t.Context()
		r.Declare(rostertest.Fleet())
		acme := program(t, r, shaper()...).Org("acme")
		north, err := acme.Units.Create(ctx, client.NewUnit{Name: "Nordwind", ExternalID: "nordwind"})
		must(t, err)
		yard, err := acme.Units.Create(ctx, client.NewUnit{Kind: "group", Name: "Yard", Parent: "nordwind"})
		must(t, err)
		south, err := acme.Units.Create(ctx, client.NewUnit{Name: "Suedwind"})
		must(t, err)
		south, err = acme.Units.Edit(ctx, south, client.UnitEdit{Name: new("Südwind"), ExternalID: new("suedwind")})
		must(t, err)
		moved, err := acme.Units.Move(ctx, yard, "suedwind")
		must(t, err)
		if moved.Parent != south.ID || len(moved.Path) != 1 || moved.Path[0].Name != "Südwind" {
			t.Errorf("moved %+v", moved)
		}
		top, err := client.All(acme.Units.List(ctx, client.UnitFilter{}))
		must(t, err)
		found, err := client.All(acme.Units.List(ctx, client.UnitFilter{Words: "yard"}))
		must(t, err)
		if len(top) != 2 || len(found) != 1 || found[0].ID != yard.ID {
			t.Errorf("at the top %d, found %+v", len(top), found)
		}
		put, err := acme.Units.Archive(ctx, north.ID)
		must(t, err)
		back, err := acme.Units.Restore(ctx, north.ID)
		must(t, err)
		if !put.Archived || back.Archived {
			t.Errorf("archived %t, then %t", put.Archived, back.Archived)
		}

		role, err := acme.Roles.Create(ctx, client.NewRole{Name: "Technician", Description: "Works on devices", Permissions: []string{"devices.read"}, Scopes: []string{"network"}})
		must(t, err)
		role, err = acme.Roles.Edit(ctx, role, client.RoleEdit{Permissions: &[]string{"devices.read", "devices.write"}})
		must(t, err)
		if shown, err := acme.Roles.Show(ctx, "technician"); err != nil || len(shown.Permissions) != 2 || shown.ETag == "" {
			t.Errorf("shown %+v %v", shown, err)
		}
		tess, err := acme.Members.Add(ctx, client.NewMember{Kind: "api", Name: "Tess", Grants: []client.Grant{{Role: role.Key, Unit: "nordwind"}}})
		must(t, err)
		if err := acme.Roles.Delete(ctx, role.ID); client.Code(err) != "role_in_use" {
			t.Errorf("a role that is held was deleted: %v", err)
		}

		decisions := of(t, r, "decisions.read").Org("acme").Decisions
		may := func(who client.Subject, action string, on client.Resource) client.Question {
			return client.Question{Subject: who, Action: action, Resource: on}
		}
		who := client.APIUser(tess.ID)
		all, err := decisions.DecideAll(ctx, []client.Question{
			may(who, "devices.write", client.At("nordwind")), may(who, "devices.write", client.At("suedwind")), may(who, "devices.wipe", client.At("nordwind")),
			may(client.User("nobody@example.com"), "devices.read", client.At("nordwind")), may(who, "devices.read", client.In("device", "d-1", "nordwind")),
			{},
		})
		must(t, err)
		var reasons []string
		for _, a := range all {
			reasons = append(reasons, fmt.Sprint(a.Allowed, a.Reason))
		}
		if got := strings.Join(reasons, " "); got != "true falsenot_here falsepermission_missing falsesubject_unknown true falseincomplete" {
			t.Errorf("decided %s", got)
		}
		subjects, err := client.All(decisions.Subjects(ctx, "api_user", "devices.write", client.At("nordwind")))
		must(t, err)
		resources, err := client.All(decisions.Resources(ctx, who, "devices.write", "unit"))
		must(t, err)
		actions, err := client.All(decisions.Actions(ctx, who, client.At("nordwind")))
		must(t, err)
		if fmt.Sprint(len(subjects), resources, actions) != fmt.Sprint(2, []client.Resource{client.At("nordwind")}, []string{"devices.read", "devices.write"}) {
			t.Errorf("found %v, %v, %v", subjects, resources, actions)
		}
		must(t, acme.Members.Remove(ctx, tess.ID, ""))
		must(t, acme.Roles.Delete(ctx, role.ID))
		roles, err := client.All(acme.Roles.List(ctx))
		must(t, err)
		if slices.ContainsFunc(roles, func(r client.Role) bool { return !r.BuiltIn }) {
			t.Errorf("roles %+v", roles)
		}
	})
}

func TestWhatHappensIsFollowedAsItComes(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		c := of(t, r, "events.read")
		acme := program(t, r, team.RoleGivings("user_administrator")...).Org("acme")
		first, err := acme.Members.Add(t.Context(), client.NewMember{Kind: "api", Name: "Tess"})
		must(t, err)
		do := []func(context.Context, string) error{
			func(ctx context.Context, id string) error { _, err := acme.Members.Block(ctx, id, ""); return err },
			func(ctx context.Context, id string) error { _, err := acme.Members.Unblock(ctx, id); return err },
			func(ctx context.Context, id string) error { return acme.Members.Remove(ctx, id, "") },
		}
		want := []string{"member.block", "member.unblock", "member.remove"}
		at := acme.Position()
		var got []string
		must(t, do[0](t.Context(), first.ID))
		for line, err := range acme.History.Follow(t.Context(), client.Span{After: at}) {
			must(t, err)
			if got = append(got, line.Action); line.Seq != at+int64(len(got)) || line.Org != string(r.Acme.ID) {
				t.Fatalf("line %d of %s came %d lines after %d", line.Seq, line.Org, len(got), at)
			}
			if len(got) == len(want) {
				break
			}
			must(t, do[len(got)](t.Context(), first.ID)) // while it waits
		}
		if !slices.Equal(got, want) {
			t.Errorf("followed %v", got)
		}

		ctx, leave := context.WithCancel(t.Context())
		var all []string
		var after string
		for page, err := range c.Events.Follow(ctx, client.EventFilter{Organisation: string(r.Acme.ID)}) {
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				break
			}
			for _, line := range page.Items {
				all = append(all, line.Action)
			}
			if after = page.After; all[len(all)-1] == "member.remove" {
				leave() // ends what waits for more
			}
		}
		leave()
		if !slices.Equal(all[len(all)-3:], want) || all[0] != "organisation.create" {
			t.Errorf("in the feed stand %v", all)
		}
		_, err = acme.Members.Add(t.Context(), client.NewMember{Kind: "api", Name: "Tim"})
		must(t, err)
		for page, err := range c.Events.Follow(t.Context(), client.EventFilter{After: after, Organisation: string(r.Acme.ID)}) {
			must(t, err)
			if len(page.Items) != 1 || page.Items[0].Action != "api_user.create" {
				t.Errorf("it goes on with %+v", page.Items)
			}
			break
		}
	})
}

func TestABlockIsSeenByTheNextQuestion(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	r.Declare(rostertest.Fleet())
	r.Account("Nordwind", "")
	c := program(t, r, append(team.RoleGivings("user_administrator"), team.Giving{Permission: "decisions.read"}, team.Giving{Scope: "network"}, team.Giving{Permission: "devices.read"})...)
	acme := c.Org(string(r.Acme.ID))
	tess, err := acme.Members.Add(t.Context(), client.NewMember{Kind: "api", Name: "Tess", Grants: []client.Grant{{Permission: "devices.read"}, {Scope: "network"}}})
	must(t, err)
	guard := client.Guard{Client: c, Ask: func(req *http.Request) (string, client.Question, error) {
		return string(r.Acme.ID), client.Question{Subject: client.APIUser(tess.ID), Action: "devices.read", Resource: client.Resource{Type: "organisation", ID: string(r.Acme.ID)}}, nil
	}}
	product := httptest.NewServer(guard.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })))
	defer product.Close()
	for _, want := range []int{204, 403, 204} {
		res, err := http.Get(product.URL)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != want {
			t.Fatalf("got %d, want %d", res.StatusCode, want)
		}
		if want == 204 {
			_, err = acme.Members.Block(t.Context(), tess.ID, "")
		} else {
			_, err = acme.Members.Unblock(t.Context(), tess.ID)
		}
		must(t, err)
	}
}

func TestABlockedProgramIsRefusedAtOnce(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	c := program(t, r, team.RoleGivings("auditor")...)
	if _, err := c.Org("acme").Show(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := r.Team.List(r.As(r.Owner), team.Query{Kinds: []roster.MemberKind{roster.API}})
	must(t, err)
	_, err = r.Team.Block(r.As(r.Owner), page.Members[0].ID, "")
	must(t, err)
	if _, err := c.Org("acme").Show(t.Context()); client.Code(err) != "invalid_client" {
		t.Errorf("blocked: %v", err)
	}
}
