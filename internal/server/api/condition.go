package api

import (
	"net/http"
	"strconv"
	"strings"

	"roster/internal/roster"
)

// never is a version that nothing has.
const never = -1

// IfMatch reads the version that an If-Match header asks for (RFC 9110, 13.1.1): 0 for none or any. A
// tag of ours begins with the thing's version; weak and foreign tags match nothing.
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

// MustMatch is IfMatch for writes that need it. Code: precondition_required.
func MustMatch(header string) (int64, error) {
	if strings.TrimSpace(header) == "" {
		return 0, roster.Errorf(roster.Invalid, "precondition_required", "Send the etag of what you change in the header If-Match, so that nobody's change is lost.")
	}
	return IfMatch(header)
}

// IfNoneMatch is the header of a request that has seen a thing before.
type IfNoneMatch struct {
	IfNoneMatch string `header:"If-None-Match" doc:"An etag: 304 while the thing looks as it did."`
}

// One is the answer with one thing.
type One[T Tagged] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

// Answer shows one thing, or tells that it looks as it did.
func Answer[T Tagged](thing T, seen IfNoneMatch) *One[T] {
	out := &One[T]{Status: http.StatusOK, ETag: thing.Tag(), Body: thing}
	if noneMatch(seen.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out
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
