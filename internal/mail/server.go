package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
)

// security is how a connection to a server is protected.
type security int

const (
	startTLS security = iota
	implicitTLS
	noTLS
)

// server is where letters are handed over.
type server struct {
	host           string
	port           int
	tls            security
	user, password string
}

// parseServer reads the setting smtp.
func parseServer(text string) (server, error) {
	u, err := url.Parse(text)
	if err != nil { // the error's own text would show the password
		return server{}, errors.New("smtp: this is not a URL such as smtp://user:password@mail.example.com:587; signs in the password are written as %XX")
	}
	s := server{host: u.Hostname(), port: 587}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.tls, s.port = implicitTLS, 465
	default:
		return server{}, errors.New("smtp: the URL begins with smtp:// (STARTTLS) or smtps:// (TLS from the start)")
	}
	if s.host == "" || (u.Path != "" && u.Path != "/") || u.Fragment != "" || u.Opaque != "" {
		return server{}, errors.New("smtp: the URL has a host and perhaps a port, and nothing after them but ?tls=off; signs in the password are written as %XX")
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
	}
	if err := s.options(u); err != nil {
		return server{}, err
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return server{}, errors.New("smtp: the port is a number from 1 to 65535")
		}
	}
	return s, nil
}

// options reads what stands after the question mark: tls=off, or nothing.
func (s *server) options(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("smtp: what stands after the question mark is not understood; it can be tls=off")
	}
	for name, values := range query {
		if name != "tls" || len(values) != 1 || values[0] != "off" {
			return fmt.Errorf("smtp: the option %s is not known; there is tls=off, for a server on this machine", strconv.Quote(name))
		}
		if s.tls == implicitTLS {
			return errors.New("smtp: smtps:// and tls=off contradict each other")
		}
		if !loopback(s.host) {
			return errors.New("smtp: tls=off is for a server on this machine (localhost, 127.0.0.1 or [::1]); letters hold links that let people in, and travel only protected")
		}
		s.tls, s.port = noTLS, 25
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
