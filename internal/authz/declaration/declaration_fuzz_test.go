package declaration_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"roster/internal/authz"
	"roster/internal/authz/declaration"
	"roster/internal/roster"
)

// FuzzParse: a catalogue's file is refused in words, or is read, and then is the same when it is written as JSON and read
// again; whether its parts fit together is told without a fall.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "{}", `{"scopes":[{"key":"network","name":"Network"}]}`, "scopes: [{key: network, name: Network}]\npermissions:\n- {key: devices.read, scope: network, kind: read, name: See}\n",
		"mappings: [{action: edit, resource_type: note, when: {resource.status: sealed, subject.age: 1e3}, permission: notes.edit, unit_from: organisation}]", "a: &a [*a]", "--- {}\n--- {}", "\xff", `{"scopes":null}`, "scopes: {a: b}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := declaration.Parse(data)
		if err != nil {
			if e := roster.AsError(err); e.Kind != roster.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		_, _ = authz.NewCatalogue(1, d)
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := declaration.Parse(text)
		if err != nil {
			t.Fatalf("what was written is refused: %v: %s", err, text)
		}
		if second, err := json.Marshal(again); err != nil || !reflect.DeepEqual(second, text) {
			t.Fatalf("%s became %s", text, second)
		}
	})
}
