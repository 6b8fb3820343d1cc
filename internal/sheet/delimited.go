package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"roster/internal/roster"
)

// delimited is a file of CSV.
type delimited struct {
	paced *paced
	csv   *csv.Reader
	above int // lines that were left out before the first
	last  int
	n     int
}

// openText begins to read CSV. A first line “sep=;” names the delimiter, as a spreadsheet program has it; else the first line
// shows it.
func openText(file io.Reader, head []byte) (source, error) {
	d := &delimited{paced: &paced{from: file, left: mostPiece, all: MostBytes + 1}}
	in := bufio.NewReader(d.paced)
	text := string(head)
	if after, found := strings.CutPrefix(text, bom); found {
		text = after
		if _, err := in.Discard(len(bom)); err != nil {
			return nil, err
		}
	}
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimRight(first, "\r")
	comma := delimiter(first)
	if rest, named := strings.CutPrefix(strings.ToLower(first), "sep="); named && len(rest) == 1 && strings.Contains(delimiters, rest) {
		comma, d.above = rune(rest[0]), 1
		if _, err := in.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	d.csv = csv.NewReader(in)
	d.csv.Comma, d.csv.ReuseRecord, d.csv.FieldsPerRecord, d.csv.LazyQuotes = comma, true, -1, false
	return d, nil
}

// delimiters are what may stand between cells; of as many, the first.
const delimiters = ",;\t|"

// delimiter tells what stands between the cells of a line: what stands there most, outside of quotes.
func delimiter(line string) rune {
	counts, quoted := map[rune]int{}, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			counts[c]++
		}
	}
	best := ','
	for _, c := range delimiters {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func (d *delimited) next() (Line, error) {
	d.paced.piece()
	cells, err := d.csv.Read()
	if errors.Is(err, io.EOF) {
		return Line{}, io.EOF
	}
	var at *csv.ParseError
	switch {
	case errors.Is(err, errPiece):
		return Line{}, roster.Errorf(roster.Invalid, "too_large", "Row %d is too long. A quotation mark may be missing.", d.last+1)
	case errors.As(err, &at):
		return Line{}, roster.Errorf(roster.Invalid, "file_malformed", "Line %d cannot be read: a quotation mark stands where none belongs, or is missing.", at.StartLine+d.above)
	case err != nil:
		return Line{}, err
	}
	line, _ := d.csv.FieldPos(0)
	d.last = line + d.above
	d.n += len(cells)
	return Line{d.last, cells}, nil
}

func (d *delimited) cells() int { return d.n }
