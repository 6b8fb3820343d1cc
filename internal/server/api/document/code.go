package document

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// codesFile is written by the tests of internal/arch, which read it off the code: what each operation can be refused with.
//
//go:embed codes.json
var codesFile []byte

// meaningsFile is written by hand: what codes mean in general that are said in several forms, each of one case. Where it
// names a code it goes before what codes.json has of it; a code with neither fails a test.
//
//go:embed meanings.json
var meaningsFile []byte

// codes are the refusals of the API, each written "409 last_owner".
type codes struct {
	Common     []string            `json:"common"`     // what every operation can be refused with
	Operations map[string][]string `json:"operations"` // what else each can
	Meanings   map[string]string   `json:"meanings"`   // of each code that is said in one form, that
	General    map[string]string   `json:"-"`          // of each code that meaningsFile names, what it says
}

func (w *writer) readCodes() error {
	return errors.Join(json.Unmarshal(codesFile, &w.codes), json.Unmarshal(meaningsFile, &w.codes.General))
}

// of gives an operation's codes by their status.
func (c codes) of(operation string) map[string][]string {
	all := map[string][]string{}
	for _, refusal := range slices.Concat(c.Common, c.Operations[operation]) {
		status, code, _ := strings.Cut(refusal, " ")
		all[status] = append(all[status], code)
	}
	for status := range all {
		slices.Sort(all[status])
		all[status] = slices.Compact(all[status])
	}
	return all
}

// meaning is a code with what it says.
type meaning struct {
	Code, Statuses string
	Text           []piece
}

// table gives all codes in order.
func (c codes) table() []meaning {
	statuses := map[string][]string{}
	note := func(all []string) {
		for _, refusal := range all {
			status, code, _ := strings.Cut(refusal, " ")
			if !slices.Contains(statuses[code], status) {
				statuses[code] = append(statuses[code], status)
			}
		}
	}
	note(c.Common)
	for _, all := range c.Operations {
		note(all)
	}
	var table []meaning
	for _, code := range slices.Sorted(maps.Keys(statuses)) {
		slices.Sort(statuses[code])
		table = append(table, meaning{code, strings.Join(statuses[code], ", "), pieces(cmp.Or(c.General[code], c.Meanings[code]))})
	}
	return table
}
