package gallery

import (
	"slices"

	"github.com/a-h/templ"

	members "roster/internal/action/team"
	ways "roster/internal/action/team/way"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/me"
	"roster/internal/server/web/team/way"
	"roster/internal/store/memberdb"
)

// wayPages are where an administrator chooses how a member comes in, and where the member confirms it.
func (m maker) wayPages() []sample {
	options := []web.Option{
		{Value: "link", Icon: "key", Label: "E-mail and password", Text: "They choose a password by the link in a letter, unless they have one.", Checked: true},
		{Value: "lgm_1", Icon: "shield", Label: m.text(0, "Okta"), Text: "They come in by " + m.text(0, "Okta") + " alone, and their password here ends."},
	}
	page := func(change func(*way.View)) templ.Component {
		member := m.rows(2)[1].Member
		member.Person = "per_1"
		v := way.View{Page: m.page(), Offer: ways.Offer{View: members.View{Row: memberdb.Row{Member: member}}, Managed: true}, Methods: slices.Clone(options), Version: "3"}
		change(&v)
		return way.Edit(v)
	}
	connected := func(v *way.View) {
		v.Offer.Name, v.Offer.Coming, v.Identifier = m.text(0, "Okta"), roster.Coming{Method: "lgm_1", Identifier: m.text(1, "bruno")}, m.text(1, "bruno")
		v.Methods[0].Checked, v.Methods[1].Checked = false, true
	}
	profile := me.ProfileView{Page: m.page()}
	profile.Profile.Member, profile.Profile.Confirm = m.rows(2)[1].Member, login.Method{ID: "lgm_1", Name: m.text(0, "Okta")}
	return []sample{
		{"way", page(func(*way.View) {})},
		{"way-own", page(func(v *way.View) { connected(v); v.Offer.Managed, v.Offer.Unconfirmed = false, true })},
		{"way-pending", page(func(v *way.View) { connected(v); v.Offer.Person = "" })},
		{"way-only", page(func(v *way.View) { v.Methods = v.Methods[:1] })},
		{"way-wrong", page(func(v *way.View) {
			connected(v)
			v.Form = fields("identifier", "Somebody here comes in by Okta with this identifier already.")
			v.Now = []web.Stands{{Label: "User identifier", Value: m.text(2, "bruno.costa")}}
		})},
		{"me-confirm", me.Profile(profile)},
	}
}
