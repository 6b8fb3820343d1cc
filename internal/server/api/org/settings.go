package org

import (
	"context"
	"net/http"
	"time"

	orgs "roster/internal/action/org"
	"roster/internal/footer"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Organisation is an organisation with its settings.
type Organisation struct {
	ID             string     `json:"id"`
	Slug           string     `json:"slug"`
	Name           string     `json:"name"`
	Plan           string     `json:"plan" doc:"The plan's key."`
	PictureURL     *string    `json:"picture_url" doc:"Where its picture is, on this server; null without one."`
	InvitationTTL  int64      `json:"invitation_ttl" doc:"Seconds that an invitation lasts from its first sending."`
	PhoneRequired  bool       `json:"phone_required" doc:"Whether a regular member needs a phone number."`
	Domains        []string   `json:"domains" nullable:"false" doc:"The domains of the addresses that regular members may be invited by, as A-labels; a subdomain is another domain. Empty for any."`
	EraseAfter     int        `json:"erase_after_days" doc:"How many days after their removal what is kept of members is erased by itself; 0 for never."`
	SecondSecrets  bool       `json:"second_secrets" doc:"Whether API users may have a second secret beside the first."`
	AdminPasswords bool       `json:"admin_passwords" doc:"Whether administrators may set somebody's password instead of sending a link."`
	FactorRequired bool       `json:"factor_required" doc:"Whether people need a second factor to come in."`
	FactorGrace    int64      `json:"factor_grace" doc:"Seconds from when it began to be required, for which people without one are let in."`
	FactorDue      *time.Time `json:"factor_due" doc:"When nobody comes in without one any more; null where none is required."`
	Accent         *string    `json:"accent" doc:"The colour of its pages, such as #1f6f4a; null for the installation's."`
	Sender         *string    `json:"sender" doc:"Who writes its letters, as readers see it before the installation's own name; null for the installation alone."`
	ReplyTo        *string    `json:"reply_to" doc:"Whom answers to its letters reach; null for the installation's sender."`
	Users          int        `json:"users" doc:"Invited, active and blocked people."`
	APIUsers       int        `json:"api_users"`
	SuspendedAt    *time.Time `json:"suspended_at" doc:"Since when nobody comes in; null where it is open. For operators and product clients."`
	DeleteAt       *time.Time `json:"delete_at" doc:"When it is deleted with everything in it, closed until then; null where nobody asked for that. For operators and product clients."`
	ProductName    *string    `json:"product_name" doc:"What the product is called on its pages and in its letters; null for the installation's name."`
	FooterLinks    []Link     `json:"footer_links" nullable:"false" doc:"Links below its pages; none for the installation's."`
	CreatedAt      time.Time  `json:"created_at"`
	ETag           string     `json:"etag"`
	Allowed        []string   `json:"allowed" nullable:"false" doc:"The actions that the caller may do in the organisation."`
}

// Link is a link below pages.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url" doc:"By https, or a mailbox by mailto."`
}

// Tag gives the etag.
func (o Organisation) Tag() string { return o.ETag }

func organisationOf(u orgs.Usage) Organisation {
	o := u.Organisation
	out := Organisation{
		ID: string(o.ID), Slug: o.Slug, Name: o.Name, Plan: o.Plan, InvitationTTL: int64(o.InvitationTTL / time.Second),
		PhoneRequired: o.PhoneRequired, Domains: api.List(o.Domains), AdminPasswords: o.AdminPasswords, SecondSecrets: o.SecondSecrets, EraseAfter: o.EraseAfter,
		FactorRequired: !o.FactorSince.IsZero(), FactorGrace: int64(o.FactorGrace / time.Second), FactorDue: api.Moment(policy.Of(o).FactorDue()), CreatedAt: api.Exact(o.CreatedAt), Allowed: api.List(u.Allowed),
	}
	out.Users, out.APIUsers, out.SuspendedAt, out.DeleteAt = o.People, o.APIUsers, api.Moment(o.SuspendedAt), api.Moment(o.DeleteAt)
	out.Accent, out.Sender, out.ReplyTo = api.Text(o.Brand.Colour()), api.Text(o.Brand.Sender), api.Text(o.Brand.ReplyTo)
	out.ProductName = api.Text(o.Brand.Product)
	out.FooterLinks = api.Each(footer.Parse(o.Brand.Footer), func(l footer.Link) Link { return Link(l) })
	out.PictureURL = api.Text(PictureURL(o))
	out.ETag = api.ETag(o.Version, out)
	return out
}

