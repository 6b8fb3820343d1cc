// Package accessdb reads what decisions rest on: an organisation's units, own roles, members and grants, whole
// or as far as the history says that they changed. It keeps nothing; the tables are those of other packages.
package accessdb

import (
	"context"
	"fmt"
	"slices"

	"roster/internal/authz"
	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Facts gives all that decisions in an organisation rest on. The reader is one for which everything stands as
// of one moment. Kind: NotFound.
func Facts(ctx context.Context, r store.Reader, org roster.OrgID) (authz.Facts, error) {
	seq, people, err := size(ctx, r, org)
	if err != nil {
		return authz.Facts{}, err
	}
	f := authz.Facts{Seq: seq, Members: make([]authz.Subject, 0, people)}
	if f.Units, err = units(ctx, r, `org_id = $1`, org); err != nil {
		return f, err
	}
	if f.Roles, err = roles(ctx, r, `r.org_id = $1 AND NOT r.built_in`, org); err != nil {
		return f, err
	}
	err = subjects(ctx, r, func(s authz.Subject) { f.Members = append(f.Members, s) }, `org_id = $1 AND status <> 'removed'`, org)
	if err != nil {
		return f, err
	}
	return f, grants(ctx, r, func(g roster.Grant) { f.Grants = append(f.Grants, g) }, `org_id = $1`, org)
}

// size gives an organisation's seq, and how many members it has.
func size(ctx context.Context, r store.Reader, org roster.OrgID) (seq int64, members int, err error) {
	o, err := store.One(ctx, r, func(row store.Row) (roster.Organisation, error) {
		var o roster.Organisation
		return o, row.Scan(&o.Seq, &o.People, &o.APIUsers)
	}, `SELECT seq, people, api_users FROM organisation WHERE id = $1`, org)
	if err == nil && !o.OK {
		err = store.ErrNone("organisation")
	}
	return o.Value.Seq, o.Value.People + o.Value.APIUsers, err
}

func units(ctx context.Context, r store.Reader, where string, args ...any) ([]roster.Unit, error) {
	return store.All(ctx, r, func(row store.Row) (roster.Unit, error) {
		var u roster.Unit
		return u, row.Scan(&u.Org, &u.ID, store.Text(&u.Parent), &u.Kind, &u.Name, &u.ExternalID, store.When(&u.ArchivedAt), &u.Version)
	}, `SELECT org_id, id, parent_id, kind, name, external_id, archived_at, version FROM unit WHERE `+where, args...)
}

func roles(ctx context.Context, r store.Reader, where string, args ...any) ([]roster.Role, error) {
	var all []roster.Role
	err := store.Each(ctx, r, func(row store.Row) error {
		var v roster.Role
		var permission, scope string
		if err := row.Scan(&v.ID, &v.Key, &v.Name, &v.Description, &v.BuiltIn, &v.For, &v.Version, &permission, &scope); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].ID != v.ID {
			all = append(all, v)
		}
		last := &all[len(all)-1]
		if permission != "" {
			last.Permissions = append(last.Permissions, permission)
		}
		if scope != "" {
			last.Scopes = append(last.Scopes, scope)
		}
		return nil
	}, `SELECT r.id, r.key, r.name, r.description, r.built_in, r.members, r.version, COALESCE(i.permission, ''), COALESCE(i.scope, '')
	    FROM role r LEFT JOIN role_item i ON i.org_id = r.org_id AND i.role_id = r.id WHERE `+where+` ORDER BY r.id`, args...)
	for i := range all {
		slices.Sort(all[i].Permissions)
		slices.Sort(all[i].Scopes)
	}
	return all, err
}

// subjects and grants read rows by the hundred thousand: into plain texts, for which nothing is reflected.
func subjects(ctx context.Context, r store.Reader, take func(authz.Subject), where string, args ...any) error {
	var id, kind, status, unit, external, email, client string
	var ends int64
	into := []any{&id, &kind, &status, &unit, &external, &email, &client, &ends}
	return store.Each(ctx, r, func(row store.Row) error {
		if err := row.Scan(into...); err != nil {
			return err
		}
		take(authz.Subject{
			ID: roster.MemberID(id), Kind: roster.MemberKind(kind), Status: roster.Status(status), Unit: roster.UnitID(unit),
			ExternalID: external, Email: email, ClientID: client, Ends: store.Time(ends),
		})
		return nil
	}, `SELECT id, kind, status, COALESCE(unit_id, ''), external_id, email_folded, client_id, ends_at FROM member WHERE `+where, args...)
}

