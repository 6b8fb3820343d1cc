package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"roster/bench/wire"
	"roster/internal/server"
)

// base is the address Roster is told it has.
const base = "http://127.0.0.1:8080"

// wrapped puts the chain of every door around routes, as the server does, with its log going nowhere.
func wrapped(mount func(*server.Mux)) (http.Handler, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	m := server.NewMux()
	mount(m)
	return server.Wrap(m, server.Options{BaseURL: u, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Metrics: server.NewMetrics()})
}

// sideOf gives the callers as a side of a pair.
func sideOf(c *wire.Callers) side {
	return side{workers: len(c.Each), op: func(_ context.Context, w int) error {
		_, err := c.Each[w].Ask()
		return err
	}}
}
