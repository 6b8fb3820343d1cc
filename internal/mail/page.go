package mail

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
)

//go:embed letter.html
var layout string

// page is what every letter of ours has, in the order of reading. Its texts are written by us, with
// people's words in them made inert.
type page struct {
	Language string
	Subject  string
	Product  string
	Hello    string
	Before   []string // paragraphs before the button
	Quote    []string // someone's own words, line by line
	Button   string
	Paste    string // what to do when the button does not work
	Link     string
	After    []string // paragraphs after the button
}

// letter renders the page as text and as HTML. The link must be absolute, http or https.
func (p page) letter(to string) (Letter, error) {
	if _, err := recipient(to); err != nil {
		return Letter{}, fmt.Errorf("mail: recipient: %w", err)
	}
	u, err := url.Parse(p.Link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.ContainsAny(p.Link, " \t\r\n<>\"") {
		return Letter{}, errors.New("mail: a letter's link must be absolute") // never the link itself: it holds a secret
	}
	t, err := htmltemplate.New("letter").Parse(layout)
	if err != nil {
		return Letter{}, fmt.Errorf("mail: layout: %w", err)
	}
	var html bytes.Buffer
	if err := t.Execute(&html, p); err != nil {
		return Letter{}, fmt.Errorf("mail: render: %w", err)
	}
	return Letter{To: to, Subject: p.Subject, Text: p.text(), HTML: html.String()}, nil
}

func (p page) text() string {
	parts := append([]string{p.Hello}, p.Before...)
	if len(p.Quote) > 0 {
		parts = append(parts, strings.TrimRight("> "+strings.Join(p.Quote, "\n> "), " "))
	}
	parts = append(parts, p.Button+":\n"+p.Link)
	parts = append(parts, p.After...)
	parts = append(parts, "-- \n"+p.Product)
	return strings.Join(parts, "\n\n") + "\n"
}
