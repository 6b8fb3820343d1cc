package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/raster"
	"roster/internal/roster"
)

// pictureTypes are the media types in which pictures are sent. What a picture is, its bytes tell.
func pictureTypes() []string { return []string{"image/png", "image/jpeg", "image/webp"} }

// TakesPicture lets an operation take a picture's bytes, and as many of them as a picture may have.
func TakesPicture(o *huma.Operation) {
	o.MaxBodyBytes = raster.MaxBytes
	content := map[string]*huma.MediaType{}
	for _, t := range pictureTypes() {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	o.RequestBody = &huma.RequestBody{Required: true, Content: content}
}

func takesPicture(o *huma.Operation) bool {
	return o.RequestBody != nil && o.RequestBody.Content[pictureTypes()[0]] != nil
}

// pictureMedia refuses what does not call itself a picture.
func pictureMedia(media string, err error) error {
	if err != nil || !slices.Contains(pictureTypes(), media) {
		return roster.Errorf(roster.Invalid, "unsupported_media_type", "Send the picture's bytes, with the header Content-Type: image/png, image/jpeg or image/webp.")
	}
	return nil
}
