// Package connect is the room of coming in by a connection: a browser is sent to a provider, and what it brings back
// becomes a session, an accepted invitation, or the test of a login method. It keeps no login method (that is the room
// method), knows no cookie and no page; no provider is ever asked while a transaction is open.
package connect

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/login"
	"roster/internal/relying"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
)

// Room holds the use cases of coming in by a connection.
type Room struct {
	gate   *action.Gate
	key    *secret.Key
	party  *relying.Party
	signIn *signin.Room
	enter  Enter
}

// Enter gives the context's actor as the member that they are in an organisation, if it lets their session in now.
type Enter func(ctx context.Context, org roster.OrgID) (roster.Actor, error)

// New makes the room.
func New(g *action.Gate, k *secret.Key, p *relying.Party, s *signin.Room, e Enter) *Room {
	return &Room{g, k, p, s, e}
}

// within is how long a browser may take to come back (design page 6).
const within = 10 * time.Minute

// ReturnPath gives the path that a connection's provider leads back to. Each connection has its own, so that no
// provider's answer passes for another's (RFC 9700, section 4.4).
func ReturnPath(method string) string { return "/sign-in/return/" + url.PathEscape(method) }

// Buttons is what an organisation's own sign-in page offers.
type Buttons struct {
	Organisation roster.Organisation
	Methods      []login.Method // the ready connections, without what is known of their providers
	PasswordOff  bool
}

// Buttons gives the ways in to an organisation; none for one that there is not, so that a page can say the same of it.
func (r *Room) Buttons(ctx context.Context, organisation string) (Buttons, error) {
	return action.Look(ctx, r.gate, act.ConnectionList, func(ctx context.Context, rd store.Reader) (Buttons, error) {
		found, err := orgdb.ByName(ctx, rd, organisation)
		if err != nil || !found.OK {
			return Buttons{}, err
		}
		all, err := methoddb.List(ctx, rd, found.Value.ID)
		b := Buttons{Organisation: found.Value}
		for _, m := range all {
			if m.Ready() == nil {
				m.Connection = login.Connection{}
				b.Methods = append(b.Methods, m)
			}
		}
		b.PasswordOff = found.Value.PasswordOff && len(b.Methods) > 0
		return b, err
	})
}

// Purpose is what a browser was sent to a provider for.
type Purpose string

// The purposes.
const (
	ToSignIn  Purpose = "sign_in"
	ToAccept  Purpose = "accept"
	ToTest    Purpose = "test"
	ToConfirm Purpose = "confirm"
)

// flow is what stands between the browser's leaving and its return: sealed, and kept nowhere but in that browser. That
// it is used once is kept by its state.
type flow struct {
	Purpose  Purpose
	Org      roster.OrgID
	Slug     string
	Method   string
	Revision int64 // the method's: what was changed meanwhile is not what the browser was sent by
	Until    time.Time
	relying.Flow
	Next    string          // where to go afterwards
	Session string          // whose test, acceptance or confirmation it is
	Person  roster.PersonID // likewise
	Accept  signin.Acceptance
}

// sealing is what a flow is sealed for.
const sealing = "login flow"

// Leaving is where a browser is sent, and what it must bring back.
type Leaving struct {
	URL    string
	Flow   string // for a cookie that only the server reads, for ten minutes
	Method login.Method
}

// SignIn sends a browser to an organisation's provider. base is the installation's own address, next where to go
// afterwards. Kinds: NotFound, also for a method that is not ready, Denied and Unavailable as the provider answers.
func (r *Room) SignIn(ctx context.Context, base *url.URL, organisation, method, next string) (Leaving, error) {
	f := flow{Purpose: ToSignIn, Next: next}
	m, err := action.Look(ctx, r.gate, act.ConnectionStart, func(ctx context.Context, rd store.Reader) (login.Method, error) {
		found, err := orgdb.ByName(ctx, rd, organisation)
		if err != nil {
			return login.Method{}, err
		}
		f.Slug = found.Value.Slug
		m, err := find(ctx, rd, found.Value.ID, method)
		if err == nil && m.Ready() != nil { // nobody is told what an organisation is about to set up
			err = store.ErrNone("login method")
		}
		return m, err
	})
	if err != nil {
		return Leaving{}, err
	}
	return r.leave(ctx, base, m, f)
}

