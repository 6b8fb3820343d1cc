package script

import (
	"image"
	"image/png"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// draws writes a small PNG: draws FILE.
func draws(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: draws FILE")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(png.Encode(f, image.NewGray(image.Rect(0, 0, 8, 8))))
	ts.Check(f.Close())
}
