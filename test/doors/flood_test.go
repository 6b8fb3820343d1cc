package doors_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAFloodOfPasswordsIsBounded: however many sign in at once, as many passwords are hashed as there are places, as many wait as
// the queue holds, and every other is turned away at every door that hashes one, with a time to come back and without
// anything having been counted against them. Nobody else notices: health, pages, the API and programs' tokens are answered.
func TestAFloodOfPasswordsIsBounded(t *testing.T) {
	for passes := uint32(6_000); !flooded(t, passes); passes *= 3 {
		if passes > 2_000_000 {
			t.Fatal("the first of the flood is over before anything else was asked")
		}
	}
}

// flooded tells whether all was asked before the first password was hashed.
func flooded(t *testing.T, passes uint32) bool {
	quick := rostertest.SQLite(t)
	anna := quick.Join("anna@example.com", "Anna", "Berg")
	given(t, quick, "gina@example.com", 0)
	_, link := invited(t, quick, quick.Owner, "ivan@example.com")
	signed, err := quick.SignIn.SignIn(quick.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "olga@example.com", Password: rostertest.Password})
	must(t, err)
	h := rostertest.Slow(t, quick.Database, passes)
	h.Acme = quick.Acme
	s := serve(t, h, "127.0.0.0/8")
	olga := s.stranger()
	olga.cookie = signed.Secret
	robot, _ := s.program(quick.Owner, "Robot", roster.RoleAuditor)
	choice := s.stranger().form("/sign-in", "email", "gina@example.com", "password", rostertest.Password, "organisation", "acme").cookie("__Host-choice")
	load, rows := h.Hasher.Load(), tried(t, quick)

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var flood sync.WaitGroup
	for n := range load.Places + load.Queue {
		flood.Go(func() {
			form := url.Values{"email": {fmt.Sprintf("nobody%d@example.com", n)}, "password": {"a guess"}}
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/sign-in", strings.NewReader(form.Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", from(n))
			if a, err := client.Do(r); err == nil {
				_ = a.Body.Close()
			}
		})
	}
	flood.Go(func() { // the rest of a flood that was too quick holds nobody up
		for ctx.Err() == nil && h.Hasher.Load().Done == load.Done {
			time.Sleep(time.Millisecond)
		}
		leave()
	})
	defer flood.Wait()
	defer leave()
	full := time.Now().Add(time.Minute)
	for l := h.Hasher.Load(); l.Done == load.Done && (l.Running < l.Places || l.Waiting < l.Queue); l = h.Hasher.Load() {
		if time.Now().After(full) {
			t.Fatalf("the flood does not come: %+v", l)
		}
		time.Sleep(time.Millisecond)
	}
	counted := tried(t, quick)
	faults := s.turnsAway(olga, anna, choice, string(h.Acme.ID)+"."+link)
	for what, a := range map[string]reply{
		"/livez": s.stranger().get("/livez"), "/readyz": s.stranger().get("/readyz"), "the page of signing in": s.stranger().get("/sign-in"), "the team's page": olga.get("/o/acme/team"),
		"the API by a session": olga.get(at(quick.Acme.ID, "members")), "the API by a token": robot.get(at(quick.Acme.ID, "members")),
	} {
		if a.status != http.StatusOK {
			faults = append(faults, fmt.Sprintf("%s during the flood: %d", what, a.status))
		}
	}
	l := h.Hasher.Load()
	if l.Done != load.Done {
		return false
	}
	for _, fault := range faults {
		t.Error(fault)
	}
	if l.Most > l.Places || l.Refused < 30 {
		t.Errorf("%d at once in %d places, %d turned away", l.Most, l.Places, l.Refused)
	}
	if now := tried(t, quick); now != counted || counted < rows+load.Places {
		t.Errorf("who is turned away counts as a try: %d, then %d", counted, now)
	}
	quick.Verified(quick.Acme.ID)
	return true
}

// turnsAway tries every door that hashes a password, and gives those that did not say to come again later.
func (s *site) turnsAway(olga caller, anna roster.Actor, choice, invitation string) (faults []string) {
	const words = "copper-window-thursday-58"
	form := func(c caller, path, cookie string, fields ...string) reply {
		values := url.Values{}
		for i := 0; i+1 < len(fields); i += 2 {
			values.Set(fields[i], fields[i+1])
		}
		headers := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
		if cookie != "" {
			headers = append(headers, "Cookie", cookie)
		}
		return c.send(http.MethodPost, path, values.Encode(), headers...)
	}
	member := at(s.Acme.ID, "members", string(anna.Member))
	for range 30 {
		if a := form(s.stranger(), "/sign-in", "", "email", "anna@example.com", "password", rostertest.Password); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			return []string{fmt.Sprintf("signing in: %d", a.status)}
		}
	}
	for what, a := range map[string]reply{
		"accepting an invitation":      form(s.stranger(), "/invitation", "__Host-invitation="+invitation, "first_name", "Ivan", "last_name", "Invited", "password", words, "repeat", words),
		"choosing a password":          form(s.stranger(), "/sign-in/password", "__Host-choice="+choice, "password", words, "repeat", words),
		"changing one's own":           form(olga, "/me/password", "", "password", words, "repeat", words),
		"confirming":                   form(olga, "/confirm", "", "confirm_password", rostertest.Password),
		"setting another's":            form(olga, "/o/acme/team/"+string(anna.Member)+"/password", "", "password", words, "repeat", words),
		"setting another's by the API": olga.json(http.MethodPost, member+"/password", map[string]any{"password": words}, "Sec-Fetch-Site", "same-origin"),
		"adding with a password":       olga.json(http.MethodPost, at(s.Acme.ID, "members"), map[string]any{"email": "mara@example.com", "first_name": "Mara", "last_name": "Ek", "password": words}, "Sec-Fetch-Site", "same-origin"),
	} {
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			faults = append(faults, fmt.Sprintf("%s: %d, Retry-After %q: %.300s", what, a.status, a.header.Get("Retry-After"), a.body))
		}
	}
	return faults
}
