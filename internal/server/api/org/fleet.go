package org

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	orgs "roster/internal/action/org"
	"roster/internal/action/org/export"
	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
)

// Listed is one organisation of the list: of a person's or an API user's own with their place in it, of an operator's or a
// product client's with its plan and use.
type Listed struct {
	ID          string     `json:"id" doc:"The organisation's ID."`
	Slug        string     `json:"slug"`
	Name        string     `json:"name"`
	Member      string     `json:"member,omitempty" doc:"The caller's member ID there."`
	Status      string     `json:"status,omitempty" enum:"active,blocked" doc:"The caller's there."`
	Plan        string     `json:"plan,omitempty" doc:"The plan's key."`
	Users       *int       `json:"users,omitempty" doc:"Invited, active and blocked people."`
	APIUsers    *int       `json:"api_users,omitempty"`
	CreatedAt   *time.Time `json:"created_at,omitempty"`
	SuspendedAt *time.Time `json:"suspended_at,omitempty" doc:"Since when nobody comes in."`
	DeleteAt    *time.Time `json:"delete_at,omitempty" doc:"When it is deleted with everything in it; it is closed until then."`
	Allowed     []string   `json:"allowed" nullable:"false" doc:"The actions that the caller may do there."`
}

// ListRequest is the request for a list of organisations. Whoever lists their own gets all of them at once.
type ListRequest struct {
	api.Window
	Q         string `query:"q" doc:"Stands in the name or the slug, or is the ID. For operators and product clients."`
	Suspended bool   `query:"suspended" doc:"true for those alone that are suspended or closed. For operators and product clients."`
}

// mostListed is how long a page is where no length is asked for.
const mostListed = 50

// unpaged refuses what does not apply to one's own organisations.
func (in *ListRequest) unpaged() error {
	var bad roster.Problems
	for _, p := range []struct {
		name  string
		given bool
	}{{"limit", in.Limit != mostListed}, {"cursor", in.Cursor != ""}, {"q", in.Q != ""}, {"suspended", in.Suspended}} {
		if p.given {
			bad.Add(p.name, roster.Errorf(roster.Invalid, "parameter_unknown", "There is no such parameter here."))
		}
	}
	return bad.Err()
}

func (a area) organisations(ctx context.Context, in *ListRequest) (*api.Shown[api.Page[Listed]], error) {
	actor := roster.ActorFrom(ctx)
	if actor.Kind == roster.ActorOperator || actor.Kind == roster.ActorClient && manages(actor) {
		page, err := a.fleet.Search(ctx, fleet.Query{Text: in.Q, Suspended: in.Suspended, Cursor: in.Cursor, Limit: api.Asked(in.Limit)})
		if err != nil {
			return nil, err
		}
		counted := api.Counted{Next: page.Next, Total: page.Total, More: page.More}
		return api.Listed(ctx, page.Organisations, func(o roster.Organisation) Listed { return listed(o, actor) }, counted), nil
	}
	if err := in.unpaged(); err != nil {
		return nil, err
	}
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	own := func(m Membership) Listed {
		return Listed{ID: m.ID, Slug: m.Slug, Name: m.Name, Member: m.Member, Status: m.Status, Allowed: m.Allowed}
	}
	return api.Listed(ctx, me.Memberships, own, api.Counted{Total: len(me.Memberships)}), nil
}

// manages tells whether a product client, by this token, looks after organisations.
func manages(actor roster.Actor) bool {
	return act.Action{Clients: act.ClientOrganisations}.ToClient(actor) == nil
}

func listed(o roster.Organisation, actor roster.Actor) Listed {
	created := api.Exact(o.CreatedAt)
	return Listed{
		ID: string(o.ID), Slug: o.Slug, Name: o.Name, Plan: o.Plan, Users: &o.People, APIUsers: &o.APIUsers, CreatedAt: &created,
		SuspendedAt: api.Moment(o.SuspendedAt), DeleteAt: api.Moment(o.DeleteAt), Allowed: api.List(fleet.Allowed(o, actor)),
	}
}

// overseen shows an organisation to who looks after it from outside.
func overseen(ctx context.Context, o roster.Organisation) Organisation {
	return organisationOf(orgs.Usage{Organisation: o, Allowed: fleet.Allowed(o, roster.ActorFrom(ctx))})
}

// NewOrganisation is what a new organisation begins with.
type NewOrganisation struct {
	Name  string `json:"name"`
	Slug  string `json:"slug,omitempty" doc:"Made of the name when absent."`
	Plan  string `json:"plan,omitempty" doc:"A plan's key: playground when absent."`
	Owner string `json:"owner" doc:"The first Owner's e-mail address."`
}

