package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/action/team/apply/imports"
	"roster/internal/config"
	"roster/internal/jobs"
	"roster/internal/jobs/letters"
	"roster/internal/jobs/webhooks"
	"roster/internal/mail"
	"roster/internal/outgoing"
	"roster/internal/secret"
	"roster/internal/server"
	"roster/internal/server/web/operator"
)

// ServeSettings are what a server runs with; the command line reads them from flags, environment and file.
type ServeSettings struct {
	Database string
	KeyFile  string // made at the first start

	Catalogue string // a file with the host product's declaration, applied at the start; empty for none

	Listen   string // such as "127.0.0.1:8080"
	URL      string // where people and programs reach it
	TLSCert  string
	TLSKey   string
	Metrics  string   // the metrics' own listener; empty for none
	Proxies  []string // addresses or networks whose X-Forwarded-For is believed
	Framers  []string // origins whose pages may frame ours
	SMTP     string   // the mail server; empty lets letters wait in the outbox
	MailFrom string
	Product  string // what the product is called on pages and in letters; empty for Roster
	Sessions signin.Settings
	Tokens   time.Duration
	Letters  action.Pace // how many invitations an hour
	Bounds   server.Bounds

	PrivateProviders bool // login providers may have private addresses
	PrivateWebhooks  bool // so may receivers of webhooks

	Version  string           // of Roster, as the API's document tells it
	Settings []config.Sourced // all of them as operators may see them: without passwords
	Log      *slog.Logger

	MailRoots *x509.CertPool // authorities trusted to sign the mail server's certificate; nil for the system's

	Listener  net.Listener // taken already; nil to take the address of Listen
	Listening func()       // told once the address is taken, before the first request is answered; nil for nobody
}

// Serve runs a server until ctx ends, then stops in order: requests and letters under way finish,
// claimed jobs are handed back. A second server on the same database is refused (Unavailable, already_serving).
func Serve(ctx context.Context, s ServeSettings) (err error) {
	key, err := secret.LoadKey(s.KeyFile)
	if err != nil {
		return err
	}
	h, err := Open(ctx, Settings{Database: s.Database, Key: key, Sessions: s.Sessions, Letters: s.Letters, Outgoing: outgoing.Settings{Private: s.PrivateProviders}, Webhooks: outgoing.Settings{Private: s.PrivateWebhooks}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	lease, err := jobs.Take(ctx, h.Gate, here(), jobs.LeaseSettings{})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	keep, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	kept := make(chan error, 1)
	go func() {
		defer stop() // without the lease nothing may be served
		kept <- lease.Keep(keep)
	}()
	if err = h.declare(ctx, s); err == nil {
		err = h.Run(ctx, s)
	}
	giveUp() // only now: another server may begin once this one is done
	return errors.Join(err, <-kept)
}

// here names this server for people.
func here() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("%s, process %d", host, os.Getpid())
}

// Run serves an open house until ctx ends or a part of it fails.
func (h *House) Run(ctx context.Context, s ServeSettings) error {
	base, err := url.Parse(s.URL)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	proxies, err := server.ParseProxies(s.Proxies)
	if err != nil {
		return err
	}
	doors, err := h.Doors(ctx, DoorSettings{Base: base, Proxies: proxies, Framers: s.Framers, Version: s.Version, Tokens: s.Tokens, Product: s.Product, Log: s.Log, Started: operator.Started{All: s.Settings, Mail: s.SMTP != ""}, Bounds: s.Bounds})
	if err != nil {
		return err
	}
	defer doors.Close()
	mailing, importing, err := h.runners(s, doors)
	if err != nil {
		return err
	}
	services, err := listen(ctx, s, doors)
	if err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "serving", "url", s.URL, "listen", services[0].Listener.Addr().String(), "database", h.DB.Kind(), "mail", s.SMTP != "")
	if s.Listening != nil {
		s.Listening()
	}
	return together(
		ctx,
		func(ctx context.Context) error { return server.Serve(ctx, s.Log, services...) },
		mailing.Run,
		importing.Run,
		webhooks.New(webhooks.Settings{Room: h.Webhooks, Product: h.Products, Courier: h.Courier, Wake: h.Stir, Log: s.Log}).Run,
		func(ctx context.Context) error {
			jobs.Sweeping(ctx, s.Log, append(jobs.Sweeps(h.Gate, h.SignIn.Settings().Idle), jobs.Deletions(h.Endings), jobs.Erasures(h.Erasures), jobs.Sweep{Name: "addresses", Every: time.Minute, Do: h.Mailbox.CatchUp}, jobs.Sweep{Name: "ends of API users", Every: 10 * time.Minute, Do: h.Credentials.Warn}, jobs.Sweep{Name: "token counts", Every: time.Minute, Do: doors.CatchUp}, jobs.Sweep{Name: "signing keys", Every: time.Hour, Do: h.Keys.Tend}, jobs.Sweep{Name: "checkpoints", Every: 10 * time.Minute, Do: h.History.Mark}, jobs.Sweep{Name: "deliveries", Every: 10 * time.Minute, Do: h.Webhooks.Forget}))
			return nil
		},
	)
}

