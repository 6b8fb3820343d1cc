package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"

	"roster/internal/server"
)

// base is the address Roster is told it has.
const base = "http://127.0.0.1:8080"

// serve serves a handler on loopback and gives its address, and what stops it.
func serve(h http.Handler) (address string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }() // ends with Close
	return l.Addr().String(), func() { _ = s.Close() }, nil
}

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

// post gives a request as its bytes.
func post(path, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: %d\r\n", path, len(body))
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// callers are connections that send a request each over and over. They do as little
// as they can: what the load costs would make both sides look alike.
type callers struct {
	conns []*caller
}

type caller struct {
	request []byte
	conn    net.Conn
	in      *bufio.Reader
	text    []byte
}

// dial opens a connection for each request.
func dial(ctx context.Context, address string, requests [][]byte) (*callers, error) {
	c := &callers{}
	for _, request := range requests {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		c.conns = append(c.conns, &caller{request: request, conn: conn, in: bufio.NewReaderSize(conn, 16<<10)})
	}
	return c, nil
}

func (c *callers) close() error {
	var errs []error
	for _, one := range c.conns {
		errs = append(errs, one.conn.Close())
	}
	return errors.Join(errs...)
}

// side gives the callers as a side of a pair.
func (c *callers) side() side {
	return side{workers: len(c.conns), op: func(_ context.Context, w int) error {
		_, err := c.conns[w].ask()
		return err
	}}
}

// ask sends the request and reads the answer to its end, which must be 200. The body is the caller's
// until the next request.
func (c *caller) ask() ([]byte, error) {
	if _, err := c.conn.Write(c.request); err != nil {
		return nil, err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	text, length := string(status[:min(len(status), 40)]), -1
	for {
		l, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if l = bytes.TrimRight(l, "\r\n"); len(l) == 0 {
			break
		}
		if name, value, _ := bytes.Cut(l, []byte(":")); len(name) == len("Content-Length") && textproto.CanonicalMIMEHeaderKey(string(name)) == "Content-Length" {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, errors.New("an answer without Content-Length")
	}
	if cap(c.text) < length {
		c.text = make([]byte, length)
	}
	c.text = c.text[:length]
	if _, err := io.ReadFull(c.in, c.text); err != nil {
		return nil, err
	}
	if !good {
		return nil, fmt.Errorf("answered %q: %s", text, c.text)
	}
	return c.text, nil
}
