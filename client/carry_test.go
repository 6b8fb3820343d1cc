package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"roster/client"
)

// server is what stands in for Roster where a test wants it to fail on purpose: it answers in memory, and keeps
// what it was asked.
type server struct {
	mu     sync.Mutex
	tokens int  // how many it gave
	mute   bool // it gives none
	slow   time.Duration
	asked  []*http.Request
	at     []time.Time
	bodies []string
	answer func(n int, r *http.Request) (*http.Response, error) // of the n-th request but those for tokens
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/oauth2/token" {
		select {
		case <-time.After(s.slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.mute {
			return nil, errors.New("connection refused")
		}
		s.tokens++
		return reply(200, `{"access_token":"token-`+strconv.Itoa(s.tokens)+`","token_type":"Bearer","expires_in":3600}`), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	n := len(s.asked)
	s.asked, s.bodies, s.at = append(s.asked, r), append(s.bodies, string(body)), append(s.at, time.Now())
	s.mu.Unlock()
	if s.answer == nil {
		return reply(200, `{"id":"mem_1"}`), nil
	}
	return s.answer(n, r)
}

func (s *server) values(header string) []string {
	var all []string
	for _, r := range s.asked {
		all = append(all, r.Header.Get(header))
	}
	return all
}

// reply is an answer; headers are pairs.
func reply(status int, body string, headers ...string) *http.Response {
	w := httptest.NewRecorder()
	for i := 0; i+1 < len(headers); i += 2 {
		w.Header().Set(headers[i], headers[i+1])
	}
	w.WriteHeader(status)
	_, _ = w.WriteString(body)
	return w.Result()
}

func problem(status int, code string, headers ...string) *http.Response {
	return reply(status, fmt.Sprintf(`{"status":%d,"code":%q,"title":"No","detail":"It was refused.","request_id":"req_1"}`, status, code), headers...)
}

// speaks gives a client of such a server.
func speaks(t testing.TB, s *server, change ...func(*client.Settings)) *client.Client {
	t.Helper()
	set := client.Settings{URL: "https://team.example.com", ID: "id", Secret: "s3cret", HTTP: &http.Client{Transport: s}}
	for _, c := range change {
		c(&set)
	}
	c, err := client.New(set)
	must(t, err)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestATokenIsObtainedOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{slow: time.Second}
		c := speaks(t, s)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := c.Org("acme").Members.Show(t.Context(), "mem_1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if s.tokens != 1 {
			t.Errorf("%d tokens were asked for", s.tokens)
		}
		for _, a := range s.values("Authorization") {
			if a != "Bearer token-1" {
				t.Errorf("a request went with %q", a)
			}
		}
	})
}

func TestWhoLeavesTakesNobodysTokenAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{slow: time.Second}
		c := speaks(t, s)
		short, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		go func() { _, _ = c.Org("acme").Show(short) }()
		synctest.Wait()
		time.Sleep(10 * time.Millisecond) // the first has gone
		_, err := c.Org("acme").Show(t.Context())
		must(t, err)
		if s.tokens != 1 {
			t.Errorf("%d tokens were asked for", s.tokens)
		}
	})
}

func TestATokenIsRenewedBeforeItsEndAndNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		c := speaks(t, s)
		ask := func() time.Duration {
			start := time.Now()
			_, err := c.Org("acme").Show(t.Context())
			must(t, err)
			took := time.Since(start)
			synctest.Wait()
			return took
		}
		ask()
		time.Sleep(54 * time.Minute) // of an hour
		ask()
		if s.tokens != 1 {
			t.Fatalf("%d tokens after 54 minutes", s.tokens)
		}
		s.slow = 10 * time.Second
		time.Sleep(2 * time.Minute)
		if took := ask(); took != 0 {
			t.Errorf("somebody waited %s for a renewal", took)
		}
		time.Sleep(11 * time.Second)
		ask()
		if got := s.values("Authorization"); !slices.Equal(got, []string{"Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-2"}) {
			t.Errorf("the tokens were %v", got)
		}
		time.Sleep(2 * time.Hour) // past the end, so that one waits
		if took := ask(); took != 10*time.Second {
			t.Errorf("past its end the wait was %s", took)
		}
	})
}

func TestATokenPastItsEndIsGivenToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		c := speaks(t, s, func(set *client.Settings) { set.Retries = -1 })
		ask := func() error {
			_, err := c.Org("acme").Show(t.Context())
			synctest.Wait()
			return err
		}
		must(t, ask())
		s.mute = true
		time.Sleep(time.Hour - 2*time.Second) // it is good still, and cannot be renewed
		must(t, ask())
		time.Sleep(3 * time.Second)
		if err := ask(); err == nil || len(s.asked) != 2 {
			t.Errorf("past its end %d requests went with it: %v", len(s.asked)-2, err)
		}
		s.mute = false
		must(t, ask())
		if got := s.values("Authorization"); !slices.Equal(got, []string{"Bearer token-1", "Bearer token-1", "Bearer token-2"}) {
			t.Errorf("the tokens were %v", got)
		}
	})
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(n int, r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") == "Bearer token-1" {
				return problem(401, "invalid_token"), nil
			}
			return reply(200, `{}`), nil
		}}
		_, err := speaks(t, s).Org("acme").Members.Block(t.Context(), "mem_1", "")
		must(t, err)
		if keys := s.values("Idempotency-Key"); len(keys) != 2 || keys[0] == "" || keys[0] != keys[1] {
			t.Errorf("the keys were %v", keys)
		}
		s.answer = func(int, *http.Request) (*http.Response, error) { return problem(401, "invalid_token"), nil }
		s.asked = nil
		if _, err = speaks(t, s).Org("acme").Show(t.Context()); client.Code(err) != "invalid_token" || len(s.asked) != 2 {
			t.Errorf("a client that is no more asked %d times: %v", len(s.asked), err)
		}
	})
}

func TestARequestComesAgainUnderOneKeyWhenTheServerSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 0:
				return problem(429, "too_many", "Retry-After", "7"), nil
			case 1:
				return nil, errors.New("connection reset")
			case 2:
				return reply(502, "<html>a proxy</html>"), nil
			}
			return reply(201, `{"id":"mem_9","client_secret":null,"code":"secret_shown_once"}`, "Roster-Seq", "12"), nil
		}}
		acme := speaks(t, s).Org("acme")
		made, err := acme.Members.Add(t.Context(), client.NewMember{Kind: "api", Name: "Import"})
		must(t, err)
		if made.ID != "mem_9" || made.ClientSecret != "" || made.Code != "secret_shown_once" || acme.Position() != 12 {
			t.Errorf("made %+v at %d", made, acme.Position())
		}
		keys := s.values("Idempotency-Key")
		if len(keys) != 4 || keys[0] == "" || len(slices.Compact(keys)) != 1 {
			t.Errorf("the keys were %v", keys)
		}
		if len(slices.Compact(slices.Clone(s.bodies))) != 1 || s.bodies[0] != `{"kind":"api","name":"Import"}` {
			t.Errorf("the bodies were %q", s.bodies)
		}
		if waited := s.at[1].Sub(s.at[0]); waited < 7*time.Second || waited > 8*time.Second {
			t.Errorf("Retry-After: 7 made it wait %s", waited)
		}
	})
}

func TestWhatIsOfNoUseIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, answer := range map[string]*http.Response{
			"a refusal":           problem(409, "already_member"),
			"an error of ours":    problem(500, "internal"),
			"a wait that is long": problem(429, "too_many", "Retry-After", "3600"),
			"a redirect":          reply(307, "", "Location", "https://elsewhere.example.com/"),
		} {
			s := &server{answer: func(int, *http.Request) (*http.Response, error) { return answer, nil }}
			_, err := speaks(t, s).Org("acme").Members.Add(t.Context(), client.NewMember{Email: "a@example.com"})
			var refused *client.Error
			if !errors.As(err, &refused) || refused.Status != answer.StatusCode || len(s.asked) != 1 {
				t.Errorf("%s: asked %d times: %v", name, len(s.asked), err)
			}
		}
		s := &server{answer: func(int, *http.Request) (*http.Response, error) { return problem(503, "busy"), nil }}
		if _, err := speaks(t, s).Org("acme").Show(t.Context()); client.Code(err) != "busy" || len(s.asked) != 4 {
			t.Errorf("an overloaded server was asked %d times: %v", len(s.asked), err)
		}
		s.asked = nil
		once := speaks(t, s, func(set *client.Settings) { set.Retries = -1 })
		if _, err := once.Org("acme").Show(t.Context()); client.Code(err) != "busy" || len(s.asked) != 1 {
			t.Errorf("without retries it was asked %d times: %v", len(s.asked), err)
		}
		s.asked = nil
		short, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		if _, err := speaks(t, s).Org("acme").Show(short); err == nil || len(s.asked) != 1 {
			t.Errorf("past its deadline a call asked %d times: %v", len(s.asked), err)
		}
	})
}

