// Package sheet writes tables of text row by row as files for spreadsheet programs, and reads such files: CSV (RFC 4180) and
// the workbooks of Office Open XML. Memory stays bounded however many rows there are, or a file pretends to have, and no
// cell that is written can become a formula. It knows not what the rows are.
package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"roster/internal/roster"
)

// Format is a kind of file.
type Format string

// The formats there are.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Parse reads a format's name. Kind: Invalid, code format_unknown.
func Parse(name string) (Format, error) {
	switch f := Format(name); f {
	case CSV, XLSX:
		return f, nil
	}
	return "", roster.Errorf(roster.Invalid, "format_unknown", "A format is csv or xlsx.").On("format")
}

// Media gives the format's media type.
func (f Format) Media() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Table takes rows. Close writes what is left; without it the file is not whole. Abandon instead of Close leaves the
// file broken off, and nothing else behind.
type Table interface {
	Row(cells []string) error
	Close() error
	Abandon()
}

// New begins a table in a file: its title, and the header that stands above the rows.
func New(f Format, to io.Writer, title string, header []string) (Table, error) {
	if f == XLSX {
		return newWorkbook(to, title, header, mostRows)
	}
	w := bufio.NewWriter(to)
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	t := &text{csv: out, to: w}
	return t, t.Row(header)
}

// text is a table as CSV.
type text struct {
	csv   *csv.Writer
	to    *bufio.Writer
	cells []string
}

func (t *text) Row(cells []string) error {
	t.cells = t.cells[:0]
	for _, c := range cells {
		t.cells = append(t.cells, Defused(c))
	}
	if err := t.csv.Write(t.cells); err != nil {
		return fmt.Errorf("sheet: csv: %w", err)
	}
	return nil
}

func (t *text) Close() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return fmt.Errorf("sheet: csv: %w", err)
	}
	if err := t.to.Flush(); err != nil {
		return fmt.Errorf("sheet: csv: %w", err)
	}
	return nil
}

func (t *text) Abandon() {}

// Defused gives a text as a cell may hold it: with an apostrophe before what a spreadsheet program would take for a
// formula (OWASP, CSV injection), also where blanks or signs that are not seen stand before, and where the sign is a
// wide or small form of one of these.
func Defused(cell string) string {
	if live(cell) {
		return "'" + cell
	}
	return cell
}

func live(cell string) bool {
	for i, r := range cell {
		switch {
		case i == 0 && (r == '\t' || r == '\r' || r == '\n'):
			return true
		case unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf):
			continue
		}
		return strings.ContainsAny(norm.NFKC.String(string(r)), "=+-@\u2212")
	}
	return false
}
