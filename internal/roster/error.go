package roster

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind sorts errors by what the asker can do about them. Each door maps kinds outward in one table.
type Kind string

// The kinds of errors.
const (
	Invalid         Kind = "invalid"         // the input breaks a rule; Field or Fields say where
	Unauthenticated Kind = "unauthenticated" // nobody is signed in, or the proof is not good
	Denied          Kind = "denied"          // signed in, but may not; Missing says what is lacking
	NotFound        Kind = "not_found"       // nothing of that name here; also for other organisations' things
	Conflict        Kind = "conflict"        // the present state does not allow it
	Gone            Kind = "gone"            // it was here and has ended, such as a used link
	Limited         Kind = "limited"         // too many; RetryAfter says when again
	Unavailable     Kind = "unavailable"     // cannot be answered now; RetryAfter says when again
	Internal        Kind = "internal"        // our fault; logged once, never shown
)

// Error is what went wrong, in words its reader can act on. Code is stable and for programs,
// Message is for people, in English; Said is what it was made of, so that a door can tell it in another language.
type Error struct {
	Kind       Kind
	Code       string
	Message    string
	Said       Phrase
	Field      string        // the input field at fault, in the API's spelling; empty when none
	Fields     []FieldError  // several fields at fault at once; of very many the first
	Faults     int           // how many fields are at fault, where Fields tells not all
	Missing    []string      // permissions and scopes the actor lacks
	CanGive    []string      // names of a few members who could give what is missing
	Holders    []string      // names of a few who hold the thing that is in use
	Existing   MemberID      // who has the address already; only where the asker may see them
	RetryAfter time.Duration // for Limited and Unavailable
}

// FieldError is what is wrong with one field of an input.
type FieldError struct {
	Field, Code, Message string
	Said                 Phrase
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an Error of a kind with a stable code and a message made as fmt.Sprintf does. Among args may be phrases.
func Errorf(kind Kind, code, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{Kind: kind, Code: code, Message: message, Said: Phrase{format, args, message}}
}

// In gives the error in another language: tell says a phrase's form and values there. Codes and names stay.
func (e *Error) In(tell func(form string, values ...any) string) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.Message, other.Fields = e.Said.in(tell, e.Message), slices.Clone(e.Fields)
	for i, f := range other.Fields {
		other.Fields[i].Message = f.Said.in(tell, f.Message)
	}
	return &other
}

// On names the field at fault and returns the error.
func (e *Error) On(field string) *Error {
	e.Field = field
	return e
}

// After sets when to try again and returns the error.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// AsError finds the Error in err's chain. Any other error is Internal: its text is for the log alone.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Errorf(Internal, "internal", "Something went wrong on our side. Try again; if it stays, tell the operator the request ID.")
}

// Is tells whether err is an Error with that code.
func Is(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// Problems collects what is wrong with an input, field by field, so that all of it is told at once.
// Of very many only the first are kept: an answer is not larger than the input that it is about.
type Problems struct {
	fields []FieldError
	more   int
	broken error // the first error that is no fault of the input
}

// mostProblems bounds how many fields an error tells of.
const mostProblems = 50

// Add notes err for a field; nil is no problem. Several errors of one field keep their order. An Internal or Unavailable
// error says nothing about the field: Err gives it as it is.
func (p *Problems) Add(field string, err error) {
	if err == nil || p.broken != nil {
		return
	}
	e := AsError(err)
	if e.Kind == Internal || e.Kind == Unavailable {
		p.broken = err
		return
	}
	p.keep(FieldError{Field: field, Code: e.Code, Message: e.Message, Said: e.Said})
}

// Join takes over the fields of another collection's error.
func (p *Problems) Join(err error) {
	if err == nil {
		return
	}
	e := AsError(err)
	if len(e.Fields) == 0 {
		p.Add(e.Field, err)
		return
	}
	p.keep(e.Fields...)
	p.more += max(0, e.Faults-len(e.Fields))
}

func (p *Problems) keep(fields ...FieldError) {
	n := min(len(fields), mostProblems-len(p.fields))
	p.fields, p.more = append(p.fields, fields[:n]...), p.more+len(fields)-n
}

// Err gives nil when nothing was wrong, else one Invalid error that lists every field, or what kept it from being known.
func (p *Problems) Err() error {
	switch {
	case p.broken != nil || len(p.fields) == 0:
		return p.broken
	case len(p.fields) == 1:
		f := p.fields[0]
		return &Error{Kind: Invalid, Code: f.Code, Message: f.Message, Said: f.Said, Field: f.Field, Fields: p.fields}
	}
	e := Errorf(Invalid, "fields_invalid", "%d fields need your attention.", len(p.fields)+p.more)
	e.Fields, e.Faults = p.fields, len(p.fields)+p.more
	return e
}
