package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"unicode"
	"unicode/utf8"

	"roster/internal/roster"
)

// Failure is why a letter was not handed over. Its text is Reason alone: what the mail server or
// the network said stands in it only as far as it is safe to show.
type Failure struct {
	Refused bool   // for good: this letter to this recipient will not be taken later either
	Unsent  bool   // the server surely does not have the letter: its text did not leave, or it was refused
	Reason  string // one line for administrators, without credentials
	Cause   error  // may be nil
}

// Error gives the reason.
func (f *Failure) Error() string { return f.Reason }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// Permanent tells whether the letter was refused for good. Everything else (no connection, no
// time, a wrong password, a refused sender) can be mended, and is worth another try.
func Permanent(err error) bool {
	var f *Failure
	return errors.As(err, &f) && f.Refused
}

// Unsent tells whether the mail server surely does not have the letter. When false, the letter
// may arrive all the same.
func Unsent(err error) bool {
	var f *Failure
	return errors.As(err, &f) && (f.Unsent || f.Refused)
}

// Reason gives one line that says why a letter was not handed over. It is safe to store and to
// show to administrators.
func Reason(err error) string {
	var f *Failure
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return f.Reason
	case errors.Is(err, context.DeadlineExceeded):
		return roster.Plain("The mail server did not answer in time.").String()
	case errors.Is(err, context.Canceled):
		return roster.Plain("Sending was stopped.").String()
	}
	return roster.Plain("The letter could not be sent.").String()
}

// step is a part of a conversation with a mail server.
type step int

const (
	atGreeting  step = iota // connecting, TLS, signing in
	atSender                // MAIL FROM
	atRecipient             // RCPT TO
	atLetter                // DATA and what follows
)

// failed makes the Failure of an error that ended a conversation at a step.
func failed(at step, err error) *Failure {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return &Failure{Unsent: at < atLetter, Reason: unanswered(err), Cause: err}
	}
	f := &Failure{Unsent: at < atLetter || reply.Code >= 400, Cause: err}
	switch at {
	case atGreeting:
		// No more than the code: servers repeat in their text what they were told.
		f.Reason = roster.Phrasef("The mail server did not let Roster in (code %d). Check the user and the password of the setting smtp.", reply.Code).String()
		if reply.Code < 500 || reply.Code == 554 || reply.Code == 502 {
			f.Reason = roster.Phrasef("The mail server takes no letters at the moment (code %d).", reply.Code).String()
		}
	case atSender:
		f.Reason = roster.Phrasef("The mail server refused the sender's address: %s Check the setting mail-from.", said(reply)).String()
	case atRecipient:
		f.Refused = final(reply.Code)
		f.Reason = roster.Phrasef("The mail server refused the recipient: %s", said(reply)).String()
	default:
		f.Refused = final(reply.Code)
		f.Reason = roster.Phrasef("The mail server refused the letter: %s", said(reply)).String()
	}
	return f
}

// final tells which replies will not change (RFC 5321, section 4.2.1). Out of storage (552) is to be
// taken as temporary (section 4.5.3.1.10), and a missing sign-in (530) or a command that is not
// understood (50x) is about us, not about the recipient.
func final(code int) bool { return code >= 510 && code < 600 && code != 530 && code != 552 }

// unanswered says what happened where the mail server said nothing.
func unanswered(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &dns):
		return roster.Plain("The mail server's name is not known. Check the setting smtp.").String()
	case errors.As(err, &certificate):
		return roster.Plain("The mail server's certificate is not to be trusted, so nothing was sent.").String()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return roster.Plain("The mail server did not answer in time.").String()
	case errors.Is(err, context.Canceled):
		return roster.Plain("Sending was stopped.").String()
	case errors.As(err, &dial) && dial.Op == "dial":
		return roster.Plain("The mail server cannot be reached.").String()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &dial):
		return roster.Plain("The mail server ended the connection.").String()
	}
	return roster.Plain("The mail server and Roster did not understand each other.").String()
}

// said gives a mail server's reply as one inert sentence of sane length.
func said(reply *textproto.Error) string {
	text := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(reply.Msg, ""), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if utf8.RuneCountInString(text) > 200 {
		text = string([]rune(text)[:200]) + "…"
	}
	return strings.TrimRight(fmt.Sprintf("%d %s", reply.Code, text), " .") + "."
}
