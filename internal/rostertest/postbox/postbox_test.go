package postbox_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest/postbox"
)

const letter = "From: roster@example.com\r\nTo: ada@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n" +
	"Date: Mon, 02 Jan 2006 15:04:05 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"Open http://127.0.0.1/invitation#s=3Dabc=\r\ndef.\r\nHelp: https://example.com/help\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PGEgaHJlZj0iaHR0cDovLzEyNy4wLjAuMS9pbnZpdGF0aW9uI3M9YWJjZGVmIj5HbzwvYT4=\r\n--b--\r\n"

// hand hands the letter over as a client would, verifying the certificate.
func hand(b *postbox.Box, to string) error {
	u, err := url.Parse(b.URL())
	if err != nil {
		return err
	}
	trust := &tls.Config{RootCAs: b.Roots(), ServerName: "127.0.0.1"}
	raw, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	defer raw.Close()
	if err := raw.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	if u.Scheme == "smtps" {
		raw = tls.Client(raw, trust)
	}
	c, err := smtp.NewClient(raw, "127.0.0.1")
	if err != nil {
		return err
	}
	if u.Scheme == "smtp" && u.Query().Get("tls") != "off" {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if p, ok := u.User.Password(); ok {
		if err := c.Auth(smtp.PlainAuth("", u.User.Username(), p, "127.0.0.1")); err != nil {
			return err
		}
	}
	if err := errors.Join(c.Mail("roster@example.com"), c.Rcpt(to)); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(letter)); err != nil {
		return err
	}
	return w.Close()
}

func TestALetterArrivesWhole(t *testing.T) {
	for _, o := range []postbox.Options{
		{}, {Security: postbox.Implicit}, {Security: postbox.Plain}, {User: "roster", Password: "p@ss:word"},
	} {
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			b := postbox.Open(t, o)
			if err := hand(b, "ada@example.com"); err != nil {
				t.Fatal(err)
			}
			l := b.Wait(t, "Ada@example.com", 1)
			if l.Subject != "Grüße" || l.From != "roster@example.com" || l.User != o.User || l.Secure == (o.Security == postbox.Plain) {
				t.Errorf("got %+v", l)
			}
			if got := l.Link(t, "/invitation"); got != "http://127.0.0.1/invitation#s=abcdef" {
				t.Errorf("link: %s", got)
			}
			if got := l.Links(); !slices.Contains(got, "https://example.com/help") || len(got) != 2 {
				t.Errorf("links: %q", got)
			}
		})
	}
}

func TestFaultsHappenAsScripted(t *testing.T) {
	b := postbox.Open(t, postbox.Options{})
	code := func(err error) int {
		var e *textproto.Error
		if errors.As(err, &e) {
			return e.Code
		}
		return 0
	}
	b.Fail(postbox.Fault{Way: postbox.Busy, To: "ada@example.com", Times: 1})
	if err := hand(b, "bob@example.com"); err != nil {
		t.Errorf("a fault for one address must leave others alone: %v", err)
	}
	if err := hand(b, "ada@example.com"); code(err) != 451 {
		t.Errorf("busy: %v", err)
	}
	if err := hand(b, "ada@example.com"); err != nil {
		t.Errorf("busy once, then taken: %v", err)
	}
	for _, f := range []struct {
		way  postbox.Way
		code int
		kept bool
	}{{postbox.Refuse, 550, false}, {postbox.RefuseLetter, 550, false}, {postbox.Drop, 0, false}, {postbox.Hang, 0, false}, {postbox.KeepAndDrop, 0, true}} {
		b.Mend()
		b.Fail(postbox.Fault{Way: f.way})
		before := len(b.Letters())
		err := hand(b, "cy@example.com")
		if err == nil || code(err) != f.code {
			t.Errorf("way %d: %v", f.way, err)
		}
		if kept := len(b.Letters()) > before; kept != f.kept {
			t.Errorf("way %d: the letter is kept: %v", f.way, kept)
		}
	}
}

func TestAnOutageEnds(t *testing.T) {
	b := postbox.Open(t, postbox.Options{})
	b.Down()
	if err := hand(b, "ada@example.com"); err == nil {
		t.Error("a box that is down took a letter")
	}
	b.Up(t)
	if err := hand(b, "ada@example.com"); err != nil {
		t.Error(err)
	}
	if n := len(b.To("ada@example.com")); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestStrangersAndWrongPasswordsAreSeen(t *testing.T) {
	b := postbox.Open(t, postbox.Options{Stranger: true})
	if err := hand(b, "ada@example.com"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of an unknown authority: %v", err)
	}
	shut := postbox.Open(t, postbox.Options{Security: postbox.Plain, User: "roster", Password: "right"})
	u, err := url.Parse(shut.URL())
	if err != nil {
		t.Fatal(err)
	}
	c, err := smtp.Dial(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Mail("roster@example.com"); err == nil {
		t.Error("a letter without signing in was taken")
	}
	if err := c.Auth(smtp.PlainAuth("", "roster", "wrong", "127.0.0.1")); err == nil {
		t.Error("a wrong password was taken")
	}
}
