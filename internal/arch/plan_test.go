package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThePlanNamesEveryRoom: docs/ARCHITECTURE.md names each package of internal/, and each room of internal/action with
// the rooms below it.
func TestThePlanNamesEveryRoom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, word := range regexp.MustCompile(`[a-z]+`).FindAllString(string(text), -1) {
		named[word] = true
	}
	for _, r := range real(t).rooms {
		at := strings.TrimPrefix(r.path, "roster/")
		if name := path.Base(at); (path.Dir(at) == "internal" || strings.HasPrefix(at, "internal/action/")) && name != "rostertest" && !named[name] {
			t.Errorf("docs/ARCHITECTURE.md does not name %s", at)
		}
	}
}
