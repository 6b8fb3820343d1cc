package memberdb

import (
	"slices"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Filter chooses members of one organisation; removed ones are listed only when asked for by status.
type Filter struct {
	Org      roster.OrgID
	IDs      []roster.MemberID // only these; nil for all
	Words    []string          // folded; each must begin one of the member's words
	Status   []roster.Status
	Kinds    []roster.MemberKind
	Verified *bool           // of people, whether their address was proved; nil for all
	MFA      *bool           // of people, whether they have a second factor; nil for all
	Role     string          // a role's ID; held where Within is, where that is given
	Unit     roster.UnitID   // only who is bound or holds something at this unit or below; empty for all
	NotRole  string          // a role's ID; not held where Within is, where that is given
	NotUnit  roster.UnitID   // only who is not bound and holds nothing at this unit or below; empty for all
	Within   []roster.UnitID // only who is bound or holds something at one of these units or below; nil for all
	At       time.Time       // the moment of holding: a grant that has ended by then counts no more
	Sort     Sort
	After    *Key // the last row of the page before; nil for the first page
	Limit    int
}

// condition is one thing that a filter asks for. Both functions note their arguments.
type condition struct {
	set  func(*query.Conditions) string // selects the IDs of those who fulfil it; nil where there are no few of them
	test func(*query.Conditions) string // tells of member m whether they fulfil it
	// early is a test of an ID that needs no look at the member; nil where it does.
	early func(q *query.Conditions, id string) string
	lane  *lane // where those who fulfil it stand in the order by name; nil where they do not
}

// alive is when grant g counts.
func (f Filter) alive(q *query.Conditions) string {
	return "(g.until_at = 0 OR g.until_at > " + q.Arg(store.Micros(f.At)) + ")"
}

// statuses is the condition about status, in the words of the indexes.
func (f Filter) statuses(q *query.Conditions) string {
	switch {
	case !slices.Contains(f.Status, roster.Removed):
		return "m.status <> 'removed'"
	case len(f.Status) == 1:
		return "m.status = 'removed'"
	}
	return "m.status IN (" + q.List(query.Anys(f.Status)) + ")"
}

func (f Filter) conditions() []condition {
	var all []condition
	if f.IDs != nil {
		all = append(all, f.only())
	}
	for _, w := range f.Words {
		all = append(all, f.word(w))
	}
	if len(f.Status) > 0 && !slices.Contains(f.Status, roster.Removed) {
		all = append(all, f.column("status", query.Anys(f.Status)))
	}
	if len(f.Kinds) > 0 {
		all = append(all, f.column("kind", query.Anys(f.Kinds)))
	}
	if f.Verified != nil {
		all = append(all, of(map[bool]string{true: "m.verified_at + 0 > 0", false: "m.verified_at + 0 = 0 AND m.kind <> 'api'"}[*f.Verified]))
	}
	if f.MFA != nil {
		all = append(all, of(map[bool]string{true: mfa, false: "NOT " + mfa + " AND m.kind <> 'api'"}[*f.MFA]))
	}
	if f.Within != nil {
		all = append(all, f.there("sight", f.Within, false))
	}
	if f.Role != "" {
		all = append(all, f.role(f.Role, false))
	}
	if f.NotRole != "" {
		all = append(all, f.role(f.NotRole, true))
	}
	if f.Unit != "" {
		all = append(all, f.there("here", []roster.UnitID{f.Unit}, false))
	}
	if f.NotUnit != "" {
		all = append(all, f.there("away", nil, true))
	}
	return all
}

// mfa tells of member m whether they have a second factor. Recovery codes alone are none, and of who was removed nothing
// is told that came after.
const mfa = `(m.status <> 'removed' AND EXISTS (SELECT 1 FROM credential f WHERE f.person_id = m.person_id AND f.kind IN ('` + roster.FactorTOTP + `', '` + roster.FactorPasskey + `')))`

// of is a condition that only a test tells.
func of(text string) condition {
	return condition{test: func(*query.Conditions) string { return text }}
}

// only asks for one of some members.
func (f Filter) only() condition {
	return condition{
		set: func(q *query.Conditions) string {
			return "SELECT o.id FROM member o WHERE o.org_id = " + q.Arg(f.Org) + " AND o.id IN (" + q.List(query.Anys(f.IDs)) + ")"
		},
		test: func(q *query.Conditions) string { return "m.id IN (" + q.List(query.Anys(f.IDs)) + ")" },
	}
}

// word asks for a word that begins so. Removed members have none.
func (f Filter) word(w string) condition {
	begins := func(q *query.Conditions, of string) string {
		return of + ".word >= " + q.Arg([]byte(w)) + " AND " + of + ".word < " + q.Arg(query.PrefixEnd(w))
	}
	c := condition{
		set: func(q *query.Conditions) string {
			return "SELECT w.member_id AS id FROM member_word w WHERE w.org_id = " + q.Arg(f.Org) + " AND " + begins(q, "w")
		},
		early: func(q *query.Conditions, id string) string {
			return probe("member_word w", "w.org_id = "+q.Arg(f.Org)+" AND w.member_id = "+id+" AND "+begins(q, "w"))
		},
	}
	c.test = func(q *query.Conditions) string { return c.early(q, "m.id") }
	if len(w) >= head {
		c.lane = &lane{table: "member_word", whole: true, word: len(w), chosen: func(q *query.Conditions) string {
			text := "l.org_id = " + q.Arg(f.Org) + " AND substr(l.word, 1, 3) = " + q.Arg([]byte(w)[:head])
			if len(w) > head { // not by its range, which another index could answer
				text += " AND substr(l.word, 1, " + q.Arg(len(w)) + ") = " + q.Arg([]byte(w))
			}
			return text
		}}
	}
	return c
}

// probe asks for each member apart whether there is a row. A condition that another index could answer is written so
// that it cannot, such as "g.role_id || ” = …": SQLite, which keeps no statistics, would read all who hold a role to
// learn whether one of them does. OFFSET keeps PostgreSQL from making a join of it, whose
// cost is that of all the rows there are.
func probe(from, where string) string {
	return "EXISTS (SELECT 1 FROM " + from + " WHERE " + where + " LIMIT 1 OFFSET 0)"
}

// apart keeps a column from being looked up by an index.
const apart = " || ''"

// column asks for one of some values. The indexes are of those who are not removed.
func (f Filter) column(name string, values []any) condition {
	c := condition{test: func(q *query.Conditions) string {
		if len(values) == 1 && f.Sort.byName() { // for it there is an index in the order by name
			return "m." + name + " = " + q.Arg(values[0])
		}
		return "m." + name + apart + " IN (" + q.List(values) + ")"
	}}
	if !slices.Contains(f.Status, roster.Removed) {
		c.set = func(q *query.Conditions) string {
			return "SELECT o.id FROM member o WHERE o.org_id = " + q.Arg(f.Org) + " AND o.status <> 'removed' AND o." + name + " IN (" + q.List(values) + ")"
		}
	}
	return c
}

// role asks for a role that is held, or is not.
func (f Filter) role(id string, not bool) condition {
	held := func(q *query.Conditions, apart string) string {
		text := "g.role_id" + apart + " = " + q.Arg(id) + " AND " + f.alive(q)
		if f.Within != nil {
			text += " AND g.unit_id" + apart + " IN (SELECT id FROM sight)"
		}
		return text
	}
	test := func(q *query.Conditions) string {
		return probe("member_grant g", "g.org_id = m.org_id AND g.member_id = m.id AND "+held(q, apart))
	}
	if not {
		return condition{test: func(q *query.Conditions) string { return "NOT " + test(q) }}
	}
	return condition{test: test, set: func(q *query.Conditions) string {
		return "SELECT g.member_id AS id FROM member_grant g WHERE g.org_id = " + q.Arg(f.Org) + " AND " + held(q, "")
	}}
}

// there asks whether a member has to do with one of the units of a table, or has not: is bound there or holds
// something live there.
func (f Filter) there(units string, tops []roster.UnitID, not bool) condition {
	test := func(q *query.Conditions) string {
		return "(m.unit_id IN (SELECT id FROM " + units + ") OR " +
			probe("member_grant g", "g.org_id = m.org_id AND g.member_id = m.id AND g.unit_id"+apart+" IN (SELECT id FROM "+units+") AND "+f.alive(q)) + ")"
	}
	if not {
		return condition{test: func(q *query.Conditions) string {
			return "(m.unit_id IS NULL OR m.unit_id NOT IN (SELECT id FROM " + units + ")) AND NOT " +
				probe("member_grant g", "g.org_id = m.org_id AND g.member_id = m.id AND g.unit_id"+apart+" IN (SELECT id FROM "+units+") AND "+f.alive(q))
		}}
	}
	var row *lane
	if len(tops) == 1 && !slices.Contains(f.Status, roster.Removed) { // who was removed stands at no account
		row = &lane{table: "member_place", chosen: func(q *query.Conditions) string {
			return "l.org_id = " + q.Arg(f.Org) + " AND l.unit_id = " + q.Arg(tops[0])
		}}
	}
	return condition{test: test, lane: row, set: func(q *query.Conditions) string {
		org := q.Arg(f.Org)
		return "SELECT b.id FROM " + units + " t CROSS JOIN member b WHERE b.org_id = " + org + " AND b.unit_id = t.id" +
			" UNION ALL SELECT g.member_id FROM " + units + " t CROSS JOIN member_grant g WHERE g.org_id = " + org + " AND g.unit_id = t.id AND " + f.alive(q)
	}}
}

// tables gives what stands before a SELECT so that the units that the conditions name are tables.
func (f Filter) tables(q *query.Conditions) (with string) {
	if f.Within != nil {
		with = q.Below(with, "sight", f.Org, f.Within)
	}
	if f.Unit != "" {
		with = q.Below(with, "here", f.Org, []roster.UnitID{f.Unit})
	}
	if f.NotUnit != "" {
		with = q.Below(with, "away", f.Org, []roster.UnitID{f.NotUnit})
	}
	return with
}
