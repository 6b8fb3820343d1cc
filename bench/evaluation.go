package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"roster/bench/wire"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/authzen"
	"roster/internal/server/oauth"
)

// inBatch is how many questions one request of a batch puts.
const inBatch = 100

// evaluation compares one question in a request, with a bearer's token, with a bare handler that reads the
// same body and writes the same answer.
func evaluation(ctx context.Context, b *bench, show func(line)) error {
	return b.eachAsked(ctx, func(a *asked) error {
		var requests [][]byte
		for i := range connections {
			requests = append(requests, a.post("/access/v1/evaluation", a.question(i, i)))
		}
		bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"decision":true}` + "\n"))
		})
		if err := a.allAllowed(ctx, requests, 1); err != nil {
			return err
		}
		l, err := b.compareHandlers(ctx, "evaluation, "+a.kind, requests, a.handler, bare, 0.5)
		if err == nil {
			show(l)
		}
		return err
	})
}

// evaluations compares a hundred questions in a request with decoding the same bytes.
func evaluations(ctx context.Context, b *bench, show func(line)) error {
	return b.eachAsked(ctx, func(a *asked) error {
		var requests [][]byte
		var bodies []string
		for i := range connections {
			var items []string
			for n := range inBatch {
				items = append(items, a.question(i, n))
			}
			bodies = append(bodies, `{"evaluations":[`+strings.Join(items, ",")+`]}`)
			requests = append(requests, a.post("/access/v1/evaluations", bodies[i]))
		}
		if err := a.allAllowed(ctx, requests, inBatch); err != nil {
			return err
		}
		address, stop, err := wire.Serve(a.handler)
		if err != nil {
			return err
		}
		defer stop()
		c, err := wire.Dial(ctx, address, requests)
		if err != nil {
			return err
		}
		decode := side{workers: connections, op: func(_ context.Context, w int) error {
			var v struct {
				Evaluations []struct {
					Subject, Resource struct {
						Type, ID   string
						Properties map[string]any
					}
					Action struct{ Name string }
				}
			}
			return json.Unmarshal([]byte(bodies[w]), &v)
		}}
		l, err := b.compare(ctx, pair{name: "evaluations, " + a.kind + fmt.Sprintf(", %d a request", inBatch), ours: sideOf(c), limit: decode, reach: 0.5})
		if err == nil {
			show(l)
		}
		if e := c.Close(); err == nil {
			err = e
		}
		return err
	})
}

// allAllowed makes sure that what is measured is what it should be: so many answers of yes to each request.
func (a *asked) allAllowed(ctx context.Context, requests [][]byte, each int) error {
	address, stop, err := wire.Serve(a.handler)
	if err != nil {
		return err
	}
	defer stop()
	c, err := wire.Dial(ctx, address, requests)
	if err != nil {
		return err
	}
	for _, one := range c.Each {
		text, err := one.Ask()
		if err != nil {
			return err
		}
		if n := bytes.Count(text, []byte(`{"decision":true}`)); n != each {
			return fmt.Errorf("%d of %d questions are allowed: %.300s", n, each, text)
		}
	}
	return c.Close()
}

// asked is a house that is asked for decisions.
type asked struct {
	*house
	handler http.Handler
	tokens  []string // one for each connection
	next    int
}

// Sizes of the organisation that is asked about.
const (
	askedMembers = 300
	askedUnits   = 20
)

func (b *bench) eachAsked(ctx context.Context, do func(*asked) error) error {
	return b.eachHouse(ctx, 1, func(h *house) error {
		u, err := url.Parse(base)
		if err != nil {
			return err
		}
		door, err := oauth.New(ctx, oauth.Rooms{APIUsers: h.APIUser, Keys: h.Keys}, oauth.Settings{BaseURL: u, Clock: time.Now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
		if err != nil {
			return err
		}
		defer door.Close()
		decisions, err := authzen.New(h.Decisions, h.Orgs, authzen.Settings{BaseURL: u, Bearer: door})
		if err != nil {
			return err
		}
		a := &asked{house: h}
		if a.handler, err = wrapped(func(m *server.Mux) { door.Mount(m); decisions.Mount(m) }); err != nil {
			return err
		}
		if err := a.furnish(ctx); err != nil {
			return err
		}
		return do(a)
	})
}

// furnish makes a catalogue, units, members who may read and edit, and the programs that ask.
func (a *asked) furnish(ctx context.Context) error {
	root := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Organisation: roster.Installation, Door: roster.DoorCLI, Name: "Command line"})
	_, err := a.Catalogue.Apply(root, authz.Declaration{
		Scopes:      []authz.Scope{{Key: "docs", Name: "Documents"}},
		Permissions: []authz.Permission{{Key: "docs.read", Scope: "docs", Kind: authz.Read, Name: "Read"}, {Key: "docs.edit", Scope: "docs", Kind: authz.Write, Name: "Edit"}},
		Mappings: []authz.Mapping{
			{Action: "edit", ResourceType: "doc", When: map[string]any{"resource.properties.status": "sealed"}, Permission: "members.remove"},
			{Action: "edit", ResourceType: "doc", Permission: "docs.edit", UnitFrom: "resource.properties.account"},
		},
	})
	if err != nil {
		return err
	}
	owner := roster.WithActor(ctx, a.owners[0])
	for i := range askedUnits {
		if _, err := a.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: fmt.Sprintf("Account %d", i), ExternalID: fmt.Sprintf("acc-%d", i)}); err != nil {
			return err
		}
	}
	for i := range askedMembers {
		at := roster.UnitID(fmt.Sprintf("acc-%d", i%askedUnits))
		_, err := a.Team.CreateAPIUser(owner, team.APIUser{Name: fmt.Sprintf("Member %d", i), ExternalID: fmt.Sprintf("user-%d", i), Grants: []team.Giving{
			{Scope: "docs", Unit: at}, {Permission: "docs.read", Unit: at}, {Permission: "docs.edit", Unit: at},
		}})
		if err != nil {
			return err
		}
	}
	return a.hire(owner)
}

// hire makes the programs that ask, and gets their tokens.
func (a *asked) hire(owner context.Context) error {
	address, stop, err := wire.Serve(a.handler)
	if err != nil {
		return err
	}
	defer stop()
	for i := range connections {
		made, err := a.Team.CreateAPIUser(owner, team.APIUser{Name: fmt.Sprintf("Gate %d", i), Grants: []team.Giving{{Scope: authz.Admin}, {Permission: authz.DecisionsRead}}})
		if err != nil {
			return err
		}
		token, err := exchange(owner, "http://"+address, made)
		if err != nil {
			return err
		}
		a.tokens = append(a.tokens, token)
	}
	return nil
}

// exchange gets an API user's access token from a server.
func exchange(ctx context.Context, at string, made team.MadeAPIUser) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at+"/oauth2/token", bytes.NewBufferString("grant_type=client_credentials"))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(made.Member.ClientID, made.Secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(res.Body).Decode(&answer)
	_ = res.Body.Close() // it was read
	if err != nil || answer.Token == "" {
		return "", fmt.Errorf("no token: %w", err)
	}
	return answer.Token, nil
}

// question gives the n-th question of a connection, which is answered with yes.
func (a *asked) question(connection, n int) string {
	i := (connection*inBatch + n) % askedMembers
	return fmt.Sprintf(`{"subject":{"type":"identity","id":"user-%d"},"action":{"name":"edit"},"resource":{"type":"doc","id":"doc-%d","properties":{"status":"open","account":"acc-%d"}}}`,
		i, n, i%askedUnits)
}

// post gives a request of the next connection.
func (a *asked) post(path, body string) []byte {
	a.next++
	return wire.Post(path, body, "Content-Type", "application/json", "Authorization", "Bearer "+a.tokens[a.next-1])
}
