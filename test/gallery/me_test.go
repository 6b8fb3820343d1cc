package gallery

import (
	"fmt"
	"time"

	"roster/internal/action/news"
	networks "roster/internal/action/org/network"
	portals "roster/internal/action/org/portal"
	"roster/internal/action/team/own"
	"roster/internal/bulletin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/me"
	"roster/internal/server/web/network"
	"roster/internal/server/web/notification"
	"roster/internal/server/web/portal"
)

// told is something of each kind, half of it read.
func (m maker) told() news.Page {
	var p news.Page
	for i, k := range bulletin.Kinds() {
		t := news.Told{ID: fmt.Sprint("ntf_", i), Kind: k, At: now.Add(-time.Duration(i*i) * 3 * time.Hour)}
		if k.OfMember() || k == bulletin.NewsWebhook {
			t.Subject, t.Name = string(id(i)), m.text(i, people[i%len(people)][0])
		}
		if i == 3 {
			t.Subject, t.Name = "", ""
		}
		if i > 4 {
			t.Read = now
		}
		p.Items = append(p.Items, t)
	}
	p.Total = len(p.Items)
	return p
}

// mePages are those on which people settle what is their own.
func (m maker) mePages() []sample {
	member := m.rows(1)[0].Member
	profile := me.ProfileView{Page: m.page(), Profile: own.Profile{Member: member}, News: []news.Choice{
		{Notification: bulletin.NotifyAccess, Way: bulletin.WayLetter}, {Notification: bulletin.NotifyAccepted, Way: bulletin.WayDaily}, {Notification: bulletin.NotifyUnanswered, Way: bulletin.WayDashboard}, {Notification: bulletin.NotifyAdministrator, Way: bulletin.WayLetter}, {Notification: bulletin.NotifySeats, Way: bulletin.WayNone}, {Notification: bulletin.NotifyWebhook, Way: bulletin.WayLetter},
	}}
	wrong, kept := profile, profile
	wrong.Form = fields("last_name", "Fill this in.", "phone", "Write the number with its country code, such as +55 11 5555 0100.")
	kept.Profile.Kept, kept.News = true, profile.News[:1]
	spoken := []web.Option{{Label: "English", Value: "en"}, {Label: "Português (Brasil)", Value: "pt-BR", Checked: true}}
	chosen := me.PreferencesView{Page: m.page(), Now: roster.Preferences{Language: "pt-BR", Zone: "America/Sao_Paulo", Theme: "dark", Density: "compact"}, Languages: spoken}
	bad := chosen
	bad.Form, bad.Now.Zone = fields("zone", "There is no such time zone. Write a name such as Europe/Lisbon or America/Sao_Paulo."), m.text(1, "Mars/Base")
	password := me.PasswordView{Page: m.page(), Email: "anna@example.com", Criteria: web.OpenCriteria("/me/password/criteria")}
	weak := password
	weak.Form = fields("password", "Choose a longer password: at least 15 characters.", "repeat", "The passwords differ.")
	denied := m.page()
	denied.Allowed = []string{"organisation.show"}
	denied.Organisations[1].Elsewhere = true
	one := m.page()
	one.Organisations, one.Organisation, one.Allowed = nil, web.Organisation{}, nil
	told := notification.View{Page: m.page(), Told: m.told()}
	more := told
	more.Later, more.Told.Next, more.Told.Total = true, "abc", 1204
	more.Page.Bell = func() int { return 128 }
	read := told
	read.Page.Bell, read.Told.Items = func() int { return 0 }, nil
	for _, t := range told.Told.Items {
		t.Read = now
		read.Told.Items = append(read.Told.Items, t)
	}
	none := notification.View{Page: read.Page}
	return []sample{
		{"notifications", notification.List(told)},
		{"notifications-more", notification.List(more)},
		{"notifications-read", notification.List(read)},
		{"notifications-none", notification.List(none)},
		{"me", me.Profile(profile)},
		{"me-wrong", me.Profile(wrong)},
		{"me-kept", me.Profile(kept)},
		{"me-password", me.Password(password)},
		{"me-password-wrong", me.Password(weak)},
		{"addresses", network.Organisation(network.View{Page: m.page(), List: networks.List{Mine: "203.0.113.7"}})},
		{"addresses-denied", network.Organisation(network.View{Page: denied, List: networks.List{From: []string{"203.0.113.0/24", "2001:db8::/32"}}})},
		{"addresses-wrong", network.Organisation(network.View{Page: m.page(), Typed: "198.51.100.0/24", List: networks.List{Mine: "203.0.113.7"}, Form: fields("allowed_from", "You would lock yourself out: your own address, 203.0.113.7, is not in this list. Add it, or do this from an address that is.")})},
		{"addresses-program", network.Program(network.View{Page: m.page(), Typed: "203.0.113.0/24\n2001:db8::/32", List: networks.List{Of: m.text(0, "Payroll import"), Mine: "203.0.113.7", Whole: []string{"203.0.113.0/24"}, Member: member}})},
		{"portal", portal.Setting(portal.View{Page: m.page(), Chosen: policy.PortalOff})},
		{"portal-open", portal.Setting(portal.View{Page: m.page(), Setting: portals.Setting{OpenTo: policy.PortalAdministrators, Products: []string{m.text(0, "Fleet"), m.text(1, "Billing")}}, Chosen: policy.PortalAdministrators})},
		{"portal-denied", portal.Setting(portal.View{Page: denied, Setting: portals.Setting{OpenTo: policy.PortalMembers, Products: []string{"Fleet"}}})},
		{"portal-wrong", portal.Setting(portal.View{Page: m.page(), Form: fields("open_to", "The portal is open to one of these: off, members, administrators, owners.")})},
		{"portal-landing", portal.Landing(portal.LandingView{Page: one, Product: m.text(0, "Fleet"), Inside: m.text(1, "Acme Logistics"), Member: m.text(2, "Anna Silva")})},
		{"portal-landing-other", portal.Landing(portal.LandingView{Page: one, Product: m.text(0, "Fleet"), Inside: m.text(1, "Acme Logistics"), Member: m.text(2, "Anna Silva"), Other: "olga@example.com"})},
		{"portal-landing-closed", portal.Landing(portal.LandingView{Page: one, Why: "This link works once, for two minutes, and is over."})},
		{"leave", me.Leave(me.LeaveView{Page: m.page()})},
		{"leave-wrong", me.Leave(me.LeaveView{Page: m.page(), Form: fields("confirm_name", "Type the name exactly as it stands here: Acme Logistics."), Typed: m.text(1, "Acme")})},
		{"leave-owner", me.Leave(me.LeaveView{Page: m.page(), LastOwner: true})},
		{"preferences", me.Preferences(chosen)},
		{"preferences-new", me.Preferences(me.PreferencesView{Page: one, Languages: spoken})},
		{"preferences-wrong", me.Preferences(bad)},
		{"security", entry.Security(entry.ProfileView{Page: m.page(), Email: "anna@example.com", Password: true, Devices: 3, Sessions: []entry.Session{{Session: m.sessions()[0], Current: true}, {Session: m.sessions()[1]}, {Session: m.sessions()[2]}}})},
		{"security-confined", entry.Security(entry.ProfileView{Page: m.page(), Email: "anna@example.com", Confined: true, Sessions: []entry.Session{{Session: m.sessions()[0], Current: true}}})},
		{"security-alone", entry.Security(entry.ProfileView{Page: one, Email: "anna@example.com", Devices: 1, Sessions: []entry.Session{{Session: m.sessions()[0], Current: true}}})},
	}
}
