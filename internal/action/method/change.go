package method

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/methoddb"
)

// Draft is a new connection. Its secret stands in the open here, and nowhere else.
type Draft struct {
	Kind       string // oidc or oauth
	Name       string
	Connection login.Connection // without a secret
	Secret     string           // empty for a public client
}

// MaxSecret bounds client secrets, in bytes.
const MaxSecret = 1000

// Create makes a connection: a draft, which lets nobody in until it was tested and enabled. Kinds: Invalid for the
// input, Conflict (method_name_taken, too_many_methods), Denied.
func (r *Room) Create(ctx context.Context, d Draft) (View, error) {
	id := login.NewID()
	on := roster.Ref{Kind: "login_method", ID: id, Name: d.Name}
	return action.Do(ctx, r.gate, act.MethodCreate, on, func(ctx context.Context, tx *store.Tx) (View, error) {
		all, err := methoddb.List(ctx, tx, tx.Org())
		if err != nil {
			return View{}, err
		}
		if len(all) >= mostMethods {
			return View{}, roster.Errorf(roster.Conflict, "too_many_methods", "There are %d connections already. Delete one that is not used.", mostMethods)
		}
		by := roster.ActorFrom(ctx).ID()
		m := login.Method{Org: tx.Org(), ID: id, Kind: login.Kind(d.Kind), Name: d.Name, Connection: d.Connection, Revision: 1, CreatedAt: tx.At(), CreatedBy: by, UpdatedAt: tx.At(), UpdatedBy: by, Version: 1}
		if m, err = r.clean(m, &d.Secret); err != nil {
			return View{}, err
		}
		if err := methoddb.Insert(ctx, tx, m); err != nil {
			return View{}, err
		}
		return viewed(ctx, tx, m)
	})
}

// mostMethods bounds how many connections an organisation has.
const mostMethods = 100

// clean checks a method and seals its secret, where one is given; an empty one takes it away.
func (r *Room) clean(m login.Method, plain *string) (login.Method, error) {
	var bad roster.Problems
	m, err := m.Clean()
	bad.Join(err)
	if plain != nil {
		bad.Add("client_secret", checkSecret(*plain))
	}
	if err := bad.Err(); err != nil || plain == nil {
		return m, err
	}
	if m.Connection.Secret = ""; *plain != "" {
		m.Connection.Secret, err = secret.SealConnection(r.key, string(m.Org), m.ID, *plain)
	}
	return m, err
}

// checkSecret refuses what no provider gives as a secret.
func checkSecret(s string) error {
	if utf8.RuneCountInString(s) > MaxSecret {
		return roster.Errorf(roster.Invalid, "too_long", "A client secret has at most %d characters.", MaxSecret)
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return roster.Errorf(roster.Invalid, "control_character", "Control characters such as line breaks are not allowed here.")
	}
	return nil
}

// Edit is a change of a connection; what is nil stays.
type Edit struct {
	Name            *string
	Issuer          *string
	AuthorizeURL    *string
	TokenURL        *string
	UserInfoURL     *string
	ClientID        *string
	Secret          *string // in the open; empty takes it away
	Scopes          *[]string
	Parameters      *[]login.Parameter
	IdentifierClaim *string
	Version         int64 // the version that was looked at; 0 to take whatever is there
}

// Edit changes a connection. What it speaks to its provider by takes the test back: it lets nobody in until it was
// tested anew. Where people are told apart otherwise from now on, each is recognised by their identifier again, and
// their sessions end. Kinds: Invalid for the input, Conflict (method_name_taken, changed_meanwhile, last_owner),
// NotFound, Denied.
func (r *Room) Edit(ctx context.Context, id string, e Edit) (View, error) {
	return action.Do(ctx, r.gate, act.MethodEdit, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := connection(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if e.Version != 0 && e.Version != was.Version {
			return View{}, store.ErrStale()
		}
		now, err := r.clean(e.apply(was), e.Secret)
		if err != nil {
			return View{}, err
		}
		if was.Connection.Retests(now.Connection) {
			now.TestedAt, now.Revision = time.Time{}, was.Revision+1
		}
		kept, err := methoddb.Update(ctx, tx, was, now)
		if err != nil {
			return View{}, err
		}
		if was.Connection.Rebinds(now.Connection) {
			if err := methoddb.EndSessions(ctx, tx, kept); err != nil {
				return View{}, err
			}
			if err := methoddb.Unbind(ctx, tx, kept); err != nil {
				return View{}, err
			}
		}
		return viewed(ctx, tx, kept)
	})
}

