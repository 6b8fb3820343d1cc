// Package fleet is the room in which operators look after organisations as such: they find one, look at its plan and
// use, and stop everything in it for a while. What is inside an organisation is none of its business.
package fleet

import (
	"context"
	"fmt"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/orgdb"
	"roster/internal/store/plandb"
	"roster/internal/store/roledb"
)

// Room holds the use cases.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room. Cursors seal where a list goes on.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// Query chooses organisations.
type Query struct {
	Text      string // stands in the name or the slug, whatever its case and accents, or is the ID
	Suspended bool   // those that are suspended or closed alone
	Cursor    string
	Limit     int // 1 to 200; 50 when 0
}

// Page is one page of organisations.
type Page struct {
	Organisations []roster.Organisation
	Next          string // the cursor of the next page; empty on the last one
	Total         int    // on all pages
	More          bool   // there are more than Total
}

// Search gives a page of the organisations, by slug. Kind: Invalid (limit_invalid, cursor_invalid).
func (r *Room) Search(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.OrganisationList, func(ctx context.Context, rd store.Reader) (Page, error) {
		if q.Limit == 0 {
			q.Limit = 50
		}
		if q.Limit < 1 || q.Limit > 200 {
			return Page{}, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
		}
		f := orgdb.Filter{Text: q.Text, Suspended: q.Suspended, Limit: q.Limit + 1}
		if q.Cursor != "" {
			if err := r.cursors.Decode(bound(q), q.Cursor, &f.After); err != nil {
				return Page{}, err
			}
		}
		found, err := orgdb.Search(ctx, rd, f)
		p := Page{Organisations: found.Organisations, Total: found.Total, More: found.More}
		if err != nil || len(p.Organisations) <= q.Limit {
			return p, err
		}
		p.Organisations = p.Organisations[:q.Limit]
		p.Next, err = r.cursors.Encode(bound(q), p.Organisations[q.Limit-1].Slug)
		return p, err
	})
}

// bound is what a cursor is good for: the same question.
func bound(q Query) string { return fmt.Sprintf("organisations\n%s\n%t", q.Text, q.Suspended) }

// Inspection is what an operator sees of one organisation.
type Inspection struct {
	Organisation roster.Organisation
	Plan         roster.Plan
	Plans        []roster.Plan // all there are
	WhatIf       *roster.Fit   // what another plan would be to it; nil where none was named
	Owned        bool          // whether it has an Owner who can sign in
}

// Inspect gives the organisation in which the actor acts, and what a plan would be to it, where one is named. Kinds:
// NotFound, Invalid (plan_unknown).
func (r *Room) Inspect(ctx context.Context, whatIf string) (Inspection, error) {
	return action.Look(ctx, r.gate, act.OrganisationInspect, func(ctx context.Context, rd store.Reader) (Inspection, error) {
		found, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
		if err != nil {
			return Inspection{}, err
		}
		o, err := found.Or("organisation")
		if err != nil {
			return Inspection{}, err
		}
		return inspect(ctx, rd, o, whatIf)
	})
}

func inspect(ctx context.Context, rd store.Reader, o roster.Organisation, whatIf string) (Inspection, error) {
	in := Inspection{Organisation: o}
	var err error
	if in.Plans, err = plandb.All(ctx, rd); err != nil {
		return in, err
	}
	for _, p := range in.Plans {
		if p.Key == o.Plan {
			in.Plan = p
		}
		if p.Key == whatIf {
			fit := p.Fit(o.People, o.APIUsers)
			in.WhatIf = &fit
		}
	}
	if whatIf != "" && in.WhatIf == nil {
		return in, roster.AsError(roster.PlanUnknown(whatIf, in.Plans)).On("what_if")
	}
	in.Owned, err = roledb.HasOwner(ctx, rd, o.ID)
	return in, err
}

// Suspend stops everything in the actor's organisation: nobody comes in, no token is worth anything, nothing is decided.
// Nothing is lost by it. Kind: Conflict (already_suspended).
func (r *Room) Suspend(ctx context.Context) (Inspection, error) {
	return r.change(ctx, act.OrganisationSuspend, func(o roster.Organisation, at time.Time) (roster.Organisation, error) {
		if !o.SuspendedAt.IsZero() {
			return o, roster.Errorf(roster.Conflict, "already_suspended", "%s is suspended already.", o.Name)
		}
		o.SuspendedAt = at
		return o, nil
	})
}

// Resume lets people and programs come in again, as before. Kind: Conflict (not_suspended).
func (r *Room) Resume(ctx context.Context) (Inspection, error) {
	return r.change(ctx, act.OrganisationResume, func(o roster.Organisation, _ time.Time) (roster.Organisation, error) {
		if o.SuspendedAt.IsZero() {
			return o, roster.Errorf(roster.Conflict, "not_suspended", "%s is not suspended.", o.Name)
		}
		o.SuspendedAt = time.Time{}
		return o, nil
	})
}

// change keeps the actor's organisation as a rule makes it.
func (r *Room) change(ctx context.Context, does act.Name, rule func(roster.Organisation, time.Time) (roster.Organisation, error)) (Inspection, error) {
	on := roster.RefOrganisation(roster.ActorFrom(ctx).Organisation, "")
	return action.Do(ctx, r.gate, does, on, func(ctx context.Context, tx *store.Tx) (Inspection, error) {
		now, err := rule(tx.Organisation(), tx.At())
		if err != nil {
			return Inspection{}, err
		}
		if now, err = orgdb.Update(ctx, tx, tx.Organisation(), now); err != nil {
			return Inspection{}, err
		}
		return inspect(ctx, tx, now, "")
	})
}