func find(ctx context.Context, rd store.Reader, org roster.OrgID, method string) (login.Method, error) {
	found, err := methoddb.ByID(ctx, rd, org, method)
	if err != nil {
		return found.Value, err
	}
	return found.Or("login method")
}

// Accept sends the holder of an invitation to the provider that it is for. Kinds: as signin.Landing; Invalid for the
// names, Conflict (invitation_other_address, method_not_ready), Denied and Unavailable as the provider answers.
func (r *Room) Accept(ctx context.Context, base *url.URL, a signin.Acceptance) (Leaving, error) {
	l, err := r.signIn.Landing(ctx, a.Org, a.Secret)
	switch {
	case err != nil:
		return Leaving{}, err
	case l.Connection.ID == "":
		return Leaving{}, roster.Errorf(roster.Conflict, "no_connection", "This invitation is accepted with a password.")
	case l.Way == signin.WrongPerson:
		return Leaving{}, roster.Errorf(roster.Conflict, "invitation_other_address", "This invitation is for %s. The account %s that you are signed in to cannot accept it. Sign out and come back by the link.", l.Member.Email.Typed, l.SignedInAs)
	}
	if err := l.CheckProfile(a); err != nil {
		return Leaving{}, err
	}
	a.Password, a.Repeat = "", ""
	actor := roster.ActorFrom(ctx)
	return r.leave(ctx, base, l.Connection, flow{Purpose: ToAccept, Slug: l.Organisation.Slug, Accept: a, Session: actor.Session, Person: actor.Person})
}

// Test sends whoever sets a login method up to its provider. Kinds: NotFound, Denied, Unavailable.
func (r *Room) Test(ctx context.Context, base *url.URL, method string) (Leaving, error) {
	actor := roster.ActorFrom(ctx)
	f := flow{Purpose: ToTest, Session: actor.Session, Person: actor.Person}
	m, err := action.LookAt(ctx, r.gate, act.MethodTest, roster.Ref{Kind: "login_method", ID: method}, func(ctx context.Context, rd store.Reader) (login.Method, error) {
		found, err := orgdb.ByName(ctx, rd, string(actor.Organisation))
		f.Slug = found.Value.Slug
		if err != nil {
			return login.Method{}, err
		}
		return find(ctx, rd, actor.Organisation, method)
	})
	if err != nil {
		return Leaving{}, err
	}
	return r.leave(ctx, base, m, f)
}

// leave makes what a browser leaves with, and asks the provider where to.
func (r *Room) leave(ctx context.Context, base *url.URL, m login.Method, f flow) (Leaving, error) {
	to, err := r.provider(base, m)
	if err != nil {
		return Leaving{}, err
	}
	now, err := r.now(ctx)
	if err != nil {
		return Leaving{}, err
	}
	f.Org, f.Method, f.Revision, f.Until = m.Org, m.ID, m.Revision, now.Add(within)
	f.Flow = relying.Flow{State: random(), Nonce: random(), Verifier: random(), Anew: f.Purpose == ToConfirm}
	plain, err := json.Marshal(f)
	if err != nil {
		return Leaving{}, err
	}
	sealed, err := r.key.Seal(sealing, plain)
	if err != nil {
		return Leaving{}, err
	}
	at, err := r.party.Authorize(ctx, to, f.Flow)
	m.Connection = login.Connection{}
	return Leaving{at, sealed, m}, err
}

// now gives the database's moment.
func (r *Room) now(ctx context.Context) (time.Time, error) {
	return action.Look(ctx, r.gate, act.ConnectionStart, func(ctx context.Context, rd store.Reader) (time.Time, error) { return rd.Now(ctx) })
}

// provider gives a connection as it is used.
func (r *Room) provider(base *url.URL, m login.Method) (relying.Provider, error) {
	plain, err := secret.OpenConnection(r.key, string(m.Org), m.ID, m.Connection.Secret)
	return relying.Provider{Kind: m.Kind, Name: m.Name, Connection: m.Connection, Secret: plain, Return: base.JoinPath(ReturnPath(m.ID)).String()}, err
}

// random gives 256 bits as a text of 43 characters, which PKCE takes too (RFC 7636, section 4.1).
func random() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
