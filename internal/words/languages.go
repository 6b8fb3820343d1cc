package words

import (
	"golang.org/x/text/language"
)

// Languages are the catalogues there are. English stands first: it is spoken where nothing else fits.
type Languages struct {
	all     []*Catalogue
	matcher language.Matcher
}

// Load loads every language. It fails on a key that stands twice in one.
func Load() (*Languages, error) {
	tags := []language.Tag{language.English, language.BrazilianPortuguese}
	l := &Languages{matcher: language.NewMatcher(tags)}
	for _, tag := range tags {
		c, err := load(tag)
		if err != nil {
			return nil, err
		}
		l.all = append(l.all, c)
	}
	return l, nil
}

// All gives the catalogues, English first.
func (l *Languages) All() []*Catalogue { return l.all }

// English gives the English catalogue.
func (l *Languages) English() *Catalogue { return l.all[0] }

// Name calls the product by a name of the installation's own, in every language. It is for the start, before anybody
// reads.
func (l *Languages) Name(product string) {
	for _, c := range l.all {
		c.say[productName] = product
	}
}

// Known tells whether there is a catalogue of exactly this language, such as "pt-BR".
func (l *Languages) Known(tag string) bool {
	for _, c := range l.all {
		if c.Language() == tag {
			return true
		}
	}
	return false
}

// Best gives the catalogue that fits somebody best: the first of the chosen languages that there is (empty ones are
// no choice), else what their browser's Accept-Language asks for (RFC 9110, section 12.5.4), else English.
func (l *Languages) Best(accepts string, chosen ...string) *Catalogue {
	for _, tag := range chosen {
		for _, c := range l.all {
			if tag == c.Language() {
				return c
			}
		}
	}
	if len(accepts) > 1000 { // nobody speaks so many
		return l.English()
	}
	wanted, _, err := language.ParseAcceptLanguage(accepts)
	if err != nil {
		return l.English()
	}
	_, at, sure := l.matcher.Match(wanted...)
	if sure == language.No {
		return l.English()
	}
	return l.all[at]
}
