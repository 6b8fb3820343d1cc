package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"roster/bench/throng"
	"roster/bench/wire"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
)

// memory measures what the program holds of memory with many members: once it has rested, once it knows their
// organisation, and at most while sixteen programs ask for decisions, lists and searches as fast as they can.
func memory(ctx context.Context, b *bench, show func(line)) error {
	binary, err := b.built(ctx)
	if err != nil {
		return err
	}
	all, drop, err := b.databases(ctx)
	if err != nil {
		return err
	}
	defer drop()
	for _, d := range all {
		var made team.MadeAPIUser
		err := inHouse(ctx, d, 1, func(h *house) error {
			if _, err := throng.Fill(ctx, h.kind, h.url, h.owners[0], b.load); err != nil {
				return err
			}
			if err := h.again(ctx); err != nil {
				return err
			}
			made, err = h.Team.CreateAPIUser(roster.WithActor(ctx, h.owners[0]), team.APIUser{Name: "Portal", Grants: append(team.RoleGivings("user_administrator"), team.Giving{Permission: authz.DecisionsRead})})
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
		err = b.running(ctx, binary, d, func(address string, pid int, _ time.Duration) error {
			return b.burden(ctx, burden{kind: d.kind, address: address, pid: pid, program: made}, show)
		}, "--client-requests", "0", "--client-decisions", "0", "--address-requests", "0", "--log-level", "error")
		if err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
	}
	return nil
}

// burden is a server to put a load on.
type burden struct {
	kind, address string
	pid           int
	program       team.MadeAPIUser
}

// burden measures the memory of a server at rest and under load.
func (b *bench) burden(ctx context.Context, s burden, show func(line)) error {
	said := func(when, what string) error {
		mb, err := memoryOf(s.pid, what)
		if err == nil {
			show(line{name: fmt.Sprintf("memory %s, %s, %d members", when, s.kind, b.load), figure: fmt.Sprintf("%.0f MB", mb)})
		}
		return err
	}
	time.Sleep(time.Second)
	if err := said("at rest", "VmRSS"); err != nil {
		return err
	}
	token, err := exchange(ctx, "http://"+s.address, s.program)
	if err != nil {
		return err
	}
	requests := s.requests(token)
	c, err := wire.Dial(ctx, s.address, requests)
	if err != nil {
		return err
	}
	if _, err := c.Each[0].Ask(); err != nil { // brings the organisation into memory
		return errors.Join(err, c.Close())
	}
	err = said("once its organisation is known", "VmRSS")
	if err == nil {
		var rate float64
		if rate, err = sideOf(c).rate(ctx, time.Duration(b.rounds)*b.round); err == nil {
			fmt.Fprintf(os.Stderr, "  %.0f requests a second\n", rate)
			err = said("at most under full load", "VmHWM")
		}
	}
	return errors.Join(err, c.Close())
}

// requests are those of the load: half of them questions, the rest lists and searches.
func (s burden) requests(token string) [][]byte {
	a := asker{org: s.program.Org, token: token}
	question := fmt.Sprintf(`{"subject":{"type":"user","id":"nobody@example.com"},"action":{"name":"members.read"},"resource":{"type":"organisation","id":"%s"}}`, a.org)
	var all [][]byte
	for i := range connections {
		switch i % 4 {
		case 0, 1:
			all = append(all, wire.Post("/access/v1/evaluation", question, "Content-Type", "application/json", "Authorization", "Bearer "+token))
		case 2:
			all = append(all, a.get("members?limit=200"))
		default:
			all = append(all, a.get("members?q=ann"))
		}
	}
	return all
}
