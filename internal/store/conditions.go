package store

import (
	"fmt"
	"strings"
)

// Conditions gathers what a list is filtered by, with the arguments.
type Conditions struct {
	conditions []string
	args       []any
}

// Add notes a condition; each %s in it becomes the next argument.
func (c *Conditions) Add(condition string, args ...any) {
	names := make([]any, len(args))
	for i, a := range args {
		names[i] = c.Arg(a)
	}
	c.conditions = append(c.conditions, fmt.Sprintf(condition, names...))
}

// Arg notes an argument and gives its name, such as "$3".
func (c *Conditions) Arg(a any) string {
	c.args = append(c.args, a)
	return fmt.Sprintf("$%d", len(c.args))
}

// AddIn notes that a column is one of some values, of which there is at least one.
func (c *Conditions) AddIn(column string, values []any) {
	c.Add(column+" IN ("+strings.TrimSuffix(strings.Repeat("%s, ", len(values)), ", ")+")", values...)
}

// Text gives the conditions, all of which must hold.
func (c *Conditions) Text() string { return strings.Join(c.conditions, " AND ") }

// Args gives the arguments in the order of their names.
func (c *Conditions) Args() []any { return c.args }

// Anys gives texts as arguments.
func Anys[T ~string](all []T) []any {
	out := make([]any, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// PrefixEnd gives the least bytes that no word beginning with the prefix reaches. UTF-8 has no byte 0xff.
func PrefixEnd(prefix string) []byte { return append([]byte(prefix), 0xff) }
