package doors_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/rostertest"
)

// TestAShortPageOfTheListSaysThatThereIsMore asks for whom hardly anybody is: the page that found nobody leads on, and
// does not say that there is nobody.
func TestAShortPageOfTheListSaysThatThereIsMore(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Horde(12_000)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	page := owner.Get("/o/acme/team?not_role=member&sort=created_at")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "Nobody found yet") || strings.Contains(page.Body, "Nobody matches") {
		t.Errorf("a page that found nobody yet: %d\n%s", page.Status, page.Body)
	}
	on := regexp.MustCompile(`href="([^"]+)"[^>]*>Look further<`).FindStringSubmatch(page.Body)
	if on == nil {
		t.Fatal("the page does not lead on")
	}
	page = owner.Get(html.UnescapeString(on[1]))
	if !strings.Contains(page.Body, "F L") || strings.Contains(page.Body, "Look further") {
		t.Errorf("looking further: %d\n%s", page.Status, page.Body)
	}
}
