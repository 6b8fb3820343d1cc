package bare

import (
	"encoding/json"
	"fmt"
)

// sampleBody gives a line of the history as long as that of an add: digests for what is personal.
func sampleBody(org, id string) string {
	const digest = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"
	type thing struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
		Name string `json:"name,omitempty"`
	}
	type change struct {
		Of    thing  `json:"of"`
		Field string `json:"field"`
		To    string `json:"to,omitempty"`
	}
	var changes []change
	for _, field := range sampleFields() {
		changes = append(changes, change{thing{"member", id, digest}, field[0], digest})
	}
	text, err := json.Marshal(map[string]any{
		"org": org, "seq": 1000, "at": 1700000000000000, "action": "member.invite", "actor_kind": "member", "actor": "mem_00000000000000000000000000",
		"actor_name": digest, "door": "api", "request": "req_bench", "ip": digest, "target": thing{"member", id, digest}, "changes": changes,
	})
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(text)
}

// sampleFields are what an add changes.
func sampleFields() [][2]string {
	return [][2]string{
		{"kind", "regular"},
		{"status", "invited"},
		{"first_name", "Ada"},
		{"last_name", "Person1000"},
		{"email", "person1000@example.com"},
		{"grant", "role member"},
		{"invitation", "1"},
		{"invitation_ttl", "168h0m0s"},
	}
}

// sampleValues gives the salted values behind such a line.
func sampleValues() string {
	type value struct {
		Salt string `json:"s"`
		Text string `json:"t"`
	}
	add := func(all []value, text string) []value { return append(all, value{"AAAAAAAAAAAAAAAAAAAAAA", text}) }
	all := add(add(add(nil, "Olga Owner"), "203.0.113.1"), "Ada Person1000")
	for _, f := range sampleFields() {
		all = add(add(all, "Ada Person1000"), f[1])
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(fmt.Sprint(err)) // strings only
	}
	return string(text)
}
