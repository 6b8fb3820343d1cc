package authzen

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"roster/internal/roster"
	"roster/internal/server"
)

func malformed(format string, args ...any) error {
	return roster.Errorf(roster.Invalid, "malformed", format, args...)
}

// load reads the request's body into the sheet's text. Kind: Invalid.
func (s *sheet) load(r *http.Request) error {
	if kind := r.Header.Get("Content-Type"); kind != "application/json" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return roster.Errorf(roster.Invalid, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")
		}
	}
	s.buf = s.buf[:0]
	if n := r.ContentLength; n > int64(cap(s.buf)) && n <= server.MaxBody {
		s.buf = make([]byte, 0, n+1) // one more, so that the end is seen without growing
	}
	for {
		if len(s.buf) == cap(s.buf) {
			s.buf = append(s.buf, 0)[:len(s.buf)]
		}
		n, err := r.Body.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return server.BodyError(err)
		}
	}
}

// reader goes through a JSON text once. It holds the text to RFC 8259 and to design page 6: UTF-8, no half
// surrogate pairs, no NUL, no key twice in an object (also differing only in case), nothing after the value, nesting
// of at most server.MaxDepth. Texts that it gives are parts of the whole: only those with escapes are new.
type reader struct {
	text  string
	at    int
	depth int
	keys  []string // of the objects that are open, one after the other
	err   error    // the first thing wrong
}

func (r *reader) fail(err error) bool {
	if r.err == nil {
		r.err = err
	}
	return false
}

// broken is about the text as JSON; it says where, never what stood there.
func (r *reader) broken() bool {
	return r.fail(malformed("The body is not valid JSON, or something follows it: see byte %d.", r.at+1))
}

// wrong is about a value of another type than the field has.
func (r *reader) wrong(field, kind string) bool {
	return r.fail(malformed("The field %s must be %s.", field, kind))
}

// begin sets the reader on a text.
func (r *reader) begin(text string) bool {
	r.text, r.at, r.depth, r.keys, r.err = text, 0, 0, r.keys[:0], nil
	if r.space(); r.at == len(text) {
		return r.fail(malformed("The body is empty. It must be JSON."))
	}
	if !utf8.ValidString(text) {
		return r.fail(malformed("The body is not valid UTF-8."))
	}
	return true
}

// end tells whether nothing but white space is left.
func (r *reader) end() bool {
	if r.space(); r.at < len(r.text) {
		return r.broken()
	}
	return true
}

