// Package app opens what Roster is made of and wires it: the database, the gate, the rooms, the doors
// and the jobs. It knows everyone and decides nothing.
package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/access"
	"roster/internal/action/apiuser"
	"roster/internal/action/apiuser/credential"
	"roster/internal/action/backup"
	"roster/internal/action/catalogue"
	"roster/internal/action/client"
	"roster/internal/action/decision"
	"roster/internal/action/factor"
	"roster/internal/action/feed"
	"roster/internal/action/history"
	lineexport "roster/internal/action/history/export"
	"roster/internal/action/keyring"
	"roster/internal/action/method"
	"roster/internal/action/news"
	"roster/internal/action/operator"
	"roster/internal/action/org"
	"roster/internal/action/org/brand"
	"roster/internal/action/org/emblem"
	"roster/internal/action/org/ending"
	orgexport "roster/internal/action/org/export"
	"roster/internal/action/org/fleet"
	"roster/internal/action/org/network"
	"roster/internal/action/org/portal"
	"roster/internal/action/outbox"
	"roster/internal/action/plan"
	roles "roster/internal/action/role"
	"roster/internal/action/self"
	"roster/internal/action/signin"
	"roster/internal/action/signin/connect"
	"roster/internal/action/signin/mailbox"
	"roster/internal/action/signin/password"
	links "roster/internal/action/signin/portal"
	"roster/internal/action/signin/recovery"
	"roster/internal/action/team"
	"roster/internal/action/team/apply"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/bulk"
	"roster/internal/action/team/erasure"
	"roster/internal/action/team/export"
	"roster/internal/action/team/letters"
	"roster/internal/action/team/own"
	"roster/internal/action/team/picture"
	"roster/internal/action/team/profile"
	"roster/internal/action/team/removal"
	"roster/internal/action/team/view"
	"roster/internal/action/team/way"
	"roster/internal/action/unit"
	"roster/internal/action/webhook"
	"roster/internal/courier"
	"roster/internal/outgoing"
	"roster/internal/raster"
	"roster/internal/relying"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
)

// Settings are what the house is opened with.
type Settings struct {
	Database string            // "postgres://…" or the path of an SQLite file
	Key      *secret.Key       // the installation's key; nil for acts that need none to be kept
	Sessions signin.Settings   // how long sessions last; the defaults when zero
	Hashing  secret.Params     // the cost of passwords; the default when zero
	Outgoing outgoing.Settings // how providers are asked
	Webhooks outgoing.Settings // how receivers of events are asked
	Letters  action.Pace       // how many invitations an hour; the defaults when zero
	Clock    func() time.Time  // replaces the database's clock in tests
}

// House is an open Roster without doors: the gate and every room. The command line works with it
// alone; a server adds doors and jobs.
type House struct {
	DB        *store.DB
	Key       *secret.Key
	Hasher    *secret.Hasher // of passwords; its load is worth watching
	Gate      *action.Gate
	Orgs      *org.Room
	Team      *team.Room
	Removals  *removal.Room
	Erasures  *erasure.Room
	Pictures  *picture.Room
	Bulks     *bulk.Room
	People    *apply.Room
	Imports   *imports.Room
	Letters   *letters.Room // as an organisation's administrators follow them
	Views     *view.Room
	Exports   *export.Room
	Emblems   *emblem.Room
	Brands    *brand.Room
	Profiles  *profile.Room
	Backups   *backup.Room
	Own       *own.Room
	Ways      *way.Room
	Self      *self.Room
	News      *news.Room
	Units     *unit.Room
	Roles     *roles.Room
	Access    *access.Room
	Decisions *decision.Room
	APIUser   *apiuser.Room
	Client    *client.Room
	Keys      *keyring.Room // of the keys that sign access tokens
	Catalogue *catalogue.Room
	Plans     *plan.Room
	SignIn    *signin.Room
	Recovery  *recovery.Room
	Mailbox   *mailbox.Room
	Factors   *factor.Room
	Passwords *password.Room
	Networks  *network.Room
	Portals   *portal.Room
	Links     *links.Room // of the host product, by which it brings members in
	Methods   *method.Room
	Connect   *connect.Room
	History   *history.Room
	Feed      *feed.Room
	Lines     *lineexport.Room
	Outbox    *outbox.Room
	Operators *operator.Room
	Fleet     *fleet.Room
	Endings   *ending.Room
	Takeouts  *orgexport.Room
	Webhooks  *webhook.Room
	Products  *webhook.Product // their webhooks
	Courier   *courier.Courier
	Wake      <-chan struct{} // receives after a transaction that may have made jobs
	Stir      <-chan struct{} // the same, for who delivers events
	Bring     <-chan struct{} // the same, for who applies imports

	Credentials *credential.Room // what API users prove themselves by
}

