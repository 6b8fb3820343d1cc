package mail

import (
	"strconv"

	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/words"
)

// mostOfAKind is how many things of a kind a letter names; the rest is counted.
const mostOfAKind = 10

// News is what the letter to a member says who is told of what happened in their organisation.
type News struct {
	Organisation string
	To           string
	FirstName    string // may be empty
	Daily        bool   // it is the one of the day
	Items        []Piece
	Link         string // where its button leads, absolute
	Choices      string // where they choose what they are told, absolute
	Product      string // the product's name; empty for the catalogue's own
}

// Piece is one thing that happened.
type Piece struct {
	Kind  bulletin.News
	Name  string // whom it is about; may be empty
	Plan  string
	Used  int // of the plan's seats
	Limit int
}

// Letter writes it, what is of one kind together. Names are inert: they cannot become links, headers or markup. The caller
// gives the letter its ID.
func (n News) Letter(w *words.Catalogue) (Letter, error) {
	organisation := inert(n.Organisation, roster.MaxName)
	p := page{
		Language: w.Language(),
		Subject:  n.subject(w),
		Product:  inert(n.Product, roster.MaxName),
		Before:   append([]string{w.Say(n.key("what"), "organisation", organisation)}, n.lines(w)...),
		Button:   w.Say("mail.news.button"),
		Paste:    w.Say("mail.paste"),
		Link:     n.Link,
		Choose:   w.Say("mail.news.choose"),
		Choices:  n.Choices,
	}
	return p.greeting(w, n.FirstName).letter(n.To)
}

// key gives a sentence's, of the letter of the day or of the other.
func (n News) key(what string) string {
	if n.Daily {
		return "mail.news.daily." + what
	}
	return "mail.news." + what
}

// subject says what happened where that is one thing, and else that something did.
func (n News) subject(w *words.Catalogue) string {
	organisation := inert(n.Organisation, nameInSubject)
	for _, i := range n.Items {
		if i.Kind != n.Items[0].Kind {
			return w.Say(n.key("subject"), "organisation", organisation)
		}
	}
	return w.Say("mail.news."+string(n.Items[0].Kind)+".subject", "organisation", organisation)
}

// lines says each thing, what is of one kind together, in the order in which the kinds first happened.
func (n News) lines(w *words.Catalogue) (all []string) {
	seen := map[bulletin.News]bool{}
	for _, first := range n.Items {
		if seen[first.Kind] {
			continue
		}
		seen[first.Kind] = true
		count := 0
		for _, i := range n.Items {
			if i.Kind != first.Kind {
				continue
			}
			if count++; count <= mostOfAKind {
				all = append(all, w.Say("mail.news."+string(i.Kind)+".line", "name", inert(i.Name, roster.MaxName),
					"plan", inert(i.Plan, roster.MaxName), "used", w.Number(i.Used), "limit", w.Number(i.Limit)))
			}
		}
		if more := count - mostOfAKind; more > 0 {
			all = append(all, w.Say("mail.news.more", "n", strconv.Itoa(more)))
		}
	}
	return all
}
