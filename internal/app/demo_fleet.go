package app

import (
	"context"
	_ "embed"
	"time"

	"roster/internal/act"
	"roster/internal/action/client"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/authz/declaration"
	"roster/internal/roster"
)

//go:embed demo.yaml
var demoCatalogue []byte

// product applies what the makers of the sample's product declare, and makes their product client.
func (s *stage) product(ctx context.Context) error {
	d, err := declaration.Parse(demoCatalogue)
	if err != nil {
		return err
	}
	if _, err := s.Catalogue.Apply(ctx, d); err != nil {
		return err
	}
	_, err = s.Client.Create(ctx, client.Draft{Name: "Fleet backend", Permissions: []string{act.ClientDecisions, act.ClientCatalogue}})
	return err
}

// account is one made-up customer account or group.
type account struct {
	key      string
	parent   string // a key
	kind     roster.UnitKind
	name     string
	external string
}

func accounts() []account {
	top := func(key, name, external string) account {
		return account{key, "", roster.Account, name, external}
	}
	sub := func(key, parent, name, external string) account {
		return account{key, parent, roster.Account, name, external}
	}
	group := func(key, parent, name string) account { return account{key, parent, roster.Group, name, ""} }
	return []account{
		top("harbour", "Harbour & Vale Foods", "CU-1001"),
		group("chilled", "harbour", "Chilled fleet"),
		group("ambient", "harbour", "Ambient fleet"),
		group("night", "ambient", "Night runs"),
		sub("ireland", "harbour", "Harbour & Vale Ireland", "CU-1014"),
		group("dublin", "ireland", "Dublin depot"),
		group("cork", "ireland", "Cork depot"),
		top("brightwater", "Brightwater Brewing", "CU-1002"),
		group("leith", "brightwater", "Leith brewery"),
		group("events", "brightwater", "Festivals and events"),
		top("castellan", "Castellan Pharma", "CU-1003"),
		group("cold", "castellan", "Cold chain"),
		group("trials", "castellan", "Clinical trials"),
		sub("nordics", "castellan", "Castellan Nordics", "CU-1021"),
		group("oslo", "nordics", "Oslo"),
		group("malmö", "nordics", "Malmö"),
		top("meridian", "Meridian Parcel", "CU-1005"),
		group("northern", "meridian", "Northern hubs"),
		group("carlisle", "northern", "Carlisle hub"),
		group("preston", "northern", "Preston hub"),
		group("southern", "meridian", "Southern hubs"),
		group("exeter", "southern", "Exeter hub"),
		top("oakhaven", "Oakhaven Furniture", "CU-1008"),
		group("home", "oakhaven", "Home deliveries"),
		top("northgate", "Northgate Builders", "CU-1009"),
		top("sundry", "Sundry Coaches", "CU-1010"),
	}
}

// fleetManager is the key of the role that customers' own people have.
const fleetManager = "customer_fleet_manager"

func ownRoles() []role.Draft {
	own := func(name, description, members string, scopes []string, permissions ...string) role.Draft {
		return role.Draft{Name: name, Description: description, For: members, Scopes: scopes, Permissions: permissions}
	}
	return []role.Draft{
		own("Dispatcher", "Follows vehicles on the road and sees to alerts.", "", []string{"network", "provisioning", "customer"},
			"devices.read", "devices.locate", "alerts.read", "alerts.acknowledge", "vehicles.read", "drivers.read", "notices.read"),
		own("Fleet technician", "Fits trackers and keeps them running.", "", []string{"network", "provisioning"},
			"devices.read", "devices.configure", "devices.restart", "sims.read", "sims.suspend", "vehicles.read", "vehicles.write", "firmware.read", "firmware.schedule", "orders.read", "orders.place"),
		own("Account manager", "Looks after customers and their contracts.", "", []string{"customer", "billing", "support", "reports"},
			"customers.read", "customers.write", "contracts.read", "contracts.write", "drivers.read", "invoices.read", "tickets.read", "reports.read"),
		own("Billing clerk", "Prepares invoices; somebody else issues them.", "", []string{"billing"},
			"tariffs.read", "invoices.read", "invoices.draft", "payments.read"),
		own("Support agent", "Answers tickets and looks on when customers show what happens.", "", []string{"support", "network", "customer"},
			"tickets.read", "tickets.write", "screens.view", "devices.read", "customers.read"),
		own("Customer fleet manager", "What a customer's own fleet manager does in their account.", string(roster.External), []string{"network", "provisioning", "customer", "support", "reports"},
			"devices.read", "devices.locate", "vehicles.read", "vehicles.write", "drivers.read", "drivers.write", "tickets.own", "reports.read"),
		own("Data feed", "Takes positions and reports out, for programs.", string(roster.API), []string{"network", "reports"},
			"devices.read", "devices.locate", "reports.read", "reports.export"),
	}
}

