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

// PictureShown is a picture: bytes of our own.
type PictureShown struct {
	ContentType string `header:"Content-Type"`
	Cache       string `header:"Cache-Control"`
	ETag        string `header:"ETag"`
	Body        []byte
}

// GivesPicture tells the documents that an operation answers with a picture.
func GivesPicture(o *huma.Operation) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	o.Responses = map[string]*huma.Response{"200": {Description: "The picture.", Content: map[string]*huma.MediaType{"image/jpeg": file, "image/png": file}}}
}

// ShowPicture shows a picture, which may be kept for ever where it was asked for by its hash. Kind: NotFound, where
// another was.
func ShowPicture(p raster.Picture, hash string) (*PictureShown, error) {
	out := &PictureShown{ContentType: p.Media, Cache: "private, no-cache", ETag: `"` + p.Hash + `"`, Body: p.Data}
	switch hash {
	case p.Hash:
		out.Cache = "private, max-age=31536000, immutable"
	case "":
	default:
		return nil, roster.Errorf(roster.NotFound, "not_found", "There is no such picture any more.")
	}
	return out, nil
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
