package rest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/server/api"
)

// Stream is a stream of events that a caller follows.
type Stream struct {
	T     testing.TB
	leave context.CancelFunc
	body  io.Closer
	lines *bufio.Reader
}

// Sent is an event that came.
type Sent struct{ ID, Data string }

// longest is how long a test waits for an event, or for the end of a stream, before it fails.
const longest = 60 * time.Second

// Stream follows a list from a path on, like Ask; after names the last event that was seen, if any.
func (c *Caller) Stream(path, after string) *Stream {
	c.T.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/orgs/acme/" + path
	}
	ctx, leave := context.WithTimeout(context.Background(), longest)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.r.URL+api.Prefix+path, http.NoBody)
	Must(c.T, err)
	req.Header = c.Headers.Clone()
	req.Header.Set("Accept", "text/event-stream")
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	res, err := http.DefaultClient.Do(req)
	Must(c.T, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		text, _ := io.ReadAll(res.Body)
		c.T.Fatalf("no stream of %s: %d %s", path, res.StatusCode, text)
	}
	return &Stream{c.T, leave, res.Body, bufio.NewReader(res.Body)}
}

// Next gives the next event; ok is false when the stream was ended by the server. A mark without data has none.
func (s *Stream) Next() (e Sent, ok bool) {
	s.T.Helper()
	for {
		line, err := s.lines.ReadString('\n')
		switch line = strings.TrimSuffix(line, "\n"); {
		case err == io.EOF && line == "" && e == Sent{}:
			return e, false
		case err != nil:
			s.T.Fatalf("the stream broke: %v", err)
		case line == "" && e != Sent{}:
			return e, true
		case strings.HasPrefix(line, "id: "):
			e.ID = line[len("id: "):]
		case strings.HasPrefix(line, "data: "):
			e.Data = line[len("data: "):]
		}
	}
}

// Ends fails when anything but the stream's end comes.
func (s *Stream) Ends() {
	s.T.Helper()
	if e, ok := s.Next(); ok {
		s.T.Errorf("where the stream should end came %s: %s", e.ID, e.Data)
	}
}

// Leave ends the stream from the client's side.
func (s *Stream) Leave() {
	s.leave()
	_ = s.body.Close() // what was on its way is lost, as it may be
}
