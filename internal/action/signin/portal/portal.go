// Package portal is the room of the host product's links: asked for by its own program for a member who is signed in there,
// and followed into the dashboard (decision 061). Whom an organisation lets come in so is a setting of another room.
package portal

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/portaldb"
)

// How long a link is good, and how long what it begins lasts at most.
const (
	Within = 2 * time.Minute
	Lasts  = 8 * time.Hour
)

// MaxMember bounds how a member is named.
const MaxMember = roster.MaxEmail

// Pages are where a link can lead, by name. The first is where it does when nothing is said.
func Pages() []string {
	return []string{"home", "team", "api_users", "units", "roles", "history", "settings", "profile"}
}

// Room holds the use cases.
type Room struct {
	gate *action.Gate
	set  signin.Settings
}

// New makes the room.
func New(g *action.Gate, s signin.Settings) *Room { return &Room{g, s} }

// Asked is what a product client asks for.
type Asked struct {
	Member string // an ID, an e-mail address or an external ID, in this order
	Page   string // among Pages; empty for the first
}

// Made is a link. Its secret is given this once; its hash is kept.
type Made struct {
	Member roster.Member
	Secret string
	Until  time.Time
}

// Create makes a link by which the actor, a product client, brings a member of its organisation in. Kinds: NotFound, Invalid
// (page_unknown, field_required), Denied (portal_closed, portal_beyond, forbidden), Conflict (no_password, removed,
// member_blocked, not_accepted).
func (r *Room) Create(ctx context.Context, in Asked) (Made, error) {
	key := secret.New(act.PortalPrefix)
	return action.Do(ctx, r.gate, act.PortalCreate, roster.Ref{Kind: "member"}, func(ctx context.Context, tx *store.Tx) (Made, error) {
		actor := roster.ActorFrom(ctx)
		if actor.Client == "" { // the command line has no product to come back to
			return Made{}, roster.Errorf(roster.Denied, "forbidden", "Only the host product's own programs ask for such a link.")
		}
		page, err := in.page()
		if err != nil {
			return Made{}, err
		}
		m, err := called(ctx, tx, tx.Org(), in.Member)
		if err == nil {
			err = standing(ctx, tx.Organisation(), m)
		}
		if err != nil {
			return Made{}, err
		}
		l := portaldb.Link{Org: tx.Org(), ID: roster.NewID("ptl_"), Member: m.ID, Client: actor.Client, Page: page, Until: tx.At().Add(Within)}
		return Made{Member: m, Secret: key, Until: l.Until}, portaldb.Insert(ctx, tx, m.Ref(), l, secret.Hash(key), Lasts)
	})
}

func (in Asked) page() (string, error) {
	switch {
	case in.Page == "":
		return Pages()[0], nil
	case slices.Contains(Pages(), in.Page):
		return in.Page, nil
	}
	return "", roster.Errorf(roster.Invalid, "page_unknown", "A link leads to one of these pages: %s.", strings.Join(Pages(), ", ")).On("page")
}

// called finds whom the host product means, by the names by which it asks for decisions about them. Kind: NotFound, Invalid.
func called(ctx context.Context, rd store.Reader, org roster.OrgID, name string) (roster.Member, error) {
	name, err := roster.CleanText(name, MaxMember)
	if err == nil && name == "" {
		err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
	}
	if err != nil {
		return roster.Member{}, roster.AsError(err).On("member")
	}
	found, err := memberdb.Called(ctx, rd, org, name)
	if err == nil && !found.OK {
		found, err = memberdb.ByExternalID(ctx, rd, org, name)
	}
	if err != nil {
		return found.Value, err
	}
	return found.Or("member")
}

// standing tells why no link brings a member in, if none does: it is asked when one is made, and when it is used.
func standing(ctx context.Context, o roster.Organisation, m roster.Member) error {
	if m.Kind == roster.API {
		return roster.Errorf(roster.Conflict, "no_password", "%s is an API user, and no API user signs in.", m.Label())
	}
	if err := policy.Settled(m); err != nil {
		return err
	}
	asks, err := action.Portal(ctx, o.ID, m.ID)
	if err != nil {
		return err
	}
	return policy.Portal(o.Portal).Refuse(o, m.Label(), asks)
}
