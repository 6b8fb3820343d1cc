package apply

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/spool"
	"roster/internal/store"
)

// File is what was exported, from its first byte on. It is nowhere else any more: Close ends it.
type File struct {
	*spool.File
	Name  string // what to call it
	Media string
	Items int
}

// Export writes what there is, as far as the actor sees it, as a file that changes nothing when it is applied, and tells
// the history who took it away. Members who were removed and built-in roles do not stand in it. Kinds: Denied, also for who
// did not prove anew that it is they.
func (r *Room) Export(ctx context.Context, format people.Format) (*File, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := action.Look(ctx, r.gate, act.PeopleExport, func(ctx context.Context, rd store.Reader) (*File, error) {
		held, err := spool.New()
		if err != nil {
			return nil, err
		}
		f := &File{File: held, Media: format.Media(), Name: "people-" + action.Moment(ctx).Format("2006-01-02") + "." + string(format)}
		if err := f.fill(ctx, rd, format); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	_, err = action.Do(ctx, r.gate, act.PeopleExport, roster.Ref{}, func(_ context.Context, tx *store.Tx) (bool, error) {
		tx.Tell(roster.Change{Of: roster.Ref{Kind: "export", ID: roster.NewID("exp_"), Name: f.Name}, Field: "rows", To: strconv.Itoa(f.Items)})
		return true, nil
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// fill writes everything and goes back to the file's beginning.
func (f *File) fill(ctx context.Context, rd store.Reader, format people.Format) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	authority, err := action.Authority(ctx)
	if err != nil {
		return err
	}
	w, err := people.NewWriter(format, f)
	if err != nil {
		return err
	}
	e := exporting{w, snap, authority, f}
	for _, step := range []func(context.Context, store.Reader) error{e.units, e.roles, e.members} {
		if err := step(ctx, rd); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Rewind()
}

type exporting struct {
	*people.Writer
	snap      *authz.Snapshot
	authority authz.Authority
	file      *File
}

// units writes those that the actor may look at, what stands above before what stands in it.
func (e exporting) units(context.Context, store.Reader) error {
	var all []roster.Unit
	for u := range e.snap.Units() {
		if e.authority.Holds(authz.UnitsRead, u.ID) {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b roster.Unit) int {
		if d := len(e.snap.Path(a.ID)) - len(e.snap.Path(b.ID)); d != 0 {
			return d
		}
		return strings.Compare(a.Name+"\x00"+string(a.ID), b.Name+"\x00"+string(b.ID))
	})
	for _, u := range all {
		kind := string(u.Kind)
		out := people.Unit{Kind: &kind, Name: &u.Name}
		if out.ExternalID = &u.ExternalID; u.ExternalID == "" {
			out.ID = string(u.ID)
		}
		if u.Parent != "" && e.authority.Holds(authz.UnitsRead, u.Parent) {
			parent := unitName(e.snap, u.Parent)
			out.Parent = &parent
		}
		if u.Archived() {
			out.Archived = new(bool)
			*out.Archived = true
		}
		e.file.Items++
		if err := e.Unit(out); err != nil {
			return err
		}
	}
	return nil
}

// roles writes the organisation's own.
func (e exporting) roles(context.Context, store.Reader) error {
	all := slices.DeleteFunc(e.snap.Roles(), func(v roster.Role) bool { return v.BuiltIn })
	slices.SortFunc(all, func(a, b roster.Role) int { return strings.Compare(a.Key, b.Key) })
	for _, v := range all {
		open := string(v.For)
		if open == "" {
			open = "any"
		}
		e.file.Items++
		if err := e.Role(people.Role{Key: v.Key, Name: &v.Name, Description: &v.Description, For: &open, Permissions: &v.Permissions, Scopes: &v.Scopes}); err != nil {
			return err
		}
	}
	return nil
}

func (e exporting) members(ctx context.Context, rd store.Reader) error {
	at := action.Moment(ctx)
	return team.Walk(ctx, rd, team.Query{}, func(some []team.View) error {
		for _, v := range some {
			kind, unit := string(v.Kind), ""
			m := people.Member{Email: v.Email.Typed, Kind: &kind, ExternalID: &v.ExternalID, Grants: &[]people.Grant{}}
			switch {
			case v.Kind != roster.API:
				m.FirstName, m.LastName, m.Phone = &v.FirstName, &v.LastName, &v.Phone
			case v.ExternalID == "":
				m.ClientID, m.Name = v.ClientID, &v.Member.Name
			default:
				m.Name = &v.Member.Name
			}
			if !v.Ends.IsZero() {
				m.Ends = &v.Ends
			}
			if v.Unit != "" {
				if unit = string(v.Unit); action.SeesUnit(ctx, v.Unit) {
					unit = unitName(e.snap, v.Unit)
				}
				m.Unit = &unit
			}
			if v.Status == roster.Blocked {
				m.Blocked = new(bool)
				*m.Blocked = true
			}
			for _, g := range v.Grants {
				if g.Live(at) {
					*m.Grants = append(*m.Grants, e.grant(g))
				}
			}
			slices.SortFunc(*m.Grants, func(a, b people.Grant) int { return strings.Compare(a.String(), b.String()) })
			e.file.Items++
			if err := e.Member(m); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// grant gives a grant with the names that a file finds things by.
func (e exporting) grant(g roster.Grant) people.Grant {
	out := people.Grant{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: string(g.Unit), Until: g.Until}
	if role, known := e.snap.Role(g.Role); known {
		out.Role = role.Key
	}
	if u, known := e.snap.Unit(g.Unit); known && u.ExternalID != "" && people.Telling(u.ExternalID) {
		out.Unit = u.ExternalID
	}
	return out
}
