package exportdb

import (
	"os"
	"strings"
	"testing"
)

// TestTheFormatIsDescribed: whoever reads an export finds every kind of its lines in docs/EXPORT.md.
func TestTheFormatIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../../../docs/EXPORT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts() {
		if !strings.Contains(string(text), "`"+p.kind+"`") {
			t.Errorf("docs/EXPORT.md does not tell of %s", p.kind)
		}
	}
}