// ShowQuery is what an organisation is asked with.
type ShowQuery struct {
	api.Inside
	api.IfNoneMatch
}

func (a area) organisation(ctx context.Context, in *ShowQuery) (*api.One[Organisation], error) {
	if api.Overseen(ctx) {
		seen, err := a.fleet.Inspect(ctx, "")
		if err != nil {
			return nil, err
		}
		return api.Answer(overseen(ctx, seen.Organisation), in.IfNoneMatch), nil
	}
	u, err := a.orgs.Show(ctx)
	if err != nil {
		return nil, err
	}
	return api.Answer(organisationOf(u), in.IfNoneMatch), nil
}

// OrganisationPatch is what of an organisation can be changed.
type OrganisationPatch struct {
	Name           api.Given[string]   `json:"name,omitempty"`
	InvitationTTL  api.Given[int64]    `json:"invitation_ttl,omitempty" doc:"Seconds, from 3600 to 7776000; null for seven days."`
	PhoneRequired  api.Given[bool]     `json:"phone_required,omitempty"`
	Domains        api.Given[[]string] `json:"domains,omitempty" doc:"All of them; null for any."`
	AdminPasswords api.Given[bool]     `json:"admin_passwords,omitempty" doc:"null for true. A person switches it on."`
	EraseAfter     api.Given[int]      `json:"erase_after_days,omitempty" minimum:"0" maximum:"3650" doc:"null for 0, which is never. Needs members.erase."`
	SecondSecrets  api.Given[bool]     `json:"second_secrets,omitempty" doc:"null for false."`
	FactorRequired api.Given[bool]     `json:"factor_required,omitempty" doc:"null for false."`
	FactorGrace    api.Given[int64]    `json:"factor_grace,omitempty" doc:"Seconds, up to 7776000; null for none."`
	Accent         api.Given[string]   `json:"accent,omitempty" doc:"A colour dark enough for text on white, such as #1f6f4a; null for the installation's."`
	Sender         api.Given[string]   `json:"sender,omitempty" doc:"A name; null for the installation alone."`
	ReplyTo        api.Given[string]   `json:"reply_to,omitempty" doc:"An e-mail address; null for the installation's sender."`
	ProductName    api.Given[string]   `json:"product_name,omitempty" doc:"A name; null for the installation's."`
	FooterLinks    api.Given[[]Link]   `json:"footer_links,omitempty" doc:"All of them, at most five; null for the installation's."`
}

// EditRequest is the request to change an organisation's settings.
type EditRequest struct {
	api.Inside
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The organisation's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Organisation, OrganisationPatch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[Organisation], error) {
	fixed := map[string]string{
		"slug":       "The slug stands in every address, and stays.",
		"plan":       "The operator changes the plan.",
		"factor_due": "It follows from factor_grace.",
	}
	if err := in.Body.Fixed(fixed); err != nil {
		return nil, err
	}
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	e := in.Body.Set.edit()
	e.Version = version
	return api.Write(ctx, http.StatusOK, func() (orgs.Usage, error) { return a.orgs.Edit(ctx, e) }, func(u orgs.Usage, _ bool) Organisation { return organisationOf(u) })
}

