package gallery

import (
	"slices"
	"testing"

	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/external"
	"roster/internal/server/web/team"
)

// externalPages are the tab of a customer account's external users, and the pages about given passwords.
func (m maker) externalPages() []sample {
	account := roster.Unit{ID: unitID(1), Kind: roster.Account, Name: m.text(3, "Nordwind")}
	list := func(change func(*external.ListView)) templ.Component {
		v := external.ListView{Page: m.page(), Unit: account, MayAdd: true, First: true}
		for i, r := range m.rows(5) {
			r.Member.Kind = roster.External
			row := external.Row{Member: r.Member, Roles: r.Roles, Expired: r.Expired, Allowed: append(r.Allowed, "member.password", "member.history", "member.unblock")}
			if i == 2 {
				row.Place = m.text(0, "Nordwind South")
			}
			v.Rows = append(v.Rows, row)
		}
		v.Total = len(v.Rows)
		change(&v)
		return external.List(v)
	}
	add := func(change func(*external.AddView)) templ.Component {
		v := external.AddView{
			Page: m.page(), Unit: account, FormKey: "key_1", Seats: 3, Plan: "Playground", TTL: roster.DefaultInvitationTTL,
			Roles: []web.Option{{Value: "member", Label: "Member", Text: "No permission.", Checked: true}, {Value: "dispatcher", Label: m.text(2, "Dispatcher"), Text: "Sees the team.", Disabled: true, Reason: "You lack it."}},
			Way:   web.WayIn{Offered: true, Lasts: "7 days", Check: "/o/acme/team/add/criteria"},
		}
		change(&v)
		return external.Add(v)
	}
	password := team.PasswordView{Page: m.page(), Row: m.rows(2)[1], Managed: true, Lasts: roster.DefaultInvitationTTL}
	wrong, own := password, password
	wrong.Form = fields("password", "Choose another password, of at least 15 characters. It is too short.", "repeat", "The two passwords are not the same.")
	own.Managed, own.Row.Allowed = false, append(slices.Clone(own.Row.Allowed), "member.password_reset")
	connected := password
	connected.Connected, connected.Row.Allowed = true, append(slices.Clone(connected.Row.Allowed), "member.method")
	choice := entry.ChoiceView{Page: m.outside(), Email: "bruno@example.com", Giving: m.text(3, "Acme Logistics"), Criteria: web.OpenCriteria("/sign-in/password/criteria")}
	refused := choice
	refused.Form = fields("password", "That is the password you were given. Choose another, which nobody else knows.")
	return []sample{
		{"external", list(func(*external.ListView) {})},
		{"external-none", list(func(v *external.ListView) { v.Rows, v.Total = nil, 0 })},
		{"external-nomatch", list(func(v *external.ListView) { v.Rows, v.Total, v.Q = nil, 0, m.text(1, "zzz") })},
		{"external-reader", list(func(v *external.ListView) {
			v.MayAdd, v.NextCursor, v.First, v.More, v.Total = false, "abc", false, true, 10000
		})},
		{"external-add", add(func(*external.AddView) {})},
		{"external-add-password", add(func(v *external.AddView) {
			v.Way.Password, v.Typed = true, external.Input{FirstName: m.text(0, "Ole"), Email: m.text(1, "ole@"), Role: "member"}
			v.Form = fields("email", "This is not an e-mail address.", "password", "It is too short.", "repeat", "The two passwords are not the same.")
			v.Existing = web.Link{URL: "/o/acme/team/mem_1", Label: m.text(3, "Ole Brand")}
		})},
		{"external-add-off", add(func(v *external.AddView) { v.Way.Offered, v.Seats = false, roster.Unlimited })},
		{"password", team.SetPassword(password)},
		{"password-wrong", team.SetPassword(wrong)},
		{"password-own", team.SetPassword(own)},
		{"password-connected", team.SetPassword(connected)},
		{"signin-inside", entry.SignIn(entry.SignInView{Page: m.outside(), Inside: "acme"})},
		{"choice", entry.Choice(choice)},
		{"choice-refused", entry.Choice(refused)},
		{"add-external", team.Add(team.AddView{
			Page: m.page(), Roles: m.roles(), Seats: team.Seats{Plan: playground, People: 7}, TTL: roster.DefaultInvitationTTL, FormKey: "key_1",
			Typed: team.Input{Kind: "external", Role: "member", Find: m.text(1, "nord"), Unit: string(account.ID)}, MorePlaces: true,
			Places: []web.Option{{Value: string(account.ID), Label: account.Name, Checked: true}, {Value: "unit_2", Label: "Sudwind (archived)", Disabled: true}},
			Way:    web.WayIn{Offered: true, Password: true, Lasts: "7 days", Check: "/o/acme/team/add/criteria"},
		})},
	}
}

func TestTheWayInChangesTheFormWithoutScripts(t *testing.T) {
	for _, page := range []string{"/page/external-add", "/page/add-external"} {
		p := open(t, browser.Options{NoScript: true}, page)
		p.Tick("Send a link", true)
		p.WaitGone("Password again")
		p.WaitOffer("Send invitation")
		p.Tick("Set a password now", true)
		p.WaitText("Password again")
		p.WaitOffer("Create user")
	}
}
