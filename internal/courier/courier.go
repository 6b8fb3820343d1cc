// Package courier signs events and delivers them, by the one client that asks other servers (Standard Webhooks:
// webhook-id, webhook-timestamp, webhook-signature). It decides neither what is delivered nor what a failure means for the
// next event, and keeps nothing.
package courier

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"roster/internal/endpoint"
	"roster/internal/outgoing"
)

// SecretPrefix stands before a webhook's secret; the rest is the key in base64.
const SecretPrefix = "whsec_"

// NewSecret makes a secret of 256 bits.
func NewSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return SecretPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// Sign gives the signature of a message: its ID, moment and body under a secret.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, SecretPrefix))
	if err != nil || len(key) == 0 {
		return "", errors.New("courier: this is not a secret")
	}
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s.%d.", id, at.Unix())
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}

// Message is what is delivered, and to whom.
type Message struct {
	URL     string
	Secrets []string // each signs
	ID      string
	At      time.Time // of this attempt
	Body    []byte
}

// Answer is what became of it.
type Answer struct {
	Status  int              // 0 without an answer
	Text    string           // the answer's first bytes, as far as they are text
	Failure endpoint.Failure // empty where the receiver has it
	Wait    time.Duration    // as the receiver asks (Retry-After); 0 for nothing
	Took    time.Duration
}

// Courier delivers.
type Courier struct {
	client *http.Client
	local  bool
	now    func() time.Time
}

// patience is how long a receiver may take.
const patience = 15 * time.Second

// longest bounds for how long a receiver can put deliveries off at once.
const longest = time.Hour

// New makes a courier. now is the machine's clock, for how long something took.
func New(s outgoing.Settings, now func() time.Time) *Courier {
	if s.Time == 0 {
		s.Time = patience
	}
	c := outgoing.Client(s)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Courier{c, s.Private, now}
}

// Local tells whether receivers may be on this machine or in private networks, and be reached by plain http.
func (c *Courier) Local() bool { return c.local }

// Deliver delivers once. An error says that nothing was sent, since the message itself is not right.
func (c *Courier) Deliver(ctx context.Context, m Message) (Answer, error) {
	signatures := make([]string, len(m.Secrets))
	for i, secret := range m.Secrets {
		var err error
		if signatures[i], err = Sign(secret, m.ID, m.At, m.Body); err != nil {
			return Answer{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("courier: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Roster-Webhooks/1")
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(m.At.Unix(), 10))
	r.Header.Set("Webhook-Signature", strings.Join(signatures, " "))
	begun := c.now()
	a := c.ask(r)
	a.Took = c.now().Sub(begun)
	return a, nil
}

func (c *Courier) ask(r *http.Request) Answer {
	answer, err := c.client.Do(r)
	if err != nil {
		return Answer{Failure: failure(err)}
	}
	defer answer.Body.Close()
	a := Answer{Status: answer.StatusCode, Text: beginning(answer.Body)}
	switch {
	case a.Status >= 200 && a.Status < 300:
	case a.Status >= 300 && a.Status < 400:
		a.Failure = endpoint.Redirected
	case a.Status == http.StatusGone:
		a.Failure = endpoint.NoMore
	default:
		a.Failure = endpoint.Refused
		if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && s > 0 {
			a.Wait = min(time.Duration(min(s, 86400))*time.Second, longest)
		}
	}
	return a
}

// failure says why there is no answer. What the network said stays here: it may name what is behind a receiver.
func failure(err error) endpoint.Failure {
	var late interface{ Timeout() bool }
	switch {
	case errors.Is(err, outgoing.ErrPrivate):
		return endpoint.Private
	case errors.As(err, &late) && late.Timeout():
		return endpoint.Slow
	}
	return endpoint.Unreachable
}

// beginning reads an answer: its first bytes to remember, and a little more, so that the connection can be used again.
func beginning(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, endpoint.MaxAnswer)) // a receiver that hangs up has answered all the same
	_, _ = io.CopyN(io.Discard, body, 64<<10)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(text), ""))
}
