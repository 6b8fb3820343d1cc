package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"roster/internal/roster"
)

// Bounds of a file that is read. What goes beyond one is refused as soon as that is seen, with code too_large,
// too_many_rows or too_many_columns; nothing of a file is kept in memory but the texts that its cells share.
const (
	MostBytes    = 32 << 20  // as it was sent
	MostUnpacked = 512 << 20 // of the parts of a workbook that are read
	MostRows     = 100_000   // below the header, blank ones not counted
	MostColumns  = 200
	MostCells    = 2_000_000 // blank ones that stand in the file counted
	mostText     = 32 << 20  // of the texts that a workbook's cells share
	mostSaid     = 64 << 20  // of what all cells say: millions of a workbook's may share one long text
	mostCell     = 32_767    // letters of a cell, as spreadsheet programs have it
	mostPiece    = 1 << 20   // a row, or one token of XML
	mostListed   = 4 << 20   // a workbook's list of its parts
)

// Line is a row of a file. Blank cells at its end may be absent.
type Line struct {
	Number int // as a spreadsheet program shows it; of CSV, the line on which the row begins
	Cells  []string
}

// Blank tells that nothing stands in the row.
func (l Line) Blank() bool {
	for _, c := range l.Cells {
		if c != "" {
			return false
		}
	}
	return true
}

// Rows are the rows of a file that is read.
type Rows struct {
	from  source
	read  int
	cells int
	said  int64
}

// source reads a format's rows one after the other, blank ones included, up to io.EOF. The cells are good until the next.
type source interface {
	next() (Line, error)
	cells() int // so far
}

// Open begins to read a file; which format it has, it tells itself. It needs the file as long as rows are read. Kind:
// Invalid, codes field_required, too_large, encoding_unknown, format_unknown and file_malformed.
func Open(file io.ReaderAt, size int64) (*Rows, error) {
	if size > MostBytes {
		return nil, TooLarge()
	}
	head := make([]byte, min(size, 4096))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("sheet: read: %w", err)
	}
	var from source
	var err error
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte(bom)))) == 0:
		return nil, roster.Errorf(roster.Invalid, "field_required", "The file is empty.").On("file")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		from, err = openWorkbook(file, size)
	default:
		if err = other(head); err == nil {
			from, err = openText(io.NewSectionReader(file, 0, size), head)
		}
	}
	if err != nil {
		return nil, err
	}
	return &Rows{from: from}, nil
}

// TooLarge tells of a file of more than MostBytes.
func TooLarge() *roster.Error {
	return roster.Errorf(roster.Invalid, "too_large", "The file is larger than %d MiB, the most allowed.", MostBytes>>20)
}

// bom is what some programs write before UTF-8.
const bom = "\ufeff"

// other refuses what is neither a workbook nor text, by its first bytes, and says what to do.
func other(head []byte) error {
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("\xff\xfe"), starts("\xfe\xff"):
		return roster.Errorf(roster.Invalid, "encoding_unknown", "The file is text in UTF-16. Save it as “CSV UTF-8” or as .xlsx, please.")
	case starts("\xd0\xcf\x11\xe0"):
		return roster.Errorf(roster.Invalid, "format_unknown", "The file is an old .xls, or protected by a password. Save it as .xlsx or as CSV without one, please.")
	case starts("%PDF"), starts("{\\rtf"), starts("<?xml"), starts("<html"), starts("<!DOCTYPE"), bytes.IndexByte(head, 0) >= 0:
		return roster.Errorf(roster.Invalid, "format_unknown", "This is no table. Send a file in .xlsx or CSV, please.")
	}
	return nil
}

// Next gives the next row that is not blank, its texts without what surrounds them and as they were before Defused, and
// io.EOF after the last. The cells are good until the next row. Kind: Invalid, codes too_many_rows, too_many_columns,
// too_large, encoding_unknown and file_malformed.
func (r *Rows) Next() (Line, error) {
	for {
		l, err := r.from.next()
		if err != nil {
			return Line{}, err
		}
		if r.cells = r.from.cells(); r.cells > MostCells {
			return Line{}, roster.Errorf(roster.Invalid, "too_many_rows", "The file has more than %d cells, the most allowed. Split it.", MostCells)
		}
		for i, c := range l.Cells {
			if l.Cells[i], err = clean(c, l.Number); err != nil {
				return Line{}, err
			}
			if r.said += int64(len(l.Cells[i])); r.said > mostSaid {
				return Line{}, roster.Errorf(roster.Invalid, "too_large", "The cells hold more than %d MiB of text, the most allowed. Split the file.", mostSaid>>20)
			}
		}
		for len(l.Cells) > 0 && l.Cells[len(l.Cells)-1] == "" {
			l.Cells = l.Cells[:len(l.Cells)-1]
		}
		if len(l.Cells) == 0 {
			continue
		}
		if len(l.Cells) > MostColumns {
			return Line{}, roster.Errorf(roster.Invalid, "too_many_columns", "Row %d has more than %d columns, the most allowed.", l.Number, MostColumns)
		}
		if r.read++; r.read > MostRows+1 {
			return Line{}, roster.Errorf(roster.Invalid, "too_many_rows", "The file has more than %d rows, the most allowed. Split it.", MostRows)
		}
		return l, nil
	}
}

// Clean gives cells of a row that were typed, as they are when a file is read. Kind: Invalid, as of Rows.Next.
func Clean(row int, cells []string) ([]string, error) {
	all := make([]string, len(cells))
	for i, c := range cells {
		var err error
		if all[i], err = clean(c, row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// clean gives a cell's text.
func clean(c string, row int) (string, error) {
	if len(c) > mostCell && utf8.RuneCountInString(c) > mostCell {
		return "", roster.Errorf(roster.Invalid, "too_large", "Row %d has a cell of more than %d characters, the most allowed.", row, mostCell)
	}
	if !utf8.ValidString(c) {
		return "", roster.Errorf(roster.Invalid, "encoding_unknown", "Row %d is not in UTF-8. Save the file as “CSV UTF-8” or as .xlsx, please.", row)
	}
	if strings.IndexByte(c, 0) >= 0 {
		return "", unreadable(row)
	}
	return Fused(strings.TrimSpace(c)), nil
}

// Fused gives a cell's text as it was before Defused.
func Fused(cell string) string {
	if bare, quoted := strings.CutPrefix(cell, "'"); quoted && live(bare) {
		return bare
	}
	return cell
}

// unreadable is a file that cannot be read on from a row.
func unreadable(row int) *roster.Error {
	return roster.Errorf(roster.Invalid, "file_malformed", "Row %d cannot be read. Save the file anew in your spreadsheet program, please.", row)
}

// paced reads no more than some bytes between two pieces of a file: so long is the longest piece that memory has to hold.
type paced struct {
	from io.Reader
	left int
	all  int64 // that may be read altogether
}

var errPiece = errors.New("sheet: a piece is too long")

func (p *paced) Read(b []byte) (int, error) {
	if p.left <= 0 || p.all <= 0 {
		return 0, errPiece
	}
	n, err := p.from.Read(b[:min(len(b), p.left)])
	p.left -= n
	p.all -= int64(n)
	return n, err
}

// piece begins a piece.
func (p *paced) piece() { p.left = mostPiece }
