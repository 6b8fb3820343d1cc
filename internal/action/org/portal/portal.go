// Package portal is the room of the setting by which an organisation lets the host product bring its people in (decision
// 061). Asking for such links, and coming in by one, is the room's of signing in.
package portal

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/portaldb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Setting is whom the host product's links bring in, and which programs of the product can ask for one.
type Setting struct {
	OpenTo   policy.Portal
	Products []string // what they are called
}

// Show gives the organisation's setting. Kind: Denied.
func (r *Room) Show(ctx context.Context) (Setting, error) {
	return action.Look(ctx, r.gate, act.PortalShow, func(ctx context.Context, rd store.Reader) (Setting, error) {
		o, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
		if err != nil {
			return Setting{}, err
		}
		return setting(ctx, rd, o.Value)
	})
}

func setting(ctx context.Context, rd store.Reader, o roster.Organisation) (Setting, error) {
	s := Setting{OpenTo: policy.Portal(o.Portal)}
	names, err := clientdb.Holding(ctx, rd, act.ClientPortal)
	s.Products = names
	return s, err
}

// Set changes it. Whoever can switch login methods can close it; to open it further takes all that an Owner may do, since
// whoever has the product's secret could then act as anybody whom it is open to. Owners are told of that by letter. Where it
// closes, what links began ends, and links that nobody used. Kinds: Invalid (portal_invalid), Denied (forbidden, people_only,
// confirmation_required).
func (r *Room) Set(ctx context.Context, to policy.Portal) (Setting, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.PortalSet, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (Setting, error) {
		if err := to.Check(); err != nil {
			return Setting{}, err
		}
		was := tx.Organisation()
		now, before := was, policy.Portal(was.Portal)
		now.Portal = string(to)
		now, err := orgdb.Update(ctx, tx, was, now)
		switch {
		case err != nil:
		case !before.Covers(to) && to != policy.PortalOff:
			if err = action.AsOwner(ctx); err == nil {
				err = org.Tell(ctx, tx, jobdb.PortalLetter, jobdb.Portal{Who: actor.Name, OpenTo: string(to)})
			}
		case before != to:
			err = portaldb.Close(ctx, tx)
		}
		if err != nil {
			return Setting{}, err
		}
		return setting(ctx, tx, now)
	})
}
