package replay

import (
	"slices"
	"strings"

	"roster/internal/roster"
)

// The fields by which lines name members by their IDs beside the names that people read.
const (
	fieldGiver = "given_by"      // of the grant before it, where it is not who acted
	fieldMaker = "created_by_id" // to whom an API user was handed over
)

// memberFields are the fields that one statement about a member tells of, in its order.
func memberFields() []string {
	return []string{
		"kind", "status", "status_before_block", "person", "unit", "external_id", "first_name", "last_name", "name", "email", "phone",
		"client_id", "block_reason", "verified_at", "removed_at",
	}
}

// columnOf gives the column in which a field stands, where it is called otherwise.
func columnOf(field string) string {
	switch field {
	case "status_before_block":
		return "before"
	case "person":
		return "person_id"
	case "unit":
		return "unit_id"
	case "parent":
		return "parent_id"
	case "archived":
		return "archived_at"
	case "for":
		return "members"
	}
	return field
}

func (r *Replay) member(e *roster.Event, c roster.Change) {
	t := r.things[key{members, c.Of.ID}]
	if t == nil {
		if c.Field != "kind" || c.From != "" {
			return
		}
		t = r.begin(e, members, c.Of.ID)
		r.made(e, members, t)
		r.empty(e, members, t, "verified_at", "removed_at", "erased_at", "ends_at", "signed_out_at")
	}
	t.name = c.Of.Name
	all := memberFields()
	switch c.Field {
	case "version":
		r.version(e, members, t, c.To, all)
		r.updated(e, members, t)
	case "picture", "allowed_from":
		r.set(e, members, t, c.Field, c.To)
	case "ends_at", "signed_out_at":
		r.moment(e, members, t, c.Field, c.To, false)
	case "created_by": // it gives names; the ID stands beside it
		r.counts(e, members, t, c.Field, all)
		t.values[r.tables[members].at["created_by"]] = value{seq: e.Seq, trust: none}
	case fieldMaker:
		r.set(e, members, t, "created_by", c.To)
	case "erased":
		r.erased(e, t, c.From)
	default:
		r.field(e, members, t, c, all)
	}
}

// erased empties what an erasure empties in a member's row: of who was erased, or why somebody else is blocked where that
// named them. What else it deletes is not of these tables.
func (r *Replay) erased(e *roster.Event, t *thing, what string) {
	switch what {
	case "profile":
		for _, column := range []string{"first_name", "last_name", "name", "email", "phone", "external_id", "block_reason", "picture", "allowed_from", "person_id"} {
			r.set(e, members, t, column, "")
		}
		r.empty(e, members, t, "verified_at", "signed_out_at")
		r.set(e, members, t, "erased_at", micros(e.At))
		r.updated(e, members, t)
	case "reason":
		r.set(e, members, t, "block_reason", "")
	default:
		return
	}
	r.counts(e, members, t, "erased", memberFields())
}

// field sets a field that one statement may change together with others.
func (r *Replay) field(e *roster.Event, table int, t *thing, c roster.Change, all []string) {
	column := columnOf(c.Field)
	at, there := r.tables[table].at[column]
	if !there || !slices.Contains(all, c.Field) {
		return
	}
	r.counts(e, table, t, c.Field, all)
	r.updated(e, table, t)
	if r.tables[table].rebuilt[at].Form == Moment {
		r.moment(e, table, t, column, c.To, true)
	} else {
		r.set(e, table, t, column, c.To)
	}
}

// empty sets moments that there are not.
func (r *Replay) empty(e *roster.Event, table int, t *thing, columns ...string) {
	for _, c := range columns {
		r.set(e, table, t, c, "0")
	}
}

func (r *Replay) unit(e *roster.Event, c roster.Change) {
	t := r.things[key{units, c.Of.ID}]
	if t == nil {
		if c.Field != "kind" || c.From != "" {
			return
		}
		t = r.begin(e, units, c.Of.ID)
		r.made(e, units, t)
		r.empty(e, units, t, "archived_at")
	}
	t.name = c.Of.Name
	r.field(e, units, t, c, []string{"kind", "name", "parent", "external_id", "archived"})
}

func (r *Replay) role(e *roster.Event, c roster.Change) {
	t := r.things[key{roles, c.Of.ID}]
	switch {
	case c.Field == "name" && c.To == "":
		r.end(e, roles, c.Of.ID)
		return
	case t == nil && (c.Field != "name" || c.From != ""):
		return
	case t == nil:
		t = r.begin(e, roles, c.Of.ID)
		r.made(e, roles, t)
		r.own(e, t, c.Of.ID)
	}
	t.name = c.Of.Name
	all := []string{"name", "description", "for", "key"}
	if c.Field == "version" {
		r.version(e, roles, t, c.To, all)
		r.updated(e, roles, t)
		return
	}
	r.field(e, roles, t, c, all)
}

// own sets what follows from a role's ID: a built-in one has its key for it, and of the others earlier lines do not
// tell the key.
func (r *Replay) own(e *roster.Event, t *thing, id string) {
	if roster.IsRoleID(id) {
		r.set(e, roles, t, "built_in", "false")
		t.values[r.tables[roles].at["key"]] = value{seq: e.Seq, trust: none}
		return
	}
	r.set(e, roles, t, "built_in", "true")
	r.set(e, roles, t, "key", id)
}

func (r *Replay) item(e *roster.Event, c roster.Change) {
	if c.From != "" {
		r.end(e, items, c.Of.ID+" "+c.Field+" "+c.From)
	}
	if c.To != "" {
		r.begin(e, items, c.Of.ID+" "+c.Field+" "+c.To).name = c.Of.Name
	}
}

// grant takes what a line takes, and gives what it gives: "role owner on unit_… until 2027-01-31T00:00:00Z".
func (r *Replay) grant(e *roster.Event, c roster.Change) {
	if id, _, ok := granted(c.Of.ID, c.From); ok {
		r.end(e, grants, id)
	}
	id, until, ok := granted(c.Of.ID, c.To)
	if !ok {
		return
	}
	again := r.ended[key{grants, id}] == e.Seq
	t := r.begin(e, grants, id)
	r.given, t.name = t, c.Of.Name
	r.moment(e, grants, t, "until_at", until, false)
	r.set(e, grants, t, "given_at", micros(e.At))
	r.set(e, grants, t, "given_by", e.ActorID)
	if again && c.Of.ID != e.Target.ID { // it was handed over; to whom, earlier lines do not tell
		t.values[r.tables[grants].at["given_by"]].trust = none
	}
}

// giver sets who gave the grant that the line told of last, where it is not who acted.
func (r *Replay) giver(e *roster.Event, c roster.Change) {
	if t := r.given; t != nil && t.since == e.Seq {
		r.set(e, grants, t, "given_by", c.To)
	}
}

// granted reads how a line describes a grant.
func granted(member, text string) (id, until string, ok bool) {
	words := strings.Fields(text)
	if len(words) < 2 || words[0] != "role" && words[0] != "permission" && words[0] != "scope" {
		return "", "", false
	}
	unit, rest := "", words[2:]
	if len(rest) >= 2 && rest[0] == "on" {
		unit, rest = rest[1], rest[2:]
	}
	if len(rest) == 2 && rest[0] == "until" {
		until, rest = rest[1], nil
	}
	return named(member, words[0]+" "+words[1], unit), until, len(rest) == 0
}
