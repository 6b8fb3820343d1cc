package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"roster/internal/roster"
	"roster/internal/server"
)

// codeOf gives an error's code; empty for none.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return roster.AsError(err).Code
}

// stalled is where the rest of a body does not arrive in time.
const stalled = "…"

// TestAFormHoldsOneFile, whole and no larger than it may be, whether it is held in memory or put down.
func TestAFormHoldsOneFile(t *testing.T) {
	const part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"team.csv\"\r\n\r\n"
	for name, c := range map[string]struct{ media, body, code string }{
		"one":          {"multipart/form-data; boundary=b", part + "0123456789\r\n--b--\r\n", ""},
		"none chosen":  {"multipart/form-data; boundary=b", strings.Replace(part, "team.csv", "", 1) + "\r\n--b--\r\n", ""},
		"too large":    {"multipart/form-data; boundary=b", part + "0123456789a\r\n--b--\r\n", "too_large"},
		"two":          {"multipart/form-data; boundary=b", part + "0\r\n" + part + "1\r\n--b--\r\n", "malformed"},
		"another's":    {"multipart/form-data; boundary=b", strings.Replace(part, "\"file\"", "\"other\"", 1) + "0\r\n--b--\r\n", "malformed"},
		"broken off":   {"multipart/form-data; boundary=b", part + "012", "malformed"},
		"too slow":     {"multipart/form-data; boundary=b", part + "012" + stalled, "timeout"},
		"slow at once": {"multipart/form-data; boundary=b", stalled, "timeout"},
		"a plain form": {"application/x-www-form-urlencoded", "file=0", "unsupported_media_type"},
	} {
		sent := func() *http.Request {
			body, late := strings.CutSuffix(c.body, stalled)
			from := io.Reader(strings.NewReader(body))
			if late {
				from = io.MultiReader(from, iotest.ErrReader(os.ErrDeadlineExceeded))
			}
			r := httptest.NewRequest(http.MethodPost, "/", from)
			r.Header.Set("Content-Type", c.media)
			return r
		}
		data, err := server.File(sent(), "file", 10)
		if code := codeOf(err); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
		f, called, err := server.SpooledFile(sent(), "file", 10)
		if code := codeOf(err); code != c.code {
			t.Errorf("%s, put down: %s, want %s", name, code, c.code)
		}
		if c.code != "" {
			continue
		}
		whole, err := io.ReadAll(f)
		if err != nil || string(whole) != string(data) || f.Size != int64(len(data)) || (called == "team.csv") != (len(data) == 10) {
			t.Errorf("%s: %q in memory, %q of %d bytes put down as %q, %v", name, data, whole, f.Size, called, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
