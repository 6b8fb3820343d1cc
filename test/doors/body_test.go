package doors_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/server"
)

// chosen is nobody, for pages about several members.
const chosen = "m.mem_00000000000000000000000000=on"

// forms and objects are what routes are sent that look at what was sent before they look anything up.
func forms() map[string]string {
	return map[string]string{
		"/o/{org}/team/{id}/edit":             "version=1&first_name=A&last_name=B",
		"/o/{org}/me":                         "version=1&first_name=A&last_name=B",
		"/me/preferences":                     "theme=dark",
		"/o/{org}/me/notifications":           "access=daily",
		"/o/{org}/notifications/read":         "until=2026-01-01T00:00:00Z",
		"/o/{org}/settings/addresses":         "allowed_from=127.0.0.0/8",
		"/o/{org}/team/{id}/addresses":        "allowed_from=127.0.0.0/8",
		"/o/{org}/team/{id}/secrets":          "form_key=s",
		"/o/{org}/team/{id}/keys":             "public_key=x",
		"/o/{org}/team/{id}/end":              "ends_on=2099-12-31",
		"/o/{org}/team/{id}/erase":            "confirm_name=A",
		"/o/{org}/team/add":                   "form_key=k&kind=regular&email=new@example.com&first_name=A&last_name=B",
		"/o/{org}/team/export":                "view=&format=csv",
		"/o/{org}/history/export":             "view=&format=csv",
		"/o/{org}/team/invite":                "form_key=i&addresses=new@example.com&kind=regular&role=member",
		"/o/{org}/team/invite/read":           "addresses=new@example.com&kind=regular",
		"/o/{org}/settings":                   "version=1&name=Edited&invitation_ttl=24h&admin_passwords=true",
		"/o/{org}/settings/brand":             "version=1&accent=%231f6f4a&sender=Acme+people&reply_to=people@example.com&product_name=Portal&footer_links=Imprint+%3D+https://example.com/imprint",
		"/operator/brand":                     "version=1&product_name=Portal",
		"/o/{org}/team/{id}/access/edit":      "version=1&do=save",
		"/o/{org}/team/{id}/password":         "password=silver-pebble-orchard-92&repeat=silver-pebble-orchard-92",
		"/o/{org}/team/{id}/login-method":     "version=1&way=link",
		"/o/{org}/units/{id}/external/add":    "form_key=e&email=external@example.com&first_name=A&last_name=B",
		"/o/{org}/people/plan":                "text=members%3A%20%5B%5D",
		"/o/{org}/people/apply":               "form_key=p1&text=members%3A%20%5B%5D",
		"/o/{org}/people/export":              "format=csv",
		"/o/{org}/imports/{id}/columns":       "version=1&column.0=email&column.1=first_name&column.2=last_name",
		"/o/{org}/imports/{id}/rows/{row}":    "state=waiting&r2.email=other@example.com",
		"/o/{org}/imports/{id}/plan":          "from=0",
		"/o/{org}/jobs/send-again":            "state=failed",
		"/o/{org}/bulk/block":                 "step=do&form_key=b1&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/unblock":               "step=do&form_key=b2&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/resend":                "step=do&form_key=b3&query=sort%3Dname&" + chosen,
		"/o/{org}/bulk/remove":                "step=do&form_key=b4&query=sort%3Dname&confirm_count=1&" + chosen,
		"/o/{org}/bulk/add_role":              "step=do&form_key=b5&query=sort%3Dname&role=member&" + chosen,
		"/o/{org}/bulk/withdraw_role":         "step=do&form_key=b6&query=sort%3Dname&role=member&" + chosen,
		"/o/{org}/views":                      "name=Mine&query=status%3Dblocked",
		"/o/{org}/views/{id}":                 "name=Mine",
		"/o/{org}/team/{id}/clone":            "form_key=c&email=clone@example.com&first_name=A&last_name=B",
		"/o/{org}/settings/methods/add":       "kind=oidc&name=New&issuer=https://login.example.com&client_id=roster",
		"/o/{org}/settings/methods/{id}/edit": "version=1&name=Edited&issuer=https://login.example.com&client_id=roster",
		"/o/{org}/settings/operators":         "lasts=1h",
		"/o/{org}/settings/portal":            "open_to=off",

		"/o/{org}/settings/webhooks/add":         "form_key=w1&url=" + nowhere,
		"/o/{org}/settings/webhooks/{id}/edit":   "version=1&url=" + nowhere,
		"/o/{org}/settings/webhooks/{id}/rotate": "form_key=w2&overlap=1h",
		"/o/{org}/settings/webhooks/{id}/replay": "after=0",

		"/o/{org}/units/add":       "kind=account&name=New",
		"/o/{org}/units/{id}/edit": "version=1&name=Edited",
		"/o/{org}/units/{id}/move": "version=1&parent=",
		"/o/{org}/roles/add":       "do=save&name=New&description=New.&for=any&give." + authz.MembersRead + "=on",
		"/o/{org}/roles/{id}/edit": "do=save&version=1&name=Edited&description=Edited.&for=any&line.0=" + authz.MembersRead + "@",
	}
}

