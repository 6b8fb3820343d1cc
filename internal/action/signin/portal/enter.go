package portal

import (
	"cmp"
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/portaldb"
	"roster/internal/store/sessiondb"
)

// Landing is what the page behind a link shows, before anything comes of it.
type Landing struct {
	Link         portaldb.Link
	Organisation roster.Organisation
	Member       roster.Member
}

// over is the answer to a link that brings nobody in any more, or never did.
func over() error {
	return roster.Errorf(roster.Denied, "portal_link_over", "This link works once, for two minutes, and is over. Go back to where you came from and open it from there again.")
}

// Landing shows where a link leads, and for whom. It uses nothing up. Kinds: Denied (portal_link_over, portal_closed,
// portal_beyond, blocked, address_not_allowed, organisation_suspended).
func (r *Room) Landing(ctx context.Context, org roster.OrgID, key string) (Landing, error) {
	return action.Look(ctx, r.gate, act.PortalLink, func(ctx context.Context, rd store.Reader) (Landing, error) {
		o, err := orgdb.ByName(ctx, rd, string(org))
		if err != nil || !o.OK {
			return Landing{}, cmp.Or(err, over())
		}
		return landing(ctx, rd, o.Value, key, action.Moment(ctx))
	})
}

func landing(ctx context.Context, rd store.Reader, o roster.Organisation, key string, at time.Time) (Landing, error) {
	l, err := portaldb.ByHash(ctx, rd, o.ID, secret.Hash(key))
	if err != nil || !l.OK || l.Value.Product == "" || !l.Value.UsedAt.IsZero() || !at.Before(l.Value.Until) {
		return Landing{}, cmp.Or(err, over())
	}
	m, err := memberdb.ByID(ctx, rd, o.ID, l.Value.Member)
	if err == nil {
		err = o.Open()
	}
	if err == nil {
		err = policy.Reach(o, roster.ActorFrom(ctx))
	}
	if err == nil {
		err = toThem(standing(ctx, o, m.Value))
	}
	return Landing{l.Value, o, m.Value}, err
}

// toThem says to a member what standing says of them to the product.
func toThem(err error) error {
	switch {
	case err == nil || roster.AsError(err).Kind != roster.Conflict:
		return err
	case roster.Is(err, "member_blocked"):
		return roster.Errorf(roster.Denied, "blocked", "You are blocked in this organisation. Ask one of its administrators.")
	}
	return over()
}

// Entered is what came of a link. Nothing stands in Secret where the browser's session was the same person's, and enough.
type Entered struct {
	Landing
	signin.Signed
}

// Enter uses a link up and begins the member's session, for this organisation alone. It counts as a way of signing in there,
// and as no second factor and no fresh proof. shown is the ID of the link whose page the button stood on: another may have
// come in between. Kinds: as Landing; Conflict (changed_meanwhile) for another link.
func (r *Room) Enter(ctx context.Context, org roster.OrgID, key, shown, agent string) (Entered, error) {
	l, err := r.Landing(ctx, org, key)
	if err == nil && l.Link.ID != shown {
		err = store.ErrStale()
	}
	if err != nil {
		return Entered{}, err
	}
	was, m := roster.ActorFrom(ctx), l.Member
	actor := was
	actor.Kind, actor.Organisation, actor.Member, actor.Person, actor.Name = roster.ActorMember, org, m.ID, m.Person, m.Label()
	return action.Do(roster.WithActor(ctx, actor), r.gate, act.PortalEnter, m.Ref(), func(ctx context.Context, tx *store.Tx) (Entered, error) {
		in := Entered{}
		var err error
		if in.Landing, err = landing(ctx, tx, tx.Organisation(), key, tx.At()); err != nil {
			return in, err
		}
		client, err := clientdb.Hold(ctx, tx, in.Link.Client)
		if err != nil || !client.OK {
			return in, cmp.Or(err, over())
		}
		if _, err := persondb.Lock(ctx, tx, in.Member.Person); err != nil {
			return in, err
		}
		if was.Session != "" && was.Person == in.Member.Person && in.enough(was.Proofs, tx.At()) {
			return in, portaldb.Use(ctx, tx, in.Member.Ref(), in.Link, "")
		}
		in.Signed, err = r.begin(ctx, tx, in, was, agent)
		return in, err
	})
}

// enough tells whether what a session has proved already brings its person in, but for a second factor.
func (in Entered) enough(proofs []roster.Proof, now time.Time) bool {
	asked := policy.Of(in.Organisation)
	asked.Since = in.Member.SignedOutAt
	lacks := asked.Lacks(proofs, now)
	return lacks == policy.LacksNothing || lacks == policy.LacksFactor
}

// begin begins the session. One of the same person's that was not enough here goes on with this proof beside its own, and a
// new secret. Neither is in the organisation's line: what is known of a session elsewhere would tell that somebody is there.
func (r *Room) begin(ctx context.Context, tx *store.Tx, in Entered, was roster.Actor, agent string) (signin.Signed, error) {
	s := roster.Session{
		ID: roster.NewID("ses_"), Person: in.Member.Person, Agent: signin.AgentName(agent), IP: was.IP, CreatedAt: tx.At(), SeenAt: tx.At(), ExpiresAt: tx.At().Add(min(r.set.Lifetime, Lasts)),
		Proofs: []roster.Proof{{Method: roster.ProofPortal, Connection: in.Link.Client, Through: in.Link.Product, Organisation: in.Organisation.ID, At: tx.At()}},
	}
	begun := signin.Signed{Session: s, Secret: secret.New(act.SessionPrefix)}
	if was.Session != "" && was.Person == s.Person {
		old, err := sessiondb.ByID(ctx, tx, was.Person, was.Session)
		if err != nil {
			return begun, err
		}
		if old.OK {
			begun.Session = old.Value
			begun.Session.Proofs = roster.Proved(old.Value.Proofs, s.Proofs[0])
			if s.ExpiresAt.Before(old.Value.ExpiresAt) {
				begun.Session.ExpiresAt = s.ExpiresAt
			}
		}
	}
	if err := portaldb.Use(ctx, tx, in.Member.Ref(), in.Link, begun.Session.ID); err != nil {
		return begun, err
	}
	return begun, sessiondb.Bring(ctx, tx, begun.Session, secret.Hash(begun.Secret))
}
