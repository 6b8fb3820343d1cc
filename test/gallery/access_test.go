package gallery

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/access"
	"roster/internal/server/web/role"
	"roster/internal/server/web/unit"
)

const day = 24 * time.Hour

func unitID(i int) roster.UnitID { return roster.UnitID(fmt.Sprintf("unit_0%025d", i)) }

var customers = []string{"Harbour Lane", "Brightwater Foods", "Kestrel Couriers", "Northgate Retail", "Solis Energy", "Tidewater Marine", "Umbra Film", "Vantage Rail"}

var unitActions = []string{"unit.show", "unit.create", "unit.edit", "unit.move", "unit.archive"}

func (m maker) node(i int, kind roster.UnitKind, name string) unit.Node {
	return unit.Node{
		Unit:   roster.Unit{Org: "org_1", ID: unitID(i), Kind: kind, Name: m.text(i, name), ExternalID: fmt.Sprintf("C-%04d", 1000+i), CreatedAt: now.Add(-90 * day), UpdatedAt: now.Add(-3 * day), Version: 2},
		People: (i * 7) % 23, Children: (i * 5) % 9, Allowed: unitActions,
	}
}

func (m maker) tree() []unit.Node {
	var top []unit.Node
	for i, name := range customers {
		top = append(top, m.node(i, roster.Account, name))
	}
	top[0].Children, top[1].Children, top[1].People = 0, 14, 1
	top[1].Open = true
	for i, name := range []string{"Depot East", "Depot West", "Brightwater Ireland"} {
		kind := roster.Group
		if i == 2 {
			kind = roster.Account
		}
		n := m.node(20+i, kind, name)
		n.Children = 0
		if i == 1 {
			n.Children, n.Open = 2, true
			n.Below = []unit.Node{m.node(31, roster.Group, "Night shift"), m.node(32, roster.Group, "Day shift")}
			n.Below[0].Children, n.Below[1].Children = 0, 0
		}
		top[1].Below = append(top[1].Below, n)
	}
	top[6].Unit.ArchivedAt, top[6].Allowed = now.Add(-20*day), []string{"unit.show", "unit.restore"}
	return top
}

func (m maker) holders() []web.Holder {
	return []web.Holder{
		{Member: string(id(1)), Name: m.text(0, "Bruno Costa"), Kind: "regular", Status: "active", What: []string{"Role Dispatcher"}, Where: m.text(2, "Given here"), Until: now.Add(5 * day)},
		{Member: string(id(2)), Name: "Chiara Rossi", Kind: "regular", Status: "active", What: []string{"Role Auditor"}, Where: "From the whole organisation"},
		{Member: string(id(6)), Name: m.text(3, "Grace Lindqvist-Montgomery"), Kind: "external", Status: "invited", What: []string{"Role Depot viewer", "Permission See invoices"}, Where: "Given here", Until: now.Add(90 * day)},
		{Member: string(id(5)), Name: "Payroll import", Kind: "api", Status: "blocked", What: []string{"Permission Read positions"}, Where: "From Brightwater Foods"},
	}
}