func objects() map[string]string {
	const question = `"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"unit","id":"nowhere"}`
	return map[string]string{
		"PATCH /api/v1/orgs/{org}/members/{id}":            `{"first_name":"A"}`,
		"POST /api/v1/orgs/{org}/members/{id}/erase":       `{"confirm_name":"A"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/grants":       `{"grants":[]}`,
		"POST /api/v1/orgs/{org}/members/{id}/clone":       `{"email":"clone@example.com","first_name":"A","last_name":"B"}`,
		"POST /api/v1/orgs/{org}/members/{id}/password":    `{"password":"silver-pebble-orchard-92"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/login-method": `{"login_method":"password"}`,
		"POST /api/v1/orgs/{org}/members":                  `{"email":"new@example.com","first_name":"A","last_name":"B"}`,
		"POST /api/v1/orgs/{org}/members/export":           `{"format":"csv"}`,
		"POST /api/v1/orgs/{org}/people/plan":              `{"members":[{"email":"nobody@example.com","removed":true}]}`,
		"POST /api/v1/orgs/{org}/people/apply":             `{"members":[{"email":"nobody@example.com","removed":true}]}`,
		"POST /api/v1/orgs/{org}/people/export":            `{"format":"csv"}`,
		"PUT /api/v1/orgs/{org}/imports/{id}/columns":      `{"columns":["email"]}`,
		"PUT /api/v1/orgs/{org}/imports/{id}/rows/{row}":   `{"cells":["new@example.com"]}`,
		"POST /api/v1/orgs/{org}/history/export":           `{"format":"csv"}`,
		"POST /api/v1/orgs/{org}/letters/send-again":       `{}`,
		"POST /api/v1/orgs/{org}/members/bulk":             `{"invite":[{"email":"new@example.com"}]}`,
		"PUT /api/v1/orgs/{org}/address-list":              `{"allowed_from":[]}`,
		"PUT /api/v1/orgs/{org}/portal":                    `{"open_to":"off"}`,
		"POST /api/v1/orgs/{org}/portal-links":             `{"member":"nobody@example.com"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/address-list": `{"allowed_from":[]}`,
		"POST /api/v1/orgs/{org}/members/{id}/keys":        `{"public_key":"x"}`,
		"PUT /api/v1/orgs/{org}/members/{id}/end":          `{"ends_at":"2099-12-31T00:00:00Z"}`,
		"PATCH /api/v1/orgs/{org}/me/notifications":        `{"access":"daily"}`,
		"POST /api/v1/orgs/{org}/notifications/read":       `{"until":"2026-01-01T00:00:00Z"}`,
		"PATCH /api/v1/me/factors/{id}":                    `{"name":"A"}`,
		"PATCH /api/v1/orgs/{org}":                         `{"invitation_ttl":86400}`,
		"POST /api/v1/orgs/{org}/roles":                    `{"name":"New","description":"New.","permissions":["members.read"]}`,
		"PATCH /api/v1/orgs/{org}/roles/{id}":              `{"description":"Edited."}`,
		"POST /api/v1/orgs/{org}/units":                    `{"name":"New"}`,
		"PATCH /api/v1/orgs/{org}/units/{id}":              `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/login-methods":            `{"kind":"oidc","name":"New","issuer":"https://login.example.com","client_id":"roster"}`,
		"PATCH /api/v1/orgs/{org}/login-methods/{id}":      `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/views":                    `{"name":"Mine"}`,
		"PATCH /api/v1/orgs/{org}/views/{id}":              `{"name":"Mine"}`,
		"PUT /api/v1/catalogue":                            `{}`,
		"POST /api/v1/orgs/{org}/webhooks":                 `{"url":"` + nowhere + `"}`,
		"PATCH /api/v1/orgs/{org}/webhooks/{id}":           `{"name":"Edited"}`,
		"POST /api/v1/orgs/{org}/webhooks/{id}/replay":     `{"after":0}`,
		"POST /api/v1/webhooks":                            `{"url":"` + nowhere + `"}`,
		"PATCH /api/v1/webhooks/{id}":                      `{"name":"Edited"}`,
		"POST /api/v1/webhooks/{id}/rotate":                `{}`,
		"POST /api/v1/orgs/{org}/webhooks/{id}/rotate":     `{}`,
		"POST /api/v1/webhooks/{id}/replay":                `{"organisation":"acme","after":0}`,
		"POST /access/v1/evaluation":                       `{` + question + `}`,
		"POST /access/v1/evaluations":                      `{"evaluations":[{` + question + `}]}`,
		"POST /access/v1/search/subject":                   `{"subject":{"type":"user"},"action":{"name":"members.read"},"resource":{"type":"unit","id":"nowhere"}}`,
		"POST /access/v1/search/resource":                  `{"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"unit"}}`,
		"POST /access/v1/search/action":                    `{"subject":{"type":"user","id":"nobody"},"resource":{"type":"unit","id":"nowhere"}}`,
	}
}

// filePages take a form's file: what each is sent.
func filePages() map[string]string {
	return map[string]string{"/o/{org}/people/read": "members: []", "/o/{org}/imports": "E-mail\nnew@example.com\n"}
}

// body gives something to send that passes as far as the route looks before it looks anything up.
func body(r server.Route) (text string, headers []string) {
	if !r.Unsafe() {
		return "", nil
	}
	if takesPicture(r) {
		return pictured(r, dot())
	}
	if r.Action == string(act.ImportUpload) && !ours(r.Pattern) {
		return "E-mail\nnew@example.com\n", []string{"Content-Type", "text/csv"}
	}
	if file := filePages()[r.Pattern]; file != "" {
		text, headers = multipartOf("file", []byte(file))
		return text, headers[:2]
	}
	if ours(r.Pattern) || strings.HasPrefix(r.Pattern, "/oauth2/") {
		return forms()[r.Pattern], []string{"Content-Type", "application/x-www-form-urlencoded"}
	}
	object := objects()[r.Method+" "+strings.TrimPrefix(r.Pattern, "/orgs/{org}")]
	return object, []string{"Content-Type", "application/json", "If-Match", "*"}
}

// takesPicture tells whether a route is sent a picture.
func takesPicture(r server.Route) bool {
	return slices.Contains([]string{string(act.MemberPicture), string(act.EmblemSet), string(act.ProfilePicture), string(act.BrandPicture)}, r.Action)
}

// pictured gives what a route that takes a picture is sent: a form's file, or the bytes.
func pictured(r server.Route, data string) (text string, headers []string) {
	if ours(r.Pattern) {
		text, headers = multipartOf("picture", []byte(data))
		return text, headers[:2]
	}
	return data, []string{"Content-Type", "image/png", "If-Match", "*"}
}

// dot gives a small PNG.
func dot() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.String()
}
