package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"roster/internal/action/org"
	"roster/internal/footer"
	"roster/internal/roster"
	"roster/internal/server"
	colours "roster/internal/tint"
)

// Brand answers /brand/{colour}.css: the style sheet of an accent colour, made of the address alone, for a year. It
// tells of no organisation whether it has the colour. A colour that could not be read is not found.
func Brand(w http.ResponseWriter, r *http.Request) {
	name, css := strings.CutSuffix(r.PathValue("file"), ".css")
	c, err := colours.Parse(name)
	if err != nil || !css || c.Hex() != name {
		http.NotFound(w, r)
		return
	}
	sheet := c.Sheet()
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", fmt.Sprint(len(sheet)))
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(sheet)) // a client that went away is not our fault
	}
}

// SentBrand takes from a form how an organisation, or the installation, shall look, and what of it changes: version,
// accent, sender, reply_to, product_name, footer_links. Kind: Invalid (malformed).
func (v *Visit) SentBrand() (roster.Brand, org.Edit, error) {
	f, err := server.Form(v.R, "version", "accent", "sender", "reply_to", "product_name", "footer_links")
	if err != nil {
		return roster.Brand{}, org.Edit{}, err
	}
	in := roster.Brand{Accent: f["accent"], Sender: f["sender"], ReplyTo: f["reply_to"], Product: f["product_name"], Footer: f["footer_links"]}
	links := footer.Parse(in.Footer)
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		err = roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	return in, org.Edit{Accent: &in.Accent, Sender: &in.Sender, ReplyTo: &in.ReplyTo, Product: &in.Product, Footer: &links, Version: version}, err
}

// DifferingBrand gives what stands there now where something else was typed; links as they would be kept.
func (p Page) DifferingBrand(now, typed roster.Brand) []Stands {
	say := func(field string) string { return p.Say("layout.field." + field) }
	return Differing(
		say("product_name"), now.Product, typed.Product, say("accent"), now.Accent, typed.Accent, say("sender"), now.Sender, typed.Sender,
		say("reply_to"), now.ReplyTo, typed.ReplyTo, say("footer_links"), now.Footer, footer.Write(footer.Parse(typed.Footer)),
	)
}
