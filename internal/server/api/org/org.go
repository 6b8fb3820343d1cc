// Package org is the API's area of the caller's own place and their organisations: who am I, settings, plan,
// and the ways to Owner.
package org

import (
	"context"

	"roster/internal/act"
	"roster/internal/action/news"
	orgs "roster/internal/action/org"
	"roster/internal/action/org/emblem"
	"roster/internal/action/org/ending"
	"roster/internal/action/org/export"
	"roster/internal/action/org/fleet"
	"roster/internal/action/plan"
	"roster/internal/action/self"
	"roster/internal/action/signin"
	"roster/internal/action/team/own"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct {
	orgs    *orgs.Room
	signIn  *signin.Room
	emblems *emblem.Room
	selves  *self.Room
	owns    *own.Room
	news    *news.Room
	fleet   *fleet.Room
	endings *ending.Room
	exports *export.Room
	plans   *plan.Room

	absolute func(path string) string // the address of a path of Roster's
}

// Rooms are those that the area asks.
type Rooms struct {
	Orgs     *orgs.Room
	SignIn   *signin.Room
	Emblems  *emblem.Room
	Selves   *self.Room
	Owns     *own.Room
	News     *news.Room
	Fleet    *fleet.Room
	Endings  *ending.Room
	Takeouts *export.Room
	Plans    *plan.Room
}

// Routes is the area.
func Routes(r Rooms) api.Area {
	a := area{r.Orgs, r.SignIn, r.Emblems, r.Selves, r.Owns, r.News, r.Fleet, r.Endings, r.Takeouts, r.Plans, nil}
	return func(d *api.Door) {
		a.absolute = d.Absolute
		api.Add(d, api.Op("GET /me", act.MeShow, "Who am I, and where am I a member"), a.me)
		api.Add(d, api.Op("PATCH /me", act.PreferenceEdit, "Change my preferences (JSON merge patch)"), a.prefer, api.MergePatch[PreferencesPatch])
		api.Add(d, api.Op("GET /orgs", act.MeShow, "List my organisations; for operators and product clients all of them"), a.organisations, api.Named("me.organisations"), api.Also(act.OrganisationList))
		api.Add(d, api.Op("POST /orgs", act.OrganisationCreate, "Make an organisation with its first Owner"), a.create, api.Created)
		api.Add(d, api.Op("GET /orgs/{org}", act.OrganisationShow, "Show an organisation"), a.organisation, api.Also(act.OrganisationInspect))
		api.Add(d, api.Op("PATCH /orgs/{org}", act.OrganisationEdit, "Change an organisation's settings (JSON merge patch)"), a.edit, api.MergePatch[OrganisationPatch], api.Tryable)
		api.Add(d, api.Op("GET /orgs/{org}/picture", act.EmblemShow, "Show an organisation's picture"), a.picture, api.GivesPicture)
		api.Add(d, api.Op("PUT /orgs/{org}/picture", act.EmblemSet, "Set the organisation's picture: the bytes of a PNG, JPEG or WebP"), a.setPicture, api.TakesPicture)
		api.Add(d, api.Op("DELETE /orgs/{org}/picture", act.EmblemRemove, "Take the organisation's picture away"), a.removePicture)
		api.Add(d, api.Op("GET /orgs/{org}/me", act.ProfileShow, "Show what I am called in an organisation"), a.profile)
		api.Add(d, api.Op("PATCH /orgs/{org}/me", act.ProfileEdit, "Change what I am called in an organisation (JSON merge patch)"), a.editProfile, api.MergePatch[ProfilePatch])
		api.Add(d, api.Op("DELETE /orgs/{org}/me", act.ProfileLeave, "Leave an organisation"), a.leave, api.Tryable)
		api.Add(d, api.Op("GET /orgs/{org}/me/picture", act.ProfilePictureShow, "Show my picture in an organisation"), a.ownPicture, api.GivesPicture)
		api.Add(d, api.Op("PUT /orgs/{org}/me/picture", act.ProfilePicture, "Set my picture in an organisation: the bytes of a PNG, JPEG or WebP"), a.setOwnPicture, api.TakesPicture)
		api.Add(d, api.Op("DELETE /orgs/{org}/me/picture", act.ProfilePictureRemove, "Take my picture in an organisation away"), a.removeOwnPicture)
		api.Add(d, api.Op("GET /orgs/{org}/me/notifications", act.ProfileNews, "Show how I am told of what happens in an organisation"), a.notifications)
		api.Add(d, api.Op("PATCH /orgs/{org}/me/notifications", act.ProfileNewsEdit, "Choose how I am told of what happens in an organisation (JSON merge patch)"), a.chooseNews, api.MergePatch[NotificationsPatch])
		api.Add(d, api.Op("GET /orgs/{org}/notifications", act.NotificationList, "List what I am told of what happened in an organisation, the newest first"), a.told)
		api.Add(d, api.Op("POST /orgs/{org}/notifications/read", act.NotificationRead, "Mark notifications of mine as read"), a.read)
		api.Add(d, api.Op("GET /plans", act.PlanList, "List the plans that organisations can be put on"), a.listPlans)
		api.Add(d, api.Op("GET /orgs/{org}/plan", act.OrganisationPlan, "Show the plan and what of it is in use, and what another would be"), a.plan)
		api.Add(d, api.Op("PUT /orgs/{org}/plan", act.PlanAssign, "Put an organisation on a plan"), a.assign, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/suspend", act.OrganisationSuspend, "Stop everything in an organisation"), a.suspend, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/resume", act.OrganisationResume, "Let people and programs into a suspended organisation again"), a.resume, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/delete", act.OrganisationDelete, "Close an organisation, and delete it with everything in it after 30 days"), a.delete, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/undelete", act.OrganisationUndelete, "Take the deletion of an organisation back"), a.undelete, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/export", act.OrganisationExport, "Take everything of an organisation away in a file of JSON lines"), a.export, api.GivesFile("The file", export.Media))
		api.Add(d, api.Op("GET /orgs/{org}/owners", act.OwnerWays, "Find everything that is, could make or could become an Owner"), a.owners)
	}
}

