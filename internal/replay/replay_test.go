package replay

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
)

// story is a history as lines tell it.
type story struct {
	at    time.Time
	lines []roster.Event
}

func (s *story) line(target roster.Ref, by string, changes ...roster.Change) *story {
	if s.at.IsZero() {
		s.at = time.Date(2026, 11, 22, 9, 0, 0, 250_000_000, time.UTC)
	}
	s.at = s.at.Add(time.Minute)
	s.lines = append(s.lines, roster.Event{Seq: int64(len(s.lines) + 1), At: s.at, ActorID: by, Target: target, Changes: changes})
	return s
}

func (s *story) replay(t *testing.T) *Replay {
	t.Helper()
	r := New(0, 1, 1000)
	for _, e := range s.lines {
		if err := r.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func of(kind, id string) roster.Ref { return roster.Ref{Kind: kind, ID: id, Name: "N"} }

func changed(of roster.Ref, field, from, to string) roster.Change {
	return roster.Change{Of: of, Field: field, From: from, To: to}
}

// says gives what a replay says of a row: a column's value, "?" where it does not know, and the line.
func says(t *testing.T, r *Replay, table int, id, column string) string {
	t.Helper()
	th := r.things[key{table, id}]
	if th == nil {
		return "none"
	}
	v := r.whole(key{table, id}, th)[r.tables[table].at[column]]
	if v.trust == none {
		v.text = "?"
	}
	return fmt.Sprintf("%s by %d", v.text, v.seq)
}

func is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

const mem = "mem_1"

func member(s *story) *story {
	m := of("member", mem)
	return s.line(m, "mem_0", changed(m, "kind", "", "regular"), changed(m, "status", "", "invited"), changed(m, "first_name", "", "Änne"),
		changed(m, "last_name", "", "Berg"), changed(m, "email", "", "A@Example.com"), changed(m, "grant", "", "role owner"))
}

// TestAMemberIsWhatTheLinesMadeOfIt: with what follows from names and addresses, who changed it last, and how often.
func TestAMemberIsWhatTheLinesMadeOfIt(t *testing.T) {
	m := of("member", mem)
	s := member(&story{})
	s.line(m, mem, changed(m, "status", "invited", "active"), changed(m, "person", "", "per_1"), changed(m, "verified_at", "", s.at.Add(time.Minute).Format(time.RFC3339)), changed(m, "sessions", "", "1"))
	s.line(m, "mem_2", changed(m, "first_name", "Änne", "Anna"), changed(m, "grant", "role owner", ""), changed(m, "version", "3", "4"), changed(m, "phone", "", "+49"))
	s.line(m, "mem_3", changed(m, "password", "", "(set)"))
	r := s.replay(t)
	for column, want := range map[string]string{
		"name": "Anna Berg by 3", "sort_name": "anna berg by 3", "email_folded": folded("A@Example.com") + " by 1", "before": " by 1", "person_id": "per_1 by 2", "removed_at": "0 by 1",
		"verified_at": micros(s.lines[1].At) + " by 2", "created_at": micros(s.lines[0].At) + " by 1", "created_by": "mem_0 by 1", "updated_by": "mem_2 by 3", "version": "5 by 3",
	} {
		is(t, column, says(t, r, members, mem, column), want)
	}
	is(t, "the grant", says(t, r, grants, mem+" role owner", "given_by"), "none")
}

// TestLinesOfAnEarlierRosterAreTakenAtWhatTheySay: whole seconds, no key of a role, nobody to whom something was handed
// over; and what was erased is not known.
func TestLinesOfAnEarlierRosterAreTakenAtWhatTheySay(t *testing.T) {
	m, role := of("member", mem), of("role", "role_00000000000000000000000000")
	s := member(&story{})
	s.line(role, "cli", changed(role, "name", "", "Watch"), changed(role, "permission", "", "devices.read"))
	s.line(of("member", "mem_9"), "mem_0", changed(m, "grant", "role owner", ""), changed(m, "grant", "", "role owner"), changed(m, "created_by", "Bob", "Carol"))
	s.line(m, "mem_0", changed(m, "ends_at", "", "2027-01-31T00:00:00Z"), changed(m, "phone", "", chain.Erased))
	r := s.replay(t)
	is(t, "a key", says(t, r, roles, role.ID, "key"), "? by 2")
	is(t, "built in", says(t, r, roles, role.ID, "built_in"), "false by 2")
	if r.things[key{items, role.ID + " permission devices.read"}] == nil {
		t.Error("the role's item is not there")
	}
	is(t, "the giver", says(t, r, grants, mem+" role owner", "given_by"), "? by 3")
	is(t, "the maker", says(t, r, members, mem, "created_by"), "? by 3")
	is(t, "a phone that was erased", says(t, r, members, mem, "phone"), "? by 4")
	end := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	v := r.things[key{members, mem}].values[r.tables[members].at["ends_at"]]
	if !v.fits(micros(end)) || !v.fits(micros(end.Add(time.Millisecond))) || v.fits(micros(end.Add(time.Second))) {
		t.Errorf("an end in whole seconds: %+v", v)
	}
	s.line(of("member", "mem_9"), "mem_0", changed(m, "grant", "role owner", ""), changed(m, "grant", "", "role owner"), changed(m, "given_by", "", "mem_5"), changed(m, "created_by", "Carol", "Dora"), changed(m, "created_by_id", "mem_5", "mem_6"))
	r = s.replay(t)
	is(t, "the giver by name", says(t, r, grants, mem+" role owner", "given_by"), "mem_5 by 5")
	is(t, "the maker by name", says(t, r, members, mem, "created_by"), "mem_6 by 5")
}

// TestPartsTogetherAreTheWhole: each thing is in one part, with what belongs to it; too much for one is told.
func TestPartsTogetherAreTheWhole(t *testing.T) {
	var s story
	for i := range 50 {
		m := of("member", fmt.Sprintf("mem_%d", i))
		s.line(m, "cli", changed(m, "kind", "", "regular"), changed(m, "grant", "", "role owner on unit_1 until 2027-01-31T00:00:00Z"))
	}
	whole, n := s.replay(t), 0
	for part := range 4 {
		r := New(part, 4, 1000)
		for _, e := range s.lines {
			if err := r.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		r.Begin()
		for k := range whole.things {
			if k.table == grants {
				r.Hold(Row{Table: "member_grant", Keys: []string{owner(k.id), "owner", "", "", "unit_1"}, Values: make([]string, 3)})
			}
		}
		if _, count := r.End(); count != len(r.things)/2*3+len(r.things)/2 { // each grant in each column; each member is missing
			t.Errorf("part %d has %d things and finds %d", part, len(r.things), count)
		}
		n += len(r.things)
	}
	if n != len(whole.things) || n != 100 {
		t.Errorf("the parts have %d things, and all together %d", n, len(whole.things))
	}
	r := New(0, 1, 10)
	if !slices.ContainsFunc(s.lines, func(e roster.Event) bool { return errors.Is(r.Add(e), ErrMore) }) {
		t.Error("a part that holds too much does not tell")
	}
}

// TestADriftTellsOfTheLine: what differs, what is missing, what was ended, and what nobody made; refusals count for nothing.
func TestADriftTellsOfTheLine(t *testing.T) {
	s := member(&story{})
	m := of("member", mem)
	s.line(m, mem, changed(m, "grant", "role owner", ""))
	s.line(m, mem, changed(m, "grant", "", "scope network on unit_1"))
	s.lines = append(s.lines, roster.Event{Seq: 4, Refused: "forbidden", Target: m, Changes: []roster.Change{changed(m, "status", "", "blocked")}})
	r := s.replay(t)
	r.Begin()
	r.Hold(Row{"member_grant", []string{mem, "owner", "", "", ""}, make([]string, 3)})
	r.Hold(Row{"member_grant", []string{mem, "", "x.y", "", ""}, make([]string, 3)})
	r.Hold(Row{"member_grant", []string{mem, "", "", "network", "unit_1"}, []string{"5", "mem_7", micros(s.lines[2].At)}})
	drifts, count := r.End()
	got := ""
	for _, d := range drifts {
		got += fmt.Sprintf("%s %s %s: %s, not %s (%d)\n", d.What, d.ID, d.Field, d.Table, d.History, d.Seq)
	}
	is(t, "the drifts", got, `grant mem_1 role owner : (there), not  (2)
grant mem_1 permission x.y : (there), not  (0)
grant mem_1 scope network on unit_1 until_at: 1970-01-01T00:00:00.000005Z, not  (3)
grant mem_1 scope network on unit_1 given_by: mem_7, not mem_1 (3)
member mem_1 : , not (there) (1)
`)
	if count != 5 || r.Lines != 4 {
		t.Errorf("%d drifts after %d lines", count, r.Lines)
	}
}
