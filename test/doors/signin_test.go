package doors_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestEveryFailureToSignInLooksTheSame is design page 6, enumeration.
func TestEveryFailureToSignInLooksTheSame(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		ctx := h.As(h.Owner)
		_, err := h.Team.Invite(ctx, team.Invitation{Email: "invited@example.com", Profile: roster.Profile{FirstName: "In", LastName: "Vited"}})
		must(t, err)
		blocked, removed := h.Join("blocked@example.com", "Bl", "Ocked"), h.Join("removed@example.com", "Re", "Moved")
		_, err = h.Team.Block(ctx, blocked.Member, "")
		must(t, err)
		_, err = h.Team.Remove(ctx, removed.Member)
		must(t, err)
		given(t, h, "given@example.com", 0)
		given(t, h, "late@example.com", time.Hour)
		h.Clock.Pass(time.Hour)
		bodies := map[string]string{}
		for _, try := range []struct{ email, password string }{
			{"olga@example.com", "wrong-anchor-tuesday-47"},
			{"nobody@example.com", rostertest.Password},
			{"invited@example.com", rostertest.Password},
			{"blocked@example.com", "wrong-anchor-tuesday-47"},
			{"removed@example.com", rostertest.Password},
			{"given@example.com", "wrong-anchor-tuesday-47"},
			{"late@example.com", "wrong-anchor-tuesday-47"},
			{"not an address", rostertest.Password},
			{strings.Repeat("long", 100) + "@example.com", rostertest.Password},
			{"olga@example.com", ""},
			{"olga@example.com", strings.Repeat("p", 5000)},
		} {
			a := s.stranger().form("/sign-in", "email", try.email, "password", try.password)
			if a.status != http.StatusUnauthorized || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("%.40s: %d %q", try.email, a.status, a.header.Values("Set-Cookie"))
			}
			a.header.Del("Request-Id")
			a.header.Del("Date")
			a.header.Del("Content-Length") // the address stands in the form again
			var headers strings.Builder
			must(t, a.header.Write(&headers))
			bodies[a.plain(try.email)+headers.String()] = try.email
		}
		if len(bodies) != 1 {
			t.Errorf("%d different answers: %v", len(bodies), bodies)
		}
	})
}

// given makes a member whose password the Owner set; it waits for its change so long, or as long as is usual.
func given(t *testing.T, h *rostertest.House, email string, lasts time.Duration) team.View {
	t.Helper()
	v, err := h.Team.Create(h.As(h.Owner), team.Creation{
		Invitation:  team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Given", LastName: "Password"}, Grants: team.RoleGivings(roster.RoleAuditor), TTL: lasts},
		NewPassword: team.NewPassword{Password: rostertest.Password, Repeat: rostertest.Password},
	})
	must(t, err)
	return v
}

