package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
)

// Bounds of lifetimes. A session may not outlive a month of use, a token not a day (RFC 9700
// asks for short ones).
const (
	maxSession = 30 * 24 * time.Hour
	maxToken   = 24 * time.Hour

	mostInvitations = 100_000
	leastLife       = time.Minute

	mostRequests = 100_000_000 // a minute
	mostInFlight = 100_000
)

// Validate refuses settings that are not understood, contradict each other, or would let people's
// passwords travel in the open (design page 6, Transport); the error names every setting at fault
// and never shows a password. It gives URL its final form: made from Listen when it is empty,
// without a slash at its end.
func (s *Server) Validate() error {
	return errors.Join(
		listener("listen", s.Listen), s.metrics(), database(s.Database), s.key(), s.tls(), s.proxies(), s.framers(), s.reach(), s.mail(), s.product(), s.lifetimes(), s.letters(), s.bounds(),
		oneOf("log-level", s.LogLevel, "debug", "info", "warn", "error"), oneOf("log-format", s.LogFormat, "text", "json"),
	)
}

// Proxies gives the networks whose X-Forwarded-For is believed. Kind of error: a setting at fault.
func (s Server) Proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, p := range s.TrustedProxy {
		network, err := netip.ParsePrefix(p)
		if ip, bad := netip.ParseAddr(p); bad == nil && ip.Zone() == "" {
			network, err = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("trusted-proxy: %q is not an address or a network such as 10.0.0.0/8", p)
		}
		if network.Bits() == 0 {
			return nil, fmt.Errorf("trusted-proxy: %q would believe everyone; name the proxy itself", p)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

func (s *Server) proxies() error {
	_, err := s.Proxies()
	return err
}

// framers checks the origins that may frame pages: they go into a header as they are.
func (s *Server) framers() error {
	for i, origin := range s.FrameAncestors {
		host, https := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(origin, "/")), "https://")
		u, err := url.Parse("https://" + host)
		if !https || err != nil || u.Hostname() == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:") != "" {
			return fmt.Errorf("frame-ancestors: %q is not an origin such as https://app.example.com", origin)
		}
		s.FrameAncestors[i] = "https://" + host
	}
	return nil
}

func (s *Server) product() error {
	name, err := roster.CleanName(s.ProductName)
	if err != nil {
		return fmt.Errorf("product-name: %w", err)
	}
	s.ProductName = name
	return nil
}

func (s *Server) metrics() error {
	if s.MetricsListen == "" {
		return nil
	}
	if s.MetricsListen == s.Listen {
		return errors.New("metrics-listen: it must differ from listen, so that metrics are not open to everyone")
	}
	return listener("metrics-listen", s.MetricsListen)
}

func listener(name, address string) error {
	_, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%s: %q is not an address and a port such as 127.0.0.1:8080", name, address)
	}
	return nil
}

func database(text string) error {
	scheme, rest, isURL := strings.Cut(text, "://")
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("database: name an SQLite file or a postgres:// URL")
	case !isURL:
		return nil
	case scheme != "postgres" && scheme != "postgresql" || rest == "":
		return errors.New("database: a URL of a database begins with postgres://")
	}
	if _, err := url.Parse(text); err != nil {
		return errors.New("database: the URL is not understood; signs in the password are written as %XX")
	}
	return nil
}

func (s *Server) key() error {
	if s.KeyFile == "" {
		return errors.New("key-file: name a file")
	}
	return nil
}

func (s *Server) tls() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("tls-cert, tls-key: give both or neither")
	}
	return nil
}

// reach checks the address at which people reach the server, and gives it its final form.
func (s *Server) reach() error {
	if s.URL == "" {
		return s.derive()
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("url: write it as https://team.example.com")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("url: it has a host and perhaps a port, and nothing else; Roster needs a host of its own")
	}
	switch proxied := len(s.TrustedProxy) > 0; {
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("url: plain http is for this machine only (localhost, 127.0.0.1 or [::1]), because passwords would travel in the open; use https with tls-cert and tls-key, or behind a trusted-proxy")
	case u.Scheme == "http" && !s.TLS() && !proxied && !s.near():
		return errors.New("url: it says plain http, and listen takes connections from other machines, so that passwords could travel in the open; listen on 127.0.0.1, or use https")
	case u.Scheme == "http" && s.TLS():
		return errors.New("url: it says http, but with tls-cert the server speaks https")
	case u.Scheme == "https" && !s.TLS() && !proxied:
		return errors.New("url: it says https, but nothing here speaks it; give tls-cert and tls-key, or name the proxy that does with trusted-proxy")
	}
	s.URL = u.Scheme + "://" + strings.ToLower(u.Host)
	return nil
}

// near tells whether the server takes connections of this machine alone, or listen is at fault and says so.
func (s *Server) near() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	return err != nil || loopback(host)
}

// derive makes the address from where the server listens, which works on loopback.
func (s *Server) derive() error {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil // listen is at fault, and says so
	}
	if !loopback(host) {
		return errors.New("url: a server that listens beyond this machine needs to know how people reach it; write it as https://team.example.com")
	}
	s.URL = "http://" + net.JoinHostPort(host, port)
	if s.TLS() {
		s.URL = "https://" + net.JoinHostPort(host, port)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// mail checks what can be told without the mail server; its carrier checks the rest.
func (s *Server) mail() error {
	switch {
	case s.SMTP == "" && s.MailFrom == "":
		return nil
	case s.SMTP == "":
		return errors.New("smtp: mail-from is given, so name the mail server")
	case s.MailFrom == "":
		return errors.New("mail-from: smtp is given, so name the sender, such as Roster <roster@example.com>")
	case !strings.HasPrefix(s.SMTP, "smtp://") && !strings.HasPrefix(s.SMTP, "smtps://"):
		return errors.New("smtp: the URL begins with smtp:// or smtps://")
	}
	return nil
}

func (s *Server) lifetimes() error {
	var idle error
	if s.SessionIdle > s.SessionLifetime {
		idle = errors.New("session-idle: it must not be longer than session-lifetime")
	}
	return errors.Join(between("session-lifetime", s.SessionLifetime, maxSession), between("session-idle", s.SessionIdle, maxSession), between("token-lifetime", s.TokenLifetime, maxToken), idle)
}

func (s *Server) letters() error {
	if s.HourlyInvitations < 0 || s.HourlyInvitations > mostInvitations {
		return fmt.Errorf("hourly-invitations: it must be at most %d, and is %d", mostInvitations, s.HourlyInvitations)
	}
	return nil
}

func (s *Server) bounds() error {
	var errs []error
	for _, b := range []struct {
		name    string
		n, most int
	}{
		{"address-requests", s.AddressRequests, mostRequests},
		{"client-requests", s.ClientRequests, mostRequests},
		{"client-decisions", s.ClientDecisions, mostRequests},
		{"in-flight", s.InFlight, mostInFlight},
	} {
		if b.n < 0 || b.n > b.most {
			errs = append(errs, fmt.Errorf("%s: it must be at most %d, and is %d", b.name, b.most, b.n))
		}
	}
	return errors.Join(errs...)
}

func between(name string, d, most time.Duration) error {
	if d < leastLife || d > most || d%time.Second != 0 {
		return fmt.Errorf("%s: it must be whole seconds from %s to %s, and is %s", name, leastLife, most, d)
	}
	return nil
}

func oneOf(name, value string, known ...string) error {
	for _, k := range known {
		if value == k {
			return nil
		}
	}
	return fmt.Errorf("%s: it must be one of %s", name, strings.Join(known, ", "))
}
