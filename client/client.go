package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Settings are what a client is made with. URL, ID and Secret are needed.
type Settings struct {
	URL    string   // where Roster is reached, such as https://team.example.com
	ID     string   // the client ID of a product client or an API user
	Secret string   `json:"-"` // its client secret
	Scope  []string // permissions that the tokens are narrowed to; empty for all that the client holds

	HTTP    *http.Client  `json:"-"` // nil for one of its own; redirects are never followed
	Timeout time.Duration // for one attempt at a request, its answer included; 30 seconds when zero
	Retries int           // attempts after the first; 3 when zero, none below zero
	MaxWait time.Duration // the longest Retry-After that is waited for; a minute when zero
	Plain   bool          // lets URL be http to another machine: secrets then cross the network between in the open
}

// String shows the settings without the secret.
func (s Settings) String() string { return "Roster at " + s.URL + " as " + s.ID }

// GoString shows the settings without the secret.
func (s Settings) GoString() string { return s.String() }

// Client speaks to one Roster as one product client or API user. It is made once, and used by any number of goroutines.
type Client struct {
	Organisations Organisations
	Catalogue     Catalogue
	Events        Events

	base    string
	set     Settings
	http    *http.Client
	tokens  tokens
	mu      sync.Mutex
	reached map[string]int64 // the position that this client has seen of each organisation, by the name it was given
}

// New makes a client. It asks nothing of the server yet; an error is one of the settings.
func New(s Settings) (*Client, error) {
	base, err := baseOf(s.URL, s.Plain)
	if err != nil {
		return nil, err
	}
	if s.ID == "" || s.Secret == "" {
		return nil, errors.New("roster: the client's ID and secret are needed")
	}
	if s.Timeout == 0 {
		s.Timeout = 30 * time.Second
	}
	if s.Retries == 0 {
		s.Retries = 3
	}
	if s.MaxWait == 0 {
		s.MaxWait = time.Minute
	}
	c := &Client{base: base, set: s, http: &http.Client{}, reached: map[string]int64{}}
	if s.HTTP != nil {
		own := *s.HTTP
		c.http = &own
	}
	// A redirect would carry the secret or the token to where nobody meant it to go.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.tokens.fetch = c.fetch
	c.Organisations, c.Catalogue, c.Events = Organisations{c}, Catalogue{c}, Events{c}
	return c, nil
}

// String shows the client without its secret.
func (c *Client) String() string { return c.set.String() }

// GoString shows the client without its secret.
func (c *Client) GoString() string { return c.set.String() }

// baseOf reads an address, and refuses one at which the secret would travel in the open.
func baseOf(text string, plain bool) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("roster: the URL is where Roster is reached, such as https://team.example.com; it is %q", text)
	}
	if u.Scheme == "http" && !plain && !loopback(u.Hostname()) {
		return "", errors.New("roster: over http to another machine the secret travels in the open; use https, or set Plain where the network between is trusted")
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/"), nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// Org is one organisation, as a client sees it. Organisations are known by ID or slug; decisions are a little faster
// by ID. A client takes one name for one organisation throughout: by the other it would not know what it changed.
type Org struct {
	Members   Members
	Roles     Roles
	Units     Units
	History   History
	Decisions Decisions

	name string
	c    *Client
}

// Org gives an organisation by its ID or slug. Nothing is asked: whether it is there, the first call tells.
func (c *Client) Org(name string) *Org {
	o := &Org{name: name, c: c}
	o.Members, o.Roles, o.Units, o.History, o.Decisions = Members{o}, Roles{o}, Units{o}, History{o}, Decisions{o}
	return o
}

// path gives the address of something in the organisation, each part escaped.
func (o *Org) path(parts ...string) string {
	path := "/orgs/" + url.PathEscape(o.name)
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}

// Position gives the position of the organisation's history that decisions by this client have seen at least: that
// of the last change it made, or was told of by Reach. Zero before the first.
func (o *Org) Position() int64 {
	o.c.mu.Lock()
	defer o.c.mu.Unlock()
	return o.c.reached[o.name]
}

// Reach makes decisions see the history up to a position, such as one that another process of the product got by
// Position, or that came with an event. A lower one than is known already changes nothing.
func (o *Org) Reach(position int64) {
	o.c.mu.Lock()
	defer o.c.mu.Unlock()
	if position > o.c.reached[o.name] {
		o.c.reached[o.name] = position
	}
}
