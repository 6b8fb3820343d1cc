package main

import (
	"context"
	"fmt"
	"net/http"

	"roster/internal/act"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/server"
)

// sessions compares, behind the same chain and with the same answer, a route that finds the session of its cookie first,
// as every page and every call from a page does, with one that does not.
func sessions(ctx context.Context, b *bench, show func(line)) error {
	return b.eachHouse(ctx, connections, func(h *house) error {
		var requests [][]byte
		for w := range connections { // each is another person
			nobody := roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip(w), Request: "req_bench"}
			signed, err := h.SignIn.SignIn(roster.WithActor(ctx, nobody), signin.Try{Email: address(w), Password: password, Agent: "bench"})
			if err != nil {
				return err
			}
			requests = append(requests, fmt.Appendf(nil, "GET /session HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nCookie: __Host-roster=%s\r\n\r\n", signed.Secret))
		}
		answer := func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"ok":true}` + "\n"))
		}
		checked, err := answering(func(w http.ResponseWriter, r *http.Request) {
			if _, err := h.SignIn.Check(r.Context(), server.SessionSecret(r)); err != nil {
				server.WriteProblem(w, r, err)
				return
			}
			answer(w)
		})
		if err != nil {
			return err
		}
		bare, err := answering(func(w http.ResponseWriter, _ *http.Request) { answer(w) })
		if err != nil {
			return err
		}
		l, err := b.compareHandlers(ctx, "session check, "+h.kind, requests, checked, bare, 0)
		if err == nil {
			show(l)
		}
		return err
	})
}

// answering puts the chain of every door around one route.
func answering(h http.HandlerFunc) (http.Handler, error) {
	return wrapped(func(m *server.Mux) {
		m.Handle(server.Route{Method: http.MethodGet, Pattern: "/session", Action: string(act.SessionCheck), Handler: h})
	})
}
