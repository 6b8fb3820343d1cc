// Package postbox is a real SMTP server on loopback for tests: it speaks TLS with a certificate of
// its own making, keeps the letters it was handed, and fails on purpose where a test says so. It
// holds nothing of Roster and makes no letters itself.
package postbox

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Security is how a connection to the box is protected.
type Security int

// The kinds of security.
const (
	StartTLS Security = iota // plain at first, TLS by the command STARTTLS
	Implicit                 // TLS from the first byte
	Plain                    // none: STARTTLS is not offered
)

// Options tell what sort of server the box is. The zero value offers STARTTLS and takes letters
// from anyone.
type Options struct {
	Security Security
	User     string // with a user, letters are taken only after AUTH PLAIN with Password
	Password string
	Stranger bool // the certificate is signed by an authority that is not the one in CAFile
}

// Box is the running server.
type Box struct {
	options Options
	address string
	papers  papers

	mu      sync.Mutex
	server  *smtp.Server
	door    net.Listener // closed by Down itself: a server knows it only once it serves
	letters []Letter
	faults  []*Fault
	calls   int
	changed chan struct{} // closed and renewed at every letter
	done    chan struct{} // closed at the end of the test: lets hanging sessions go
}

// Open starts a box on a free port of 127.0.0.1. It is closed at the end of the test.
func Open(t testing.TB, o Options) *Box {
	t.Helper()
	b := &Box{options: o, papers: makePapers(t, o.Stranger), changed: make(chan struct{}), done: make(chan struct{})}
	if err := b.listen("127.0.0.1:0"); err != nil {
		t.Fatalf("postbox: %v", err)
	}
	t.Cleanup(func() {
		close(b.done)
		b.Down()
	})
	return b
}

func (b *Box) listen(address string) error {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		b.mu.Lock()
		b.calls++
		b.mu.Unlock()
		return &session{box: b, conn: c}, nil
	}))
	s.Domain = "localhost"
	s.AllowInsecureAuth = true // the test decides, by Security
	s.EnableSMTPUTF8 = true
	s.MaxMessageBytes = 16 << 20
	s.ErrorLog = log.New(io.Discard, "", 0) // dropped connections are what a test asked for
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	settings := &tls.Config{Certificates: []tls.Certificate{b.papers.server}, MinVersion: tls.VersionTLS12}
	b.address = l.Addr().String()
	switch b.options.Security {
	case StartTLS:
		s.TLSConfig = settings
	case Implicit:
		l = tls.NewListener(l, settings)
	case Plain:
	}
	b.mu.Lock()
	b.server, b.door = s, l
	b.mu.Unlock()
	go func() { _ = s.Serve(l) }() // it ends with an error once Down closes the listener
	return nil
}

// Down closes the server and every connection: an outage. Letters that were taken stay.
func (b *Box) Down() {
	b.mu.Lock()
	s, door := b.server, b.door
	b.mu.Unlock()
	// Closed twice at the end of a test that did it itself.
	_ = door.Close()
	_ = s.Close()
}

// Up opens the server again at the same address after Down.
func (b *Box) Up(t testing.TB) {
	t.Helper()
	if err := b.listen(b.address); err != nil {
		t.Fatalf("postbox: %v", err)
	}
}

// URL gives the box as Roster's setting --smtp takes it.
func (b *Box) URL() string {
	u := url.URL{Scheme: "smtp", Host: b.address}
	if b.options.Security == Implicit {
		u.Scheme = "smtps"
	}
	if b.options.Security == Plain {
		u.RawQuery = "tls=off"
	}
	if b.options.User != "" {
		u.User = url.UserPassword(b.options.User, b.options.Password)
	}
	return u.String()
}

// CAFile gives a PEM file with the authority that signed the box's certificate. A program that is
// started with SSL_CERT_FILE set to it trusts the box.
func (b *Box) CAFile() string { return b.papers.file }

// Roots gives the same authority as a pool.
func (b *Box) Roots() *x509.CertPool { return b.papers.roots }

// Calls gives how many sessions were begun, those inside TLS counted anew.
func (b *Box) Calls() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

// Letters gives every letter that arrived, in order.
func (b *Box) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.letters)
}

// To gives the letters to an address, in order. Case does not count.
func (b *Box) To(address string) []Letter {
	var mine []Letter
	for _, l := range b.Letters() {
		if slices.ContainsFunc(l.To, func(to string) bool { return strings.EqualFold(to, address) }) {
			mine = append(mine, l)
		}
	}
	return mine
}

// Wait waits until the n-th letter to an address (counted from 1) is there, and gives it. The test
// fails when it does not come within half a minute.
func (b *Box) Wait(t testing.TB, address string, n int) Letter {
	t.Helper()
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		if mine := b.To(address); len(mine) >= n {
			return mine[n-1]
		}
		select {
		case <-changed:
		case <-late.C:
			var all []string
			for _, l := range b.Letters() {
				all = append(all, strings.Join(l.To, "+")+" «"+l.Subject+"»")
			}
			t.Fatalf("postbox: letter %d to %s did not come; here are: %s", n, address, strings.Join(all, ", "))
		}
	}
}

func (b *Box) keep(l Letter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, l)
	close(b.changed)
	b.changed = make(chan struct{})
}

// session is one conversation.
type session struct {
	box  *Box
	conn *smtp.Conn
	user string
	from string
	to   []string
}

func (s *session) AuthMechanisms() []string {
	if s.box.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.box.options.User || password != s.box.options.Password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.box.options.User != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if f := s.box.take(to, atRecipient); f != nil {
		return s.fail(f)
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f := s.box.take(s.to[0], atLetter)
	if f != nil && f.Way != KeepAndDrop {
		return s.fail(f)
	}
	_, secure := s.conn.TLSConnectionState()
	l, err := read(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	l.From, l.To, l.Secure, l.User = s.from, slices.Clone(s.to), secure, s.user
	s.box.keep(l)
	if f != nil {
		return s.fail(f)
	}
	return nil
}

func (s *session) fail(f *Fault) error {
	switch f.Way {
	case Hang:
		<-s.box.done
		return errors.New("the box is closed")
	case Drop, KeepAndDrop:
		_ = s.conn.Conn().Close() // the client sees the end of the connection
		return errors.New("dropped")
	case Refuse, RefuseLetter:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	case Busy:
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }
