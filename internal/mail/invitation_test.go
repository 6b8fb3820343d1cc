package mail_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"roster/internal/mail"
	"roster/internal/rostertest/postbox"
	"roster/internal/words"
)

const link = "https://team.example.com/invitation/inv_Abc-123_x?a=1&b=2"

func invitation() mail.Invitation {
	return mail.Invitation{
		Organisation: "Acme", Inviter: "Bruno Costa", To: "anna@example.org", FirstName: "Anna", Link: link,
		Message: "Welcome aboard!\nSee you on Monday.", Lasts: 7 * 24 * time.Hour, Product: "Acme Portal",
	}
}

func english(t *testing.T) *words.Catalogue {
	t.Helper()
	w, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func write(t *testing.T, i mail.Invitation) mail.Letter {
	t.Helper()
	l, err := i.Letter(english(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestInvitationSaysWhoWhereWhichAddressAndHowLong(t *testing.T) {
	l := write(t, invitation())
	if l.To != "anna@example.org" || l.Subject != "Invitation to Acme" {
		t.Errorf("to %q, subject %q", l.To, l.Subject)
	}
	page := visible(t, l.HTML)
	for _, want := range []string{
		"Hello Anna,", "Bruno Costa invites you to join Acme.", "The invitation is for anna@example.org.", "Welcome aboard!", "See you on Monday.",
		"for 7 days from when this letter was sent", "If you did not expect this", "Acme Portal", link,
	} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, l.Text)
		}
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	for _, text := range []string{l.Subject, l.Text, l.HTML} {
		if regexp.MustCompile(`\[mail\.|\{[a-z]+\}`).MatchString(text) {
			t.Errorf("a sentence or a value is missing:\n%s", text)
		}
	}
}

func TestInvitationWithoutWhatMayBeMissing(t *testing.T) {
	i := invitation()
	i.Inviter, i.FirstName, i.Message, i.Product = "", "", " \n ", ""
	l := write(t, i)
	for _, want := range []string{"Hello,", "You are invited to join Acme.", "\n-- \nRoster\n"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, l.Text)
		}
	}
	if strings.Contains(l.Text, "wrote") || strings.Contains(l.Text, "> ") || strings.Contains(l.HTML, `class="quote"`) {
		t.Errorf("an empty message is quoted:\n%s", l.Text)
	}
}

func TestHowLongALinkLasts(t *testing.T) {
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "for 1 day from", 14 * 24 * time.Hour: "for 14 days from", time.Hour: "for 1 hour from", 36 * time.Hour: "for 36 hours from",
		90 * time.Minute: "for 90 minutes from", time.Minute: "for 1 minute from", 30 * time.Minute: "for 30 minutes from", 150 * time.Minute: "for 2 hours from",
	} {
		i := invitation()
		i.Lasts = d
		if l := write(t, i); !strings.Contains(l.Text, want) {
			t.Errorf("%s: not %q in\n%s", d, want, l.Text)
		}
	}
}

// hostile are names that people may choose; all of them are one field's content to us.
func hostile() []string {
	return []string{
		`</p><a href="https://evil.example/">Click</a>`, `<script>alert(1)</script>`, `"><img src=https://evil.example/x.png>`,
		"https://evil.example/path", "HTTP://EVIL.EXAMPLE", "www.evil.example", "evil.example", "evil。example", "evil．example", "evil\u200b.example", "evil.\u200bexample", "evil\u2024example",
		"mailto:a@evil.example", "javascript:alert(1)", "//evil.example", "a@evil.example", "https:\u00ad//evil.example", "https\uff1a//evil.example",
		"Acme\r\nBcc: b@example.org", "Acme\nSubject: other", "Acme\u2028Bcc: b@example.org", "Acme\x00\x07\x1b[31m", "\u202egnp.elpmaxe", "{link}", "{{.Link}}", "%s%d%!",
		strings.Repeat("A", 2000), strings.Repeat("x.", 1000), strings.Repeat("é", 2000), "\xff\xfe", "[link](https://evil.example)", `&lt;a href="https://evil.example"&gt;`, ".", ":", "",
	}
}

