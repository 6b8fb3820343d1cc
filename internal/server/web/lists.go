package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
)

// Lists is the two-list editor: what can be given beside what is there. It is a part of a form and works
// without scripts: ticks and the buttons named "do" move entries by a round trip, see ListState.Moved.
type Lists struct {
	Groups    []ListGroup
	Has       []ListLine
	Was       []ListLine // what stands there before the form is saved; the summary tells the difference
	Inherited []Inherited
	State     ListState
	Places    []Option // where something may be given, by unit; none where places have no meaning
	Search    string   // the address that searches for more places; empty when Places are all
	Ends      bool     // what is given may end
	Now       time.Time
	Error     string
}

// ListGroup is a part of both lists: roles, scopes, the permissions of one scope.
type ListGroup struct {
	Key, Name string
	Items     []ListItem
}

// ListItem is something that can be given, or cannot and why.
type ListItem struct {
	Key         string // "role:", "scope:" or "permission:" and its key
	Name        string
	Description string
	Kind        string // of a permission: "read", "write", "irreversible"
	Note        string // such as where it comes from already
	Reason      string // why the viewer cannot give it; empty when they can
}

// ListLine is something that is there: what, where and until when.
type ListLine struct {
	Key    string
	Place  string // a unit's ID; empty is the organisation
	Where  string // the place's name
	Until  string // a day as forms write it; empty without an end
	Reason string // why the viewer cannot take it away; empty when they can
}

// Inherited is what is there through something else, such as a role, and cannot be taken away alone.
type Inherited struct{ Name, Source string }

// ListState is the editor as a form sent it.
type ListState struct {
	Lines []ListLine // Key, Place and Until alone
	Take  []int      // ticked among Lines
	Give  []string   // ticked keys of what can be given
	Place string     // where it is to be given
	Until string     // and until when
	Find  string     // the place that is looked for
	Do    string     // the button: "give", "take", "find", or another to save
}

// mostLines bounds how many entries a form may carry.
const mostLines = 2000

// ReadLists takes the editor's fields out of a form's; the rest stays. Kind Invalid for a form that was
// not made by Lists.
func ReadLists(fields map[string]string) (ListState, error) {
	var s ListState
	lines := map[int]ListLine{}
	for name, value := range maps.Clone(fields) {
		part, rest, _ := strings.Cut(name, ".")
		n, wrong := strconv.Atoi(rest)
		switch {
		case part == "give" && rest != "":
			s.Give = append(s.Give, rest)
		case (part == "line" || part == "end" || part == "take") && rest != "" && (wrong != nil || n < 0 || n > mostLines):
			return ListState{}, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
		case part == "line" && rest != "":
			l := lines[n]
			l.Key, l.Place, _ = strings.Cut(value, "@")
			lines[n] = l
		case part == "end" && rest != "":
			l := lines[n]
			l.Until = strings.TrimSpace(value)
			lines[n] = l
		case part == "take" && rest != "":
			s.Take = append(s.Take, n)
		default:
			continue
		}
		delete(fields, name)
	}
	for field, to := range map[string]*string{"place": &s.Place, "until": &s.Until, "find": &s.Find, "do": &s.Do} {
		*to = strings.TrimSpace(fields[field])
		delete(fields, field)
	}
	numbers := slices.Sorted(maps.Keys(lines))
	for i, n := range numbers {
		if lines[n].Key == "" {
			return ListState{}, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
		}
		s.Lines = append(s.Lines, lines[n])
		for k, t := range s.Take {
			if t == n {
				s.Take[k] = i
			}
		}
	}
	slices.Sort(s.Give)
	return s, nil
}

// Again tells whether the form is to be shown again, with what was ticked moved, and not saved.
func (s ListState) Again() bool { return s.Do == "give" || s.Do == "take" || s.Do == "find" }

// Moved gives the state with what was ticked moved to the other list: by its own button, or by saving.
// What is given anew at a place where it is already takes the new end.
func (s ListState) Moved() ListState {
	now := s
	now.Lines = nil
	for i, l := range s.Lines {
		if s.Do == "give" || s.Do == "find" || !slices.Contains(s.Take, i) {
			now.Lines = append(now.Lines, l)
		}
	}
	switch s.Do {
	case "find":
		return now
	case "take":
		now.Take = nil // the numbers are those of lines that went
		return now
	}
	for _, key := range s.Give {
		line := ListLine{Key: key, Place: s.Place, Until: s.Until}
		if i := slices.IndexFunc(now.Lines, line.same); i >= 0 {
			now.Lines[i] = line
			continue
		}
		now.Lines = append(now.Lines, line)
	}
	now.Give = nil
	if s.Do != "give" {
		now.Take = nil
	}
	return now
}

func (l ListLine) same(other ListLine) bool { return l.Key == other.Key && l.Place == other.Place }

// LastDay writes the last day of something that ends, as forms carry it; empty without an end. A grant that
// ends at midnight lasted the day before.
func LastDay(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return until.Add(-time.Microsecond).UTC().Format(time.DateOnly)
}

