// Command webhooks measures how many events a second go through one webhook: one after the other, signed, from the history
// to a receiver on this machine, and kept; beside a bare loop that POSTs as many bodies to the same receiver by one
// connection. It reports the medians of some rounds.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/webhook"
	"roster/internal/app"
	"roster/internal/jobs/webhooks"
	"roster/internal/outgoing"
	"roster/internal/roster"
)

// inTurn is how many events each round delivers.
const inTurn = 500

func main() {
	rounds := flag.Int("rounds", 15, "rounds; the median counts")
	database := flag.String("database", "", "an empty PostgreSQL database; an SQLite file of its own when absent")
	flag.Parse()
	if err := run(context.Background(), *rounds, *database); err != nil {
		fmt.Fprintln(os.Stderr, "webhooks:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, database string) error {
	dir, err := os.MkdirTemp("", "roster-webhooks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if database == "" {
		database = filepath.Join(dir, "roster.db")
	}
	h, err := app.Open(ctx, app.Settings{Database: database, Webhooks: outgoing.Settings{Private: true}})
	if err != nil {
		return err
	}
	defer h.Close()
	url, stop, err := receiver()
	if err != nil {
		return err
	}
	defer stop()
	r, err := prepare(ctx, h, url)
	if err != nil {
		return err
	}
	var ours, limit, ratio []float64
	for round := range rounds + 1 {
		a, err := rate(func() error { return r.deliver(ctx) })
		if err != nil {
			return err
		}
		l, err := rate(func() error { return bare(ctx, url) })
		if err != nil {
			return err
		}
		if round > 0 { // the first one warms up
			ours, limit, ratio = append(ours, a), append(limit, l), append(ratio, a/l)
		}
	}
	_, err = fmt.Printf("webhook, one, %s: %.0f events/s, bare %.0f/s, %.0f %%\n", h.DB.Kind(), median(ours), median(limit), 100*median(ratio))
	return err
}

// receiver takes whatever it is sent.
func receiver() (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a sender that left is no matter here
	})}
	go func() { _ = s.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = s.Close() }, nil
}

// runner delivers the same events again and again.
type runner struct {
	house *app.House
	owner context.Context
	id    string
	first int64
	by    *webhooks.Deliverer
}

func prepare(ctx context.Context, h *app.House, url string) (*runner, error) {
	root := roster.Actor{Kind: roster.ActorCLI, Door: roster.DoorCLI, Name: "Command line"}
	made, err := h.Orgs.Create(roster.WithActor(ctx, root), org.Founding{Name: "Acme", Plan: roster.PlanUnlimited, Owner: "olga@example.com"})
	if err != nil {
		return nil, err
	}
	root.Organisation = made.Organisation.ID
	r := &runner{house: h, owner: roster.WithActor(ctx, root)}
	w, err := h.Webhooks.Create(r.owner, webhook.Draft{URL: url, Events: []string{"organisation.edit"}})
	if err != nil {
		return nil, err
	}
	r.id, r.first = w.ID, w.Reaches[0].Newest
	for i := range inTurn {
		name := fmt.Sprintf("Name %d", i)
		if _, err := h.Orgs.Edit(r.owner, org.Edit{Name: &name}); err != nil {
			return nil, err
		}
	}
	r.by = webhooks.New(webhooks.Settings{Room: h.Webhooks, Product: h.Products, Courier: h.Courier, Log: slog.New(slog.DiscardHandler)})
	return r, nil
}

func (r *runner) deliver(ctx context.Context) error {
	if _, err := r.house.Webhooks.Replay(r.owner, r.id, webhook.Replaying{After: r.first}); err != nil {
		return err
	}
	n, err := r.by.Due(ctx)
	if err == nil && n != inTurn {
		err = fmt.Errorf("%d events were delivered, not %d", n, inTurn)
	}
	return err
}

func bare(ctx context.Context, url string) error {
	body := bytes.Repeat([]byte("x"), 500)
	for range inTurn {
		q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, a.Body); err != nil {
			return err
		}
		if err := a.Body.Close(); err != nil {
			return err
		}
	}
	return nil
}

// rate gives how many events a second something takes.
func rate(does func() error) (float64, error) {
	begun := time.Now()
	err := does()
	return inTurn / time.Since(begun).Seconds(), err
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
