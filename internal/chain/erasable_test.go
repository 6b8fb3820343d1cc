package chain_test

import (
	"testing"

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

// TestALineThatIsHiddenFromErasuresIsFound: where a line may say something of somebody beside its actor and its target, its column
// says so, or it was altered; and a line that is looked into in vain is none.
func TestALineThatIsHiddenFromErasuresIsFound(t *testing.T) {
	member := roster.RefMember("mem_a", "Anna")
	for _, c := range []struct {
		what   string
		event  roster.Event
		beside bool
	}{
		{"of the target alone", roster.Event{Target: member, Changes: []roster.Change{{Of: member, Field: "phone", To: "1"}}}, false},
		{"of another member", roster.Event{Target: member, Changes: []roster.Change{{Of: roster.RefMember("mem_b", ""), Field: "status", To: "active"}}}, true},
		{"of their person", roster.Event{Target: member, Changes: []roster.Change{{Of: roster.RefPerson("per_a"), Field: "email", To: "a@example.com"}}}, true},
		{"of another who is not named", roster.Event{Target: member, Changes: []roster.Change{{Of: roster.RefMember("mem_b", ""), Field: "phone"}}}, false},
		{"a reason", roster.Event{Target: member, Changes: []roster.Change{{Of: member, Field: "block_reason", From: "because"}}}, true},
		{"a file's name", roster.Event{Target: roster.Ref{Kind: "import", ID: "imp_a", Name: "by Anna.csv"}}, true},
		{"an invitation in vain", roster.Event{Action: "member.invite", Refused: "seat_limit", Target: roster.Ref{Kind: "member", Name: "Anna"}}, true},
		{"a role", roster.Event{Target: roster.Ref{Kind: "role", ID: "rol_a", Name: "Anna's"}, Changes: []roster.Change{{Of: roster.Ref{Kind: "role", ID: "rol_a"}, Field: "name", To: "Anna's"}}}, false},
	} {
		c.event.Organisation, c.event.Seq, c.event.At = "org_a", 1, at
		l, err := chain.Make(c.event, "")
		if err != nil || l.Beside != c.beside {
			t.Errorf("%s: beside %t, %v", c.what, l.Beside, err)
		}
		for _, says := range []bool{true, false} {
			w := chain.NewWalk("org_a")
			l.Beside = says
			if w.Add(l); len(w.Faults) > 0 != (c.beside && !says) {
				t.Errorf("%s, where the column says %t: %v", c.what, says, w.Faults)
			}
		}
	}
}
