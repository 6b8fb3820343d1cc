package letters_test

import (
	"strings"
	"testing"

	"roster/internal/action/self"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestALetterTellsThePersonWhenAndNotByWhom gives Anna another password: she is told in her language and at her time, and
// the letter names neither the administrator nor from where they did it, and brings no password.
func TestALetterTellsThePersonWhenAndNotByWhom(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		anna := h.Join("anna@example.com", "Anna", "Silva", roster.RoleMember)
		language, zone := "pt-BR", "America/Sao_Paulo"
		if _, err := h.Self.Prefer(h.As(anna), self.Preferring{Language: &language, Zone: &zone}); err != nil {
			t.Fatal(err)
		}
		const given = "silver-pebble-orchard-92"
		if _, err := h.Team.SetPassword(h.As(h.Owner), anna.Member, team.NewPassword{Password: given, Repeat: given}); err != nil {
			t.Fatal(err)
		}
		d.due(t, 1)
		l := c.letters[0]
		if l.To != "anna@example.com" || l.Subject != "Você recebeu uma nova senha" {
			t.Errorf("to %s: %s", l.To, l.Subject)
		}
		for _, text := range []string{l.Text, l.HTML} {
			if !strings.Contains(text, "06:00 -03") || !strings.Contains(text, base+"/sign-in") {
				t.Errorf("it does not say when, or leads nowhere:\n%s", text)
			}
			for _, never := range []string{given, "Olga", h.Owner.IP} {
				if strings.Contains(text, never) {
					t.Errorf("it says %q:\n%s", never, text)
				}
			}
		}
	})
}
