package factor

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is how many empty modules stand around a code (ISO/IEC 18004, 6.3.8).
const quiet = 4

// code is a QR code as SVG draws it: dark modules as one path, in a square of a size.
type code struct {
	Size int
	Path string
}

// draw makes the QR code of a text.
func draw(text string) (code, error) {
	drawn, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return code{}, fmt.Errorf("qr: %w", err)
	}
	n := drawn.Bounds().Dx()
	dark := func(x, y int) bool {
		r, _, _, _ := drawn.At(x, y).RGBA()
		return r == 0
	}
	var path strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return code{n + 2*quiet, path.String()}, nil
}
