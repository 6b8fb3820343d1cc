package question

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func FuzzPropertiesAreFoundAsJSONHasThem(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":1}`, ` { "a" : { "b" : [1,{"c":"}"}] } , "b" : "x\"y" } `, `{"\u0061":"\u0062"}`, `{"a":"\\","b":null,"c":true,"d":-1.5e3}`,
		`{"a":[],"b":{},"c":""}`, `{"ä":"ö"}`, `[1]`, `"a"`, `{"a"`, `{"a":`, `{"a":1,`, `{`, ``, `{"a":"`, `{"a":"\`, `{"a":{`, `{"a":[1,2`,
	} {
		f.Add(s, "a")
		f.Add(s, "b")
	}
	f.Fuzz(func(t *testing.T, object, name string) {
		got, ok := Properties(object).value(name) // never panics
		var all map[string]json.RawMessage
		if !utf8.ValidString(object) || !utf8.ValidString(name) || json.Unmarshal([]byte(object), &all) != nil || all == nil || twice(object) {
			return
		}
		want, there := all[name]
		if ok != there || got != string(want) {
			t.Errorf("%s has %q as %s (%v), found %q (%v)", object, name, want, there, got, ok)
		}
	})
}

// twice tells whether an object has a key twice; then encoding/json takes the last one, and no question of
// that form comes as far as here.
func twice(object string) bool {
	n, all := 0, map[string]json.RawMessage{}
	if json.Unmarshal([]byte(object), &all) != nil {
		return true
	}
	depth := 0
	for i := 0; i < len(object); i++ {
		switch object[i] {
		case '"':
			i = textEnd(object, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			if depth == 1 {
				n++
			}
		}
	}
	return n != len(all)
}

func TestConditionsCompare(t *testing.T) {
	for _, c := range []struct {
		raw   string
		there bool
		value any
		want  bool
	}{
		{`"archived"`, true, "archived", true},
		{`"arch\u0069ved"`, true, "archived", true},
		{`"Archived"`, true, "archived", false},
		{`"a\"b"`, true, `a"b`, true},
		{`""`, true, "", true},
		{``, false, "", false},
		{`true`, true, true, true},
		{`false`, true, true, false},
		{`"true"`, true, true, false},
		{`true`, true, "true", false},
		{`1`, true, float64(1), true},
		{`1.0`, true, float64(1), true},
		{`10e-1`, true, 1, true},
		{`"1"`, true, float64(1), false},
		{`1`, true, "1", false},
		{`9007199254740993`, true, float64(9007199254740991), false},
		{`1e999`, true, float64(1), false},
		{`null`, true, nil, true},
		{``, false, nil, true},
		{`0`, true, nil, false},
		{`null`, true, "null", false},
		{`[]`, true, "", false},
		{`{"a":1}`, true, "a", false},
	} {
		l, err := newLiteral(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.is(c.raw, c.there); got != c.want {
			t.Errorf("%q against %v: %v", c.raw, c.value, got)
		}
	}
	for _, bad := range []any{float64(1 << 53), []any{}, map[string]any{}} {
		if _, err := newLiteral(bad); err == nil {
			t.Errorf("%v makes a condition", bad)
		}
	}
}
