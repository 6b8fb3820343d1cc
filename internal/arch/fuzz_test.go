package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	fuzzing = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	fuzzed  = regexp.MustCompile(`"(\S+ Fuzz\w+)"`)
)

// unfuzzed finds fuzz targets that a script does not run, and what it runs that is none. Tests are given by their files' names.
func unfuzzed(script string, tests map[string]string) []string {
	var complaints, run, there []string
	for _, m := range fuzzed.FindAllStringSubmatch(script, -1) {
		run = append(run, m[1])
	}
	for name, text := range tests {
		for _, m := range fuzzing.FindAllStringSubmatch(text, -1) {
			target := path.Dir(name) + " " + m[1]
			if there = append(there, target); !slices.Contains(run, target) {
				complaints = append(complaints, target+": scripts/fuzz does not run it")
			}
		}
	}
	for _, target := range run {
		if !slices.Contains(there, target) {
			complaints = append(complaints, target+": scripts/fuzz runs it, and there is none")
		}
	}
	return complaints
}

func TestEveryFuzzTargetRuns(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := map[string]string{}
	for _, name := range committed(t, "_test.go") {
		tests[name] = read(name)
	}
	holds(t, unfuzzed(read("scripts/fuzz"), tests))
}

func TestFuzzTargetsBite(t *testing.T) {
	bites(t, unfuzzed(`targets=("internal/a FuzzOne" "internal/a FuzzGone")`, map[string]string{
		"internal/a/a_test.go": "package a\n\nfunc FuzzOne(f *testing.F) {}\n\nfunc FuzzTwo(f *testing.F) {}\n",
		"internal/b/b_test.go": "package b\n\nfunc FuzzOne(f *testing.F) {}\n",
	}), "internal/a FuzzTwo: scripts/fuzz does not run it", "internal/b FuzzOne: scripts/fuzz does not run it", "internal/a FuzzGone: scripts/fuzz runs it, and there is none")
}
