package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"roster/bench/throng"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// few is how many members the small organisation has. A list of many may take mostTimes as long (design page 9).
const (
	few       = 10_000
	mostTimes = 3
)

// readers ask at once.
const readers = 16

// look is one way to look at the team.
type look struct {
	name  string
	query team.Query
	page  int // which page by cursor; the first when 0
}

// looks are the pages that are measured: the first, the thousandth, every order, every filter, and searches.
func looks(unit roster.UnitID) []look {
	yes, no := true, false
	all := []look{
		{name: "first page"},
		{name: "page 1,000 of 10 each", query: team.Query{Limit: 10}, page: 1000},
		{name: "search for three letters", query: team.Query{Text: "ann"}},
		{name: "search for two words", query: team.Query{Text: "ann family0042"}},
		{name: "filter status", query: team.Query{Status: []roster.Status{roster.Blocked}}},
		{name: "filter kind", query: team.Query{Kinds: []roster.MemberKind{roster.API}}},
		{name: "filter verified", query: team.Query{Verified: &no}},
		{name: "filter second factor", query: team.Query{MFA: &yes}},
		{name: "filter role", query: team.Query{Role: "auditor"}},
		{name: "filter has not role", query: team.Query{NotRole: "member"}},
		{name: "filter customer account", query: team.Query{Unit: unit}},
		{name: "filter has not customer account", query: team.Query{NotUnit: unit}},
		{name: "filter removed", query: team.Query{Status: []roster.Status{roster.Removed}}},
		{name: "three filters and a word", query: team.Query{Text: "zoe", Status: []roster.Status{roster.Active}, Kinds: []roster.MemberKind{roster.Regular}, NotUnit: unit}},
	}
	for _, s := range memberdb.Sorts() {
		all = append(all, look{name: "sort " + string(s), query: team.Query{Sort: s}})
	}
	return all
}

// lists compares the pages of a list of a million members with the same of ten thousand, by the time that each
// takes when sixteen ask at once.
func lists(ctx context.Context, b *bench, show func(line)) error {
	return b.eachHouse(ctx, 2, func(h *house) error {
		var unit roster.UnitID
		for i, n := range []int{min(few, b.many), b.many} {
			units, err := throng.Fill(ctx, h.kind, h.url, h.owners[i], n)
			if err != nil {
				return err
			}
			unit = units[3]
		}
		if err := h.again(ctx); err != nil {
			return err
		}
		for _, l := range looks(unit) {
			fmt.Fprintf(os.Stderr, "  %s, %s\n", l.name, h.kind)
			if err := b.times(ctx, h, l, show); err != nil {
				return fmt.Errorf("%s: %w", l.name, err)
			}
		}
		return nil
	})
}

// times measures one page of both organisations, in turns.
func (b *bench) times(ctx context.Context, h *house, l look, show func(line)) error {
	var ops [2]func(context.Context) error
	for i := range ops {
		ctx := roster.WithActor(ctx, h.owners[i])
		q, err := paged(ctx, h, l)
		if err != nil {
			return err
		}
		ops[i] = func(context.Context) error {
			_, err := h.Team.List(ctx, q)
			return err
		}
	}
	return b.turns(ctx, l.name+", "+h.kind, ops, show)
}

// turns measures the same of a small and of a large organisation, in turns.
func (b *bench) turns(ctx context.Context, name string, ops [2]func(context.Context) error, show func(line)) error {
	var took [2][]time.Duration
	for round := range b.rounds + 1 {
		for i, op := range ops {
			all, err := spans(ctx, b.round, op)
			if err != nil {
				return err
			}
			if round > 0 { // the first warms up
				took[i] = append(took[i], all...)
			}
		}
	}
	small, large := took[0], took[1]
	slices.Sort(small)
	slices.Sort(large)
	show(line{name: name, figure: fmt.Sprintf("p50 %s (%.1f ×), p99 %s (%.1f ×), at most %d × wanted",
		millis(at(large, 50)), ratio(at(large, 50), at(small, 50)), millis(at(large, 99)), ratio(at(large, 99), at(small, 99)), mostTimes)})
	return nil
}

// paged gives the query of a look's page: for a later one it goes there by the cursors.
func paged(ctx context.Context, h *house, l look) (team.Query, error) {
	q := l.query
	for range max(l.page-1, 0) {
		p, err := h.Team.List(ctx, q)
		if err != nil {
			return q, err
		}
		q.Cursor = p.Next
	}
	return q, nil
}

// spans gives how long each of many calls took, made by all readers for a while.
func spans(ctx context.Context, length time.Duration, op func(context.Context) error) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	_, err := side{workers: readers, op: func(ctx context.Context, _ int) error {
		begun := time.Now()
		err := op(ctx)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, time.Since(begun))
		return err
	}}.rate(ctx, length)
	return all, err
}

// at gives a percentile of sorted spans.
func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)-1)*percent/100]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
