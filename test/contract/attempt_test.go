package contract_test

import (
	"fmt"
	"net/http"
	"strings"
)

// attempt is a write that is tried and then done.
type attempt struct {
	kind, by, method, path, body, media string
	within                              bool // dry_run stands in the body
	closes                              bool // afterwards nobody gets in

	// same takes from both answers what a dry run cannot know, and gives the status that its answer stands for; nil where
	// they are the same as they are.
	same func(status int, tried, done map[string]any) int
}

func (s *stage) one(all ...string) string {
	if len(all) == 0 {
		return "nothing_there"
	}
	return all[s.IntN(len(all))]
}

func (s *stage) member() string { return s.one(s.of["members"]...) }
func (s *stage) unit() string   { return s.one(s.of["units"]...) }
func (s *stage) anybody() string {
	return s.one("olga", "olga", "olga", "ada", "lea", "robot")
}

// attempt draws a write.
func (s *stage) attempt() attempt {
	if len(s.next) > 0 {
		a := s.next[0]
		s.next = s.next[1:]
		return a
	}
	draws := []func() attempt{s.several, s.several, s.invites, s.grants, s.stops, s.removal, s.way, s.role, s.place, s.settings, s.plan, s.webhook, s.credential, s.addresses, s.people, s.method, s.suspends, s.catalogue}
	return draws[s.IntN(len(draws))]()
}

// given draws some grants.
func (s *stage) given() string {
	var all []string
	for range 1 + s.IntN(2) {
		g := s.one(`{"role":"member"`, `{"role":"auditor"`, `{"role":"dispatcher"`, `{"permission":"devices.read"`, `{"scope":"network"`, `{"role":"owner"`, `{"role":"`+s.one(s.of["roles"]...)+`"`)
		if s.IntN(2) == 0 {
			g += `,"unit":"` + s.unit() + `"`
		}
		all = append(all, g+"}")
	}
	return "[" + strings.Join(all, ",") + "]"
}

// several draws an act on some members.
func (s *stage) several() attempt {
	var ids []string
	for range 1 + s.IntN(6) {
		ids = append(ids, `"`+s.member()+`"`)
	}
	if s.IntN(4) == 0 {
		ids = append(ids, `"`+s.one(s.acting...)+`"`) // oneself, or somebody stronger
	}
	does := s.one("block", "unblock", "unblock", "resend", "grant", "grant", "remove")
	body := fmt.Sprintf(`{"action":"%s","members":[%s]`, does, strings.Join(ids, ","))
	switch {
	case strings.Contains(body, `"members":["nothing`):
		return s.invites()
	case strings.Contains(strings.Join(ids, ""), s.acting[0]) && does != "grant", does == "grant" && s.IntN(2) == 0:
		body = strings.Replace(body, `"`+does+`"`, `"resend"`, 1)
	case does == "grant":
		body += `,"grants":` + s.given() + `,"withdraw":[{"role":"member"}]`
	}
	return attempt{kind: "bulk", by: s.anybody(), method: "POST", path: "members/bulk", body: body + "}", within: true}
}

// invites draws several invitations. Whom a dry run would make it does not show.
func (s *stage) invites() attempt {
	var all []string
	for range 1 + s.IntN(4) {
		all = append(all, fmt.Sprintf(`{"email":"i%d@example.com","grants":%s}`, s.IntN(40), s.given()))
	}
	return attempt{
		kind: "bulk invite", by: s.anybody(), method: "POST", path: "members/bulk", body: `{"invite":[` + strings.Join(all, ",") + `]}`, within: true,
		same: func(status int, tried, done map[string]any) int {
			items, _ := done["items"].([]any)
			for _, item := range items {
				delete(item.(map[string]any), "id")
				item.(map[string]any)["member"] = nil
			}
			return status
		},
	}
}

func (s *stage) grants() attempt {
	return attempt{kind: "grants", by: s.anybody(), method: "PUT", path: "members/" + s.member() + "/grants", body: `{"grants":` + s.given() + `}`}
}

func (s *stage) stops() attempt {
	return attempt{kind: "block", by: s.anybody(), method: "POST", path: "members/" + s.member() + s.one("/block", "/unblock")}
}

