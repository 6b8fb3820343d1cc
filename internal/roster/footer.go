package roster

import (
	"net/url"
	"strings"
)

// FooterLink is a link below the pages of an organisation or of the installation, such as to an imprint.
type FooterLink struct{ Label, URL string }

// Bounds of links below pages.
const (
	MostFooterLinks = 5
	maxFooterLabel  = 40
	maxFooterURL    = 500
)

// ParseFooter reads links, each on a line as label = address.
func ParseFooter(text string) []FooterLink {
	var all []FooterLink
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			label, at, _ := strings.Cut(line, "=")
			all = append(all, FooterLink{strings.TrimSpace(label), strings.TrimSpace(at)})
		}
	}
	return all
}

// WriteFooter writes links as ParseFooter reads them.
func WriteFooter(all []FooterLink) string {
	lines := make([]string, len(all))
	for i, l := range all {
		lines[i] = l.Label + " = " + l.URL
	}
	return strings.Join(lines, "\n")
}

// CleanFooter gives links as they are kept, or an Invalid error: a few, each with a label in one line and a whole address
// that a browser or a mail program opens. Codes: too_many_links, link_invalid.
func CleanFooter(all []FooterLink) ([]FooterLink, error) {
	if len(all) > MostFooterLinks {
		return nil, Errorf(Invalid, "too_many_links", "There is room for %d links.", MostFooterLinks)
	}
	clean := make([]FooterLink, len(all))
	for i, l := range all {
		label, err := CleanName(l.Label)
		if err != nil {
			return nil, err
		}
		if label == "" || len([]rune(label)) > maxFooterLabel || strings.Contains(label, "=") || !opens(l.URL) {
			return nil, Errorf(Invalid, "link_invalid", "Write each link on a line as label = address, such as Imprint = https://example.com/imprint. A label has at most %d characters; an address begins with https:// or mailto:.", maxFooterLabel)
		}
		clean[i] = FooterLink{label, l.URL}
	}
	return clean, nil
}

// opens tells addresses that lead somewhere and run nothing: of a page by https, or of a mailbox.
func opens(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxFooterURL || strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return false
	}
	if u.Scheme == "mailto" {
		_, err := ParseEmail(u.Opaque)
		return err == nil && u.RawQuery == "" && u.Fragment == ""
	}
	return u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}