// edit gives the change that a patch asks for; null is a setting's default.
func (p OrganisationPatch) edit() orgs.Edit {
	e := orgs.Edit{Name: p.Name.To(), PhoneRequired: p.PhoneRequired.To(), Domains: p.Domains.To(), AdminPasswords: p.AdminPasswords.To(), SecondSecrets: p.SecondSecrets.To(), EraseAfter: p.EraseAfter.To()}
	e.Accent, e.Sender, e.ReplyTo = p.Accent.To(), p.Sender.To(), p.ReplyTo.To()
	if e.Product = p.ProductName.To(); p.FooterLinks.Is {
		links := api.Each(p.FooterLinks.Value, func(l Link) footer.Link { return footer.Link(l) })
		e.Footer = &links
	}
	if p.AdminPasswords.Null() {
		yes := true
		e.AdminPasswords = &yes
	}
	if e.FactorRequired = p.FactorRequired.To(); p.FactorRequired.Null() {
		e.FactorRequired = new(bool)
	}
	if p.FactorGrace.Is {
		grace := graceOf(p.FactorGrace.Value)
		e.FactorGrace = &grace
	}
	if p.InvitationTTL.Is {
		ttl := roster.DefaultInvitationTTL
		if !p.InvitationTTL.Null() {
			ttl = api.Lifetime(p.InvitationTTL.Value)
		}
		e.InvitationTTL = &ttl
	}
	return e
}

// graceOf gives a time in seconds; one that is out of reach is one that the rule refuses.
func graceOf(seconds int64) time.Duration {
	if seconds < 0 || seconds > int64(policy.MaxFactorGrace/time.Second) {
		return -1
	}
	return time.Duration(seconds) * time.Second
}

// PlanQuery is what a plan is asked with.
type PlanQuery struct {
	api.Inside
	WhatIf string `query:"what_if" doc:"The key of another plan: the answer tells what it would be to the organisation."`
}

// Limits is what a plan allows. null stands for no limit.
type Limits struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	MaxUsers    *int   `json:"max_users" doc:"null for no limit."`
	MaxAPIUsers *int   `json:"max_api_users" doc:"null for no limit."`
}

func limitsOf(p roster.Plan) Limits {
	return Limits{Key: p.Key, Name: p.Name, MaxUsers: limit(p.MaxUsers), MaxAPIUsers: limit(p.MaxAPIUsers)}
}

// WhatIf is what another plan would be. Nobody is removed by a smaller one: it only stops adding.
type WhatIf struct {
	Limits
	UsersOver       int  `json:"users_over" doc:"How many people are over its limit; they would stay."`
	APIUsersOver    int  `json:"api_users_over"`
	RefusesUsers    bool `json:"refuses_users" doc:"Whether the next person would be refused."`
	RefusesAPIUsers bool `json:"refuses_api_users"`
}

// Plan is an organisation's plan and what of it is in use. null stands for no limit.
type Plan struct {
	Limits
	Users        int      `json:"users" doc:"Invited, active and blocked people."`
	UsersLeft    *int     `json:"users_left" doc:"null for no limit."`
	APIUsers     int      `json:"api_users"`
	APIUsersLeft *int     `json:"api_users_left" doc:"null for no limit."`
	WhatIf       *WhatIf  `json:"what_if" doc:"What the plan that was named would be; null where none was."`
	Others       []Limits `json:"others" nullable:"false" doc:"The other plans that the operator offers."`
	Allowed      []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do in the organisation."`
}

func (a area) plan(ctx context.Context, in *PlanQuery) (*api.Shown[Plan], error) {
	page, err := a.orgs.Plan(ctx, in.WhatIf)
	if err != nil {
		return nil, err
	}
	p, o := page.Plan, page.Organisation
	out := Plan{
		Limits: limitsOf(p), Users: o.People, UsersLeft: limit(p.SeatsLeft(o.People)), APIUsers: o.APIUsers, APIUsersLeft: limit(p.APIUsersLeft(o.APIUsers)),
		Others: api.Each(page.Others, limitsOf), Allowed: api.List(page.Allowed),
	}
	if f := page.WhatIf; f != nil {
		out.WhatIf = &WhatIf{limitsOf(f.Plan), f.UsersOver, f.APIUsersOver, f.RefusesUsers, f.RefusesAPIUsers}
	}
	return &api.Shown[Plan]{Body: out}, nil
}

// limit gives null for no limit.
func limit(n int) *int {
	if n == roster.Unlimited {
		return nil
	}
	return &n
}
