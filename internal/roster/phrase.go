package roster

import (
	"fmt"
	"strings"
)

// Phrase is a sentence or a part of one in English, by its form as of fmt.Sprintf and its values, which a door may
// tell in another language. Values may be phrases themselves.
type Phrase struct {
	Form   string
	Values []any
	text   string
}

// Phrasef makes a phrase.
func Phrasef(form string, values ...any) Phrase {
	return Phrase{form, values, fmt.Sprintf(form, values...)}
}

// Plain makes a phrase without values of a text of ours.
func Plain(text string) Phrase { return Phrase{Form: text, text: text} }

// Join makes one phrase of several, with something between two that is no word.
func Join(all []Phrase, between string) Phrase {
	forms, values, texts := make([]string, len(all)), make([]any, len(all)), make([]string, len(all))
	for i, p := range all {
		forms[i], values[i], texts[i] = "%s", p, p.text
	}
	return Phrase{strings.Join(forms, between), values, strings.Join(texts, between)}
}

// String gives it in English.
func (p Phrase) String() string { return p.text }

// Parts gives what it is made of.
func (p Phrase) Parts() (form string, values []any) { return p.Form, p.Values }

// in tells a phrase by another language's tell; one that was never made is told by its text.
func (p Phrase) in(tell func(form string, values ...any) string, text string) string {
	if p.Form == "" {
		return text
	}
	return tell(p.Form, p.Values...)
}
