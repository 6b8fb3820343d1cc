// Package org is the room of organisations: made, found, shown. It does not hold their members.
package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/plandb"
	"roster/internal/store/roledb"
	"roster/internal/store/sessiondb"
	"roster/internal/store/webhookdb"
)

// Room holds the use cases of organisations.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Founding is what a new organisation begins with.
type Founding struct {
	Name  string
	Slug  string // empty to make one of the name
	Plan  string // empty for playground
	Owner string // the first Owner's address
}

// Founded is a new organisation and its first Owner's way in. Link is shown once; only its hash is kept.
type Founded struct {
	Organisation roster.Organisation
	Owner        roster.MemberID
	Link         string
}

// Create makes an organisation, its built-in roles and its first Owner, who comes in by a link that
// is printed and not mailed. Kinds: Invalid for the input (plan_unknown), Conflict for a taken slug.
func (r *Room) Create(ctx context.Context, f Founding) (Founded, error) {
	o, owner, err := f.check()
	if err != nil {
		return Founded{}, err
	}
	link := secret.New(act.InvitationPrefix)
	return action.Do(ctx, r.gate, act.OrganisationCreate, roster.RefOrganisation(o.ID, o.Name), func(ctx context.Context, tx *store.Tx) (Founded, error) {
		if _, err := plandb.ByKey(ctx, tx, o.Plan); err != nil {
			return Founded{}, err
		}
		taken, err := orgdb.ByName(ctx, tx, o.Slug)
		if err != nil {
			return Founded{}, err
		}
		if taken.OK {
			return Founded{}, roster.Errorf(roster.Conflict, "organisation_exists", "There is an organisation %q already. Take another name.", o.Slug).On("name")
		}
		if err := orgdb.Insert(ctx, tx, o); err != nil {
			return Founded{}, err
		}
		if err := webhookdb.Begin(ctx, tx, o.ID); err != nil {
			return Founded{}, err
		}
		catalogue, err := action.Catalogue(ctx, tx)
		if err != nil {
			return Founded{}, err
		}
		for _, role := range catalogue.BuiltIn() {
			if err := roledb.InsertRole(ctx, tx, role); err != nil {
				return Founded{}, err
			}
		}
		id, err := firstOwner(ctx, tx, owner, secret.Hash(link))
		return Founded{Organisation: tx.Organisation(), Owner: id, Link: link}, err
	})
}

func (f Founding) check() (roster.Organisation, roster.Email, error) {
	var bad roster.Problems
	name, err := roster.CleanName(f.Name)
	bad.Add("name", err)
	slug := f.Slug
	if slug == "" {
		slug = roster.Slug(name)
	}
	if err == nil && (slug == "" || slug != roster.Slug(slug) || strings.HasPrefix(slug, "org_")) {
		bad.Add("name", roster.Errorf(roster.Invalid, "slug_invalid", "The name needs letters or digits that make an address, such as \"acme\"."))
	}
	owner, err := roster.ParseEmail(f.Owner)
	bad.Add("owner", err)
	return roster.Organisation{
		ID: roster.NewOrgID(), Slug: slug, Name: name, Plan: cmp.Or(f.Plan, roster.PlanPlayground), InvitationTTL: roster.DefaultInvitationTTL, AdminPasswords: true,
	}, owner, bad.Err()
}

func firstOwner(ctx context.Context, tx *store.Tx, address roster.Email, hash string) (roster.MemberID, error) {
	by := roster.ActorFrom(ctx)
	o := tx.Organisation()
	m := roster.Member{
		Org: o.ID, ID: roster.NewMemberID(), Kind: roster.Regular, Status: roster.Invited, Email: address,
		CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(),
	}
	if _, err := memberdb.Insert(ctx, tx, m); err != nil { // nobody else is here who could have the address
		return "", err
	}
	g := roster.Grant{ID: roster.NewID("grt_"), Member: m.ID, Role: roster.RoleOwner, GivenBy: by.ID(), GivenAt: tx.At()}
	if err := roledb.Give(ctx, tx, m, g); err != nil {
		return "", err
	}
	i := roster.Invitation{Member: m.ID, Generation: 1, State: roster.InvitationLive, Inviter: by.ID(), InviterBy: by.Name, TTL: o.InvitationTTL, MadeAt: tx.At()}.Started(tx.At())
	if err := invitationdb.Insert(ctx, tx, m.Ref(), i); err != nil {
		return "", err
	}
	return m.ID, invitationdb.AddLink(ctx, tx, o.ID, invitationdb.Link{Hash: hash, Member: m.ID, Generation: 1})
}

