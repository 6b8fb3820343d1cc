package question

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"roster/internal/roster"
)

// Properties are a question's further properties: a JSON object as it came, or empty for none. Whoever
// makes them has seen that the object is valid and names nothing twice; of anything else nothing is found.
type Properties string

// value gives a property's value as it stands there. Nothing is built from the object: it is read to where
// the property is, since most questions are about one of few.
func (p Properties) value(name string) (raw string, ok bool) {
	s := string(p)
	i := blank(s, 0)
	if i >= len(s) || s[i] != '{' {
		return "", false
	}
	for i = blank(s, i+1); i < len(s) && s[i] == '"'; i = blank(s, i+1) {
		end := textEnd(s, i)
		if end < 0 {
			return "", false
		}
		key := s[i+1 : end-1]
		if i = blank(s, end); i >= len(s) || s[i] != ':' {
			return "", false
		}
		i = blank(s, i+1)
		if end = valueEnd(s, i); end < 0 {
			return "", false
		}
		if sameText(key, name) {
			return s[i:end], true
		}
		if i = blank(s, end); i >= len(s) || s[i] != ',' {
			return "", false
		}
	}
	return "", false
}

// text gives a property that is a text.
func (p Properties) text(name string) (string, bool) {
	raw, ok := p.value(name)
	if !ok || len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	return plainText(raw[1 : len(raw)-1]), true
}

// blank gives the place after white space.
func blank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// textEnd gives the place after the text that begins at i with its quotation mark; below zero for none.
func textEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// valueEnd gives the place after the value that begins at i; below zero when it has no end.
func valueEnd(s string, i int) int {
	for depth := 0; i < len(s); {
		switch s[i] {
		case '"':
			if i = textEnd(s, i); i < 0 {
				return -1
			}
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return -1
}

// sameText tells whether what stands between two quotation marks says a text.
func sameText(raw, text string) bool {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw == text
	}
	return plainText(raw) == text
}

// plainText gives the text that stands between two quotation marks.
func plainText(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var text string
	if json.Unmarshal([]byte(`"`+raw+`"`), &text) != nil {
		return ""
	}
	return text
}

// literal is a value that a condition compares with.
type literal struct {
	kind   byte // 't' for a text, 'n' a number, 'b' true or false, '0' null
	text   string
	number float64
}

// mostExact is the largest number of which its neighbours can be told apart.
const mostExact = 1<<53 - 1

func newLiteral(value any) (literal, error) {
	switch v := value.(type) {
	case nil:
		return literal{kind: '0'}, nil
	case string:
		return literal{kind: 't', text: v}, nil
	case bool:
		return literal{kind: 'b', text: strconv.FormatBool(v)}, nil
	case int:
		return newLiteral(float64(v))
	case float64:
		if math.IsNaN(v) || math.Abs(v) > mostExact {
			return literal{}, roster.Errorf(roster.Invalid, "condition_number", "A number this large cannot be compared exactly. Use a text.")
		}
		return literal{kind: 'n', number: v}, nil
	}
	return literal{}, roster.Errorf(roster.Invalid, "condition_value", "A condition compares with a text, a number, true, false or null.")
}

// is tells whether a value that stands in a question, or the lack of one, is the literal's. null is what
// is not there, too.
func (l literal) is(raw string, there bool) bool {
	switch {
	case l.kind == '0':
		return !there || raw == "null"
	case !there || raw == "":
		return false
	case l.kind == 't':
		return len(raw) >= 2 && raw[0] == '"' && sameText(raw[1:len(raw)-1], l.text)
	case l.kind == 'n':
		n, err := strconv.ParseFloat(raw, 64)
		return err == nil && n == l.number && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9')
	}
	return raw == l.text
}
