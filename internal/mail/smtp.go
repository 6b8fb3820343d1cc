package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"roster/internal/roster"
)

// patience is how long one letter may take, from the first packet to the server's last word.
const patience = time.Minute

// SMTP is a Carrier that hands letters to a mail server (RFC 5321), each in a connection of its
// own. It is safe for use by many once its fields are set.
type SMTP struct {
	Roots   *x509.CertPool // authorities trusted to sign the server's certificate; nil for the system's
	Timeout time.Duration  // for one letter; a minute unless set

	server server
	from   netmail.Address
}

// NewSMTP makes a Carrier of a server's URL (smtp://user:password@host:587 with STARTTLS,
// smtps://host:465 with TLS from the start; smtp://localhost:25?tls=off without, on loopback only)
// and the sender's address, with a name or without. Its errors never show the URL.
func NewSMTP(url, from string) (*SMTP, error) {
	server, err := parseServer(url)
	if err != nil {
		return nil, err
	}
	address, err := netmail.ParseAddress(from)
	if err != nil || !plain(address.Address) || !inLine(address.Name) {
		return nil, errors.New("mail-from: this is not an address such as Roster <roster@example.com>")
	}
	return &SMTP{Timeout: patience, server: server, from: *address}, nil
}

// Carry hands the letter over. Every error is a Failure; after no error the server has the letter.
func (s *SMTP) Carry(ctx context.Context, l Letter) error {
	m, to, err := s.message(l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	if f := s.hand(ctx, m, to); f != nil {
		if ctx.Err() != nil { // what it looked like on the connection is only how the end showed
			f = &Failure{Unsent: f.Unsent, Reason: unanswered(ctx.Err()), Cause: errors.Join(ctx.Err(), f.Cause)}
		}
		return f
	}
	return nil
}

// hand holds the conversation. The library's own way to send is not used: it reports a letter that
// the server took as failed when the parting goes wrong, it leaves connections open when the
// greeting does, and its errors do not tell what was missing.
func (s *SMTP) hand(ctx context.Context, m *gomail.Msg, to string) *Failure {
	conn, err := s.connect(ctx)
	if err != nil {
		return failed(atGreeting, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	c, err := smtp.NewClient(conn, s.server.host)
	if err != nil {
		return failed(atGreeting, err)
	}
	if err := s.enter(c); err != nil {
		return failed(atGreeting, err)
	}
	if at, err := converse(c, m, s.from.Address, to); err != nil {
		return failed(at, err)
	}
	_ = c.Quit() // the letter is theirs, whatever they say now
	return nil
}

func (s *SMTP) connect(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.server.host, strconv.Itoa(s.server.port))
	if s.server.tls == implicitTLS {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// enter greets, makes the connection safe and signs in.
func (s *SMTP) enter(c *smtp.Client) error {
	c.SkipSMTPUTF8(true)
	if err := c.Hello(hello(s.from.Address)); err != nil {
		return err
	}
	if s.server.tls == startTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return &Failure{Unsent: true, Reason: roster.Plain("The mail server offers no STARTTLS, so nothing was sent. Check the port, or use smtps:// in the setting smtp.").String()}
		}
		if err := c.StartTLS(s.tls()); err != nil {
			return err
		}
	}
	if s.server.user == "" {
		return nil
	}
	auth := s.auth(c)
	if auth == nil {
		return &Failure{Unsent: true, Reason: roster.Plain("The mail server offers no way to sign in that Roster knows. Check the port and the user in the setting smtp.").String()}
	}
	return c.Auth(auth)
}

// auth chooses how to sign in: with a proof that does not show the password before those that do.
func (s *SMTP) auth(c *smtp.Client) smtp.Auth {
	_, offered := c.Extension("AUTH")
	user, password, bare := s.server.user, s.server.password, s.server.tls == noTLS
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(user, password)},
		{"PLAIN", smtp.PlainAuth("", user, password, s.server.host, bare)},
		{"LOGIN", smtp.LoginAuth(user, password, s.server.host, bare)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(user, password)},
	} {
		if slices.Contains(strings.Fields(strings.ToUpper(offered)), way.name) {
			return way.auth
		}
	}
	return nil
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.server.host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

func converse(c *smtp.Client, m *gomail.Msg, from, to string) (step, error) {
	if err := c.Mail("<" + from + ">"); err != nil {
		return atSender, err
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return atRecipient, err
	}
	w, err := c.Data()
	if err != nil {
		return atLetter, err
	}
	if _, err := m.WriteTo(w); err != nil {
		return atLetter, err
	}
	return atLetter, w.Close()
}

// hello is the name by which Roster greets: the sender's domain, as the machine's own name is often
// no name at all and nobody's business.
func hello(from string) string { return from[strings.LastIndexByte(from, '@')+1:] }
