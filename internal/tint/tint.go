// Package tint makes the design's colours of one accent colour that an organisation chose, and refuses one on which
// text could not be read. It knows no organisation and no page.
package tint

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"roster/internal/roster"
)

// Colour is an accent colour: red, green and blue, each from 0 to 1.
type Colour struct{ r, g, b float64 }

// The grounds on which the accent stands as text: the lightest and the darkest of the light theme, and of the dark one.
const (
	white, shade = "ffffff", "ebecf1"
	night, dusk  = "0d0e11", "24272e"
)

// readable is the contrast that WCAG 2.2 asks for of text (1.4.3, AA), and visible that of what is no text (1.4.11).
const readable, visible = 4.5, 3

// Parse reads a colour such as #1f6f4a and refuses one that is too light to be read on the light theme's grounds, or to
// be written on in white; the nearest that is dark enough is named. The dark theme's shades are made of it, and can
// always be read. Kind: Invalid (colour_invalid, colour_unreadable).
func Parse(s string) (Colour, error) {
	c, ok := parse(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	if !ok {
		return Colour{}, roster.Errorf(roster.Invalid, "colour_invalid", "Write the colour as a hash and six digits from 0 to f, such as #1f6f4a.")
	}
	if n := c.until(Colour{}, Colour.fits); n.Hex() != c.Hex() {
		return Colour{}, roster.Errorf(roster.Invalid, "colour_unreadable", "Text in #%s could not be read by everybody. The nearest colour that can is #%s.", c.Hex(), n.Hex())
	}
	return c, nil
}

func parse(s string) (Colour, bool) {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 {
		return Colour{}, false
	}
	part := func(shift uint) float64 { return float64(n>>shift&0xff) / 255 }
	return Colour{part(16), part(8), part(0)}, true
}

func must(s string) Colour {
	c, _ := parse(s)
	return c
}

// Hex writes the colour as six digits.
func (c Colour) Hex() string {
	return fmt.Sprintf("%02x%02x%02x", int(math.Round(c.r*255)), int(math.Round(c.g*255)), int(math.Round(c.b*255)))
}

// fits tells whether the colour can be read on the light theme's grounds and on its own soft shade.
func (c Colour) fits() bool {
	return c.contrast(must(white)) >= readable && c.contrast(must(shade)) >= readable && c.contrast(c.mix(must(white), 0.92)) >= readable
}

// Sheet writes a style sheet that puts the colour, and the shades of it that each theme needs, in the design's place.
func (c Colour) Sheet() string {
	text := c.until(must(white), func(c Colour) bool { return c.contrast(must(dusk)) >= readable && c.contrast(c.soft()) >= readable })
	fill := c.until(must(white), func(c Colour) bool { return c.contrast(must(night)) >= visible })
	pair := func(name string, light, dark Colour) string {
		return fmt.Sprintf("--%s:light-dark(#%s,#%s);", name, light.Hex(), dark.Hex())
	}
	return "@layer token{:root{" + pair("accent", c, text) + pair("focus", c, text) +
		pair("accent-fill", c, fill) + pair("accent-fill-hover", c.mix(Colour{}, 0.14), fill.mix(Colour{}, 0.14)) +
		pair("accent-soft", c.mix(must(white), 0.92), text.soft()) + "}}\n"
}

// soft gives the dark theme's quiet shade of a colour.
func (c Colour) soft() Colour { return c.mix(must(night), 0.82) }

// until moves the colour towards another, in hundredths, until it is as it shall be.
func (c Colour) until(to Colour, is func(Colour) bool) Colour {
	for i := range 101 {
		if m := must(c.mix(to, float64(i)/100).Hex()); is(m) {
			return m
		}
	}
	return to
}

// mix gives a colour with so much of another in it.
func (c Colour) mix(other Colour, much float64) Colour {
	at := func(a, b float64) float64 { return a + (b-a)*much }
	return Colour{at(c.r, other.r), at(c.g, other.g), at(c.b, other.b)}
}

// contrast is the ratio of two colours' luminances (WCAG 2.2, contrast ratio).
func (c Colour) contrast(other Colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func (c Colour) luminance() float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}
