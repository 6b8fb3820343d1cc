package command

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// Table is rows of texts under titles, for people.
type Table struct {
	titles []string
	rows   [][]string
}

// Columns makes a table of its titles.
func Columns(titles ...string) *Table { return &Table{titles: titles} }

// Add adds a row; what a cell lacks reads "–".
func (t *Table) Add(cells ...string) {
	for i, s := range cells {
		cells[i] = strings.Join(strings.Fields(visible(s)), " ")
		if cells[i] == "" {
			cells[i] = "–"
		}
	}
	t.rows = append(t.rows, cells)
}

// Row prints a row that belongs to no table.
func (c *Console) Row(cells ...string) error {
	t := Columns()
	t.Add(cells...)
	_, err := fmt.Fprintln(c.Out, strings.Join(t.rows[0], strings.Repeat(" ", gap)))
	return err
}

// Under adds a row whose first cell stands so many steps to the right, below what it belongs to.
func (t *Table) Under(depth int, cells ...string) {
	t.Add(cells...)
	cells[0] = strings.Repeat("  ", depth) + cells[0]
}

// gap is how many spaces stand between two columns.
const gap = 2

// least is the width below which no column is cut.
const least = 8

// Print writes the table with its columns aligned; on a terminal the widest are cut until it fits.
func (c *Console) Print(t *Table) error {
	widths := t.fit(c.Width)
	w := tabwriter.NewWriter(c.Out, 0, 0, gap, ' ', 0)
	for _, row := range append([][]string{t.titles}, t.rows...) {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cut(cell, widths[i]))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// Apart writes a table below something else, with a line between.
func (c *Console) Apart(t *Table) error {
	if err := c.Line(""); err != nil {
		return err
	}
	return c.Print(t)
}

// fit gives each column's width so that a row is at most total characters long, 0 for no limit.
func (t *Table) fit(total int) []int {
	widths := make([]int, len(t.titles))
	sum := gap * (len(widths) - 1)
	for i, title := range t.titles {
		widths[i] = utf8.RuneCountInString(title)
		for _, row := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		sum += widths[i]
	}
	for ; total > 0 && sum > total; sum-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= least {
			break
		}
		widths[widest]--
	}
	return widths
}

// cut shortens a text to a width, with a mark that something is left out.
func cut(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:width-1]), " ") + "…"
}

// Sheet is one thing's facts, a line each, for people. Facts without a value are left out.
type Sheet struct{ lines [][2]string }

// Add adds a fact.
func (s *Sheet) Add(name, value string) {
	if value != "" {
		s.lines = append(s.lines, [2]string{name, strings.Join(strings.Fields(visible(value)), " ")})
	}
}

// Show writes a sheet with its values aligned.
func (c *Console) Show(s *Sheet) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, gap, ' ', 0)
	for _, l := range s.lines {
		fmt.Fprintf(w, "%s\t%s\n", l[0], l[1])
	}
	return w.Flush()
}

// Line prints one line of the result.
func (c *Console) Line(format string, args ...any) error {
	_, err := fmt.Fprintln(c.Out, visible(fmt.Sprintf(format, args...)))
	return err
}

// JSON prints a result for programs.
func (c *Console) JSON(v any) error {
	e := json.NewEncoder(c.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// When shows a moment as people speak of it: near ones by their distance, others by their day.
func (c *Console) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	away := t.Sub(c.Now)
	switch {
	case away > -time.Minute && away <= 0:
		return "just now"
	case away > 0 && away < 30*24*time.Hour:
		return "in " + Span(away)
	case away < 0 && away > -7*24*time.Hour:
		return Span(-away) + " ago"
	}
	return t.Local().Format("2 Jan 2006")
}

// Moment shows a moment to the second, in the machine's zone, which it names.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05 MST")
}

// Span shows a duration by its largest unit.
func Span(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= u.of {
			return Plural(int((d+u.of/2)/u.of), u.name)
		}
	}
	return Plural(int(max(d, time.Second)/time.Second), "second")
}

// Plural counts things: "1 day", "2 days".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
