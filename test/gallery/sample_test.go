// Package gallery shows every page of the dashboard with made-up data, hostile data among it, and
// holds what must be true of each: its markup, its words, its accessibility, its weight. It goes
// through no handler: that is what test/browser does.
package gallery

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/action/apiuser/credential"
	"roster/internal/action/team/profile"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/apiuser"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/team"
	"roster/internal/store/apidb"
	"roster/internal/words"
)

// now is when every sample is looked at.
var now = time.Date(2026, 11, 22, 7, 17, 0, 0, time.UTC)

// evil are texts that break out of markup where it is not written with care.
var evil = []string{
	`</p><a href=https://example.com/x>click</a>`,
	`"><script>alert(1)</script>`,
	`' onmouseover=alert(1) x='`,
	strings.Repeat("Wolfeschlegelsteinhausen", 4),
	`javascript:alert(1)`,
	"נועה לוי 🧑‍🚀 {name}",
}

// sample is one page in one state.
type sample struct {
	name string
	view templ.Component
}

type maker struct {
	words  *words.Catalogue
	assets *web.Assets
	evil   bool
	theme  string
}

var everything = []string{
	"organisation.show", "organisation.edit", "organisation.addresses", "organisation.portal",
	"member.invite", "api_user.create", "member.edit", "member.block", "member.unblock", "member.remove", "member.resend",
	"member.link", "member.create", "member.password", "member.password_reset", "member.history", "member.list", "member.show", "history.list",
	"import.upload", "import.list", "letter.list", "job.list",
	"member.grant", "member.clone", "member.access", "unit.list", "unit.create", "role.list", "role.create", "permission.list", "access.matrix", "owner.ways",
}

func (m maker) text(i int, kind string) string {
	if m.evil {
		return evil[i%len(evil)]
	}
	return kind
}

func (m maker) page() web.Page {
	return web.Page{
		Words: m.words, Assets: m.assets, Theme: m.theme, RequestID: "req_01kaq3xk8ee4h9h5r2v4m3t0aa",
		Viewer:       web.Viewer{Member: string(id(0)), Name: m.text(1, "Anna Silva"), Email: "anna@example.com"},
		Organisation: web.Organisation{Slug: "acme", Name: m.text(0, "Acme Logistics"), Role: "Owner"},
		Organisations: []web.Organisation{
			{Slug: "acme", Name: m.text(0, "Acme Logistics"), Role: "Owner"},
			{Slug: "harbour-lane", Name: m.text(3, "Harbour Lane"), Role: "Auditor"},
		},
		Allowed: everything,
		Bell:    func() int { return 3 },
	}
}

// pictured is a page of an organisation that has a picture.
func (m maker) pictured() web.Page {
	p := m.page()
	p.Organisation.Picture = "/invitation/picture"
	p.Organisations[0].Picture = p.Organisation.Picture
	return p
}

// outside is a page for someone who is not signed in.
func (m maker) outside() web.Page {
	p := m.page()
	p.Viewer, p.Organisation, p.Organisations, p.Allowed, p.Bell = web.Viewer{}, web.Organisation{}, nil, nil, nil
	return p
}

func id(i int) roster.MemberID { return roster.MemberID(fmt.Sprintf("mem_0%025d", i)) }

var people = [][3]string{
	{"Anna", "Silva", "Owner"},
	{"Bruno", "Costa", "User administrator"},
	{"Chiara", "Rossi", "Auditor"},
	{"David", "Okafor", "Member"},
	{"Elif", "Yıldız", "Member"},
	{"Farid", "Haddad", "Member"},
	{"Grace", "Lindqvist-Montgomery", "Auditor"},
	{"Hana", "Novák", "Member"},
	{"Ines", "García", "Member"},
	{"Jonas", "Weber", "Member"},
}

