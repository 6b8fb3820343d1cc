package mail_test

import (
	"context"
	"errors"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/mail"
	"roster/internal/rostertest/postbox"
)

const sender = "Roster <roster@example.com>"

func carrier(t *testing.T, box *postbox.Box) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(box.URL(), sender)
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = box.Roots()
	return s
}

func letter() mail.Letter {
	return mail.Letter{ID: "let_1", To: "anna@example.org", Subject: "Invitation to Acme", Text: "Olá\n.\nfrom the text\n", HTML: "<p>Olá from the HTML</p>"}
}

func TestLetterArrivesOverEveryKindOfConnection(t *testing.T) {
	cases := []struct {
		name   string
		box    postbox.Options
		secure bool
	}{
		{"STARTTLS", postbox.Options{}, true},
		{"TLS from the start", postbox.Options{Security: postbox.Implicit}, true},
		{"none, on loopback, when told so", postbox.Options{Security: postbox.Plain}, false},
		{"STARTTLS, signed in", postbox.Options{User: "roster@example.com", Password: "p:/@ %ä"}, true},
		{"TLS from the start, signed in", postbox.Options{Security: postbox.Implicit, User: "roster", Password: "p"}, true},
		{"none, signed in", postbox.Options{Security: postbox.Plain, User: "roster", Password: "p"}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			box := postbox.Open(t, c.box)
			if err := carrier(t, box).Carry(t.Context(), letter()); err != nil {
				t.Fatal(err, errors.Unwrap(err))
			}
			got := box.Wait(t, "anna@example.org", 1)
			if got.Secure != c.secure || got.User != c.box.User {
				t.Errorf("secure %v, user %q", got.Secure, got.User)
			}
			if got.From != "roster@example.com" || len(got.To) != 1 || got.To[0] != "anna@example.org" {
				t.Errorf("envelope from %q to %q", got.From, got.To)
			}
			if got.Subject != "Invitation to Acme" || got.Text != "Olá\n.\nfrom the text\n" || strings.TrimSpace(got.HTML) != "<p>Olá from the HTML</p>" {
				t.Errorf("got %q, %q, %q", got.Subject, got.Text, got.HTML)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	if err := carrier(t, box).Carry(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	h := box.Wait(t, "anna@example.org", 1).Header
	for name, want := range map[string]string{
		"From": `"Roster" <roster@example.com>`, "To": "<anna@example.org>", "Message-Id": "<let_1@example.com>",
		"Auto-Submitted": "auto-generated", "Mime-Version": "1.0", "Cc": "", "Bcc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	when, err := netmail.ParseDate(h.Get("Date"))
	if err != nil || time.Since(when).Abs() > time.Minute {
		t.Errorf("Date: got %q, %v", h.Get("Date"), err)
	}
}

func TestDomainOutsideASCIITravelsAsALabels(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	l := letter()
	l.To = "Anna@bücher.example"
	if err := carrier(t, box).Carry(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if got := box.Letters()[0].To[0]; got != "Anna@xn--bcher-kva.example" {
		t.Errorf("got %q", got)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	cases := []struct {
		name      string
		fault     postbox.Way
		permanent bool
		unsent    bool
		says      string
	}{
		{"the recipient for good", postbox.Refuse, true, true, "refused the recipient: 550"},
		{"the letter for good", postbox.RefuseLetter, true, true, "refused the letter: 550"},
		{"the recipient for now", postbox.Busy, false, true, "refused the recipient: 451"},
		{"the connection ends", postbox.Drop, false, true, "ended the connection"},
		{"the connection ends after the letter was taken", postbox.KeepAndDrop, false, false, "ended the connection"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			box := postbox.Open(t, postbox.Options{User: "smtp-user", Password: "smtp-password"})
			box.Fail(postbox.Fault{Way: c.fault, Times: 1})
			s := carrier(t, box)
			err := s.Carry(t.Context(), letter())
			if err == nil || mail.Permanent(err) != c.permanent || mail.Unsent(err) != c.unsent || !strings.Contains(mail.Reason(err), c.says) {
				t.Errorf("got %v (%v), permanent %v, unsent %v", err, errors.Unwrap(err), mail.Permanent(err), mail.Unsent(err))
			}
			safe(t, err)
			if err := s.Carry(t.Context(), letter()); err != nil {
				t.Errorf("the next letter: got %v", err)
			}
		})
	}
}

// safe fails when an error shows what must not be shown.
func safe(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{err.Error(), mail.Reason(err)} {
		if strings.Contains(text, "smtp-password") || strings.Contains(text, "c210cC1wYXNzd29yZA") || strings.ContainsAny(text, "\r\n") {
			t.Errorf("the error shows too much: %q", text)
		}
	}
}

func TestSilentServerIsGivenUp(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	box.Fail(postbox.Fault{Way: postbox.Hang})
	s := carrier(t, box)
	s.Timeout = 300 * time.Millisecond
	err := s.Carry(t.Context(), letter())
	if err == nil || mail.Permanent(err) || !mail.Unsent(err) || !strings.Contains(mail.Reason(err), "in time") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestStoppedSendingEndsAtOnce(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	box.Fail(postbox.Fault{Way: postbox.Hang})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- carrier(t, box).Carry(ctx, letter()) }()
	for box.Calls() == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	select {
	case err := <-done:
		if mail.Permanent(err) || !errors.Is(err, context.Canceled) || mail.Reason(err) != "Sending was stopped." {
			t.Errorf("got %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it did not stop")
	}
}

func TestOutageIsTemporary(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	s := carrier(t, box)
	box.Down()
	err := s.Carry(t.Context(), letter())
	if err == nil || mail.Permanent(err) || !mail.Unsent(err) || !strings.Contains(mail.Reason(err), "cannot be reached") {
		t.Errorf("got %v", err)
	}
}

func TestWrongPasswordIsOursToMend(t *testing.T) {
	box := postbox.Open(t, postbox.Options{User: "smtp-user", Password: "right"})
	s, err := mail.NewSMTP(strings.Replace(box.URL(), "right", "smtp-password", 1), sender)
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = box.Roots()
	err = s.Carry(t.Context(), letter())
	if err == nil || mail.Permanent(err) || !strings.Contains(mail.Reason(err), "Check the user and the password") {
		t.Errorf("got %v", err)
	}
	safe(t, err)
	if len(box.Letters()) != 0 {
		t.Error("a letter arrived")
	}
}

func TestNothingIsSentWithoutTheProtectionAskedFor(t *testing.T) {
	t.Run("no STARTTLS", func(t *testing.T) {
		box := postbox.Open(t, postbox.Options{Security: postbox.Plain, User: "smtp-user", Password: "smtp-password"})
		s, err := mail.NewSMTP(strings.TrimSuffix(box.URL(), "?tls=off"), sender)
		if err != nil {
			t.Fatal(err)
		}
		nothing(t, box, s.Carry(t.Context(), letter()), "offers no STARTTLS")
	})
	t.Run("a certificate of a stranger", func(t *testing.T) {
		box := postbox.Open(t, postbox.Options{Stranger: true})
		nothing(t, box, carrier(t, box).Carry(t.Context(), letter()), "certificate is not to be trusted")
	})
	t.Run("a certificate of a stranger, TLS from the start", func(t *testing.T) {
		box := postbox.Open(t, postbox.Options{Security: postbox.Implicit, Stranger: true})
		nothing(t, box, carrier(t, box).Carry(t.Context(), letter()), "certificate is not to be trusted")
	})
	t.Run("an authority the system does not know", func(t *testing.T) {
		box := postbox.Open(t, postbox.Options{})
		s := carrier(t, box)
		s.Roots = nil
		nothing(t, box, s.Carry(t.Context(), letter()), "certificate is not to be trusted")
	})
}

func nothing(t *testing.T, box *postbox.Box, err error, says string) {
	t.Helper()
	if err == nil || mail.Permanent(err) || !strings.Contains(mail.Reason(err), says) {
		t.Errorf("got %v (%v)", err, errors.Unwrap(err))
	}
	if n := len(box.Letters()); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestServerThatTalksNonsenseIsTemporary(t *testing.T) {
	for name, greeting := range map[string]string{
		"not SMTP": "HTTP/1.1 200 OK\r\n\r\n", "closed": "", "busy": "421 later\r\n", "full": "554 no service\r\n", "control characters": "554 \x1b[31mred\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				if c, err := l.Accept(); err == nil {
					_, _ = c.Write([]byte(greeting))
					_ = c.Close()
				}
			}()
			s, err := mail.NewSMTP("smtp://"+l.Addr().String(), sender)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Carry(t.Context(), letter())
			if err == nil || mail.Permanent(err) || strings.ContainsFunc(mail.Reason(err), func(r rune) bool { return r < ' ' }) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLetterHasOneRecipientAndItsOwnHeaders(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	s := carrier(t, box)
	with := func(change func(*mail.Letter)) mail.Letter {
		l := letter()
		change(&l)
		return l
	}
	cases := map[string]mail.Letter{
		"two recipients":            with(func(l *mail.Letter) { l.To = "a@example.org, b@example.org" }),
		"a name":                    with(func(l *mail.Letter) { l.To = "Anna <anna@example.org>" }),
		"a command in the address":  with(func(l *mail.Letter) { l.To = "anna@example.org>\r\nRCPT TO:<b@example.org" }),
		"a header in the address":   with(func(l *mail.Letter) { l.To = "anna@example.org\r\nBcc: b@example.org" }),
		"no address":                with(func(l *mail.Letter) { l.To = "" }),
		"a header in the subject":   with(func(l *mail.Letter) { l.Subject = "Hello\r\nBcc: b@example.org" }),
		"a line feed in it":         with(func(l *mail.Letter) { l.Subject = "Hello\nBcc: b@example.org" }),
		"a line separator in it":    with(func(l *mail.Letter) { l.Subject = "Hello\u2028Bcc: b@example.org" }),
		"a header in the ID":        with(func(l *mail.Letter) { l.ID = "x>\r\nBcc: b@example.org" }),
		"an ID that closes":         with(func(l *mail.Letter) { l.ID = "x>" }),
		"no ID":                     with(func(l *mail.Letter) { l.ID = "" }),
		"a subject that is no text": with(func(l *mail.Letter) { l.Subject = "\xff" }),
	}
	for name, l := range cases {
		t.Run(name, func(t *testing.T) {
			if err := s.Carry(t.Context(), l); !mail.Permanent(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := len(box.Letters()); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestManyLettersAtOnce(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	s := carrier(t, box)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.Carry(context.Background(), letter()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(box.Letters()); n != 8 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestServerSettingIsReadStrictly(t *testing.T) {
	for _, good := range []string{
		"smtp://mail.example.com", "smtp://user:pass@mail.example.com:587/", "smtps://user@mail.example.com:465", "smtps://[2001:db8::1]",
		"smtp://localhost:25?tls=off", "smtp://127.0.0.1?tls=off", "smtp://[::1]:2525?tls=off", "smtp://user:p%40ss%2Fw@mail.example.com",
	} {
		if _, err := mail.NewSMTP(good, sender); err != nil {
			t.Errorf("%s: got %v", good, err)
		}
	}
	for bad, says := range map[string]string{
		"":                                                           "begins with smtp://",
		"mail.example.com:587":                                       "smtp",
		"http://mail.example.com":                                    "begins with smtp://",
		"smtp://":                                                    "has a host",
		"smtp://mail.example.com/x":                                  "nothing after",
		"smtp://mail.example.com#x":                                  "nothing after",
		"smtp:mail.example.com":                                      "has a host",
		"smtp://mail.example.com:x":                                  "not a URL",
		"smtp://mail.example.com:0":                                  "1 to 65535",
		"smtp://mail.example.com:1e5":                                "not a URL",
		"smtp://u:smtp-password/w@mail.example.com":                  "%XX",
		"smtp://u:smtp-password%zz@mail.example.com":                 "%XX",
		"smtp://u:smtp-password@mail.example.com?tls=off":            "on this machine",
		"smtp://u:smtp-password@localhost.example.com?tls=off":       "on this machine",
		"smtp://u:smtp-password@127.0.0.1.example.com?tls=off":       "on this machine",
		"smtp://u:smtp-password@10.0.0.1?tls=off":                    "on this machine",
		"smtp://localhost?tls=no":                                    "not known",
		"smtp://localhost?tls=off&tls=off":                           "not known",
		"smtp://localhost?insecure=1":                                "not known",
		"smtps://localhost?tls=off":                                  "contradict",
		"smtp://mail.example.com:99999":                              "1 to 65535",
		"smtp://u:smtp-password@mail.example.com?verify=smtp-passwo": "not known",
	} {
		_, err := mail.NewSMTP(bad, sender)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v", bad, err)
			continue
		}
		safe(t, err)
	}
}

func TestSenderIsReadStrictly(t *testing.T) {
	for _, good := range []string{"roster@example.com", "Roster <roster@example.com>", `"Acme, Inc." <no-reply+1@mail.example.com>`, "roster@localhost", "Größe <a@example.com>"} {
		if _, err := mail.NewSMTP("smtp://mail.example.com", good); err != nil {
			t.Errorf("%s: got %v", good, err)
		}
	}
	for _, bad := range []string{"", "roster", "a@example.com, b@example.com", `"a b"@example.com`, "a@", "@example.com", "a@example.com\r\nBcc: b@example.com", "a@bücher.example", "Roster <a@[127.0.0.1]>"} {
		if _, err := mail.NewSMTP("smtp://mail.example.com", bad); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
}

func TestReasonsOfOtherErrorsAreSafe(t *testing.T) {
	if mail.Reason(nil) != "" || mail.Permanent(nil) {
		t.Error("no error has no reason")
	}
	err := errors.New("smtp-password")
	if mail.Permanent(err) || mail.Reason(err) != "The letter could not be sent." {
		t.Errorf("got %q", mail.Reason(err))
	}
}
