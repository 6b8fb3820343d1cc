package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Times are how long connections may take; whoever is slower is cut off.
type Times struct {
	Header time.Duration // for a request's header
	Read   time.Duration // for the whole request
	Write  time.Duration // for the answer; longer than HandleTime
	Idle   time.Duration // between two requests
}

func usualTimes() Times {
	return Times{Header: 10 * time.Second, Read: 30 * time.Second, Write: 60 * time.Second, Idle: 120 * time.Second}
}

const (
	maxHeader = 64 << 10         // bytes
	stopTime  = 20 * time.Second // for the requests under way when the server stops
)

// Service is a handler on a listener.
type Service struct {
	Listener net.Listener
	Handler  http.Handler
	Times    Times // the usual ones when zero
}

// Listen opens a listener on an address such as "127.0.0.1:8080": TLS 1.2 or later with the
// certificate and key of two PEM files, or plain when both names are empty.
func Listen(ctx context.Context, address, certFile, keyFile string) (net.Listener, error) {
	var settings *tls.Config
	if certFile != "" || keyFile != "" {
		cert, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("TLS certificate: %w", err)
		}
		settings = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if settings != nil {
		return tls.NewListener(l, settings), nil
	}
	return l, nil
}

// Serve serves until ctx ends or a service fails. Then it accepts no more, lets the requests under
// way finish for at most 20 seconds, and returns; an error tells what failed or was cut off.
func Serve(ctx context.Context, log *slog.Logger, services ...Service) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(services))
	var wg sync.WaitGroup
	for i, s := range services {
		wg.Go(func() {
			defer cancel() // one that ends takes the others along
			errs[i] = s.run(ctx, log, stopTime)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s Service) run(ctx context.Context, log *slog.Logger, patience time.Duration) error {
	if s.Times == (Times{}) {
		s.Times = usualTimes()
	}
	h := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: s.Times.Header,
		ReadTimeout:       s.Times.Read,
		WriteTimeout:      s.Times.Write,
		IdleTimeout:       s.Times.Idle,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// Requests outlive ctx: they are let finish, and those that would not by themselves are told.
		BaseContext:                  func(net.Listener) context.Context { return WithStopping(context.WithoutCancel(ctx), ctx.Done()) },
		DisableGeneralOptionsHandler: true, // "OPTIONS *" gets our headers too
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(s.Listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", s.Listener.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := h.Shutdown(grace)
	if err != nil {
		err = errors.Join(fmt.Errorf("stop %s: requests under way were cut off: %w", s.Listener.Addr(), err), h.Close())
	}
	<-ended // which closes the listener even when it had not begun
	return err
}

type stoppingKey struct{}

// WithStopping gives a context of which Stopping gives the channel.
func WithStopping(ctx context.Context, stopping <-chan struct{}) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stopping)
}

// Stopping gives what closes when the server stops: answers that go on end then. nil where it never does.
func Stopping(ctx context.Context) <-chan struct{} {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return stopping
}
