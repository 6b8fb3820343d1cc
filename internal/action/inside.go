package action

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/authz/giving"
	"roster/internal/roster"
	"roster/internal/store"
)

type insideKey struct{}

// inside is the action under way, with what the gate has found out for it.
type inside struct {
	gate   *Gate
	action act.Action
	actor  roster.Actor
	tx     *store.Tx // nil where the action reads
	at     time.Time
	proved bool // a fresh proof was asked for the series that this is a part of

	visit       roster.OrgID                     // the organisation that the actor, an operator, has entered, once that was asked
	snaps       map[roster.OrgID]*authz.Snapshot // as before the action's change
	authorities map[roster.MemberID]authz.Authority
	set         *roster.Organisation // the actor's, once somebody asked for its settings
}

func insideOf(ctx context.Context) *inside {
	in, _ := ctx.Value(insideKey{}).(*inside)
	return in
}

// begin finds the action and refuses one within another.
func (g *Gate) begin(ctx context.Context, name act.Name) (*inside, context.Context, error) {
	a, ok := g.actions[name]
	if !ok {
		return nil, ctx, unlisted(name)
	}
	if outer := insideOf(ctx); outer != nil {
		return nil, ctx, fmt.Errorf("action %q within action %q", name, outer.action.Name)
	}
	in := &inside{gate: g, action: a, actor: roster.ActorFrom(ctx)}
	return in, context.WithValue(ctx, insideKey{}, in), nil
}

// unlisted is the error of an action that nobody knows.
func unlisted(name act.Name) error { return fmt.Errorf("action %q is not in the list", name) }

var errOutside = errors.New("asked outside an action")

// snapshot gives an organisation's snapshot: inside a transaction as its lock found it, else as of the
// moment it is first asked for in this action.
func (in *inside) snapshot(ctx context.Context, org roster.OrgID) (*authz.Snapshot, error) {
	if snap := in.snaps[org]; snap != nil {
		return snap, nil
	}
	var snap *authz.Snapshot
	var err error
	if in.tx != nil && in.tx.Org() == org {
		snap, err = in.gate.snaps.Within(ctx, in.tx)
	} else {
		snap, err = in.gate.snaps.Now(ctx, org)
	}
	if err != nil {
		return nil, err
	}
	if in.snaps == nil {
		in.snaps = map[roster.OrgID]*authz.Snapshot{}
	}
	in.snaps[org] = snap
	return snap, nil
}

// authority gives what an actor may do in their organisation. Kind: Denied for a member who is not active,
// Unauthenticated for an API user who is not, NotFound for someone who is no member.
func (in *inside) authority(ctx context.Context, actor roster.Actor) (authz.Authority, error) {
	if actor.Root() || actor.Kind == roster.ActorClient || actor.Kind == roster.ActorOperator && (in.action.Who == act.Operators || in.visit == actor.Organisation && in.visit != "") {
		return authz.Root(), nil
	}
	var none authz.Authority
	if actor.Member == "" {
		return none, store.ErrNone("organisation")
	}
	if known, ok := in.authorities[actor.Member]; ok && actor.Organisation == in.actor.Organisation {
		return known, nil
	}
	if actor.Kind == roster.ActorAPIUser && actor.Organisation != in.actor.Organisation { // of the actor's own the gate asks itself
		if err := in.gate.open(ctx, in.gate.db.Reader(), actor.Organisation); err != nil {
			return none, err
		}
	}
	snap, err := in.snapshot(ctx, actor.Organisation)
	if err != nil {
		return none, err
	}
	subject, known := snap.Member(actor.Member)
	switch {
	case actor.Kind == roster.ActorAPIUser && (subject.Status != roster.Active || subject.Over(in.at)):
		return none, roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
	case !known || subject.Status == roster.Removed:
		return none, store.ErrNone("organisation")
	case subject.Status != roster.Active:
		return none, roster.Errorf(roster.Denied, "blocked", "You are blocked in this organisation. Ask one of its administrators.")
	}
	of := giving.Lasting(snap, actor.Member, in.at)
	if actor.Scopes != nil {
		of = of.Narrow(actor.Scopes)
	}
	if actor.Organisation == in.actor.Organisation {
		if in.authorities == nil {
			in.authorities = map[roster.MemberID]authz.Authority{}
		}
		in.authorities[actor.Member] = of
	}
	return of, nil
}

// Snapshot gives what decisions are made from in the actor's organisation: as it was before the action's
// own change. Kind: NotFound.
func Snapshot(ctx context.Context) (*authz.Snapshot, error) {
	in := insideOf(ctx)
	if in == nil {
		return nil, errOutside
	}
	return in.snapshot(ctx, roster.ActorFrom(ctx).Organisation)
}

// Catalogue gives the installation's catalogue as a reader sees it.
func Catalogue(ctx context.Context, r store.Reader) (*authz.Catalogue, error) {
	in := insideOf(ctx)
	if in == nil {
		return nil, errOutside
	}
	return in.gate.snaps.Newest(ctx, r)
}

// Moment gives the moment by which the action decides: the transaction's, or the database's clock as it is
// known without asking.
func Moment(ctx context.Context) time.Time {
	if in := insideOf(ctx); in != nil {
		return in.at
	}
	return time.Time{}
}

// Authority gives what the actor may do in their organisation. Kind: Denied for a member who is not active,
// Unauthenticated for an API user who is not, NotFound for someone who is no member.
func Authority(ctx context.Context) (authz.Authority, error) {
	return AuthorityOf(ctx, roster.ActorFrom(ctx))
}

// AuthorityOf gives what some actor may do in their organisation; the same kinds as Authority.
func AuthorityOf(ctx context.Context, actor roster.Actor) (authz.Authority, error) {
	in := insideOf(ctx)
	if in == nil {
		return authz.Authority{}, errOutside
	}
	return in.authority(ctx, actor)
}

// Sight gives the units at which the actor holds the action's permission: what an action that is open to
// who holds it anywhere may show. nil is the whole organisation.
func Sight(ctx context.Context) ([]roster.UnitID, error) {
	in := insideOf(ctx)
	if in == nil {
		return nil, errOutside
	}
	authority, err := in.authority(ctx, roster.ActorFrom(ctx))
	if err != nil || in.action.Permission == "" || authority.Holds(in.action.Permission, "") {
		return nil, err
	}
	return authority.Places(in.action.Permission), nil
}

// Still runs fn, within an action that reads, with a reader for which everything stands as it was at one moment.
func Still(ctx context.Context, fn func(context.Context, store.Reader) error) error {
	in := insideOf(ctx)
	if in == nil {
		return errOutside
	}
	return in.gate.db.Snapshot(ctx, fn)
}
