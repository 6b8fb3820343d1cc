package doors_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/self"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// TestLettersThatOperatorsCauseArrive sends through a mail server what an Owner is told of a visit, even while their
// organisation is suspended, in their language and as the installation's own; and the letter that an operator sends on
// trial, in theirs.
func TestLettersThatOperatorsCauseArrive(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		box := postbox.Open(t, postbox.Options{Security: postbox.Plain})
		sends := runner(t, s, box)
		language, sender := "pt-BR", "Acme people"
		_, err := h.Self.Prefer(h.As(h.Owner), self.Preferring{Language: &language})
		must(t, err)
		_, err = h.Orgs.Edit(h.As(h.Owner), org.Edit{Sender: &sender})
		must(t, err)
		v := s.operates("ana@example.net")
		_, err = sends.Due(context.Background()) // the letter that tells Ana of her authenticator app
		must(t, err)
		_, err = h.Fleet.Suspend(h.CLI(h.Acme.ID))
		must(t, err)
		v.Post("/operator/organisations/acme/visit", "reason", "Ticket <b>4711</b>")
		v.Post("/me/preferences", "theme", "", "density", "", "zone", "", "language", "pt-BR")
		if a := v.Post("/operator/jobs/try", "to", "ana@example.net"); a.Status != http.StatusOK {
			t.Errorf("a trial: %d", a.Status)
		}
		if n, err := sends.Due(context.Background()); err != nil || n != 2 {
			t.Errorf("%d letters were tried: %v", n, err)
		}
		told, trial := box.Wait(t, "olga@example.com", 1), box.Wait(t, "ana@example.net", 2)
		if told.Subject != "Um operador entrou em Acme" || !strings.Contains(told.Text, "ana@example.net,") || !strings.Contains(told.Text, "Ticket <b>4711</b>") || strings.Contains(told.HTML, "<b>4711") {
			t.Errorf("the Owner is told %q\n%s", told.Subject, told.Text)
		}
		if link := told.Link(t, s.URL); link != s.URL+"/o/acme/history" || strings.Contains(told.Header.Get("From"), sender) {
			t.Errorf("it leads to %s, and comes from %s", link, told.Header.Get("From"))
		}
		if link := trial.Link(t, s.URL); trial.Subject != "As mensagens do Roster chegam" || link != s.URL+"/operator/jobs" {
			t.Errorf("the letter on trial says %q and leads to %s", trial.Subject, link)
		}
		_, err = h.Endings.Delete(h.CLI(h.Acme.ID), "Acme")
		must(t, err)
		if n, err := sends.Due(context.Background()); err != nil || n != 1 {
			t.Errorf("%d letters about the deletion were tried: %v", n, err)
		}
		if end := box.Wait(t, "olga@example.com", 2); end.Subject != "Acme foi fechada e será excluída" || !strings.Contains(end.Text, "22 de dez. de 2026") || len(end.Links()) > 0 {
			t.Errorf("the Owner is told %q\n%s", end.Subject, end.Text)
		}
		if n, err := sends.Due(context.Background()); err != nil || n != 0 {
			t.Errorf("%d letters are tried again: %v", n, err)
		}
		if a := v.Get("/operator/jobs"); !strings.Contains(a.Body, "Nada espera") {
			t.Errorf("what was sent waits still: %d", a.Status)
		}
	})
}
