package mail

import (
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Reset is what the letter to a person says whose second factor an administrator began to reset.
type Reset struct {
	Organisation string
	To           string
	FirstName    string // may be empty
	Link         string // absolute, with the secret
	Lasts        time.Duration
	Product      string // the product's name; empty for the catalogue's own
}

// Letter writes it. Names are inert: they cannot become links, headers or markup. The caller gives the letter its ID.
func (r Reset) Letter(w *words.Catalogue) (Letter, error) {
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.reset.subject", "organisation", inert(r.Organisation, nameInSubject)),
		Product:  inert(r.Product, roster.MaxName),
		Before:   []string{w.Say("mail.reset.who", "organisation", inert(r.Organisation, roster.MaxName), "email", r.To)},
		Button:   w.Say("mail.reset.button"),
		Paste:    w.Say("mail.paste"),
		Link:     r.Link,
		After:    []string{w.Say("mail.reset.lasts", "time", lasts(w, r.Lasts)), w.Say("mail.reset.unexpected")},
	}
	return p.greeting(w, r.FirstName).letter(r.To)
}
