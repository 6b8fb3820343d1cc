package mail

import (
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Way is what the letter to a member says whose login method an administrator changed.
type Way struct {
	Organisation string
	To           string
	FirstName    string        // may be empty
	Connection   string        // by which they come in from now on; empty for e-mail and password
	Confirm      bool          // they confirm it from a session of their own
	Link         string        // absolute: where they sign in, or with a secret where they choose a password
	Lasts        time.Duration // how long that link works; zero where it has no secret
	Product      string        // the product's name; empty for the catalogue's own
}

// Letter writes it. Names are inert: they cannot become links, headers or markup. The caller gives the letter its ID.
func (l Way) Letter(w *words.Catalogue) (Letter, error) {
	organisation, connection := inert(l.Organisation, roster.MaxName), inert(l.Connection, roster.MaxName)
	say := func(key string) string {
		return w.Say(key, "organisation", organisation, "email", l.To, "connection", connection)
	}
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.way.subject", "organisation", inert(l.Organisation, nameInSubject)),
		Product:  inert(l.Product, roster.MaxName),
		Button:   w.Say("mail.way.button"),
		Paste:    w.Say("mail.paste"),
		Link:     l.Link,
		After:    []string{say("mail.way.unexpected")},
	}
	switch {
	case l.Confirm:
		p.Before = []string{say("mail.way.confirm"), say("mail.way.confirm.how")}
	case connection != "":
		p.Before = []string{say("mail.way.connection")}
	case l.Lasts > 0:
		p.Before, p.Button = []string{say("mail.way.choose")}, w.Say("mail.way.choose.button")
		p.After = append([]string{w.Say("mail.way.lasts", "time", lasts(w, l.Lasts))}, p.After...)
	default:
		p.Before = []string{say("mail.way.password")}
	}
	return p.greeting(w, l.FirstName).letter(l.To)
}
