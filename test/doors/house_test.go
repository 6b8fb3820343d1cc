// Package doors goes through every door from outside, by HTTP and by command line, and holds them to
// the same answers, the same history and the same floor of security. What a page looks like is held
// elsewhere.
package doors_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/cli"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
)

// count gives how often something is done: few times in `make test`, in full for `make proof`.
func count(few, full int) int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return full
	}
	return few
}

// logbook keeps what is logged, for tests that read it.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// site is a house with its doors open, and what it logs.
type site struct {
	*rostertest.Site
	log *logbook
}

// serve opens the doors of a house behind trusted proxies.
func serve(t *testing.T, h *rostertest.House, proxies ...string) *site {
	t.Helper()
	outer := httptest.NewUnstartedServer(nil)
	outer.Start()
	t.Cleanup(outer.Close)
	base, err := url.Parse(outer.URL)
	must(t, err)
	trusted, err := server.ParseProxies(proxies)
	must(t, err)
	s := &site{log: &logbook{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	doors, err := h.Doors(t.Context(), app.DoorSettings{Base: base, Proxies: trusted, Clock: h.Clock.Now, Log: log})
	must(t, err)
	t.Cleanup(doors.Close)
	outer.Config.Handler = doors.Handler
	s.Site = &rostertest.Site{House: h, URL: outer.URL, Doors: doors}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// caller sends single requests, by a session's cookie or an access token, and follows no redirect.
type caller struct {
	t      testing.TB
	url    string
	cookie string
	token  string
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

// stranger is a caller nobody knows.
func (s *site) stranger() caller { return caller{t: s.T, url: s.URL} }

// person signs a person in.
func (s *site) person(email string) caller {
	s.T.Helper()
	c := s.stranger()
	r := c.form("/sign-in", "email", email, "password", rostertest.Password)
	if c.cookie = r.cookie("__Host-roster"); c.cookie == "" {
		s.T.Fatalf("%s cannot sign in: %d", email, r.status)
	}
	return c
}

// program makes an API user in the actor's organisation and gets it a token.
func (s *site) program(by roster.Actor, name string, roles ...string) (caller, roster.MemberID) {
	s.T.Helper()
	made, err := s.Team.CreateAPIUser(s.As(by), team.APIUser{Name: name, Grants: team.RoleGivings(roles...)})
	if err != nil {
		s.T.Fatalf("API user %s: %v", name, err)
	}
	return s.tokenOf(made.ClientID, made.Secret), made.ID
}

func (s *site) tokenOf(id, secret string) caller {
	s.T.Helper()
	c := s.stranger()
	r := c.form("/oauth2/token", "grant_type", "client_credentials", "client_id", id, "client_secret", secret)
	if c.token, _ = r.json(s.T)["access_token"].(string); c.token == "" {
		s.T.Fatalf("no token: %d %s", r.status, r.body)
	}
	return c
}

// other makes a second organisation with an Owner of its own.
func (s *site) other(name, owner string) (roster.Organisation, roster.Actor) {
	s.T.Helper()
	founded, err := s.Orgs.Create(s.CLI(""), org.Founding{Name: name, Plan: roster.PlanUnlimited, Owner: owner})
	if err != nil {
		s.T.Fatal(err)
	}
	return founded.Organisation, s.Accept(founded.Organisation.ID, founded.Link, "Otto", name)
}

// form posts a form as one of our own pages does.
func (c caller) form(path string, fields ...string) reply {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return c.send(http.MethodPost, path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// json sends a JSON body; nil for none.
func (c caller) json(method, path string, body any, headers ...string) reply {
	c.t.Helper()
	if body == nil {
		return c.send(method, path, "", headers...)
	}
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Error(err)
	}
	return c.send(method, path, string(text), append([]string{"Content-Type", "application/json"}, headers...)...)
}

func (c caller) get(path string, headers ...string) reply {
	c.t.Helper()
	return c.send(http.MethodGet, path, "", headers...)
}

var client = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64, ExpectContinueTimeout: 10 * time.Second},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends a request; headers are names and values in turn. It may run beside the test's goroutine.
func (c caller) send(method, path, body string, headers ...string) reply {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Errorf("%s %s: %v", method, path, err)
		return reply{}
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", "__Host-roster="+c.cookie)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		if headers[i] == "Cookie" && r.Header.Get("Cookie") != "" {
			r.Header.Set("Cookie", r.Header.Get("Cookie")+"; "+headers[i+1])
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	answer, err := client.Do(r)
	if err != nil {
		c.t.Errorf("%s %s: %v", method, path, err)
		return reply{}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Errorf("%s %s: %v", method, path, err)
	}
	return reply{answer.StatusCode, answer.Header, string(text)}
}

// json reads the reply as an object; empty when it is none.
func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	v := map[string]any{}
	if json.Unmarshal([]byte(r.body), &v) != nil {
		t.Errorf("not JSON: %d %s", r.status, r.body)
	}
	return v
}

// code gives a problem's code.
func (r reply) code(t testing.TB) string {
	t.Helper()
	code, _ := r.json(t)["code"].(string)
	return code
}

// cookie gives the value of a cookie that the reply sets.
func (r reply) cookie(name string) string {
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// field gives the value of a form's field in the page; empty without one.
func (r reply) field(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(r.body)
	if m == nil {
		return ""
	}
	return m[1]
}

// plain gives the body without what differs by request: its identifier and texts that the asker sent.
func (r reply) plain(sent ...string) string {
	text := r.body
	if id := r.header.Get("Request-Id"); id != "" {
		text = strings.ReplaceAll(text, id, "REQUEST")
	}
	for _, s := range sent {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			text = strings.ReplaceAll(text, form, "SENT")
		}
	}
	return text
}

// command runs a command line in the house's database, as another process would.
func (s *site) command(args ...string) (code int, out, complaint string) {
	var o, e bytes.Buffer
	args = append(slices.Clone(args), "--database", s.Database)
	code = cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// at gives the API's address of something in an organisation.
func at(o roster.OrgID, parts ...string) string {
	return "/api/v1/orgs/" + string(o) + "/" + strings.Join(parts, "/")
}

// actions gives every action of the list by its name.
func actions() map[string]act.Action {
	all := map[string]act.Action{}
	for _, a := range act.List() {
		all[string(a.Name)] = a
	}
	return all
}