func (m maker) unitPages() []sample {
	list := func(change func(*unit.ListView)) templ.Component {
		v := unit.ListView{Page: m.page(), Nodes: m.tree(), Total: 8}
		change(&v)
		return unit.List(v)
	}
	show := func(change func(*unit.UnitView)) templ.Component {
		v := unit.UnitView{
			Page: m.page(), Node: m.node(21, roster.Account, "Depot West"), Below: m.tree()[1].Below, People: m.holders(), PeopleAll: 61, MayPeople: true,
			PeopleURL: "/o/acme/units/x?people=2", BelowNext: "/o/acme/units/x?cursor=2", Above: 7, Now: now,
			Path: []web.Link{{URL: "/o/acme/units/1", Label: m.text(1, "Brightwater Foods")}, {URL: "/o/acme/units/2", Label: "Brightwater Ireland"}},
		}
		v.Below[1].Below = nil
		change(&v)
		return unit.Unit(v)
	}
	form := func(change func(*unit.FormView)) unit.FormView {
		v := unit.FormView{Page: m.page(), Kinds: []roster.UnitKind{roster.Account}}
		change(&v)
		return v
	}
	places := []web.Option{
		{Value: "", Label: "Top, right below the organisation", Checked: true},
		{Value: string(unitID(1)), Label: m.text(0, "Brightwater Foods"), Text: "Customer account"},
		{Value: string(unitID(2)), Label: "Depot East", Text: m.text(2, "Brightwater Foods › Depots"), Disabled: true, Reason: "You may not change accounts there."},
	}
	return []sample{
		{"units", list(func(*unit.ListView) {})},
		{"units-found", list(func(v *unit.ListView) {
			v.Filter.Q, v.Nodes, v.Total, v.More, v.NextCursor = m.text(0, "de"), m.tree()[1].Below, 10000, true, "abc"
			for i := range v.Nodes {
				v.Nodes[i].Path, v.Nodes[i].Open, v.Nodes[i].Below = []string{m.text(1, "Brightwater Foods"), "Ireland and the Isles"}, false, nil
			}
		})},
		{"units-none", list(func(v *unit.ListView) { v.Nodes = nil })},
		{"units-nomatch", list(func(v *unit.ListView) { v.Nodes, v.Filter.Q = nil, "zzz" })},
		{"units-reader", list(func(v *unit.ListView) {
			v.Allowed = []string{"unit.list", "unit.show"}
			for i := range v.Nodes {
				v.Nodes[i].Allowed, v.Nodes[i].Open = []string{"unit.show"}, false
			}
		})},
		{"unit", show(func(*unit.UnitView) {})},
		{"unit-empty", show(func(v *unit.UnitView) {
			v.Below, v.People, v.Path, v.Node.People, v.Node.Children = nil, nil, nil, 0, 0
		})},
		{"unit-archived", show(func(v *unit.UnitView) {
			v.Node.Unit.ArchivedAt, v.Node.Allowed, v.MayPeople = now.Add(-20*day), []string{"unit.show", "unit.restore"}, false
		})},
		{"unit-add", unit.Add(form(func(*unit.FormView) {}))},
		{"unit-add-inside", unit.Add(form(func(v *unit.FormView) {
			v.Typed.Parent, v.Path, v.Kinds = string(unitID(1)), []string{m.text(0, "Brightwater Foods"), "Depots"}, []roster.UnitKind{roster.Account, roster.Group}
		}))},
		{"unit-add-errors", unit.Add(form(func(v *unit.FormView) {
			v.Typed = unit.Input{Kind: "group", Parent: string(unitID(1)), Name: m.text(1, "Depot East"), ExternalID: "C-1001"}
			v.Path, v.Kinds = []string{"Brightwater Foods"}, []roster.UnitKind{roster.Account, roster.Group}
			v.Form = fields("name", "There is a Depot East here already.", "external_id", "Another account has this external ID: Harbour Lane.")
		}))},
		{"unit-edit", unit.Edit(form(func(v *unit.FormView) {
			v.Node, v.Typed, v.Version = m.node(1, roster.Account, "Brightwater Foods"), unit.Input{Name: m.text(1, "Brightwater Foods"), ExternalID: "C-1001"}, "3"
		}))},
		{"unit-move", unit.Move(unit.MoveView{Page: m.page(), Node: m.node(22, roster.Account, "Brightwater Ireland"), Places: places, More: true, Version: "2"})},
		{"unit-move-none", unit.Move(unit.MoveView{Page: m.page(), Node: m.node(22, roster.Account, "Brightwater Ireland"), Find: m.text(1, "zzz"), Form: failed(roster.Denied, "Moving this here would give Chiara Rossi access that you do not hold: billing.read.")})},
		{"unit-archive", unit.Archive(unit.Question{Page: m.page(), Node: m.node(1, roster.Account, "Brightwater Foods"), People: 12})},
		{"unit-restore", unit.Restore(unit.Question{Page: m.page(), Node: m.node(1, roster.Account, "Brightwater Foods")})},
	}
}

