package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/config"
)

// DemoCommand runs a sample installation.
type DemoCommand struct {
	Catalogue string `help:"Your product's scopes and permissions, applied over the sample's own." env:"ROSTER_CATALOGUE" placeholder:"FILE"`
	Listen    string `help:"The address to listen on; 127.0.0.1:8080 when it is free, else a free port." placeholder:"ADDRESS" env:"ROSTER_LISTEN"`
}

// Help tells what becomes of it.
func (DemoCommand) Help() string {
	return `The organisation is made up and lives in a temporary folder that is removed when the server stops.
Nothing is mailed: letters wait in the outbox. No password exists: the printed link lets one visitor
in, who chooses one.`
}

// Run makes the sample, serves it until it is interrupted, and takes it away.
func (c *DemoCommand) Run(ctx context.Context, con *command.Console) (err error) {
	dir, err := os.MkdirTemp("", "roster-demo-")
	if err != nil {
		return fmt.Errorf("the demo's folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "roster.db")
	demo, err := app.SeedDemo(ctx, file, con.Now)
	if err != nil {
		return err
	}
	// The address is taken once and kept: let go in between, somebody else could have it by then.
	listener, err := c.take(ctx)
	if err != nil {
		return err
	}
	defer listener.Close() // which the server did already, if it came to that
	set := config.Server{
		Listen: listener.Addr().String(), Database: file, KeyFile: filepath.Join(dir, "roster.key"), Catalogue: c.Catalogue, LogLevel: "warn",
		SessionLifetime: 24 * time.Hour, SessionIdle: 24 * time.Hour, TokenLifetime: time.Hour, LogFormat: "text",
	}
	if err := settled(&set); err != nil {
		return err
	}
	settings := serving(set, logger(con.Err, set))
	settings.Listener = listener
	settings.Listening = func() { welcome(con, demo, set) }
	return app.Serve(ctx, settings)
}

// take listens on the address that was asked for, or else on the usual one, or on any that is free.
func (c *DemoCommand) take(ctx context.Context) (net.Listener, error) {
	choices := []string{usualAddress, "127.0.0.1:0"}
	if c.Listen != "" {
		choices = []string{c.Listen}
	}
	var err error
	for _, address := range choices {
		var l net.Listener
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// usualAddress is where a server listens when nothing else is said.
const usualAddress = "127.0.0.1:8080"

func welcome(con *command.Console, demo app.Demo, set config.Server) {
	con.Note("%s is ready at %s. Come in as one of its Owners by this link, which works once:", demo.Organisation.Name, set.URL)
	if err := con.Line("%s", set.URL+demo.Path); err != nil {
		con.Note("%s", err)
	}
	con.Note("The command line works on it too: roster user list --database %s", set.Database)
	con.Note("Ctrl-C stops it and takes everything away.")
}
