// Package action is the gate that everything passes which reads or changes what Roster keeps, and the
// one list of all that can be done. Permission, place, transaction, organisation, history, seats,
// delegation and the last Owner are decided here and nowhere else. The rooms below it hold the use cases;
// what follows from them (mail) is done elsewhere, after the transaction.
package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/bell"
	"roster/internal/roster"
	"roster/internal/snapshot"
	"roster/internal/store"
	"roster/internal/store/idempotencydb"
	"roster/internal/store/jobdb"
	"roster/internal/store/kept"
	"roster/internal/store/orgdb"
	"roster/internal/store/placedb"
)

// Gate is the one way to the store.
type Gate struct {
	db      *store.DB
	actions map[act.Name]act.Action
	list    []act.Action
	snaps   *snapshot.Shelf
	orgs    *kept.Kept[roster.OrgID, roster.Organisation]
	follow  Follow
	wake    func()
}

// Follow tells which kinds of jobs follow from an action.
type Follow map[act.Name][]Sequel

// Sequel is a kind of jobs that follows when the action changed a field: a clone of a person brings an
// invitation and its letter, that of an API user none.
type Sequel struct {
	Kind  string
	Field string // as the history calls it
	Pace  *Pace  // how many may follow; nil for what is no letter
	Named bool   // the job names who did it: its payload is a Doer
}

// Doer is who did what a job follows from, as the letter calls them; empty for the command line.
type Doer struct {
	Name string `json:",omitempty"`
}

// NewGate makes the gate of a database. follow tells what jobs actions lead to; wake is called after
// each transaction that made some, and must not block.
func NewGate(db *store.DB, follow Follow, wake func()) *Gate {
	g := &Gate{db: db, actions: map[act.Name]act.Action{}, list: act.List(), snaps: snapshot.New(db), orgs: kept.New(mostOrganisations, orgdb.ByIDs), follow: follow, wake: wake}
	for _, a := range g.list {
		g.actions[a.Name] = a
	}
	return g
}

// mostOrganisations bounds how many are kept in memory.
const mostOrganisations = 10_000

// Do runs an action that changes something: one transaction under the organisation's lock, in which the actor's right
// is asked, fn changes what it changes, the rules of design page 1 are held (delegation, seats, last Owner), the
// history gets its line and the jobs that follow are queued. When it returns, the change is committed, and every
// decision that begins afterwards sees it; one that was only tried (roster.Call.DryRun) gives what it would, and nothing
// stands. fn does no slow work and nothing outside the transaction: it may run again.
func Do[T any](ctx context.Context, g *Gate, name act.Name, on roster.Ref, fn func(context.Context, *store.Tx) (T, error)) (T, error) {
	var result, none T
	in, ctx, err := g.begin(ctx, name)
	if err != nil {
		return none, err
	}
	org := place(in.action, in.actor)
	var after *authz.Snapshot
	err = g.db.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
		result, after = none, nil
		in.tx, in.at, in.snaps, in.authorities = tx, tx.At(), nil, nil
		var err error
		after, err = in.do(ctx, on, func(ctx context.Context) (any, error) {
			var err error
			result, err = fn(ctx, tx)
			return result, err
		})
		return err
	})
	if errors.Is(err, errTried) {
		return result, nil
	}
	if err != nil {
		g.refused(ctx, org, in, refusal{on: on, err: err})
		return none, err
	}
	g.snaps.Publish(org, after)
	g.wake()
	return result, nil
}

// place gives the organisation whose lock and history an action takes.
func place(a act.Action, actor roster.Actor) roster.OrgID {
	if a.Global {
		return roster.Installation
	}
	return actor.Organisation
}

// do is what happens within the transaction of Do, in this order. It gives the organisation's snapshot as
// it is afterwards, where somebody had asked for the one before.
func (in *inside) do(ctx context.Context, on roster.Ref, fn func(context.Context) (any, error)) (*authz.Snapshot, error) {
	authority, err := in.permit(ctx, in.tx, on)
	if err != nil {
		return nil, err
	}
	replayed, err := in.replayed(ctx)
	if err != nil || replayed {
		return nil, err
	}
	result, after, err := in.act(ctx, authority, on, fn)
	if err != nil {
		return nil, err
	}
	return after, in.keep(ctx, result)
}

