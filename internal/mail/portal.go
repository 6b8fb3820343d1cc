package mail

import (
	"roster/internal/roster"
	"roster/internal/words"
)

// Portal is what the letter to an Owner says when their organisation was opened further to the host product's links.
type Portal struct {
	Organisation string
	To           string
	FirstName    string // may be empty
	Who          string // who opened it
	OpenTo       string // policy's name of whom
	Link         string // absolute, to the setting
	Product      string // the product's name; empty for the catalogue's own
}

// Letter writes it. Names are inert. The caller gives the letter its ID.
func (v Portal) Letter(w *words.Catalogue) (Letter, error) {
	organisation := inert(v.Organisation, roster.MaxName)
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.portal.subject", "organisation", inert(v.Organisation, nameInSubject)),
		Product:  inert(v.Product, roster.MaxName),
		Before: []string{
			w.Say("mail.portal.who", "who", inert(v.Who, roster.MaxName), "organisation", organisation),
			w.Say("mail.portal.whom", "whom", w.Say("portal.level."+v.OpenTo)),
		},
		Button: w.Say("mail.portal.button"),
		Paste:  w.Say("mail.paste"),
		Link:   v.Link,
		After:  []string{w.Say("mail.portal.only")},
	}
	return p.greeting(w, v.FirstName).letter(v.To)
}
