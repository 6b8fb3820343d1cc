package server

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"roster/internal/roster"
)

// FileRoom is how many bytes a form with a file may have beside the file.
const FileRoom = 64 << 10

// File reads a form that holds one file of at most so many bytes, and nothing else: no other part, and no second
// one. What the file is called and says it is, is not looked at. The route's MaxBody must leave FileRoom beside it.
// Kind Invalid, codes malformed, unsupported_media_type and too_large.
func File(r *http.Request, field string, most int64) ([]byte, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || len(params["boundary"]) == 0 {
		return nil, roster.Errorf(roster.Invalid, "unsupported_media_type", "Send a form with a file, with the header Content-Type: multipart/form-data.")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		return nil, unread(err)
	}
	if part.FormName() != field {
		return nil, malformed("The form must hold one file, in the field %s.", field)
	}
	data, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return nil, unread(err)
	}
	if int64(len(data)) > most {
		return nil, tooLarge(most)
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		return nil, malformed("The form must hold one file, and nothing else.")
	}
	return data, nil
}

// unread says why a form could not be read.
func unread(err error) error {
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(over.Limit)
	}
	return malformed("The form is not encoded as multipart/form-data.")
}
