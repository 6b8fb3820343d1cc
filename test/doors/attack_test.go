package doors_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// invited gives an invitation's link, made by whoever invites.
func invited(t *testing.T, h *rostertest.House, by roster.Actor, email string, roles ...string) (roster.MemberID, string) {
	t.Helper()
	v, err := h.Team.Invite(h.As(by), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "In", LastName: "Vited"}, Grants: team.RoleGivings(roles...)})
	must(t, err)
	l, err := h.Team.Link(h.As(by), v.ID)
	must(t, err)
	return v.ID, l.Secret
}

// TestNothingIsGivenForLongerThanItIsHeld is rule 1's "for no longer": who administers until tomorrow
// neither stays, nor leaves someone behind.
func TestNothingIsGivenForLongerThanItIsHeld(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		ada := h.Join("ada@example.com", "Ada", "Interim")
		soon := h.Clock.Now().Add(24 * time.Hour)
		role := func(until any) map[string]any {
			return map[string]any{"grants": []any{map[string]any{"role": "user_administrator", "until": until}}}
		}
		grants := at(h.Acme.ID, "members", string(ada.Member), "grants")
		headers := []string{"If-Match", "*", "Sec-Fetch-Site", "same-origin"}
		if r := s.person("olga@example.com").json(http.MethodPut, grants, role(soon), headers...); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		c := s.person("ada@example.com")
		for name, until := range map[string]any{"endless": nil, "longer": soon.Add(time.Second)} {
			if r := c.json(http.MethodPut, grants, role(until), headers...); r.status != http.StatusForbidden || r.code(t) != "exceeds_authority" {
				t.Errorf("an %s grant for oneself: %d %s", name, r.status, r.body)
			}
			add := role(until)
			add["kind"], add["name"] = "api", "Left behind"
			if r := c.json(http.MethodPost, at(h.Acme.ID, "members"), add, "Sec-Fetch-Site", "same-origin"); r.status != http.StatusForbidden || r.code(t) != "exceeds_authority" {
				t.Errorf("an API user with an %s grant: %d %s", name, r.status, r.body)
			}
		}
		add := role(soon)
		add["kind"], add["name"] = "api", "As long"
		if r := c.json(http.MethodPost, at(h.Acme.ID, "members"), add, "Sec-Fetch-Site", "same-origin"); r.status != http.StatusCreated {
			t.Errorf("for as long as it is held: %d %s", r.status, r.body)
		}
		if r := c.get("/o/acme/team/add"); r.status != http.StatusOK || !strings.Contains(r.body, "lack") {
			t.Errorf("the form does not say that the role cannot be given: %d", r.status)
		}
	})
}

// TestAPIUsersMakeNoLinks is design page 6, step-up: nothing about ways in is for API users.
func TestAPIUsersMakeNoLinks(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	id, _ := invited(t, h, h.Owner, "anna@example.com")
	robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
	member := at(h.Acme.ID, "members", string(id))
	if r := robot.json(http.MethodPost, member+"/invitation-link", nil); r.status != http.StatusForbidden || r.code(t) != "people_only" || strings.Contains(r.body, "rinv_") {
		t.Errorf("a link: %d %s", r.status, r.body)
	}
	if r := robot.get(member); strings.Contains(r.body, "member.link") {
		t.Errorf("allowed names it: %s", r.body)
	}
	if r := s.person("olga@example.com").get(member); !strings.Contains(r.body, "member.link") {
		t.Errorf("allowed does not name it to a person: %s", r.body)
	}
}

