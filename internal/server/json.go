package server

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"roster/internal/roster"
)

// MaxDepth is how deep JSON may be nested, and MaxValues how many values there may be in it, keys not counted.
const (
	MaxDepth  = 32
	MaxValues = 100_000
)

func malformed(format string, args ...any) error {
	return roster.Errorf(roster.Invalid, "malformed", format, args...)
}

// DecodeJSON reads the body, at most limit bytes (0 for MaxBody), into what v points at, by the rules of CheckJSON.
// It also refuses fields that v does not have, in exactly that spelling, and values of another type,
// null included where v cannot hold it. Kind Invalid, codes malformed, too_large and
// unsupported_media_type; messages say where, and never what stood there.
func DecodeJSON(r *http.Request, limit int64, v any) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && !(strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")) {
		return roster.Errorf(roster.Invalid, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")
	}
	data, err := readBody(r, limit)
	if err != nil {
		return err
	}
	return UnmarshalJSON(data, v)
}

// UnmarshalJSON reads data into what v points at, by the rules of DecodeJSON.
func UnmarshalJSON(data []byte, v any) error {
	if err := checkJSON(data, reflect.TypeOf(v).Elem()); err != nil {
		return err
	}
	err := json.Unmarshal(data, v)
	var wrong *json.UnmarshalTypeError
	var known *roster.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return malformed("%s must be %s.", place(spelled(reflect.TypeOf(v), wrong.Field)), kindName(wrong.Type))
	case errors.As(err, &known):
		return err // a type of ours said it better
	}
	return malformed("A value has a form that is not read here.")
}

// spelled gives the path of a field as it is sent: encoding/json puts the Go names of embedded structs in between.
func spelled(t reflect.Type, path string) string {
	var keys []string
	for key := range strings.SplitSeq(path, ".") {
		for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map) {
			t = t.Elem()
		}
		fields, exact := fieldsOf(t)
		next, known := fields[key]
		if exact && !known {
			if f, ok := t.FieldByName(key); ok && f.Anonymous {
				t = f.Type
				continue
			}
		}
		keys, t = append(keys, key), next
	}
	return strings.Join(keys, ".")
}

// CheckJSON refuses what readers of JSON disagree about or choke on (design page 6, input): bytes that are not UTF-8, half
// surrogate pairs, NUL, keys that stand twice in an object, also when they differ in case only, data after the value,
// nesting deeper than MaxDepth, more than MaxValues values or MaxBody bytes. Kind Invalid, codes malformed and too_large.
func CheckJSON(data []byte) error {
	if len(data) > MaxBody {
		return tooLarge(MaxBody)
	}
	return checkJSON(data, nil)
}

func checkJSON(data []byte, t reflect.Type) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return malformed("The body is empty. It must be JSON.")
	}
	if !utf8.Valid(data) {
		return malformed("The body is not valid UTF-8.")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return malformed("The body is not valid JSON, or something follows it: see byte %d.", syntax.Offset)
		}
		return malformed("The body is not valid JSON.")
	}
	if at := halfSurrogate(data); at >= 0 {
		return malformed("The body has half a surrogate pair at byte %d.", at+1)
	}
	w := &jsonWalk{Decoder: json.NewDecoder(bytes.NewReader(data))}
	w.UseNumber() // a number may be larger than any of ours
	return w.value(t)
}

// halfSurrogate finds a \u escape that is no character; -1 for none. A backslash in valid JSON
// always begins an escape in a string.
func halfSurrogate(data []byte) int {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		first, second := escaped(data, i), escaped(data, i+6)
		switch {
		case !utf16.IsSurrogate(first):
			i++ // past what the backslash escapes, which may be a backslash
		case utf16.DecodeRune(first, second) == utf8.RuneError:
			return i
		default:
			i += 11
		}
	}
	return -1
}

// escaped reads the escape \uXXXX at a place of valid JSON, or gives 0 where there is none.
func escaped(data []byte, at int) rune {
	if at+6 > len(data) || data[at] != '\\' || data[at+1] != 'u' {
		return 0
	}
	n, _ := strconv.ParseUint(string(data[at+2:at+6]), 16, 16) // valid JSON has four digits there
	return rune(n)
}

// jsonWalk goes through valid JSON beside the type it is meant for; a nil type stands for any.
type jsonWalk struct {
	*json.Decoder
	path   []step
	values int
}

// step is a key, or without one an index.
type step struct {
	key   string
	index int
}

func (w *jsonWalk) value(t reflect.Type) error {
	if w.values++; w.values > MaxValues {
		return malformed("The body holds more than %d values.", MaxValues)
	}
	token, err := w.Token()
	if err != nil {
		return malformed("The body is not valid JSON.")
	}
	if text, is := token.(string); is && !legible(text) {
		return w.nul()
	}
	t, nullable := target(t)
	switch token {
	case json.Delim('{'):
		return w.inside(func() error { return w.object(t) })
	case json.Delim('['):
		return w.inside(func() error { return w.array(t) })
	case nil:
		if !nullable {
			return malformed("%s must be %s, not null.", w.place(), kindName(t))
		}
	}
	return nil
}