var areas = []struct {
	key, name, text string
	held            [][4]string
}{
	{"network", "Network", "SIM cards, coverage and traffic.", [][4]string{
		{"sims.read", "See SIM cards", "Numbers, state and traffic of each card.", "read"},
		{"sims.activate", "Activate SIM cards", "Puts cards into service, which begins their billing.", "write"},
		{"sims.suspend", "Suspend SIM cards", "Stops traffic until it is resumed.", "write"},
		{"sims.terminate", "Terminate SIM cards", "Ends a card for good; its number is lost.", "irreversible"},
	}},
	{"billing", "Billing", "Invoices, rates and payments.", [][4]string{
		{"invoices.read", "See invoices", "Invoices with their lines, and what is open.", "read"}, {"rates.write", "Change rates", "Sets what customers pay from the next period on.", "write"},
	}},
	{"admin", "Administration", "This team itself: members, roles, customer accounts.", [][4]string{
		{"members.read", "See the team", "Names, access and status of everyone.", "read"}, {"members.write", "Add, edit and block members", "", "write"}, {"members.remove", "Remove members", "Ends memberships for good.", "irreversible"},
	}},
}

func (m maker) groups(scopes bool) []web.ListGroup {
	groups := []web.ListGroup{}
	if scopes {
		groups = append(groups, web.ListGroup{Key: "roles", Name: "Roles", Items: []web.ListItem{
			{Key: "role:owner", Name: "Owner", Description: "Everything, on the whole organisation.", Reason: "You lack rates.write on the whole organisation."},
			{Key: "role:dispatcher", Name: m.text(0, "Dispatcher"), Description: m.text(1, "Runs the fleet: sees and activates SIM cards.")},
			{Key: "role:auditor", Name: "Auditor", Description: "Reads everything, changes nothing."},
		}})
	}
	g := web.ListGroup{Key: "scopes", Name: "Scopes"}
	for i, a := range areas {
		g.Items = append(g.Items, web.ListItem{Key: "scope:" + a.key, Name: m.text(i, a.name), Description: a.text})
	}
	groups = append(groups, g)
	for i, a := range areas {
		g := web.ListGroup{Key: "permissions." + a.key, Name: "Permissions: " + m.text(i, a.name)}
		for k, p := range a.held {
			item := web.ListItem{Key: "permission:" + p[0], Name: p[1], Description: p[2], Kind: p[3]}
			if p[0] == "rates.write" {
				item.Reason = m.text(k, "You do not hold it yourself.")
			}
			if p[0] == "sims.read" && scopes {
				item.Note = m.text(k+1, "Has it through Dispatcher on Brightwater Foods")
			}
			g.Items = append(g.Items, item)
		}
		groups = append(groups, g)
	}
	return groups
}

func (m maker) grants(change func(*web.Lists)) web.Lists {
	foods := m.text(2, "Brightwater Foods")
	l := web.Lists{
		Groups: m.groups(true), Ends: true, Now: now,
		Was: []web.ListLine{
			{Key: "role:dispatcher", Place: string(unitID(1)), Where: foods},
			{Key: "role:auditor", Where: "Whole organisation", Until: "2027-01-31"},
			{Key: "permission:rates.write", Where: "Whole organisation", Reason: m.text(1, "You do not hold it yourself.")},
		},
		Inherited: []web.Inherited{{Name: "See SIM cards", Source: "Role Dispatcher on " + foods}, {Name: "Activate SIM cards", Source: "Role Dispatcher on " + foods}},
		Places: []web.Option{
			{Value: "", Label: "Whole organisation", Text: "Whole organisation"},
			{Value: string(unitID(1)), Label: foods, Text: foods},
			{Value: string(unitID(2)), Label: "   Depot East", Text: "Brightwater Foods › Depot East"},
			{Value: string(unitID(6)), Label: "Umbra Film (archived)", Text: "Umbra Film", Disabled: true},
		},
	}
	l.Has = append(l.Has, l.Was...)
	change(&l)
	return l
}

