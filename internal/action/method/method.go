// Package method is the room of an organisation's login methods: e-mail and password, and connections to providers
// are listed, made, changed, switched on and off, and deleted. Nobody signs in here, and no provider is asked: a
// connection is tested where people sign in by it.
package method

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
)

// Room holds the use cases of login methods.
type Room struct {
	gate *action.Gate
	key  *secret.Key
}

// New makes the room. The key seals client secrets.
func New(g *action.Gate, k *secret.Key) *Room { return &Room{g, k} }

// View is a login method as every door shows it: without its secret.
type View struct {
	login.Method
	HasSecret bool
	Depending methoddb.Depending
	Allowed   []string // what the asker may do to it now
}

// List gives e-mail and password, then the connections by name. Kind: Denied.
func (r *Room) List(ctx context.Context) ([]View, error) {
	return action.Look(ctx, r.gate, act.MethodList, func(ctx context.Context, rd store.Reader) ([]View, error) {
		o, err := here(ctx, rd)
		if err != nil {
			return nil, err
		}
		connections, err := methoddb.List(ctx, rd, o.ID)
		if err != nil {
			return nil, err
		}
		var all []View
		for _, m := range append([]login.Method{login.ByPassword(o)}, connections...) { // an organisation has a few
			v, err := viewed(ctx, rd, m)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	})
}

func here(ctx context.Context, rd store.Reader) (roster.Organisation, error) {
	found, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
	if err != nil {
		return found.Value, err
	}
	return found.Or("organisation")
}

// viewed completes a method, and takes its secret away.
func viewed(ctx context.Context, rd store.Reader, m login.Method) (View, error) {
	v := View{Method: m, HasSecret: m.Connection.Secret != ""}
	v.Connection.Secret = ""
	var err error
	if v.Depending, err = methoddb.Dependents(ctx, rd, m.Org, m.ID); err != nil {
		return v, err
	}
	v.Allowed = slices.DeleteFunc(action.AllowedOn(ctx, "login_method", ""), func(name string) bool { return !fits(act.Name(name), m) })
	return v, nil
}

// fits tells whether an action makes sense on a method as it is.
func fits(name act.Name, m login.Method) bool {
	switch name {
	case act.MethodEnable:
		return !m.Enabled && m.State() != login.Draft
	case act.MethodDisable:
		return m.Enabled
	case act.MethodEdit, act.MethodTest, act.MethodDelete:
		return m.Kind != login.Password
	}
	return true
}

// Show gives one login method. Kinds: NotFound, Denied.
func (r *Room) Show(ctx context.Context, id string) (View, error) {
	return action.LookAt(ctx, r.gate, act.MethodShow, ref(id), func(ctx context.Context, rd store.Reader) (View, error) {
		m, err := find(ctx, rd, id)
		if err != nil {
			return View{}, err
		}
		return viewed(ctx, rd, m)
	})
}

func ref(id string) roster.Ref { return roster.Ref{Kind: "login_method", ID: id} }

// find gives a login method of the actor's organisation. Kind: NotFound.
func find(ctx context.Context, rd store.Reader, id string) (login.Method, error) {
	if id == roster.PasswordMethod {
		o, err := here(ctx, rd)
		return login.ByPassword(o), err
	}
	found, err := methoddb.ByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
	if err != nil {
		return found.Value, err
	}
	return found.Or("login method")
}

// held is find for what is about to change.
func held(ctx context.Context, tx *store.Tx, id string) (login.Method, error) {
	if id == roster.PasswordMethod {
		return login.ByPassword(tx.Organisation()), nil
	}
	found, err := methoddb.Lock(ctx, tx, tx.Org(), id)
	if err != nil {
		return found.Value, err
	}
	return found.Or("login method")
}

// Offer gives the login methods by which somebody can be invited: the ready ones alone (requirement R23). Kind: Denied.
func (r *Room) Offer(ctx context.Context) ([]login.Method, error) {
	return action.Look(ctx, r.gate, act.MethodOffer, func(ctx context.Context, rd store.Reader) ([]login.Method, error) {
		o, err := here(ctx, rd)
		if err != nil {
			return nil, err
		}
		connections, err := methoddb.List(ctx, rd, o.ID)
		all := append([]login.Method{login.ByPassword(o)}, connections...)
		for i := range all {
			all[i].Connection = login.Connection{}
		}
		return slices.DeleteFunc(all, func(m login.Method) bool { return m.Ready() != nil }), err
	})
}

// TestPlace is where a connection is tested.
type TestPlace struct {
	login.Method
	Slug string // the organisation's
}

// TestPlace tells where a connection is tested, to who may test it. Kinds: NotFound, Conflict (password_method), Denied.
func (r *Room) TestPlace(ctx context.Context, id string) (TestPlace, error) {
	return action.LookAt(ctx, r.gate, act.MethodTest, ref(id), func(ctx context.Context, rd store.Reader) (TestPlace, error) {
		m, err := find(ctx, rd, id)
		if err == nil && m.Kind == login.Password {
			err = roster.Errorf(roster.Conflict, "password_method", "E-mail and password needs no test.")
		}
		if err != nil {
			return TestPlace{}, err
		}
		o, err := here(ctx, rd)
		m.Connection.Secret = ""
		return TestPlace{m, o.Slug}, err
	})
}
