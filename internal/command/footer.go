package command

import (
	"strings"

	"roster/internal/footer"
)

// Footer tells which links shall stand below pages.
type Footer struct {
	FooterLink    []string `help:"A link below pages, such as 'Imprint=https://example.com/imprint', instead of those there are. Repeatable." placeholder:"LABEL=ADDRESS" sep:"none"`
	NoFooterLinks bool     `help:"Take these links away."`
}

// Linked tells whether anything is to be done with the links.
func (f Footer) Linked() bool { return len(f.FooterLink) > 0 || f.NoFooterLinks }

// CheckLinks refuses what cannot be meant.
func (f Footer) CheckLinks() error {
	switch {
	case len(f.FooterLink) > 0 && f.NoFooterLinks:
		return Usage("--footer-link and --no-footer-links do not go together.")
	case len(f.FooterLink) > 0 && len(*f.Links()) == 0:
		return Usage("Write a link as LABEL=ADDRESS, or take all away with --no-footer-links.")
	}
	return nil
}

// Links gives all that shall stand there; nil for those there are.
func (f Footer) Links() *[]footer.Link {
	if !f.Linked() {
		return nil
	}
	links := footer.Parse(strings.Join(f.FooterLink, "\n"))
	return &links
}

// FooterLink is what --json tells of a link below pages.
type FooterLink struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// FooterLinks gives links as they are kept.
func FooterLinks(text string) []FooterLink {
	all := []FooterLink{}
	for _, l := range footer.Parse(text) {
		all = append(all, FooterLink(l))
	}
	return all
}

// ShowLinks reads links as they are kept, or says what stands there without any.
func ShowLinks(text, none string) string {
	return OrElse(strings.ReplaceAll(text, "\n", "; "), none)
}