// Me is who asks.
type Me struct {
	Kind        string       `json:"kind" enum:"person,api_user,product_client"`
	ID          string       `json:"id" doc:"The person's ID, the API user's member ID, or the product client's."`
	Name        *string      `json:"name" doc:"Of programs; people have one in each organisation."`
	Email       *string      `json:"email" doc:"A person's."`
	Preferences *Preferences `json:"preferences,omitempty" doc:"A person's."`
	Memberships []Membership `json:"memberships" nullable:"false" doc:"Product clients have none."`
	Permissions []string     `json:"permissions,omitempty" doc:"Of a product client, as far as its token reaches."`
	Allowed     []string     `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Membership is the caller's place in an organisation.
type Membership struct {
	ID      string   `json:"id" doc:"The organisation's ID."`
	Slug    string   `json:"slug"`
	Name    string   `json:"name"`
	Member  string   `json:"member" doc:"The caller's member ID there."`
	Status  string   `json:"status" enum:"active,blocked"`
	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do there; empty while blocked."`
}

func (a area) me(ctx context.Context, _ *api.Nothing) (*api.Shown[Me], error) {
	me, err := a.self(ctx)
	return &api.Shown[Me]{Body: me}, err
}

// self gives the caller with each of their organisations, entered as a request there would be.
func (a area) self(ctx context.Context) (Me, error) {
	actor := roster.ActorFrom(ctx)
	me := Me{Kind: string(actor.Kind), Memberships: []Membership{}, Allowed: api.Here(ctx)}
	if actor.Kind == roster.ActorAPIUser {
		e, err := a.orgs.Enter(ctx, string(actor.Organisation))
		me.ID, me.Name, me.Memberships = string(actor.Member), api.Text(e.Member.Name), []Membership{membershipOf(e)}
		return me, err
	}
	person, err := a.signIn.Me(ctx)
	if err != nil {
		return me, err
	}
	if actor.Kind == roster.ActorClient {
		me.ID, me.Name, me.Permissions = actor.Client, api.Text(actor.Name), actor.Scopes
		return me, nil
	}
	me.ID, me.Email = string(person.Person.ID), api.Text(person.Person.Email.Typed)
	preferences := preferencesOf(person.Person.Preferences)
	me.Preferences = &preferences
	for _, m := range person.Memberships {
		place := Membership{ID: string(m.Org), Slug: m.Slug, Name: m.Name, Member: string(m.Member), Status: string(m.Status), Allowed: []string{}}
		if m.Status == roster.Active {
			e, err := a.orgs.Enter(ctx, string(m.Org))
			switch {
			case err == nil:
				place = membershipOf(e)
			case roster.AsError(err).Kind != roster.Denied: // an organisation may ask for another proof: there nothing is allowed yet
				return me, err
			}
		}
		me.Memberships = append(me.Memberships, place)
	}
	return me, nil
}

func membershipOf(e orgs.Entry) Membership {
	o := e.Organisation
	return Membership{ID: string(o.ID), Slug: o.Slug, Name: o.Name, Member: string(e.Member.ID), Status: string(e.Member.Status), Allowed: api.List(e.Allowed)}
}
