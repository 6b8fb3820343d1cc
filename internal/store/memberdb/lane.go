package memberdb

import "roster/internal/query"

// head is how many bytes of a word the order by name is kept for.
const head = 3

// fewInLane is how many members a condition with a lane may choose so that they are looked up: reading a page off the
// lane costs less than looking up more.
const fewInLane = 1000

// lane is a table in which those who fulfil a condition stand in the order by name, so that a page of many of them is
// read off it: its rows are l, with sort_name and member_id. Somebody may stand there more than once.
type lane struct {
	table  string
	chosen func(*query.Conditions) string // the condition on l
	whole  bool                           // whoever stands there fulfils the condition; else they must be asked
	word   int                            // how long the word is that finds them; 0 for none
}

// most is how many members the condition may choose so that they are looked up in the filter's order.
func (c condition) most(f Filter) int {
	if c.lane != nil && f.Sort.byName() {
		return fewInLane
	}
	return few
}

// along gives the condition along whose lane the order is walked, where all choose too many to be looked up: the longest
// word's, which finds the fewest as a rule; -1 for none.
func (p plan) along() int {
	best := -1
	if p.first >= 0 || !p.f.Sort.byName() {
		return best
	}
	for i, c := range p.all {
		if c.lane != nil && (best < 0 || c.lane.word > p.all[best].lane.word) {
			best = i
		}
	}
	return best
}
