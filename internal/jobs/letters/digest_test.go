package letters_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/news"
	"roster/internal/action/self"
	"roster/internal/bulletin"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestTheLetterOfTheDayLeavesInTheMorning: at eight where its reader is, with what happened since, in their language, and
// without what they read meanwhile; where there is nothing left, none leaves.
func TestTheLetterOfTheDayLeavesInTheMorning(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		const olga = "olga@example.com"
		at, err := time.LoadLocation("America/Sao_Paulo")
		if err != nil {
			t.Fatal(err)
		}
		zone, language := at.String(), "pt-BR"
		if _, err := h.Self.Prefer(h.As(h.Owner), self.Preferring{Zone: &zone, Language: &language}); err != nil {
			t.Fatal(err)
		}
		daily := map[bulletin.Notification]bulletin.Way{bulletin.NotifyAccepted: bulletin.WayDaily, bulletin.NotifyUnanswered: bulletin.WayDaily, bulletin.NotifyAdministrator: bulletin.WayDashboard}
		if _, err := h.News.Choose(h.As(h.Owner), daily); err != nil {
			t.Fatal(err)
		}
		day := func() []mail.Letter {
			t.Helper()
			now := h.Clock.Now().In(at)
			eight := time.Date(now.Year(), now.Month(), now.Day(), 8, 0, 0, 0, at)
			if !eight.After(now) {
				eight = time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, at)
			}
			before := len(c.letters)
			passes := func(wait time.Duration) {
				h.Clock.Pass(wait)
				if _, err := d.runner.Due(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			passes(eight.Sub(now) - time.Second)
			if len(c.letters) != before {
				t.Fatalf("before eight: %s", c.letters[before].Subject)
			}
			passes(time.Second)
			return slices.DeleteFunc(slices.Clone(c.letters[before:]), func(l mail.Letter) bool { return l.To != olga })
		}
		h.Join("ben@example.com", "Ben", "Brown", roster.RoleUserAdministrator)
		c.fails(false, &mail.Failure{Refused: true, Unsent: true, Reason: "550 no such mailbox"})
		d.invited(t, h.Owner, "cara@example.com")
		if _, err := d.runner.Due(context.Background()); err != nil {
			t.Fatal(err)
		}
		first := day()
		told(t, first, "O seu dia em Acme", "desde o seu último resumo", "Ben Brown aceitou o seu convite.", "seu convite para Mx cara não chegou", base+"/o/acme/notifications")
		if strings.Contains(first[0].Text, "administra") {
			t.Error("a letter tells what is wanted in the dashboard alone")
		}
		if again := day(); len(again) != 0 {
			t.Errorf("told twice: %s", again[0].Text)
		}

		h.Join("dan@example.com", "Dan", "Dale", roster.RoleMember)
		h.Clock.Pass(time.Second)
		read, err := h.News.List(h.As(h.Owner), news.Query{Unread: true, Limit: 1})
		if err != nil || len(read.Items) != 1 || read.Items[0].Name != "Dan Dale" {
			t.Fatalf("what happened last: %+v, %v", read, err)
		}
		if _, err := h.News.Read(h.As(h.Owner), news.Reading{IDs: []string{read.Items[0].ID}}); err != nil {
			t.Fatal(err)
		}
		h.Join("eve@example.com", "Eve", "East", roster.RoleMember)
		second := day()
		told(t, second, "Convite para Acme aceito", "Eve East aceitou o seu convite.")
		if strings.Contains(second[0].Text, "Dan") {
			t.Error("a letter tells what was read")
		}

		h.Join("fay@example.com", "Fay", "Fox", roster.RoleMember)
		if _, err := h.News.Read(h.As(h.Owner), news.Reading{Until: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		if none := day(); len(none) != 0 {
			t.Errorf("everything was read, and a letter left: %s", none[0].Text)
		}
	})
}