// CreateRequest is the request to make an organisation.
type CreateRequest struct {
	api.Repeatable
	Body NewOrganisation
}

// FirstOwner is who begins in a new organisation.
type FirstOwner struct {
	ID    string   `json:"id" doc:"Their member ID."`
	Email string   `json:"email"`
	Link  api.Once `json:"link" doc:"The invitation's link, to hand over: no letter is sent. It works once."`
}

// MadeOrganisation is a new organisation with its first Owner.
type MadeOrganisation struct {
	Organisation
	Owner FirstOwner `json:"owner"`
	Code  string     `json:"code,omitempty" doc:"secret_shown_once where the link was given before."`
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[MadeOrganisation], error) {
	f := orgs.Founding{Name: in.Body.Name, Slug: in.Body.Slug, Plan: in.Body.Plan, Owner: in.Body.Owner}
	out, err := api.Write(ctx, http.StatusCreated, func() (orgs.Founded, error) { return a.orgs.Create(ctx, f) }, func(made orgs.Founded, once bool) MadeOrganisation {
		m := MadeOrganisation{Organisation: overseen(ctx, made.Organisation), Owner: FirstOwner{ID: string(made.Owner), Email: in.Body.Owner}}
		m.Owner.Link, m.Code = api.Secret(a.absolute(act.InvitationPath(made.Organisation.ID, made.Link)), once)
		return m
	})
	if err != nil {
		return nil, err
	}
	out.Location = api.Prefix + "/orgs/" + out.Body.ID
	return out, nil
}

// AssignRequest is the request to put an organisation on a plan.
type AssignRequest struct {
	api.Inside
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The organisation's etag as it was read, or * to take whatever is there."`
	Body    Assignment
}

// Assignment names a plan.
type Assignment struct {
	Plan string `json:"plan" doc:"The plan's key. A smaller plan removes nobody: it only stops adding."`
}

func (a area) assign(ctx context.Context, in *AssignRequest) (*api.Written[Organisation], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (orgs.Usage, error) { return a.orgs.Assign(ctx, in.Body.Plan, version) }, func(u orgs.Usage, _ bool) Organisation {
		return overseen(ctx, u.Organisation)
	})
}

// OnOrganisation is a request to do something to an organisation as such.
type OnOrganisation struct {
	api.Inside
	api.Repeatable
}

func (a area) suspend(ctx context.Context, _ *OnOrganisation) (*api.Written[Organisation], error) {
	return moved(ctx, a.fleet.Suspend)
}

func (a area) resume(ctx context.Context, _ *OnOrganisation) (*api.Written[Organisation], error) {
	return moved(ctx, a.fleet.Resume)
}

func moved(ctx context.Context, does func(context.Context) (fleet.Inspection, error)) (*api.Written[Organisation], error) {
	return api.Write(ctx, http.StatusOK, func() (fleet.Inspection, error) { return does(ctx) }, func(now fleet.Inspection, _ bool) Organisation {
		return overseen(ctx, now.Organisation)
	})
}

// DeleteRequest is the request to close an organisation and to delete it.
type DeleteRequest struct {
	api.Inside
	api.Repeatable
	Body Deletion
}

// Deletion confirms what is to be deleted.
type Deletion struct {
	ConfirmName string `json:"confirm_name" doc:"The organisation's name, exactly."`
}

func (a area) delete(ctx context.Context, in *DeleteRequest) (*api.Written[Organisation], error) {
	return api.Write(ctx, http.StatusOK, func() (roster.Organisation, error) { return a.endings.Delete(ctx, in.Body.ConfirmName) }, func(o roster.Organisation, _ bool) Organisation {
		return overseen(ctx, o)
	})
}

func (a area) undelete(ctx context.Context, _ *OnOrganisation) (*api.Written[Organisation], error) {
	return api.Write(ctx, http.StatusOK, func() (roster.Organisation, error) { return a.endings.Undelete(ctx) }, func(o roster.Organisation, _ bool) Organisation {
		return overseen(ctx, o)
	})
}

func (a area) export(ctx context.Context, _ *api.Inside) (*api.Download, error) {
	return api.Downloaded(ctx, func(ctx context.Context) (server.Sending, error) {
		f, err := a.exports.Export(ctx)
		if err != nil {
			return server.Sending{}, err
		}
		return server.Sending{Name: f.Name, Media: export.Media, Size: f.Size, ReadCloser: f}, nil
	})
}
