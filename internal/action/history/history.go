// Package history is the room in which the history is read and proved, and its checkpoints are signed. Lines are
// written by the gate.
package history

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bell"
	"roster/internal/chain"
	"roster/internal/chain/checkpoint"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
)

// Room holds the use cases of the history.
type Room struct {
	gate   *action.Gate
	signer *checkpoint.Signer
}

// New makes the room. The installation's key, or what is derived from it, signs checkpoints: 32 bytes.
func New(g *action.Gate, seed []byte) (*Room, error) {
	signer, err := checkpoint.NewSigner(seed)
	return &Room{g, signer}, err
}

// Query is what a list of lines asks for: the newest first, before a position; or, Forward, the oldest
// first, after one.
type Query struct {
	Member  roster.MemberID // whom it was done to; List takes an e-mail address or a client ID too
	Actor   string          // who did it: a member's ID, e-mail address or client ID, or an actor's ID as lines name it
	Action  string
	From    time.Time
	To      time.Time
	After   int64
	Forward bool
	Limit   int // 1 to 200; 50 when 0
}

// Page is one page of the history.
type Page struct {
	Events  []roster.Event
	Next    int64 // the position to go on from; 0 on the last page
	Reached int64 // Forward: the position up to which the page tells of every line that it was asked for

	Actor, Member roster.Ref // whom the query named, as far as they are members
}

// List gives a page of the organisation's history; what it holds of persons is for the operator. Kinds: Invalid, Denied, NotFound for
// somebody who neither is nor was of this organisation.
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.HistoryList, func(ctx context.Context, rd store.Reader) (Page, error) {
		by, of, err := q.settle(ctx, rd)
		if err != nil {
			return Page{}, err
		}
		p, err := list(ctx, rd, q)
		p.Actor, p.Member = by, of
		return p, err
	})
}

// OfMember is List for the lines about q.Member, whose place decides who may read them: of an external user
// also who may read the history of their customer account alone.
func (r *Room) OfMember(ctx context.Context, q Query) (Page, error) {
	return action.LookAt(ctx, r.gate, act.MemberHistory, roster.RefMember(q.Member, ""), func(ctx context.Context, rd store.Reader) (Page, error) {
		by, err := q.doer(ctx, rd)
		if err != nil {
			return Page{}, err
		}
		p, err := list(ctx, rd, q)
		if len(p.Events) > 0 || action.Sees(ctx, roster.MemberID(by.Value.ID)) { // else an address would tell whose it is
			p.Actor = by.Value
		}
		return p, err
	})
}

// OfInstallation is List for the installation's own history: persons, operators, catalogue, plans, and organisations as
// such. For operators.
func (r *Room) OfInstallation(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.InstallationHistory, func(ctx context.Context, rd store.Reader) (Page, error) {
		return page(ctx, rd, roster.Installation, q)
	})
}

func list(ctx context.Context, rd store.Reader, q Query) (Page, error) {
	actor := roster.ActorFrom(ctx)
	p, err := page(ctx, rd, actor.Organisation, q)
	if !actor.Root() {
		for i := range p.Events {
			p.Events[i] = record.Impersonal(p.Events[i])
		}
	}
	return p, err
}

func page(ctx context.Context, rd store.Reader, org roster.OrgID, q Query) (Page, error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	if err := inBounds(q.Limit); err != nil {
		return Page{}, err
	}
	at, err := store.Newest(ctx, rd, org)
	if err != nil {
		return Page{}, err
	}
	events, err := eventdb.List(ctx, rd, eventdb.Filter{
		Org: org, Actor: q.Actor, Target: string(q.Member), Action: q.Action, From: q.From, To: q.To,
		After: q.After, Forward: q.Forward, Limit: q.Limit + 1,
	})
	p := Page{Events: events, Reached: at.Seq}
	if len(events) > q.Limit {
		p.Events = events[:q.Limit]
		p.Next = p.Events[q.Limit-1].Seq
		p.Reached = p.Next
	} else if n := len(events); n > 0 {
		p.Reached = max(p.Reached, events[n-1].Seq) // it came after the position was asked for
	}
	return p, err
}

// mostLines is how many lines a page has at most.
const mostLines = 200

func inBounds(limit int) error {
	if limit < 1 || limit > mostLines {
		return roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
	}
	return nil
}

// Newest gives the position of the newest line, for who goes on reading List: it asks the same right, and mostly costs no
// statement.
func (r *Room) Newest(ctx context.Context) (int64, error) {
	return action.Look(ctx, r.gate, act.HistoryList, func(ctx context.Context, rd store.Reader) (int64, error) {
		return newest(ctx, rd)
	})
}

// NewestOf is Newest for who goes on reading OfMember.
func (r *Room) NewestOf(ctx context.Context, id roster.MemberID) (int64, error) {
	return action.LookAt(ctx, r.gate, act.MemberHistory, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (int64, error) {
		return newest(ctx, rd)
	})
}

func newest(ctx context.Context, rd store.Reader) (int64, error) {
	at, err := store.Newest(ctx, rd, roster.ActorFrom(ctx).Organisation)
	return at.Seq, err
}

// Listen gives an ear for the actor's organisation: it hears of every new line, and of what may end the actor's right to
// read it. Sessions and product clients end in the installation's history.
func (r *Room) Listen(ctx context.Context) *bell.Ear {
	actor := roster.ActorFrom(ctx)
	if actor.Kind == roster.ActorAPIUser {
		return r.gate.Listen(actor.Organisation)
	}
	return r.gate.Listen(actor.Organisation, roster.Installation)
}

// Proof is what walking a history found.
type Proof struct {
	Organisation roster.OrgID
	Lines        int64
	Faults       []chain.Fault
}

// Proving is what a proof holds a history against beside itself.
type Proving struct {
	Marks []chain.Mark // from checkpoints that somebody kept
	Kept  bool         // the checkpoints in the database too: the room has the key of the server that signed them
}

// Verify walks the actor's organisation's history from its beginning. For the operator.
func (r *Room) Verify(ctx context.Context, p Proving) (Proof, error) {
	return action.Look(ctx, r.gate, act.HistoryVerify, func(ctx context.Context, rd store.Reader) (Proof, error) {
		org := roster.ActorFrom(ctx).Organisation
		w := chain.NewWalk(org)
		if org == roster.Installation {
			older, err := eventdb.ErasedBefore(ctx, rd)
			if err != nil {
				return Proof{}, err
			}
			if older {
				w.Older()
			}
		}
		if err := r.expect(ctx, rd, org, w, p); err != nil {
			return Proof{}, err
		}
		err := store.Verify(ctx, rd, org, w)
		return Proof{org, w.Lines, w.Faults}, err
	})
}
