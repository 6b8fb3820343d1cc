package mail

import (
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// nameInSubject is how much of a name stands in a subject, in characters.
const nameInSubject = 60

// Invitation is what the letter to an invited person says.
type Invitation struct {
	Organisation string
	Inviter      string // who invites, as people know them; empty when nobody in particular does
	To           string // the invited address
	FirstName    string // may be empty
	Link         string // absolute, with the secret
	Message      string // the inviter's own words; may be empty
	Lasts        time.Duration
	Product      string // the product's name; empty for the catalogue's own
}

// Letter writes the invitation. Names and message are inert: they cannot become links, headers or
// markup. The caller gives the letter its ID.
func (i Invitation) Letter(w *words.Catalogue) (Letter, error) {
	organisation, inviter := inert(i.Organisation, roster.MaxName), inert(i.Inviter, roster.MaxName)
	p := page{
		Language: w.Language(),
		Subject:  w.Say("mail.invitation.subject", "organisation", inert(i.Organisation, nameInSubject)),
		Product:  inert(i.Product, roster.MaxName),
		Before:   []string{w.Say("mail.invitation.who", "inviter", inviter, "organisation", organisation, "email", i.To)},
		Quote:    inertLines(i.Message, roster.MaxMessage),
		Button:   w.Say("mail.invitation.button"),
		Paste:    w.Say("mail.paste"),
		Link:     i.Link,
		After: []string{
			w.Say("mail.invitation.lasts", "time", lasts(w, i.Lasts)),
			w.Say("mail.invitation.unexpected"),
		},
	}
	if inviter == "" {
		p.Before = []string{w.Say("mail.invitation.who.nobody", "organisation", organisation, "email", i.To)}
	}
	if len(p.Quote) > 0 {
		p.Before = append(p.Before, w.Say("mail.invitation.message"))
	}
	return p.greeting(w, i.FirstName).letter(i.To)
}

// lasts says a length of time in days if it is whole ones, else in hours or minutes, rounded down.
func lasts(w *words.Catalogue, d time.Duration) string {
	const day = 24 * time.Hour
	switch n := func(unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }; {
	case d == day:
		return w.Say("mail.time.day")
	case d%day == 0 && d > 0:
		return w.Say("mail.time.days", "n", n(day))
	case d == time.Hour:
		return w.Say("mail.time.hour")
	case d >= 2*time.Hour:
		return w.Say("mail.time.hours", "n", n(time.Hour))
	case d >= time.Minute && d < 2*time.Minute:
		return w.Say("mail.time.minute")
	}
	return w.Say("mail.time.minutes", "n", strconv.FormatInt(int64(d/time.Minute), 10))
}