// act is what a permitted action does: the guards, the change itself, the rules, what is derived from it, the line and the
// jobs. Of a batch each row is one.
func (in *inside) act(ctx context.Context, authority authz.Authority, on roster.Ref, fn func(context.Context) (any, error)) (any, *authz.Snapshot, error) {
	tx := in.tx
	on, err := in.guard(ctx, tx, authority, on)
	if err != nil {
		return nil, nil, err
	}
	if in.actor.Kind == roster.ActorInvitee || in.actor.Kind == roster.ActorCLI && in.action.On == "member" { // as it is before, so that it is seen who administers people from now on
		if _, err := in.snapshot(ctx, tx.Org()); err != nil {
			return nil, nil, err
		}
	}
	result, err := fn(ctx)
	if err != nil || len(tx.Changes()) == 0 {
		return result, nil, err
	}
	if on = in.action.Target(on, tx.Changes()); in.action.Nameless {
		on.Name = ""
	}
	after, err := in.lawful(ctx, authority)
	if err != nil {
		return nil, nil, err
	}
	if err := placedb.Follow(ctx, tx); err != nil {
		return nil, nil, err
	}
	if _, err := tx.Record(ctx, line(in.action, in.actor, on)); err != nil {
		return nil, nil, err
	}
	return result, after, in.sequels(ctx, on)
}

// sequels queues the jobs that follow from what was changed.
func (in *inside) sequels(ctx context.Context, on roster.Ref) error {
	tx := in.tx
	for _, s := range in.gate.follow[in.action.Name] {
		if !slices.ContainsFunc(tx.Changes(), func(c roster.Change) bool { return c.Field == s.Field }) {
			continue
		}
		if s.Pace != nil {
			if err := in.paced(ctx, *s.Pace, on); err != nil {
				return err
			}
		}
		var by Doer
		if s.Named && !in.actor.Root() {
			by.Name = in.actor.Name
		}
		payload, err := json.Marshal(by)
		if err != nil {
			return err
		}
		if err := jobdb.Enqueue(ctx, tx, jobdb.Job{Org: tx.Org(), ID: roster.NewID("job_"), Kind: s.Kind, About: on.ID, Payload: string(payload)}); err != nil {
			return err
		}
	}
	return nil
}

func line(a act.Action, actor roster.Actor, on roster.Ref) roster.Event {
	return roster.Event{
		Action: string(a.Name), ActorKind: actor.Kind, ActorID: actor.ID(), ActorName: actor.Name,
		Door: actor.Door, Request: actor.Request, IP: actor.IP, Target: on,
	}
}

// replay finds out whether the request was answered before.
func replay(ctx context.Context, r store.Reader, org roster.OrgID, actor roster.Actor) (bool, error) {
	call := actor.Call
	if call == nil || call.Key == "" {
		return false, nil
	}
	kept, err := idempotencydb.Find(ctx, r, org, actor.ID(), call.Key)
	if err != nil || !kept.OK {
		return false, err
	}
	if kept.Value.MAC != call.MAC {
		return false, roster.Errorf(roster.Conflict, "idempotency_key_reused", "This Idempotency-Key was used for another request. Take a new key for each request.")
	}
	call.Replay, call.Seq = &kept.Value.Answer, kept.Value.Answer.Seq
	return true, nil
}

// keep tells the door the position and keeps the answer of a request that may come again where replay looks for it, which is
// not the organisation that the action may just have made. Of what is tried nothing at all stands.
func (in *inside) keep(ctx context.Context, result any) error {
	call := in.actor.Call
	switch {
	case in.tries():
		return errTried
	case call == nil:
		return nil
	}
	call.Seq = in.tx.Seq()
	return answered(ctx, in.tx, place(in.action, in.actor), in.actor, result)
}

