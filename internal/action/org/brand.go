package org

import (
	"roster/internal/footer"
	"roster/internal/roster"
	"roster/internal/tint"
)

// Paint changes how an organisation, or the installation, looks, at the fields accent, sender, reply_to, product_name and footer_links. The sender is no address: letters
// always come from the installation's own, and name it behind the organisation's.
func (e Edit) Paint(b *roster.Brand) error {
	var bad roster.Problems
	if e.Accent != nil {
		if b.Accent = ""; *e.Accent != "" {
			c, err := tint.Parse(*e.Accent)
			bad.Add("accent", err)
			b.Accent = c.Hex()
		}
	}
	if e.Sender != nil {
		name, err := roster.CleanName(*e.Sender)
		bad.Add("sender", err)
		b.Sender = name
	}
	if e.ReplyTo != nil {
		if b.ReplyTo = ""; *e.ReplyTo != "" {
			address, err := roster.ParseEmail(*e.ReplyTo)
			bad.Add("reply_to", err)
			b.ReplyTo = address.Typed
		}
	}
	if e.Product != nil {
		name, err := roster.CleanName(*e.Product)
		bad.Add("product_name", err)
		b.Product = name
	}
	if e.Footer != nil {
		links, err := footer.Clean(*e.Footer)
		bad.Add("footer_links", err)
		b.Footer = footer.Write(links)
	}
	return bad.Err()
}
