package gallery

import (
	"strings"
	"testing"
)

// TestEveryPageSpeaksPortuguese makes every page in Portuguese: its language is told, every sentence is there, and its
// values are filled in. That no English is left is held where the pages' handlers are (test/doors).
func TestEveryPageSpeaksPortuguese(t *testing.T) {
	m := newMaker(t, "pt-BR")
	for _, s := range m.all() {
		source := render(t, s)
		if !strings.Contains(source, `lang="pt-BR"`) {
			t.Errorf("%s: the page does not tell its language", s.name)
		}
		if left := unknownWords.FindString(source) + placeholder.FindString(source); left != "" {
			t.Errorf("%s: left open: %s", s.name, left)
		}
	}
}
