// Package words holds every sentence Roster shows to people, in one catalogue of files, one file
// for an area. It does not choose a language from a request, and it holds no rule.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed en/*.json
var files embed.FS

// Catalogue is the sentences of one language by key, such as "team.title".
type Catalogue struct{ say map[string]string }

// English loads the English catalogue. It fails on a key that stands twice.
func English() (*Catalogue, error) { return load("en") }

func load(language string) (*Catalogue, error) {
	c := &Catalogue{say: map[string]string{}}
	names, err := fs.Glob(files, language+"/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var entries map[string]string
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, fmt.Errorf("words: %s: %w", name, err)
		}
		for key, sentence := range entries {
			if _, twice := c.say[key]; twice {
				return nil, fmt.Errorf("words: %s: the key %q stands twice", name, key)
			}
			c.say[key] = sentence
		}
	}
	return c, nil
}

// Say gives the sentence of a key with its {placeholders} filled from pairs of name and value.
// An unknown key is shown as itself, in brackets; a test keeps that from happening.
func (c *Catalogue) Say(key string, pairs ...string) string {
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

// Keys gives every key there is, for the test that finds missing and unused ones.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.say))
	for k := range c.say {
		keys = append(keys, k)
	}
	return keys
}