// inside reads what stands between the brackets, and the closing one.
func (w *jsonWalk) inside(read func() error) error {
	if len(w.path) >= MaxDepth {
		return malformed("The body is nested deeper than %d levels.", MaxDepth)
	}
	w.path = append(w.path, step{})
	if err := read(); err != nil {
		return err
	}
	w.path = w.path[:len(w.path)-1]
	if _, err := w.Token(); err != nil {
		return malformed("The body is not valid JSON.")
	}
	return nil
}

func (w *jsonWalk) object(t reflect.Type) error {
	fields, exact := fieldsOf(t)
	seen := map[string]bool{}
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return malformed("The body is not valid JSON.")
		}
		key, _ := token.(string)
		w.path[len(w.path)-1] = step{key: shown(key)}
		folded := FoldKey(key)
		if seen[folded] {
			return malformed("%s stands twice; keys that differ in case only count as the same.", w.place())
		}
		seen[folded] = true
		next, known := fields[key]
		switch {
		case !legible(key):
			return w.nul()
		case exact && !known:
			return malformed("%s is not known here.", w.place())
		case t != nil && t.Kind() == reflect.Map:
			next = t.Elem()
		}
		if err := w.value(next); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWalk) array(t reflect.Type) error {
	var next reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		next = t.Elem()
	}
	for i := 0; w.More(); i++ {
		w.path[len(w.path)-1] = step{index: i}
		if err := w.value(next); err != nil {
			return err
		}
	}
	return nil
}

// nul refuses what not every database can keep or be asked for; JSON writes it as an escape (see legible).
func (w *jsonWalk) nul() error {
	return malformed("%s holds a NUL character, which no text has.", w.place())
}

func (w *jsonWalk) place() string {
	var path strings.Builder
	for i, s := range w.path {
		switch {
		case s.key == "":
			fmt.Fprintf(&path, "[%d]", s.index)
		case i > 0:
			path.WriteString("." + s.key)
		default:
			path.WriteString(s.key)
		}
	}
	return place(path.String())
}

// FoldKey gives the form in which keys that differ in case only are the same.
func FoldKey(key string) string { return strings.Map(lowest, key) }

// lowest gives the first of the characters that differ from r in case only (Unicode simple folding).
func lowest(r rune) rune {
	low := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		low = min(low, other)
	}
	return low
}

// target gives the type below pointers, nil where the type reads itself or takes anything, and
// whether null may stand there.
func target(t reflect.Type) (below reflect.Type, nullable bool) {
	for t != nil {
		switch {
		case reads(t):
			return nil, true
		case t.Kind() != reflect.Pointer:
			k := t.Kind()
			holder := k == reflect.Interface || k == reflect.Map || k == reflect.Slice
			if k == reflect.Interface {
				t = nil
			}
			return t, nullable || holder
		}
		t, nullable = t.Elem(), true
	}
	return nil, true
}

func reads(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// fieldsOf gives a struct's fields by their JSON names as encoding/json knows them; exact tells
// that t is a struct at all, so that no other field may stand there.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, exact bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, false
	}
	fields = map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			embedded, _ := fieldsOf(inner)
			for name, t := range embedded {
				if _, shadowed := fields[name]; !shadowed {
					fields[name] = t
				}
			}
		case f.IsExported() && name == "":
			fields[f.Name] = f.Type
		case f.IsExported():
			fields[name] = f.Type
		}
	}
	return fields, true
}

func kindName(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number in range"
	case reflect.Pointer:
		return kindName(t.Elem())
	}
	return "a whole number in range"
}

// shown gives a key as messages show it. A key is the asker's text too: only one that looks like a name is repeated.
func shown(key string) string {
	if key == "" || len(key) > 40 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return "…"
	}
	return key
}

func place(path string) string {
	if path == "" {
		return "The body"
	}
	return "The field " + path
}

// readBody reads at most limit bytes. Kind: Invalid.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = MaxBody
	}
	if r.Body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, BodyError(err)
	case int64(len(data)) > limit:
		return nil, tooLarge(limit)
	}
	return data, nil
}

// BodyError says why a request's body could not be read. Kinds: Invalid, codes too_large and malformed; Unavailable, code timeout.
func BodyError(err error) error {
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(over.Limit)
	}
	if slow, ok := errors.AsType[net.Error](err); ok && slow.Timeout() {
		return roster.Errorf(roster.Unavailable, "timeout", "What was sent did not arrive in the time that it has. Send it again, or less at once where the connection is slow.")
	}
	return malformed("The body could not be read to its end.")
}
