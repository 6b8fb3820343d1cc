package contract_test

import (
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// walk is the tour's way. Whoever adds an operation adds a line: who asks, what, with which body, and what of the answer
// later lines need. The first line about an operation is its example in the document, so let it be a telling one.
func (g *tour) walk() {
	g.catalogue()
	g.units()
	g.roles()
	g.methods()
	g.members()
	g.credentials()
	g.access()
	g.organisation()
	g.oneself()
	g.webhooks("olga", "/orgs/acme/webhooks", `{"after":1}`)
	g.webhooks("portal", "/webhooks", `{"organisation":"acme","after":1}`)
	g.several()
	g.portal()
	g.imports()
	g.letters()
	g.fleet()
	g.farewell()
}

func (g *tour) catalogue() {
	g.asks("portal", "PUT /catalogue", `{"scopes":[{"key":"network","name":"Network","description":"Devices and what they do."}],"permissions":[{"key":"devices.read","scope":"network","kind":"read","name":"See devices"},{"key":"devices.restart","scope":"network","kind":"write","name":"Restart devices"}],"mappings":[{"action":"restart","resource_type":"device","permission":"devices.restart","unit_from":"resource.properties.account"}]}`)
	g.asks("portal", "GET /catalogue", "")
}

func (g *tour) units() {
	g.asks("olga", "POST units", `{"kind":"account","name":"Nordwind Logistics","external_id":"customer-17"}`, "nordwind=id")
	g.asks("olga", "POST units", `{"kind":"group","name":"Drivers","parent":"{nordwind}"}`, "drivers=id")
	g.asks("olga", "GET units", "")
	g.asks("olga", "GET units/{nordwind}", "")
	g.asks("olga", "PATCH units/{nordwind}", `{"name":"Nordwind Spedition"}`)
	g.asks("olga", "POST units/{drivers}/archive", "")
	g.asks("olga", "POST units/{drivers}/restore", "")
	g.asks("olga", "DELETE units/{drivers}", "")
}

func (g *tour) roles() {
	g.asks("olga", "POST roles", `{"name":"Dispatcher","description":"Sees and restarts devices.","for":"any","permissions":["devices.read","devices.restart"],"scopes":["network"]}`, "dispatcher=id")
	g.asks("olga", "POST roles", `{"name":"Passing","description":"Not for long.","permissions":["devices.read"]}`, "passing=id")
	g.asks("olga", "GET roles", "")
	g.asks("olga", "GET roles/{dispatcher}", "")
	g.asks("olga", "PATCH roles/{dispatcher}", `{"description":"Sees devices, and restarts them."}`)
	g.asks("olga", "DELETE roles/{passing}", "")
	g.asks("olga", "GET permissions", "")
}

func (g *tour) methods() {
	g.asks("olga", "POST login-methods", `{"kind":"oidc","name":"Okta","issuer":"https://acme.okta.example","client_id":"roster","client_secret":"the-providers-secret","identifier_claim":"email","scopes":["email"]}`, "okta=id")
	g.asks("olga", "GET login-methods", "")
	g.asks("olga", "GET login-methods/{okta}", "")
	g.asks("olga", "PATCH login-methods/{okta}", `{"name":"Acme single sign-on"}`)
	g.asks("olga", "POST login-methods/{okta}/test", "")
	g.tested(g.kept["okta"])
	g.asks("olga", "POST login-methods/{okta}/enable", "")
	g.asks("olga", "GET login-methods/offered", "")
	g.asks("olga", "POST login-methods/{okta}/disable", "")
	g.asks("olga", "DELETE login-methods/{okta}", "")
}

func (g *tour) members() {
	g.asks("olga", "POST members", `{"email":"anna@example.com","first_name":"Anna","last_name":"Berg","grants":[{"role":"{dispatcher}","unit":"customer-17"}]}`, "anna=id")
	g.asks("olga", "POST members", `{"kind":"api","name":"Billing robot","grants":[{"role":"auditor"}]}`, "robot=id")
	g.asks("olga", "POST members", `{"email":"mara@example.com","first_name":"Mara","last_name":"Made","password":"silver-pebble-orchard-92"}`, "mara=id")
	g.asks("olga", "GET members?status=invited&sort=name", "")
	g.asks("olga", "GET members/{anna}", "")
	g.asks("olga", "PATCH members/{anna}", `{"phone":"+4930901820","external_id":"person-4711"}`)
	g.asks("olga", "POST members/{anna}/resend", "")
	g.asks("olga", "POST members/{anna}/invitation-link", "")
	g.asks("olga", "POST members/{anna}/block", `{"reason":"On leave until March."}`)
	g.asks("olga", "POST members/{anna}/unblock", "")
	g.asks("olga", "PUT members/{mara}/picture", dot())
	g.asks("olga", "GET members/{mara}/picture", "")
	g.asks("olga", "DELETE members/{mara}/picture", "")
	g.asks("olga", "GET members/{robot}/address-list", "")
	g.asks("olga", "PUT members/{robot}/address-list", `{"allowed_from":["192.0.2.10","198.51.100.0/24"]}`)
	nina := g.Own(g.Owner, roster.Actor{}, team.Invitation{Email: "nina@example.com", Profile: roster.Profile{FirstName: "Nina", LastName: "Own"}})
	g.kept["nina"] = string(nina.Member)
	g.asks("olga", "POST members/{nina}/reset-password", "")
	g.callers["nina"] = g.Person(g.t, "nina@example.com")
	lost := g.Join("lena@example.com", "Lena", "Lost", roster.RoleMember)
	g.kept["lena"] = string(lost.Member)
	person := g.Person(g.t, "lena@example.com")
	g.factor(cookie(person))
	g.asks("olga", "POST members/{lena}/reset-mfa", "")
	g.asks("olga", "POST members/{mara}/sign-out", "")
	g.asks("olga", "POST members/{mara}/password", `{"password":"copper-meadow-lantern-17"}`)
	g.asks("olga", "PUT members/{anna}/login-method", `{"login_method":"password"}`)
}

func (g *tour) access() {
	g.asks("olga", "PUT members/{anna}/grants", `{"grants":[{"role":"{dispatcher}","unit":"customer-17"},{"permission":"members.read","until":"2027-01-01T00:00:00Z"}]}`)
	g.asks("olga", "GET members/{anna}/access", "")
	g.asks("olga", "GET members/{anna}/explain?permission=devices.restart&unit=customer-17", "")
	g.asks("olga", "GET members/{anna}/history", "")
	g.asks("olga", "GET members/{anna}/clone", "")
	g.asks("olga", "POST members/{anna}/clone", `{"email":"ben@example.com","first_name":"Ben","last_name":"Blom"}`, "ben=id")
	g.asks("olga", "GET access", "")
	g.asks("olga", "GET owners", "")
}

func (g *tour) organisation() {
	g.asks("olga", "GET /orgs/acme", "")
	g.asks("olga", "PATCH /orgs/acme", `{"invitation_ttl":259200,"domains":["example.com"]}`)
	g.asks("olga", "GET plan?what_if=playground", "")
	g.asks("olga", "PUT picture", dot())
	g.asks("olga", "GET picture", "")
	g.asks("olga", "DELETE picture", "")
	g.asks("olga", "GET history?limit=2", "")
	g.asks("portal", "GET /events?limit=2", "")
	g.asks("olga", "GET history/checkpoint", "")
	g.asks("olga", "GET history/checkpoints", "")
	g.asks("olga", "GET address-list", "")
	g.asks("olga", "PUT address-list", `{"allowed_from":["127.0.0.0/8","192.0.2.0/24"]}`)
	g.asks("olga", "POST views", `{"name":"Blocked people","query":"status=blocked&sort=-updated_at"}`, "view=id")
	g.asks("olga", "GET views", "")
	g.asks("olga", "PATCH views/{view}", `{"name":"Who is blocked"}`)
	g.asks("olga", "DELETE views/{view}", "")
}

func (g *tour) oneself() {
	g.asks("olga", "GET /me", "")
	g.asks("olga", "PATCH /me", `{"language":"pt-BR","zone":"America/Sao_Paulo","theme":"dark"}`)
	g.asks("olga", "GET /orgs", "")
	g.asks("olga", "GET /orgs/acme/me", "")
	g.asks("nina", "PATCH /orgs/acme/me", `{"phone":"+4930901821"}`)
	g.asks("nina", "PUT /orgs/acme/me/picture", dot())
	g.asks("nina", "GET /orgs/acme/me/picture", "")
	g.asks("nina", "DELETE /orgs/acme/me/picture", "")
	g.asks("olga", "GET /orgs/acme/me/notifications", "")
	g.asks("olga", "PATCH /orgs/acme/me/notifications", `{"accepted":"daily","seats":"dashboard"}`)
	g.asks("olga", "GET /orgs/acme/notifications", "")
	g.asks("olga", "POST /orgs/acme/notifications/read", `{"until":"2026-01-01T00:00:00Z"}`)
	g.factors()
	g.asks("olga", "GET /me/sessions", "")
	g.kept["session"] = other(g.visits[len(g.visits)-1].reply)
	g.asks("olga", "DELETE /me/sessions/{session}", "")
	g.asks("olga", "DELETE /me/sessions", "")
}

// factors gives Olga a second factor for a while.
func (g *tour) factors() {
	var app string
	app, g.callers["olga"] = g.factor(cookie(g.callers["olga"]))
	g.kept["app"] = app
	g.asks("olga", "GET /me/factors", "")
	g.asks("olga", "PATCH /me/factors/{app}", `{"name":"Olga's phone"}`)
	g.asks("olga", "DELETE /me/factors/{app}", "")
	g.Olga(g.t) // a session to be ended
}

func (g *tour) several() {
	g.asks("olga", "POST members/bulk", `{"invite":[{"email":"cleo@example.com","grants":[{"role":"member"}]},{"email":"anna@example.com"}]}`)
	g.asks("olga", "POST members/bulk", `{"action":"block","members":["{ben}"],"dry_run":true}`)
	g.asks("olga", "POST members/export", `{"format":"csv","columns":["name","identifier","status"],"filter":{"status":["invited"]}}`)
	g.asks("olga", "POST history/export", `{"format":"xlsx","filter":{"actor":"olga@example.com","member":"olga@example.com","action":"member.edit","from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z"}}`)
	const file = `{"units":[{"external_id":"depot","name":"Depot"}],"members":[{"email":"dora@example.com","first_name":"Dora","last_name":"Lang","grants":[{"role":"member","unit":"depot"}]}],"prune":"none"}`
	g.asks("olga", "POST people/plan", file)
	g.asks("olga", "POST people/apply", file)
	g.asks("olga", "POST people/export", `{"format":"yaml"}`)
	g.asks("olga", "GET members/{ben}/removal", "")
	g.asks("olga", "DELETE members/{ben}", "")
	g.asks("olga", "POST members/{ben}/data", "")
	g.asks("olga", "GET members/{ben}/erasure", "")
	g.asks("olga", "POST members/{ben}/erase", `{"confirm_name":"Ben Blom"}`)
}

// portal is opened, and brings Lena in.
func (g *tour) portal() {
	g.asks("olga", "PUT portal", `{"open_to":"administrators"}`)
	g.asks("olga", "GET portal", "")
	g.asks("portal", "POST portal-links", `{"member":"lena@example.com","page":"team"}`)
}

// imports are of a table with a row that is wrong at first. Nobody does its rows meanwhile.
func (g *tour) imports() {
	g.asks("olga", "GET imports/template", "")
	g.asks("olga", "POST imports?name=team.csv", "First name,Last name,E-mail,Role,Shoe size\nErik,Ek,erik@example.com,auditor,43\nFay,Falk,fay example.com,auditor,38\n", "import=id")
	g.asks("olga", "GET imports/{import}", "")
	g.asks("olga", "GET imports", "")
	g.asks("olga", "GET imports/{import}/rows?state=wrong", "")
	g.asks("olga", "PUT imports/{import}/columns", `{"columns":["first_name","last_name","email","roles",""]}`)
	g.asks("olga", "PUT imports/{import}/rows/3", `{"cells":["Fay","Falk","fay@example.com","auditor","38"]}`)
	g.asks("olga", "POST imports/{import}/plan", "")
	g.asks("olga", "POST imports/{import}/start", "")
	g.asks("olga", "POST imports/{import}/cancel", "")
	g.asks("olga", "GET imports/{import}/result", "")
	g.asks("olga", "POST imports?name=old.csv", "E-mail\nold@example.com\n", "old=id")
	g.asks("olga", "DELETE imports/{old}", "")
}

// letters are those of invitations that a mail server refused.
func (g *tour) letters() {
	g.Refused("550 5.1.1 There is no such mailbox.")
	g.asks("olga", "GET jobs", "")
	g.asks("olga", "GET letters?kind=invitation&state=refused,given_up", "")
	g.asks("olga", "POST letters/send-again", `{}`)
}

func (g *tour) fleet() {
	g.asks("portal", "POST /orgs", `{"name":"Gamma Freight","owner":"gil@example.com","plan":"playground"}`, "gamma=id")
	g.asks("portal", "GET /plans", "")
	g.asks("portal", "PUT /orgs/gamma-freight/plan", `{"plan":"unlimited"}`)
	g.asks("portal", "POST /orgs/gamma-freight/suspend", "")
	g.asks("portal", "POST /orgs/gamma-freight/resume", "")
	g.asks("ops", "POST /orgs/gamma-freight/export", "")
	g.asks("ops", "POST /orgs/gamma-freight/delete", `{"confirm_name":"Gamma Freight"}`)
	g.asks("ops", "POST /orgs/gamma-freight/undelete", "")
}

// webhooks are an organisation's or a product client's; nobody is there to be told of anything.
func (g *tour) webhooks(by, at, position string) {
	g.asks(by, "POST "+at, `{"name":"Warehouse","url":"https://hooks.example.com/roster","events":["member.*","role.edit"]}`, "webhook=id")
	g.asks(by, "GET "+at, "")
	g.asks(by, "GET "+at+"/{webhook}", "")
	g.asks(by, "PATCH "+at+"/{webhook}", `{"url":"http://127.0.0.1:9/"}`)
	g.asks(by, "POST "+at+"/{webhook}/test", "", "delivery=id")
	g.asks(by, "GET "+at+"/{webhook}/deliveries", "")
	g.asks(by, "GET "+at+"/{webhook}/deliveries/{delivery}", "")
	g.asks(by, "POST "+at+"/{webhook}/rotate", `{"overlap":3600}`)
	g.asks(by, "POST "+at+"/{webhook}/retire", "")
	g.asks(by, "POST "+at+"/{webhook}/pause", "")
	g.asks(by, "POST "+at+"/{webhook}/resume", "")
	g.asks(by, "POST "+at+"/{webhook}/replay", position)
	g.asks(by, "DELETE "+at+"/{webhook}", "")
}

// farewell is Lena's, who leaves.
func (g *tour) farewell() {
	g.callers["lena"] = g.Person(g.t, "lena@example.com")
	g.asks("lena", "DELETE /orgs/acme/me", "")
}

// cookie gives the secret of a caller's session.
func cookie(c *rest.Caller) string { return c.Headers.Get("Cookie")[len("__Host-roster="):] }

// other gives a session of a list that is not the one that asks.
func other(a rest.Reply) string {
	for _, i := range a.Is(200)["items"].([]any) {
		if s := i.(map[string]any); s["current"] != true {
			return s["id"].(string)
		}
	}
	return ""
}
