package imports

import (
	"encoding/json"
	"fmt"

	"roster/internal/roster"
)

// problem is a refusal as it is kept: what was said, so that whoever reads it later is told in their own language.
type problem struct {
	Kind    roster.Kind `json:"kind"`
	Code    string      `json:"code"`
	Said    phrase      `json:"said"`
	Fields  []fault     `json:"fields,omitempty"`
	Missing []string    `json:"missing,omitempty"`
}

type fault struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Said  phrase `json:"said"`
}

// refusal gives a refusal as it is kept.
func refusal(err error) (string, error) {
	e := roster.AsError(err)
	p := problem{Kind: e.Kind, Code: e.Code, Said: phraseOf(e.Said, e.Message), Missing: e.Missing}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, fault{f.Field, f.Code, phraseOf(f.Said, f.Message)})
	}
	if len(p.Fields) == 0 && e.Field != "" {
		p.Fields = []fault{{e.Field, e.Code, p.Said}}
	}
	return kept(&p)
}

// refused gives a refusal that was kept; nil for none.
func refused(text string) (*roster.Error, error) {
	p, err := was[problem](text)
	if p == nil || err != nil {
		return nil, err
	}
	said := p.Said.said()
	e := &roster.Error{Kind: p.Kind, Code: p.Code, Message: said.String(), Said: said, Missing: p.Missing}
	for _, f := range p.Fields {
		said := f.Said.said()
		e.Fields = append(e.Fields, roster.FieldError{Field: f.Field, Code: f.Code, Message: said.String(), Said: said})
	}
	return e, nil
}

// kept gives something as it is kept.
func kept(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("imports: %w", err)
	}
	return string(data), nil
}

// was gives something that was kept; nil for nothing.
func was[T any](text string) (*T, error) {
	if text == "" {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	return v, nil
}