// Open opens the database, brings it up to date and sets the rooms up. Close it.
func Open(ctx context.Context, s Settings) (*House, error) {
	db, err := store.Open(ctx, store.Options{URL: s.Database, Clock: s.Clock})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	if s.Key == nil {
		s.Key = secret.NewKey()
	}
	if s.Hashing == (secret.Params{}) {
		s.Hashing = secret.DefaultParams()
	}
	if s.Sessions == (signin.Settings{}) {
		s.Sessions = signin.Settings{Lifetime: 24 * time.Hour, Idle: time.Hour}
	}
	if s.Letters == (action.Pace{}) {
		s.Letters = DefaultLetters(0)
	}
	wake, stir, bring := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	gate := action.NewGate(db, follow(s.Letters), func() {
		for _, sleeper := range []chan struct{}{wake, stir, bring} {
			select {
			case sleeper <- struct{}{}:
			default: // a wake-up is waiting already
			}
		}
	})
	machine := time.Now
	if s.Clock != nil {
		machine = s.Clock
	}
	runner := courier.New(s.Webhooks, machine)
	webhooks := webhook.New(gate, s.Key, runner)
	cursors, hasher, maker := secret.NewCursors(s.Key), secret.NewHasher(s.Hashing, 0, waiting), raster.NewMaker()
	signIn, orgs := signin.New(gate, hasher, s.Key, s.Sessions), org.New(gate)
	lines, err := history.New(gate, s.Key.Derive(history.CheckpointKey))
	if err != nil {
		return nil, fmt.Errorf("app: %w", errors.Join(err, db.Close()))
	}
	return &House{
		DB: db, Key: s.Key, Hasher: hasher, Gate: gate, Wake: wake, Stir: stir, Bring: bring, Webhooks: webhooks, Products: webhook.NewProduct(webhooks), Courier: runner,
		People: apply.New(gate, hands()), Imports: imports.New(gate, cursors), Letters: letters.New(gate, cursors),
		Orgs: orgs, Team: team.New(gate, cursors, hasher), Removals: removal.New(gate), Erasures: erasure.New(gate), Pictures: picture.New(gate, maker), Bulks: bulk.New(gate), Views: view.New(gate), Exports: export.New(gate), Emblems: emblem.New(gate, maker), Brands: brand.New(gate, maker), Profiles: profile.New(gate), Backups: backup.New(gate, db.Kind()), Own: own.New(gate, maker), Ways: way.New(gate), Self: self.New(gate), News: news.New(gate, cursors), APIUser: apiuser.New(gate), Credentials: credential.New(gate),
		Client: client.New(gate), Keys: keyring.New(gate, s.Key), Catalogue: catalogue.New(gate), Plans: plan.New(gate),
		Units: unit.New(gate, cursors), Roles: roles.New(gate, cursors), Access: access.New(gate, cursors),
		Decisions: decision.New(gate, cursors),
		SignIn:    signIn, Recovery: recovery.New(gate), Mailbox: mailbox.New(gate, hasher), Factors: factor.New(gate, s.Key), Passwords: password.New(gate, hasher), Networks: network.New(gate), Portals: portal.New(gate), Links: links.New(gate, s.Sessions), Methods: method.New(gate, s.Key), Connect: connect.New(gate, s.Key, relying.New(s.Outgoing), signIn, entering(orgs)),
		History: lines, Lines: lineexport.New(gate), Feed: feed.New(gate, cursors), Outbox: outbox.New(gate),
		Operators: operator.New(gate, hasher), Fleet: fleet.New(gate, cursors), Endings: ending.New(gate), Takeouts: orgexport.New(gate),
	}, nil
}

// entering is how a session comes into an organisation where no page of that one asked.
func entering(orgs *org.Room) connect.Enter {
	return func(ctx context.Context, to roster.OrgID) (roster.Actor, error) {
		entry, err := orgs.Enter(ctx, string(to))
		return entry.Actor(roster.ActorFrom(ctx)), err
	}
}

// waiting bounds how many passwords wait to be hashed, for whatever use, before the answer is "busy".
const waiting = 64

// DefaultLetters gives how many invitations an hour may follow: five to one address, so many by one actor (1,000 when
// zero), and thrice as many from their organisation.
func DefaultLetters(actor int) action.Pace {
	if actor == 0 {
		actor = 1000
	}
	return action.Pace{Address: 5, Actor: actor, Organisation: 3 * actor}
}

// follow tells what jobs actions lead to.
func follow(letters action.Pace) action.Follow {
	letter := []action.Sequel{{Kind: outbox.Invitation, Field: "invitation", Pace: &letters}}
	reset := []action.Sequel{{Kind: outbox.FactorReset, Field: "factor_reset", Pace: &letters}}
	password := []action.Sequel{{Kind: recovery.Reset, Field: "recovery", Pace: &letters, Named: true}}
	way := []action.Sequel{letter[0], {Kind: outbox.Way, Field: act.WayTold, Pace: &letters}}
	return action.Follow{act.MemberMethod: way, act.MemberFactorReset: reset, act.MemberPasswordReset: password, act.MemberInvite: letter, act.MemberClone: letter, act.MemberResend: letter}
}

// hands are the rooms' own ways to change what a file of people describes.
func hands() apply.Hands {
	return apply.Hands{
		MakeUnit: unit.Make, AlterUnit: unit.Alter, ShiftUnit: unit.Shift, PutAway: unit.PutAway, TakeBack: unit.TakeBack,
		MakeRole: roles.Make, AlterRole: roles.Alter, EndRole: roles.End,
		MoveEnd: credential.MoveEnd,
	}
}

// Close closes the database.
func (h *House) Close() error { return h.DB.Close() }
