package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokens keeps the access token. Whoever needs one while it is being obtained waits for the same request.
type tokens struct {
	fetch func(ctx context.Context) (token, error)

	mu      sync.Mutex
	current token
	flight  *flight // nil while none is under way
}

// token is an access token: from renew on another one is obtained, from ends on it is worth nothing.
type token struct {
	text        string
	renew, ends time.Time
}

// flight is one request for a token.
type flight struct {
	done chan struct{} // closed at the end
	got  token
	err  error
}

// fresh gives a token that is good now. One that ends soon is renewed meanwhile, and nobody waits for that.
func (t *tokens) fresh(ctx context.Context) (string, error) {
	t.mu.Lock()
	now := time.Now()
	have := t.current
	if have.text != "" && now.Before(have.renew) && now.Before(have.ends) { // a renewal that failed may be put off past the end
		t.mu.Unlock()
		return have.text, nil
	}
	f := t.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		t.flight = f
		go t.fly(context.WithoutCancel(ctx), f) // others wait for it too: it does not end with who began it
	}
	t.mu.Unlock()
	if have.text != "" && now.Before(have.ends) {
		return have.text, nil
	}
	select {
	case <-f.done:
		return f.got.text, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("roster: access token: %w", ctx.Err())
	}
}

func (t *tokens) fly(ctx context.Context, f *flight) {
	f.got, f.err = t.fetch(ctx)
	t.mu.Lock()
	if f.err == nil {
		t.current = f.got
	} else if t.current.text != "" { // asked again, though not by every call at once
		t.current.renew = time.Now().Add(5 * time.Second)
	}
	t.flight = nil
	t.mu.Unlock()
	close(f.done)
}

// drop forgets a token that was refused, unless another one is there already.
func (t *tokens) drop(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.text == text {
		t.current = token{}
	}
}

// fetch asks for a token (RFC 6749, 4.4), which is renewed in the last tenth of its life, at most five minutes
// before its end.
func (c *Client) fetch(ctx context.Context) (token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(c.set.Scope) > 0 {
		form.Set("scope", strings.Join(c.set.Scope, " "))
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	// Each is form-urlencoded in the header (RFC 6749, 2.3.1).
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(url.QueryEscape(c.set.ID), url.QueryEscape(c.set.Secret))
	header.Set("Authorization", r.Header.Get("Authorization"))
	var granted struct {
		Token   string  `json:"access_token"`
		Seconds float64 `json:"expires_in"`
	}
	begun := time.Now()
	answer, err := c.send(ctx, request{method: http.MethodPost, path: "/oauth2/token", header: header, body: []byte(form.Encode())})
	if err != nil {
		return token{}, fmt.Errorf("access token: %w", err)
	}
	if json.Unmarshal(answer.body, &granted) != nil || granted.Token == "" {
		return token{}, fmt.Errorf("roster: the answer of %s is no access token", c.base+"/oauth2/token")
	}
	life := time.Duration(granted.Seconds * float64(time.Second))
	if life <= 0 { // a server need not tell (RFC 6749, 5.1)
		life = time.Minute
	}
	return token{text: granted.Token, renew: begun.Add(life - min(life/10, 5*time.Minute)), ends: begun.Add(life)}, nil
}