func TestAServerThatIsDownIsLeftInPeaceHoweverLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(int, *http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }}
		if _, err := speaks(t, s, func(set *client.Settings) { set.Retries = 70 }).Org("acme").Show(t.Context()); err == nil || len(s.at) != 71 {
			t.Fatalf("it was asked %d times: %v", len(s.at), err)
		}
		for n := 6; n < len(s.at); n++ {
			if waited := s.at[n].Sub(s.at[n-1]); waited < 2500*time.Millisecond || waited > 7500*time.Millisecond {
				t.Errorf("before attempt %d it waited %s", n, waited)
			}
		}
	})
}

func TestAKeyOfOnesOwnIsSent(t *testing.T) {
	s := &server{}
	acme := speaks(t, s).Org("acme")
	_, err := acme.Members.Unblock(client.WithKey(t.Context(), "job-17"), "mem_1")
	must(t, err)
	_, err = acme.Members.Unblock(t.Context(), "mem_1")
	must(t, err)
	_, err = acme.Members.Show(t.Context(), "mem_1")
	must(t, err)
	if keys := s.values("Idempotency-Key"); keys[0] != "job-17" || keys[1] == "" || keys[1] == keys[0] || keys[2] != "" {
		t.Errorf("the keys were %q", keys)
	}
}

func TestADecisionSeesWhatThisClientChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		behind := 2
		s := &server{answer: func(_ int, r *http.Request) (*http.Response, error) {
			switch {
			case !strings.Contains(r.URL.Path, "/access/v1/"):
				return reply(200, `{}`, "Roster-Seq", "41"), nil
			case behind > 0:
				behind--
				return problem(409, "position_ahead"), nil
			}
			return reply(200, `{"decision":true}`), nil
		}}
		c := speaks(t, s)
		acme, q := c.Org("acme"), client.Question{Subject: client.User("mem_1"), Action: "devices.restart", Resource: client.At("unit_1"), Context: map[string]any{"channel": "web"}}
		may := func(want string, o *client.Org) {
			t.Helper()
			yes, err := o.Decisions.May(t.Context(), q)
			must(t, err)
			var sent struct {
				Context struct {
					AtLeast json.Number `json:"at_least"`
					Channel string      `json:"channel"`
				} `json:"context"`
			}
			must(t, json.Unmarshal([]byte(s.bodies[len(s.bodies)-1]), &sent))
			if !yes || string(sent.Context.AtLeast) != want || sent.Context.Channel != "web" {
				t.Errorf("allowed %t, sent %s", yes, s.bodies[len(s.bodies)-1])
			}
		}
		behind = 0
		may("", acme)
		_, err := acme.Members.Block(t.Context(), "mem_2", "")
		must(t, err)
		behind = 2
		may("41", c.Org("acme")) // waits for a server that has not seen it
		may("", c.Org("beta"))
		acme.Reach(40)
		may("41", acme)
		acme.Reach(50)
		may("50", acme)
		if len(q.Context) != 1 {
			t.Errorf("the asker's own context was changed: %v", q.Context)
		}
	})
}

func TestWhoseSecretWouldTravelInTheOpenIsNoClient(t *testing.T) {
	good := client.Settings{URL: "https://team.example.com", ID: "id", Secret: "s3cret"}
	for name, c := range map[string]struct {
		change func(*client.Settings)
		ok     bool
	}{
		"https":                   {func(*client.Settings) {}, true},
		"http to this machine":    {func(s *client.Settings) { s.URL = "http://127.0.0.1:8080" }, true},
		"http to another":         {func(s *client.Settings) { s.URL = "http://team.example.com" }, false},
		"http that is meant":      {func(s *client.Settings) { s.URL, s.Plain = "http://roster:8080", true }, true},
		"no scheme":               {func(s *client.Settings) { s.URL = "team.example.com" }, false},
		"another scheme":          {func(s *client.Settings) { s.URL = "ftp://team.example.com" }, false},
		"credentials in the URL":  {func(s *client.Settings) { s.URL = "https://a:b@team.example.com" }, false},
		"a client without secret": {func(s *client.Settings) { s.Secret = "" }, false},
		"a secret without client": {func(s *client.Settings) { s.ID = "" }, false},
	} {
		set := good
		c.change(&set)
		made, err := client.New(set)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		text, jsonErr := json.Marshal(set)
		must(t, jsonErr)
		if shown := fmt.Sprintf("%v %+v %#v %v %#v %s", set, set, set, made, made, text); strings.Contains(shown, "s3cret") {
			t.Errorf("%s: the secret is shown: %s", name, shown)
		}
	}
}

