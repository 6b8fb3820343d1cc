package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/roster"
)

// UsageError is a command line that cannot be meant: the program ends with code 2.
type UsageError struct{ text string }

// Error implements error.
func (e *UsageError) Error() string { return e.text }

// Usage makes the error of a command line that cannot be meant.
func Usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// ErrTold ends a command that failed and has said so itself.
var ErrTold = errors.New("told already")

// Fail tells an error in the words of roster.Error, each field on a line, and gives the exit code.
// Other errors are shown as they are: who has the database at hand is the operator.
func (c *Console) Fail(err error) int {
	var wrong *UsageError
	var known *roster.Error
	switch {
	case errors.Is(err, ErrTold):
	case errors.As(err, &wrong):
		c.Complain(wrong.text)
		return ExitUsage
	case errors.As(err, &known):
		c.explain(known)
	case errors.Is(err, context.Canceled):
		c.Complain("Interrupted.")
	default:
		c.Complain(err.Error())
	}
	return ExitFailed
}

func (c *Console) explain(e *roster.Error) {
	if len(e.Fields) == 0 {
		c.Complain(e.Message)
	} else {
		c.Complain(fmt.Sprintf("%s attention:", needing(len(e.Fields))))
	}
	for _, f := range e.Fields {
		c.Note("  %s: %s", f.Field, f.Message)
	}
	if e.RetryAfter > 0 {
		c.Note("Try again in %s.", Span(e.RetryAfter.Round(time.Second)))
	}
}

func needing(n int) string {
	if n == 1 {
		return "One value needs"
	}
	return fmt.Sprintf("%d values need", n)
}

// Complain tells what is wrong, on standard error.
func (c *Console) Complain(text string) { c.Note("Error: %s", text) }

// Note tells something beside the result, on standard error.
func (c *Console) Note(format string, args ...any) {
	fmt.Fprintln(c.Err, visible(fmt.Sprintf(format, args...)))
}

// visible takes out what would move a terminal's cursor: texts from outside stand in many answers.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0:
			return '\ufffd'
		}
		return r
	}, s)
}