func (m maker) rows(n int) []team.Row {
	var rows []team.Row
	for i := range n {
		who := people[i%len(people)]
		first, last := m.text(i, who[0]), m.text(i+1, who[1])
		at := now.Add(-time.Duration(i*i+1) * 9 * time.Hour)
		r := team.Row{
			Member: roster.Member{
				Org: "org_1", ID: id(i), Kind: roster.Regular, Status: roster.Active, FirstName: first, LastName: last, Name: first + " " + last,
				Email: roster.Email{Typed: strings.ToLower(who[0]) + fmt.Sprint(i) + "@example.com"}, CreatedAt: at.Add(-2000 * time.Hour), UpdatedAt: at, LastSeenAt: at,
				VerifiedAt: at, Version: 3,
			},
			Roles: []string{who[2]}, MFA: i%3 == 0, CreatedBy: m.text(i, "Anna Silva"), UpdatedBy: "Bruno Costa", Self: i == 0,
			Allowed: []string{"member.show", "member.edit", "member.block", "member.remove"},
		}
		switch i % 10 {
		case 0:
			r.Member.Phone = "+551155550100"
			if i == 0 {
				r.Allowed = []string{"member.show", "member.edit"}
			}
		case 3, 8:
			r.Member.Status, r.Member.LastSeenAt, r.Member.VerifiedAt = roster.Invited, time.Time{}, time.Time{}
			r.Expired = i%10 == 8
			r.Allowed = append(r.Allowed, "member.resend", "member.link")
		case 4:
			r.Member.Status, r.Member.Before, r.Member.BlockReason = roster.Blocked, roster.Active, m.text(i, "On leave until March.")
			r.Allowed = []string{"member.show", "member.edit", "member.unblock", "member.remove"}
		case 5:
			r.Member.Kind, r.Member.Name, r.Member.ClientID = roster.API, m.text(i, "Payroll import"), fmt.Sprintf("cli_0%025d", i)
			r.Member.Email, r.Member.VerifiedAt = roster.Email{}, time.Time{}
		}
		rows = append(rows, r)
	}
	return rows
}

var playground = roster.Plans()[0]

func (m maker) roles() []team.Role {
	return []team.Role{
		{Key: "owner", For: roster.Regular, Name: "Owner", Description: "Everything in the organisation.", Reason: "Only an Owner can give this."},
		{Key: "user_administrator", Name: "User administrator", Description: "Adds, edits, blocks and removes people, and gives roles."},
		{Key: "auditor", Name: "Auditor", Description: "Reads everything, changes nothing."},
		{Key: "member", Name: m.text(0, "Member"), Description: m.text(1, "Belongs to the organisation, without rights of its own.")},
	}
}

func (m maker) events() []roster.Event {
	anna, bruno := roster.RefMember(id(0), m.text(0, "Anna Silva")), roster.RefMember(id(1), m.text(1, "Bruno Costa"))
	line := func(seq int64, hours int, action string, on roster.Ref, changes ...roster.Change) roster.Event {
		return roster.Event{
			Organisation: "org_1", Seq: seq, At: now.Add(-time.Duration(hours) * time.Hour), Action: action, ActorKind: roster.ActorMember,
			ActorID: anna.ID, ActorName: anna.Name, Door: roster.DoorDashboard, IP: "203.0.113.7", Target: on, Changes: changes,
		}
	}
	refused := line(15, 30, "member.remove", bruno)
	refused.Refused, refused.Count = "last_owner", 3
	cli := line(1, 900, "organisation.create", roster.RefOrganisation("org_1", m.text(2, "Acme Logistics")))
	cli.ActorKind, cli.ActorName, cli.ActorID, cli.Door, cli.IP = roster.ActorCLI, "", "cli", roster.DoorCLI, ""
	return []roster.Event{
		line(17, 1, "member.block", bruno, roster.Change{Of: bruno, Field: "status", From: "active", To: "blocked"}, roster.Change{Of: bruno, Field: "block_reason", To: m.text(3, "On leave until March.")}),
		line(16, 5, "member.edit", bruno, roster.Change{Of: bruno, Field: "last_name", From: m.text(4, "Costa"), To: "Costa Lima"}, roster.Change{Of: bruno, Field: "phone", From: "+551155550100"}),
		refused,
		line(14, 52, "member.invite", bruno, roster.Change{Of: bruno, Field: "status", To: "invited"}, roster.Change{Of: bruno, Field: "email", To: "bruno@example.com"}, roster.Change{Of: bruno, Field: "verified_at", To: now.Format(time.RFC3339)}, roster.Change{Of: bruno, Field: "invitation_ttl", To: "168h0m0s"}, roster.Change{Of: bruno, Field: "grant", To: "role auditor"}),
		line(13, 400, "something.new", anna),
		cli,
	}
}

