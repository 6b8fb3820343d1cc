package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/rostertest/postgres"
	"roster/internal/secret"
)

// database is a new, empty database.
type database struct{ kind, url string }

// databases makes one of each kind, and gives what drops them.
func (b *bench) databases(ctx context.Context) (all []database, drop func(), err error) {
	lite := database{"SQLite", filepath.Join(b.dir, strings.ToLower(rand.Text())+".db")}
	cluster := os.Getenv(postgres.Variable)
	switch cluster {
	case "":
		return nil, nil, fmt.Errorf("PostgreSQL is needed: run `make bench`, or scripts/with-postgres --durable go run ./bench; %s=none leaves it out", postgres.Variable)
	case postgres.None:
		return []database{lite}, func() {}, nil
	}
	u, err := url.Parse(cluster)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is not a URL", postgres.Variable)
	}
	name := "bench_" + strings.ToLower(rand.Text())
	if err := statement(ctx, cluster, `CREATE DATABASE `+name); err != nil {
		return nil, nil, err
	}
	u.Path = "/" + name
	return []database{lite, {"PostgreSQL", u.String()}}, func() {
		if err := statement(context.WithoutCancel(ctx), cluster, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}, nil
}

func statement(ctx context.Context, cluster, text string) error {
	c, err := pgx.Connect(ctx, cluster)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, text)
	return errors.Join(err, c.Close(context.WithoutCancel(ctx)))
}

// house is an open Roster with organisations to work in.
type house struct {
	*app.House
	database
	set    app.Settings
	opened sync.RWMutex   // held while the house is opened anew
	owners []roster.Actor // one organisation each
}

const password = "violet-anchor-tuesday-47"

// eachHouse opens a house with n organisations on each kind of database in turn.
func (b *bench) eachHouse(ctx context.Context, n int, do func(*house) error) error {
	all, drop, err := b.databases(ctx)
	if err != nil {
		return err
	}
	defer drop()
	for _, d := range all {
		if err := inHouse(ctx, d, n, do); err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
	}
	return nil
}

func inHouse(ctx context.Context, d database, n int, do func(*house) error) error {
	set := app.Settings{Database: d.url, Key: secret.NewKey(), Letters: app.DefaultLetters(1_000_000)}
	inner, err := app.Open(ctx, set)
	if err != nil {
		return err
	}
	h := &house{House: inner, database: d, set: set}
	for i := range n {
		if err = h.found(ctx, i); err != nil {
			break
		}
	}
	if err == nil {
		lease, end := context.WithCancel(ctx)
		go h.live(lease)
		err = do(h)
		end()
	}
	return errors.Join(err, h.Close())
}

// live holds the server's lease, as serve's heartbeat does: a process without one asks the database for each
// decision whether its memory is fresh.
func (h *house) live(ctx context.Context) {
	for ctx.Err() == nil {
		h.opened.RLock()
		h.DB.Live(time.Now())
		h.opened.RUnlock()
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// again closes the house and opens it anew.
func (h *house) again(ctx context.Context) error {
	h.opened.Lock()
	defer h.opened.Unlock()
	if err := h.Close(); err != nil {
		return err
	}
	var err error
	h.House, err = app.Open(ctx, h.set)
	return err
}

// found makes an organisation whose Owner has accepted.
func (h *house) found(ctx context.Context, i int) error {
	root := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Door: roster.DoorCLI, Name: "Command line"})
	f, err := h.Orgs.Create(root, org.Founding{Name: fmt.Sprintf("Org %d", i), Plan: roster.PlanUnlimited, Owner: address(i)})
	if err != nil {
		return err
	}
	nobody := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip(i)})
	done, err := h.SignIn.Accept(nobody, signin.Acceptance{
		Org: f.Organisation.ID, Secret: f.Link, FirstName: "Olga", LastName: "Owner", Password: password, Repeat: password,
	})
	m := done.Member
	h.owners = append(h.owners, roster.Actor{
		Kind: roster.ActorMember, Organisation: m.Org, Member: m.ID, Person: m.Person, Name: m.Label(), Door: roster.DoorAPI, IP: ip(i), Request: "req_bench",
	})
	return err
}

func address(i int) string { return fmt.Sprintf("owner%d@example.com", i) }

func ip(i int) string { return fmt.Sprintf("203.0.113.%d", i%250+1) }

// orgs are the house's organisations.
func (h *house) orgs() []roster.OrgID {
	var all []roster.OrgID
	for _, o := range h.owners {
		all = append(all, o.Organisation)
	}
	return all
}
