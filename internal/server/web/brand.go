package web

import (
	"fmt"
	"net/http"
	"strings"

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