// apply gives the method as it shall be, but for its secret.
func (e Edit) apply(m login.Method) login.Method {
	c := &m.Connection
	for _, f := range []struct{ to, from *string }{
		{&m.Name, e.Name},
		{&c.Issuer, e.Issuer},
		{&c.AuthorizeURL, e.AuthorizeURL},
		{&c.TokenURL, e.TokenURL},
		{&c.UserInfoURL, e.UserInfoURL},
		{&c.ClientID, e.ClientID},
		{&c.IdentifierClaim, e.IdentifierClaim},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if e.Scopes != nil {
		c.Scopes = *e.Scopes
	}
	if e.Parameters != nil {
		c.Parameters = *e.Parameters
	}
	return m
}

// connection gives a connection to change. Kinds: NotFound; Conflict for e-mail and password.
func connection(ctx context.Context, tx *store.Tx, id string) (login.Method, error) {
	m, err := held(ctx, tx, id)
	if err == nil && m.Kind == login.Password {
		err = roster.Errorf(roster.Conflict, "password_method", "E-mail and password can be switched on and off, and nothing else.")
	}
	return m, err
}

// Enable lets people in by a method: e-mail and password, or a connection that was tested as it is. Kinds: Conflict
// (method_not_ready, already_enabled), NotFound, Denied.
func (r *Room) Enable(ctx context.Context, id string) (View, error) {
	return action.Do(ctx, r.gate, act.MethodEnable, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := held(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		now := was
		now.Enabled = true
		if was.Enabled {
			return View{}, roster.Errorf(roster.Conflict, "already_enabled", "%s is switched on already.", was.Called())
		}
		if err := now.Ready(); err != nil {
			return View{}, err
		}
		return turned(ctx, tx, was, now)
	})
}

// Disable lets nobody in by a method any more. Sessions that a connection proved end, and those that a password proved
// lose their access here at once; who has no other way in stays out until it is switched on again. Kinds: Conflict
// (already_disabled, last_owner), NotFound, Denied.
func (r *Room) Disable(ctx context.Context, id string) (View, error) {
	return action.Do(ctx, r.gate, act.MethodDisable, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := held(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if !was.Enabled {
			return View{}, roster.Errorf(roster.Conflict, "already_disabled", "%s is switched off already.", was.Called())
		}
		now := was
		now.Enabled = false
		if was.Kind != login.Password {
			if err := methoddb.EndSessions(ctx, tx, was); err != nil {
				return View{}, err
			}
		}
		return turned(ctx, tx, was, now)
	})
}

// turned keeps that a method is on or off.
func turned(ctx context.Context, tx *store.Tx, was, now login.Method) (View, error) {
	var err error
	if was.Kind == login.Password {
		err = methoddb.SetPasswordLogin(ctx, tx, was, now)
	} else {
		now, err = methoddb.Update(ctx, tx, was, now)
	}
	if err != nil {
		return View{}, err
	}
	return viewed(ctx, tx, now)
}

// Delete ends a connection for good: sessions that it proved end, and nobody is known by it any more. Kinds: Conflict
// (last_owner, changed_meanwhile, password_method), NotFound, Denied.
func (r *Room) Delete(ctx context.Context, id string, version int64) (View, error) {
	return action.Do(ctx, r.gate, act.MethodDelete, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := connection(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if was.Version != cmp.Or(version, was.Version) {
			return View{}, store.ErrStale()
		}
		v, err := viewed(ctx, tx, was)
		if err != nil {
			return v, err
		}
		if err := methoddb.EndSessions(ctx, tx, was); err != nil {
			return v, err
		}
		return v, methoddb.Delete(ctx, tx, was)
	})
}
