package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"time"

	"roster/internal/limit"
	"roster/internal/roster"
	"roster/internal/spool"
)

// FileRoom is how many bytes a form with a file may have beside the file.
const FileRoom = 64 << 10

// File reads a form that holds one file of at most so many bytes, and nothing else: no other part, and no second
// one. What the file is called and says it is, is not looked at. The route's MaxBody must leave FileRoom beside it.
// Kind Invalid, codes malformed, unsupported_media_type and too_large.
func File(r *http.Request, field string, most int64) ([]byte, error) {
	var data bytes.Buffer
	if _, err := sent(r, field, most, &data); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// SpooledFile is File for one that is too large to be held in memory: it is put down outside of it, until it is closed. Its
// name is what the browser calls it, which may be anything.
func SpooledFile(r *http.Request, field string, most int64) (f *spool.File, name string, err error) {
	if f, err = spool.New(); err != nil {
		return nil, "", err
	}
	if name, err = sent(r, field, most, f); err == nil {
		err = f.Rewind()
	}
	if err != nil {
		return nil, "", errors.Join(err, f.Close())
	}
	return f, name, nil
}

// sent writes the one file of a form, and gives what it is called.
func sent(r *http.Request, field string, most int64, to io.Writer) (name string, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || len(params["boundary"]) == 0 {
		return "", roster.Errorf(roster.Invalid, "unsupported_media_type", "Send a form with a file, with the header Content-Type: multipart/form-data.")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		return "", unread(err)
	}
	if part.FormName() != field {
		return "", malformed("The form must hold one file, in the field %s.", field)
	}
	n, err := io.Copy(to, io.LimitReader(part, most+1))
	if full := new(fs.PathError); errors.As(err, &full) { // what it is put down on is full
		return "", fmt.Errorf("server: file: %w", err)
	}
	if err != nil {
		return "", unread(err)
	}
	if n > most {
		return "", tooLarge(most)
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		return "", malformed("The form must hold one file, and nothing else.")
	}
	return part.FileName(), nil
}

// steady is a large body on its way to the disk, of which 64 KiB a second have to come.
func steady(w http.ResponseWriter, body io.ReadCloser) *limit.Steady {
	times := usualTimes()
	return &limit.Steady{ReadCloser: body, Line: http.NewResponseController(w), Clock: time.Now, First: times.Read, Rate: 64 << 10, After: times.Write}
}

// unread says why a form could not be read: it did not come whole, or it is none.
func unread(err error) error {
	_, over := errors.AsType[*http.MaxBytesError](err)
	if _, cut := errors.AsType[net.Error](err); cut || over || errors.Is(err, io.ErrUnexpectedEOF) {
		return BodyError(err)
	}
	return malformed("The form is not encoded as multipart/form-data.")
}
