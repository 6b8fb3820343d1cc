package operator

import (
	"roster/internal/roster"
	"roster/internal/server/web"
)

// BrandView is the page of how the installation looks.
type BrandView struct {
	web.Page
	Form    web.Form
	Typed   roster.Brand // as kept, or as typed
	Picture string       // the hash of the logo; empty without one
	Version string       // comes back as it is, so that a stale form is refused
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

// differing gives what stands there now where something else was typed; links as they would be kept.
func (v BrandView) differing(in roster.Brand, links string) []web.Stands {
	say := func(field string) string { return v.Say("layout.field." + field) }
	return web.Differing(
		say("product_name"), v.Typed.Product, in.Product, say("accent"), v.Typed.Accent, in.Accent, say("sender"), v.Typed.Sender, in.Sender,
		say("reply_to"), v.Typed.ReplyTo, in.ReplyTo, say("footer_links"), v.Typed.Footer, links,
	)
}
