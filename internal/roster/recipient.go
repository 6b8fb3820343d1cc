package roster

import (
	"strings"
	"unicode"
)

// Recipient is one of several whom a text names: an address, and perhaps names. Whether the address is good,
// ParseEmail tells.
type Recipient struct {
	Typed     string // as it stands in the text
	Address   string
	FirstName string
	LastName  string
}

// ParseRecipients reads whom a text names, in any of the forms in which people paste addresses: separated by
// commas, semicolons, line breaks or spaces; "Anna Berg <anna@example.com>", names in quotes or with the last one
// first; the words of a line before its only address. What is no address becomes a recipient too, so
// that it can be corrected.
func ParseRecipients(text string) []Recipient {
	var all []Recipient
	pieces := split(text)
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if i+1 < len(pieces) && p.comma && isName(p.text) && strings.Contains(pieces[i+1].text, "<") {
			i++
			p.text += ", " + pieces[i].text
		}
		all = append(all, p.recipients()...)
	}
	return all
}

// piece is a part of a text between separators.
type piece struct {
	text  string
	comma bool // a comma ended it
}

// split cuts a text at commas, semicolons, line breaks and closing angle brackets. Quotes keep commas and
// semicolons, but no line break, so that one left open swallows no more than its line.
func split(text string) []piece {
	var all []piece
	var b strings.Builder
	quoted := false
	end := func(comma bool) {
		if t := strings.TrimSpace(b.String()); t != "" {
			all = append(all, piece{t, comma})
		}
		b.Reset()
		quoted = false
	}
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			end(false)
		case r == '"':
			quoted = !quoted
			b.WriteRune(r)
		case quoted:
			b.WriteRune(r)
		case r == '>':
			b.WriteRune(r)
			end(false)
		case strings.ContainsRune(",;，；、", r):
			end(r == ',')
		default:
			b.WriteRune(r)
		}
	}
	end(false)
	return all
}

// recipients gives whom a piece names: one by name and address, or each of several addresses.
func (p piece) recipients() []Recipient {
	if name, rest, ok := strings.Cut(p.text, "<"); ok {
		return []Recipient{named(p.text, name, strings.TrimSuffix(rest, ">"))}
	}
	words := strings.Fields(p.text)
	at := strings.Count(p.text, "@")
	last := words[len(words)-1]
	switch {
	case at == 0:
		return []Recipient{{Typed: p.text, Address: p.text}}
	case at == 1 && len(words) > 1 && strings.Contains(last, "@"):
		if name := strings.TrimSpace(strings.TrimSuffix(p.text, last)); isName(name) {
			return []Recipient{named(p.text, name, last)}
		}
	}
	all := make([]Recipient, len(words))
	for i, w := range words {
		all[i] = named(w, "", w)
	}
	return all
}

// named gives a recipient with the names that stand before an address: the last word is the last name, unless a
// comma says that it stands first.
func named(typed, name, address string) Recipient {
	r := Recipient{Typed: typed, Address: strings.TrimPrefix(strings.TrimSpace(address), "mailto:")}
	name = strings.Join(strings.Fields(strings.NewReplacer(`\"`, "", `"`, "").Replace(name)), " ")
	if last, first, ok := strings.Cut(name, ","); ok {
		r.FirstName, r.LastName = strings.TrimSpace(first), strings.TrimSpace(last)
		return r
	}
	r.FirstName = name
	if i := strings.LastIndexByte(name, ' '); i >= 0 {
		r.FirstName, r.LastName = name[:i], name[i+1:]
	}
	return r
}

// isName tells whether a text can be a person's name: letters, and what stands between them. A full stop within a
// word makes a mistyped address of it.
func isName(s string) bool {
	letters, stop := false, false
	for _, r := range s {
		switch {
		case stop && !unicode.IsSpace(r):
			return false
		case unicode.IsLetter(r):
			letters = true
		case !unicode.IsMark(r) && !unicode.IsSpace(r) && !strings.ContainsRune(`-'’."`, r):
			return false
		}
		stop = r == '.'
	}
	return letters
}