// List gives every organisation. For the operator.
func (r *Room) List(ctx context.Context) ([]roster.Organisation, error) {
	return action.Look(ctx, r.gate, act.OrganisationList, orgdb.All)
}

// Named finds an organisation by ID or slug, for the operator's command line. Kind: NotFound.
func (r *Room) Named(ctx context.Context, name string) (roster.Organisation, error) {
	return action.Look(ctx, r.gate, act.OrganisationList, func(ctx context.Context, rd store.Reader) (roster.Organisation, error) {
		found, err := orgdb.ByName(ctx, rd, name)
		if err != nil {
			return found.Value, err
		}
		if !found.OK {
			return found.Value, roster.Errorf(roster.NotFound, "not_found", "There is no organisation %q. \"roster org list\" shows them.", name)
		}
		return found.Value, nil
	})
}

// Usage is an organisation with its plan, as the plan page and the seat meter show it.
type Usage struct {
	Organisation roster.Organisation
	Plan         roster.Plan
	Allowed      []string // what the asker may do in it
}

// Show gives the actor's organisation with its plan and use.
func (r *Room) Show(ctx context.Context) (Usage, error) {
	return action.Look(ctx, r.gate, act.OrganisationShow, func(ctx context.Context, rd store.Reader) (Usage, error) {
		o, err := here(ctx, rd)
		if err != nil {
			return Usage{}, err
		}
		return usage(ctx, rd, o, roster.ActorFrom(ctx))
	})
}

// here gives the actor's organisation.
func here(ctx context.Context, rd store.Reader) (roster.Organisation, error) {
	found, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
	if err != nil {
		return found.Value, err
	}
	return found.Or("organisation")
}

// Used gives the actor's organisation as the rooms below this one show it.
func Used(ctx context.Context, rd store.Reader, o roster.Organisation) (Usage, error) {
	return usage(ctx, rd, o, roster.ActorFrom(ctx))
}

func usage(ctx context.Context, rd store.Reader, o roster.Organisation, actor roster.Actor) (Usage, error) {
	plan, err := plandb.ByKey(ctx, rd, o.Plan)
	if err != nil {
		return Usage{}, err
	}
	authority, err := action.AuthorityOf(ctx, actor)
	return Usage{Organisation: o, Plan: plan, Allowed: action.AllowedHere(authority, actor, "", "", o.AdminPasswords)}, err
}

// Entry is a signed-in person's, or an API user's, place in an organisation.
type Entry struct {
	Usage
	Member roster.Member
	Visit  *roster.Visit // of an operator who entered; nil for everybody else
	Now    time.Time
}

// Enter finds the organisation that a request names (by ID or slug) and the actor's member in it. An
// organisation in which the actor is no member is not found, like one that does not exist. Kinds:
// NotFound, Denied for a blocked member, Unauthenticated for nobody. At most once a minute it notes that
// the member was here, and by which session. A product client enters without a member.
func (r *Room) Enter(ctx context.Context, name string) (Entry, error) {
	entry, err := r.enter(ctx, name)
	if err != nil || entry.Member.ID == "" || !memberdb.SeenBefore(entry.Member, entry.Now) {
		return entry, err
	}
	// That a visit could not be noted does not change the answer: the next one is noted.
	_ = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := memberdb.Seen(ctx, tx, entry.Member.Org, entry.Member.ID); err != nil {
			return err
		}
		if session := roster.ActorFrom(ctx).Session; session != "" {
			return sessiondb.Entered(ctx, tx, entry.Member.Org, session)
		}
		return nil
	})
	return entry, nil
}

