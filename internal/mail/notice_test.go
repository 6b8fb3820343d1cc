package mail_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"roster/internal/mail"
)

func TestLettersAboutOnesOwnSignInAreWhole(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	for _, n := range []mail.Notice{
		{What: "recovery", Link: "https://team.example.com/recovery/rrec_x", Lasts: 30 * time.Minute},
		{What: "recovered", Link: "https://team.example.com/forgot-password"},
		{What: "email_old", Other: "anna@example.net", Link: "https://team.example.com/email-change/radr_x", Lasts: 24 * time.Hour},
		{What: "email_new", Link: "https://team.example.com/email-change/radr_x", Lasts: 24 * time.Hour},
		{What: "email_taken", Link: "https://team.example.com/forgot-password"},
		{What: "email_back", Other: "anna@example.net", Link: "https://team.example.com/email-change/radr_x", Lasts: 72 * time.Hour},
		{What: "restored", Link: "https://team.example.com/forgot-password"},
		{What: "changed", From: "2001:db8::7", At: at, Link: "https://team.example.com/forgot-password"},
		{What: "app_added", Name: "Phone https://evil.example", At: at, Link: "https://team.example.com/me/security"},
		{What: "passkey_added", Name: "Phone https://evil.example", At: at, Link: "https://team.example.com/me/security"},
		{What: "factor_removed", Name: "Phone https://evil.example", At: at, Link: "https://team.example.com/me/security"},
		{What: "codes_made", At: at, Link: "https://team.example.com/me/security"},
		{What: "code_used", At: at, Link: "https://team.example.com/me/security"},
		{What: "factors_reset", At: at, Link: "https://team.example.com/me/security"},
		{What: "factors_let_go", At: at, Link: "https://team.example.com/me/security"},
		{What: "given", At: at, Link: "https://team.example.com/sign-in"},
		{What: "operator", Link: "https://team.example.com/forgot-password"},
		{What: "places", Places: []mail.Place{{Name: "Acme https://evil.example", Link: "https://team.example.com/o/acme/sign-in", How: "with Okta"}}},
		{What: "other_ways", Places: []mail.Place{{Name: "Acme", Link: "https://team.example.com/o/acme/sign-in"}}},
	} {
		n.To = "anna@example.org"
		l, err := n.Letter(english(t))
		if err != nil {
			t.Fatal(err)
		}
		page := visible(t, l.HTML)
		if !n.At.IsZero() && (!strings.Contains(page, "09:30 UTC") || !strings.Contains(page, n.From)) {
			t.Errorf("%s does not say when and from where:\n%s", n.What, l.Text)
		}
		for _, want := range append([]string{"anna@example.org", n.Link}, leads(n)...) {
			if !strings.Contains(l.Text, want) || !strings.Contains(page, want) {
				t.Errorf("%s lacks %q:\n%s", n.What, want, l.Text)
			}
		}
		for _, text := range []string{l.Subject, l.Text, l.HTML} {
			if regexp.MustCompile(`\[mail\.|\{[a-z]+\}|https://evil`).MatchString(text) {
				t.Errorf("%s: a sentence or a value is missing, or a name is not inert:\n%s", n.What, text)
			}
		}
	}
	if _, err := (mail.Notice{What: "places", To: "anna@example.org", Places: []mail.Place{{Name: "Acme", Link: "/o/acme"}}}).Letter(english(t)); err == nil {
		t.Error("a link that leads nowhere by itself")
	}
}

func leads(n mail.Notice) (all []string) {
	for _, o := range n.Places {
		all = append(all, o.Link)
	}
	return all
}
