// Package web holds how the dashboard looks: its assets (style sheets, modules, content-hashed
// addresses), the layouts and the components every page is made of. It does not know any page's
// own content (the packages below it do), no use case, no store and no route's handler.
package web

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"roster/internal/footer"
	"roster/internal/roster"
	"roster/internal/words"
	"roster/internal/zone"
)

// Page is what every page needs beside its own content. Handlers fill it once per request.
type Page struct {
	Title         string // the heading and, with the organisation, the window's title
	Lead          string // one line under the heading; may be empty
	Words         *words.Catalogue
	Assets        *Assets
	Viewer        Viewer         // zero while nobody is signed in
	Accent        string         // the installation's colour, as six digits; empty for ours
	Logo          string         // where its picture is; empty without one
	Footer        []footer.Link  // links below the page
	Organisation  Organisation   // zero outside an organisation
	Organisations []Organisation // those the viewer can switch to, the present one included
	Nav           string         // the navigation item that is open: "team", "apiusers", "units", "roles", "letters", "history", "settings", "notifications", "me"; in the operator area "organisations" and others
	Allowed       []string       // what the viewer may do in the organisation as a whole, by action name
	Toast         *Toast         // what the last action did; nil for none
	RequestID     string
	Theme         string         // "light", "dark" or empty for the system's
	Zone          *time.Location // the viewer's time zone; nil where they chose none, for the browser's
	Density       string         // "compact", "roomy" or empty for the standard one
	Back          Link           // the page above this one; zero for none
	Operating     bool           // in the operator area
	Visit         *roster.Visit  // of an operator who entered the organisation; nil for everybody else
	FactorDue     time.Time      // from when on the viewer comes in here with a second factor alone, and has none; zero for never
	Bell          func() int     // how much the viewer did not read of what they are told here; nil where they are told nothing
	From          string         // the list that a member's pages were reached from; empty for the team's as it stood last
}

// Viewer is the signed-in person, as this organisation knows them.
type Viewer struct {
	Member, Name, Email string
	Operator            bool // their account is an operator's
}

// Organisation is one entry of the switcher.
type Organisation struct {
	Slug, Name, Role string
	Picture          string // its address; empty without one
	Accent           string // its colour, as six digits; empty for ours
	Elsewhere        bool   // it lets nobody in from where the viewer is
}

// Emblem gives where an organisation's picture is, by its hash; empty without one.
func Emblem(o roster.OrgID, hash string) string {
	if hash == "" {
		return ""
	}
	return "/api/v1/orgs/" + string(o) + "/picture?hash=" + hash
}

// Link is an address with its words.
type Link struct{ URL, Label string }

// Toast is a message after an action. Undo, when it has a URL, is offered as a form that POSTs there.
type Toast struct {
	Message string
	Bad     bool // something did not work
	Undo    Link
}

// Wear puts on the page what a brand has beside its colour.
func (p *Page) Wear(b roster.Brand) {
	p.Words = p.Words.Calling(b.Product)
	if links := footer.Parse(b.Footer); len(links) > 0 {
		p.Footer = links
	}
}

// Around keeps the organisation around a page of one's own: "?in=acme", or nothing outside one.
func (p Page) Around() string {
	if p.Organisation.Slug == "" {
		return ""
	}
	return "?in=" + p.Organisation.Slug
}

// Say gives the sentence of a key; see words.Catalogue.Say.
func (p Page) Say(key string, pairs ...string) string { return p.Words.Say(key, pairs...) }

// May tells whether the viewer may do an action in the organisation as a whole.
func (p Page) May(action string) bool { return slices.Contains(p.Allowed, action) }

// In gives an address inside the page's organisation: In("team", "add") is /o/{slug}/team/add.
func (p Page) In(parts ...string) string {
	return "/o/" + p.Organisation.Slug + "/" + strings.Join(parts, "/")
}

// Member gives the address of a member's page or of one below it, which leads back to where it was reached from.
func (p Page) Member(id roster.MemberID, parts ...string) string {
	at := p.In(append([]string{"team", string(id)}, parts...)...)
	if p.From == "" {
		return at
	}
	return at + "?" + url.Values{"from": {p.From}}.Encode()
}

// List gives where one goes once a member is gone: the list that their pages were reached from, or the team.
func (p Page) List() string { return or(p.From, p.In("team")) }

// Home gives where one goes once something was done to a member: the list that their pages were reached from, or their
// own page.
func (p Page) Home(id roster.MemberID) string { return or(p.From, p.Member(id)) }

// Doer names who did something, by the actor's ID and the name that is known: those who are no members,
// such as the command line, are called by what they are.
func (p Page) Doer(id, name string) string {
	if roster.IsMemberID(id) {
		return or(name, id)
	}
	return p.sayOr("history.actor."+id, or(name, id))
}