func grants(ctx context.Context, r store.Reader, take func(roster.Grant), where string, args ...any) error {
	var member, role, permission, scope, unit string
	var until int64
	into := []any{&member, &role, &permission, &scope, &unit, &until}
	return store.Each(ctx, r, func(row store.Row) error {
		if err := row.Scan(into...); err != nil {
			return err
		}
		take(roster.Grant{
			Member: roster.MemberID(member), Role: role, Permission: permission, Scope: scope, Unit: roster.UnitID(unit), Until: store.Time(until),
		})
		return nil
	}, `SELECT member_id, COALESCE(role_id, ''), permission, scope, COALESCE(unit_id, ''), until_at FROM member_grant WHERE `+where, args...)
}

// Touched is what lines of the history were about.
type Touched struct {
	Members []roster.MemberID
	Roles   []string
	Units   []roster.UnitID
	Lines   int // how many lines there are; when more than were asked for, nothing else is told
}

// Since gives what an organisation's history was about after a position, if that took at most so many lines.
func Since(ctx context.Context, r store.Reader, org roster.OrgID, seq int64, most int) (Touched, error) {
	events, err := store.All(ctx, r, store.ScanEvent, `SELECT `+store.EventColumns+` FROM event WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, org, seq, most+1)
	if err != nil || len(events) > most {
		return Touched{Lines: len(events)}, err
	}
	t := Touched{Lines: len(events)}
	for _, e := range events {
		for _, c := range e.Changes {
			switch c.Of.Kind {
			case "member":
				t.Members = append(t.Members, roster.MemberID(c.Of.ID))
			case "role":
				t.Roles = append(t.Roles, c.Of.ID)
			case "unit":
				t.Units = append(t.Units, roster.UnitID(c.Of.ID))
			}
		}
	}
	t.Members, t.Roles, t.Units = roster.Unique(t.Members), roster.Unique(t.Roles), roster.Unique(t.Units)
	return t, nil
}

// perStatement bounds the parameters of one statement: SQLite binds n of them in n² steps.
const perStatement = 50

// Some gives how what was touched stands now, and the position at which it does. The reader is one for which
// everything stands as of one moment, or a transaction. Kind: NotFound.
func Some(ctx context.Context, r store.Reader, org roster.OrgID, t Touched) (authz.Delta, error) {
	seq, _, err := size(ctx, r, org)
	if err != nil {
		return authz.Delta{}, err
	}
	d := authz.Delta{Seq: seq, Grants: make(map[roster.MemberID][]roster.Grant, len(t.Members))}
	for ids := range slices.Chunk(t.Units, perStatement) {
		where, args := among("id", "org_id", org, ids)
		some, err := units(ctx, r, where, args...)
		if err != nil {
			return d, err
		}
		d.Units = append(d.Units, some...)
	}
	for ids := range slices.Chunk(t.Roles, perStatement) {
		where, args := among("r.id", "r.org_id", org, ids)
		some, err := roles(ctx, r, where, args...)
		if err != nil {
			return d, err
		}
		for _, id := range ids {
			at := slices.IndexFunc(some, func(v roster.Role) bool { return v.ID == id })
			switch {
			case at < 0:
				d.RolesGone = append(d.RolesGone, id)
			case !some[at].BuiltIn: // what those hold is the catalogue's
				d.Roles = append(d.Roles, some[at])
			}
		}
	}
	for ids := range slices.Chunk(t.Members, perStatement) {
		if err := members(ctx, r, org, ids, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// members reads members with their grants into a delta.
func members(ctx context.Context, r store.Reader, org roster.OrgID, ids []roster.MemberID, d *authz.Delta) error {
	for _, id := range ids {
		d.Grants[id] = nil
	}
	where, args := among("id", "org_id", org, ids)
	if err := subjects(ctx, r, func(s authz.Subject) { d.Members = append(d.Members, s) }, where, args...); err != nil {
		return err
	}
	where, args = among("member_id", "org_id", org, ids)
	return grants(ctx, r, func(g roster.Grant) { d.Grants[g.Member] = append(d.Grants[g.Member], g) }, where, args...)
}

// among gives the condition that a column is one of some IDs of an organisation; like Marks, with few
// different texts.
func among[T ~string](column, orgColumn string, org roster.OrgID, ids []T) (where string, args []any) {
	marks, args := query.Marks(ids)
	args = append(args, org)
	return fmt.Sprintf("%s = $%d AND %s IN (%s)", orgColumn, len(args), column, marks), args
}
