package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// mostRows is how many rows a sheet has at most, the header included; what is left goes on in another sheet.
const mostRows = excelize.TotalRows

// columnWidth is how wide each column is, in characters.
const columnWidth = 24

// workbook is a table as a workbook. The library keeps rows beyond some megabytes in a file of its own.
type workbook struct {
	to     io.Writer
	file   *excelize.File
	sheet  *excelize.StreamWriter
	title  string
	header []string
	bold   int
	most   int
	row    int // the last one written
	sheets int
	cells  []any
}

func newWorkbook(to io.Writer, title string, header []string, most int) (Table, error) {
	w := &workbook{to: to, file: excelize.NewFile(), title: title, header: header, most: most}
	bold, err := w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("sheet: style: %w", err)
	}
	w.bold = bold
	return w, w.begin()
}

// begin begins a sheet.
func (w *workbook) begin() error {
	name := w.title
	if w.sheets++; w.sheets == 1 {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
			return fmt.Errorf("sheet: name: %w", err)
		}
	} else {
		name += " " + strconv.Itoa(w.sheets)
		if _, err := w.file.NewSheet(name); err != nil {
			return fmt.Errorf("sheet: another: %w", err)
		}
	}
	sheet, err := w.file.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("sheet: stream: %w", err)
	}
	w.sheet, w.row = sheet, 0
	err = errors.Join(
		sheet.SetColWidth(1, len(w.header), columnWidth),
		sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	)
	if err != nil {
		return fmt.Errorf("sheet: columns: %w", err)
	}
	return w.write(w.header, w.bold)
}

func (w *workbook) Row(cells []string) error {
	if w.row == w.most {
		if err := w.sheet.Flush(); err != nil {
			return fmt.Errorf("sheet: flush: %w", err)
		}
		if err := w.begin(); err != nil {
			return err
		}
	}
	return w.write(cells, 0)
}

func (w *workbook) write(cells []string, style int) error {
	w.cells = w.cells[:0]
	for _, c := range cells {
		w.cells = append(w.cells, excelize.Cell{StyleID: style, Value: Defused(c)})
	}
	w.row++
	if err := w.sheet.SetRow("A"+strconv.Itoa(w.row), w.cells); err != nil {
		return fmt.Errorf("sheet: row: %w", err)
	}
	return nil
}

// Close writes the workbook. Left to itself the library puts the whole file together in memory.
func (w *workbook) Close() error {
	defer w.Abandon()
	if err := w.sheet.Flush(); err != nil {
		return fmt.Errorf("sheet: flush: %w", err)
	}
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w.to) })
	if err := w.file.Write(io.Discard); err != nil {
		return fmt.Errorf("sheet: workbook: %w", err)
	}
	return nil
}

// Abandon deletes the library's own files.
func (w *workbook) Abandon() { _ = w.file.Close() }
