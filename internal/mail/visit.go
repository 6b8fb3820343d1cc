package mail

import (
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Visit is what the letter to an Owner says when an operator entered their organisation.
type Visit struct {
	Organisation string
	To           string
	FirstName    string // may be empty
	Who          string // the operator's address
	Reason       string
	Until        time.Time
	Link         string // absolute, to the history
	Product      string // the product's name; empty for the catalogue's own
}

// Letter writes it. Names and the reason are inert. The caller gives the letter its ID.
func (v Visit) Letter(w *words.Catalogue) (Letter, error) {
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.visit.subject", "organisation", inert(v.Organisation, nameInSubject)),
		Product:  inert(v.Product, roster.MaxName),
		Before: []string{
			w.Say("mail.visit.who", "operator", address(v.Who), "organisation", inert(v.Organisation, roster.MaxName), "until", w.Moment(v.Until)),
			w.Say("mail.visit.reason", "reason", inert(v.Reason, roster.MaxVisitReason)),
		},
		Button: w.Say("mail.visit.button"),
		Paste:  w.Say("mail.paste"),
		Link:   v.Link,
		After:  []string{w.Say("mail.visit.only")},
	}
	return p.greeting(w, v.FirstName).letter(v.To)
}
