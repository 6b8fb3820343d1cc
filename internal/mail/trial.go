package mail

import (
	"roster/internal/roster"
	"roster/internal/words"
)

// Trial is a letter by which an operator tries the mail server.
type Trial struct {
	To      string
	Link    string // absolute, to where its fate is shown
	Product string // the product's name; empty for the catalogue's own
}

// Letter writes it. The caller gives the letter its ID.
func (t Trial) Letter(w *words.Catalogue) (Letter, error) {
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.trial.subject"),
		Product:  inert(t.Product, roster.MaxName),
		Hello:    w.Say("mail.hello"),
		Before:   []string{w.Say("mail.trial.text")},
		Button:   w.Say("mail.trial.button"),
		Paste:    w.Say("mail.paste"),
		Link:     t.Link,
	}
	if p.Product == "" {
		p.Product = w.Say("product.name")
	}
	return p.letter(t.To)
}
