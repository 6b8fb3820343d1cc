package web

import (
	"roster/internal/chain"
	"roster/internal/roster"
)

// Erased gives lines of a history with the page's word where texts were erased.
func (p Page) Erased(events []roster.Event) []roster.Event {
	said := func(text *string) {
		if *text == chain.Erased {
			*text = p.Say("history.erased")
		}
	}
	for i := range events {
		e := &events[i]
		said(&e.ActorName)
		said(&e.IP)
		said(&e.Target.Name)
		for j := range e.Changes {
			c := &e.Changes[j]
			said(&c.Of.Name)
			said(&c.From)
			said(&c.To)
		}
	}
	return events
}
