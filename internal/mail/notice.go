package mail

import (
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Notice is a letter to a person about their own sign-in, whatever organisations they belong to.
type Notice struct {
	What         string // which one, as the catalogue's keys begin: mail.recovery and the like
	To           string
	Other        string        // another address that it speaks of; may be empty
	Link         string        // where its button leads, absolute; empty for a letter without one
	Lasts        time.Duration // how long the link works; zero where it does not matter
	Places       []Place
	Name         string    // what it is about, such as a passkey, as its person calls it, or who asked for it; may be empty
	Organisation string    // of who asked for it; may be empty
	At           time.Time // when it was done, in the reader's zone; zero for what was only asked for
	From         string    // the address from which it was done; may be empty
	Product      string    // the product's name; empty for the catalogue's own
}

// Place is an organisation that a letter leads to.
type Place struct {
	Name string
	Link string // absolute
	How  string // how somebody comes in there, in words; may be empty
}

// Letter writes it. Names are inert: they cannot become links, headers or markup. The caller gives the letter its ID.
func (n Notice) Letter(w *words.Catalogue) (Letter, error) {
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail." + n.What + ".subject"),
		Product:  inert(n.Product, roster.MaxName),
		Hello:    w.Say("mail.hello"),
		Before:   []string{w.Say("mail."+n.What+".who", "email", n.To, "other", n.Other, "name", inert(n.Name, roster.MaxName), "organisation", inert(n.Organisation, roster.MaxName))},
		Link:     n.Link,
		After:    []string{w.Say("mail." + n.What + ".unexpected")},
	}
	switch {
	case n.From != "":
		p.Before = append(p.Before, w.Say("mail.done.from", "at", w.Moment(n.At), "address", n.From))
	case !n.At.IsZero():
		p.Before = append(p.Before, w.Say("mail.done.at", "at", w.Moment(n.At)))
	}
	if n.Link != "" {
		p.Button, p.Paste = w.Say("mail."+n.What+".button"), w.Say("mail.paste")
	}
	if n.Lasts > 0 {
		p.After = append([]string{w.Say("mail."+n.What+".lasts", "time", lasts(w, n.Lasts))}, p.After...)
	}
	for _, o := range n.Places {
		o.Name, o.How = inert(o.Name, roster.MaxName), inert(o.How, roster.MaxName)
		p.Places = append(p.Places, o)
	}
	if p.Product == "" {
		p.Product = w.Say("product.name")
	}
	return p.letter(n.To)
}
