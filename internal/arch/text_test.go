package arch

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// committed gives the files of the repository with an ending, those about to be added too. Where
// there is no repository (an unpacked archive) it walks.
func committed(t *testing.T, ending string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*"+ending)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil && name != "" { // not one just deleted
			names = append(names, name)
		}
	}
	return names
}

// private are paths of somebody's machine: no one else has them.
var private = regexp.MustCompile(`(^|[\s"'=:,(])/(root|Users/\w+|home/\w+|work)/[\w.]`)

// homely finds paths of somebody's machine in a text.
func homely(name string, text []byte) []string {
	var complaints []string
	for i, line := range bytes.Split(text, []byte("\n")) {
		if m := private.Find(line); m != nil {
			complaints = append(complaints, fmt.Sprintf("%s:%d: a path of one machine: %s", name, i+1, m))
		}
	}
	return complaints
}

func TestNoFileNamesAMachine(t *testing.T) {
	for _, name := range committed(t, "") {
		if name == "internal/arch/text_test.go" || name == "go.sum" || name == "tools/go.sum" {
			continue // this file shows some to see that the test bites; checksums are no text
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		holds(t, homely(name, text))
	}
}

func TestPathsBite(t *testing.T) {
	path := func(parts ...string) string { return "/" + strings.Join(parts, "/") }
	home, cache, route := path("home", "ada", "x"), path("root", ".cache"), path("orgs", "{org}", "work", "x")
	bites(t, homely("a", []byte("see "+home+"\n"+cache+"\n"+route+", https://example.com"+home+"\n")), "a:1", "a:2")
}
