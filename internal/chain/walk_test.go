package chain_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/chain"
	"roster/internal/roster"
)

// at is when the history of these tests begins.
var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// history makes a history of lines that tell of names, some of them again, and from which Anna was erased or not.
func history(t *rapid.T) []chain.Line {
	var all []chain.Line
	head := ""
	for i := range rapid.IntRange(2, 12).Draw(t, "lines") {
		e := roster.Event{
			Organisation: "org_a", Seq: int64(i + 1), At: at.Add(time.Duration(i) * time.Minute), Action: "member.edit",
			ActorKind: roster.ActorMember, ActorID: "mem_o", ActorName: "Olga", Door: roster.DoorAPI, IP: "192.0.2.1",
			Target: roster.RefMember("mem_a", "Anna"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			e.Changes = append(e.Changes, roster.Change{Of: e.Target, Field: "first_name", From: rapid.StringMatching("[a-z]{0,3}").Draw(t, "from"), To: "Anna"})
		}
		l, err := chain.Make(e, head)
		if err != nil {
			t.Fatal(err)
		}
		all, head = append(all, l), l.Hash
	}
	if rapid.Bool().Draw(t, "erased") {
		all = append(all, erased(t, all, head, true))
	}
	return all
}

// erased deletes what lines say of Anna, and gives the line of that, which tells of how many texts or, as once, does not.
func erased(t interface{ Fatal(args ...any) }, all []chain.Line, head string, tells bool) chain.Line {
	texts := 0
	for i := range all {
		left, n, err := chain.Erase(all[i].Body, all[i].Kept, func(s chain.Said) bool { return s.Of.ID == "mem_a" })
		if err != nil {
			t.Fatal(err)
		}
		all[i].Kept, texts = left, texts+n
	}
	of := roster.RefMember("mem_a", "")
	e := roster.Event{Organisation: "org_a", Seq: int64(len(all) + 1), At: at, Action: chain.Erasure, ActorKind: roster.ActorMember, ActorID: "mem_o", ActorName: "Olga", Target: of}
	if e.Changes = []roster.Change{{Of: of, Field: "erased", From: "history"}}; tells {
		e.Changes = append(e.Changes, chain.Told(of, texts))
	}
	l, err := chain.Make(e, head)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// blanked gives what is kept beside a line without one of its texts, as somebody deletes it who can write the database; n
// counts those that are there.
func blanked(t interface{ Fatal(args ...any) }, kept string, n int) string {
	var all []map[string]string
	if err := json.Unmarshal([]byte(kept), &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v["t"] == "" {
			continue
		}
		if n == 0 {
			v["s"], v["t"] = "", ""
			break
		}
		n--
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func walked(lines []chain.Line, marks ...chain.Mark) []chain.Fault {
	w := chain.NewWalk("org_a")
	w.Expect(marks...)
	for _, l := range lines {
		w.Add(l)
	}
	w.End()
	return w.Faults
}

func mark(l chain.Line) chain.Mark {
	return chain.Mark{Organisation: "org_a", Seq: l.Seq, Hash: l.Hash, At: at}
}

// rewritten gives the lines from one position on with sound hashes again, as somebody makes them who can write the
// database and knows how.
func rewritten(lines []chain.Line, from int) []chain.Line {
	all := slices.Clone(lines)
	for i := from; i < len(all); i++ {
		head := ""
		if i > 0 {
			head = all[i-1].Hash
		}
		all[i].Hash = chain.Next(head, all[i].Body)
	}
	return all
}

// TestAnyAlterationIsFound: a history verifies, and with one checkpoint of its end kept elsewhere no single alteration of it
// does, not even one that makes every hash anew.
func TestAnyAlterationIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := history(t)
		end := mark(lines[len(lines)-1])
		if faults := walked(lines, end, mark(lines[0])); len(faults) > 0 {
			t.Fatalf("a sound history: %v", faults)
		}
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "at")
		j := rapid.IntRange(0, len(lines)-1).Filter(func(j int) bool { return j != i }).Draw(t, "and")
		altered := slices.Clone(lines)
		switch way := rapid.SampledFrom([]string{"body", "text", "blanked text", "erased salt", "text into salt", "salt into text", "column", "hash", "drop", "swap", "insert", "cut", "anew"}).Draw(t, "way"); way {
		case "body":
			altered[i].Body = strings.Replace(altered[i].Body, "member.e", "member.x", 1)
		case "text":
			altered[i].Kept = strings.Replace(altered[i].Kept, "Olga", "Olaf", 1)
		case "blanked text":
			altered[i].Kept = blanked(t, altered[i].Kept, rapid.IntRange(0, 1).Draw(t, "which"))
		case "erased salt":
			altered[i].Kept = strings.Replace(altered[i].Kept, `"s":"`, `"s":"x`, 1)
		case "text into salt": // of both together the digest is the same
			altered[i].Kept = strings.Replace(altered[i].Kept, `","t":"Olga"`, `Olga","t":""`, 1)
		case "salt into text":
			before, after, _ := strings.Cut(altered[i].Kept, `","t":"Olga"`)
			last := len(before) - 1
			altered[i].Kept = before[:last] + `","t":"` + before[last:] + `Olga"` + after
		case "column":
			altered[i].Actor = "mem_x"
		case "hash":
			altered[i].Hash = altered[j].Hash
		case "drop":
			altered = slices.Delete(altered, i, i+1)
		case "swap":
			altered[i], altered[j] = altered[j], altered[i]
		case "insert":
			altered = slices.Insert(altered, i, altered[j])
		case "cut":
			altered = altered[:len(altered)-1-i%(len(altered)-1)]
		case "anew":
			altered[i].Body = strings.Replace(altered[i].Body, "member.e", "member.x", 1)
			altered[i].Action = strings.Replace(altered[i].Action, "member.e", "member.x", 1)
			altered = rewritten(altered, i)
		}
		if faults := walked(altered, end); len(faults) == 0 {
			t.Fatal("nobody noticed")
		}
	})
}

