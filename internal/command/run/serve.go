// Package run holds the commands that run a server: serve, and the demo.
package run

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"roster/internal/action/signin"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/config"
	"roster/internal/server"
)

// ServeCommand runs the server.
type ServeCommand struct {
	config.Server  `embed:""`
	PrintConfig    bool `help:"Print the settings that would be used, with passwords hidden, and end."`
	command.Output `embed:""`
}

// Help shows examples.
func (ServeCommand) Help() string {
	return `Settings come from flags, from the environment and from the file of --config, in this order. The server
stops in order on Ctrl-C and SIGTERM: requests and letters under way finish.

    roster serve
    roster serve --url https://team.example.com --tls-cert cert.pem --tls-key key.pem
    roster serve --config roster.toml --print-config`
}

// Validate refuses settings that do not go, all at once.
func (c *ServeCommand) Validate() error { return settled(&c.Server) }

func settled(s *config.Server) error {
	err := s.Validate()
	if err == nil {
		return nil
	}
	return command.Usage("These settings need attention:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
}

// Run serves until it is told to stop.
func (c *ServeCommand) Run(ctx context.Context, con *command.Console) error {
	if c.PrintConfig {
		return settings(con, c.Server, c.JSON)
	}
	set := serving(c.Server, logger(con.Err, c.Server))
	var err error
	if set.Settings, err = c.Sourced(os.Args[1:]); err != nil {
		return err
	}
	return app.Serve(ctx, set)
}

// serving hands the settings to the house.
func serving(s config.Server, log *slog.Logger) app.ServeSettings {
	return app.ServeSettings{
		Database: s.Database, KeyFile: s.KeyFile, Catalogue: s.Catalogue, Listen: s.Listen, URL: s.URL, TLSCert: s.TLSCert, TLSKey: s.TLSKey,
		Metrics: s.MetricsListen, Proxies: s.TrustedProxy, Framers: s.FrameAncestors, SMTP: s.SMTP, MailFrom: s.MailFrom, Product: s.ProductName,
		Sessions: signin.Settings{Lifetime: s.SessionLifetime, Idle: s.SessionIdle}, Tokens: s.TokenLifetime, Letters: app.DefaultLetters(s.HourlyInvitations), PrivateProviders: s.PrivateProviders, PrivateWebhooks: s.PrivateWebhooks,
		Bounds:  server.Bounds{Address: s.AddressRequests, Client: s.ClientRequests, Decisions: s.ClientDecisions, InFlight: s.InFlight},
		Version: command.BuiltIn().Version, Log: log,
	}
}

// logger makes the log that the settings ask for.
func logger(w io.Writer, s config.Server) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(s.LogLevel)) != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// settings prints the settings without their secrets.
func settings(con *command.Console, s config.Server, asJSON bool) error {
	all, err := s.Redacted()
	if err != nil {
		return err
	}
	if asJSON {
		values := map[string]string{}
		for _, v := range all {
			values[v.Name] = v.Value
		}
		return con.JSON(values)
	}
	var lines command.Sheet
	for _, v := range all {
		lines.Add(v.Name, command.OrElse(v.Value, "–"))
	}
	return con.Show(&lines)
}