func (m maker) rolePages() []sample {
	own := roster.Role{ID: "role_01kb", Key: "role_01kb", Name: m.text(0, "Night dispatcher"), Description: m.text(1, "Runs the fleet after eight: sees SIM cards and suspends them."), Permissions: []string{"sims.read", "sims.suspend"}, Scopes: []string{"network"}, CreatedAt: now.Add(-40 * day), UpdatedAt: now.Add(-day), Version: 4}
	built := func(key, name, text string, n int) role.Row {
		return role.Row{Role: roster.Role{ID: key, Key: key, Name: name, Description: text, BuiltIn: true, Permissions: make([]string, n)}, Holders: n % 7, Allowed: []string{"role.show"}}
	}
	all := []string{"role.show", "role.edit", "role.delete"}
	rows := []role.Row{
		built("owner", "Owner", "Everything, on the whole organisation.", 43), built("user_administrator", "User administrator", "Adds, edits, blocks and removes members.", 8),
		built("auditor", "Auditor", "Reads everything, changes nothing.", 19), built("member", "Member", "No permission of its own.", 0),
		{Role: own, Holders: 1204, Allowed: all},
		{Role: roster.Role{ID: "role_02", Name: "Depot viewer", Description: "Sees one depot.", For: roster.External, Permissions: []string{"sims.read"}}, Allowed: all},
		{Role: roster.Role{ID: "role_03", Name: m.text(3, "Position feed"), Description: "Programs that read positions.", For: roster.API, Permissions: []string{"sims.read"}}, Holders: 2, Allowed: all},
	}
	var scopes []role.Scope
	for i, a := range areas {
		s := role.Scope{Key: a.key, Name: m.text(i, a.name), Description: a.text, Held: i == 0, Own: a.key == "admin"}
		for _, p := range a.held {
			s.Permissions = append(s.Permissions, role.Permission{Key: p[0], Name: p[1], Description: p[2], Kind: p[3]})
		}
		scopes = append(scopes, s)
	}
	scopes[1].Permissions[1].Reason = m.text(2, "You do not hold it yourself, so you cannot give it.")
	show := func(i int, change func(*role.RoleView)) templ.Component {
		v := role.RoleView{Page: m.page(), Row: rows[i], Scopes: scopes[:2], Holders: m.holders(), HoldersNext: "/o/acme/roles/x?cursor=1", MayPeople: true, Now: now}
		change(&v)
		return role.Role(v)
	}
	content := web.Lists{Groups: m.groups(false), Now: now, Was: []web.ListLine{{Key: "scope:network"}, {Key: "permission:sims.read"}, {Key: "permission:sims.suspend"}}}
	content.Has = []web.ListLine{{Key: "scope:network"}, {Key: "permission:sims.read"}, {Key: "permission:invoices.read"}}
	edit := func(change func(*role.FormView)) templ.Component {
		v := role.FormView{Page: m.page(), Row: rows[4], Lists: content, Version: "4", Typed: role.Input{Name: own.Name, Description: own.Description}}
		change(&v)
		return role.Edit(v)
	}
	preview := func(change func(*role.PreviewView)) templ.Component {
		h := m.holders()
		v := role.PreviewView{
			Page: m.page(), Row: rows[4], Typed: role.Input{Name: "Night shift"}, Gains: []string{"Permission See invoices"}, Loses: []string{m.text(1, "Permission Suspend SIM cards")}, Holders: 1204, More: 1202, Now: now,
			Hidden:  []web.Hidden{{Name: "name", Value: m.text(1, "Night shift")}, {Name: "line.0", Value: "scope:network@"}},
			Touched: []role.Touched{{Holder: h[0], Gains: []string{"See invoices on Brightwater Foods, until 31 Jan 2027"}, Loses: []string{m.text(4, "Suspend SIM cards on Brightwater Foods")}}, {Holder: h[2], Loses: []string{"Suspend SIM cards on the whole organisation"}}},
		}
		change(&v)
		return role.Preview(v)
	}
	return []sample{
		{"roles", role.List(role.ListView{Page: m.page(), Rows: rows})},
		{"roles-reader", func() templ.Component {
			p := m.page()
			p.Allowed = []string{"role.list"}
			return role.List(role.ListView{Page: p, Rows: rows[:4]})
		}()},
		{"role", show(4, func(*role.RoleView) {})},
		{"role-built-in", show(1, func(v *role.RoleView) { v.Scopes, v.Holders = scopes[2:], nil })},
		{"role-empty", show(3, func(v *role.RoleView) { v.Scopes, v.MayPeople = nil, false })},
		{"role-add", edit(func(v *role.FormView) {
			v.Row, v.Typed, v.Lists.Has, v.Lists.Was = role.Row{}, role.Input{}, nil, nil
		})},
		{"role-edit", edit(func(*role.FormView) {})},
		{"role-errors", edit(func(v *role.FormView) {
			v.Lists.Has, v.Lists.Error = nil, "Put at least one permission into the role."
			v.Typed = role.Input{Name: m.text(0, "owner"), For: "external"}
			v.Form = fields("name", "A role is called Owner already.", "description", "Fill this in.", "lists", "Put at least one permission into the role.")
		})},
		{"role-preview", preview(func(*role.PreviewView) {})},
		{"role-preview-denied", preview(func(v *role.PreviewView) {
			v.Denied, v.Touched, v.More, v.Gains, v.Loses = m.text(1, "You cannot give what you do not hold: billing on the whole organisation."), nil, 0, nil, nil
		})},
		{"role-delete", role.Delete(role.Question{Page: m.page(), Row: rows[5], Now: now})},
		{"role-delete-held", role.Delete(role.Question{Page: m.page(), Row: rows[4], Holders: m.holders(), Now: now})},
		{"permissions", role.Catalogue(role.CatalogueView{Page: m.page(), Scopes: scopes, Rest: []role.Permission{{Key: "status.read", Name: "See the status page", Kind: "read"}}})},
		{"permissions-found", role.Catalogue(role.CatalogueView{Page: m.page(), Scopes: scopes, Q: "invoi"}.Sift())},
		{"permissions-none", role.Catalogue(role.CatalogueView{Page: m.page(), Scopes: scopes, Q: m.text(0, "zzz")}.Sift())},
	}
}

