package postbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Letter is a letter as it arrived.
type Letter struct {
	From    string      // the envelope's sender
	To      []string    // the envelope's recipients
	Header  mail.Header // as it stands, not decoded
	Subject string      // decoded
	Text    string      // the text/plain part, decoded, with line ends "\n"
	HTML    string      // the text/html part, the same way
	Raw     []byte
	Secure  bool   // it came through TLS
	User    string // who had signed in to the box
}

// read takes a letter apart. It is strict: a letter that a careless reader would still show is an
// error here.
func read(raw []byte) (Letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Letter{}, fmt.Errorf("not a letter: %w", err)
	}
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id"} {
		if n := len(m.Header[name]); n != 1 {
			return Letter{}, fmt.Errorf("the letter has the header %s %d times", name, n)
		}
	}
	l := Letter{Header: m.Header, Raw: raw}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return Letter{}, fmt.Errorf("subject: %w", err)
	}
	return l, l.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

// part reads one part of the body, and the parts inside it.
func (l *Letter) part(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type %q: %w", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return l.parts(multipart.NewReader(body, params["boundary"]))
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "", "7bit", "8bit":
	default:
		return fmt.Errorf("unknown encoding %q", encoding)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	switch plain := strings.ReplaceAll(string(text), "\r\n", "\n"); kind {
	case "text/plain":
		l.Text += plain
	case "text/html":
		l.HTML += plain
	}
	return nil
}

func (l *Letter) parts(r *multipart.Reader) error {
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("parts: %w", err)
		}
		if err := l.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
			return err
		}
	}
}

// Links gives the http and https addresses in the letter, each once: those of the text first, then
// those that only the HTML part leads to.
func (l Letter) Links() []string {
	var links []string
	add := func(link string) {
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	for _, m := range regexp.MustCompile(`https?://[^\s<>"]+`).FindAllString(l.Text, -1) {
		add(strings.TrimRight(m, ".,;:!?)"))
	}
	for _, m := range regexp.MustCompile(`(?i)href="(https?://[^"]+)"`).FindAllStringSubmatch(l.HTML, -1) {
		add(html.UnescapeString(m[1]))
	}
	return links
}

// Link gives the one address in the letter whose text contains part. The test fails when there is
// none or more than one, or when the text and the HTML part do not both lead there.
func (l Letter) Link(t testing.TB, part string) string {
	t.Helper()
	var found []string
	for _, link := range l.Links() {
		if strings.Contains(link, part) {
			found = append(found, link)
		}
	}
	if len(found) != 1 {
		t.Fatalf("letter «%s»: %d addresses contain %q: %q", l.Subject, len(found), part, found)
	}
	if !strings.Contains(l.Text, found[0]) || !strings.Contains(html.UnescapeString(l.HTML), found[0]) {
		t.Fatalf("letter «%s»: %s must stand in the text and in the HTML part", l.Subject, found[0])
	}
	return found[0]
}
