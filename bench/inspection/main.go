// Command inspection measures how many access tokens a second sixteen API users have introspected (RFC 7662), beside a bare
// handler that reads the same requests, looks up the client by the same statement as Roster does when it does not know it
// yet, and writes the same answers: without routes, log, secret, signature and permissions. It reports the medians of some
// rounds. What it asks of Roster costs no statement while nothing changes, so the bare handler may be the slower one.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"roster/bench/wire"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/store/apidb"
)

// connections is how many clients ask at once.
const connections = 16

func main() {
	rounds := flag.Int("rounds", 15, "rounds; the median counts")
	round := flag.Duration("time", 400*time.Millisecond, "time of each side in a round")
	database := flag.String("database", "", "an empty PostgreSQL database; an SQLite file of its own when absent")
	flag.Parse()
	if err := run(context.Background(), *rounds, *round, *database); err != nil {
		fmt.Fprintln(os.Stderr, "inspection:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, round time.Duration, database string) error {
	dir, err := os.MkdirTemp("", "roster-inspection-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if database == "" {
		database = filepath.Join(dir, "roster.db")
	}
	h, err := app.Open(ctx, app.Settings{Database: database})
	if err != nil {
		return err
	}
	defer h.Close()
	lease, end := context.WithCancel(ctx)
	defer end()
	go live(lease, h)
	all, stop, err := sides(ctx, h)
	defer stop()
	if err != nil {
		return err
	}
	var rates [2][]float64
	var ratio []float64
	for n := range rounds + 1 {
		var pair [2]float64
		for i := range all {
			at := (i + n) % 2 // each begins every other round
			if pair[at], err = rate(all[at], round); err != nil {
				return err
			}
		}
		if n > 0 { // the first one warms up
			rates[0], rates[1], ratio = append(rates[0], pair[0]), append(rates[1], pair[1]), append(ratio, pair[0]/pair[1])
		}
	}
	_, err = fmt.Printf("introspection, %d clients, %s: %.0f/s, bare %.0f/s, %.0f %%\n", connections, h.DB.Kind(), median(rates[0]), median(rates[1]), 100*median(ratio))
	return err
}

// live holds the server's lease, as serve's heartbeat does.
func live(ctx context.Context, h *app.House) {
	for ctx.Err() == nil {
		h.DB.Live(time.Now())
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// base is where the doors say that they are.
const base = "http://127.0.0.1:8080"

// sides opens connections to both handlers: ours, then the bare one.
func sides(ctx context.Context, h *app.House) (all [2]*wire.Callers, stop func(), err error) {
	var ends []func()
	stop = func() {
		for _, end := range ends {
			end()
		}
	}
	u, err := url.Parse(base)
	if err != nil {
		return all, stop, err
	}
	doors, err := h.Doors(ctx, app.DoorSettings{Base: u, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		return all, stop, err
	}
	ends = append(ends, doors.Close)
	address, end, err := wire.Serve(doors.Handler)
	if err != nil {
		return all, stop, err
	}
	ends = append(ends, end)
	clients, err := hire(ctx, h, "http://"+address)
	if err != nil {
		return all, stop, err
	}
	if all[0], err = dial(ctx, address, clients); err == nil {
		err = answered(all[0], clients)
	}
	if err != nil {
		return all, stop, err
	}
	if address, end, err = wire.Serve(bare(h, clients)); err != nil {
		return all, stop, err
	}
	ends = append(ends, end)
	all[1], err = dial(ctx, address, clients)
	return all, stop, err
}

// dial opens a connection for each client. They end with the process.
func dial(ctx context.Context, address string, clients []client) (*wire.Callers, error) {
	requests := make([][]byte, len(clients))
	for i, c := range clients {
		requests[i] = c.request()
	}
	return wire.Dial(ctx, address, requests)
}

// answered notes what is answered to each client.
func answered(by *wire.Callers, clients []client) error {
	for i, one := range by.Each {
		text, err := one.Ask()
		if err == nil && !bytes.Contains(text, []byte(`"active":true`)) {
			err = fmt.Errorf("a token is worth nothing: %s", text)
		}
		if err != nil {
			return err
		}
		clients[i].answer = bytes.Clone(text)
	}
	return nil
}

// client is an API user with a token of its own, and what is answered about that.
type client struct {
	id, secret, token string
	answer            []byte
}

// hire makes the API users, and gets each a token.
func hire(ctx context.Context, h *app.House, at string) ([]client, error) {
	root := roster.Actor{Kind: roster.ActorCLI, Door: roster.DoorCLI, Name: "Command line"}
	made, err := h.Orgs.Create(roster.WithActor(ctx, root), org.Founding{Name: "Acme", Plan: roster.PlanUnlimited, Owner: "olga@example.com"})
	if err != nil {
		return nil, err
	}
	root.Organisation = made.Organisation.ID
	var all []client
	for i := range connections {
		m, err := h.Team.CreateAPIUser(roster.WithActor(ctx, root), team.APIUser{Name: fmt.Sprintf("Gateway %d", i), Grants: team.RoleGivings(roster.RoleAuditor)})
		if err != nil {
			return nil, err
		}
		c := client{id: m.ClientID, secret: m.Secret}
		if c.token, err = c.exchange(ctx, at); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (c client) exchange(ctx context.Context, at string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at+"/oauth2/token", bytes.NewBufferString("grant_type=client_credentials"))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(c.id, c.secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(res.Body).Decode(&answer)
	_ = res.Body.Close() // it was read
	if err == nil && answer.Token == "" {
		err = fmt.Errorf("no token: %s", res.Status)
	}
	return answer.Token, err
}

// request asks about the client's own token.
func (c client) request() []byte {
	return wire.Post("/oauth2/introspect", url.Values{"token": {c.token}}.Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.id+":"+c.secret)))
}

// bare is the bare handler.
func bare(h *app.House, clients []client) http.Handler {
	answers := map[string][]byte{}
	for _, c := range clients {
		answers[c.id] = c.answer
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _, _ := r.BasicAuth()
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		found, err := apidb.ByClientIDs(r.Context(), h.DB.Reader(), []string{id})
		if err != nil || len(found) != 1 {
			http.Error(w, fmt.Sprint(len(found), err), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answers[id])
	})
}

// rate lets all connections ask for a time, and gives how many answers came in a second.
func rate(c *wire.Callers, round time.Duration) (float64, error) {
	counts, errs := make([]int, len(c.Each)), make([]error, len(c.Each))
	begun := time.Now()
	var all sync.WaitGroup
	for i, one := range c.Each {
		all.Go(func() {
			for time.Since(begun) < round && errs[i] == nil {
				_, errs[i] = one.Ask()
				counts[i]++
			}
		})
	}
	all.Wait()
	took, n := time.Since(begun), 0
	for _, count := range counts {
		n += count
	}
	return float64(n) / took.Seconds(), errors.Join(errs...)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
