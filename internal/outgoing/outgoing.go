// Package outgoing holds the one client by which Roster asks other servers for something: addresses on public networks
// alone, no matter what a name resolves to or a redirect points at, and no more time or bytes than are due. Whatever
// asks another server asks by it. What is asked, and whether the answer is to be believed, is not decided here.
package outgoing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Settings are what bounds a request.
type Settings struct {
	Private bool          // addresses of private networks and of this machine are allowed too
	Time    time.Duration // for everything, from the look-up of the name to the last byte; 10 seconds when zero
	Bytes   int64         // of an answer's body; 1 MiB when zero
}

// Errors that tell why nothing was asked, or an answer was not read to its end.
var (
	ErrPrivate = errors.New("the address belongs to a private network or to this machine")
	ErrTooMuch = errors.New("the answer is too large")
)

// mostRedirects is how often a request is led on.
const mostRedirects = 3

// Client makes a client. It keeps no cookies, asks no proxy, and speaks plain http only where private addresses are
// allowed.
func Client(s Settings) *http.Client {
	if s.Time == 0 {
		s.Time = 10 * time.Second
	}
	if s.Bytes == 0 {
		s.Bytes = 1 << 20
	}
	dialer := &net.Dialer{Timeout: s.Time, ControlContext: s.control}
	return &http.Client{
		Timeout: s.Time,
		Transport: bounded{s, &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: s.Time, ResponseHeaderTimeout: s.Time,
			MaxResponseHeaderBytes: 64 << 10, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		}},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > mostRedirects {
				return errors.New("it leads on too often")
			}
			return nil
		},
	}
}

// control is asked with the address that a name was found to have, right before it is connected to: what a name means
// cannot change in between.
func (s Settings) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	if !s.Private && !Public(at.Addr()) {
		return ErrPrivate
	}
	return nil
}

// Public tells whether an address is one of the public internet: not this machine, no private, shared, local, test or
// multicast network (IANA's special-purpose registries), and none that stands for such an IPv4 address.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, net := range special() {
		if net.Contains(ip) {
			return false
		}
	}
	return true
}

// special are networks that no provider is in.
func special() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// bounded refuses what is not to be asked, and cuts answers.
type bounded struct {
	set  Settings
	next http.RoundTripper
}

// RoundTrip asks. It sees each request that a redirect leads to as well.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !b.set.Private {
		if ip, err := netip.ParseAddr(r.URL.Hostname()); r.URL.Hostname() == "localhost" || err == nil && ip.Unmap().IsLoopback() {
			return nil, ErrPrivate
		}
		return nil, errors.New("it is not asked in the open: the address must begin with https://")
	}
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &cut{answer.Body, b.set.Bytes}
	return answer, nil
}

// cut is a body that ends with an error where it is too large.
type cut struct {
	io.ReadCloser
	left int64
}

// Read reads.
func (c *cut) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, ErrTooMuch
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n, ErrTooMuch
	}
	return n, err
}
