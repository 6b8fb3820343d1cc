package doors_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestTheLastSeat is rule 6: whatever runs at once, through whatever door, one gets the last seat and
// the others are told the plan, its limit and how many there are.
func TestTheLastSeat(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Small", Plan: roster.PlanPlayground, Owner: "sam@example.com"})
		must(t, err)
		sam := h.Accept(founded.Organisation.ID, founded.Link, "Sam", "Small")
		for n := range 8 { // nine of ten
			_, err := h.Team.Invite(h.As(sam), team.Invitation{Email: fmt.Sprintf("seat%d@example.com", n), Profile: roster.Profile{FirstName: "A", LastName: "Seat"}})
			must(t, err)
		}
		owner := s.person("sam@example.com")
		robot, _ := s.program(sam, "Robot", roster.RoleUserAdministrator)
		ways := []func(n int) (won bool, told string){
			func(n int) (bool, string) {
				r := robot.json(http.MethodPost, at(sam.Organisation, "members"), map[string]any{"email": late(n), "first_name": "Late", "last_name": "Rest"})
				return r.status == http.StatusCreated, r.said(t, http.StatusConflict, "seat_limit")
			},
			func(n int) (bool, string) {
				r := owner.form("/o/small/team/add", "form_key", fmt.Sprintf("key-%d", n), "kind", "regular", "email", late(n), "first_name", "Late", "last_name", "Form", "role", "member")
				return r.status == http.StatusSeeOther, r.said(t, http.StatusConflict, "")
			},
			func(n int) (bool, string) {
				code, _, complaint := s.command("user", "invite", late(n), "--first-name", "Late", "--last-name", "Line", "--org", "small")
				return code == 0, complaint
			},
			func(n int) (bool, string) { // a seat is a seat, whoever asks
				r := owner.json(http.MethodPost, at(sam.Organisation, "members"), map[string]any{"email": late(n), "first_name": "Late", "last_name": "Session"}, "Sec-Fetch-Site", "same-origin")
				return r.status == http.StatusCreated, r.said(t, http.StatusConflict, "seat_limit")
			},
			func(n int) (bool, string) { // a batch with one more who is none
				r := robot.json(http.MethodPost, at(sam.Organisation, "members/bulk"), map[string]any{"invite": []any{map[string]any{"email": "nobody"}, map[string]any{"email": late(n)}}})
				var out struct{ Items []struct{ Status int } }
				must(t, json.Unmarshal([]byte(r.body), &out))
				return out.Items[1].Status == http.StatusCreated, r.body
			},
			func(n int) (bool, string) {
				r := owner.form("/o/small/team/invite", "form_key", fmt.Sprintf("several-%d", n), "kind", "regular", "addresses", late(n)+"\nnobody", "role", "member")
				return strings.Contains(r.body, `data-outcome="invited"`), r.body
			},
			func(n int) (bool, string) {
				code, told, _ := s.command("user", "invite", fmt.Sprintf("Late Lines <%s>", late(n)), "--org", "small")
				return code == 0, told
			},
		}
		parallel := count(21, 70)
		won, told := make([]bool, parallel), make([]string, parallel)
		var all sync.WaitGroup
		begin := make(chan struct{})
		for n := range parallel {
			all.Go(func() {
				<-begin
				won[n], told[n] = ways[n%len(ways)](n)
			})
		}
		close(begin)
		all.Wait()
		winners := 0
		for n := range parallel {
			if won[n] {
				winners++
			} else if !strings.Contains(told[n], "The plan Playground allows 10 users and 10 are in use.") {
				t.Errorf("way %d is told: %s", n%len(ways), told[n])
			}
		}
		if winners != 1 {
			t.Errorf("%d of %d got the last seat", winners, parallel)
		}
		use, err := h.Orgs.Show(h.As(sam))
		if err != nil || use.Organisation.People != 10 {
			t.Errorf("seats in use: %d %v", use.Organisation.People, err)
		}
		h.Verified(sam.Organisation)
	})
}

func late(n int) string { return fmt.Sprintf("late%d@example.com", n) }

// said gives the text of a refusal, and holds its status and code.
func (r reply) said(t testing.TB, status int, code string) string {
	t.Helper()
	if r.status < 400 {
		return ""
	}
	if r.status != status || code != "" && r.code(t) != code {
		t.Errorf("refused with %d: %s", r.status, r.body)
	}
	return r.body
}