// answered keeps the answer to a request that may come again.
func answered(ctx context.Context, tx *store.Tx, org roster.OrgID, actor roster.Actor, result any) error {
	call := actor.Call
	if call == nil || call.Key == "" {
		return nil
	}
	answer, err := call.Encode(result)
	if err != nil {
		return err
	}
	answer.Seq = call.Seq
	return idempotencydb.Keep(ctx, tx, idempotencydb.Kept{Org: org, Actor: actor.ID(), Key: call.Key, MAC: call.MAC, Answer: answer})
}

// Look runs an action that reads and is about nothing in particular: the actor's right is asked, then fn reads.
func Look[T any](ctx context.Context, g *Gate, name act.Name, fn func(context.Context, store.Reader) (T, error)) (T, error) {
	return LookAt(ctx, g, name, roster.Ref{}, fn)
}

// LookAt runs an action that reads one thing: the actor's right is asked at the thing's place, and what
// lies out of the actor's sight is not found; then fn reads.
func LookAt[T any](ctx context.Context, g *Gate, name act.Name, on roster.Ref, fn func(context.Context, store.Reader) (T, error)) (T, error) {
	var none T
	in, ctx, err := g.begin(ctx, name)
	if err != nil {
		return none, err
	}
	in.at = g.db.Moment()
	r := g.db.Reader()
	authority, err := in.permit(ctx, r, on)
	if err == nil && on.ID != "" {
		_, err = in.guard(ctx, r, authority, on)
	}
	if err != nil {
		g.refused(ctx, place(in.action, in.actor), in, refusal{on: on, err: err})
		return none, err
	}
	return fn(ctx, r)
}

// Note writes bookkeeping: no permission, no lock of an organisation, no history. It is refused within an
// action, for whose end it would wait where the database has one writer.
func Note(ctx context.Context, g *Gate, fn func(context.Context, store.Noter) error) error {
	if outer := insideOf(ctx); outer != nil {
		return fmt.Errorf("bookkeeping within action %q", outer.action.Name)
	}
	return g.db.Keep(ctx, fn)
}

// NoteKept is Note for a request that may come again: its answer is kept, and given again, as that of Do. Those under one key
// wait for each other.
func NoteKept[T any](ctx context.Context, g *Gate, fn func(context.Context, store.Noter) (T, error)) (T, error) {
	var result, none T
	actor := roster.ActorFrom(ctx)
	err := Note(ctx, g, func(ctx context.Context, tx store.Noter) error {
		result = none
		if actor.Call != nil && actor.Call.Key != "" {
			if err := idempotencydb.Wait(ctx, tx, actor.Organisation); err != nil {
				return err
			}
			if replayed, err := replay(ctx, tx, actor.Organisation, actor); err != nil || replayed {
				return err
			}
		}
		var err error
		if result, err = fn(ctx, tx); err != nil {
			return err
		}
		return answered(ctx, tx.Tx, actor.Organisation, actor, result)
	})
	if err != nil {
		return none, err
	}
	return result, nil
}

// NoteOnce writes bookkeeping by one statement, without a transaction around it; else as Note.
func NoteOnce(ctx context.Context, g *Gate, fn func(context.Context, store.Single) error) error {
	if outer := insideOf(ctx); outer != nil {
		return fmt.Errorf("bookkeeping within action %q", outer.action.Name)
	}
	return fn(ctx, g.db.Single())
}

// Live tells that this process is the server, whose heartbeat sent at a moment reached the database; the zero
// moment that it is the server no more. Until the lease ends, whether anything changed is known without asking.
func (g *Gate) Live(sent time.Time) { g.db.Live(sent) }

// Follow takes note of what others commit beside this server, under the server's ID, until ctx ends.
func (g *Gate) Follow(ctx context.Context, server string) { g.db.Follow(ctx, server) }

// Listen gives an ear that hears of what is committed to some organisations' histories; bell.Any means all of them.
func (g *Gate) Listen(orgs ...roster.OrgID) *bell.Ear { return g.db.Listen(orgs...) }

// Followed tells how long ago Follow last found nothing left to take note of.
func (g *Gate) Followed() time.Duration { return g.db.Followed() }
