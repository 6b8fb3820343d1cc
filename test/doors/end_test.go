package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestABlockAndARemovalEndEveryWayIn: when the call has returned, session, open link, access token and API secret are
// dead in this organisation and alive in the person's other one, and nothing that is done beside revives a blocked one.
func TestABlockAndARemovalEndEveryWayIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := share(t, h)
		s.programEnds(t)
		s.linkEnds(t)
		s.sessionEnds(t)
		s.Verified(h.Acme.ID)
	})
}

// does performs an act of Olga's that must succeed.
func (s shared) does(t *testing.T, m roster.MemberID, method, verb string, body any) {
	t.Helper()
	if a := s.on(method, verb, body)(roster.Actor{Member: m}); a.status >= 300 {
		t.Errorf("%s %s: %d %s", method, verb, a.status, a.body)
	}
}

// programEnds: an API user's token and secret.
func (s shared) programEnds(t *testing.T) {
	t.Helper()
	made, err := s.Team.CreateAPIUser(s.As(s.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
	must(t, err)
	robot := s.tokenOf(made.ClientID, made.Secret)
	alive := func(when string, want bool) {
		t.Helper()
		if got := robot.get(at(s.Acme.ID, "members")).status; (got == http.StatusOK) != want || !want && got != http.StatusUnauthorized {
			t.Errorf("%s, the token: %d", when, got)
		}
		a := s.stranger().form("/oauth2/token", "grant_type", "client_credentials", "client_id", made.ClientID, "client_secret", made.Secret)
		if (a.status == http.StatusOK) != want {
			t.Errorf("%s, the secret: %d %s", when, a.status, a.body)
		}
	}
	alive("at first", true)
	s.does(t, made.ID, http.MethodPost, "block", nil)
	alive("blocked", false)
	s.does(t, made.ID, http.MethodPatch, "", map[string]any{"name": "Robot 2"})
	s.does(t, made.ID, http.MethodPut, "grants", map[string]any{"grants": []any{map[string]any{"role": "auditor"}, map[string]any{"role": "member"}}})
	alive("edited while blocked", false)
	s.does(t, made.ID, http.MethodPost, "unblock", nil)
	robot = s.tokenOf(made.ClientID, made.Secret)
	alive("unblocked", true)
	s.does(t, made.ID, http.MethodDelete, "", nil)
	alive("removed", false)
}

// linkEnds: an invitation's link.
func (s shared) linkEnds(t *testing.T) {
	t.Helper()
	invited := func(email string) (roster.MemberID, string) {
		v, err := s.Team.Invite(s.As(s.Owner), named(email, "Ivo", "Invited"))
		must(t, err)
		linked, err := s.Team.Link(s.As(s.Owner), v.ID)
		must(t, err)
		return v.ID, s.URL + "/invitation/" + string(s.Acme.ID) + "/" + linked.Secret
	}
	one, link := invited("ivo@example.com")
	if a := s.landing(link); a.status != http.StatusOK {
		t.Fatalf("the link at first: %d", a.status)
	}
	s.does(t, one, http.MethodPost, "block", nil)
	if a := s.landing(link); a.status != http.StatusGone {
		t.Errorf("blocked, the link: %d", a.status)
	}
	// A letter may go out to who starts blocked, and leaves them so.
	if a := s.on(http.MethodPost, "resend", nil)(roster.Actor{Member: one}); a.status != http.StatusOK || a.json(t)["status"] != "blocked" {
		t.Errorf("sending again while blocked: %d %s", a.status, a.body)
	}
	s.does(t, one, http.MethodPost, "unblock", nil)
	if a := s.landing(link); a.status != http.StatusGone {
		t.Errorf("unblocked, the old link: %d", a.status)
	}
	other, last := invited("ida@example.com")
	s.does(t, other, http.MethodDelete, "", nil)
	if a := s.landing(last); a.status != http.StatusGone {
		t.Errorf("withdrawn, the link: %d", a.status)
	}
}

// sessionEnds: a person's session, here and not there; and what does not revive them.
func (s shared) sessionEnds(t *testing.T) {
	t.Helper()
	m := s.anna.Member
	inside := func(when string, want int) {
		t.Helper()
		for who, c := range map[string]caller{"the session": s.hers, "a new sign-in": s.person("anna@example.com")} {
			if got := c.get(at(s.Acme.ID, "members")).status; got != want {
				t.Errorf("%s, %s in Acme: %d", when, who, got)
			}
			if got := c.get(at(s.beta.ID, "members")).status; got != http.StatusOK {
				t.Errorf("%s, %s in Beta: %d", when, who, got)
			}
		}
	}
	s.does(t, m, http.MethodPost, "block", nil)
	inside("blocked", http.StatusForbidden)
	for verb, act := range map[string]func(){
		"an edit": func() { s.does(t, m, http.MethodPatch, "", map[string]any{"last_name": "Berger"}) },
		"other grants": func() {
			s.does(t, m, http.MethodPut, "grants", map[string]any{"grants": []any{map[string]any{"role": "owner"}}})
		},
		"a clone": func() {
			s.does(t, m, http.MethodPost, "clone", map[string]any{"email": "twin@example.com", "first_name": "T", "last_name": "W"})
		},
		"an invitation": func() {
			a := s.olga.json(http.MethodPost, at(s.Acme.ID, "members"), map[string]any{"email": "anna@example.com", "first_name": "A", "last_name": "B"}, "Sec-Fetch-Site", "same-origin")
			if a.status != http.StatusConflict {
				t.Errorf("inviting a blocked one: %d %s", a.status, a.body)
			}
		},
		"an act of Beta's": func() {
			otto := s.person("otto@example.com")
			for _, verb := range []string{"block", "unblock"} {
				if a := otto.json(http.MethodPost, at(s.beta.ID, "members", string(s.there.Member), verb), nil, "Sec-Fetch-Site", "same-origin"); a.status != http.StatusOK {
					t.Errorf("%s in Beta: %d", verb, a.status)
				}
			}
		},
		"a batch": func() {
			a := s.olga.json(http.MethodPost, at(s.Acme.ID, "members", "bulk"), map[string]any{"action": "resend", "members": []any{m}}, "Sec-Fetch-Site", "same-origin")
			if !strings.Contains(a.body, `"status":409`) {
				t.Errorf("sending again in a batch: %d %s", a.status, a.body)
			}
		},
	} {
		act()
		inside("after "+verb, http.StatusForbidden)
	}
	s.does(t, m, http.MethodPost, "unblock", nil)
	inside("unblocked", http.StatusOK)
	s.does(t, m, http.MethodDelete, "", nil)
	inside("removed", http.StatusNotFound)
}
