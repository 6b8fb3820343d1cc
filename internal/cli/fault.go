package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/roster"
)

// usageError is a command line that cannot be meant: the program ends with code 2.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// errTold ends a command that failed and has said so itself.
var errTold = errors.New("told already")

// fail tells an error in the words of roster.Error, each field on a line, and gives the exit code.
// Other errors are shown as they are: who has the database at hand is the operator.
func (c *console) fail(err error) int {
	var wrong *usageError
	var known *roster.Error
	switch {
	case errors.Is(err, errTold):
	case errors.As(err, &wrong):
		c.complain(wrong.text)
		return exitUsage
	case errors.As(err, &known):
		c.explain(known)
	case errors.Is(err, context.Canceled):
		c.complain("Interrupted.")
	default:
		c.complain(err.Error())
	}
	return exitFailed
}

func (c *console) explain(e *roster.Error) {
	if len(e.Fields) == 0 {
		c.complain(e.Message)
	} else {
		c.complain(fmt.Sprintf("%s attention:", needing(len(e.Fields))))
	}
	for _, f := range e.Fields {
		c.note("  %s: %s", f.Field, f.Message)
	}
	if e.RetryAfter > 0 {
		c.note("Try again in %s.", span(e.RetryAfter.Round(time.Second)))
	}
}

func needing(n int) string {
	if n == 1 {
		return "One value needs"
	}
	return fmt.Sprintf("%d values need", n)
}

func (c *console) complain(text string) { c.note("Error: %s", text) }

// note tells something beside the result, on standard error.
func (c *console) note(format string, args ...any) {
	fmt.Fprintln(c.err, visible(fmt.Sprintf(format, args...)))
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
