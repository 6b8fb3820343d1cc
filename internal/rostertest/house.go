// Package rostertest is a house for tests: real databases, a clock that stands still, and the words
// to act as someone. It holds no doors of its own and nothing that runs outside tests.
package rostertest

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/rostertest/postgres"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
)

// Clock is a clock that moves when it is told to.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now gives the clock's moment.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Start is the moment at which every test's clock begins.
func Start() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

// House is an open Roster on a database of its own, with one organisation "Acme".
type House struct {
	*app.House
	T        testing.TB
	Clock    *Clock
	Database string
	Acme     roster.Organisation
	Owner    roster.Actor // Olga Owner, the accepted Owner of Acme
}

// Cheap is the cost of passwords in tests: the same code, less work.
func Cheap() secret.Params { return secret.Params{MemoryKiB: 64, Time: 1, Threads: 1} }

// Password is a password that meets every criterion.
const Password = "violet-anchor-tuesday-47"

// EachDatabase runs a test on SQLite and on PostgreSQL, each time in a house of its own.
func EachDatabase(t *testing.T, test func(t *testing.T, h *House)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, New(t, filepath.Join(t.TempDir(), "roster.db"))) })
	if postgres.Wanted() { // only `make check` asks for SQLite alone
		t.Run("postgres", func(t *testing.T) { test(t, New(t, Database(t))) })
	}
}

// SQLite opens a house on SQLite alone, for tests of what does not touch the database's ways.
func SQLite(t testing.TB) *House { return New(t, filepath.Join(t.TempDir(), "roster.db")) }

// New opens a house on a database, with Acme and its Owner.
func New(t testing.TB, database string) *House {
	t.Helper()
	return found(t, Open(t, database))
}

// found makes Acme and its Owner in an empty house.
func found(t testing.TB, h *House) *House {
	t.Helper()
	founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Acme", Plan: roster.PlanUnlimited, Owner: "olga@example.com"})
	if err != nil {
		t.Fatalf("create Acme: %v", err)
	}
	h.Acme = founded.Organisation
	h.Owner = h.Accept(founded.Organisation.ID, founded.Link, "Olga", "Owner")
	return h
}

// Open opens a house on a database as it is.
func Open(t testing.TB, database string) *House {
	return open(t, database, app.Settings{Hashing: Cheap()})
}

// Slow is Open for a house in which each new password takes so long to hash that other things happen meanwhile.
func Slow(t testing.TB, database string, passes uint32) *House {
	p := Cheap()
	p.Time = passes
	return open(t, database, app.Settings{Hashing: p})
}

// Asking is New for a house that asks providers in its own way, such as on loopback.
func Asking(t testing.TB, database string, o outgoing.Settings) *House {
	t.Helper()
	return found(t, open(t, database, app.Settings{Hashing: Cheap(), Outgoing: o}))
}

// Paced is New for a house in which so many letters may leave within an hour.
func Paced(t testing.TB, database string, p action.Pace) *House {
	t.Helper()
	return found(t, open(t, database, app.Settings{Hashing: Cheap(), Letters: p}))
}

func open(t testing.TB, database string, s app.Settings) *House {
	t.Helper()
	schema(t, database)
	clock := &Clock{at: Start()}
	s.Database, s.Key, s.Clock, s.Webhooks = database, secret.NewKey(), clock.Now, outgoing.Settings{Private: true}
	inner, err := app.Open(context.Background(), s)
	if err != nil {
		t.Fatalf("open %s: %v", database, err)
	}
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &House{House: inner, T: t, Clock: clock, Database: database}
}

// CLI gives a context of the command line, in an organisation (empty for none).
func (h *House) CLI(o roster.OrgID) context.Context {
	return roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorCLI, Organisation: o, Name: "Command line", Door: roster.DoorCLI})
}

// As gives a context of an actor.
func (h *House) As(a roster.Actor) context.Context {
	return roster.WithActor(context.Background(), a)
}

// Accept accepts an invitation by its secret as a new person and gives the member as an actor.
func (h *House) Accept(o roster.OrgID, secret, first, last string) roster.Actor {
	h.T.Helper()
	ctx := roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"})
	done, err := h.SignIn.Accept(ctx, signin.Acceptance{Org: o, Secret: secret, FirstName: first, LastName: last, Password: Password, Repeat: Password})
	if err != nil {
		h.T.Fatalf("accept as %s %s: %v", first, last, err)
	}
	return Actor(done.Member)
}

// Actor gives a member as an actor of the dashboard, or of the API for an API user.
func Actor(m roster.Member) roster.Actor {
	a := roster.Actor{Kind: roster.ActorMember, Organisation: m.Org, Member: m.ID, Person: m.Person, Name: m.Label(), Door: roster.DoorDashboard, IP: "203.0.113.7", Request: "req_test"}
	if m.Kind == roster.API {
		a.Kind, a.Door = roster.ActorAPIUser, roster.DoorAPI
	}
	return a
}

// Join invites an address with roles as the Owner and accepts for them, by a copied link.
func (h *House) Join(email, first, last string, roles ...string) roster.Actor {
	h.T.Helper()
	ctx := h.As(h.Owner)
	v, err := h.Team.Invite(ctx, team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roles...)})
	if err != nil {
		h.T.Fatalf("invite %s: %v", email, err)
	}
	linked, err := h.Team.Link(ctx, v.ID)
	if err != nil {
		h.T.Fatalf("link for %s: %v", email, err)
	}
	return h.Accept(h.Acme.ID, linked.Secret, first, last)
}

// Verified fails the test when an organisation's history does not hold together.
func (h *House) Verified(o roster.OrgID) {
	h.T.Helper()
	proof, err := h.History.Verify(h.CLI(o), history.Proving{})
	if err != nil || len(proof.Faults) > 0 {
		h.T.Errorf("the history of %s does not verify: %v %v", o, proof.Faults, err)
	}
}

// Mailed gives the secret of an invitation's link as a letter would bring it.
func (h *House) Mailed(o roster.OrgID, m roster.MemberID) string {
	h.T.Helper()
	link := secret.New(act.InvitationPrefix)
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		return invitationdb.AddLink(ctx, tx.Tx, o, invitationdb.Link{Hash: secret.Hash(link), Member: m, Generation: 1, ByMail: true})
	})
	if err != nil {
		h.T.Fatalf("mail a link: %v", err)
	}
	return link
}
