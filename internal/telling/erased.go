package telling

import (
	"slices"

	"roster/internal/chain"
	"roster/internal/roster"
)

// Erased gives a line with the reader's word where texts were erased.
func (v Voice) Erased(e roster.Event) roster.Event {
	said := func(text *string) {
		if *text == chain.Erased {
			*text = v.Words.Say("history.erased")
		}
	}
	said(&e.ActorName)
	said(&e.IP)
	said(&e.Target.Name)
	e.Changes = slices.Clone(e.Changes)
	for i := range e.Changes {
		c := &e.Changes[i]
		said(&c.Of.Name)
		said(&c.From)
		said(&c.To)
	}
	return e
}
