package postbox

import "strings"

// Way is how the box fails.
type Way int

// The ways to fail.
const (
	Refuse       Way = iota // the recipient is refused for good, 550
	Busy                    // the recipient is refused for now, 451
	RefuseLetter            // the letter itself is refused for good, 550, after it was sent
	Hang                    // the recipient gets no answer until the client gives up
	Drop                    // the connection ends at the recipient
	KeepAndDrop             // the letter is kept, and the connection ends before the box says so
)

// Fault is one thing that goes wrong.
type Fault struct {
	Way   Way
	To    string // for letters to this address; empty for every one
	Times int    // how often; 0 for ever
}

type stage int

const (
	atRecipient stage = iota
	atLetter
)

func (f Fault) stage() stage {
	if f.Way == RefuseLetter || f.Way == KeepAndDrop {
		return atLetter
	}
	return atRecipient
}

// Fail adds a fault. Faults are used in the order in which they were added.
func (b *Box) Fail(f Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.Times == 0 {
		f.Times = -1
	}
	b.faults = append(b.faults, &f)
}

// Mend takes every fault away. Sessions that hang go on hanging.
func (b *Box) Mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// take gives the fault that applies, and counts it.
func (b *Box) take(to string, at stage) *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if f.stage() != at || f.Times == 0 || (f.To != "" && !strings.EqualFold(f.To, to)) {
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return f
	}
	return nil
}
