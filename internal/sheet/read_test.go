package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"roster/internal/roster"
)

// rows reads a file whole: each row with its number, cells with bars between.
func rows(data []byte) ([]string, error) {
	r, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var all []string
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, fmt.Sprintf("%d:%s", l.Number, strings.Join(l.Cells, "|")))
	}
}

func reads(t *testing.T, data []byte, want ...string) {
	t.Helper()
	got, err := rows(data)
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read as %q, %v; want %q", got, err, want)
	}
}

func refuses(t *testing.T, data []byte, code, says string) {
	t.Helper()
	got, err := rows(data)
	if e := roster.AsError(err); err == nil || e.Code != code || e.Kind != roster.Invalid || !strings.Contains(e.Message, says) {
		t.Errorf("read as %.100q with %v, want %s and “%s”", got, err, code, says)
	}
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	for _, f := range []Format{CSV, XLSX} {
		data := filled(t, func(b *bytes.Buffer) (Table, error) { return New(f, b, "Team", []string{"Name", "Phone"}) },
			[]string{"Zoë 李", "+551155550100"}, []string{`Anna "Ann", Berg`, ""}, []string{"", "=1"})
		reads(t, data, "1:Name|Phone", "2:Zoë 李|+551155550100", `3:Anna "Ann", Berg`, "4:|=1")
	}
}

func TestCSVIsReadAsProgramsWriteIt(t *testing.T) {
	want := []string{"1:Name|E-mail", "2:Anna|anna@example.com"}
	for _, c := range []string{",", ";", "\t", "|"} {
		for _, end := range []string{"\n", "\r\n"} {
			text := "Name" + c + "E-mail" + end + " Anna " + c + `"anna@example.com"` + end + end + c + c + end
			reads(t, []byte(text), want...)
			reads(t, []byte(bom+text), want...)
		}
	}
	reads(t, []byte("sep=;\r\nName, first;E-mail\r\nAnna;a,b\r\n"), "2:Name, first|E-mail", "3:Anna|a,b")
	reads(t, []byte("Name,Note\n\"Anna\",\"two\nlines\"\nBo,x"), "1:Name|Note", "2:Anna|two\nlines", "4:Bo|x")
	reads(t, []byte(`"a;b","c;d;e"`+"\n"), "1:a;b|c;d;e")
}

func TestWhatIsNoTableIsToldWhatToDo(t *testing.T) {
	refuses(t, nil, "field_required", "empty")
	refuses(t, []byte(bom+" \r\n"), "field_required", "empty")
	refuses(t, []byte("\xff\xfeN\x00a\x00"), "encoding_unknown", "CSV UTF-8")
	refuses(t, []byte("Name\nJos\xe9\n"), "encoding_unknown", "Row 2")
	refuses(t, []byte("\xd0\xcf\x11\xe0\xa1\xb1"), "format_unknown", "old .xls")
	refuses(t, []byte("%PDF-1.7"), "format_unknown", "no table")
	refuses(t, []byte("Name\nA\x00b\n"), "format_unknown", "no table")
	refuses(t, []byte("Name\nAnna\n\"Bo\"x,1\n"), "file_malformed", "Line 3")
	refuses(t, []byte("PK\x03\x04 and nothing else"), "file_malformed", "no workbook")
	refuses(t, packed(t, map[string]string{"word/document.xml": "<x/>"}), "format_unknown", "no .xlsx")
}

// packed makes a zip of some parts.
func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// book makes a workbook of a sheet's XML and the parts beside it.
func book(t testing.TB, sheet string, more ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="x"><sheets><sheet name="A" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
	for i := 0; i+1 < len(more); i += 2 {
		parts[more[i]] = more[i+1]
	}
	return packed(t, parts)
}

