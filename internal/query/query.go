// Package query puts together the conditions of statements whose filters vary. It knows the text of SQL that both
// databases take, runs nothing, and never puts a value into a text.
package query

import (
	"fmt"
	"strconv"
	"strings"

	"roster/internal/roster"
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

// AddIn notes that a column is one of some values; of no values none is.
func (c *Conditions) AddIn(column string, values []any) {
	c.Add(column + " IN (" + c.List(values) + ")")
}

// List notes arguments and gives their names for IN; NULL, which equals nothing, for none. The last one is repeated up to a
// power of two, so that there are few different statements.
func (c *Conditions) List(values []any) string {
	if len(values) == 0 {
		return "NULL"
	}
	names := make([]string, padded(len(values)))
	for i := range names {
		names[i] = c.Arg(values[min(i, len(values)-1)])
	}
	return strings.Join(names, ", ")
}

// Below gives what stands before a SELECT so that a name is a table of the IDs of some units of an
// organisation and of all below them. before is what stands there already.
func (c *Conditions) Below(before, name string, org roster.OrgID, tops []roster.UnitID) string {
	in := c.Arg(org)
	return Before(before, fmt.Sprintf(`%s (id) AS (SELECT id FROM unit WHERE org_id = %s AND id IN (%s)
		UNION SELECT u.id FROM unit u JOIN %s t ON u.org_id = %s AND u.parent_id = t.id)`, name, in, c.List(Anys(tops)), name, in))
}

// Before adds a table, such as "hit (id) AS (SELECT …)", to what stands before a SELECT.
func Before(before, table string) string {
	if before == "" {
		return "WITH RECURSIVE " + table + " "
	}
	return strings.TrimSuffix(before, " ") + ", " + table + " "
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

// Marks gives the parameters $1, $2 … for an IN list, and the keys as arguments, the last one repeated as in List.
func Marks[K any](keys []K) (marks string, args []any) {
	for i := range padded(len(keys)) {
		if i > 0 {
			marks += ", "
		}
		marks += fmt.Sprintf("$%d", i+1)
		args = append(args, keys[min(i, len(keys)-1)])
	}
	return marks, args
}

// padded gives how long a list becomes that has to have the length of a power of two.
func padded(n int) int {
	all := 1
	for all < n {
		all *= 2
	}
	return all
}

// Statement is a statement with its arguments, which it calls $1, $2 and so on.
type Statement struct {
	Text string
	Args []any
}

// Together makes one statement of several: the first ones as common table expressions of the last, whose answer it
// gives. They see nothing of each other, and each is done to its end (PostgreSQL's manual, "Data-Modifying Statements
// in WITH").
func Together(all []Statement) Statement {
	if len(all) == 1 {
		return all[0]
	}
	var text strings.Builder
	var args []any
	for i, s := range all {
		one := renumbered(s.Text, len(args))
		args = append(args, s.Args...)
		switch word := "WITH"; {
		case i == len(all)-1:
			text.WriteString(" " + one)
		default:
			if i > 0 {
				word = ","
			}
			fmt.Fprintf(&text, "%s s%d AS (%s)", word, i, one)
		}
	}
	return Statement{text.String(), args}
}

// renumbered gives a statement whose arguments come after n others.
func renumbered(text string, n int) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		text = strings.TrimLeft(after, "0123456789")
		of, err := strconv.Atoi(after[:len(after)-len(text)])
		if b.WriteByte('$'); err == nil {
			b.WriteString(strconv.Itoa(of + n))
		}
	}
}
