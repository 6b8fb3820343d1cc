// Package footer holds the links below pages: how they are written, and which lead somewhere and run nothing.
package footer

import (
	"net/url"
	"strings"

	"roster/internal/roster"
)

// Link is a link below the pages of an organisation or of the installation, such as to an imprint.
type Link struct{ Label, URL string }

// Bounds of links below pages.
const (
	Most     = 5
	MaxLabel = 40
	MaxURL   = 500
)

// Parse reads links, each on a line as label = address.
func Parse(text string) []Link {
	var all []Link
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			label, at, _ := strings.Cut(line, "=")
			all = append(all, Link{strings.TrimSpace(label), strings.TrimSpace(at)})
		}
	}
	return all
}

// Write writes links as Parse reads them.
func Write(all []Link) string {
	lines := make([]string, len(all))
	for i, l := range all {
		lines[i] = l.Label + " = " + l.URL
	}
	return strings.Join(lines, "\n")
}

// Clean gives links as they are kept, or an Invalid error: a few, each with a label in one line and a whole address
// that a browser or a mail program opens. Codes: too_many_links, link_invalid.
func Clean(all []Link) ([]Link, error) {
	if len(all) > Most {
		return nil, roster.Errorf(roster.Invalid, "too_many_links", "There is room for %d links.", Most)
	}
	clean := make([]Link, len(all))
	for i, l := range all {
		label, err := roster.CleanName(l.Label)
		if err != nil {
			return nil, err
		}
		if label == "" || len([]rune(label)) > MaxLabel || strings.Contains(label, "=") || !opens(l.URL) {
			return nil, roster.Errorf(roster.Invalid, "link_invalid", "Write each link on a line as label = address, such as Imprint = https://example.com/imprint. A label has at most %d characters; an address begins with https:// or mailto:.", MaxLabel)
		}
		clean[i] = Link{label, l.URL}
	}
	return clean, nil
}

// opens tells addresses that lead somewhere and run nothing: of a page by https, or of a mailbox.
func opens(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > MaxURL || strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return false
	}
	if u.Scheme == "mailto" {
		_, err := roster.ParseEmail(u.Opaque)
		return err == nil && u.RawQuery == "" && u.Fragment == ""
	}
	return u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}
