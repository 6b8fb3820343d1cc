// Package wire is clients that send the same requests over and over and cost as little as they can: what a load costs would
// make both sides of a comparison look alike.
package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
)

// Serve serves a handler on loopback and gives its address, and what stops it.
func Serve(h http.Handler) (address string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }() // ends with Close
	return l.Addr().String(), func() { _ = s.Close() }, nil
}

// Post gives a request as its bytes.
func Post(path, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: %d\r\n", path, len(body))
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// Callers are connections that send a request each over and over.
type Callers struct {
	Each []*Caller
}

// Caller is one of them.
type Caller struct {
	Request []byte
	conn    net.Conn
	in      *bufio.Reader
	text    []byte
}

// Dial opens a connection for each request.
func Dial(ctx context.Context, address string, requests [][]byte) (*Callers, error) {
	c := &Callers{}
	for _, request := range requests {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.Each = append(c.Each, &Caller{Request: request, conn: conn, in: bufio.NewReaderSize(conn, 16<<10)})
	}
	return c, nil
}

// Close closes the connections.
func (c *Callers) Close() error {
	var errs []error
	for _, one := range c.Each {
		errs = append(errs, one.conn.Close())
	}
	return errors.Join(errs...)
}

// inChunks stands for the length of a body that comes in chunks.
const inChunks = -2

// read reads a body of a length.
func (c *Caller) read(length int) error {
	if length == inChunks {
		body := bytes.NewBuffer(c.text[:0])
		_, err := body.ReadFrom(httputil.NewChunkedReader(c.in))
		c.text = body.Bytes()
		if err == nil {
			_, err = c.in.Discard(2) // the line that ends the chunks
		}
		return err
	}
	if length < 0 {
		return errors.New("an answer without a length")
	}
	if cap(c.text) < length {
		c.text = make([]byte, length)
	}
	c.text = c.text[:length]
	_, err := io.ReadFull(c.in, c.text)
	return err
}

// Ask sends the request and reads the answer to its end, which must be a success. The body is the caller's
// until the next request.
func (c *Caller) Ask() ([]byte, error) {
	if _, err := c.conn.Write(c.Request); err != nil {
		return nil, err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 20"))
	text, length := string(status[:min(len(status), 40)]), -1
	for {
		l, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if l = bytes.TrimRight(l, "\r\n"); len(l) == 0 {
			break
		}
		if bytes.EqualFold(l, []byte("Transfer-Encoding: chunked")) {
			length = inChunks
		}
		if name, value, _ := bytes.Cut(l, []byte(":")); len(name) == len("Content-Length") && textproto.CanonicalMIMEHeaderKey(string(name)) == "Content-Length" {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if err := c.read(length); err != nil {
		return nil, err
	}
	if !good {
		return nil, fmt.Errorf("answered %q: %s", text, c.text)
	}
	return c.text, nil
}
