// Package words holds every sentence Roster shows to people, in one catalogue for each language, and
// says them: with their values filled in, counted, dated and numbered as the language does it. It does
// not know who reads, and it holds no rule.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed en pt-BR
var files embed.FS

// Catalogue is the sentences of one language by key, such as "team.title".
type Catalogue struct {
	tag     language.Tag
	say     map[string]string
	said    map[string]string // what the rooms say, by the English form of it; nil in English
	kept    map[string]*regexp.Regexp
	printer *message.Printer
	product string // what the product is called instead of what stands under its key; empty for that
}

// English loads the English catalogue. It fails on a key that stands twice.
func English() (*Catalogue, error) { return load(language.English) }

func load(tag language.Tag) (*Catalogue, error) {
	c := &Catalogue{tag: tag, say: map[string]string{}, printer: message.NewPrinter(tag)}
	if err := read(tag.String()+"/*.json", c.say); err != nil {
		return nil, err
	}
	if tag == language.English {
		return c, nil
	}
	c.said = map[string]string{}
	kept := map[string]string{}
	if err := read(tag.String()+"/said/letters.json", kept); err != nil {
		return nil, err
	}
	c.kept = recognise(kept)
	return c, read(tag.String()+"/said/*.json", c.said)
}

// read puts together the files of a pattern.
func read(pattern string, into map[string]string) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		var entries map[string]string
		if err := json.Unmarshal(data, &entries); err != nil {
			return fmt.Errorf("words: %s: %w", name, err)
		}
		for key, sentence := range entries {
			if _, twice := into[key]; twice {
				return fmt.Errorf("words: %s: the key %q stands twice", name, key)
			}
			into[key] = sentence
		}
	}
	return nil
}

// Language gives the catalogue's language as a tag of BCP 47, such as "pt-BR".
func (c *Catalogue) Language() string { return c.tag.String() }

// Say gives the sentence of a key with its {placeholders} filled from pairs of name and value.
// An unknown key is shown as itself, in brackets; a test keeps that from happening.
func (c *Catalogue) Say(key string, pairs ...string) string {
	if key == productName && c.product != "" {
		return c.product
	}
	sentence, ok := c.say[key]
	if !ok {
		return "[" + key + "]"
	}
	if len(pairs) == 0 {
		return sentence
	}
	swaps := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		swaps = append(swaps, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(swaps...).Replace(sentence)
}

// productName is the key of what the product is called.
const productName = "product.name"

// Calling gives the catalogue with another name for the product; with none the same.
func (c *Catalogue) Calling(product string) *Catalogue {
	if product == "" {
		return c
	}
	named := *c
	named.product = product
	return &named
}

// Keys gives every key there is, for the test that finds missing and unused ones.
func (c *Catalogue) Keys() []string { return keys(c.say) }

func keys(m map[string]string) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}
