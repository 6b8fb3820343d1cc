package catalogue_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// fleet is a small product.
func fleet() authz.Declaration {
	return authz.Declaration{
		Scopes: []authz.Scope{{Key: "network", Name: "Network"}, {Key: "billing", Name: "Billing"}},
		Permissions: []authz.Permission{
			{Key: "devices.read", Scope: "network", Kind: authz.Read, Name: "See devices"},
			{Key: "devices.restart", Scope: "network", Kind: authz.Write, Name: "Restart devices"},
			{Key: "invoices.issue", Scope: "billing", Kind: authz.Irreversible, Name: "Issue invoices"},
		},
		Mappings: []authz.Mapping{{Action: "restart", ResourceType: "device", Permission: "devices.restart"}},
	}
}

// without gives the product without a permission and what asks for it.
func without(key string) authz.Declaration {
	d := fleet()
	d.Permissions = slices.DeleteFunc(d.Permissions, func(p authz.Permission) bool { return p.Key == key })
	d.Mappings = slices.DeleteFunc(d.Mappings, func(m authz.Mapping) bool { return m.Permission == key })
	return d
}

func apply(t *testing.T, h *rostertest.House, d authz.Declaration) {
	t.Helper()
	if _, err := h.Catalogue.Apply(h.CLI(""), d); err != nil {
		t.Fatal(err)
	}
}

// lines gives the installation's history of an action, the newest first.
func lines(t *testing.T, h *rostertest.House, name act.Name) []roster.Event {
	t.Helper()
	page, err := h.History.List(h.CLI(roster.Installation), history.Query{Action: string(name)})
	if err != nil {
		t.Fatal(err)
	}
	return page.Events
}

func TestApplyingIsALineForEachKey(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		applied, err := h.Catalogue.Apply(h.CLI(""), fleet())
		if err != nil || !applied.Changed || applied.Catalogue.Version() != 1 || len(applied.Differences) != 6 {
			t.Fatalf("%+v, %v", applied, err)
		}
		second := fleet()
		second.Permissions[0].Name = "See all devices"
		second.Permissions[1].Kind = authz.Irreversible
		apply(t, h, second)
		apply(t, h, second) // says what is there already
		history := lines(t, h, act.CatalogueApply)
		if len(history) != 2 || len(history[1].Changes) != 6 || len(history[0].Changes) != 2 {
			t.Fatalf("%+v", history)
		}
		for _, c := range history[0].Changes {
			if c.Of.Kind != "permission" || c.From == c.To || c.From == "" {
				t.Errorf("%+v", c)
			}
		}
		v, err := h.Catalogue.Show(h.CLI(""))
		if err != nil || v.Version() != 2 || v.AppliedBy != "cli" || v.AppliedAt != h.Clock.Now() {
			t.Errorf("%+v, %v", v, err)
		}
		if p, known := v.Permission("devices.read"); !known || p.Name != "See all devices" {
			t.Errorf("%+v", p)
		}
		h.Verified(roster.Installation)
	})
}

func TestTheOrderOfMappingsIsAChange(t *testing.T) {
	h := rostertest.SQLite(t)
	d := fleet()
	d.Mappings = append(d.Mappings, authz.Mapping{Action: "restart", Permission: "devices.restart"})
	apply(t, h, d)
	slices.Reverse(d.Mappings)
	applied, err := h.Catalogue.Apply(h.CLI(""), d)
	if err != nil || !applied.Changed || len(applied.Differences) != 2 {
		t.Fatalf("%+v, %v", applied, err)
	}
	if history := lines(t, h, act.CatalogueApply); len(history) != 2 || history[0].Changes[0].Field != "position" {
		t.Errorf("%+v", history)
	}
}

func TestAKeyInUseCannotVanish(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		apply(t, h, fleet())
		m := h.Join("mia@example.com", "Mia", "Member")
		grant := func(all ...team.Giving) {
			t.Helper()
			if _, err := h.Team.Grant(h.As(h.Owner), m.Member, team.Grants{All: all}); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(d authz.Declaration, code string, words ...string) {
			t.Helper()
			_, err := h.Catalogue.Apply(h.CLI(""), d)
			if !roster.Is(err, code) || roster.AsError(err).Kind != roster.Conflict {
				t.Fatalf("%v", err)
			}
			for _, w := range words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not name %q", err, w)
				}
			}
			p, err := h.Catalogue.Plan(h.CLI(""), d)
			if err != nil || len(p.InTheWay) == 0 {
				t.Errorf("the dry run sees nothing in the way: %+v, %v", p, err)
			}
		}
		grant(team.Giving{Permission: "devices.restart"}, team.Giving{Scope: "billing"})
		refused(without("devices.restart"), "permission_in_use", "devices.restart", "Acme", "1 member")
		noBilling := without("invoices.issue")
		noBilling.Scopes = noBilling.Scopes[:1]
		refused(noBilling, "scope_in_use", "billing", "Acme")

		made, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: "Mechanic", Description: "Restarts devices.", Permissions: []string{"devices.restart"}, Scopes: []string{"network"}})
		if err != nil {
			t.Fatal(err)
		}
		grant()
		refused(without("devices.restart"), "permission_in_use", "devices.restart in the role Mechanic of Acme (0 members)")
		if _, err := h.Roles.Delete(h.As(h.Owner), made.ID, 0); err != nil {
			t.Fatal(err)
		}
		apply(t, h, without("devices.restart"))
		if len(lines(t, h, act.CatalogueApply)) != 2 {
			t.Error("a refusal left a line, or the change none")
		}
	})
}

