package chain

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"roster/internal/roster"
)

// Fault is what is wrong with a history.
type Fault struct {
	Organisation roster.OrgID
	Seq          int64
	What         string
}

// Mark is what a history was at a moment: so long, with such a hash at its end.
type Mark struct {
	Organisation roster.OrgID
	Seq          int64
	Hash         string
	At           time.Time
}

// mostFaults is how many faults of one history are told.
const mostFaults = 10

// Walk is a history as far as it was looked at, from its beginning. Lines are added in the order in which they
// stand; then Seq and Head tell where it ended, and Faults what is wrong: lines that were altered, dropped, inserted or
// moved, texts that are gone by no erasure, and marks that it does not fit. At most ten faults are kept.
type Walk struct {
	Seq    int64
	Head   string
	Lines  int64
	Faults []Fault

	org   roster.OrgID
	marks map[int64]Mark

	gone, told int     // texts that are gone, and of how many erasures tell
	lost       []Fault // texts that are gone where no erasure deletes any
	older      bool    // an earlier Roster erased, of which no line tells how many texts and where
}

// NewWalk begins the walk of an organisation's history, or the installation's.
func NewWalk(org roster.OrgID) *Walk { return &Walk{org: org, marks: map[int64]Mark{}} }

// Expect has the lines from here on held against marks. Those of other histories do not count.
func (w *Walk) Expect(marks ...Mark) {
	for _, m := range marks {
		if m.Organisation != w.org {
			continue
		}
		if other, twice := w.marks[m.Seq]; twice && other.Hash != m.Hash {
			w.Bad(m.Seq, "two checkpoints disagree about it")
		}
		w.marks[m.Seq] = m
	}
}

// Bad notes a fault.
func (w *Walk) Bad(at int64, what string) {
	if len(w.Faults) < mostFaults {
		w.Faults = append(w.Faults, Fault{w.org, at, what})
	}
}

// Add goes on by one line.
func (w *Walk) Add(l Line) {
	w.Lines++
	switch next := w.Seq + 1; {
	case l.Seq < next:
		w.Bad(l.Seq, fmt.Sprintf("it stands after line %d: it was inserted or moved", w.Seq))
		return // the next one is held against the line before this one
	case l.Seq == next+1:
		w.Bad(next, fmt.Sprintf("line %d is missing", next))
	case l.Seq > next:
		w.Bad(next, fmt.Sprintf("lines %d to %d are missing", next, l.Seq-1))
	default:
		if what := l.follows(w.Head); what != "" {
			w.Bad(l.Seq, what)
		}
	}
	w.check(l)
	if m, marked := w.marks[l.Seq]; marked && m.Hash != l.Hash {
		w.Bad(l.Seq, "a checkpoint of "+m.At.UTC().Format(time.RFC3339)+" says otherwise: the history up to here was written anew")
	}
	w.Seq, w.Head = l.Seq, l.Hash
}

// Older tells that an earlier Roster may have erased texts of this history, which had no line for it: then none that is gone
// is a fault. The walk itself finds that out where the erasure has a line.
func (w *Walk) Older() { w.older = true }

// End tells of marks that lie beyond the last line: what they saw was cut off; and of texts that are gone by no erasure.
func (w *Walk) End() {
	if !w.older {
		for _, f := range w.lost {
			w.Bad(f.Seq, f.What)
		}
		if w.gone > w.told && len(w.lost) == 0 {
			w.Bad(w.Seq, fmt.Sprintf("%d of its texts are gone, and up to here its erasures tell of %d: others were deleted by hand", w.gone, w.told))
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(w.marks)) {
		if seq > w.Seq {
			w.Bad(w.Seq, fmt.Sprintf("it ends here, and a checkpoint of %s saw line %d: its end was cut off", w.marks[seq].At.UTC().Format(time.RFC3339), seq))
		}
	}
}

// follows tells whether a line follows from one with the hash head; empty when it does.
func (l Line) follows(head string) string {
	if Next(head, l.Body) != l.Hash {
		return "the line does not follow from the one before it, or was altered"
	}
	return ""
}

// check tells what is wrong with a line by itself, and counts what is gone of it.
func (w *Walk) check(l Line) {
	b, e, gone, sound, err := read(l.Body, l.Kept)
	switch {
	case err != nil:
		w.Bad(l.Seq, "the line cannot be read")
	case !sound:
		w.Bad(l.Seq, "a text was altered")
	case e.Organisation != w.org || e.Seq != l.Seq || e.At.UnixMicro() != l.At || e.Action != l.Action || e.ActorID != l.Actor || e.Target.ID != l.Target || b.beside() && !l.Beside:
		w.Bad(l.Seq, "the line's columns were altered")
	}
	n, known := tells(&e)
	w.gone, w.told, w.older = w.gone+len(gone), w.told+n, w.older || !known
	for _, s := range gone {
		if !s.Erasable() && len(w.lost) < mostFaults {
			w.lost = append(w.lost, Fault{w.org, l.Seq, "a text was deleted that no erasure deletes"})
			break
		}
	}
}
