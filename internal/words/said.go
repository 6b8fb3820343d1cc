package words

import (
	"fmt"
	"regexp"
	"strings"
)

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

// Own gives the name or description of something of Roster's own in the catalogue's language. What somebody else named
// or described stays as they did.
func (c *Catalogue) Own(text string) string {
	if other, ok := c.said[text]; ok {
		return other
	}
	return text
}

// Retell is Tell for what was kept in English: why a letter did not leave. It finds the form by the text, and what the
// mail server itself said stays as it is.
func (c *Catalogue) Retell(text string) string {
	if other, ok := c.said[text]; ok {
		return other
	}
	for form, pattern := range c.kept {
		if m := pattern.FindStringSubmatch(text); m != nil {
			values := make([]any, len(m)-1)
			for i, v := range m[1:] {
				values[i] = v
			}
			return fmt.Sprintf(strings.ReplaceAll(c.said[form], "%d", "%s"), values...)
		}
	}
	return text
}

// recognise makes the patterns by which kept texts are found.
func recognise(kept map[string]string) map[string]*regexp.Regexp {
	all := map[string]*regexp.Regexp{}
	for form := range kept {
		if strings.Contains(form, "%") {
			all[form] = regexp.MustCompile("^" + strings.NewReplacer("%s", "(.+)", "%d", "([0-9]+)").Replace(regexp.QuoteMeta(form)) + "$")
		}
	}
	return all
}

// Said gives what the rooms say, by its English form, for the test that finds missing and unused ones.
func (c *Catalogue) Said() map[string]string { return c.said }
