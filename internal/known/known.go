// Package known keeps how far histories had got when this process last heard of them, and whether that may be believed.
// It asks nobody.
package known

import (
	"sync"
	"time"

	"roster/internal/roster"
)

// Point is how far something has got: the history of an organisation or of the installation, or the catalogue.
type Point struct {
	Of  roster.OrgID
	Seq int64
}

// Points are the newest ones this process knows of. They are believed by a mark, which says from when on they were
// asked for: a server's lease has one, and where the database itself counts commits, its count is another.
type Points struct {
	mu     sync.RWMutex
	mark   int64 // what is kept was asked for after it
	of     map[roster.OrgID]int64
	until  time.Time // the lease's end, by this machine's clocks
	unsure time.Time // until then a commit may still land of which nobody heard
}

// New makes some that know nothing, and no lease.
func New() *Points { return &Points{of: map[roster.OrgID]int64{}} }

// Lease gives the mark of a server that holds its lease, and a negative one otherwise.
func (p *Points) Lease() int64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if !p.live() {
		return -1
	}
	return p.mark
}

// live tells whether the lease lasts and nothing is in doubt. Both clocks must say so: the one that never steps
// stands still while a machine sleeps.
func (p *Points) live() bool {
	now := time.Now()
	return now.Before(p.until) && now.Round(0).Before(p.until.Round(0)) && now.After(p.unsure)
}

// Extend tells until when the lease lasts. What was remembered before it had run out is forgotten.
func (p *Points) Extend(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live() {
		p.forget(p.mark + 1)
	}
	p.until = until
}

// Doubt forgets everything, and remembers nothing until a moment.
func (p *Points) Doubt(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(p.mark + 1)
	p.unsure = until
}

func (p *Points) forget(mark int64) {
	p.mark = mark
	p.of = map[roster.OrgID]int64{}
}

// Both gives how far two have got, if both are remembered from after a mark.
func (p *Points) Both(mark int64, one, other roster.OrgID) (first, second int64, known bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if mark != p.mark {
		return 0, 0, false
	}
	first, known = p.of[one]
	second, too := p.of[other]
	return first, second, known && too
}

// Keep remembers what was asked for after a mark.
func (p *Points) Keep(mark int64, all ...Point) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if mark > p.mark {
		p.forget(mark) // the file's count has moved
	}
	if mark == p.mark {
		p.raise(all)
	}
}

// Raise takes note of what was committed. That of which nobody has asked is kept too: who is asking just now may have
// begun before the commit.
func (p *Points) Raise(all []Point) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raise(all)
}

func (p *Points) raise(all []Point) {
	for _, v := range all {
		p.of[v.Of] = max(p.of[v.Of], v.Seq)
	}
}
