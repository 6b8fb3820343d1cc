package sheet

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestNoCellIsAFormula(t *testing.T) {
	for _, live := range []string{
		"=1+1", "+551155550100", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "＝1", "＋1", "－1", "＠x", " ＝1", "﹢1", "−1", "\u2003\t=1",
	} {
		if got := Defused(live); got != "'"+live {
			t.Errorf("%q became %q", live, got)
		}
	}
	for _, tame := range []string{"", "Anna", "a=b", "anna@example.com", "1-2", " Anna", "'=1", "2026-11-22T09:00:00Z", "李"} {
		if got := Defused(tame); got != tame {
			t.Errorf("%q became %q", tame, got)
		}
	}
}

// filled writes a table and gives the file.
func filled(t *testing.T, begin func(*bytes.Buffer) (Table, error), rows ...[]string) []byte {
	t.Helper()
	var b bytes.Buffer
	table, err := begin(&b)
	for _, r := range rows {
		if err == nil {
			err = table.Row(r)
		}
	}
	if err == nil {
		err = table.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSVIsReadAsItWasWritten(t *testing.T) {
	data := filled(t, func(b *bytes.Buffer) (Table, error) { return New(CSV, b, "Team", []string{"Name", "=Note"}) },
		[]string{`Anna "Ann", Berg`, "two\nlines"}, []string{"Zoë 李", "+1"})
	if !bytes.Contains(data, []byte("\r\n")) {
		t.Error("lines do not end as RFC 4180 has it")
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], "|") + "/" + strings.Join(rows[1], "|") + "/" + strings.Join(rows[2], "|"); got != `Name|'=Note/Anna "Ann", Berg|two`+"\nlines/Zoë 李|'+1" {
		t.Errorf("read as %q", got)
	}
}

func TestAWorkbookGoesOnInAnotherSheet(t *testing.T) {
	var rows [][]string
	for i := range 7 {
		rows = append(rows, []string{"Member " + strconv.Itoa(i), "=" + strconv.Itoa(i)})
	}
	data := filled(t, func(b *bytes.Buffer) (Table, error) {
		return newWorkbook(b, "Team", []string{"Name", "Note"}, 4)
	}, rows...)
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := strings.Join(f.GetSheetList(), ", "); got != "Team, Team 2, Team 3" {
		t.Errorf("sheets: %s", got)
	}
	n := 0
	for _, name := range f.GetSheetList() {
		all, err := f.GetRows(name)
		if err != nil || strings.Join(all[0], "|") != "Name|Note" {
			t.Fatalf("%s begins with %v: %v", name, all, err)
		}
		for i, r := range all[1:] {
			if want := "Member " + strconv.Itoa(n) + "|'=" + strconv.Itoa(n); strings.Join(r, "|") != want {
				t.Errorf("row %d: %v", n, r)
			}
			if formula, err := f.GetCellFormula(name, "B"+strconv.Itoa(i+2)); err != nil || formula != "" {
				t.Errorf("a formula: %q %v", formula, err)
			}
			n++
		}
	}
	if n != 7 {
		t.Errorf("%d rows", n)
	}
}