// fleet plans the customer accounts, the organisation's own roles, and who holds what where.
func (s *stage) fleet() {
	for i, a := range accounts() {
		s.at(59*day-time.Duration(i+1)*time.Minute, func(ctx context.Context) error {
			v, err := s.Units.Create(s.as(ctx, "nora"), unit.Draft{Kind: a.kind, Name: a.name, ExternalID: a.external, Parent: string(s.units[a.parent])})
			s.units[a.key] = v.ID
			return err
		})
	}
	for i, d := range ownRoles() {
		s.at(58*day-time.Duration(i+1)*9*time.Minute, func(ctx context.Context) error {
			_, err := s.Roles.Create(s.as(ctx, "nora"), d)
			return err
		})
	}
	s.at(21*day, func(ctx context.Context) error {
		_, err := s.Units.Archive(s.as(ctx, "nora"), s.units["sundry"], 0)
		return err
	})
	s.assign()
}

// assign plans who gets what beside the role Member.
func (s *stage) assign() {
	everywhere := func(key string) team.Giving { return team.Giving{Role: key} }
	at := func(key, unit string) func() team.Giving {
		return func() team.Giving { return team.Giving{Role: key, Unit: s.units[unit]} }
	}
	const dispatcher, technician, manager, clerk, agent = "dispatcher", "fleet_technician", "account_manager", "billing_clerk", "support_agent"
	s.give(50*day, "nora", "ibrahim", func() team.Giving { return everywhere(dispatcher) })
	s.give(49*day, "nora", "maya", at(dispatcher, "harbour"), at(dispatcher, "brightwater"))
	s.give(48*day, "nora", "jiří", func() team.Giving { return everywhere(technician) })
	s.give(46*day, "nora", "hiroshi", func() team.Giving { return everywhere(agent) })
	s.give(44*day, "priya", "zoë", func() team.Giving { return everywhere(clerk) })
	s.give(43*day, "priya", "amara", at(manager, "brightwater"), at(manager, "oakhaven"))
	s.give(34*day, "priya", "samuel", at(dispatcher, "meridian"))
	s.give(32*day, "nora", "linh", at(technician, "meridian"), at(technician, "castellan"))
	s.give(30*day, "priya", "fleet telemetry", func() team.Giving { return team.Giving{Role: "data_feed", Unit: s.units["harbour"]} })
	// A stand-in while a colleague is away, which ends by itself; and one that has ended.
	s.give(5*day, "priya", "rahul", func() team.Giving {
		return team.Giving{Role: manager, Unit: s.units["castellan"], Until: s.now.Add(16 * day)}
	}, func() team.Giving {
		return team.Giving{Permission: "invoices.issue", Unit: s.units["castellan"], Until: s.now.Add(2 * day)}
	})
	s.give(11*day, "nora", "siobhan", func() team.Giving { return everywhere(agent) }, func() team.Giving {
		return team.Giving{Role: clerk, Until: s.now.Add(-4 * day)}
	})
	// A permission whose scope is missing: nothing comes of it, and the access page says why.
	s.give(4*day, "nora", "chloe", func() team.Giving { return team.Giving{Permission: "reports.read"} })
	s.give(9*day, "priya", "access checks", func() team.Giving { return team.Giving{Permission: authz.DecisionsRead} },
		func() team.Giving { return team.Giving{Scope: authz.Admin} })
}

// give plans that a member gets some more.
func (s *stage) give(before time.Duration, by, whom string, some ...func() team.Giving) {
	s.at(before, func(ctx context.Context) error {
		all := team.RoleGivings(roster.RoleMember)
		for _, g := range some {
			all = append(all, g())
		}
		_, err := s.Team.Grant(s.as(ctx, by), s.cast[whom].member.ID, team.Grants{All: all})
		return err
	})
}