func (s *stage) removal() attempt {
	a := attempt{kind: "remove", by: s.anybody(), method: "DELETE", path: "members/" + s.member()}
	if s.IntN(2) == 0 {
		a.path += "?hand_over_to=" + s.one("olga@example.com", s.member())
	}
	return a
}

func (s *stage) way() attempt {
	return attempt{kind: "login method of a member", by: s.anybody(), method: "PUT", path: "members/" + s.member() + "/login-method", body: `{"login_method":"` + s.one("password", s.one(s.of["login-methods"]...)) + `"}`}
}

// role draws an edit, whose dry run shows the role as it would be and who gains and loses what, or the end of one.
func (s *stage) role() attempt {
	id := s.one(s.of["roles"]...)
	if s.IntN(3) == 0 {
		return attempt{kind: "delete a role", by: s.anybody(), method: "DELETE", path: "roles/" + id}
	}
	body := fmt.Sprintf(`{"name":"%s","permissions":["devices.read"%s]}`, s.one("Dispatcher", "Reader", "Watch", "Guard"), s.one("", `,"devices.write"`, `,"members.read"`, `,"devices.wipe"`))
	return attempt{kind: "edit a role", by: s.anybody(), method: "PATCH", path: "roles/" + id, body: body, same: func(status int, tried, done map[string]any) int {
		preview, _ := tried["preview"].(map[string]any)
		if lacking, _ := preview["missing"].([]any); status == http.StatusOK && len(lacking) > 0 {
			keep(tried)
			keep(done)
			return http.StatusForbidden
		}
		if status == http.StatusOK {
			keep(tried, "id", "key", "name", "description", "for", "permissions", "scopes", "built_in")
			keep(done, "id", "key", "name", "description", "for", "permissions", "scopes", "built_in")
		}
		return status
	}}
}

// keep leaves some fields alone.
func keep(body map[string]any, names ...string) {
	for field := range body {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+field+" ") {
			delete(body, field)
		}
	}
}

func (s *stage) place() attempt {
	a := attempt{kind: "customer account", by: s.anybody(), method: "PATCH", path: "units/" + s.unit()}
	switch s.IntN(4) {
	case 0:
		a.body = `{"parent":"` + s.unit() + `"}`
	case 1:
		a.body = `{"name":"` + s.one("Nordwind", "Ostwind", "Berlin") + `"}`
	case 2:
		a.method, a.path = "POST", a.path+s.one("/archive", "/restore", "/restore")
	case 3:
		a.method = "DELETE"
	}
	return a
}

func (s *stage) settings() attempt {
	return attempt{kind: "settings", by: s.anybody(), method: "PATCH", path: "/orgs/acme", body: s.one(`{"invitation_ttl":86400}`, `{"domains":["example.com"]}`, `{"domains":null}`, `{"name":"Acme"}`, `{"admin_passwords":false}`, `{"second_secrets":true}`)}
}

func (s *stage) plan() attempt {
	return attempt{kind: "plan", by: "portal", method: "PUT", path: "/orgs/acme/plan", body: `{"plan":"` + s.one("playground", "unlimited") + `"}`}
}

func (s *stage) webhook() attempt {
	a := attempt{kind: "webhook", by: s.one("olga", "olga", "ada"), method: "POST", path: "webhooks/" + s.one(s.of["webhooks"]...)}
	switch does := s.one("/pause", "/resume", "/replay", ""); does {
	case "":
		a.method = "DELETE"
	case "/replay":
		a.path, a.body = a.path+does, fmt.Sprintf(`{"after":%d}`, s.IntN(60))
	default:
		a.path += does
	}
	return a
}

func (s *stage) credential() attempt {
	const key = `{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}`
	a := attempt{kind: "credential", by: s.anybody(), method: "PUT", path: "members/" + s.member() + "/end", body: s.one(`{"ends_at":"2027-01-01T00:00:00Z"}`, `{"ends_at":null}`)}
	if s.IntN(2) == 0 {
		a.method, a.path, a.body = "POST", strings.TrimSuffix(a.path, "end")+"keys", `{"public_key":"`+key+`"}`
	}
	return a
}

