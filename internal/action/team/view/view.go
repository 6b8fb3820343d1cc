// Package view is the room of how a member looks at the Team list: views that they save under names of their own, and
// how the list stood when they last saw it. It is theirs alone, nobody's right rests on it, and what a view shows is
// asked anew each time by the team's List, for whoever looks then.
package view

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/viewdb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// MostViews bounds how many views a member saves.
const MostViews = 50

// View is a list's filter, order, columns and page size under a name.
type View struct {
	ID     string
	Name   string
	Query  string // as in the page's address: Canonical
	MadeAt time.Time
}

// Kept is all that is kept for a member.
type Kept struct {
	Views []View            // by name
	Last  map[string]string // how each list stood last, as a query
}

// List gives the actor's own views. Kind: Denied for who is no member, code not_a_member.
func (r *Room) List(ctx context.Context) (Kept, error) {
	return action.Look(ctx, r.gate, act.ViewList, own)
}

func own(ctx context.Context, rd store.Reader) (Kept, error) {
	actor, kept := roster.ActorFrom(ctx), Kept{Last: map[string]string{}}
	if actor.Kind == roster.ActorOperator { // who visits keeps nothing here
		return kept, nil
	}
	if actor.Member == "" {
		return kept, roster.Errorf(roster.Denied, "not_a_member", "Views are a member's own. Say whose: act as a member.")
	}
	rows, err := viewdb.Of(ctx, rd, actor.Organisation, actor.Member)
	for _, v := range rows {
		if v.Name == "" {
			kept.Last[v.ID] = v.Query
		} else {
			kept.Views = append(kept.Views, View{v.ID, v.Name, v.Query, v.MadeAt})
		}
	}
	return kept, err
}

// Show gives one of the actor's own views. Kind: NotFound.
func (r *Room) Show(ctx context.Context, id string) (View, error) {
	return action.Look(ctx, r.gate, act.ViewList, func(ctx context.Context, rd store.Reader) (View, error) {
		return one(ctx, rd, id)
	})
}

func one(ctx context.Context, rd store.Reader, id string) (View, error) {
	kept, err := own(ctx, rd)
	if err != nil {
		return View{}, err
	}
	for _, v := range kept.Views {
		if v.ID == id {
			return v, nil
		}
	}
	return View{}, store.ErrNone("view")
}

// Save keeps a view under a name; one that stands so already is that view. Kinds: Invalid for the name or query, Conflict: view_exists, too_many_views.
func (r *Room) Save(ctx context.Context, name, query string) (View, error) {
	v := View{ID: roster.NewID("view_"), Name: name, Query: query}
	v, err := v.checked()
	if err != nil {
		return v, err
	}
	if err := r.may(ctx, act.ViewSave); err != nil {
		return v, err
	}
	return action.NoteKept(ctx, r.gate, func(ctx context.Context, tx store.Noter) (View, error) {
		kept, err := own(ctx, tx)
		if err != nil {
			return v, err
		}
		for _, w := range kept.Views {
			if w.Name == v.Name && w.Query == v.Query {
				return w, nil
			}
		}
		if len(kept.Views) >= MostViews {
			return v, roster.Errorf(roster.Conflict, "too_many_views", "You have %d views, the most there may be. Delete one first.", len(kept.Views))
		}
		made := v
		made.MadeAt = tx.At()
		done, err := viewdb.Insert(ctx, tx, made.row(ctx))
		if err == nil && !done {
			err = v.taken()
		}
		return made, err
	})
}

// may asks whether the actor has views of their own at all.
func (r *Room) may(ctx context.Context, name act.Name) error {
	_, err := action.Look(ctx, r.gate, name, own)
	return err
}

// Change is what becomes of a view; nil leaves it.
type Change struct{ Name, Query *string }

// Edit gives a view another name or query. Kinds: NotFound, Invalid, Conflict (view_exists).
func (r *Room) Edit(ctx context.Context, id string, c Change) (View, error) {
	if err := r.may(ctx, act.ViewEdit); err != nil {
		return View{}, err
	}
	return action.NoteKept(ctx, r.gate, func(ctx context.Context, tx store.Noter) (View, error) {
		v, err := one(ctx, tx, id)
		if err != nil {
			return v, err
		}
		if c.Name != nil {
			v.Name = *c.Name
		}
		if c.Query != nil {
			v.Query = *c.Query
		}
		if v, err = v.checked(); err != nil {
			return v, err
		}
		done, err := viewdb.Update(ctx, tx, v.row(ctx))
		if err == nil && !done {
			err = v.taken()
		}
		return v, err
	})
}

// Delete deletes a view. Kind: NotFound.
func (r *Room) Delete(ctx context.Context, id string) (View, error) {
	if err := r.may(ctx, act.ViewDelete); err != nil {
		return View{}, err
	}
	return action.NoteKept(ctx, r.gate, func(ctx context.Context, tx store.Noter) (View, error) {
		v, err := one(ctx, tx, id)
		if err != nil {
			return v, err
		}
		return v, viewdb.Delete(ctx, tx, v.row(ctx))
	})
}

// Lists are those whose last state is remembered: the team, and the API users among it.
func Lists() []string { return []string{"team", "apiusers"} }

// Remember keeps how one of the Lists stands, for the actor's next visit. It does nothing for an actor who is no
// member, or for a query that is not Canonical.
func (r *Room) Remember(ctx context.Context, list, query string) error {
	actor := roster.ActorFrom(ctx)
	if clean, err := Canonical(query); err != nil || clean != query || actor.Member == "" || !slices.Contains(Lists(), list) {
		return err
	}
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return viewdb.Put(ctx, tx, viewdb.Row{Org: actor.Organisation, Member: actor.Member, ID: list, Query: query})
	})
}

// checked gives a view with its name and query in order.
func (v View) checked() (View, error) {
	var bad roster.Problems
	var err error
	if v.Name, err = roster.CleanName(v.Name); err == nil && v.Name == "" {
		err = roster.Errorf(roster.Invalid, "field_required", "Give the view a name.")
	}
	bad.Add("name", err)
	v.Query, err = Canonical(v.Query)
	bad.Add("query", err)
	return v, bad.Err()
}

func (v View) row(ctx context.Context) viewdb.Row {
	actor := roster.ActorFrom(ctx)
	return viewdb.Row{Org: actor.Organisation, Member: actor.Member, ID: v.ID, Name: v.Name, Query: v.Query}
}

func (v View) taken() error {
	return roster.Errorf(roster.Conflict, "view_exists", "You have a view %s already. Take another name, or delete that one.", v.Name).On("name")
}
