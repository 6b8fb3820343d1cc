package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
)

// opened is the first sheet of a workbook that people see (ECMA-376, Office Open XML, part 1). A workbook is read part by
// part and token by token; parts that hold no cells are not unpacked at all.
type opened struct {
	zip    *zip.Reader
	left   int64 // that may still be unpacked
	texts  []string
	dates  map[int]bool // which styles of cells are a day or a moment
	old    bool         // days are counted from 1904 on
	sheet  *part
	row    int
	said   int // of the row so far
	n      int
	buffer []string
}

// openWorkbook begins to read a workbook.
func openWorkbook(file io.ReaderAt, size int64) (source, error) {
	list := &listed{file, mostListed}
	z, err := zip.NewReader(list, size)
	if errors.Is(err, errPiece) {
		return nil, roster.Errorf(roster.Invalid, "too_large", "The workbook has too many parts.")
	}
	if err != nil {
		return nil, broken()
	}
	list.left = math.MaxInt64 // from here on parts are read, which are bounded each
	o := &opened{zip: z, left: MostUnpacked, dates: map[int]bool{}}
	name, err := o.contents()
	if err != nil {
		return nil, err
	}
	for _, read := range []func() error{o.styles, o.shared} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if o.sheet, err = o.open(name); err != nil {
		return nil, err
	}
	if o.sheet == nil {
		return nil, broken()
	}
	return o, nil
}

// listed bounds what is read of a file while the list of its parts is.
type listed struct {
	from io.ReaderAt
	left int64
}

func (l *listed) ReadAt(b []byte, at int64) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, errPiece
	}
	return l.from.ReadAt(b, at)
}

func broken() *roster.Error {
	return roster.Errorf(roster.Invalid, "file_malformed", "The file is no workbook that can be read. Save it anew as .xlsx or as CSV, please.")
}

// part is a part of a workbook, as XML.
type part struct {
	book   *opened
	name   string
	packed io.ReadCloser
	paced  *paced
	xml    *xml.Decoder
}

// open begins to read a part; nil when there is none.
func (o *opened) open(name string) (*part, error) {
	for _, f := range o.zip.File {
		if !strings.EqualFold(strings.TrimPrefix(f.Name, "/"), name) {
			continue
		}
		if f.UncompressedSize64 > uint64(max(o.left, 0)) { // what it says of itself; what it has is counted beside
			return nil, unpacks()
		}
		packed, err := f.Open()
		if err != nil {
			return nil, broken()
		}
		p := &part{book: o, name: name, packed: packed, paced: &paced{from: packed, left: mostPiece, all: o.left}}
		p.xml = xml.NewDecoder(p.paced)
		p.xml.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, broken() }
		return p, nil
	}
	return nil, nil
}

func unpacks() *roster.Error {
	return roster.Errorf(roster.Invalid, "too_large", "Unpacked, the workbook is larger than %d MiB, the most allowed.", MostUnpacked>>20)
}

// token gives the next token, and io.EOF after the last.
func (p *part) token() (xml.Token, error) {
	p.paced.piece()
	t, err := p.xml.RawToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, errPiece) && p.paced.all <= 0:
		return nil, unpacks()
	case errors.Is(err, errPiece):
		return nil, roster.Errorf(roster.Invalid, "too_large", "The workbook holds a text that is too long.")
	case err != nil:
		return nil, broken()
	}
	return t, nil
}