// TestFaultsAreNamed tells what was done to a history, and where.
func TestFaultsAreNamed(t *testing.T) {
	var lines []chain.Line
	head := ""
	for i := range int64(6) {
		l, err := chain.Make(roster.Event{Organisation: "org_a", Seq: i + 1, At: at, Action: "member.edit", ActorKind: roster.ActorCLI, Target: roster.RefMember("mem_a", "Anna")}, head)
		if err != nil {
			t.Fatal(err)
		}
		lines, head = append(lines, l), l.Hash
	}
	altered := slices.Clone(lines)
	altered[2].Body = strings.Replace(altered[2].Body, "member.edit", "member.exit", 1)
	moved := slices.Clone(lines)
	moved[2], moved[3] = moved[3], moved[2]
	for _, c := range []struct {
		name  string
		lines []chain.Line
		marks []chain.Mark
		seq   int64
		want  string
	}{
		{"altered", altered, nil, 3, "does not follow"},
		{"one dropped", slices.Delete(slices.Clone(lines), 2, 3), nil, 3, "line 3 is missing"},
		{"two dropped", slices.Delete(slices.Clone(lines), 2, 4), nil, 3, "lines 3 to 4 are missing"},
		{"moved", moved, nil, 3, "line 3 is missing"},
		{"inserted", slices.Insert(slices.Clone(lines), 4, lines[1]), nil, 2, "stands after line 4: it was inserted or moved"},
		{"cut", lines[:4], []chain.Mark{mark(lines[5])}, 4, "a checkpoint of 2026-11-22T09:00:00Z saw line 6: its end was cut off"},
		{"written anew", lines, []chain.Mark{{Organisation: "org_a", Seq: 4, Hash: "other", At: at}}, 4, "was written anew"},
		{"two checkpoints", lines, []chain.Mark{mark(lines[3]), {Organisation: "org_a", Seq: 4, Hash: "other", At: at}}, 4, "two checkpoints disagree"},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := walked(c.lines, c.marks...)
			if len(faults) == 0 || faults[0].Seq != c.seq || !strings.Contains(faults[0].What, c.want) {
				t.Errorf("found %v, not %q at line %d", faults, c.want, c.seq)
			}
		})
	}
	if faults := walked(lines, chain.Mark{Organisation: "org_b", Seq: 2, Hash: "other"}); len(faults) > 0 {
		t.Errorf("a checkpoint of another history counts: %v", faults)
	}
}

// TestTextsGoByErasuresAlone: a text that no erasure tells of is missed, and so is one where no erasure deletes any; a history of
// which an earlier Roster erased something without telling how much goes on verifying.
func TestTextsGoByErasuresAlone(t *testing.T) {
	fresh := func() (lines []chain.Line, head string) {
		for i := range int64(4) {
			e := roster.Event{Organisation: "org_a", Seq: i + 1, At: at, Action: "member.edit", ActorKind: roster.ActorMember, ActorID: "mem_o", ActorName: "Olga", Target: roster.RefMember("mem_a", "Anna")}
			e.Changes = []roster.Change{{Of: e.Target, Field: "status", From: "invited"}, {Of: e.Target, Field: "phone", To: "+4930"}}
			l, err := chain.Make(e, head)
			if err != nil {
				t.Fatal(err)
			}
			lines, head = append(lines, l), l.Hash
		}
		return lines, head
	}
	whole, _ := fresh()
	byHand := slices.Clone(whole)
	byHand[1].Kept = blanked(t, byHand[1].Kept, 0)
	told, head := fresh()
	told = append(told, erased(t, told, head, true))
	more := slices.Clone(told)
	more[2].Kept = blanked(t, more[2].Kept, 0)
	misplaced := slices.Clone(told)
	misplaced[2].Kept = blanked(t, misplaced[2].Kept, 1) // Olga, and then the status
	uncounted := slices.Clone(told)
	uncounted[4].Kept = blanked(t, uncounted[4].Kept, 2) // Olga, what was erased, and how many that were
	older, head := fresh()
	older = append(older, erased(t, older, head, false))
	for _, c := range []struct {
		name  string
		lines []chain.Line
		seq   int64
		want  string
	}{
		{"whole", whole, 0, ""},
		{"one by hand", byHand, 4, "1 of its texts are gone"},
		{"told", told, 0, ""},
		{"one more", more, 5, "texts are gone"},
		{"where none is erased", misplaced, 3, "a text was deleted that no erasure deletes"},
		{"the count itself", uncounted, 5, "a text was deleted that no erasure deletes"},
		{"an older one", older, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := walked(c.lines)
			if c.want == "" && len(faults) > 0 {
				t.Errorf("found %v", faults)
			}
			if c.want != "" && (len(faults) != 1 || faults[0].Seq != c.seq || !strings.Contains(faults[0].What, c.want)) {
				t.Errorf("found %v, not %q at line %d", faults, c.want, c.seq)
			}
		})
	}
}
