// Package config holds the settings of the server: what they are called, where they come from
// (flags over environment over file), which combinations are refused, and how they are shown. It
// opens and starts nothing.
package config

import "time"

// Server is every setting of `roster serve`. Whoever fills it calls Validate, which also gives URL
// its final form; kong does so by itself.
type Server struct {
	Listen   string `help:"Address and port to listen on." env:"ROSTER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Database string `help:"The database: an SQLite file or postgres://…." env:"ROSTER_DATABASE" default:"roster.db" placeholder:"DATABASE"`
	URL      string `name:"url" help:"The address at which people reach the server; links begin with it. Made from --listen unless given." env:"ROSTER_URL" placeholder:"URL"`
	KeyFile  string `help:"The installation's key; made at the first start. Keep a copy." env:"ROSTER_KEY_FILE" default:"roster.key" placeholder:"FILE"`

	ProductName string `help:"What pages and letters call the product; Roster unless set." env:"ROSTER_PRODUCT_NAME" placeholder:"NAME"`

	SMTP     string `name:"smtp" help:"The mail server: smtp://user:password@host:587 (STARTTLS) or smtps://host:465. Without one, letters wait in the outbox." env:"ROSTER_SMTP" placeholder:"URL"`
	MailFrom string `help:"The sender of letters." env:"ROSTER_MAIL_FROM" placeholder:"ADDRESS"`

	TLSCert      string   `name:"tls-cert" help:"Certificate chain in PEM, to serve https directly." env:"ROSTER_TLS_CERT" placeholder:"FILE"`
	TLSKey       string   `name:"tls-key" help:"Private key of the certificate, in PEM." env:"ROSTER_TLS_KEY" placeholder:"FILE"`
	TrustedProxy []string `help:"Address or network of a proxy whose X-Forwarded-For is believed. May be repeated." env:"ROSTER_TRUSTED_PROXY" placeholder:"CIDR"`

	FrameAncestors []string `help:"An origin whose pages may show Roster in a frame, such as https://app.example.com; it works within one site (another subdomain). None unless given. May be repeated." env:"ROSTER_FRAME_ANCESTORS" placeholder:"ORIGIN"`

	Catalogue string `help:"Your product's scopes and permissions, YAML or JSON; applied at each start, which fails when it is refused." env:"ROSTER_CATALOGUE" placeholder:"FILE"`

	MetricsListen string `help:"Address and port for /metrics; not served unless given." env:"ROSTER_METRICS_LISTEN" placeholder:"HOST:PORT"`

	SessionLifetime time.Duration `help:"How long a session lasts at most." env:"ROSTER_SESSION_LIFETIME" default:"24h"`
	SessionIdle     time.Duration `help:"How long a session lasts unused." env:"ROSTER_SESSION_IDLE" default:"1h"`
	TokenLifetime   time.Duration `help:"How long an access token lasts." env:"ROSTER_TOKEN_LIFETIME" default:"3600s"`

	HourlyInvitations int `help:"How many invitations one member or API user may send in an hour; their organisation thrice as many." env:"ROSTER_HOURLY_INVITATIONS" default:"1000"`

	AddressRequests int `help:"How many requests a minute one address may make where no program is told by a token; 0 for any number." env:"ROSTER_ADDRESS_REQUESTS" default:"12000"`
	ClientRequests  int `help:"How many requests a minute one API user or product client may make; 0 for any number." env:"ROSTER_CLIENT_REQUESTS" default:"6000"`
	ClientDecisions int `help:"How many requests a minute one API user or product client may make for decisions; 0 for any number." env:"ROSTER_CLIENT_DECISIONS" default:"600000"`
	InFlight        int `help:"How many requests are worked on at once of people, and as many of programs; of questions four times as many. The rest waits shortly or is turned away; 0 for any number." env:"ROSTER_IN_FLIGHT" default:"256"`

	PrivateWebhooks  bool `help:"Let webhooks have addresses in private networks and on this machine, also without TLS." env:"ROSTER_PRIVATE_WEBHOOKS"`
	PrivateProviders bool `help:"Let login providers have addresses in private networks and on this machine." env:"ROSTER_PRIVATE_PROVIDERS"`

	LogLevel  string `help:"What is logged: ${enum}." env:"ROSTER_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL"`
	LogFormat string `help:"How it is logged: ${enum}." env:"ROSTER_LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORMAT"`
}

// TLS tells whether the server itself speaks https.
func (s Server) TLS() bool { return s.TLSCert != "" }