// TestAnInvitationGivesWhatItsGiverStillHolds is rule 1 at acceptance.
func TestAnInvitationGivesWhatItsGiverStillHolds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		root := h.As(h.Owner)
		ada := h.Join("ada@example.com", "Ada", "Admin", roster.RoleUserAdministrator)
		_, kept := invited(t, h, ada, "kept@example.com", roster.RoleUserAdministrator)
		still := h.Accept(h.Acme.ID, kept, "Kept", "While held")
		_, lost := invited(t, h, ada, "lost@example.com", roster.RoleUserAdministrator, roster.RoleMember)
		later, _ := invited(t, h, ada, "later@example.com", roster.RoleUserAdministrator)
		_, err := h.Team.Block(root, ada.Member, "")
		must(t, err)

		gone := h.Accept(h.Acme.ID, lost, "Lost", "With the giver")
		l, err := h.Team.Link(root, later)
		must(t, err)
		taken := h.Accept(h.Acme.ID, l.Secret, "Later", "Taken over")
		for who, want := range map[roster.MemberID]string{still.Member: "user_administrator", gone.Member: "", taken.Member: "user_administrator"} {
			v, err := h.Team.Show(root, who)
			must(t, err)
			if got := strings.Join(v.Roles(), " "); got != want {
				t.Errorf("%s holds %q, want %q", v.Name, got, want)
			}
		}
		page, err := h.History.List(root, history.Query{Member: gone.Member, Action: "invitation.accept"})
		must(t, err)
		if len(page.Events) != 1 || !strings.Contains(fmt.Sprint(page.Events[0].Changes), "role user_administrator") {
			t.Errorf("the history does not show what was left out: %v", page.Events)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestTheHistoryDoesNotTellWhoBelongsElsewhere is rule 7: that someone comes with a password, or loses it
// with the membership, says that they are nowhere else.
func TestTheHistoryDoesNotTellWhoBelongsElsewhere(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	anna := h.Join("anna@example.com", "Anna", "Berg")
	_, err := h.Team.Remove(h.As(h.Owner), anna.Member)
	must(t, err)
	owner := s.person("olga@example.com")
	for _, path := range []string{at(h.Acme.ID, "history"), at(h.Acme.ID, "members", string(anna.Member), "history"), "/o/acme/history", "/o/acme/team/" + string(anna.Member)} {
		r := owner.get(path)
		if r.status != http.StatusOK || !strings.Contains(r.body, "Anna") {
			t.Errorf("%s: %d", path, r.status)
		}
		for _, told := range []string{`"field":"person"`, `"kind":"person"`, `"field":"password"`, "credentials", `"field":"sessions"`, "per_"} {
			if strings.Contains(r.body, told) {
				t.Errorf("%s tells %s", path, told)
			}
		}
	}
	page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Member: anna.Member})
	must(t, err)
	if !strings.Contains(fmt.Sprint(page.Events), "credentials") {
		t.Error("the operator does not see it either")
	}
}

// TestAnAccountOfOnesOwnBuysNoGuesses: a success answers for its own account, not for the address block.
func TestAnAccountOfOnesOwnBuysNoGuesses(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		try := func(email, password string) error {
			_, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody, IP: "203.0.113.66"}), signin.Try{Email: email, Password: password})
			return err
		}
		guesses := 0
		for n := range 60 {
			if n%10 == 9 && try("olga@example.com", rostertest.Password) == nil {
				continue
			}
			if roster.Is(try(fmt.Sprintf("victim%d@example.com", n), "a guess"), "wrong_credentials") {
				guesses++
			}
		}
		if guesses < 25 || guesses > 32 {
			t.Errorf("%d guesses at others from one address", guesses)
		}
		h.Clock.Pass(time.Hour)
		for n := range 8 {
			if err := try(fmt.Sprintf("colleague%d@example.com", n), "a mistake"); !roster.Is(err, "wrong_credentials") {
				t.Errorf("mistake %d at the same address, an hour later: %v", n, err)
			}
		}
	})
}

// TestAnAddressManagedByTwoOrganisationsReachesBoth: an organisation that knows an address first does not
// keep its owner out of another.
func TestAnAddressManagedByTwoOrganisationsReachesBoth(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	h.Join("anna@example.com", "Anna", "Berg")
	beta, otto := s.other("Beta", "otto@example.com")
	_, link := invited(t, h, otto, "anna@example.com")
	const other = "copper-window-thursday-58"
	_, err := h.SignIn.Accept(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Acceptance{Org: beta.ID, Secret: link, FirstName: "Anna", LastName: "Berg", Password: other, Repeat: other})
	must(t, err)
	for next, password := range map[string]string{"/o/beta/team?q=x": other, "/o/acme": rostertest.Password} {
		r := s.stranger().form("/sign-in", "email", "anna@example.com", "password", password, "next", next)
		if r.status != http.StatusSeeOther || r.cookie("__Host-roster") == "" {
			t.Errorf("on the way to %q: %d", next, r.status)
		}
	}
}
