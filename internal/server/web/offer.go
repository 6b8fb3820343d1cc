package web

import (
	"slices"
	"strings"

	"roster/internal/action/access"
	"roster/internal/authz"
	"roster/internal/login"
	"roster/internal/roster"
)

// Lacks says why someone cannot give something, by what they lack; empty when nothing is lacking.
func (v *Visit) Lacks(missing []authz.Lacking) string {
	var names []string
	for _, l := range missing {
		name := v.Page.Say("lists.lack", "name", v.ItemName("permission", l.Permission))
		if l.Scope != "" {
			name = v.Page.Say("lists.lack.scope", "name", v.ItemName("scope", l.Scope))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 3:
		return v.Page.Say("lists.lacking.more", "what", strings.Join(names[:3], ", "), "n", v.Page.Number(len(names)-3))
	}
	return v.Page.Say("lists.lacking", "what", strings.Join(names, ", "))
}

// OfferGroups writes the catalogue as the two-list editor's groups, with what the visitor lacks to give each:
// roles fit for a kind of member (none for a role's own content), scopes, and permissions by scope.
func (v *Visit) OfferGroups(g access.Givable, kind roster.MemberKind) []ListGroup {
	v.KnowsCatalogue(g)
	var groups []ListGroup
	if kind != "" {
		roles := ListGroup{Key: "roles", Name: v.Page.Say("lists.roles")}
		for _, r := range g.Roles {
			if r.For != "" && r.For != kind || r.ID == roster.RoleOwner && kind != roster.Regular {
				continue
			}
			roles.Items = append(roles.Items, ListItem{Key: "role:" + r.ID, Name: v.RoleName(r.ID), Description: r.Description, Reason: v.Lacks(r.Missing)})
		}
		groups = append(groups, roles)
	}
	scopes := ListGroup{Key: "scopes", Name: v.Page.Say("lists.scopes")}
	byScope := map[string]*ListGroup{"": {Key: "permissions", Name: v.Page.Say("lists.permissions")}}
	order := []string{}
	for _, s := range g.Scopes {
		scopes.Items = append(scopes.Items, ListItem{Key: "scope:" + s.Key, Name: s.Name, Description: s.Description, Reason: v.Lacks(s.Missing)})
		byScope[s.Key] = &ListGroup{Key: "permissions." + s.Key, Name: v.Page.Say("lists.permissions.of", "scope", s.Name)}
		order = append(order, s.Key)
	}
	for _, p := range g.Permissions {
		if group := byScope[p.Scope]; group != nil {
			group.Items = append(group.Items, ListItem{Key: "permission:" + p.Key, Name: p.Name, Description: p.Description, Kind: string(p.Kind), Reason: v.Lacks(p.Missing)})
		}
	}
	groups = append(groups, scopes)
	for _, key := range append(order, "") {
		if len(byScope[key].Items) > 0 {
			groups = append(groups, *byScope[key])
		}
	}
	return groups
}

// Merged joins what can be given at several places: what can be given at one of them can be given, with a
// note where alone.
func Merged(p Page, here []ListGroup, there []ListGroup, place string) []ListGroup {
	for n := range here {
		for k := range here[n].Items {
			i := &here[n].Items[k]
			if i.Reason == "" {
				continue
			}
			other := slices.IndexFunc(there[n].Items, func(o ListItem) bool { return o.Key == i.Key && o.Reason == "" })
			if other >= 0 {
				i.Reason, i.Note = "", p.Say("lists.only_at", "where", place)
			}
		}
	}
	return here
}

// RoleTabs are the pages about roles that the viewer may see; open is the one that is shown: "roles",
// "permissions" or "owners".
func RoleTabs(p Page, open string) []Tab {
	var tabs []Tab
	add := func(key, action, label, url string) {
		if key == open {
			url = ""
		}
		if key == open || p.May(action) {
			tabs = append(tabs, Tab{Label: label, URL: url})
		}
	}
	add("roles", "role.list", p.Say("layout.nav.roles"), p.In("roles"))
	add("permissions", "permission.list", p.Say("role.tab.permissions"), p.In("roles", "permissions"))
	add("owners", "owner.ways", p.Say("role.tab.owners"), p.In("owners"))
	return tabs
}

// MemberTabs are the pages about a member that the viewer, who may do some actions with them, may see; open is the one
// that is shown: "overview", "access", "sign-in" or "history".
func MemberTabs(p Page, m roster.Member, allowed []string, open string) []Tab {
	signIn := "layout.tab.sign_in"
	if m.Kind == roster.API {
		signIn = "layout.tab.credentials"
	}
	var tabs []Tab
	add := func(name, label, action string, parts ...string) {
		switch {
		case name == open:
			tabs = append(tabs, Tab{Label: label})
		case slices.Contains(allowed, action):
			tabs = append(tabs, Tab{Label: label, URL: p.Member(m.ID, parts...)})
		}
	}
	add("overview", p.Say("layout.tab.overview"), "member.show")
	add("access", p.Say("layout.tab.access"), "member.access", "access")
	add("sign-in", p.Say(signIn), "member.show", "sign-in")
	add("history", p.Say("layout.tab.history"), "member.history", "history")
	return tabs
}

// UnitTabs are the pages about a customer account that the viewer may see; open is the one that is shown:
// "overview" or "external".
func UnitTabs(p Page, id roster.UnitID, open string) []Tab {
	tabs := []Tab{{Label: p.Say("layout.tab.overview"), URL: p.In("units", string(id))}}
	if p.May("member.list") {
		tabs = append(tabs, Tab{Label: p.Say("layout.tab.external"), URL: p.In("units", string(id), "external")})
	}
	if open == "overview" {
		tabs[0].URL = ""
	} else {
		tabs[1].URL = ""
	}
	return tabs
}

// Coming gives how a form says that somebody new comes in, by its fields way and identifier: an unknown way is refused.
func Coming(f map[string]string) roster.Coming {
	if way := f["way"]; way != "" && way != "link" && way != "password" {
		return roster.Coming{Method: way, Identifier: f["identifier"]}
	}
	return roster.Coming{}
}

// Ways completes what a form offers with the login methods that are ready; without fields it begins with the first.
func (v *Visit) Ways(w WayIn, f map[string]string) WayIn {
	// The offer is a help: where it cannot be found out, a link is.
	all, _ := v.Desk.Methods.Offer(v.Context())
	w.Linkless = len(all) > 0
	for _, m := range all {
		if m.Kind == login.Password {
			w.Linkless = false
			continue
		}
		w.Connections = append(w.Connections, Option{Value: m.ID, Icon: "shield", Label: m.Name, Text: v.Page.Say("layout.way.connection.text", "name", m.Name), Checked: m.ID == f["way"]})
	}
	if w.Offered = w.Offered && !w.Linkless; w.Linkless && Coming(f).Method == "" {
		w.Connections[0].Checked = true
	}
	w.Password, w.Identifier = f["way"] == "password", f["identifier"]
	return w
}

// connected tells whether a connection is chosen.
func (w WayIn) connected() bool {
	for _, o := range w.Connections {
		if o.Checked {
			return true
		}
	}
	return false
}

// options are the ways to choose from.
func (w WayIn) options(p Page) []Option {
	var all []Option
	if !w.Linkless {
		all = append(all, Option{Value: "link", Icon: "mail", Label: p.Say("layout.way.link"), Text: p.Say("layout.way.link.text"), Checked: !w.Password && !w.connected()})
	}
	all = append(all, w.Connections...)
	if w.Offered {
		all = append(all, Option{Value: "password", Icon: "key", Label: p.Say("layout.way.password"), Text: p.Say("layout.way.password.text", "time", w.Lasts), Checked: w.Password})
	}
	return all
}

// MethodOptions are the login methods to invite by, e-mail and password without a value; none where it is the only one.
func (v *Visit) MethodOptions(chosen string) []Option {
	all, _ := v.Desk.Methods.Offer(v.Context()) // a help, as in Ways
	var list []Option
	for _, m := range all {
		o := Option{Value: m.ID, Label: m.Name, Checked: m.ID == chosen}
		if m.Kind == login.Password {
			o = Option{Label: v.Page.Say("method.password"), Checked: chosen == ""}
		}
		list = append(list, o)
	}
	if len(list) == 1 && list[0].Value == "" {
		return nil
	}
	return list
}
