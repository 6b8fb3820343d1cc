package mail

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"slices"
	"strings"

	"roster/internal/roster"
	"roster/internal/words"
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
	Places   []Place  // organisations, each with its own link
	Button   string
	Paste    string   // what to do when the button does not work
	Link     string   // empty for a letter without a button
	After    []string // paragraphs after the button
	Choose   string   // what can be chosen at Choices; empty for a letter that nobody can switch off
	Choices  string   // absolute
}

// absolute tells links that lead somewhere by themselves.
func absolute(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(link, " \t\r\n<>\"")
}

// greeting greets whom the page is for, by first name where there is one, and names the catalogue's product where there is
// no other.
func (p page) greeting(w *words.Catalogue, first string) page {
	p.Hello = w.Say("mail.hello")
	if name := inert(first, roster.MaxName); name != "" {
		p.Hello = w.Say("mail.hello.name", "name", name)
	}
	if p.Product == "" {
		p.Product = w.Say("product.name")
	}
	return p
}

// letter renders the page as text and as HTML. Links must be absolute, http or https.
func (p page) letter(to string) (Letter, error) {
	if _, err := recipient(to); err != nil {
		return Letter{}, fmt.Errorf("mail: recipient: %w", err)
	}
	if (p.Link != "" || p.Button != "") && !absolute(p.Link) || p.Choose != "" && !absolute(p.Choices) || slices.ContainsFunc(p.Places, func(o Place) bool { return !absolute(o.Link) }) {
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
	for _, o := range p.Places {
		line := o.Name
		if o.How != "" {
			line += " (" + o.How + ")"
		}
		parts = append(parts, line+":\n"+o.Link)
	}
	if p.Link != "" {
		parts = append(parts, p.Button+":\n"+p.Link)
	}
	parts = append(parts, p.After...)
	if p.Choose != "" {
		parts = append(parts, p.Choose+"\n"+p.Choices)
	}
	parts = append(parts, "-- \n"+p.Product)
	return strings.Join(parts, "\n\n") + "\n"
}
