package gallery

import (
	"slices"

	"github.com/a-h/templ"

	members "roster/internal/action/team"
	ways "roster/internal/action/team/way"
	"roster/internal/footer"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/me"
	"roster/internal/server/web/operator"
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
		{"way-gone", page(func(v *way.View) {
			connected(v)
			v.Methods, v.Form = v.Methods[:1], fields("login_method", "Choose a login method.")
		})},
		{"way-only", page(func(v *way.View) { v.Methods = v.Methods[:1] })},
		{"way-wrong", page(func(v *way.View) {
			connected(v)
			v.Form = fields("identifier", "Somebody here comes in by Okta with this identifier already.")
			v.Now = []web.Stands{{Label: "User identifier", Value: m.text(2, "bruno.costa")}}
		})},
		{"me-confirm", me.Profile(profile)},
	}
}

// brandPages are how the installation looks, and pages that wear it.
func (m maker) brandPages() []sample {
	brand := roster.Brand{Product: m.text(0, "Nordwind Access"), Accent: "#1f6f4a", Sender: m.text(1, "Nordwind"), ReplyTo: "help@example.com", Footer: m.text(3, "Imprint") + " = https://example.com/imprint\nHelp = mailto:help@example.com"}
	page := m.page()
	page.Organisation, page.Operating = web.Organisation{}, true
	page.Footer = []footer.Link{{Label: m.text(3, "Imprint"), URL: "https://example.com/imprint"}, {Label: m.text(0, "Privacy"), URL: "https://example.com/privacy"}, {Label: "Help", URL: "mailto:help@example.com"}}
	page.Accent = "1f6f4a"
	view := operator.BrandView{Page: page, Typed: brand, Version: "3", Picture: "abc"}
	worn := func(p web.Page) web.Page {
		p.Accent, p.Logo = "1f6f4a", "/invitation/picture"
		p.Wear(brand)
		return p
	}
	wrong := view
	wrong.Form = fields("footer_links", "Write each link on a line as label = address, such as Imprint = https://example.com/imprint.", "picture", "This is no picture.")
	wrong.Now = []web.Stands{{Label: "Product name", Value: m.text(2, "Southwind")}}
	return []sample{
		{"operator-brand", operator.Brand(view)},
		{"operator-brand-new", operator.Brand(operator.BrandView{Page: page, Version: "1"})},
		{"operator-brand-wrong", operator.Brand(wrong)},
		{"signin-branded", entry.SignIn(entry.SignInView{Page: worn(m.outside())})},
		{"choose-branded", entry.Choose(entry.ChooseView{Page: worn(m.page())})},
	}
}