// runners make the runners of jobs: of letters when something carries mail, and of imports, which last long and so have
// places of their own, one for each organisation.
func (h *House) runners(s ServeSettings, doors *Doors) (mailing, importing *jobs.Runner, err error) {
	set := letters.Settings{Outbox: h.Outbox, Ways: h.Recovery, Mailbox: h.Mailbox, News: h.News, Words: doors.Words, URL: s.URL}
	if s.SMTP != "" {
		carrier, err := mail.NewSMTP(s.SMTP, s.MailFrom)
		if err != nil {
			return nil, nil, err
		}
		carrier.Roots = s.MailRoots
		set.Carrier = carrier
	}
	mailing = jobs.NewRunner(h.Gate, jobs.Settings{Handlers: letters.Handlers(set), Wake: h.Wake, Log: s.Log})
	importing = jobs.NewRunner(h.Gate, jobs.Settings{Handlers: map[string]jobs.Handler{imports.Job: jobs.Imports(h.Gate, h.Imports)}, Apart: true, Wake: h.Bring, Log: s.Log})
	return mailing, importing, errors.Join(doors.Metrics.Register(jobCollector{h, []*jobs.Runner{mailing, importing}}), doors.Metrics.Register(hashCollector{h.Hasher}))
}

func listen(ctx context.Context, s ServeSettings, doors *Doors) ([]server.Service, error) {
	main, err := s.Listener, error(nil)
	if main == nil {
		main, err = server.Listen(ctx, s.Listen, s.TLSCert, s.TLSKey)
	}
	if err != nil {
		return nil, err
	}
	services := []server.Service{{Listener: main, Handler: doors.Handler}}
	if s.Metrics == "" {
		return services, nil
	}
	own, err := server.Listen(ctx, s.Metrics, "", "")
	if err != nil {
		return nil, errors.Join(err, main.Close())
	}
	return append(services, server.Service{Listener: own, Handler: doors.Metrics.Handler()}), nil
}

// together runs parts until ctx ends or one of them ends with an error, and waits for all.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() {
			if errs[i] = part(ctx); errs[i] != nil {
				stop()
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// jobCollector shows the jobs in the metrics: how many wait now, and what became of attempts.
type jobCollector struct {
	h       *House
	runners []*jobs.Runner
}

// Describe sends nothing: what there is to show depends on the kinds of jobs there were.
func (jobCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c jobCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if n, err := jobs.Waiting(ctx, c.h.Gate); err == nil {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("roster_jobs_waiting", "Jobs that wait or run.", nil, nil), prometheus.GaugeValue, float64(n))
	}
	attempts := prometheus.NewDesc("roster_job_attempts_total", "Attempts at jobs by kind and outcome.", []string{"kind", "outcome"}, nil)
	for _, r := range c.runners {
		for _, n := range r.Counts() {
			out <- prometheus.MustNewConstMetric(attempts, prometheus.CounterValue, float64(n.N), n.Kind, string(n.Outcome))
		}
	}
}