func TestWhatEndedIsNotInUse(t *testing.T) {
	h := rostertest.SQLite(t)
	apply(t, h, fleet())
	m := h.Join("mia@example.com", "Mia", "Member")
	until := h.Clock.Now().Add(1e12)
	if _, err := h.Team.Grant(h.As(h.Owner), m.Member, team.Grants{All: []team.Giving{{Permission: "devices.restart", Until: until}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Catalogue.Apply(h.CLI(""), without("devices.restart")); !roster.Is(err, "permission_in_use") {
		t.Fatalf("%v", err)
	}
	h.Clock.Pass(1e12)
	apply(t, h, without("devices.restart"))
}

func TestAPlanTellsWhoIsTouched(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		apply(t, h, fleet())
		m, other := h.Join("mia@example.com", "Mia", "Member"), h.Join("nils@example.com", "Nils", "Member")
		for who, scope := range map[roster.MemberID]string{m.Member: "network", other.Member: "billing"} {
			if _, err := h.Team.Grant(h.As(h.Owner), who, team.Grants{All: []team.Giving{{Permission: "devices.restart"}, {Scope: scope}}}); err != nil {
				t.Fatal(err)
			}
		}
		d := fleet()
		d.Permissions[1].Scope = "billing"
		d.Permissions = append(d.Permissions, authz.Permission{Key: "reports.read", Kind: authz.Read, Name: "See reports"})
		p, err := h.Catalogue.Plan(h.CLI(""), d)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Differences) != 2 || len(p.InTheWay) != 0 || len(p.Touched) != 1 || p.Touched[0].Members != 2 || p.Touched[0].Permission != "devices.restart" {
			t.Errorf("%+v", p)
		}
		if len(p.Moved) != 1 || p.Moved[0].Members != 2 || !slices.Contains(p.Moved[0].Names, "Nils Member") {
			t.Errorf("whose authority moves: %+v", p.Moved)
		}
		gains := map[string][]string{}
		for _, s := range p.BuiltIn {
			gains[s.Role.Key] = s.Gains
		}
		if !slices.Contains(gains[roster.RoleOwner], "reports.read") || !slices.Contains(gains[roster.RoleAuditor], "reports.read") || gains[roster.RoleMember] != nil {
			t.Errorf("%v", gains)
		}
		if len(lines(t, h, act.CatalogueApply)) != 1 {
			t.Error("a dry run wrote")
		}
	})
}

func TestOnlyTheOperatorAndItsClientsApply(t *testing.T) {
	h := rostertest.SQLite(t)
	client := func(permissions ...string) context.Context {
		return h.As(roster.Actor{Kind: roster.ActorClient, Client: roster.NewProductID(), Name: "Fleet", Scopes: permissions, Door: roster.DoorAPI})
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		code string
	}{
		"an Owner":                {h.As(h.Owner), "forbidden"},
		"nobody":                  {context.Background(), "forbidden"},
		"a client without it":     {client(act.ClientDecisions), "forbidden"},
		"a client with nothing":   {client(), "forbidden"},
		"a client with the right": {client(act.ClientCatalogue), ""},
	} {
		_, err := h.Catalogue.Apply(c.ctx, fleet())
		_, planned := h.Catalogue.Plan(c.ctx, fleet())
		if c.code == "" && (err != nil || planned != nil) || c.code != "" && (!roster.Is(err, c.code) || !roster.Is(planned, c.code)) {
			t.Errorf("%s: %v, %v", name, err, planned)
		}
	}
	if l := lines(t, h, act.CatalogueApply); len(l) != 1 || l[0].ActorKind != roster.ActorClient || l[0].ActorName != "Fleet" {
		t.Errorf("%+v", l)
	}
}

func TestABadDocumentNamesItsFields(t *testing.T) {
	h := rostertest.SQLite(t)
	d := fleet()
	d.Permissions[0].Scope, d.Permissions[1].Key, d.Scopes[1].Key = "nowhere", authz.MembersRead, authz.Admin
	_, err := h.Catalogue.Apply(h.CLI(""), d)
	fields := map[string]bool{}
	for _, f := range roster.AsError(err).Fields {
		fields[f.Field] = true
	}
	for _, f := range []string{"permissions[0].scope", "permissions[1].key", "scopes[1].key"} {
		if !fields[f] {
			t.Errorf("%s is not named: %v", f, fields)
		}
	}
}

// Giving a permission while it leaves the catalogue: one of the two is refused, whichever comes later.
func TestAPermissionIsNotGivenWhileItVanishes(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := h.Join("mia@example.com", "Mia", "Member")
		for range 8 {
			apply(t, h, fleet())
			var wg sync.WaitGroup
			var gave, left error
			wg.Go(func() {
				_, gave = h.Team.Grant(h.As(h.Owner), m.Member, team.Grants{All: []team.Giving{{Permission: "invoices.issue"}}})
			})
			wg.Go(func() { _, left = h.Catalogue.Apply(h.CLI(""), without("invoices.issue")) })
			wg.Wait()
			switch {
			case gave == nil && roster.Is(left, "permission_in_use"):
			case left == nil && roster.Is(gave, "permission_unknown"):
			default:
				t.Fatalf("giving: %v; leaving: %v", gave, left)
			}
			if _, err := h.Team.Grant(h.As(h.Owner), m.Member, team.Grants{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
