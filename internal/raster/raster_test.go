package raster_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"roster/internal/raster"
	"roster/internal/roster"
)

// drawn is a picture whose left half is red and whose right half is blue.
func drawn(w, h int, alpha uint8) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 255, A: alpha}
			if x >= w/2 {
				c = color.NRGBA{B: 255, A: alpha}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sized gives a PNG that says it has some size, with the checksum of its header right.
func sized(t testing.TB, w, h uint32) []byte {
	data := pngOf(t, drawn(2, 2, 255))
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// turned gives a JPEG with an EXIF orientation.
func turned(data []byte, orientation byte) []byte {
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00secret place"
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xff, 0xd8}, segment...), data[2:]...)
}

// lossless is a WebP of one pixel.
const lossless = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA="

func TestPicturesBecomeSmallSquaresOfOurOwnBytes(t *testing.T) {
	tiny, err := base64.StdEncoding.DecodeString(lossless)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data  []byte
		media string
		side  int
	}{
		"a wide PNG":           {pngOf(t, drawn(900, 300, 255)), "image/jpeg", 256},
		"a high JPEG":          {jpegOf(t, drawn(300, 900, 255)), "image/jpeg", 256},
		"a small one":          {pngOf(t, drawn(20, 30, 255)), "image/jpeg", 20},
		"one to be seen thru":  {pngOf(t, drawn(300, 300, 90)), "image/png", 256},
		"a WebP":               {tiny, "image/jpeg", 1},
		"with a page behind":   {append(pngOf(t, drawn(64, 64, 255)), "<script>alert(1)</script>"...), "image/jpeg", 64},
		"a camera's":           {turned(jpegOf(t, drawn(64, 64, 255)), 6), "image/jpeg", 64},
		"with senseless EXIF":  {turned(jpegOf(t, drawn(64, 64, 255)), 200), "image/jpeg", 64},
		"one pixel, very wide": {pngOf(t, drawn(5000, 1, 255)), "image/jpeg", 1},
	} {
		p, err := raster.Square(c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		img, kind, err := image.Decode(bytes.NewReader(p.Data))
		if err != nil || "image/"+kind != p.Media || p.Media != c.media || img.Bounds() != image.Rect(0, 0, c.side, c.side) {
			t.Errorf("%s: %s %v %v", name, p.Media, img, err)
		}
		if bytes.Contains(p.Data, []byte("script")) || bytes.Contains(p.Data, []byte("secret place")) || len(p.Hash) != 64 {
			t.Errorf("%s: something of the file lives on", name)
		}
		again, err := raster.Square(c.data)
		if err != nil || again.Hash != p.Hash {
			t.Errorf("%s: the same file gives another picture", name)
		}
	}
}

func TestACameraHeldAnotherWayIsTurnedUpright(t *testing.T) {
	for orientation, red := range map[byte]image.Point{1: {5, 30}, 2: {58, 30}, 3: {58, 30}, 4: {5, 30}, 5: {30, 5}, 6: {30, 5}, 7: {30, 58}, 8: {30, 58}} {
		p, err := raster.Square(turned(jpegOf(t, drawn(64, 64, 255)), orientation))
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(p.Data))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := img.At(red.X, red.Y).RGBA(); r < 0xc000 || b > 0x4000 {
			t.Errorf("orientation %d: at %v stands %04x %04x", orientation, red, r, b)
		}
	}
}

func TestHostilePicturesAreRefused(t *testing.T) {
	whole := pngOf(t, drawn(300, 300, 255))
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"nothing":                {nil, "picture_kind"},
		"a page called .png":     {[]byte("<!doctype html><script>alert(1)</script>"), "picture_kind"},
		"SVG":                    {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "picture_kind"},
		"a moving GIF":           {moving.Bytes(), "picture_kind"},
		"too many bytes":         {append(whole, make([]byte, raster.MaxBytes)...), "picture_too_large"},
		"a bomb":                 {sized(t, 100_000, 100_000), "picture_too_large"},
		"a bomb beyond int32":    {sized(t, 0x7fffffff, 0x7fffffff), "picture_"},
		"no width":               {sized(t, 0, 10), "picture_broken"},
		"no size":                {sized(t, 0, 0), "picture_broken"},
		"less than it says":      {sized(t, 3000, 3000), "picture_broken"},
		"cut off":                {whole[:len(whole)/2], "picture_broken"},
		"a header alone":         {whole[:10], "picture_broken"},
		"a JPEG's header alone":  {[]byte("\xff\xd8\xff\xe0"), "picture_broken"},
		"a WebP's header alone":  {[]byte("RIFF\x00\x00\x00\x00WEBP"), "picture_broken"},
		"a WebP that moves":      {[]byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x09\x00\x00\x09\x00\x00ANIM"), "picture_broken"},
		"EXIF that leads astray": {append([]byte("\xff\xd8\xff\xe1\x00\x12Exif\x00\x00II*\x00\xff\xff\xff\x7f"), 0xff, 0xd9), "picture_broken"},
	} {
		_, err := raster.Square(c.data)
		if e := roster.AsError(err); err == nil || e.Kind != roster.Invalid || !strings.HasPrefix(e.Code, c.code) || e.Field != "picture" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSquare(f *testing.F) {
	f.Add(pngOf(f, drawn(8, 8, 255)))
	f.Add(turned(jpegOf(f, drawn(8, 8, 255)), 6))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := raster.Square(data)
		if err == nil && (len(p.Data) == 0 || p.Hash == "") {
			t.Error("a picture without bytes")
		}
	})
}