func TestAWorkbookIsReadAsItShows(t *testing.T) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	style := func(s excelize.Style) int {
		id, err := f.NewStyle(&s)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	own := `dd/mm/yyyy "x"`
	day, mine, money := style(excelize.Style{NumFmt: 14}), style(excelize.Style{CustomNumFmt: &own}), style(excelize.Style{NumFmt: 4})
	for cell, v := range map[string]any{
		"A1": "Name", "B1": "Phone", "C1": "Until", "D1": "Blocked", "A3": " Anna ", "B3": 551155550100, "C3": time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), "D3": true,
		"F3": 1.5, "G3": 45000.75,
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	rich := []excelize.RichTextRun{{Text: "Bold"}, {Text: " Bo", Font: &excelize.Font{Bold: true}}}
	if err := errors.Join(f.SetCellStyle("Sheet1", "C3", "C3", day), f.SetCellStyle("Sheet1", "F3", "F3", money), f.SetCellStyle("Sheet1", "G3", "G3", mine), f.SetCellRichText("Sheet1", "A4", rich)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("Hidden"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	reads(t, b.Bytes(), "1:Name|Phone|Until|Blocked", "3:Anna|551155550100|2027-03-31|true||1.5|2023-03-15T18:00:00Z", "4:Bold Bo")

	reads(t, book(t, `<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t><rPh><t>ah</t></rPh></is></c><c><f>1+1</f><v>2</v></c></row></sheetData><more/></worksheet>`), "1:a|2")
	refuses(t, book(t, `<worksheet><sheetData><row r="7"><c t="e"><v>#REF!</v></c></row></sheetData></worksheet>`), "file_malformed", "Row 7")
	refuses(t, book(t, `<worksheet><sheetData><row r="2"><c t="s"><v>5</v></c></row></sheetData></worksheet>`), "file_malformed", "Row 2")
	refuses(t, book(t, `<worksheet><sheetData><row r="2"><c><v>1</v>`), "file_malformed", "")
	refuses(t, book(t, `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>`), "file_malformed", "")
}

// TestWhichFormatsShowDays: a letter of days does, unless it stands in quotes or brackets or is escaped; letters that grow when
// they are made small are no trouble.
func TestWhichFormatsShowDays(t *testing.T) {
	for format, want := range map[string]string{
		"yyyy-mm-dd": "2023-03-15", "DD.MM.YYYY": "2023-03-15", "0": "45000", `0 &quot;days&quot;`: "45000", `0\d`: "45000", `\\d`: "2023-03-15", `\&quot;d`: "2023-03-15", "[Red]0": "45000", "[$-416]d": "2023-03-15",
		"ȺȺȺȺȺ": "45000", "ȺȺȺȺȺd": "2023-03-15", `Ⱥ\d`: "45000",
	} {
		styles := `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="` + format + `"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`
		reads(t, book(t, `<worksheet><sheetData><row><c s="1"><v>45000</v></c></row></sheetData></worksheet>`, "xl/styles.xml", styles), "1:"+want)
	}
}

func TestTheFirstSheetThatIsSeenIsRead(t *testing.T) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if _, err := f.NewSheet("People"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", "secret"), f.SetCellValue("People", "A1", "Name")); err != nil {
		t.Fatal(err)
	}
	f.SetActiveSheet(1)
	if err := f.SetSheetVisible("Sheet1", false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	reads(t, b.Bytes(), "1:Name")
}

// endless is a text over and over again, as a workbook's sheet.
func endless(t *testing.T, before, again string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="x"><sheets><sheet name="A" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   "",
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if text == "" {
			text = before
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if text == before {
			for range times {
				if _, err := io.WriteString(w, again); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// within fails when reading holds more memory at once than allowed, beside the file itself.
func within(t *testing.T, most uint64, data []byte, code string) {
	t.Helper()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := Open(bytes.NewReader(data), int64(len(data)))
	peak, n := uint64(0), 0
	for err == nil {
		_, err = r.Next()
		if n++; n%1000 == 0 || err != nil {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
		}
	}
	if !roster.Is(err, code) {
		t.Errorf("after %d rows: %v, want %s", n, err, code)
	}
	if peak > most {
		t.Errorf("%d MiB were held at once, more than %d", peak>>20, most>>20)
	}
}

// TestWhatIsTooMuchIsRefusedInLittleMemory: files of ten million cells, bombs, and those that lie.
func TestWhatIsTooMuchIsRefusedInLittleMemory(t *testing.T) {
	const most = 48 << 20
	wide := `<row>` + strings.Repeat(`<c><v>1</v></c>`, 200) + `</row>`
	within(t, most, endless(t, `<worksheet><sheetData>`, wide, 50_000), "too_many_rows")
	within(t, most, endless(t, `<worksheet><sheetData>`, strings.Repeat(`<row><c><v>1</v></c></row>`, 100), 1_100), "too_many_rows")
	within(t, most, endless(t, `<worksheet><sheetData><row><c t="str"><v>`, strings.Repeat(" ", 1<<16), 1<<13+1), "too_large") // half a GiB
	within(t, most, endless(t, `<worksheet><sheetData><row><c t="str"><v>`, strings.Repeat("a", 1<<16), 64), "too_large")
	within(t, most, endless(t, `<worksheet><sheetData><row><c r="ZZZZ1"><v>1</v></c></row>`, "", 0), "too_many_columns")
	within(t, most, []byte("a\n"+strings.Repeat("1\n", MostRows+1)), "too_many_rows")
	within(t, most, []byte(strings.Repeat(strings.Repeat("1,", 199)+"1\n", 10_001)), "too_many_rows")
	within(t, most, []byte(strings.Repeat(",", MostColumns)+"1\n"), "too_many_columns")
	within(t, most, []byte(`a,"`+strings.Repeat("x\n", 1<<20)), "too_large")
	within(t, most, []byte("a\n"+strings.Repeat("x", mostCell+1)), "too_large")
	shared := func(cells, rows int) []byte {
		row := `<row>` + strings.Repeat(`<c t="s"><v>0</v></c>`, cells) + `</row>`
		return book(t, `<worksheet><sheetData>`+strings.Repeat(row, rows)+`</sheetData></worksheet>`, "xl/sharedStrings.xml", `<sst><si><t>`+strings.Repeat("a", mostCell)+`</t></si></sst>`)
	}
	within(t, most, shared(30, 100), "too_large") // 3 kB, of which every cell says the same 32 kB
	within(t, most, shared(40, 1), "too_large")
	within(t, most, endless(t, `<worksheet><sheetData><row>`, `<c t="str"><v>`+strings.Repeat("a", 1<<19)+`</v></c>`, 150), "too_large")
	if all, err := rows(shared(30, 50)); err != nil || len(all) != 50 {
		t.Errorf("what is not too much: %d rows, %v", len(all), err)
	}
	if _, err := Open(strings.NewReader("a"), MostBytes+1); !roster.Is(err, "too_large") {
		t.Errorf("a file that is too large: %v", err)
	}

	many := map[string]string{}
	for i := range 50_000 {
		many[fmt.Sprintf("xl/%090d.xml", i)] = ""
	}
	within(t, most, packed(t, many), "too_large")

	// What the list says of a part's size is a lie.
	data := book(t, `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`)
	for at := 0; ; at += 4 {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		binary.LittleEndian.PutUint32(data[at+24:], 3)
	}
	if _, err := rows(data); err == nil {
		t.Error("a part that is larger than it says was read")
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"Name,E-mail\nAnna,a@b.example\n", "sep=;\na;b", bom + "a\t\"b\nc\"", "\"", "PK\x03\x04"} {
		f.Add([]byte(s))
	}
	f.Add(book(f, `<worksheet><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c></row></sheetData></worksheet>`, "xl/sharedStrings.xml", `<sst><si><t>a</t></si></sst>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := rows(data)
		var e *roster.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != roster.Invalid) {
			t.Fatalf("%v", err)
		}
		for _, l := range all {
			if strings.ContainsRune(l, 0) {
				t.Errorf("%q", l)
			}
		}
	})
}
