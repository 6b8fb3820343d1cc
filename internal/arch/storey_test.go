package arch

import (
	"strings"
	"testing"
)

// storeys are the floors of the house, the highest number on top. A house with rooms may have any
// package below it; elsewhere a package that does not stand here is a mistake.
var storeys = []struct {
	path   string
	storey int
	rooms  bool
}{
	{"client", 12, true},
	{"cmd/roster", 11, false},
	{"internal/cli", 10, false},
	{"internal/command", 9, true},
	{"internal/app", 8, false},
	{"internal/server", 7, true},
	{"internal/jobs", 7, true},
	{"internal/action", 6, true},
	{"internal/snapshot", 5, false},
	{"internal/act", 4, false},
	{"internal/store", 4, true},
	{"internal/authz", 3, true},
	{"internal/mail", 3, false},
	{"internal/passkey", 3, false},
	{"internal/people", 3, true},
	{"internal/relying", 3, false},
	{"internal/replay", 3, false},
	{"internal/secret", 3, false},
	{"internal/telling", 3, false},
	{"internal/token", 3, false},
	{"internal/config", 3, false},
	{"internal/courier", 3, false},
	{"internal/words", 2, false},
	{"internal/bell", 2, false},
	{"internal/bulletin", 2, false},
	{"internal/chain", 2, true},
	{"internal/clock", 2, false},
	{"internal/commit", 2, false},
	{"internal/endpoint", 2, false},
	{"internal/footer", 2, false},
	{"internal/gather", 2, false},
	{"internal/known", 2, false},
	{"internal/limit", 2, false},
	{"internal/login", 2, false},
	{"internal/outgoing", 2, false},
	{"internal/persist", 2, false},
	{"internal/policy", 2, false},
	{"internal/prepared", 2, false},
	{"internal/query", 2, false},
	{"internal/raster", 2, false},
	{"internal/record", 2, false},
	{"internal/sheet", 2, false},
	{"internal/spool", 2, false},
	{"internal/squeeze", 2, false},
	{"internal/told", 2, false},
	{"internal/tint", 2, false},
	{"internal/turn", 2, false},
	{"internal/zone", 2, false},
	{"internal/roster", 1, false},
}

func storeyOf(path string) int {
	for _, s := range storeys {
		if path == s.path || s.rooms && under(path, s.path) {
			return s.storey
		}
	}
	return 0
}

// misplaced holds the one rule: a package may import its own parents and any lower storey, never a
// neighbour.
func misplaced(h *house) []string {
	var complaints []string
	for _, r := range h.rooms {
		if testOnly(r.path) {
			continue
		}
		mine := storeyOf(r.path)
		if mine == 0 {
			complaints = append(complaints, r.path+": the package has no storey; a new one needs its line in storeys")
			continue
		}
		for _, i := range r.imports {
			other, inside := strings.CutPrefix(i, module+"/")
			if !inside || under(r.path, other) {
				continue
			}
			switch theirs := storeyOf(other); {
			case testOnly(other):
				complaints = append(complaints, r.path+": imports "+other+", which is for tests alone")
			case theirs > mine:
				complaints = append(complaints, r.path+": imports "+other+", which is a higher storey")
			case theirs == mine:
				complaints = append(complaints, r.path+": imports "+other+", which is a neighbour")
			}
		}
	}
	return complaints
}

func TestAPackageImportsOnlyItsParentsAndLowerStoreys(t *testing.T) { holds(t, misplaced(real(t))) }

func TestTheOneRuleBites(t *testing.T) {
	bites(t, misplaced(sketch(t, map[string]string{
		"internal/store/a.go":          `package store; import _ "roster/internal/action"`,
		"internal/store/orgdb/a.go":    `package orgdb; import (_ "roster/internal/store"; _ "roster/internal/store/persondb")`,
		"internal/server/a.go":         `package server; import _ "roster/internal/server/web"`,
		"internal/util/a.go":           `package util`,
		"internal/roster/more/a.go":    `package more`,
		"internal/authz/a.go":          `package authz; import _ "roster/internal/rostertest/postgres"`,
		"internal/action/team/a.go":    `package team; import (_ "roster/internal/action"; _ "roster/internal/store/memberdb"; _ "roster/internal/roster"; _ "net/http")`,
		"internal/rostertest/any/a.go": `package any; import _ "roster/internal/action"`,
	})),
		"internal/store: imports internal/action, which is a higher storey",
		"internal/store/orgdb: imports internal/store/persondb, which is a neighbour",
		"internal/server: imports internal/server/web, which is a neighbour",
		"internal/util: the package has no storey",
		"internal/roster/more: the package has no storey",
		"internal/authz: imports internal/rostertest/postgres, which is for tests alone",
	)
}
