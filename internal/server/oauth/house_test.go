package oauth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/server/oauth"
)

// house is a Roster whose OAuth door stands open behind a real listener.
type house struct {
	*rostertest.House
	t       *testing.T
	door    *oauth.Door
	address string
	log     *lines
}

type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// base is the address Roster is told it has; the listener of a test is elsewhere.
const base = "https://roster.example.com"

func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	rostertest.EachDatabase(t, func(t *testing.T, inner *rostertest.House) { test(t, open(t, inner)) })
}

func open(t *testing.T, inner *rostertest.House) *house {
	t.Helper()
	h := &house{House: inner, t: t, log: &lines{}}
	u, err := url.Parse(base + "/")
	must(t, err)
	log := slog.New(slog.NewJSONHandler(h.log, nil))
	h.door, err = oauth.New(context.Background(), oauth.Rooms{APIUsers: inner.APIUser, Keys: inner.Keys}, oauth.Settings{BaseURL: u, Clock: inner.Clock.Now, Log: log})
	must(t, err)
	t.Cleanup(h.door.Close) // runs after the server's end, before the database's
	h.bound(server.Bounds{})
	return h
}

// bound opens the door anew, so that it takes so much and no more.
func (h *house) bound(b server.Bounds) {
	h.t.Helper()
	u, err := url.Parse(base + "/")
	must(h.t, err)
	mux := server.NewMux()
	h.door.Mount(mux)
	wrapped, err := server.Wrap(mux, server.Options{BaseURL: u, Log: slog.New(slog.NewJSONHandler(h.log, nil)), Metrics: server.NewMetrics(), Bounds: b})
	must(h.t, err)
	s := httptest.NewServer(wrapped)
	h.t.Cleanup(s.Close)
	h.address = s.URL
}

// robot is an API user with its secret.
type robot struct {
	team.MadeAPIUser
	t *testing.T
}

// hire makes an API user of Acme with roles.
func (h *house) hire(name string, roles ...string) robot {
	h.t.Helper()
	return h.hireAt(h.Owner, name, roles...)
}

func (h *house) hireAt(owner roster.Actor, name string, roles ...string) robot {
	h.t.Helper()
	made, err := h.Team.CreateAPIUser(h.As(owner), team.APIUser{Name: name, Grants: team.RoleGivings(roles...)})
	must(h.t, err)
	return robot{made, h.t}
}

// neighbour makes another organisation and gives its Owner.
func (h *house) neighbour() roster.Actor {
	h.t.Helper()
	f, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
	must(h.t, err)
	return h.Accept(f.Organisation.ID, f.Link, "Nora", "Owner")
}

type answer struct {
	*http.Response
	body map[string]any
}

// post sends a form as a robot with Basic; a nil robot sends none. Headers come as pairs.
func (h *house) post(path string, by *robot, form url.Values, headers ...string) answer {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodPost, h.address+path, strings.NewReader(form.Encode()))
	must(h.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if by != nil {
		req.SetBasicAuth(url.QueryEscape(by.Member.ClientID), url.QueryEscape(by.Secret))
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return h.send(req)
}

func (h *house) send(req *http.Request) answer {
	h.t.Helper()
	res, err := http.DefaultClient.Do(req)
	must(h.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(h.t, err)
	a := answer{Response: res, body: map[string]any{}}
	if err := json.Unmarshal(text, &a.body); err != nil {
		h.t.Fatalf("%s %s answered %d with no JSON: %q", req.Method, req.URL.Path, res.StatusCode, text)
	}
	return a
}

// token asks for a token, which must succeed.
func (h *house) token(by robot, scope string) string {
	h.t.Helper()
	a := h.post("/oauth2/token", &by, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}})
	text, _ := a.body["access_token"].(string)
	if a.StatusCode != http.StatusOK || text == "" {
		h.t.Fatalf("no token: %d %v", a.StatusCode, a.body)
	}
	return text
}

// active introspects a token and tells whether it is active; an inactive one must say nothing else.
func (h *house) active(by robot, text string) bool {
	h.t.Helper()
	a := h.post("/oauth2/introspect", &by, url.Values{"token": {text}})
	if a.StatusCode != http.StatusOK {
		h.t.Fatalf("introspection: %d %v", a.StatusCode, a.body)
	}
	active, _ := a.body["active"].(bool)
	if !active && len(a.body) != 1 {
		h.t.Errorf("an inactive token is described: %v", a.body)
	}
	return active
}

// bears tells whether the bearer of a token is recognised; who is not gets the one error.
func (h *house) bears(text string) bool {
	h.t.Helper()
	_, err := h.door.Authenticate(context.Background(), text)
	if err != nil && !roster.Is(err, "invalid_token") {
		h.t.Errorf("refused with %v", err)
	}
	return err == nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