func (m maker) sessions() []roster.Session {
	proof := []roster.Proof{{Method: "password", At: now}}
	return []roster.Session{
		{ID: "ses_1", Agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36", IP: "203.0.113.7", CreatedAt: now.Add(-3 * time.Hour), SeenAt: now, Proofs: proof},
		{ID: "ses_2", Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 Safari/605.1", IP: "2001:db8::17", CreatedAt: now.Add(-80 * time.Hour), SeenAt: now.Add(-20 * time.Hour), Proofs: proof},
		{ID: "ses_3", Agent: m.text(1, "curl/8.9"), CreatedAt: now.Add(-90 * time.Hour), SeenAt: now.Add(-90 * time.Hour), Proofs: proof},
	}
}

func (m maker) invitations() []team.Invitation {
	sent := now.Add(-50 * time.Hour)
	return []team.Invitation{
		{
			Invitation: roster.Invitation{State: roster.InvitationLive, InviterBy: m.text(0, "Anna Silva"), TTL: roster.DefaultInvitationTTL, MadeAt: sent.Add(-time.Minute), SentAt: sent, ExpiresAt: now.Add(118 * time.Hour)},
			Letters: []team.Letter{
				{At: sent.Add(-30 * time.Second), Fate: "refused", Detail: m.text(1, "451 4.7.1 Greylisting in action, please come back later")},
				{At: sent, Fate: "done", Detail: "250 2.0.0 Ok: queued as 4F2A"},
			},
		},
		{Invitation: roster.Invitation{State: roster.InvitationSuperseded, InviterBy: "Anna Silva", MadeAt: now.Add(-300 * time.Hour), EndedAt: sent}, Letters: []team.Letter{{At: now.Add(-299 * time.Hour), Fate: "given_up", Detail: "550 5.1.1 User unknown"}}},
	}
}

func fields(pairs ...string) web.Form {
	e := roster.Errorf(roster.Invalid, "fields_invalid", "%d fields need your attention.", len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		e.Fields = append(e.Fields, roster.FieldError{Field: pairs[i], Code: "invalid", Message: pairs[i+1]})
	}
	return web.Form{Err: e}
}

func failed(kind roster.Kind, message string) web.Form {
	return web.Form{Err: &roster.Error{Kind: kind, Code: "x", Message: message}}
}

// credentials are an API user's, of whom one of the makers is gone; or of one whose time is over, with everything wrong.
func (m maker) credentials(good bool) apiuser.View {
	api := m.rows(6)[5].Member
	api.CreatedBy, api.Ends = "mem_1", now.Add(90*24*time.Hour)
	v := apiuser.View{Page: m.page(), FormKey: "frm_1", May: true, End: "2027-02-20", Of: credential.View{
		Member: api, Second: true, Now: now, Issued: apidb.Issued{Tokens: 1234567, Last: now.Add(-time.Minute)},
		Makers:  map[string]credential.Maker{"mem_1": {Name: m.text(0, "Nora Lind"), Status: roster.Removed}, "mem_2": {Name: m.text(1, "Olga Owner"), Status: roster.Active}},
		Secrets: []apidb.Secret{{ID: "key_1", Prefix: "rsec_", LastFour: "0a08", CreatedAt: now.Add(-900 * time.Hour), UsedAt: now.Add(-time.Minute), UsedIP: "203.0.113.9"}},
		Keys:    []apidb.Secret{{ID: "key_2", Prefix: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", LastFour: "PS256 RS256", PublicKey: "{}", CreatedAt: now, CreatedBy: "mem_2"}},
	}}
	if good {
		return v
	}
	v.Of.Secrets = append(v.Of.Secrets, apidb.Secret{ID: "key_3", Prefix: "rsec_", LastFour: "beef", CreatedAt: now, CreatedBy: "mem_2"})
	v.Of.Keys, v.Of.Issued, v.Of.Member.Ends = nil, apidb.Issued{}, now.Add(-time.Hour)
	v.Key, v.End, v.Form = m.text(2, "ssh-ed25519 AAAA"), "2020-01-01", fields("public_key", "This is neither a JWK, a JWK Set nor a public key in PEM.", "ends_on", "This moment has passed. Choose a later one, or block the API user.")
	return v
}

// all gives every page in every state worth seeing.
func (m maker) all() []sample {
	return slices.Concat(m.teamPages(), m.memberPages(), m.unitPages(), m.rolePages(), m.accessPages(), m.orgPages(), m.methodPages(), m.webhookPages(), m.entryPages(), m.externalPages(), m.historyPages(), m.bulkPages(), m.factorPages(), m.recoveryPages(), m.mailboxPages(), m.mePages(), m.operatorPages(), m.wayPages(), m.brandPages(), m.peoplePages(), m.importPages(), m.letterPages())
}

func (m maker) teamPages() []sample {
	seats := team.Seats{Plan: playground, People: 7, APIUsers: 1}
	list := func(change func(*team.ListView)) templ.Component {
		v := team.ListView{Page: m.page(), Rows: m.rows(10), Total: 10, Seats: seats}
		change(&v)
		return team.List(v)
	}
	add := func(change func(*team.AddView)) templ.Component {
		v := team.AddView{Page: m.page(), Roles: m.roles(), Seats: seats, TTL: roster.DefaultInvitationTTL, FormKey: "key_1", Typed: team.Input{Role: "member"}}
		change(&v)
		return team.Add(v)
	}
	return []sample{
		{"list", list(func(v *team.ListView) {
			v.Toast = &web.Toast{Message: "Bruno Costa is blocked.", Undo: web.Link{URL: "/o/acme/team/mem_1/unblock", Label: "Undo"}}
		})},
		{"list-all-columns", list(func(v *team.ListView) { v.Filter.Columns = "all" })},
		{"list-long", list(func(v *team.ListView) {
			v.Rows, v.Total, v.More, v.NextCursor, v.Filter = m.rows(50), 10000, true, "abc", team.Filter{Cursor: "x"}
			v.Seats = team.Seats{Plan: roster.Plans()[1], People: 123456}
		})},
		{"list-filtered", list(func(v *team.ListView) {
			v.Rows, v.Total, v.Filter = m.rows(3), 3, team.Filter{Q: m.text(2, "sil"), Status: "active", Kind: "regular"}
		})},
		{"list-nomatch", list(func(v *team.ListView) { v.Rows, v.Total, v.Filter = nil, 0, team.Filter{Q: m.text(0, "zzz")} })},
		{"list-first", list(func(v *team.ListView) { v.Rows, v.Total, v.Seats.People = m.rows(1), 1, 1 })},
		{"list-api-none", list(func(v *team.ListView) { v.Rows, v.Total, v.Filter.Kind, v.Seats.APIUsers = nil, 0, "api", 0 })},
		{"list-reader", list(func(v *team.ListView) {
			v.Allowed = []string{"member.list", "member.show"}
			for i := range v.Rows {
				v.Rows[i].Allowed = []string{"member.show"}
			}
			v.Seats.People = 10
		})},
		{"add", add(func(*team.AddView) {})},
		{"add-api", add(func(v *team.AddView) { v.Typed.Kind = "api" })},
		{"add-errors", add(func(v *team.AddView) {
			v.Typed = team.Input{Kind: "regular", Email: m.text(0, "bruno@"), FirstName: m.text(1, "Bruno"), Phone: "12", StartBlocked: true, Message: m.text(2, "Welcome!\nSee you on Monday.")}
			v.Form = fields("email", "This is not an e-mail address. It looks like anna@example.com.", "last_name", "Fill this in.", "phone", "Write the phone number with its country code, such as +55 11 5555 0100.", "role", "Choose a role.")
		})},
		{"add-taken", add(func(v *team.AddView) {
			v.Typed.Email = "bruno@example.com"
			v.Form = web.Form{Err: roster.Errorf(roster.Conflict, "already_invited", "bruno@example.com is invited already. You can resend the invitation.").On("email")}
			v.Existing = web.Link{URL: "/o/acme/team/mem_1", Label: m.text(3, "Bruno Costa")}
		})},
		{"add-full", add(func(v *team.AddView) { v.Seats = team.Seats{Plan: playground, People: 10, APIUsers: 2} })},
		{"secret", apiuser.Secret(apiuser.SecretView{Page: m.page(), Member: m.rows(6)[5].Member, Secret: "rsk_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", TokenURL: "https://roster.example.com/oauth2/token"})},
		{"credentials", apiuser.Credentials(m.credentials(true))},
		{"credentials-read", apiuser.Credentials(apiuser.View{Page: m.page(), Of: credential.View{Member: m.rows(6)[5].Member, Secrets: m.credentials(false).Of.Secrets[:1], Now: now}})},
		{"credentials-errors", apiuser.Credentials(m.credentials(false))},
		{"credential-remove", apiuser.Remove(apiuser.RemoveView{View: m.credentials(true), Credential: m.credentials(true).Of.Keys[0]})},
		{"secret-again", apiuser.Secret(apiuser.SecretView{Page: m.page(), Member: m.rows(6)[5].Member})},
	}
}

func (m maker) memberPages() []sample {
	rows := m.rows(10)
	member := func(i int, change func(*team.MemberView)) templ.Component {
		v := team.MemberView{
			Page: m.page(), Row: rows[i], Tab: "overview", Sessions: m.sessions(), Managed: true, Password: true, Now: now,
			Grants: []team.Grant{{Name: "Auditor", Where: "Whole organisation", Description: "Reads everything, changes nothing.", GivenBy: m.text(0, "Anna Silva"), GivenAt: now.Add(-400 * time.Hour), Until: now.Add(900 * time.Hour)}},
		}
		change(&v)
		return team.Member(v)
	}
	ask := func(i int) team.Question { return team.Question{Page: m.page(), Row: rows[i]} }
	wrong := ask(1)
	wrong.Form, wrong.Typed = web.Form{Err: roster.Errorf(roster.Invalid, "name_differs", "The name is not the same. Type it as it stands here.").On("confirm_name")}, m.text(0, "bruno")
	apiAsk := ask(5)
	pending := ask(3)
	blockedPending := ask(4)
	blockedPending.Row.Member.Before = roster.Invited
	edit := func(i int, form web.Form, stands ...web.Stands) templ.Component {
		r := rows[i]
		return team.Edit(team.EditView{Page: m.page(), Row: r, Form: form, Now: stands, Way: "E-mail and password", Roles: m.roles(), Version: "3", Typed: team.Input{FirstName: r.Member.FirstName, LastName: r.Member.LastName, Name: r.Member.Name, Phone: r.Member.Phone, Role: "auditor"}})
	}
	return []sample{
		{"member", member(1, func(*team.MemberView) {})},
		{"member-picture", member(1, func(v *team.MemberView) { v.Page, v.Row.Member.Picture = m.pictured(), "abc" })},
		{"member-invited", member(3, func(v *team.MemberView) {
			v.Invitations, v.Sessions, v.Grants[0].Pending = m.invitations(), nil, true
			v.Toast = &web.Toast{Message: "The invitation to " + rows[3].Member.Label() + " is on its way."}
		})},
		{"member-expired", member(8, func(v *team.MemberView) {
			inv := m.invitations()[:1]
			inv[0].ExpiresAt = now.Add(-time.Hour)
			v.Invitations, v.Sessions = inv, nil
		})},
		{"member-sign-in", member(1, func(v *team.MemberView) {
			v.Tab, v.Row.Member.Person, v.ChooseBy = "sign-in", "per_1", now.Add(30*time.Hour)
			v.Row.Allowed = append(slices.Clone(v.Row.Allowed), "member.sign_out")
			v.Connection = profile.Connection{Name: m.text(2, "Example SSO"), Identifier: m.text(1, "bruno.costa")}
		})},
		{"member-sign-in-own", member(1, func(v *team.MemberView) {
			v.Tab, v.Row.Member.Person, v.Managed, v.Sessions = "sign-in", "per_1", false, nil
			v.Connection = profile.Connection{Name: m.text(2, "Example SSO"), Identifier: m.text(1, "bruno.costa"), Unconfirmed: true}
			v.Row.Allowed = append(slices.Clone(v.Row.Allowed), "member.method", "member.password_reset")
		})},
		{"member-sign-in-none", member(3, func(v *team.MemberView) { v.Tab, v.Sessions = "sign-in", nil })},
		{"member-blocked", member(4, func(*team.MemberView) {})},
		{"member-self", member(0, func(*team.MemberView) {})},
		{"member-removed", member(1, func(v *team.MemberView) {
			v.Row.Member.Status, v.Row.Member.RemovedAt, v.Row.Allowed, v.Grants, v.Sessions = roster.Removed, now, nil, nil, nil
			v.Toast = &web.Toast{Message: m.text(1, "Bruno Costa is removed."), Bad: true}
		})},
		{"member-removed-erasable", member(1, func(v *team.MemberView) {
			v.Row.Member.Status, v.Row.Member.RemovedAt, v.Row.Allowed, v.Grants, v.Sessions = roster.Removed, now, []string{"member.erase", "member.data"}, nil, nil
		})},
		{"member-erased", member(1, func(v *team.MemberView) {
			v.Row.Member = roster.Member{Org: v.Row.Member.Org, ID: v.Row.Member.ID, Kind: roster.Regular, Status: roster.Removed, CreatedAt: v.Row.Member.CreatedAt, RemovedAt: now, ErasedAt: now}
			v.Row.Allowed, v.Grants, v.Sessions = nil, nil, nil
		})},
		{"member-api", member(5, func(v *team.MemberView) {
			v.Tab, v.Credentials = "sign-in", []team.Credential{{Hint: "rsk_9f86…0a08", MadeAt: now.Add(-100 * time.Hour), UsedAt: now.Add(-time.Hour), UsedIP: "2001:db8::17"}}
		})},
		{"edit", edit(1, web.Form{})},
		{"edit-api", edit(5, web.Form{})},
		{"edit-held", team.Edit(team.EditView{Page: m.page(), Row: rows[1], Way: "E-mail and password", Version: "3", Moment: now, Held: []team.Grant{
			{Name: "Auditor", Where: m.text(3, "Nordwind")}, {Name: "Member", Where: "Whole organisation", Until: now.Add(900 * time.Hour)},
		}})},
		{"edit-errors", edit(1, fields("first_name", "Fill this in.", "phone", "Write the phone number with its country code."))},
		{"edit-stale", edit(1, failed(roster.Conflict, "Chiara Rossi changed this member meanwhile. Look at it again and repeat your change."),
			web.Stands{Label: "Last name", Value: m.text(2, "Costa e Silva")}, web.Stands{Label: "Phone"})},
		{"block", team.Block(ask(1))},
		{"block-api", team.Block(apiAsk)},
		{"block-invited", team.Block(pending)},
		{"unblock", team.Unblock(ask(4))},
		{"unblock-invited", team.Unblock(blockedPending)},
		{"unblock-api", team.Unblock(apiAsk)},
		{"resend", team.Resend(pending)},
		{"reset-password", team.ResetPassword(ask(1))},
		{"sign-out", team.SignOut(ask(1))},
		{"link", team.MakeLink(pending)},
		{"link-once", team.Link(team.LinkView{Page: m.page(), Row: rows[3], URL: "https://roster.example.com/invitation/acme/inv_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ExpiresAt: now.Add(200 * time.Hour)})},
		{"link-again", team.Link(team.LinkView{Page: m.page(), Row: rows[3]})},
		{"picture", team.Picture(ask(1))},
		{"picture-set", team.Picture(faced(ask(1)))},
		{"picture-wrong", team.Picture(unfit(ask(1)))},
		{"remove", team.Remove(removal(ask(1)))},
		{"remove-wrong", team.Remove(team.RemoveView{Question: wrong})},
		{"remove-api", team.Remove(team.RemoveView{Question: apiAsk})},
		{"erase", team.Erase(team.EraseView{Question: ask(1), Lines: 214, Person: true})},
		{"erase-wrong", team.Erase(team.EraseView{Question: wrong, Lines: 1})},
		{"withdraw", team.Remove(team.RemoveView{Question: pending})},
	}
}

// faced is of someone who has a picture.
func faced(q team.Question) team.Question {
	q.Row.Member.Picture = "abc"
	return q
}

// unfit is the form of a picture that was refused.
func unfit(q team.Question) team.Question {
	q.Form = fields("picture", "A picture's file has at most 2 MiB.")
	return q
}

// removal is a removal on which everything hangs.
func removal(q team.Question) team.RemoveView {
	return team.RemoveView{
		Question: q, LastOwner: true,
		Alone:  []string{"Nobody else who is active holds Dispatcher, Nordwind.", "Nobody else who is active belongs to Nordwind."},
		Hangs:  []string{"Dana Diaz keeps Auditor, the whole organisation, from Anna Silva.", "Left out when Dana Diaz accepts: Owner, the whole organisation.", "The API user Robot goes on working."},
		Takers: []web.Option{{Label: "Nobody"}, {Value: "mem_1", Label: "Anna Silva (anna@example.com)", Checked: true}},
	}
}

func (m maker) entryPages() []sample {
	landing := func(standing entry.Standing, form web.Form, viewer string) templ.Component {
		p := m.outside()
		p.Viewer.Email = viewer
		return entry.Landing(entry.LandingView{
			Page: p, Form: form, Standing: standing, Managed: viewer == "bruno@example.com", Inviter: m.text(0, "Anna Silva"), Inviting: m.text(3, "Acme Logistics"), Email: "bruno@example.com", ExpiresAt: now.Add(118 * time.Hour),
			Message: m.text(1, "Welcome aboard, Bruno!\nCall me when you are in."), FirstName: m.text(2, "Bruno"), LastName: "Costa", AsksNames: standing == entry.Fresh, AsksPhone: form.Err != nil, Phone: m.text(1, "+44"), Criteria: web.OpenCriteria("/password/criteria"),
		})
	}
	dead := func(reason string) templ.Component {
		v := entry.DeadView{Page: m.outside(), Reason: reason, Inviter: m.text(0, "Anna Silva"), Inviting: m.text(3, "Acme Logistics")}
		if reason == "unknown" {
			v.Inviter, v.Inviting = "", ""
		}
		return entry.Dead(v)
	}
	one := m.page()
	one.Organisations, one.Organisation = nil, web.Organisation{}
	samples := []sample{
		{"signin", entry.SignIn(entry.SignInView{Page: m.outside()})},
		{"signin-failed", entry.SignIn(entry.SignInView{Page: m.outside(), Email: m.text(1, "anna@example.com"), Next: "/o/acme/team", Form: failed(roster.Unauthenticated, "Address and password do not match, or this account cannot sign in here.")})},
		{"signin-signed-out", entry.SignIn(entry.SignInView{Page: m.outside(), Inside: "acme", Next: "/o/acme/team", Form: failed(roster.Denied, "An administrator of "+m.text(2, "Acme Logistics")+" signed you out. Sign in again to go on there.")})},
		{"signin-limited", entry.SignIn(entry.SignInView{Page: m.outside(), Email: "anna@example.com", Form: failed(roster.Limited, "Too many tries. Try again in 4 minutes.")})},
		{"landing", landing(entry.Fresh, web.Form{}, "")},
		{"landing-picture", entry.Landing(entry.LandingView{
			Page: m.outside(), Pictured: true, Inviter: m.text(0, "Anna Silva"), Inviting: m.text(3, "Acme Logistics"), Email: "bruno@example.com", ExpiresAt: now.Add(118 * time.Hour),
			AsksNames: true, Criteria: web.OpenCriteria("/password/criteria"),
		})},
		{"landing-errors", landing(entry.Fresh, fields("last_name", "Fill this in.", "password", "Choose a longer password: at least 15 characters.", "repeat", "The passwords differ."), "")},
		{"landing-known", landing(entry.Known, failed(roster.Unauthenticated, "Address and password do not match."), "")},
		{"landing-ready", landing(entry.Ready, web.Form{}, "bruno@example.com")},
		{"landing-other", landing(entry.Other, web.Form{}, m.text(4, "carla@example.org"))},
		{"landing-managed", landing(entry.Other, web.Form{}, "bruno@example.com")},
		{"waiting", entry.Waiting(entry.WaitingView{Page: m.outside(), Inviting: m.text(3, "Acme Logistics")})},
		{"choose", entry.Choose(entry.ChooseView{Page: m.page()})},
		{"choose-none", entry.Choose(entry.ChooseView{Page: one})},
		{"profile", entry.Profile(entry.ProfileView{Page: m.page(), Email: "anna@example.com", MemberURL: "/o/acme/team/" + string(id(0))})},
		{"profile-alone", entry.Profile(entry.ProfileView{Page: one, Email: "anna@example.com"})},
	}
	for _, reason := range []string{"expired", "used", "superseded", "withdrawn", "unknown"} {
		samples = append(samples, sample{"dead-" + reason, dead(reason)})
	}
	for _, status := range []int{400, 401, 403, 404, 405, 409, 410, 412, 413, 418, 429, 500, 503} {
		v := web.Problem{Page: m.page(), Status: status, Retry: "/o/acme/team"}
		switch status {
		case 403:
			v.Givers, v.Detail = []string{m.text(0, "Anna Silva"), "Chiara Rossi"}, m.text(1, "Removing a member needs a permission that you do not hold.")
		case 429:
			v.Wait = "2 minutes"
		case 500, 404:
			v.Page, v.Retry = m.outside(), ""
			v.RequestID = "req_01kaq3xk8ee4h9h5r2v4m3t0aa"
		}
		samples = append(samples, sample{fmt.Sprintf("problem-%d", status), web.ProblemPage(v)})
	}
	return samples
}
