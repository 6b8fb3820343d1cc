package tint

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"roster/internal/roster"
)

func TestAColourThatCannotBeReadIsRefusedWithTheNearestThatCan(t *testing.T) {
	for _, good := range []string{"#3f55c6", "1f6f4a", " #B3261E ", "#000000"} {
		if c, err := Parse(good); err != nil || !strings.EqualFold("#"+c.Hex(), "#"+strings.Trim(good, " #")) {
			t.Errorf("%s: %v, %v", good, c.Hex(), err)
		}
	}
	for _, light := range []string{"#ffffff", "#ffcc00", "#00ff00", "#8888ff"} {
		_, err := Parse(light)
		if !roster.Is(err, "colour_unreadable") {
			t.Fatalf("%s: %v", light, err)
		}
		nearest := regexp.MustCompile(`is (#[0-9a-f]{6})\.$`).FindStringSubmatch(err.Error())
		if nearest == nil {
			t.Fatalf("%s: no colour is named: %v", light, err)
		}
		if _, err := Parse(nearest[1]); err != nil {
			t.Errorf("%s: the nearest colour %s is refused, too: %v", light, nearest[1], err)
		}
	}
	for _, bad := range []string{"", "red", "#12345", "#1234567", "#12345g", "#-12345", "url(x)", "#fff;}body{x"} {
		if _, err := Parse(bad); !roster.Is(err, "colour_invalid") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestEveryAllowedColourIsReadableInBothThemes walks the colours in steps and measures the shades that are made.
func TestEveryAllowedColourIsReadableInBothThemes(t *testing.T) {
	shades := regexp.MustCompile(`--([a-z-]+):light-dark\(#([0-9a-f]{6}),#([0-9a-f]{6})\);`)
	n := 0
	for r := 0; r <= 255; r += 51 {
		for g := 0; g <= 255; g += 51 {
			for b := 0; b <= 255; b += 51 {
				c, err := Parse(fmt.Sprintf("#%02x%02x%02x", r, g, b))
				if err != nil {
					continue
				}
				n++
				light, dark := map[string]Colour{}, map[string]Colour{}
				for _, m := range shades.FindAllStringSubmatch(c.Sheet(), -1) {
					light[m[1]], dark[m[1]] = must(m[2]), must(m[3])
				}
				for _, pair := range []struct {
					what  string
					a, b  Colour
					least float64
				}{
					{"text", light["accent"], must(white), readable},
					{"text on the darkest ground", light["accent"], must(shade), readable},
					{"text on its soft shade", light["accent"], light["accent-soft"], readable},
					{"a button", light["accent-fill"], must(white), readable},
					{"a button under the pointer", light["accent-fill-hover"], must(white), readable},
					{"text, dark", dark["accent"], must(dusk), readable},
					{"text on its soft shade, dark", dark["accent"], dark["accent-soft"], readable},
					{"a button, dark", dark["accent-fill"], must(white), readable},
					{"a button under the pointer, dark", dark["accent-fill-hover"], must(white), readable},
					{"a tick, dark", dark["accent-fill"], must(night), visible},
				} {
					if got := pair.a.contrast(pair.b); got < pair.least {
						t.Errorf("#%s: %s: %s on %s has %.2f", c.Hex(), pair.what, pair.a.Hex(), pair.b.Hex(), got)
					}
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d colours are allowed", n)
	}
}
