package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// side is one side of a pair: so many workers do something over and over. An error ends the run.
type side struct {
	workers int
	op      func(ctx context.Context, worker int) error
}

// pair is a thing of ours and its limit.
type pair struct {
	name        string
	ours, limit side
	reach       float64
}

// compare runs both sides in turn, in many short rounds, so that both meet the same weather. It gives the
// medians of the rates, and of the ratio within a round. The first round warms up and does not count.
func (b *bench) compare(ctx context.Context, p pair) (line, error) {
	var ours, limit, ratio []float64
	for round := range b.rounds + 1 {
		a, err := p.ours.rate(ctx, b.round)
		if err != nil {
			return line{}, fmt.Errorf("%s: %w", p.name, err)
		}
		l, err := p.limit.rate(ctx, b.round)
		if err != nil {
			return line{}, fmt.Errorf("%s, the limit: %w", p.name, err)
		}
		if round > 0 {
			ours, limit, ratio = append(ours, a), append(limit, l), append(ratio, a/l)
		}
	}
	return line{name: p.name, ours: median(ours), limit: median(limit), ratio: median(ratio), reach: p.reach}, nil
}

// rate gives how often the side is done in a second.
func (s side) rate(ctx context.Context, length time.Duration) (float64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var done atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for w := range s.workers {
		wg.Go(func() {
			for time.Since(start) < length && ctx.Err() == nil {
				if err := s.op(ctx, w); err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if err := context.Cause(ctx); err != nil {
		return 0, err
	}
	if done.Load() == 0 {
		return 0, errors.New("nothing was done in the time")
	}
	return float64(done.Load()) / took.Seconds(), nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}
