package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	besideName = regexp.MustCompile(`\S {3,}.*`) // in the drawing: what a line says of its packages
	codeSpan   = regexp.MustCompile("`[^`\n]+`")
	oneName    = regexp.MustCompile(`[a-z]+`)
)

// namedIn gives the names of packages in a document: those in its drawing, and in code between its words. What the words
// themselves happen to say names nothing.
func namedIn(text string) map[string]bool {
	named := map[string]bool{}
	note := func(names string) {
		for _, name := range oneName.FindAllString(names, -1) {
			named[name] = true
		}
	}
	for i, part := range strings.Split(text, "```") {
		if i%2 == 0 {
			note(strings.Join(codeSpan.FindAllString(part, -1), " "))
			continue
		}
		for line := range strings.Lines(part) {
			if at := besideName.FindStringIndex(line); at != nil {
				line = line[:at[0]+1]
			}
			note(line)
		}
	}
	return named
}

// unplanned finds the packages of internal/, and the rooms of internal/action with those below them, that a document does not
// name.
func unplanned(h *house, text string) (complaints []string) {
	named := namedIn(text)
	for _, r := range h.rooms {
		at := strings.TrimPrefix(r.path, "roster/")
		if name := path.Base(at); (path.Dir(at) == "internal" || strings.HasPrefix(at, "internal/action/")) && name != "rostertest" && !named[name] {
			complaints = append(complaints, "docs/ARCHITECTURE.md does not name "+at)
		}
	}
	return complaints
}

func TestThePlanNamesEveryRoom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, unplanned(real(t), string(text)))
}

func TestThePlanBites(t *testing.T) {
	const text = "The team and what is kept.\n```\ninternal/store    the database of a role\n  org unit   areas\n```\nA picture is in `org/emblem`.\n"
	bites(t, unplanned(sketch(t, map[string]string{
		"internal/store/a.go":             "package store\n",
		"internal/kept/a.go":              "package kept\n",
		"internal/action/org/a.go":        "package org\n",
		"internal/action/org/emblem/a.go": "package emblem\n",
		"internal/action/unit/a.go":       "package unit\n",
		"internal/action/team/a.go":       "package team\n",
		"internal/action/role/a.go":       "package role\n",
		"internal/server/web/team/a.go":   "package team\n",
	}), text), "internal/kept", "internal/action/team", "internal/action/role")
}