// Prefer shows the page as its viewer wants Roster to be.
func (p *Page) Prefer(w roster.Preferences) {
	p.Theme, p.Density = w.Theme, w.Density
	if w.Zone != "" {
		p.Zone = zone.Of(w.Zone)
	}
}

// With gives the page with another title, lead and navigation item.
func (p Page) With(title, lead, nav string) Page {
	p.Title, p.Lead, p.Nav = title, lead, nav
	return p
}

// Under gives the page with a link to the page above it.
func (p Page) Under(url, label string) Page {
	p.Back = Link{URL: url, Label: label}
	return p
}

func (p Page) windowTitle() string {
	parts := []string{p.Title}
	if p.Organisation.Name != "" {
		parts = append(parts, p.Organisation.Name)
	}
	return strings.Join(append(parts, p.Say("product.name")), " · ")
}

// Form is a form that came back: what was wrong with it. The zero value is a fresh form.
type Form struct{ Err *roster.Error }

// Error gives what is wrong with a field; empty when nothing is.
func (f Form) Error(field string) string {
	if f.Err == nil {
		return ""
	}
	for _, e := range f.Err.Fields {
		if control(e.Field) == field {
			return e.Message
		}
	}
	if control(f.Err.Field) == field {
		return f.Err.Message
	}
	return ""
}

// lines gives the summary's lines: one for each field, or the one message.
func (f Form) lines() []roster.FieldError {
	switch {
	case f.Err == nil:
		return nil
	case len(f.Err.Fields) > 0:
		return f.Err.Fields
	}
	return []roster.FieldError{{Field: f.Err.Field, Code: f.Err.Code, Message: f.Err.Message, Said: f.Err.Said}}
}

// control gives the name of the form's control for a field of the API: the role's choice stands for
// the grants, whichever of them is meant, that of the way in for the login method, and a last day for an end.
func control(field string) string {
	switch {
	case strings.HasPrefix(field, "grants"):
		return "role"
	case field == "login_method":
		return "way"
	case field == "ends_at":
		return "ends_on"
	}
	return field
}

// FieldID gives the id of a form field's control, so that a summary can link to it.
func FieldID(name string) string { return "f-" + strings.ReplaceAll(name, "_", "-") }

// Initials gives at most two letters for a name or address.
func Initials(name string) string {
	var out []rune
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '@' }) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = append(out, unicode.ToUpper(r))
				break
			}
		}
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	if strings.Contains(name, "@") && len(out) > 1 {
		out = out[:1]
	}
	return string(out)
}

// tint gives one of six quiet colours for a text, always the same one.
func tint(s string) string {
	var h uint32 = 2166136261
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return "tint-" + string(rune('a'+h%6))
}

// in gives a moment in the viewer's time zone, and in UTC where they chose none.
func (p Page) in(t time.Time) time.Time {
	if p.Zone == nil {
		return t.UTC()
	}
	return t.In(p.Zone)
}

// exact gives a moment in words that name its zone, for readers without scripts.
func (p Page) exact(t time.Time) string { return p.Words.Moment(p.in(t)) }

// Day gives a moment's date in words.
func (p Page) Day(t time.Time) string { return p.Words.Day(p.in(t)) }

// Number writes a number with its thousands apart.
func (p Page) Number(n int) string { return p.Words.Number(n) }

// Counted says how many, in the form that the number asks for: "3 people", "1 person". {n} is the number.
func (p Page) Counted(key string, n int, pairs ...string) string {
	return p.Words.Count(key, n, pairs...)
}

// OwnTabs are the pages that are a person's own, in the organisation around them; open is the path of the one that is
// shown.
func OwnTabs(p Page, open string) []Tab {
	return Opened(open+p.Around(), []Tab{
		{Label: p.Say("layout.own.profile"), URL: "/me" + p.Around()},
		{Label: p.Say("layout.own.security"), URL: "/me/security" + p.Around()},
		{Label: p.Say("layout.own.preferences"), URL: "/me/preferences" + p.Around()},
	})
}

// SettingsTabs are the pages of an organisation's settings; open is the address of the one that is shown.
func SettingsTabs(p Page, open string) []Tab {
	return Opened(open, []Tab{
		{Label: p.Say("settings.tab"), URL: p.In("settings")},
		{Label: p.Say("brand.tab"), URL: p.In("settings", "brand")},
		{Label: p.Say("method.tab"), URL: p.In("settings", "methods")},
		{Label: p.Say("network.tab"), URL: p.In("settings", "addresses")},
		{Label: p.Say("webhook.tab"), URL: p.In("settings", "webhooks")},
		{Label: p.Say("plan.tab"), URL: p.In("settings", "plan")},
		{Label: p.Say("portal.tab"), URL: p.In("settings", "portal")},
		{Label: p.Say("operator.admit"), URL: p.In("settings", "operators")},
	})
}

// Opened takes the address from the tab that is open.
func Opened(open string, all []Tab) []Tab {
	for i := range all {
		if all[i].URL == open {
			all[i].URL = ""
		}
	}
	return all
}
