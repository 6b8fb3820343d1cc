package arch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// templates is the folder that `make generate` is run on.
const templates = "internal/server/web"

// generate gives the Go files that the pinned generator makes of templates, by name.
func generate(t *testing.T, texts map[string][]byte) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "tool", "-modfile=tools/go.mod", "templ", "generate", "-path", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("templ generate: %v\n%s", err, out)
	}
	made := map[string][]byte{}
	for name := range texts {
		name = strings.TrimSuffix(name, ".templ") + "_templ.go"
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		made[name] = text
	}
	return made
}

// stale finds generated files that are not what the templates make, or that have no template.
func stale(made, present map[string][]byte) []string {
	var complaints []string
	for name, text := range made {
		if !bytes.Equal(present[name], text) {
			complaints = append(complaints, name+": is not what its template makes; run make generate")
		}
	}
	for name := range present {
		if _, ok := made[name]; !ok {
			complaints = append(complaints, name+": has no template")
		}
	}
	return complaints
}

func TestGeneratedCodeIsFresh(t *testing.T) {
	texts, present := map[string][]byte{}, map[string][]byte{}
	for _, name := range slices.Concat(committed(t, ".templ"), committed(t, "_templ.go")) {
		short, ok := strings.CutPrefix(name, templates+"/")
		if !ok {
			t.Errorf("%s: templates stand in %s", name, templates)
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".templ") {
			texts[short] = text
		} else {
			present[short] = text
		}
	}
	if len(texts) == 0 {
		t.Fatal("no templates were found")
	}
	holds(t, stale(generate(t, texts), present))
}

func TestStalenessBites(t *testing.T) {
	before := generate(t, map[string][]byte{"a/x.templ": []byte("package a\n\ntempl X() {\n\t<p>one</p>\n}\n")})
	after := generate(t, map[string][]byte{"a/x.templ": []byte("package a\n\ntempl X() {\n\t<p>two</p>\n}\n")})
	bites(t, stale(after, after))
	before["b_templ.go"] = nil
	bites(t, stale(after, before), "a/x_templ.go: is not what its template makes", "b_templ.go: has no template")
}
