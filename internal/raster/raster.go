// Package raster makes safe pictures of bytes that strangers sent: PNG, JPEG or WebP is decoded, cut to a square, made
// small and written anew as bytes of our own, so that nothing else that stood in the file lives on: no script, no
// place where it was taken. It keeps nothing.
package raster

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"roster/internal/roster"
)

// What is taken, and what comes of it (design page 6).
const (
	MaxBytes  = 2 << 20
	maxPixels = 16_000_000
	side      = 256
	quality   = 85
)

// Picture is a small square one, of our own bytes.
type Picture struct {
	Media string // image/png or image/jpeg
	Data  []byte
	Hash  string // of Data; what the picture is known by
}

// format is one of those that are taken.
type format struct {
	magic  string // what a file begins with; a dot is any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func formats() []format {
	return []format{
		{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
		{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
		{"RIFF....WEBP", webp.DecodeConfig, webp.Decode},
	}
}

func (f format) is(data []byte) bool {
	if len(data) < len(f.magic) {
		return false
	}
	for i := range len(f.magic) {
		if f.magic[i] != '.' && data[i] != f.magic[i] {
			return false
		}
	}
	return true
}

// Square makes a picture of a file's bytes, whatever the file was called. Its size is looked at before it is
// decoded. Kind: Invalid, codes picture_too_large, picture_kind and picture_broken.
func Square(data []byte) (Picture, error) {
	if len(data) > MaxBytes {
		return Picture{}, TooLarge()
	}
	for _, f := range formats() {
		if !f.is(data) {
			continue
		}
		c, err := f.config(bytes.NewReader(data))
		switch {
		case err != nil || c.Width < 1 || c.Height < 1:
			return Picture{}, broken()
		case int64(c.Width)*int64(c.Height) > maxPixels:
			return Picture{}, roster.Errorf(roster.Invalid, "picture_too_large", "A picture has at most %d million pixels; this one has %d × %d.", maxPixels/1_000_000, c.Width, c.Height).On("picture")
		}
		img, err := f.decode(bytes.NewReader(data))
		if err != nil {
			return Picture{}, broken()
		}
		return encode(upright(square(img), orientation(data)))
	}
	return Picture{}, roster.Errorf(roster.Invalid, "picture_kind", "A picture is a PNG, JPEG or WebP file. Others are not taken, whatever their name ends in.").On("picture")
}

// TooLarge refuses a file by its bytes.
func TooLarge() error {
	return roster.Errorf(roster.Invalid, "picture_too_large", "A picture's file has at most %d MiB.", MaxBytes>>20).On("picture")
}

func broken() error {
	return roster.Errorf(roster.Invalid, "picture_broken", "This file cannot be read as a picture: it is damaged, or moves. Save it again as PNG or JPEG.").On("picture")
}

// square cuts out the middle and makes it small; it makes nothing larger.
func square(img image.Image) *image.NRGBA {
	b := img.Bounds()
	n := min(b.Dx(), b.Dy())
	at := image.Pt(b.Min.X+(b.Dx()-n)/2, b.Min.Y+(b.Dy()-n)/2)
	out := image.NewNRGBA(image.Rect(0, 0, min(n, side), min(n, side)))
	draw.CatmullRom.Scale(out, out.Bounds(), img, image.Rectangle{Min: at, Max: at.Add(image.Pt(n, n))}, draw.Src, nil)
	return out
}

// upright turns a picture as its camera says that it was held (EXIF 2.3, orientation 1 to 8).
func upright(img *image.NRGBA, orientation int) *image.NRGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	n := img.Bounds().Dx()
	out := image.NewNRGBA(img.Bounds())
	for y := range n {
		for x := range n {
			fx, fy := x, y
			switch orientation {
			case 2:
				fx = n - 1 - x
			case 3:
				fx, fy = n-1-x, n-1-y
			case 4:
				fy = n - 1 - y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, n-1-x
			case 7:
				fx, fy = n-1-y, n-1-x
			case 8:
				fx, fy = n-1-y, x
			}
			out.SetNRGBA(x, y, img.NRGBAAt(fx, fy))
		}
	}
	return out
}

func encode(img *image.NRGBA) (Picture, error) {
	var to bytes.Buffer
	p := Picture{Media: "image/jpeg"}
	var err error
	if img.Opaque() {
		err = jpeg.Encode(&to, img, &jpeg.Options{Quality: quality})
	} else {
		p.Media = "image/png"
		err = png.Encode(&to, img)
	}
	sum := sha256.Sum256(to.Bytes())
	p.Data, p.Hash = to.Bytes(), hex.EncodeToString(sum[:])
	return p, err
}
