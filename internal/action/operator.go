package action

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/operatordb"
)

// operates is the one place that decides who is an operator, asked anew for each action: whoever has the mark, in a
// session of their own with a password and a second factor. Kind: Denied (forbidden, factor_setup_required,
// factor_required, method_required).
func (in *inside) operates(ctx context.Context, r store.Reader) error {
	actor := in.actor
	if !actor.SignedIn() || actor.Person == "" || actor.Session == "" {
		return operatorsOnly()
	}
	if is, err := in.marked(ctx, r); err != nil {
		return err
	} else if !is {
		return operatorsOnly()
	}
	asked := policy.OfOperators()
	has, err := factordb.Has(ctx, r, actor.Person)
	if err != nil {
		return err
	}
	lacks := asked.Lacks(actor.Proofs, in.at)
	if !has && lacks == policy.LacksNothing { // the factor that was proved is gone
		lacks = policy.LacksFactor
	}
	return asked.Refuse(lacks, has)
}

// marked asks for the mark; in a transaction so that it stands until the end.
func (in *inside) marked(ctx context.Context, r store.Reader) (bool, error) {
	if in.tx != nil {
		return operatordb.Held(ctx, in.tx, in.actor.Person)
	}
	return operatordb.Is(ctx, r, in.actor.Person)
}

func operatorsOnly() error {
	return roster.Errorf(roster.Denied, "forbidden", "Only the operator can do this.")
}

// visiting finds the visit by which the actor, an operator, is in an organisation; it is asked anew for each action. Who
// is no operator, or has not entered, finds nothing there.
func (in *inside) visiting(ctx context.Context, r store.Reader, org roster.OrgID) (roster.Visit, error) {
	if err := in.operates(ctx, r); err != nil {
		if roster.Is(err, "forbidden") {
			err = store.ErrNone("organisation")
		}
		return roster.Visit{}, err
	}
	found, err := operatordb.Visiting(ctx, r, org, in.actor.Person, in.actor.Session, in.at)
	if err != nil {
		return found.Value, err
	}
	v, err := found.Or("organisation")
	if err != nil {
		return v, err
	}
	until, err := in.operatorsUntil(ctx, r, org)
	in.visit, v.Writes = org, in.at.Before(until)
	return v, err
}

// operatorsUntil gives until when operators may write in an organisation. What a transaction sees of the one that it has
// locked is not kept for others: it may be taken back.
func (in *inside) operatorsUntil(ctx context.Context, r store.Reader, org roster.OrgID) (time.Time, error) {
	if in.tx != nil && in.tx.Org() == org {
		return in.tx.Organisation().OperatorsUntil, nil
	}
	o, err := in.gate.orgs.One(ctx, r, org)
	return o.Value.OperatorsUntil, err
}

// Visiting gives the visit by which the actor is in an organisation as an operator. Kind: NotFound.
func Visiting(ctx context.Context, r store.Reader, org roster.OrgID) (roster.Visit, error) {
	in := insideOf(ctx)
	if in == nil {
		return roster.Visit{}, errOutside
	}
	return in.visiting(ctx, r, org)
}

// open asks, of whoever would come in to an organisation, whether it is suspended.
func (in *inside) open(ctx context.Context, r store.Reader) error {
	actor := in.actor
	switch {
	case actor.Root() || in.action.Global || in.action.Who == act.Operators:
		return nil
	case in.tx == nil:
		return in.gate.open(ctx, r, actor.Organisation)
	case in.tx.Org() == roster.Installation:
		return nil
	}
	return in.tx.Organisation().Open()
}

// open is nil where an organisation is not suspended, and where there is none. While nothing changes in it, that costs
// no statement.
func (g *Gate) open(ctx context.Context, r store.Reader, org roster.OrgID) error {
	if org == "" || org == roster.Installation {
		return nil
	}
	found, err := g.orgs.One(ctx, r, org)
	if err != nil || !found.OK {
		return err
	}
	return found.Value.Open()
}