// linkish is what mail clients make links of: a scheme, or a host with a full stop in it.
var linkish = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*[:：]\S|[^\s.,:>]+[.。．｡․][^\s.,:>"…]`)

func TestNamesAndMessagesAreInert(t *testing.T) {
	for _, name := range hostile() {
		t.Run(short(name), func(t *testing.T) {
			i := invitation()
			i.Organisation, i.Inviter, i.FirstName, i.Product, i.Message = name, name, name, name, name+"\n"+name
			l := write(t, i)
			if !strings.HasPrefix(l.Subject, "Invitation to") || utf8.RuneCountInString(l.Subject) > 80 {
				t.Errorf("subject %q", l.Subject)
			}
			page := visible(t, l.HTML)
			for what, text := range map[string]string{"subject": l.Subject, "text": l.Text, "page": page} {
				rest := strings.NewReplacer(link, "", "anna@example.org", "").Replace(text)
				if m := linkish.FindString(rest); m != "" {
					t.Errorf("%s: %q could become a link", what, m)
				}
				if what == "subject" && strings.ContainsFunc(text, unicode.IsControl) || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
					t.Errorf("%s: control characters in %q", what, text)
				}
			}
			if got := links(t, l.HTML); len(got) != 2 || got[0] != link || got[1] != link {
				t.Errorf("the page leads to %q", got)
			}
			if len(l.Text) > 12000 {
				t.Errorf("the text has %d bytes", len(l.Text))
			}
		})
	}
}

func TestHostileNamesTravelAsOneLetter(t *testing.T) {
	box := postbox.Open(t, postbox.Options{})
	s := carrier(t, box)
	for n, name := range hostile() {
		i := invitation()
		i.Organisation, i.Inviter, i.FirstName, i.Product, i.Message = name, name, name, name, name
		l := write(t, i)
		l.ID = "let_1"
		if err := s.Carry(t.Context(), l); err != nil {
			t.Fatalf("%s: %v", short(name), err)
		}
		got := box.Wait(t, "anna@example.org", n+1)
		if len(got.To) != 1 || got.Subject != strings.TrimSpace(l.Subject) || got.Text != l.Text || got.Header.Get("Bcc") != "" || len(got.Header) > 12 {
			t.Errorf("%s: to %q, subject %q, headers %v", short(name), got.To, got.Subject, got.Header)
		}
		got.Link(t, "/invitation/")
	}
}

func TestLongMessageIsCut(t *testing.T) {
	i := invitation()
	i.Message = strings.Repeat("line\n", 5000)
	if l := write(t, i); len(l.Text) > 3000 {
		t.Errorf("the text has %d bytes", len(l.Text))
	}
}

func TestPageIsSelfContained(t *testing.T) {
	l := write(t, invitation())
	if m := regexp.MustCompile(`(?i)<(img|script|link|iframe|object|form|base)\b|src=|url\(|@import|\son[a-z]+=`).FindString(l.HTML); m != "" {
		t.Errorf("the page holds %q", m)
	}
	for _, want := range []string{"prefers-color-scheme: dark", `name="color-scheme" content="light dark"`, `lang="en"`} {
		if !strings.Contains(l.HTML, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(l.HTML, "ZgotmplZ") {
		t.Error("the template was refused something")
	}
}

func TestLetterThatCannotBeWritten(t *testing.T) {
	for _, bad := range []string{"", "/invitation/secret", "javascript:alert(1)", "ftp://example.com/secret", "https://", "https://example.com/secret\r\nx", "https://example.com/secret>", "//example.com/secret"} {
		i := invitation()
		i.Link = bad
		_, err := i.Letter(english(t))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("link %q: got %v", bad, err)
		}
	}
	i := invitation()
	i.To = "anna@example.org\r\nBcc: b@example.org"
	if _, err := i.Letter(english(t)); err == nil {
		t.Error("a recipient with a header passed")
	}
}

func short(s string) string {
	if len(s) > 20 {
		s = s[:20]
	}
	return strings.ToValidUTF8(s, "?")
}

// visible gives what a reader sees of a page, one space between words.
func visible(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	walk(t, page, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data + "\n")
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// links gives where a page leads, in any way a page can.
func links(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	walk(t, page, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "background" {
				all = append(all, a.Val)
			}
		}
	})
	return all
}

func walk(t *testing.T, page string, visit func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		visit(n)
	}
}
