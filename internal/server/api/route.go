package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action"
	"roster/internal/server"
)

// Mount adds the API and its documents to the mux.
func (d *Door) Mount(mux *server.Mux) error {
	d.api = huma.NewAPI(d.config(), mux.Huma(Prefix))
	d.api.UseMiddleware(d.prepare)
	d.routes()
	d.mountOptions(mux)
	return d.mountDocuments(mux)
}

// routes is the API.
func (d *Door) routes() {
	const here, members, member = "/orgs/{org}", "/orgs/{org}/members", "/orgs/{org}/members/{id}"

	add(d, op{"GET", "/me", action.MeShow, "Who am I, and where am I a member"}, d.me)
	add(d, op{"GET", "/orgs", action.MeShow, "List my organisations"}, d.organisations, Named("me.organisations"))

	add(d, op{"GET", here, action.OrganisationShow, "Show an organisation"}, d.organisation)
	add(d, op{"GET", here + "/plan", action.OrganisationShow, "Show the plan and what of it is in use"}, d.plan, Named("organisation.plan"))
	add(d, op{"GET", here + "/roles", action.RoleList, "List the roles, with what the caller can give"}, d.roles)
	add(d, op{"GET", here + "/history", action.HistoryList, "Read the history, oldest first"}, d.history)

	add(d, op{"GET", members, action.MemberList, "List members"}, d.members)
	add(d, op{"POST", members, action.MemberInvite, "Add a member: invite a person, or make an API user"}, d.addMember, Also(action.APIUserCreate), Created)
	add(d, op{"GET", member, action.MemberShow, "Show a member"}, d.member)
	add(d, op{"PATCH", member, action.MemberEdit, "Edit a member's profile (JSON merge patch)"}, d.editMember, mergePatch)
	add(d, op{"DELETE", member, action.MemberRemove, "Remove a member for good, or withdraw an invitation"}, d.removeMember)

	add(d, op{"POST", member + "/block", action.MemberBlock, "Block a member until unblocked"}, d.block)
	add(d, op{"POST", member + "/unblock", action.MemberUnblock, "Unblock a member"}, d.unblock)
	add(d, op{"POST", member + "/resend", action.MemberResend, "Send the invitation again; earlier links die"}, d.resend)
	add(d, op{"POST", member + "/invitation-link", action.MemberLink, "Make an invitation link to hand over; earlier links die"}, d.link)
	add(d, op{"PUT", member + "/grants", action.MemberEdit, "Set all grants of a member"}, d.setGrants, Named("member.grants"))
	add(d, op{"GET", member + "/history", action.HistoryList, "Read a member's history, oldest first"}, d.memberHistory, Named("member.history"))
}

// op is an operation in one line.
type op struct {
	method, path string
	action       action.Name
	summary      string
}

// metaAlso is the key of Operation.Metadata for what an operation does beside its first action.
const metaAlso = "also"

// add makes a route of an operation and its handler, and notes what can be done at its path.
func add[I, O any](d *Door, o op, handle func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	operation := huma.Operation{
		OperationID: string(o.action), Method: o.method, Path: o.path, Summary: o.summary,
		Metadata: map[string]any{server.MetaAction: string(o.action)},
		// The rooms know the rules and tell all that is wrong at once; prepare reads the body.
		SkipValidateParams: true, SkipValidateBody: true, MaxBodyBytes: -1, BodyReadTimeout: 30 * time.Second,
	}
	for _, m := range more {
		m(&operation)
	}
	a := d.paths[o.path]
	if a == nil {
		a = &address{}
		d.paths[o.path], d.order = a, append(d.order, o.path)
	}
	a.methods, a.actions = append(a.methods, o.method), append(a.actions, string(o.action))
	if second, ok := operation.Metadata[metaAlso].(string); ok {
		a.actions = append(a.actions, second)
	}
	huma.Register(d.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, refuse(ctx, err)
		}
		return out, nil
	})
}

// named gives an operation another identifier than its action's name.
func Named(id string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.OperationID = id }
}

// also names a second action of an operation.
func Also(a action.Name) func(*huma.Operation) {
	return func(o *huma.Operation) { o.Metadata[metaAlso] = string(a) }
}

func Created(o *huma.Operation) { o.DefaultStatus = http.StatusCreated }

// mergePatch lets an operation take a merge patch under its own name too (RFC 7396).
func mergePatch(o *huma.Operation) {
	o.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{mediaPatch: {Schema: &huma.Schema{Ref: "#/components/schemas/MemberPatch"}}}}
}

// takesPatch tells whether an operation takes merge patches.
func takesPatch(o *huma.Operation) bool {
	return o.RequestBody != nil && o.RequestBody.Content[mediaPatch] != nil
}

// mountOptions adds OPTIONS to every path: Allow names its methods (RFC 9110, 9.3.7), Roster-Allowed
// the actions that the caller may do there now.
func (d *Door) mountOptions(mux *server.Mux) {
	for _, path := range d.order {
		a := d.paths[path]
		slices.Sort(a.methods)
		mux.Handle(server.Route{
			Method: http.MethodOptions, Pattern: Prefix + path, Action: "options", Reason: "tells what the caller may do at the path; changes nothing",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.options(w, r, a) }),
		})
	}
}