// TestAGivenPasswordOpensNothingButTheChoice walks the sign-in with one through the pages, and holds that between
// the two passwords there is no session, at any door.
func TestAGivenPasswordOpensNothingButTheChoice(t *testing.T) {
	const own = "walnut-harbour-comet-58"
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		given(t, h, "given@example.com", 0)
		v := s.stranger()
		if a := v.get("/o/acme/sign-in"); a.status != http.StatusOK || !strings.Contains(a.body, "Sign in to acme") {
			t.Fatalf("the organisation's own sign-in: %d %.400s", a.status, a.body)
		}
		nowhere, here := s.stranger().get("/o/nowhere/sign-in"), s.stranger().get("/o/acme/sign-in")
		if nowhere.status != here.status || strings.ReplaceAll(nowhere.body, "nowhere", "acme") != here.body {
			t.Error("the sign-in address tells which organisations there are")
		}
		a := v.form("/sign-in", "email", "given@example.com", "password", rostertest.Password, "organisation", "acme", "next", "/o/acme/team")
		cookies := (&http.Response{Header: a.header}).Cookies()
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/sign-in/password?next=%2Fo%2Facme%2Fteam" || len(cookies) != 1 || cookies[0].Name != "__Host-choice" || !cookies[0].HttpOnly {
			t.Fatalf("a given password: %d to %q with %v", a.status, a.header.Get("Location"), cookies)
		}
		choice := []string{"Cookie", "__Host-choice=" + cookies[0].Value + "; __Host-roster=" + cookies[0].Value}
		for _, path := range []string{"/o/acme/team", at(h.Acme.ID, "members"), "/api/v1/me", "/me"} {
			got := v.send(http.MethodGet, path, "", choice...)
			if got.status != http.StatusUnauthorized && !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
				t.Errorf("between the passwords %s answers %d", path, got.status)
			}
		}
		page := v.send(http.MethodGet, "/sign-in/password", "", choice...)
		if page.status != http.StatusOK || !strings.Contains(page.body, "Choose your password") || !strings.Contains(page.body, "Acme") || strings.Contains(page.body, rostertest.Password) {
			t.Fatalf("the page of the choice: %d %.600s", page.status, page.body)
		}
		form := append(choice, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
		for sent, want := range map[string]int{
			"password=short&repeat=short": http.StatusUnprocessableEntity, "password=" + own + "&repeat=other": http.StatusUnprocessableEntity,
			"password=" + rostertest.Password + "&repeat=" + rostertest.Password: http.StatusUnprocessableEntity,
		} {
			if got := v.send(http.MethodPost, "/sign-in/password", sent, form...); got.status != want {
				t.Errorf("choosing by %s: %d", sent, got.status)
			}
		}
		got := v.send(http.MethodPost, "/sign-in/password", "password="+own+"&repeat="+own+"&next=//evil.example", form...)
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/" || !strings.Contains(strings.Join(got.header.Values("Set-Cookie"), "\n"), "__Host-roster=rses_") {
			t.Fatalf("choosing: %d to %q", got.status, got.header.Get("Location"))
		}
		if again := v.send(http.MethodPost, "/sign-in/password", "password="+own+"2&repeat="+own+"2", form...); again.status != http.StatusSeeOther || again.header.Get("Location") != "/sign-in" {
			t.Errorf("choosing twice: %d to %q", again.status, again.header.Get("Location"))
		}
		if old := s.stranger().form("/sign-in", "email", "given@example.com", "password", rostertest.Password); old.status != http.StatusUnauthorized {
			t.Errorf("the given password afterwards: %d", old.status)
		}
		given(t, h, "late@example.com", time.Hour)
		h.Clock.Pass(time.Hour)
		late := s.stranger().form("/sign-in", "email", "late@example.com", "password", rostertest.Password)
		if late.status != http.StatusForbidden || !strings.Contains(late.body, "was not used in time") || len(late.header.Values("Set-Cookie")) > 0 {
			t.Errorf("an unused password's end: %d", late.status)
		}
		if text := s.log.String(); strings.Contains(text, own) || strings.Contains(text, rostertest.Password) {
			t.Error("a password stands in the log")
		}
	})
}

// TestTriesAtOnceShareOneBudget makes many tries at once, in every spelling of one address.
func TestTriesAtOnceShareOneBudget(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		spellings := []string{"olga@example.com", "OLGA@EXAMPLE.COM", " olga@example.com ", "Olga@Example.Com"}
		statuses := make([]int, 20)
		var all sync.WaitGroup
		begin := make(chan struct{})
		for n := range statuses {
			all.Go(func() {
				<-begin
				a := s.stranger().form("/sign-in", "email", spellings[n%len(spellings)], "password", "wrong-anchor-tuesday-47", "organisation", []string{"", "acme"}[n%2])
				if statuses[n] = a.status; a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") == "" {
					t.Error("429 without Retry-After")
				}
			})
		}
		close(begin)
		all.Wait()
		guesses := 0
		for _, status := range statuses {
			if status == http.StatusUnauthorized {
				guesses++
			} else if status != http.StatusTooManyRequests {
				t.Errorf("a try is answered %d", status)
			}
		}
		if guesses == 0 || guesses > 6 {
			t.Errorf("%d of %d tries were guesses", guesses, len(statuses))
		}
		if a := s.stranger().form("/sign-in", "email", "olga@example.com", "password", rostertest.Password); a.status != http.StatusTooManyRequests {
			t.Errorf("the right password within the wait: %d", a.status)
		}
		h.Clock.Pass(16 * time.Minute)
		s.person("olga@example.com")
	})
}

// TestManyAddressesDoNotMakeManyBudgets: an untrusted client cannot choose its address.
func TestManyAddressesDoNotMakeManyBudgets(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	limited := false
	for n := range 40 {
		a := s.stranger().send(http.MethodPost, "/sign-in", "email=person"+string(rune('a'+n%26))+string(rune('a'+n/26))+"@example.com&password=x",
			"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", "203.0.113."+string(rune('0'+n%10)), "X-Real-Ip", "203.0.113.9", "Forwarded", "for=203.0.113.8")
		limited = limited || a.status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("forty tries from one address were all let through")
	}
}