func TestAnErrorSaysAllThatTheServerSaid(t *testing.T) {
	s := &server{answer: func(int, *http.Request) (*http.Response, error) {
		return reply(422, `{"status":422,"code":"invalid","detail":"Mend what is marked.","missing":["members.write"],"errors":[{"field":"email","code":"email_invalid","message":"Write it as name@example.com."}],"request_id":"req_7"}`), nil
	}}
	_, err := speaks(t, s).Org("acme").Members.Add(t.Context(), client.NewMember{})
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Code != "invalid" || refused.Fields[0].Field != "email" || refused.Missing[0] != "members.write" || refused.Temporary() {
		t.Fatalf("got %+v", err)
	}
	if want := "roster: 422 invalid: Mend what is marked. email: Write it as name@example.com. Missing: members.write. (req_7)"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if client.Code(nil) != "" || client.Code(errors.New("x")) != "" {
		t.Error("other errors have a code")
	}
}

func TestAGuardLetsNothingPassWithoutAYes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := client.Question{Subject: client.User("mem_1"), Action: "edit", Resource: client.In("note", "n1", "unit_1")}
		nobody := func(*http.Request) (string, client.Question, error) { return "", q, client.ErrNobody }
		asks := func(org string, q client.Question, err error) func(*http.Request) (string, client.Question, error) {
			return func(*http.Request) (string, client.Question, error) { return org, q, err }
		}
		unnamed := q
		unnamed.Subject.ID = ""
		for name, c := range map[string]struct {
			ask    func(*http.Request) (string, client.Question, error)
			answer *http.Response // nil for a server that is away
			want   int
			code   string
		}{
			"yes":                        {asks("acme", q, nil), reply(200, `{"decision":true}`), 200, ""},
			"no":                         {asks("acme", q, nil), reply(200, `{"decision":false,"context":{"reason":"permission_missing","reason_admin":{"en":"The permission notes.edit is missing."}}}`), 403, "forbidden"},
			"nobody":                     {nobody, reply(200, `{"decision":true}`), 401, "not_signed_in"},
			"a request it cannot read":   {asks("acme", q, errors.New("which note?")), reply(200, `{"decision":true}`), 403, "forbidden"},
			"nobody named":               {asks("acme", unnamed, nil), reply(200, `{"decision":true}`), 403, "forbidden"},
			"no organisation":            {asks("", q, nil), reply(200, `{"decision":true}`), 403, "forbidden"},
			"a server that is away":      {asks("acme", q, nil), nil, 503, "undecided"},
			"a server that has too much": {asks("acme", q, nil), problem(503, "busy", "Retry-After", "90"), 503, "undecided"},
			"a client that may not ask":  {asks("acme", q, nil), problem(403, "forbidden"), 503, "undecided"},
			"an answer that is none":     {asks("acme", q, nil), reply(200, `<html>`), 503, "undecided"},
			"an empty answer":            {asks("acme", q, nil), reply(200, `{}`), 403, "forbidden"},
			"nothing at all":             {asks("acme", q, nil), reply(200, ``), 403, "forbidden"},
		} {
			s := &server{answer: func(int, *http.Request) (*http.Response, error) {
				if c.answer == nil {
					return nil, errors.New("connection refused")
				}
				return c.answer, nil
			}}
			passed := false
			guard := client.Guard{Client: speaks(t, s), Ask: c.ask}
			w := httptest.NewRecorder()
			guard.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { passed = true })).ServeHTTP(w, httptest.NewRequest("GET", "/notes/n1", nil))
			var p struct {
				Code   string `json:"code"`
				Status int    `json:"status"`
			}
			if w.Code != 200 {
				must(t, json.Unmarshal(w.Body.Bytes(), &p))
			}
			if w.Code != c.want || p.Code != c.code || passed != (c.want == 200) {
				t.Errorf("%s: got %d %s, passed %t", name, w.Code, p.Code, passed)
			}
			if strings.Contains(w.Body.String(), "notes.edit") {
				t.Errorf("%s: what is for administrators alone is shown: %s", name, w.Body)
			}
			if (w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Errorf("%s: Retry-After is %q", name, w.Header().Get("Retry-After"))
			}
		}
	})
}

func TestAGuardRefusesInTheProductsOwnWay(t *testing.T) {
	s := &server{answer: func(int, *http.Request) (*http.Response, error) {
		return reply(200, `{"decision":false,"context":{"reason":"not_here"}}`), nil
	}}
	guard := client.Guard{
		Client: speaks(t, s),
		Ask: func(*http.Request) (string, client.Question, error) {
			return "acme", client.Question{Subject: client.User("mem_1"), Action: "edit", Resource: client.At("unit_1")}, nil
		},
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, a client.Decision, err error) {
			http.Error(w, fmt.Sprint(status, " ", a.Reason, " ", err), status)
		},
	}
	w := httptest.NewRecorder()
	guard.Wrap(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 403 || w.Body.String() != "403 not_here <nil>\n" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
