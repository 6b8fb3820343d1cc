package replay

import (
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
)

// Replay is what the lines that were added so far make of an organisation, or of a part of it: which of so many parts
// something is in follows from the ID of the member, role or customer account.
type Replay struct {
	Lines int64

	part, parts int
	most        int
	tables      []shape
	things      map[key]*thing
	ended       map[key]int64 // by which line
	given       *thing        // the grant that a line told of last
	turn        int           // of holding
	drifts      []Drift
	count       int
}

// ErrMore tells that a part holds more than it may: there must be more parts.
var ErrMore = errors.New("replay: too much for one part")

// key names a thing: its table's place in Tables, and what it is known by there.
type key struct {
	table int
	id    string
}

// shape is a table and where its columns are.
type shape struct {
	Table
	rebuilt []Column
	at      map[string]int
}

// value is what the history says of a column.
type value struct {
	text  string
	seq   int64 // the line that says so
	trust trust
}

// trust is how far a value is known.
type trust int8

const (
	exact  trust = iota
	coarse       // a moment in whole seconds
	none         // it was erased, or the line is of a time when lines did not tell
)

// thing is a row as it is rebuilt.
type thing struct {
	name   string // what the last line called it
	values []value
	since  int64
	seen   int // the turn in which it was found in its table

	line int64 // the last line that changed it, and the field of it that it told of last
	last int
}

// New begins a replay of one of so many parts, which holds at most so many things.
func New(part, parts, most int) *Replay {
	r := &Replay{part: part, parts: parts, most: most, things: map[key]*thing{}, ended: map[key]int64{}}
	for _, t := range Tables() {
		s := shape{t, t.Rebuilt(), map[string]int{}}
		for i, c := range s.rebuilt {
			s.at[c.Name] = i
		}
		r.tables = append(r.tables, s)
	}
	return r
}

// mine tells whether something is in this part.
func (r *Replay) mine(id string) bool {
	if r.parts <= 1 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32()%uint32(r.parts)) == r.part
}

// Add goes on by one line. Lines are added in their order, all of them. It is ErrMore when this part has become too large.
func (r *Replay) Add(e roster.Event) error {
	r.Lines++
	if e.Refused != "" {
		return nil
	}
	for _, c := range e.Changes {
		if r.mine(c.Of.ID) {
			r.change(&e, c)
		}
	}
	if len(r.things)+len(r.ended) > r.most {
		return ErrMore
	}
	return nil
}

func (r *Replay) change(e *roster.Event, c roster.Change) {
	switch c.Of.Kind {
	case "member":
		switch c.Field {
		case "grant":
			r.grant(e, c)
		case fieldGiver:
			r.giver(e, c)
		default:
			r.member(e, c)
		}
	case "role":
		switch c.Field {
		case "permission", "scope":
			r.item(e, c)
		default:
			r.role(e, c)
		}
	case "unit":
		r.unit(e, c)
	}
}

// begin begins a thing, made by the line.
func (r *Replay) begin(e *roster.Event, table int, id string) *thing {
	k := key{table, id}
	t := &thing{values: make([]value, len(r.tables[table].rebuilt)), since: e.Seq, line: e.Seq, last: -1}
	for i := range t.values {
		t.values[i].seq = e.Seq
	}
	delete(r.ended, k)
	r.things[k] = t
	return t
}

// made sets who made a thing, and when.
func (r *Replay) made(e *roster.Event, table int, t *thing) {
	r.set(e, table, t, "created_at", micros(e.At))
	r.set(e, table, t, "created_by", e.ActorID)
	r.set(e, table, t, "version", "1")
	r.updated(e, table, t)
}

func (r *Replay) updated(e *roster.Event, table int, t *thing) {
	r.set(e, table, t, "updated_at", micros(e.At))
	r.set(e, table, t, "updated_by", e.ActorID)
}

func (r *Replay) end(e *roster.Event, table int, id string) {
	delete(r.things, key{table, id})
	r.ended[key{table, id}] = e.Seq
}

func (r *Replay) set(e *roster.Event, table int, t *thing, column, text string) {
	v := value{text: text, seq: e.Seq}
	if text == chain.Erased {
		v = value{seq: e.Seq, trust: none}
	}
	t.values[r.tables[table].at[column]] = v
}

// moment sets a moment that a line gives. Lines of an earlier Roster give whole seconds: of an act's own moment the rest
// is the line's, of others it is not known.
func (r *Replay) moment(e *roster.Event, table int, t *thing, column, text string, own bool) {
	v := value{seq: e.Seq}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case text == "":
		v.text = "0"
	case err != nil:
		v.trust = none
	case own && at.Equal(e.At.Truncate(time.Second)):
		v.text = micros(e.At)
	default:
		v.text = micros(at)
		if at.Nanosecond() == 0 {
			v.trust = coarse
		}
	}
	t.values[r.tables[table].at[column]] = v
}

func micros(at time.Time) string { return strconv.FormatInt(at.UnixMicro(), 10) }

// written writes a moment for people.
func written(at int64) string { return time.UnixMicro(at).UTC().Format(time.RFC3339Nano) }

// counts raises a thing's version for the first of the fields that one statement changed: it tells of them in the order
// of all. Another statement of the same line begins anew.
func (r *Replay) counts(e *roster.Event, table int, t *thing, field string, all []string) {
	at := slices.Index(all, field)
	if t.line != e.Seq || at <= t.last {
		v := &t.values[r.tables[table].at["version"]]
		n, _ := strconv.ParseInt(v.text, 10, 64)
		v.text, v.seq = strconv.FormatInt(n+1, 10), e.Seq
	}
	t.line, t.last = e.Seq, at
}

// version sets the version that a line gives; what the line tells after it is another statement's.
func (r *Replay) version(e *roster.Event, table int, t *thing, text string, all []string) {
	r.set(e, table, t, "version", text)
	t.line, t.last = e.Seq, len(all)
}
