package chain_test

import (
	"testing"

	"pgregory.net/rapid"

	"roster/internal/chain"
	"roster/internal/roster"
)

// TestWhatMayBeErased tells by examples what goes with somebody, what may name them elsewhere, and what stays.
func TestWhatMayBeErased(t *testing.T) {
	member, other := roster.RefMember("mem_a", ""), func(kind string) roster.Ref { return roster.Ref{Kind: kind, ID: "x"} }
	for _, c := range []struct {
		what           string
		said           chain.Said
		personal, free bool
	}{
		{"who acted", chain.Said{Place: chain.ActorName, Of: other(string(roster.ActorMember))}, true, false},
		{"from where a person acted", chain.Said{Place: chain.ActorIP, Of: other(string(roster.ActorNobody))}, true, false},
		{"the command line", chain.Said{Place: chain.ActorName, Of: other(string(roster.ActorCLI))}, false, false},
		{"a product", chain.Said{Place: chain.ActorIP, Of: other(string(roster.ActorClient))}, false, false},
		{"what a member is called", chain.Said{Place: chain.TargetName, Of: member}, true, false},
		{"a role's name", chain.Said{Place: chain.TargetName, Of: other("role")}, false, false},
		{"a file's name", chain.Said{Place: chain.ThingName, Of: other("import")}, false, true},
		{"whom somebody tried to invite", chain.Said{Place: chain.TargetName, Of: member, Asked: true}, true, true},
		{"a phone number", chain.Said{Place: chain.To, Of: member, Field: "phone"}, true, false},
		{"a field that is new", chain.Said{Place: chain.To, Of: other("person"), Field: "shoe_size"}, true, false},
		{"a status", chain.Said{Place: chain.From, Of: member, Field: "status"}, false, false},
		{"why somebody is blocked", chain.Said{Place: chain.To, Of: member, Field: "block_reason"}, true, true},
		{"why an operator came", chain.Said{Place: chain.To, Of: other("organisation"), Field: "reason"}, false, true},
		{"an organisation's setting", chain.Said{Place: chain.To, Of: other("organisation"), Field: "erase_after"}, false, false},
		{"a role's scope", chain.Said{Place: chain.To, Of: other("role"), Field: "scope"}, false, false},
		{"a role's description", chain.Said{Place: chain.To, Of: other("role"), Field: "description"}, false, false},
		{"how many an import did", chain.Said{Place: chain.To, Of: other("import"), Field: "done"}, false, false},
		{"whom an export was for", chain.Said{Place: chain.To, Of: other("export"), Field: "filter"}, false, true},
	} {
		if c.said.Personal() != c.personal || c.said.Free() != c.free || c.said.Erasable() != (c.personal || c.free) {
			t.Errorf("%s: personal %t, free %t", c.what, c.said.Personal(), c.said.Free())
		}
	}
}

// TestNoLineWithAFreeTextIsPassedOver: what Freely tells of a body without taking it apart leaves out no text that is Free.
func TestNoLineWithAFreeTextIsPassedOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := func(label string) roster.Ref {
			return roster.Ref{Kind: rapid.SampledFrom([]string{"member", "person", "organisation", "role", "import", "file", "export", "job"}).Draw(t, label), ID: "x", Name: "Anna"}
		}
		e := roster.Event{
			Organisation: "org_a", Seq: 1, At: at, Action: rapid.SampledFrom([]string{"member.invite", "member.edit"}).Draw(t, "action"),
			ActorKind: roster.ActorMember, ActorID: "mem_o", ActorName: "Olga", Target: ref("target"), Refused: rapid.SampledFrom([]string{"", "seat_limit"}).Draw(t, "refused"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			field := rapid.SampledFrom([]string{"status", "reason", "block_reason", "filter", "scope", "inviter", "to", "created_by"}).Draw(t, "field")
			e.Changes = append(e.Changes, roster.Change{Of: ref("of"), Field: field, From: "was", To: "is"})
		}
		l, err := chain.Make(e, "")
		if err != nil {
			t.Fatal(err)
		}
		_, n, err := chain.Erase(l.Body, l.Kept, chain.Said.Free)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && !chain.Freely(l.Body) {
			t.Errorf("it has %d of them: %s", n, l.Body)
		}
	})
}
