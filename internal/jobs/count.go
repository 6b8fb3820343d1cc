package jobs

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/store/jobdb"
)

// Count is how many attempts at jobs of one kind came to one end since the start: "done" (for a
// letter: the mail server took it), "refused", "given_up", "cancelled", or "waiting" for those that
// are tried again.
type Count struct {
	Kind    string
	Outcome jobdb.State
	N       int64
}

func (r *Runner) add(kind string, outcome jobdb.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[Count{Kind: kind, Outcome: outcome}]++
}

// Counts gives the attempts so far, sorted by kind and outcome.
func (r *Runner) Counts() []Count {
	r.mu.Lock()
	defer r.mu.Unlock()
	order := func(a, b Count) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Outcome, b.Outcome)) }
	all := slices.SortedFunc(maps.Keys(r.counts), order)
	for i, c := range all {
		all[i].N = r.counts[c]
	}
	return all
}

// Waiting tells how many jobs of any kind wait or run, in the whole installation.
func Waiting(ctx context.Context, g *action.Gate) (int, error) {
	return action.Look(system(ctx), g, act.OutboxList, jobdb.Waits)
}
