package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"roster/internal/roster"
)

// message makes the letter as it travels (RFC 5322), and gives its only recipient. A letter that
// cannot travel as it is, is refused for good.
func (s *SMTP) message(l Letter) (*gomail.Msg, string, error) {
	to, err := recipient(l.To)
	if err != nil {
		return nil, "", &Failure{Refused: true, Reason: roster.Plain("The recipient's address is not a plain e-mail address.").String(), Cause: err}
	}
	if !identifier(l.ID) || !inLine(l.Subject) {
		return nil, "", &Failure{Refused: true, Reason: roster.Plain("The letter is not well made: its identifier or its subject has signs that do not belong there.").String()}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	from := s.from
	if house := inert(l.House, roster.MaxName); house != "" {
		from.Name = house
	}
	if name := inert(l.Sender, roster.MaxName); name != "" {
		// The installation is always named: no organisation passes as it, or as another.
		own := from.Name
		if own == "" {
			_, own, _ = strings.Cut(s.from.Address, "@")
		}
		from.Name = name + " · " + own
	}
	m.FromMailAddress(&from)
	if to, err := recipient(l.ReplyTo); err == nil {
		m.ReplyToMailAddress(&netmail.Address{Address: to})
	}
	m.ToMailAddress(&netmail.Address{Address: to})
	m.Subject(l.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(l.ID + "@" + hello(s.from.Address))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	m.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return m, to, nil
}

// recipient gives a bare address as the envelope takes it: the local part as typed, the domain in
// A-labels, so that no server needs to know SMTPUTF8.
func recipient(address string) (string, error) {
	e, err := roster.ParseEmail(address)
	if err != nil {
		return "", err
	}
	local, _, _ := strings.Cut(e.Typed, "@")
	_, domain, _ := strings.Cut(e.Folded, "@")
	return local + "@" + domain, nil
}

// plain tells addresses that need no quotes, brackets or encoding anywhere. A sender's domain may
// be one word, as it is on a machine of one's own.
func plain(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return ok && identifier(strings.ReplaceAll(local, "+", "")) && identifier(domain)
}

func identifier(s string) bool {
	return s != "" && len(s) <= 200 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// inLine tells texts that stay within their header.
func inLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}