// EndOf reads a form's last day: the end is the midnight after it, in UTC. A day that still is the one
// of an end known before keeps that end exactly. Kind Invalid, code until_invalid.
func EndOf(day string, before time.Time) (time.Time, error) {
	if day == "" || day == LastDay(before) {
		if day == "" {
			return time.Time{}, nil
		}
		return before, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}, roster.Errorf(roster.Invalid, "until_invalid", "Write the last day as year, month and day, such as 2027-03-31.").On("until")
	}
	return roster.NamedEnd(t.AddDate(0, 0, 1)), nil
}

// AtLists gives a form's error with what is wrong with grants, permissions or scopes put to the editor.
func AtLists(err error) error {
	e := *roster.AsError(err)
	if e.Kind == roster.Internal {
		return err
	}
	at := func(field string) string {
		name, _, _ := strings.Cut(field, "[")
		switch name {
		case "grants", "permissions", "scopes", "until", "unit":
			return "lists"
		}
		return field
	}
	e.Field, e.Fields = at(e.Field), slices.Clone(e.Fields)
	for i := range e.Fields {
		e.Fields[i].Field = at(e.Fields[i].Field)
	}
	return &e
}

// Item finds an item by its key; one that is not offered is called by its key.
func (l Lists) Item(key string) ListItem {
	for _, g := range l.Groups {
		for _, i := range g.Items {
			if i.Key == key {
				return i
			}
		}
	}
	_, name, _ := strings.Cut(key, ":")
	return ListItem{Key: key, Name: name}
}

// at gives the lines of a group with their numbers in the form.
func (l Lists) at(g ListGroup) map[int]ListLine {
	in := map[int]ListLine{}
	for n, line := range l.Has {
		if slices.ContainsFunc(g.Items, func(i ListItem) bool { return i.Key == line.Key }) {
			in[n] = line
		}
	}
	return in
}

// stray gives the lines that stand in no group, such as a permission that the catalogue has no more.
func (l Lists) stray() map[int]ListLine {
	in := map[int]ListLine{}
	for n, line := range l.Has {
		in[n] = line
	}
	for _, g := range l.Groups {
		for n := range l.at(g) {
			delete(in, n)
		}
	}
	return in
}

func (l Lists) placed() bool { return len(l.Places) > 0 }

// canGive and canTake tell whether anything in a list can be ticked or opened, and so be reached by keyboard.
func (l Lists) canGive() bool {
	return slices.ContainsFunc(l.Groups, func(g ListGroup) bool {
		return slices.ContainsFunc(g.Items, func(i ListItem) bool { return i.Reason == "" && !l.hides(i.Key) })
	})
}

func (l Lists) canTake() bool {
	return l.Ends && len(l.Has) > 0 || len(l.Inherited) > 0 || slices.ContainsFunc(l.Has, func(h ListLine) bool { return h.Reason == "" })
}

// stop makes a list that scrolls and has nothing to stop at a stop itself.
func stop(inside bool) string {
	if inside {
		return "-1"
	}
	return "0"
}

// hides tells whether an item stands on the other side: without places nothing is given twice.
func (l Lists) hides(key string) bool {
	return !l.placed() && slices.ContainsFunc(l.Has, func(h ListLine) bool { return h.Key == key })
}

func (l Lists) isNew(line ListLine) bool { return !slices.ContainsFunc(l.Was, line.same) }

// gains, loses and changes are what saving would do; JavaScript keeps them as the lists change.
func (l Lists) gains() []ListLine { return without(l.Has, l.Was) }

func (l Lists) loses() []ListLine { return without(l.Was, l.Has) }

func (l Lists) changes() []ListLine {
	var out []ListLine
	for _, now := range l.Has {
		if i := slices.IndexFunc(l.Was, now.same); i >= 0 && l.Was[i].Until != now.Until {
			out = append(out, now)
		}
	}
	return out
}

func without(a, b []ListLine) []ListLine {
	return slices.DeleteFunc(slices.Clone(a), func(l ListLine) bool { return slices.ContainsFunc(b, l.same) })
}

// was writes what stands there before, for the module.
func (l Lists) was() string {
	type line struct{ Key, Place, Where, Until, Name string }
	all := []line{}
	for _, w := range l.Was {
		all = append(all, line{w.Key, w.Place, w.Where, w.Until, l.Item(w.Key).Name})
	}
	data, err := json.Marshal(all)
	if err != nil {
		return "[]"
	}
	return string(data)
}

// words tells a line of the summary: what, where, until when.
func (l Lists) words(p Page, line ListLine) string {
	s := l.Item(line.Key).Name
	if l.placed() {
		s = p.Say("lists.line", "what", s, "where", line.Where)
	}
	if line.Until != "" {
		s = p.Say("lists.line.until", "line", s, "day", p.shownDay(line.Until))
	}
	return s
}

// ShownDay writes the last day of something that ends, in words.
func (p Page) ShownDay(until time.Time) string { return p.shownDay(LastDay(until)) }

// shownDay writes a form's day in words.
func (p Page) shownDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.Words.ShortDay(t)
}
