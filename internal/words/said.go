package words

import "fmt"

// Phrase is what has an English form and values, such as roster.Phrase: a sentence that a room made.
type Phrase interface {
	Parts() (form string, values []any)
}

// Tell says in the catalogue's language what a room says in English, by its form as of fmt.Sprintf and its values;
// values that are phrases are told alike. What has no translation is told in English; a test keeps that from
// happening.
func (c *Catalogue) Tell(form string, values ...any) string {
	told := make([]any, len(values))
	for i, v := range values {
		if p, ok := v.(Phrase); ok {
			f, vs := p.Parts()
			v = c.Tell(f, vs...)
		}
		told[i] = v
	}
	if other, ok := c.said[form]; ok {
		form = other
	}
	return fmt.Sprintf(form, told...)
}

// Said gives what the rooms say, by its English form, for the test that finds missing and unused ones.
func (c *Catalogue) Said() map[string]string { return c.said }
