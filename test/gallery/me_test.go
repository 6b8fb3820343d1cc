package gallery

import (
	"roster/internal/action/team/own"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/me"
)

// mePages are those on which people settle what is their own.
func (m maker) mePages() []sample {
	member := m.rows(1)[0].Member
	profile := me.ProfileView{Page: m.page(), Profile: own.Profile{Member: member}}
	wrong, kept := profile, profile
	wrong.Form = fields("last_name", "Fill this in.", "phone", "Write the number with its country code, such as +55 11 5555 0100.")
	kept.Profile.Kept = true
	spoken := []web.Option{{Label: "English", Value: "en"}, {Label: "Português (Brasil)", Value: "pt-BR", Checked: true}}
	chosen := me.PreferencesView{Page: m.page(), Now: roster.Preferences{Language: "pt-BR", Zone: "America/Sao_Paulo", Theme: "dark", Density: "compact"}, Languages: spoken}
	bad := chosen
	bad.Form, bad.Now.Zone = fields("zone", "There is no such time zone. Write a name such as Europe/Lisbon or America/Sao_Paulo."), m.text(1, "Mars/Base")
	password := me.PasswordView{Page: m.page(), Email: "anna@example.com", Criteria: web.OpenCriteria("/me/password/criteria")}
	weak := password
	weak.Form = fields("password", "Choose a longer password: at least 15 characters.", "repeat", "The passwords differ.")
	one := m.page()
	one.Organisations, one.Organisation, one.Allowed = nil, web.Organisation{}, nil
	return []sample{
		{"me", me.Profile(profile)},
		{"me-wrong", me.Profile(wrong)},
		{"me-kept", me.Profile(kept)},
		{"password", me.Password(password)},
		{"password-wrong", me.Password(weak)},
		{"leave", me.Leave(me.LeaveView{Page: m.page()})},
		{"leave-wrong", me.Leave(me.LeaveView{Page: m.page(), Form: fields("confirm_name", "Type the name exactly as it stands here: Acme Logistics."), Typed: m.text(1, "Acme")})},
		{"leave-owner", me.Leave(me.LeaveView{Page: m.page(), LastOwner: true})},
		{"preferences", me.Preferences(chosen)},
		{"preferences-new", me.Preferences(me.PreferencesView{Page: one, Languages: spoken})},
		{"preferences-wrong", me.Preferences(bad)},
		{"security", entry.Security(entry.ProfileView{Page: m.page(), Email: "anna@example.com", Password: true, Sessions: []entry.Session{{Session: m.sessions()[0], Current: true}, {Session: m.sessions()[1]}, {Session: m.sessions()[2]}}})},
		{"security-alone", entry.Security(entry.ProfileView{Page: one, Email: "anna@example.com", Sessions: []entry.Session{{Session: m.sessions()[0], Current: true}}})},
	}
}