// each hands every element's beginning to a function, up to the part's end.
func (p *part) each(fn func(xml.StartElement) error) error {
	defer p.close()
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, begins := t.(xml.StartElement); begins {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

func (p *part) close() {
	p.book.left = p.paced.all
	_ = p.packed.Close() // it was only read
}

// text gives the text below an element that has just begun, of the elements named t, v or the element itself alone: not how
// it is pronounced.
func (p *part) text(of string) (string, error) {
	var b strings.Builder
	depth, silent, open := 1, 0, of
	for depth > 0 {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return "", broken()
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			if open = t.Name.Local; open == "rPh" || open == "f" || silent > 0 {
				silent++
			}
		case xml.EndElement:
			depth--
			open = ""
			silent = max(silent-1, 0)
		case xml.CharData:
			if silent == 0 && (open == "t" || open == "v") {
				if b.Write(t); b.Len() > mostPiece {
					return "", roster.Errorf(roster.Invalid, "too_large", "The workbook holds a text that is too long.")
				}
			}
		}
	}
	return b.String(), nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// contents finds the first sheet that is not hidden, and gives its part's name.
func (o *opened) contents() (string, error) {
	book, err := o.open("xl/workbook.xml")
	if err != nil {
		return "", err
	}
	if book == nil {
		return "", roster.Errorf(roster.Invalid, "format_unknown", "The file is packed, but no .xlsx workbook. Send a file in .xlsx or CSV, please.")
	}
	id := ""
	err = book.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			o.old = truth(attribute(e, "date1904"))
		case "sheet":
			if id == "" && attribute(e, "state") != "hidden" && attribute(e, "state") != "veryHidden" {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && a.Name.Space != "" {
						id = a.Value
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	ways, err := o.open("xl/_rels/workbook.xml.rels")
	if err != nil {
		return "", err
	}
	if ways == nil || id == "" {
		return "", broken()
	}
	name := ""
	err = ways.each(func(e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id {
			name = attribute(e, "Target")
		}
		return nil
	})
	if absolute, is := strings.CutPrefix(name, "/"); is {
		return path.Clean(absolute), err
	}
	return path.Join("xl", name), err
}

func truth(s string) bool { return s == "1" || s == "true" }

// shared reads the texts that cells share.
func (o *opened) shared() error {
	p, err := o.open("xl/sharedStrings.xml")
	if p == nil || err != nil {
		return err
	}
	size := 0
	return p.each(func(e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := p.text("si")
		if err != nil {
			return err
		}
		if size += len(s) + 16; size > mostText {
			return roster.Errorf(roster.Invalid, "too_large", "The workbook's texts are larger than %d MiB, the most allowed. Split it.", mostText>>20)
		}
		o.texts = append(o.texts, s)
		return nil
	})
}

// mostStyles bounds how many styles of cells are looked at.
const mostStyles = 65_536

// styles reads which styles show a number as a day or a moment.
func (o *opened) styles() error {
	p, err := o.open("xl/styles.xml")
	if p == nil || err != nil {
		return err
	}
	own, style, within := map[string]bool{}, 0, false
	defer p.close()
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				return nil
			}
		case xml.StartElement:
			id := attribute(t, "numFmtId")
			switch within = within || t.Name.Local == "cellXfs"; {
			case t.Name.Local == "numFmt" && len(own) < mostStyles:
				own[id] = dated(attribute(t, "formatCode"))
			case within && t.Name.Local == "xf" && style < mostStyles:
				n, _ := strconv.Atoi(id)
				o.dates[style] = n >= 14 && n <= 22 || n >= 45 && n <= 47 || own[id]
				style++
			}
		}
	}
}

// dated tells that a format shows days: it has a letter of them outside of quotes and brackets.
func dated(format string) bool {
	quoted, inside, escaped := false, false, false
	for _, c := range strings.ToLower(format) {
		switch {
		case escaped:
			escaped = false
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\':
			escaped = true
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case !inside && (c == 'y' || c == 'd' || c == 'm'):
			return true
		}
	}
	return false
}

func (o *opened) cells() int { return o.n }

// next reads the next row.
func (o *opened) next() (Line, error) {
	for {
		t, err := o.sheet.token()
		if err != nil {
			return Line{}, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return Line{}, o.over()
			}
		case xml.StartElement:
			if t.Name.Local == "row" {
				return o.line(t)
			}
		}
	}
}

// over ends the sheet: what stands behind its cells is of no interest.
func (o *opened) over() error {
	o.sheet.close()
	return io.EOF
}

// line reads a row that has begun.
func (o *opened) line(row xml.StartElement) (Line, error) {
	o.row++
	if n, err := strconv.Atoi(attribute(row, "r")); err == nil && n > 0 {
		o.row = n
	}
	clear(o.buffer)
	o.buffer, o.said = o.buffer[:0], 0
	at := 0
	for {
		t, err := o.sheet.token()
		if errors.Is(err, io.EOF) {
			return Line{}, broken()
		}
		if err != nil {
			return Line{}, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return Line{o.row, o.buffer}, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if n := columnOf(attribute(t, "r")); n > 0 {
				at = n - 1
			}
			if o.n++; o.n > MostCells {
				return Line{}, roster.Errorf(roster.Invalid, "too_many_rows", "The file has more than %d cells, the most allowed. Split it.", MostCells)
			}
			if err := o.cell(t, at); err != nil {
				return Line{}, err
			}
			at++
		}
	}
}

// cell reads a cell that has begun into its column. Blank ones far to the right do not make a row long.
func (o *opened) cell(c xml.StartElement, at int) error {
	said, err := o.sheet.text("c")
	if err != nil || said == "" {
		return err
	}
	if at >= MostColumns {
		return roster.Errorf(roster.Invalid, "too_many_columns", "Row %d has more than %d columns, the most allowed.", o.row, MostColumns)
	}
	for len(o.buffer) <= at {
		o.buffer = append(o.buffer, "")
	}
	if o.buffer[at], err = o.value(c, said); err != nil {
		return err
	}
	if o.said += len(o.buffer[at]); o.said > mostPiece {
		return roster.Errorf(roster.Invalid, "too_large", "Row %d holds more than %d MiB of text, the most allowed.", o.row, mostPiece>>20)
	}
	return nil
}

// value gives what a cell shows.
func (o *opened) value(c xml.StartElement, said string) (string, error) {
	switch attribute(c, "t") {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(said))
		if err != nil || i < 0 || i >= len(o.texts) {
			return "", unreadable(o.row)
		}
		return o.texts[i], nil
	case "b":
		return strconv.FormatBool(truth(strings.TrimSpace(said))), nil
	case "inlineStr", "str", "d":
		return said, nil
	case "e":
		return "", roster.Errorf(roster.Invalid, "file_malformed", "Row %d has a formula that went wrong. Correct it, please.", o.row)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(said), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return "", unreadable(o.row)
	}
	if style, _ := strconv.Atoi(attribute(c, "s")); o.dates[style] {
		return o.day(n), nil
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

// day gives a day, or a moment as if of UTC, that a number is shown as. Days are counted so that the year 1900 has a 29th of
// February, as spreadsheet programs do.
func (o *opened) day(n float64) string {
	from := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if o.old {
		from = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if n < 0 || n > 2_958_465 { // the end of the year 9999
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	whole, part := math.Modf(n)
	at := from.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round(part*86400)) * time.Second)
	if part == 0 {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339)
}

// columnOf gives a column's number, from 1 on, of a cell's name such as AB12; 0 for none.
func columnOf(name string) int {
	n := 0
	for _, c := range name {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A'+1)
	}
	return n
}
