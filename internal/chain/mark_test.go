package chain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLinesFromBeforeAreMarkedOfEachFreeText: a kind or a field that may name anybody was marked, in the histories that were there,
// by a migration that looks for it.
func TestLinesFromBeforeAreMarkedOfEachFreeText(t *testing.T) {
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	looked := func(mark string) {
		if !strings.Contains(all.String(), "body LIKE '%"+mark+"%'") {
			t.Errorf("no migration looks for %s", mark)
		}
	}
	for _, kind := range named() {
		looked(`"kind":"` + kind + `"`)
	}
	for _, f := range free() {
		_, field, _ := strings.Cut(f, ".")
		looked(`"field":"` + field + `"`)
	}
}
