package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one thing that is asked of the server.
type call struct {
	method, path string
	query        url.Values
	match        string        // the etag that a change asks for
	in, out      any           // nil for none
	reads        bool          // changes nothing, whatever its method
	org          *Org          // whose position a change moves; nil for none
	wait         time.Duration // for news, beside the time that an attempt has
}

// AnyVersion as the etag of what is changed takes whatever version is there: somebody else's change is overwritten.
const AnyVersion = "*"

// api is what stands before every path of the REST API.
const api = "/api/v1"

type keyKey struct{}

// WithKey makes the one change that is made with a context carry this Idempotency-Key, for work that is begun
// again after a crash: within 24 hours the same change under the same key is made once, and answers alike, though
// without secrets. Without it each change has a key of its own, under which its retries go.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyKey{}, key)
}

type dryKey struct{}

// WithDryRun makes the changes that are made with a context be tried alone: each answers, or is refused, as it would be
// without, and nothing comes of it. An ID of what would be made belongs to nothing, and a secret is empty. It is for changes
// that reach further than the thing they are about, such as Members.Block, Remove and SetGrants, Org.Assign and Suspend,
// Roles.Delete, Units.Edit, Move, Archive and Restore, and in the package roster/client/hook Delete,
// Pause, Resume and Replay; any other is refused
// (Code parameter_unknown) and does nothing either.
func WithDryRun(ctx context.Context) context.Context {
	return context.WithValue(ctx, dryKey{}, true)
}

// Do is for what has no method of its own: it sends in as JSON to a path of the REST API, such as "/orgs/acme/plan",
// and reads the answer into out. Either may be nil. The token, retries and errors are those of every other call, but
// decisions need not see at once what it changed. match is the etag for If-Match, empty for none.
func (c *Client) Do(ctx context.Context, method, path, match string, in, out any) error {
	return c.do(ctx, call{method: method, path: api + path, match: match, in: in, out: out})
}

// do makes a call, again where that is of use, and reads its answer.
func (c *Client) do(ctx context.Context, k call) error {
	if k.org != nil && k.org.name == "" {
		return errors.New("roster: the organisation has no name")
	}
	r, err := k.request(ctx)
	if err != nil {
		return err
	}
	var answer *answer
	err = c.persist(ctx, func(ctx context.Context) error {
		answer, err = c.authorised(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	if position, err := strconv.ParseInt(answer.header.Get("Roster-Seq"), 10, 64); err == nil && k.org != nil {
		k.org.Reach(position)
	}
	if k.out == nil || len(answer.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.body, k.out); err != nil {
		return fmt.Errorf("roster: the answer to %s %s is not understood: %w", k.method, k.path, err)
	}
	return nil
}

func (k call) request(ctx context.Context) (request, error) {
	r := request{method: k.method, path: k.path, header: http.Header{}, wait: k.wait}
	query, changes := url.Values{}, !k.reads && k.method != http.MethodGet
	maps.Copy(query, k.query)
	dry := changes && ctx.Value(dryKey{}) != nil
	if dry {
		query.Set("dry_run", "true")
	}
	if len(query) > 0 {
		sep := "?"
		if strings.Contains(r.path, "?") { // a path that was given to Do
			sep = "&"
		}
		r.path += sep + query.Encode()
	}
	if k.in != nil {
		body, err := json.Marshal(k.in)
		if err != nil {
			return r, fmt.Errorf("roster: %s %s: %w", k.method, k.path, err)
		}
		r.body = body
		r.header.Set("Content-Type", "application/json")
	}
	if k.match != "" {
		r.header.Set("If-Match", k.match)
	}
	if changes && !dry {
		key, given := ctx.Value(keyKey{}).(string)
		if !given {
			key = rand.Text()
		}
		r.header.Set("Idempotency-Key", key)
	}
	return r, nil
}

// authorised sends a request with the access token. A token that is worth nothing any more is replaced once.
func (c *Client) authorised(ctx context.Context, r request) (*answer, error) {
	for again := false; ; again = true {
		text, err := c.tokens.fresh(ctx)
		if err != nil {
			return nil, err
		}
		r.header.Set("Authorization", "Bearer "+text)
		a, err := c.send(ctx, r)
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized || again {
			return a, err
		}
		c.tokens.drop(text)
	}
}

// request is what goes over the wire.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	wait         time.Duration
}

// answer is what came back.
type answer struct {
	header http.Header
	body   []byte
}

// mostAnswer is more than any answer has, in bytes.
const mostAnswer = 64 << 20

// send sends a request once. Whatever is not a success is an error: an *Error where the server said so.
func (c *Client) send(ctx context.Context, r request) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.set.Timeout+r.wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	req.Header = r.header.Clone()
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("User-Agent", "roster-client-go")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, &lost{fmt.Errorf("roster: %w", err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer+1))
	switch {
	case err != nil:
		return nil, &lost{fmt.Errorf("roster: %s %s: %w", r.method, req.URL.Path, err)}
	case len(body) > mostAnswer:
		return nil, fmt.Errorf("roster: %s %s: the answer has more than %d bytes", r.method, req.URL.Path, mostAnswer)
	case res.StatusCode < 200 || res.StatusCode > 299:
		return nil, refusal(res, body)
	}
	return &answer{res.Header, body}, nil
}

// lost is a request of which nobody knows what became: it may be sent again.
type lost struct{ err error }

func (l *lost) Error() string { return l.err.Error() }
func (l *lost) Unwrap() error { return l.err }

// persist makes an attempt, and again after a pause while that is of use: the request or its answer was lost, the
// server has too much to do, or a replica has not seen a change yet. It gives the last error.
func (c *Client) persist(ctx context.Context, attempt func(context.Context) error) error {
	for tries := 0; ; tries++ {
		err := attempt(ctx)
		if err == nil || ctx.Err() != nil || tries >= c.set.Retries {
			return err
		}
		pause, useful := c.pause(err, tries)
		if !useful {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// pause tells how long to wait before another attempt, and whether one is of use.
func (c *Client) pause(err error, tries int) (time.Duration, bool) {
	var refused *Error
	var gone *lost
	switch {
	case errors.As(err, &refused):
		if !refused.Temporary() || refused.RetryAfter > c.set.MaxWait {
			return 0, false
		}
		if refused.RetryAfter > 0 {
			return jitter(refused.RetryAfter, refused.RetryAfter/10), true
		}
	case !errors.As(err, &gone):
		return 0, false
	}
	wait := min(200*time.Millisecond<<min(tries, 5), 5*time.Second) // bounded twice: a shift by many gives nothing
	return jitter(wait/2, wait), true
}

// jitter gives a time from least on, up to so much more: clients that were refused together do not come back together.
func jitter(least, more time.Duration) time.Duration {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails
	return least + more*time.Duration(int(b[0])<<8|int(b[1]))/(1<<16)
}
