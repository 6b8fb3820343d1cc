// Package replay rebuilds an organisation's members, grants, roles and customer accounts from the lines of its history,
// and holds what stands in the tables against that. It reads neither: lines and rows are given to it. It does not prove
// that the lines are what was written; package chain does.
package replay

import "strings"

// Form is how a column is stored.
type Form int

// The forms of columns.
const (
	Text   Form = iota
	Maybe       // a text, or null, which is rebuilt as an empty one
	Number      //
	Flag        // "true" or "false"
	Moment      // microseconds since 1970, as a number; 0 for none
	Bytes       // of a text
)

// Column is a column of a table, with the reason why it is not rebuilt, or none where it is.
type Column struct {
	Name   string
	Form   Form
	Reason string
}

// Table is a table whose rows are rebuilt. A row is known by its keys, whatever its ID; the other columns are all told
// of, whether they are rebuilt or not.
type Table struct {
	Name    string
	What    string // what a row is
	Keys    []Column
	Columns []Column
}

// The tables, by their place in Tables.
const (
	members = iota
	grants
	roles
	items
	units
)

// whose is why the organisation's ID is not rebuilt.
const whose = "it is the organisation whose history is read"

// Tables are the tables whose rows are rebuilt, each with all its columns.
func Tables() []Table {
	made := []Column{{Name: "created_at", Form: Moment}, {Name: "created_by"}, {Name: "updated_at", Form: Moment}, {Name: "updated_by"}, {Name: "version", Form: Number}}
	not := func(name, why string) Column { return Column{Name: name, Reason: why} }
	seen := "bookkeeping: written at most once a minute, without a line"
	return []Table{
		members: {"member", "member", texts("id"), append(append(texts("kind", "status", "before"),
			Column{Name: "person_id", Form: Maybe}, Column{Name: "unit_id", Form: Maybe}, Column{Name: "external_id"}, Column{Name: "first_name"}, Column{Name: "last_name"},
			Column{Name: "name"}, Column{Name: "sort_name", Form: Bytes}, Column{Name: "sort_identifier", Form: Bytes}, Column{Name: "email"}, Column{Name: "email_folded"},
			Column{Name: "phone"}, Column{Name: "client_id"}, Column{Name: "block_reason"}, Column{Name: "verified_at", Form: Moment}, Column{Name: "removed_at", Form: Moment}, Column{Name: "erased_at", Form: Moment}, Column{Name: "signed_out_at", Form: Moment},
			Column{Name: "picture"}, Column{Name: "ends_at", Form: Moment}, Column{Name: "allowed_from"},
			not("org_id", whose), not("last_seen_at", seen), not("tokens", seen), not("token_at", seen),
			not("end_told_at", "bookkeeping: that somebody was told of an end that is near")), made...)},
		grants: {"member_grant", "grant", []Column{{Name: "member_id"}, {Name: "role_id", Form: Maybe}, {Name: "permission"}, {Name: "scope"}, {Name: "unit_id", Form: Maybe}}, []Column{
			{Name: "until_at", Form: Moment},
			{Name: "given_by"},
			{Name: "given_at", Form: Moment},
			not("org_id", whose), not("id", "a grant is known by who holds what where, of which there is one; nothing points at it by its ID"),
		}},
		roles: {"role", "role", texts("id"), append(append(texts("key", "name", "name_folded", "description", "members"), Column{Name: "built_in", Form: Flag}, not("org_id", whose)), made...)},
		items: {"role_item", "item of a role", texts("role_id", "permission", "scope"), []Column{not("org_id", whose)}},
		units: {"unit", "customer account", texts("id"), append([]Column{
			{Name: "parent_id", Form: Maybe},
			{Name: "kind"},
			{Name: "name"},
			{Name: "sort_name", Form: Bytes},
			{Name: "external_id"},
			{Name: "archived_at", Form: Moment},
			not("org_id", whose),
		}, made...)},
	}
}

func texts(names ...string) []Column {
	all := make([]Column, len(names))
	for i, name := range names {
		all[i].Name = name
	}
	return all
}

// Rebuilt are the columns that are rebuilt, in the order in which a row gives their values.
func (t Table) Rebuilt() []Column {
	var all []Column
	for _, c := range t.Columns {
		if c.Reason == "" {
			all = append(all, c)
		}
	}
	return all
}

// id gives what a row is known by: the ID, or "mem_… role owner on unit_…", or "role_… permission devices.read".
func (t Table) id(keys []string) string {
	switch {
	case len(keys) == 5: // a grant
		return named(keys[0], what(keys[1], keys[2], keys[3]), keys[4])
	case len(keys) == 3:
		return keys[0] + " " + what("", keys[1], keys[2])
	}
	return keys[0]
}

func what(role, permission, scope string) string {
	switch {
	case role != "":
		return "role " + role
	case permission != "":
		return "permission " + permission
	}
	return "scope " + scope
}

func named(member, what, unit string) string {
	if unit != "" {
		what += " on " + unit
	}
	return member + " " + what
}

// owner gives the member, role or customer account to which something belongs, by what it is known by.
func owner(id string) string {
	first, _, _ := strings.Cut(id, " ")
	return first
}
