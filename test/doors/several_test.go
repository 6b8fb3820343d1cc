package doors_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	goOn        = regexp.MustCompile(`(?s)<form[^>]*data-go-on.*?</form>`)
)

// carried gives the hidden fields of a form, as a browser sends them.
func carried(form string) []string {
	var fields []string
	for _, f := range hiddenField.FindAllStringSubmatch(form, -1) {
		fields = append(fields, f[1], strings.ReplaceAll(f[2], "&amp;", "&"))
	}
	return fields
}

// TestAllThatMatchAreActedOnStepByStepWithoutScripts blocks more than one step holds, chosen by a filter that the
// act itself empties: each answer tells what is done and left, each form does its step once, and the number that was
// confirmed is held to.
func TestAllThatMatchAreActedOnStepByStepWithoutScripts(t *testing.T) {
	h := rostertest.SQLite(t)
	for at := 0; at < action.MostRows+20; {
		var some []team.Invitation
		for ; at < action.MostRows+20 && len(some) < 260; at++ {
			some = append(some, team.Invitation{Email: fmt.Sprintf("crowd%d@example.net", at), NamesLater: true})
		}
		_, err := h.Team.InviteEach(h.As(h.Owner), some)
		must(t, err)
	}
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	query := url.Values{"status": {"invited"}, "sort": {"-updated_at"}}.Encode()
	ask := owner.Post("/o/acme/bulk/block", "step", "ask", "all", "yes", "query", query)
	if ask.Status != http.StatusOK || !strings.Contains(ask.Body, "Block 520 members?") || !strings.Contains(ask.Body, "These are the first 500. 20 more follow") {
		t.Fatalf("the question: %d\n%.2000s", ask.Status, ask.Body)
	}
	form := append(carried(ask.Body), "step", "do", "reason", "Audit")

	_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "late@example.com", NamesLater: true})
	must(t, err)
	first := owner.Post("/o/acme/bulk/block", form...)
	if first.Status != http.StatusOK || !strings.Contains(first.Body, "500 members are blocked.") || !strings.Contains(first.Body, "20 are left.") {
		t.Fatalf("the first step: %d\n%.2000s", first.Status, first.Body)
	}
	if again := owner.Post("/o/acme/bulk/block", form...); !strings.Contains(again.Body, "This was done already.") && !strings.Contains(again.Body, "Meanwhile") {
		t.Errorf("the form a second time: %d\n%.2000s", again.Status, again.Body)
	}
	second := owner.Post("/o/acme/bulk/block", carried(goOn.FindString(first.Body))...)
	if !strings.Contains(second.Body, "520 members are blocked.") || goOn.MatchString(second.Body) {
		t.Errorf("the second step: %d\n%.2000s", second.Status, second.Body)
	}
	blocked, err := h.Team.List(h.As(h.Owner), team.Query{Status: []roster.Status{roster.Blocked}})
	must(t, err)
	invited, err := h.Team.List(h.As(h.Owner), team.Query{Status: []roster.Status{roster.Invited}})
	must(t, err)
	if blocked.Total != action.MostRows+20 || invited.Total != 1 || blocked.Members[0].BlockReason != "Audit" {
		t.Errorf("%d are blocked, %d invited", blocked.Total, invited.Total)
	}

	ask = owner.Post("/o/acme/bulk/unblock", "step", "ask", "all", "yes", "query", "status=blocked")
	form = append(carried(ask.Body), "step", "do")
	_, err = h.Team.Block(h.As(h.Owner), invited.Members[0].ID, "")
	must(t, err)
	_, err = h.Team.Unblock(h.As(h.Owner), blocked.Members[0].ID)
	must(t, err)
	_, err = h.Team.Unblock(h.As(h.Owner), blocked.Members[1].ID)
	must(t, err)
	if a := owner.Post("/o/acme/bulk/unblock", form...); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Look again, and confirm.") {
		t.Errorf("others match by now: %d\n%.2000s", a.Status, a.Body)
	}
	h.Verified(h.Acme.ID)
}

// TestWhatIsRefusedOfSeveralStaysChosen lets a user administrator act on people whom they may not touch.
func TestWhatIsRefusedOfSeveralStaysChosen(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		admin, bob := h.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator), h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		uma := h.Serve().Visitor()
		uma.SignIn("uma@example.com", rostertest.Password)
		fields := []string{"form_key", "k1", "query", "sort=name", "count", "4", "confirm_count", "4", "step", "do"}
		for _, id := range []roster.MemberID{admin.Member, bob.Member, h.Owner.Member, roster.NewMemberID()} {
			fields = append(fields, "m."+string(id), "on")
		}
		a := uma.Post("/o/acme/bulk/remove", fields...)
		for _, text := range []string{"1 member is removed.", "3 were refused.", `name="m.` + string(h.Owner.Member) + `" form="bulk" checked`, `name="m.` + string(admin.Member) + `" form="bulk" checked`, "Bob One"} {
			if !strings.Contains(a.Body, text) {
				t.Errorf("the outcome does not say %q: %d\n%.3000s", text, a.Status, a.Body)
			}
		}
		if again := uma.Post("/o/acme/bulk/remove", fields...); !strings.Contains(again.Body, "This was done already.") {
			t.Errorf("the form a second time: %d\n%.2000s", again.Status, again.Body)
		}
		m, err := h.Team.Show(h.As(h.Owner), bob.Member)
		if err == nil && m.Status != roster.Removed {
			t.Errorf("Bob is %s", m.Status)
		}
		if a := uma.Post("/o/acme/bulk/remove", "form_key", "k2", "step", "do", "count", "1", "confirm_count", "", "m."+string(h.Owner.Member), "on"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Type 1, the number") {
			t.Errorf("without the number: %d", a.Status)
		}
		if a := uma.Post("/o/acme/bulk/block", "step", "ask", "boxes", "all"); a.Status != http.StatusBadRequest {
			t.Errorf("an unknown field: %d", a.Status)
		}
		h.Verified(h.Acme.ID)
	})
}