func (s *stage) addresses() attempt {
	a := attempt{kind: "addresses", by: s.anybody(), method: "PUT", path: "address-list", body: s.one(`{"allowed_from":["127.0.0.0/8"]}`, `{"allowed_from":[]}`, `{"allowed_from":["192.0.2.0/24"]}`)}
	if s.IntN(2) == 0 || a.body == `{"allowed_from":["192.0.2.0/24"]}` && a.by != "olga" {
		a.path = "members/" + s.member() + "/address-list"
	}
	return a
}

// people draws a file. What was made has IDs, and an API user a secret, which no plan has.
func (s *stage) people() attempt {
	unit := s.one("depot", "harbour", "yard")
	body := fmt.Sprintf(`{"units":[{"external_id":"%s","name":"%s"}],"roles":[{"key":"%s","name":"%s","permissions":["devices.read"]}],"members":[{"email":"i%d@example.com","first_name":"Ina","last_name":"%s","grants":%s},{"kind":"api","external_id":"m%d","name":"Gate","grants":[{"role":"auditor"%s}]}]}`,
		unit, s.one("One", "Two"), s.one("guard", "watch"), s.one("Guard", "Watch"), s.IntN(40), s.one("A", "B"), s.given(), s.IntN(3), s.one("", `,"unit":"`+unit+`"`))
	return attempt{kind: "people", by: s.anybody(), method: "POST", path: "people/apply", body: body, media: "application/json", same: unknown}
}

// unknown takes from what a file did what its plan could not know.
func unknown(status int, tried, done map[string]any) int {
	plan, _ := tried["items"].([]any)
	items, _ := done["items"].([]any)
	for i, item := range items {
		item := item.(map[string]any)
		item["client_id"], item["client_secret"] = nil, nil
		if i < len(plan) && plan[i].(map[string]any)["id"] == nil {
			item["id"] = nil
		}
	}
	return status
}

func (s *stage) method() attempt {
	a := attempt{kind: "login method", by: s.one("olga", "olga", "ada"), method: "POST", path: "login-methods/" + s.one(s.of["login-methods"]...)}
	switch does := s.one("/enable", "/disable", "", "PATCH"); does {
	case "":
		a.method = "DELETE"
	case "PATCH":
		a.method, a.body = does, `{"name":"`+s.one("Okta", "Entra")+`"}`
	default:
		a.path += does
	}
	return a
}

// suspends stops everything, and lets it go on at once, for nobody else could.
func (s *stage) suspends() attempt {
	goes := attempt{kind: "resume", by: "portal", method: "POST", path: "/orgs/acme/resume"}
	if s.IntN(3) == 0 {
		return goes
	}
	s.next = append(s.next, goes)
	return attempt{kind: "suspend", by: "portal", method: "POST", path: "/orgs/acme/suspend", closes: true}
}

// catalogue draws a declaration, whose dry run tells who is touched and what is in the way.
func (s *stage) catalogue() attempt {
	body := `{"scopes":[{"key":"network","name":"Network"},{"key":"billing","name":"Billing"}],"permissions":[{"key":"devices.read","scope":"network","kind":"read","name":"See devices"},{"key":"devices.write","scope":"network","kind":"write","name":"` +
		s.one("Edit devices", "Change devices") + `"},{"key":"devices.wipe","scope":"network","kind":"irreversible","name":"Wipe devices"},{"key":"invoices.read","scope":"billing","kind":"read","name":"See invoices"}` + s.one("", `,{"key":"notices.read","kind":"read","name":"See notices"}`) + `]}`
	return attempt{kind: "catalogue", by: "portal", method: "PUT", path: "/catalogue", body: body, same: func(status int, tried, done map[string]any) int {
		plan, _ := tried["plan"].(map[string]any)
		if way, _ := plan["in_the_way"].([]any); len(way) > 0 {
			keep(tried)
			keep(done)
			return http.StatusConflict
		}
		keep(tried, "changed", "differences", "code")
		keep(done, "changed", "differences", "code")
		return status
	}}
}
