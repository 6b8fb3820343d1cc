package imports

import (
	"fmt"
	"reflect"

	"roster/internal/roster"
)

// phrase is what was said as it is kept: its form, and its values as they can be told in any language later.
type phrase struct {
	Form   string  `json:"form"`
	Values []value `json:"values,omitempty"`
}

// value is exactly one of them.
type value struct {
	Text   *string `json:"text,omitempty"`
	Number *int64  `json:"number,omitempty"`
	Phrase *phrase `json:"phrase,omitempty"`
}

// phraseOf gives a phrase as it is kept; of what was never made one, its text.
func phraseOf(p roster.Phrase, text string) phrase {
	form, values := p.Parts()
	if form == "" {
		form, values = "%s", []any{text}
	}
	k := phrase{Form: form}
	for _, v := range values {
		k.Values = append(k.Values, valueOf(v))
	}
	return k
}

func valueOf(v any) value {
	if p, is := v.(roster.Phrase); is {
		inner := phraseOf(p, p.String())
		return value{Phrase: &inner}
	}
	_, speaks := v.(fmt.Stringer)
	if r := reflect.ValueOf(v); r.IsValid() && r.CanInt() && !speaks {
		n := r.Int()
		return value{Number: &n}
	}
	text := fmt.Sprint(v)
	return value{Text: &text}
}

// said gives the phrase that was kept.
func (p phrase) said() roster.Phrase {
	values := make([]any, len(p.Values))
	for i, v := range p.Values {
		switch {
		case v.Phrase != nil:
			values[i] = v.Phrase.said()
		case v.Number != nil:
			values[i] = *v.Number
		case v.Text != nil:
			values[i] = *v.Text
		}
	}
	return roster.Phrasef(p.Form, values...)
}
