package mail

import (
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Deletion is what the letter to an Owner says when somebody asked that their organisation be deleted, or took that back.
type Deletion struct {
	Organisation string
	To           string
	FirstName    string // may be empty
	Who          string
	At           time.Time // when it is deleted; zero where that was taken back
	Product      string    // the product's name; empty for the catalogue's own
}

// Letter writes it. Names are inert. It has no button: nobody comes in to the organisation. The caller gives the letter
// its ID.
func (d Deletion) Letter(w *words.Catalogue) (Letter, error) {
	organisation, who := inert(d.Organisation, roster.MaxName), address(d.Who)
	p := page{Language: w.Language(), Product: inert(d.Product, roster.MaxName)}
	if d.At.IsZero() {
		p.Subject = w.Say("mail.undeletion.subject", "organisation", inert(d.Organisation, nameInSubject))
		p.Before = []string{w.Say("mail.undeletion.who", "who", who, "organisation", organisation)}
	} else {
		p.Subject = w.Say("mail.deletion.subject", "organisation", inert(d.Organisation, nameInSubject))
		p.Before = []string{
			w.Say("mail.deletion.who", "who", who, "organisation", organisation),
			w.Say("mail.deletion.when", "when", w.Moment(d.At)),
		}
		p.After = []string{w.Say("mail.deletion.back")}
	}
	return p.greeting(w, d.FirstName).letter(d.To)
}
