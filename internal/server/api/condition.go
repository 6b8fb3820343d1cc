package api

import (
	"strconv"
	"strings"

	"roster/internal/roster"
)

// never is a version that no member has.
const never = -1

// ifMatch reads the version that an If-Match header asks for (RFC 9110, 13.1.1): 0 for none or any. A
// tag of ours begins with the member's version; weak and foreign tags match nothing.
func IfMatch(header string) (int64, error) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return 0, nil
	}
	tag, ok := strings.CutPrefix(header, `"`)
	tag, closed := strings.CutSuffix(tag, `"`)
	switch {
	case strings.HasPrefix(header, "W/"):
		return never, nil
	case !ok || !closed:
		return 0, Malformed("If-Match holds an etag in quotes, as the answer gave it.").On("If-Match")
	case strings.Contains(tag, `"`):
		return 0, Malformed("Send one etag in If-Match.").On("If-Match")
	}
	number, _, _ := strings.Cut(tag, "-")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil || version < 1 {
		return never, nil
	}
	return version, nil
}

// mustMatch is ifMatch for writes that need it. Code: precondition_required.
func MustMatch(header string) (int64, error) {
	if strings.TrimSpace(header) == "" {
		return 0, roster.Errorf(roster.Invalid, "precondition_required", "Send the member's etag in the header If-Match, so that nobody's change is lost.")
	}
	return IfMatch(header)
}

// noneMatch tells whether an If-None-Match header names the tag, or any (RFC 9110, 13.1.2).
func noneMatch(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}
