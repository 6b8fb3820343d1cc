package declaration

import (
	"reflect"
	"strings"
	"testing"

	"roster/internal/authz"
	"roster/internal/roster"
)

func TestYAMLAndJSONSayTheSame(t *testing.T) {
	want := authz.Declaration{
		Scopes:      []authz.Scope{{Key: "network", Name: "Network", Description: "SIM cards \U0001F4F6"}},
		Permissions: []authz.Permission{{Key: "sim.read", Scope: "network", Kind: authz.Read, Name: "See"}},
		Mappings:    []authz.Mapping{{Action: "view", ResourceType: "sim", When: map[string]any{"resource.active": true, "resource.slot": 2.0, "context.by": "app", "resource.lock": nil}, Own: "owner", Permission: "sim.read", UnitFrom: "resource.account"}},
	}
	for name, text := range map[string]string{
		"yaml": `
scopes:
  - {key: network, name: Network, description: "SIM cards \U0001F4F6"}
permissions:
  - key: sim.read
    scope: network
    kind: read
    name: See
mappings:
  - action: view
    resource_type: sim
    when: {resource.active: true, resource.slot: 2, context.by: app, resource.lock: null}
    own: owner
    permission: sim.read
    unit_from: resource.account
`,
		"json": `{"scopes": [{"key": "network", "name": "Network", "description": "SIM cards \ud83d\udcf6"}],
	"permissions": [{"key": "sim.read", "scope": "network", "kind": "read", "name": "See"}],
	"mappings": [{"action": "view", "resource_type": "sim", "when": {"resource.active": true, "resource.slot": 2, "context.by": "app", "resource.lock": null},
		"own": "owner", "permission": "sim.read", "unit_from": "resource.account"}]}`,
	} {
		got, err := Parse([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if _, err := authz.NewCatalogue(1, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d, err := Parse([]byte("# nothing\n")); err != nil || !reflect.DeepEqual(d, authz.Declaration{}) {
		t.Errorf("an empty document: %+v, %v", d, err)
	}
}

func TestWhatIsNoDeclarationIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"unknown field, yaml":            "scopes: []\nroles: []",
		"unknown field, json":            `{"roles": []}`,
		"unknown field inside, yaml":     "scopes: [{key: a, name: A, colour: red}]",
		"unknown field inside, json":     `{"scopes": [{"key": "a", "colour": "red"}]}`,
		"field twice, yaml":              "scopes: []\nscopes: []",
		"field twice, json":              `{"scopes": [], "scopes": []}`,
		"field twice in other case":      `{"scopes": [{"key": "a", "Key": "b"}]}`,
		"other case, yaml":               "Scopes: []",
		"condition twice, yaml":          "mappings: [{when: {resource.a: 1, resource.a: 2}}]",
		"condition that is a list":       "mappings: [{action: a, permission: b.c, when: {resource.a: [1]}}]",
		"condition that is an object":    `{"mappings": [{"when": {"resource.a": {}}}]}`,
		"condition that is not a number": "mappings: [{action: a, permission: b.c, when: {resource.a: .nan}}]",
		"two documents":                  "scopes: []\n---\nscopes: []",
		"two objects":                    `{"scopes": []} {"scopes": []}`,
		"NUL in a mapping, yaml":         `mappings: [{action: "a\0", permission: b.c}]`,
		"NUL in a condition, json":       `{"mappings": [{"action": "a", "permission": "b.c", "when": {"resource.a": "\u0000"}}]}`,
		"NUL in a condition's name":      `mappings: [{action: a, permission: b.c, when: {"resource.\0": 1}}]`,
		"a list":                         "- a",
		"a text":                         "scopes",
		"broken":                         "scopes: [",
		"broken json":                    `{"scopes": [}`,
		"an alias of itself":             "scopes: &a [*a]",
		"too large":                      "#" + strings.Repeat("x", largest),
	} {
		if d, err := Parse([]byte(text)); !roster.Is(err, "catalogue_malformed") || !reflect.DeepEqual(d, authz.Declaration{}) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}
