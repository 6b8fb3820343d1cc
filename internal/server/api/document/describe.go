package document

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/server/api"
)

// Fields of the document that OpenAPI has none for.
const (
	extActions     = "x-actions"     // of an operation: the actions that it performs, its own first
	extPermissions = "x-permissions" // of an operation: what a member or API user must hold for its own action
	extCodes       = "x-codes"       // of a refusal: the codes it may have
)

// describe says who may ask an operation, how it can be repeated, and with which codes it is refused.
func (w *writer) describe(o *huma.Operation) {
	names := api.Actions(o)
	own := w.actions[names[0]]
	o.Extensions = map[string]any{extActions: names}
	if p := permissions(own); len(p) > 0 {
		o.Extensions[extPermissions] = p
	}
	o.Tags = []string{tagOf(o.Path)}
	var text []string
	if o.Description != "" {
		text = append(text, o.Description)
	}
	for i, name := range names {
		said := who(w.actions[name])
		if i > 0 {
			said = fmt.Sprintf("For `%s`: %s", name, strings.ToLower(said[:1])+said[1:])
		}
		text = append(text, said)
	}
	text = append(text, repeats(o)...)
	o.Description = strings.Join(text, "\n\n")
	if sessionsOnly(own) && len(names) == 1 {
		o.Security = []map[string][]string{{"session": {}}}
	}
	w.refusals(o)
}

// permissions gives what must be held for an action.
func permissions(a act.Action) []string {
	var all []string
	for _, p := range []string{a.Permission, a.Also} {
		if p != "" {
			all = append(all, p)
		}
	}
	return all
}

// sessionsOnly tells whether no access token opens an action.
func sessionsOnly(a act.Action) bool {
	return a.Clients == "" && (a.Who == act.People || a.Who == act.Operators || a.Who == act.Persons)
}

// who says who may do an action.
func who(a act.Action) string {
	var text string
	switch p := permissions(a); {
	case a.Who == act.RootOnly && a.Clients != "":
		return fmt.Sprintf("For product clients alone, with the permission %s.", code(a.Clients)) + guarded(a)
	case a.Who == act.Operators:
		text = "For operators, by their session of the dashboard."
	case a.Who == act.Persons && a.Clients == act.AnyClient:
		return "For every caller, about themselves." + guarded(a)
	case a.Who == act.Persons:
		text = "For whoever is signed in, about themselves."
	case len(p) == 0:
		text = "For every member."
	case len(p) > 1:
		text = fmt.Sprintf("Needs the permissions %s%s.", code(p...), where(a))
	default:
		text = fmt.Sprintf("Needs the permission %s%s.", code(p...), where(a))
	}
	if a.Who == act.People || a.Who == act.Persons && a.Clients == "" {
		text += " It is for sessions of the dashboard, not for API users."
	}
	switch a.Clients {
	case "":
	case act.AnyClient:
		text += " Product clients may ask it too."
	default:
		text += fmt.Sprintf(" Product clients need %s.", code(a.Clients))
	}
	return text + guarded(a)
}

// where says at which place a permission is needed.
func where(a act.Action) string {
	switch {
	case a.Anywhere && a.On == "":
		return " somewhere: what lies elsewhere is not seen"
	case a.On == "member":
		return " at the member's place"
	case a.On == "unit":
		return " at the customer account"
	}
	return ""
}

// guarded says what else binds an action.
func guarded(a act.Action) string {
	var text string
	if a.Guards&act.NotOnSelf != 0 {
		text += " Never on oneself."
	}
	switch {
	case a.Guards&act.NotStronger != 0:
		text += " Never on who holds anything that the caller lacks."
	case a.Guards&act.NotUpwards != 0:
		text += " Never on who administers more than the caller."
	}
	if a.Confirm || a.ConfirmAPI {
		text += " A person proves anew that it is they, unless they did just now."
	}
	if a.Kind == authz.Irreversible {
		text += " It cannot be undone."
	}
	return text
}

// repeats says how an operation can be repeated, and what it is conditional on.
func repeats(o *huma.Operation) []string {
	var text []string
	if m := header(o, "If-Match"); m != nil && m.Required {
		text = append(text, "Send the etag of what was read in `If-Match`.")
	}
	switch {
	case o.Method == http.MethodGet:
	case header(o, "Idempotency-Key") != nil:
		text = append(text, "With an `Idempotency-Key` it is done once, however often it is sent.")
	default:
		text = append(text, "It takes no `Idempotency-Key`.")
	}
	return text
}

func header(o *huma.Operation, name string) *huma.Param {
	for _, p := range o.Parameters {
		if p.In == "header" && strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

func code(names ...string) string { return "`" + strings.Join(names, "` and `") + "`" }

// tagOf gives the part of the API that a path belongs to.
func tagOf(path string) string {
	part := strings.Split(strings.TrimPrefix(strings.TrimPrefix(path, "/orgs/{org}"), "/"), "/")[0]
	if part == "me" {
		return "Oneself"
	}
	if strings.HasPrefix(path, "/orgs/{org}/members/{id}/") {
		return "Members"
	}
	switch part {
	case "portal", "portal-links":
		return "Portal"
	case "members", "roles", "views", "history", "permissions", "catalogue", "access":
		return strings.ToUpper(part[:1]) + part[1:]
	case "units":
		return "Customer accounts"
	case "login-methods":
		return "Login methods"
	case "", "orgs", "picture", "plan", "suspend", "resume", "delete", "undelete", "export", "owners", "address-list":
		return "Organisations"
	}
	return strings.ToUpper(part[:1]) + strings.ReplaceAll(part[1:], "-", " ")
}

// about says what a part of the API is about.
func about(tag string) string {
	said := map[string]string{
		"Access":            "Who holds what where.",
		"Catalogue":         "The scopes and permissions that the host product declares.",
		"Customer accounts": "The tree of customer accounts, and the groups in them.",
		"Events":            "What happens in all organisations, for product clients: line by line, as it happens.",
		"History":           "Who changed what, and when.",
		"Imports":           "Tables of people, brought in row by row.",
		"Jobs":              "What goes on by itself: imports, and the last exports.",
		"Letters":           "Letters to members: what became of each, and those that did not arrive sent again.",
		"Login methods":     "How people come in.",
		"Members":           "People, external users and API users: everybody who can do something in an organisation.",
		"Notifications":     "What the caller was told of what happens in an organisation.",
		"Oneself":           "Whoever asks: their organisations, profile, sessions and second factors.",
		"Organisations":     "Organisations as such: their settings, plan, picture and end.",
		"People":            "Customer accounts, roles and members as one file: what it would change, applying it, and writing it.",
		"Permissions":       "What can be given.",
		"Plans":             "How many people and API users an organisation may have.",
		"Portal":            "Links by which the host product brings members into the dashboard.",
		"Roles":             "Bundles of permissions and scopes.",
		"Views":             "A member's own views of the Team list.",
		"Webhooks":          "Where the history's events are sent, and what became of each delivery.",
	}
	return said[tag]
}

// refusals tells of the answers that are none, each with its codes.
func (w *writer) refusals(o *huma.Operation) {
	byStatus := w.codes.of(o.OperationID)
	problem := o.Responses["default"]
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		n, _ := strconv.Atoi(status)
		o.Responses[status] = &huma.Response{
			Description: http.StatusText(n) + ": " + strings.Join(byStatus[status], ", ") + ".",
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: schemas + "Problem"}}},
			Extensions:  map[string]any{extCodes: byStatus[status]},
		}
	}
	if problem != nil {
		problem.Description = "Any other refusal."
	}
}
