package export

import (
	"slices"
	"strings"
	"time"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/words"
)

// reading is what cells are written with.
type reading struct {
	snap  *authz.Snapshot
	words *words.Catalogue
	sees  func(roster.UnitID) bool // whether the asker sees a customer account
}

// column is one of those that there are.
type column struct {
	name string
	of   func(reading, team.View) string
}

// every gives the columns that there are: first those of the list, in its order. What stands for one of a few values,
// such as a status, is written as the API writes it, the same in every language.
func every() []column {
	at := func(of func(team.View) time.Time) func(reading, team.View) string {
		return func(_ reading, v team.View) string { return moment(of(v)) }
	}
	text := func(of func(team.View) string) func(reading, team.View) string {
		return func(_ reading, v team.View) string { return of(v) }
	}
	return []column{
		{"name", text(func(v team.View) string { return v.Label() })},
		{"identifier", text(func(v team.View) string { return v.Identifier() })},
		{"kind", text(func(v team.View) string { return string(v.Kind) })},
		{"phone", text(func(v team.View) string { return v.Phone })},
		{"roles", reading.roles},
		{"units", reading.units},
		{"status", text(team.View.Shown)},
		{"verified", func(in reading, v team.View) string { return in.yes(v, !v.VerifiedAt.IsZero()) }},
		{"mfa", func(in reading, v team.View) string { return in.yes(v, v.MFA) }},
		{"last_seen_at", at(func(v team.View) time.Time { return v.LastSeenAt })},
		{"created_at", at(func(v team.View) time.Time { return v.CreatedAt })},
		{"created_by", func(in reading, v team.View) string { return in.doer(v.Member.CreatedBy, v.Row.CreatedBy) }},
		{"updated_at", at(func(v team.View) time.Time { return v.UpdatedAt })},
		{"updated_by", func(in reading, v team.View) string { return in.doer(v.Member.UpdatedBy, v.Row.UpdatedBy) }},
		{"first_name", text(func(v team.View) string { return v.FirstName })},
		{"last_name", text(func(v team.View) string { return v.LastName })},
		{"external_id", text(func(v team.View) string { return v.ExternalID })},
		{"id", text(func(v team.View) string { return string(v.ID) })},
	}
}

// own is how many of them stand in the list.
const own = 14

// Columns names every column that there is.
func Columns() []string {
	all := every()
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return names
}

// Standard names the columns of the list.
func Standard() []string { return Columns()[:own] }

// columns gives those that are asked for. Kind: Invalid, code column_unknown.
func (o Order) columns() ([]column, error) {
	all := every()
	if len(o.Columns) == 0 {
		return all[:own], nil
	}
	var some []column
	for _, name := range o.Columns {
		i := slices.IndexFunc(all, func(c column) bool { return c.name == name })
		if i < 0 || slices.ContainsFunc(some, func(c column) bool { return c.name == name }) {
			return nil, roster.Errorf(roster.Invalid, "column_unknown", "Choose columns, each once, of %s.", strings.Join(Columns(), ", ")).On("columns")
		}
		some = append(some, all[i])
	}
	return some, nil
}

// moment is a time in UTC (ISO 8601, RFC 3339); empty for never.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// yes says what only people can have.
func (in reading) yes(v team.View, there bool) string {
	switch {
	case v.Kind == roster.API:
		return ""
	case there:
		return in.words.Say("team.yes")
	}
	return in.words.Say("team.no")
}

// roles names the roles held, as far as the asker sees, as the list does.
func (in reading) roles(v team.View) string {
	var names []string
	for _, id := range v.Roles() {
		r, known := in.snap.Role(id)
		switch {
		case !known:
			r.Name = id
		case r.BuiltIn:
			r.Name = in.words.Say("team.role." + r.Key)
		}
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// units names the customer accounts that a member is bound to or holds something at, as far as the asker sees.
func (in reading) units(v team.View) string {
	var ids []roster.UnitID
	if in.sees(v.Unit) {
		ids = append(ids, v.Unit)
	}
	for _, g := range v.Grants {
		ids = append(ids, g.Unit)
	}
	var names []string
	for i, id := range ids {
		if u, known := in.snap.Unit(id); known && !slices.Contains(ids[:i], id) {
			names = append(names, u.Name)
		}
	}
	return strings.Join(names, ", ")
}

// doer names who did something; who is no member, such as the command line, by what they are.
func (in reading) doer(id, name string) string {
	if id == string(roster.ActorCLI) || id == string(roster.ActorSystem) {
		return in.words.Say("history.actor." + id)
	}
	return name
}
