package server

import (
	"mime"
	"net/http"
	"net/url"
	"slices"

	"roster/internal/roster"
)

// Form reads a form's fields from the body, and from nowhere else: the query is not mixed in. Only
// the allowed fields may stand there, each at most once. Kind Invalid, codes malformed, too_large
// and unsupported_media_type; messages never repeat what was sent.
func Form(r *http.Request, allowed ...string) (map[string]string, error) {
	fields, err := OpenForm(r)
	if err != nil {
		return nil, err
	}
	for key := range fields {
		if !slices.Contains(allowed, key) {
			return nil, malformed("%s is not a field of this form.", place(shown(key)))
		}
	}
	return fields, nil
}

// OpenForm is Form where a standard asks to ignore unknown fields, such as OAuth (RFC 6749, 3.2).
func OpenForm(r *http.Request) (map[string]string, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, roster.Errorf(roster.Invalid, "unsupported_media_type", "Send a form, with the header Content-Type: application/x-www-form-urlencoded.")
	}
	data, err := readBody(r, 0)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, malformed("The form is not encoded as application/x-www-form-urlencoded.")
	}
	fields := make(map[string]string, len(values))
	for key, all := range values {
		if len(all) > 1 {
			return nil, malformed("%s stands twice.", place(shown(key)))
		}
		if !legible(key) || !legible(all[0]) {
			return nil, malformed("%s is not valid UTF-8 text.", place(shown(key)))
		}
		fields[key] = all[0]
	}
	return fields, nil
}