func (m maker) accessPages() []sample {
	rows := m.rows(10)
	of := func(i int) access.Subject {
		return access.Subject{Member: rows[i].Member, Allowed: []string{"member.grant", "member.clone"}}
	}
	foods := m.text(2, "Brightwater Foods")
	places := []access.Place{
		{Name: "Whole organisation", Scopes: []access.Scope{{Name: "Administration", Held: []access.Held{
			{Key: "members.read", Name: "See the team", Kind: "read", Sources: []access.Source{{What: "Role Auditor", Where: "whole organisation", Until: now.Add(5 * day)}}},
			{Key: "history.read", Name: m.text(1, "Read the history"), Kind: "read", Sources: []access.Source{{What: "Role Auditor", Where: "whole organisation", Until: now.Add(5 * day)}}},
		}}}},
		{ID: unitID(1), Name: foods, Path: "Customer account", Scopes: []access.Scope{
			{Name: m.text(3, "Network"), Held: []access.Held{
				{Key: "sims.read", Name: "See SIM cards", Kind: "read", Sources: []access.Source{{What: "Role Dispatcher", Where: foods}, {What: m.text(0, "Single permission"), Where: "whole organisation", Until: now.Add(60 * day)}}},
				{Key: "sims.terminate", Name: "Terminate SIM cards", Kind: "irreversible", Sources: []access.Source{{What: "Role Dispatcher", Where: foods}}},
			}},
			{Name: "Billing", Held: []access.Held{{Key: "invoices.read", Name: "See invoices", Kind: "read", Idle: true, Needs: m.text(4, "Billing"), Sources: []access.Source{{What: "Single permission", Where: foods}}}}},
		}},
	}
	groups := []web.OptionGroup{{Name: "Network", Options: []web.Option{{Value: "sims.read", Label: "See SIM cards", Checked: true}}}, {Name: m.text(1, "Billing"), Options: []web.Option{{Value: "rates.write", Label: m.text(0, "Change rates")}}}}
	units := []web.Option{{Value: "", Label: "Whole organisation"}, {Value: string(unitID(1)), Label: foods, Checked: true}}
	member := func(i int, change func(*access.MemberView)) templ.Component {
		v := access.MemberView{Page: m.page(), Subject: of(i), Places: places, MayExplain: true, Permissions: groups, Units: units, Now: now}
		change(&v)
		return access.Member(v)
	}
	edit := func(form web.Form, change func(*web.Lists)) templ.Component {
		return access.Edit(access.EditView{Page: m.page(), Subject: of(1), Lists: m.grants(change), Version: "3", Form: form})
	}
	clone := func(i int, change func(*access.CloneView)) templ.Component {
		v := access.CloneView{
			Page: m.page(), Subject: of(i), FormKey: "key_1",
			Along: []access.Source{{What: "Role Dispatcher", Where: foods}, {What: "Role Auditor", Where: "Whole organisation", Until: now.Add(60 * day)}},
			Left:  []access.Left{{What: "Role Owner", Where: "Whole organisation", Why: m.text(1, "You lack rates.write.")}, {What: m.text(0, "Permission Change rates"), Where: foods, Why: "You do not hold it yourself."}},
		}
		change(&v)
		return access.Clone(v)
	}
	matrix := func(change func(*access.MatrixView)) templ.Component {
		v := access.MatrixView{Page: m.page(), Total: 1204, NextPeople: "b", NextColumn: "c", MayUnits: true}
		for i, name := range customers[:6] {
			v.Columns = append(v.Columns, access.Column{ID: string(unitID(i)), Name: m.text(i, name), Path: "Top"})
		}
		for i, r := range rows {
			p := access.Person{Member: string(r.Member.ID), Name: r.Member.Label(), Kind: string(r.Member.Kind), Status: string(r.Member.Status), Cells: make([]access.Cell, 7)}
			if i%3 == 0 {
				p.Cells[0].Here = []string{people[i][2]}
				for k := range 6 {
					p.Cells[k+1].Above = true
				}
			}
			p.Cells[1+(i*2)%6].Here = []string{m.text(i, "Dispatcher"), "Depot viewer", "See invoices"}[:1+i%3]
			v.People = append(v.People, p)
		}
		change(&v)
		return access.People(v)
	}
	ways := []access.Ways{
		{Key: "owners", Title: "Owners", Text: "Who is one now, and how they sign in.", List: []access.Way{
			{Name: m.text(0, "Anna Silva"), URL: "/o/acme/team/1", Kind: "regular", Text: "Owner of the whole organisation, without an end.", Facts: []string{"Password", "Last seen today"}},
			{Name: "Bruno Costa", URL: "/o/acme/team/2", Kind: "regular", Text: "Owner until 31 Jan 2027.", Facts: []string{"Password"}},
		}},
		{Key: "invitations", Title: "Open invitations", Text: "Who becomes one by accepting.", List: []access.Way{{Name: m.text(1, "David Okafor"), URL: "/o/acme/team/3", Kind: "regular", Text: "Becomes Owner by opening the link and setting a password.", Facts: []string{"Letter sent to david@example.com"}, Steps: 1}}},
		{Key: "roles", Title: "Roles", Text: "Roles whose edit would reach what an Owner may do.", None: "No role reaches that far."},
		{Key: "programs", Title: "Operators and product clients", Text: "What stands outside the organisation.", List: []access.Way{{Name: "The command line", Icon: "device", Text: m.text(2, "Whoever holds the database can make any member an Owner."), Steps: 2}}},
	}
	return []sample{
		{"access", member(1, func(*access.MemberView) {})},
		{"access-why", member(1, func(v *access.MemberView) {
			v.Why = access.Why{Asked: true, Allowed: true, Name: "See SIM cards", Where: foods, Because: []access.Source{{What: "Role Dispatcher", Where: foods, Until: now.Add(3 * day)}, {What: "Scope Network by role Dispatcher", Where: foods}}}
		})},
		{"access-whynot", member(1, func(v *access.MemberView) {
			v.Why = access.Why{Asked: true, Name: m.text(2, "Change rates"), Where: "the whole organisation", Missing: []string{"No grant gives “Change rates” there or above.", m.text(0, "The scope Billing is not held there."), "Held on Brightwater Foods only."}, Givers: []web.Link{{URL: "/o/acme/team/1", Label: m.text(1, "Anna Silva")}, {URL: "/o/acme/team/2", Label: "Chiara Rossi"}}}
		})},
		{"access-none", member(3, func(v *access.MemberView) { v.Places, v.MayExplain = nil, false })},
		{"access-blocked", member(4, func(v *access.MemberView) { v.Subject.Allowed = nil })},
		{"access-edit", edit(web.Form{}, func(*web.Lists) {})},
		{"access-edit-moved", edit(web.Form{}, func(l *web.Lists) {
			l.Has = append(l.Was[1:3:3], web.ListLine{Key: "permission:invoices.read", Place: string(unitID(1)), Where: foods, Until: "2027-03-31"})
			l.Has[0].Until, l.Search, l.State = "2027-02-28", "/o/acme/units/find", web.ListState{Place: string(unitID(1)), Find: m.text(0, "bright"), Give: []string{"permission:sims.read"}}
		})},
		{"access-edit-errors", edit(fields("lists", "You cannot give Owner: you lack rates.write on the whole organisation. Anna Silva can."), func(l *web.Lists) {
			l.Error, l.Has, l.Inherited = "You cannot give Owner: you lack rates.write on the whole organisation. Anna Silva can.", nil, nil
		})},
		{"access-edit-stale", edit(web.Form{Err: &roster.Error{Kind: roster.Conflict, Code: "changed_meanwhile", Message: "Someone changed this meanwhile. Look at it again, then make your change."}}, func(l *web.Lists) {
			l.Has = l.Was[1:]
		})},
		{"clone", clone(1, func(*access.CloneView) {})},
		{"clone-api", clone(5, func(v *access.CloneView) { v.Along, v.Left = v.Along[:1], nil })},
		{"clone-errors", clone(1, func(v *access.CloneView) {
			v.Along, v.Typed = nil, access.Input{Email: m.text(1, "x@"), FirstName: "Dana", StartBlocked: true}
			v.Form = fields("email", "This is not an e-mail address. It looks like anna@example.com.", "last_name", "Fill this in.")
		})},
		{"matrix", matrix(func(*access.MatrixView) {})},
		{"matrix-pictures", matrix(func(v *access.MatrixView) {
			for i := range v.People {
				if i%2 == 0 {
					v.People[i].Picture = "/invitation/picture"
				}
			}
		})},
		{"matrix-few", matrix(func(v *access.MatrixView) {
			v.Columns, v.NextPeople, v.NextColumn, v.Total, v.People = nil, "", "", 2, v.People[:2]
			for i := range v.People {
				v.People[i].Cells = v.People[i].Cells[:1]
			}
		})},
		{"matrix-none", matrix(func(v *access.MatrixView) { v.People, v.Filter.Q = nil, m.text(0, "zzz") })},
		{"owners", access.Owners(access.OwnersView{Page: m.page(), Tabs: web.RoleTabs(m.page(), "owners"), Owners: 2, Others: 2, Groups: ways})},
	}
}
