package imports

import (
	"bytes"
	"strings"
	"testing"

	"roster/internal/action/team/apply/imports"
	"roster/internal/command"
	"roster/internal/store/importdb"
)

// step is one after which so many rows more were done and refused.
func step(changed, refused int) imports.Stepped {
	return imports.Stepped{Rows: map[importdb.RowState]int{importdb.Changed: changed, importdb.Refused: refused}}
}

// drawn gives what is written as an import of so many rows goes on step by step.
func drawn(width, all int, steps ...imports.Stepped) string {
	var out bytes.Buffer
	b := bar{con: &command.Console{Err: &out, Width: width}, all: all}
	for _, s := range steps {
		b.show(s)
	}
	b.end()
	return out.String()
}

// TestABarIsWrittenOverOnATerminal: one line, which ends when the import does.
func TestABarIsWrittenOverOnATerminal(t *testing.T) {
	line := func(signs int, said string) string {
		return "\r[" + strings.Repeat("#", signs) + strings.Repeat(".", 30-signs) + "] " + said + " "
	}
	got := drawn(80, 400, step(20, 0), step(178, 2), step(200, 0))
	if want := line(1, "20 of 400, 0 refused") + line(15, "200 of 400, 2 refused") + line(30, "400 of 400, 2 refused") + "\n"; got != want {
		t.Errorf("drawn:\n%q\nwant\n%q", got, want)
	}
	if got := drawn(80, 0); got != "" {
		t.Errorf("of no rows is drawn %q", got)
	}
}

// TestElsewhereALineTellsOfEachTenth: into a file or a log, at most once for each tenth of the rows, and not at the end, of which
// the command tells.
func TestElsewhereALineTellsOfEachTenth(t *testing.T) {
	got := drawn(0, 400, step(30, 0), step(28, 2), step(10, 0), step(130, 0), step(200, 0))
	if want := "60 of 400 rows so far, 2 refused.\n200 of 400 rows so far, 2 refused.\n"; got != want {
		t.Errorf("told:\n%s\nwant\n%s", got, want)
	}
}