func TestTheAddressOfAClientBehindAProxy(t *testing.T) {
	for _, c := range []struct{ name, proxy, forwarded, want string }{
		{"no proxy is trusted", "", "203.0.113.9", "127.0.0.1"},
		{"another proxy is trusted", "192.0.2.1", "203.0.113.9", "127.0.0.1"},
		{"a trusted proxy", "127.0.0.0/8", "203.0.113.9", "203.0.113.9"},
		{"what the client itself has sent counts for nothing", "127.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := rostertest.SQLite(t)
			var proxies []string
			if c.proxy != "" {
				proxies = []string{c.proxy}
			}
			s := serve(t, h, proxies...)
			anna := h.Join("anna@example.com", "Anna", "Berg")
			owner := s.person("olga@example.com")
			owner.json(http.MethodPost, at(h.Acme.ID, "members", string(anna.Member), "block"), nil, "Sec-Fetch-Site", "same-origin", "X-Forwarded-For", c.forwarded)
			lines := owner.get(at(h.Acme.ID, "history") + "?action=member.block").json(t)["items"].([]any)
			if len(lines) != 1 || lines[0].(map[string]any)["ip"] != c.want {
				t.Errorf("the history says %v", lines)
			}
		})
	}
}

func TestTheSessionsCookie(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	planted := s.stranger()
	planted.cookie = "rses_planted"
	a := planted.form("/sign-in", "email", "olga@example.com", "password", rostertest.Password)
	cookies := (&http.Response{Header: a.header}).Cookies()
	slices.SortFunc(cookies, func(a, b *http.Cookie) int { return strings.Compare(a.Name, b.Name) })
	if len(cookies) != 2 || cookies[0].Name != "__Host-device" || cookies[1].Name != "__Host-roster" {
		t.Fatalf("the cookies are %v", cookies)
	}
	for _, c := range cookies {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Value == "rses_planted" || len(c.Value) < 48 {
			t.Errorf("the cookie is %s", c)
		}
	}
	one, two := s.person("olga@example.com"), s.person("olga@example.com")
	if one.cookie == two.cookie {
		t.Error("two sessions share a secret")
	}
	a = one.form("/sign-out")
	if a.status != http.StatusSeeOther || !strings.Contains(strings.Join(a.header.Values("Set-Cookie"), "\n"), "__Host-roster=;") {
		t.Errorf("sign out: %d %q", a.status, a.header.Values("Set-Cookie"))
	}
	for name, want := range map[caller]int{one: http.StatusUnauthorized, two: http.StatusOK} {
		if got := name.get("/api/v1/me").status; got != want {
			t.Errorf("after the sign-out of one session: %d, want %d", got, want)
		}
	}
	for _, next := range elsewhere() {
		staysHere(t, "a password", next, s.stranger().form("/sign-in", "email", "olga@example.com", "password", rostertest.Password, "next", next))
	}
}

// TestSessionsEnd: by their time, by their person, and with the membership.
func TestSessionsEnd(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		one, two, hers := s.person("olga@example.com"), s.person("olga@example.com"), s.person("anna@example.com")
		id := sessionOf(t, one)
		if a := hers.form("/me/sessions/" + id + "/end"); a.status != http.StatusNotFound {
			t.Errorf("ending another person's session: %d", a.status)
		}
		if a := one.form("/me/sessions/" + id + "/end"); a.status != http.StatusSeeOther {
			t.Errorf("ending one's own: %d", a.status)
		}
		if a := two.get("/api/v1/me"); a.status != http.StatusUnauthorized {
			t.Errorf("the ended session: %d", a.status)
		}
		_, err := h.Team.Block(h.As(h.Owner), anna.Member, "")
		must(t, err)
		for path, want := range map[string]int{"/o/acme/team": http.StatusForbidden, at(h.Acme.ID, "members"): http.StatusForbidden, "/api/v1/me": http.StatusOK} {
			if a := hers.get(path); a.status != want {
				t.Errorf("a blocked member at %s: %d", path, a.status)
			}
		}
		_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
		must(t, err)
		if a := hers.get("/api/v1/me"); a.status != http.StatusUnauthorized {
			t.Errorf("a removed member, whose last membership it was: %d", a.status)
		}
		h.Clock.Pass(59 * time.Minute)
		if a := one.get("/me"); a.status != http.StatusOK {
			t.Errorf("after 59 minutes: %d", a.status)
		}
		h.Clock.Pass(61 * time.Minute)
		if a := one.get("/me"); a.status != http.StatusSeeOther {
			t.Errorf("after an idle hour: %d", a.status)
		}
		last := s.person("olga@example.com")
		for range 30 {
			h.Clock.Pass(50 * time.Minute)
			last.get("/me")
		}
		if a := last.get("/me"); a.status != http.StatusSeeOther {
			t.Errorf("after a day in use: %d", a.status)
		}
	})
}