func (r *Room) enter(ctx context.Context, name string) (Entry, error) {
	return action.Look(ctx, r.gate, act.OrganisationEnter, func(ctx context.Context, rd store.Reader) (Entry, error) {
		actor := roster.ActorFrom(ctx)
		found, err := orgdb.ByName(ctx, rd, name)
		if err == nil {
			err = elsewhere(ctx, rd, actor, found.Value.ID)
		}
		if err != nil {
			return Entry{}, err
		}
		o, err := found.Or("organisation")
		if err != nil {
			return Entry{}, err
		}
		if actor.Kind == roster.ActorClient {
			return Entry{Usage: Usage{Organisation: o}}, o.Open()
		}
		var m store.Found[roster.Member]
		switch {
		case actor.Kind == roster.ActorAPIUser && actor.Organisation == o.ID:
			m, err = memberdb.ByID(ctx, rd, o.ID, actor.Member)
		case actor.Kind != roster.ActorAPIUser:
			m, err = memberdb.ByPerson(ctx, rd, o.ID, actor.Person)
		}
		if err != nil {
			return Entry{}, err
		}
		if !m.OK {
			return visit(ctx, rd, o, actor)
		}
		if err := o.Open(); err != nil {
			return Entry{}, err
		}
		actor.Organisation, actor.Member = o.ID, m.Value.ID
		u, err := usage(ctx, rd, o, actor)
		if err != nil {
			return Entry{}, err
		}
		now, err := rd.Now(ctx)
		if err == nil {
			err = admitted(ctx, rd, o, actor, m.Value.SignedOutAt, now)
		}
		return Entry{Usage: u, Member: m.Value, Now: now}, err
	})
}

// elsewhere refuses a session that other organisations' connections alone proved, before anything is looked up there: it
// hears the same whether its person belongs there, whether they are blocked, and whether there is such an organisation.
func elsewhere(ctx context.Context, rd store.Reader, actor roster.Actor, id roster.OrgID) error {
	if to, is := roster.Confined(roster.Person{}, actor.Proofs); !is || slices.Contains(to, id) {
		return nil
	}
	p, err := persondb.ByID(ctx, rd, actor.Person)
	if err != nil {
		return err
	}
	if _, is := roster.Confined(p.Value, actor.Proofs); is {
		return policy.Elsewhere()
	}
	return nil
}

// visit gives an operator's place in an organisation that they entered. To anyone else it is not found.
func visit(ctx context.Context, rd store.Reader, o roster.Organisation, actor roster.Actor) (Entry, error) {
	v, err := action.Visiting(ctx, rd, o.ID)
	if err != nil {
		return Entry{}, err
	}
	actor.Kind, actor.Organisation, actor.Writes = roster.ActorOperator, o.ID, v.Writes
	u, err := usage(ctx, rd, o, actor)
	return Entry{Usage: u, Visit: &v}, err
}

// Actor gives who asks as the one that they are in the organisation.
func (e Entry) Actor(a roster.Actor) roster.Actor {
	a.Organisation = e.Organisation.ID
	if e.Visit != nil {
		a.Kind, a.Writes, a.Member = roster.ActorOperator, e.Visit.Writes, ""
		return a
	}
	if a.Kind == roster.ActorPerson {
		a.Kind = roster.ActorMember
	}
	a.Member, a.Name = e.Member.ID, e.Member.Label()
	return a
}

// admitted asks the organisation's policy of a session whose person was last signed out at a moment. It is asked here, where
// a session becomes an actor of the organisation, at every request and for every door. Whoever else comes in has no proofs to
// show.
func admitted(ctx context.Context, rd store.Reader, o roster.Organisation, actor roster.Actor, out, now time.Time) error {
	if actor.Session == "" {
		return nil
	}
	if err := policy.Reach(o, actor); err != nil {
		return err
	}
	asked := policy.Of(o)
	asked.Since = out
	if policy.ByPortal(actor.Proofs) {
		var err error
		if asked.Member, err = action.Portal(ctx, o.ID, actor.Member); err != nil {
			return err
		}
	}
	lacks, has := asked.Lacks(actor.Proofs, now), false
	if lacks == policy.LacksFactor {
		var err error
		if has, err = factordb.Has(ctx, rd, actor.Person); err != nil {
			return err
		}
	}
	return asked.Refuse(lacks, has)
}

// mostOwners is how many Owners are named to someone who needs one.
const mostOwners = 5

// Owners names active Owners of the actor's organisation, a few at most: whoever lacks a permission can
// ask one of them. An external user is told of those alone whom they see. Kind: Denied for who is not active there.
func (r *Room) Owners(ctx context.Context) ([]string, error) {
	return action.Look(ctx, r.gate, act.OrganisationOwners, func(ctx context.Context, rd store.Reader) ([]string, error) {
		actor := roster.ActorFrom(ctx)
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		rows, err := memberdb.Owners(ctx, rd, actor.Organisation, action.Moment(ctx), mostOwners)
		me, _ := snap.Member(actor.Member)
		var names []string
		for _, row := range rows {
			if me.Kind != roster.External || action.Sees(ctx, row.ID) {
				names = append(names, row.Label())
			}
		}
		return names, err
	})
}