func (r *reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek gives the next character that is no white space; 0 at the end.
func (r *reader) peek() byte {
	if r.space(); r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// enter steps over an opening bracket.
func (r *reader) enter() bool {
	if r.depth++; r.depth > server.MaxDepth {
		return r.fail(malformed("The body is nested deeper than %d levels.", server.MaxDepth))
	}
	r.at++
	return true
}

// more steps over what stands between two values: true when another comes, false at the closing bracket,
// which it steps over, and where anything else stands, which r.err tells.
func (r *reader) more(closing byte) bool {
	switch r.peek() {
	case ',':
		r.at++
		return true
	case closing:
		r.at++
		r.depth--
		return false
	}
	return r.broken()
}

// mostKeys is up to how many keys of an object are compared one by one.
const mostKeys = 16

// object reads an object; member reads the value of each key.
func (r *reader) object(member func(key string) bool) bool {
	if !r.enter() {
		return false
	}
	first := len(r.keys)
	var seen map[string]bool
	if r.peek() == '}' {
		r.at++
		r.depth--
		return true
	}
	for {
		if r.peek() != '"' {
			return r.broken()
		}
		key, ok := r.string()
		if !ok {
			return false
		}
		if len(r.keys)-first < mostKeys {
			if !r.fresh(r.keys[first:], key) {
				return false
			}
			r.keys = append(r.keys, key)
		} else if seen = r.remember(seen, r.keys[first:], key); seen == nil {
			return false
		}
		if r.peek() != ':' {
			return r.broken()
		}
		r.at++
		if r.space(); !member(key) {
			return false
		}
		if !r.more('}') {
			r.keys = r.keys[:first]
			return r.err == nil
		}
	}
}

func (r *reader) fresh(keys []string, key string) bool {
	for _, k := range keys {
		if strings.EqualFold(k, key) {
			return r.twice()
		}
	}
	return true
}

// remember does what fresh does for objects with many keys, which are compared by their folded form. It
// gives nil for a key that was there.
func (r *reader) remember(seen map[string]bool, keys []string, key string) map[string]bool {
	if seen == nil {
		seen = make(map[string]bool, 4*mostKeys)
		for _, k := range keys {
			seen[server.FoldKey(k)] = true
		}
	}
	folded := server.FoldKey(key)
	if seen[folded] {
		r.twice()
		return nil
	}
	seen[folded] = true
	return seen
}

func (r *reader) twice() bool {
	return r.fail(malformed("A key stands twice in an object before byte %d; keys that differ in case only count as the same.", r.at+1))
}

// array reads a list; element reads each value.
func (r *reader) array(element func() bool) bool {
	if !r.enter() {
		return false
	}
	if r.peek() == ']' {
		r.at++
		r.depth--
		return true
	}
	for {
		if r.space(); !element() {
			return false
		}
		if !r.more(']') {
			return r.err == nil
		}
	}
}

// skip reads any value and nothing of it.
func (r *reader) skip() bool {
	switch c := r.peek(); {
	case c == '{':
		return r.object(func(string) bool { return r.skip() })
	case c == '[':
		return r.array(r.skip)
	case c == '"':
		_, ok := r.span()
		return ok
	case c == 't':
		return r.word("true")
	case c == 'f':
		return r.word("false")
	case c == 'n':
		return r.word("null")
	}
	return r.number()
}

func (r *reader) word(w string) bool {
	if !strings.HasPrefix(r.text[r.at:], w) {
		return r.broken()
	}
	r.at += len(w)
	return true
}

// null steps over null, and tells whether it was there: optional members may be null, which is as none.
func (r *reader) null() bool { return r.peek() == 'n' && r.word("null") }

// number reads a number (RFC 8259, section 6).
func (r *reader) number() bool {
	if r.at < len(r.text) && r.text[r.at] == '-' {
		r.at++
	}
	if r.at < len(r.text) && r.text[r.at] == '0' {
		r.at++
	} else if !r.digits() {
		return false
	}
	if r.at < len(r.text) && r.text[r.at] == '.' {
		r.at++
		if !r.digits() {
			return false
		}
	}
	if r.at < len(r.text) && (r.text[r.at] == 'e' || r.text[r.at] == 'E') {
		r.at++
		if r.at < len(r.text) && (r.text[r.at] == '+' || r.text[r.at] == '-') {
			r.at++
		}
		return r.digits()
	}
	return true
}

func (r *reader) digits() bool {
	from := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > from || r.broken()
}

// string reads a text.
func (r *reader) string() (string, bool) {
	from := r.at
	escaped, ok := r.span()
	if !ok {
		return "", false
	}
	if !escaped {
		return r.text[from+1 : r.at-1], true
	}
	var text string
	if err := json.Unmarshal([]byte(r.text[from:r.at]), &text); err != nil {
		return "", r.broken()
	}
	return text, true
}

// span steps over a text and tells whether it has escapes.
func (r *reader) span() (escaped, ok bool) {
	text, i := r.text, r.at+1
	for i < len(text) {
		switch c := text[i]; {
		case c == '"':
			r.at = i + 1
			return escaped, true
		case c < ' ':
			r.at = i
			return escaped, r.broken()
		case c == '\\':
			n := escape(text[i:])
			if r.at = i; n == 0 {
				return escaped, r.broken()
			}
			if strings.HasPrefix(text[i:], `\u0000`) {
				return escaped, r.fail(malformed("A text holds a NUL character at byte %d, which no text has.", i+1))
			}
			escaped = true
			i += n
		default:
			i++
		}
	}
	r.at = len(text)
	return escaped, r.broken()
}

// escape gives the length of the escape with which s begins, a whole surrogate pair where it is one; 0 for
// none.
func escape(s string) int {
	if len(s) < 2 {
		return 0
	}
	if s[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, s[1]) < 0 {
			return 0
		}
		return 2
	}
	c, ok := unit(s)
	switch {
	case !ok:
		return 0
	case !utf16.IsSurrogate(c):
		return 6
	}
	if next, ok := unit(s[6:]); !ok || utf16.DecodeRune(c, next) == utf8.RuneError {
		return 0
	}
	return 12
}

// unit reads the escape \uXXXX.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
