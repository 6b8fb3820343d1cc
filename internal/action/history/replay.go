package history

import (
	"context"
	"errors"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/replay"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
	"roster/internal/store/replaydb"
)

// mostThings bounds what is kept in memory of an organisation at once: members, grants, roles and their items, customer
// accounts, about 1 KB each. A larger organisation is rebuilt in parts, each from the whole history.
const mostThings = 50_000

// Replayed is what became of rebuilding an organisation from its history.
type Replayed struct {
	Organisation roster.OrgID
	Lines        int64
	Rows         map[string]int // how many there are by the history, by what they are
	Drifts       []replay.Drift // where the tables say otherwise; at most a hundred of a part
	Count        int            // of all drifts
}

// Replay rebuilds the members, grants, roles and customer accounts of the actor's organisation from its history, and
// holds the tables against them, all as of one moment. For the operator.
func (r *Room) Replay(ctx context.Context) (Replayed, error) {
	return action.Look(ctx, r.gate, act.HistoryReplay, func(ctx context.Context, _ store.Reader) (Replayed, error) {
		var all Replayed
		err := action.Still(ctx, func(ctx context.Context, rd store.Reader) (err error) {
			all, err = InParts(ctx, rd, roster.ActorFrom(ctx).Organisation, mostThings)
			return err
		})
		return all, err
	})
}

// mostParts is how many parts there are before each may be larger: somebody may hold more than a part does.
const mostParts = 1024

// InParts replays an organisation's history in as many parts as it takes so that each holds at most so many things, or what
// a single one needs. rd reads everything as of one moment.
func InParts(ctx context.Context, rd store.Reader, org roster.OrgID, most int) (Replayed, error) {
	for parts := 1; ; parts *= 2 {
		if parts > mostParts {
			parts, most = mostParts, 2*most
		}
		all := Replayed{Organisation: org, Rows: map[string]int{}}
		var err error
		for part := 0; part < parts && err == nil; part++ {
			err = all.add(ctx, rd, replay.New(part, parts, most))
		}
		if !errors.Is(err, replay.ErrMore) {
			return all, err
		}
	}
}

// add adds what a part finds.
func (all *Replayed) add(ctx context.Context, rd store.Reader, p *replay.Replay) error {
	if err := lines(ctx, rd, all.Organisation, p); err != nil {
		return err
	}
	p.Begin()
	for _, t := range replay.Tables() {
		if err := replaydb.Each(ctx, rd, all.Organisation, t, p.Hold); err != nil {
			return err
		}
	}
	drifts, count := p.End()
	all.Lines, all.Drifts, all.Count = p.Lines, append(all.Drifts, drifts...), all.Count+count
	for what, n := range p.Count() {
		all.Rows[what] += n
	}
	return nil
}

// lines adds every line. It goes on by position, which is no number of lines where one was deleted by hand.
func lines(ctx context.Context, rd store.Reader, org roster.OrgID, p *replay.Replay) error {
	for after := int64(0); ; {
		batch, err := eventdb.List(ctx, rd, eventdb.Filter{Org: org, After: after, Forward: true, Limit: 500})
		if err != nil {
			return err
		}
		for _, e := range batch {
			if err := p.Add(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(batch) < 500 {
			return nil
		}
	}
}
