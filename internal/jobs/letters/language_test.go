package letters_test

import (
	"strings"
	"testing"

	"roster/internal/action/self"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestALetterSpeaksItsReadersLanguage invites somebody unknown and, once they chose a language, again: who gets a letter
// reads it in theirs, else in the inviter's.
func TestALetterSpeaksItsReadersLanguage(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		chooses := func(who roster.Actor, language string) {
			t.Helper()
			if _, err := h.Self.Prefer(h.As(who), self.Preferring{Language: &language}); err != nil {
				t.Fatal(err)
			}
		}
		chooses(h.Owner, "pt-BR")
		ben := d.invite(t)
		d.due(t, 1)
		actor := h.Accept(h.Acme.ID, c.secrets(t, h)[0], "Ben", "Brown")
		chooses(actor, "en")
		if _, err := h.Removals.Remove(h.As(h.Owner), ben, ""); err != nil {
			t.Fatal(err)
		}
		d.invite(t)
		d.due(t, 1)
		want := []struct{ language, subject, text string }{
			{"pt-BR", "Convite para Acme", "7 dias"}, // nobody knows Ben yet; Olga speaks Portuguese
			{"en", "Invitation to Acme", "7 days"},
		}
		for i, w := range want {
			l := c.letters[i]
			if l.Subject != w.subject || !strings.Contains(l.Text, w.text) || !strings.Contains(l.HTML, `<html lang="`+w.language+`">`) {
				t.Errorf("letter %d: %q\n%s", i+1, l.Subject, l.Text)
			}
		}
	})
}
