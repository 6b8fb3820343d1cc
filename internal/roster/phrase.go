package roster

import "fmt"

// Phrase is a sentence or a part of one in English, by its form as of fmt.Sprintf and its values, which a door may
// tell in another language. Values may be phrases themselves.
type Phrase struct {
	Form   string
	Values []any
}

// Say makes a phrase.
func Say(form string, values ...any) Phrase { return Phrase{form, values} }

// String gives it in English.
func (p Phrase) String() string { return fmt.Sprintf(p.Form, p.Values...) }

// Parts gives what it is made of.
func (p Phrase) Parts() (form string, values []any) { return p.Form, p.Values }

// in tells a phrase by another language's tell; one that was never made is told by its text.
func (p Phrase) in(tell func(form string, values ...any) string, text string) string {
	if p.Form == "" {
		return text
	}
	return tell(p.Form, p.Values...)
}
