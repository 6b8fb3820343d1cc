// Package action is the gate that everything passes which reads or changes what Roster keeps, and the
// one list of all that can be done. Permission, transaction, organisation, history, seats, delegation
// and the last Owner are decided here and nowhere else. The rooms below it hold the use cases; what
// follows from them (mail) is done elsewhere, after the transaction.
package action

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
	"roster/internal/store/idempotencydb"
	"roster/internal/store/jobdb"
)

// Gate is the one way to the store.
type Gate struct {
	db      *store.DB
	actions map[Name]Action
	follow  Follow
	wake    func()
}

// Follow tells which kinds of jobs follow from an action.
type Follow map[Name][]string

// NewGate makes the gate of a database. follow tells what jobs actions lead to; wake is called after
// each transaction that made some, and must not block.
func NewGate(db *store.DB, follow Follow, wake func()) *Gate {
	g := &Gate{db: db, actions: map[Name]Action{}, follow: follow, wake: wake}
	for _, a := range List() {
		g.actions[a.Name] = a
	}
	return g
}

type insideKey struct{}

// inside is the action under way, with what the gate has found out for it.
type inside struct {
	name      Name
	org       roster.OrgID
	member    roster.MemberID
	authority *authz.Authority // the actor's; nil until it was asked for
}

func insideOf(ctx context.Context) *inside {
	in, _ := ctx.Value(insideKey{}).(*inside)
	return in
}

// begin finds the action and refuses one within another.
func (g *Gate) begin(ctx context.Context, name Name) (Action, context.Context, error) {
	a, ok := g.actions[name]
	if !ok {
		return a, ctx, fmt.Errorf("action %q is not in the list", name)
	}
	if outer := insideOf(ctx); outer != nil {
		return a, ctx, fmt.Errorf("action %q within action %q", name, outer.name)
	}
	return a, context.WithValue(ctx, insideKey{}, &inside{name: name}), nil
}

// Do runs an action that changes something: one transaction under the organisation's lock, in which
// the actor's right is asked, fn changes what it changes, the rules of design page 1 are held
// (delegation, seats, last Owner), the history gets its line and the jobs that follow are queued. When
// it returns, the change is committed. fn does no slow work and nothing outside the transaction: it
// may run again.
func Do[T any](ctx context.Context, g *Gate, name Name, on roster.Ref, fn func(context.Context, *store.Tx) (T, error)) (T, error) {
	var result T
	a, ctx, err := g.begin(ctx, name)
	if err != nil {
		return result, err
	}
	actor := roster.ActorFrom(ctx)
	org := place(a, actor)
	err = g.db.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
		var none T
		result = none
		return g.inside(ctx, tx, a, actor, on, func(ctx context.Context) (any, error) {
			var err error
			result, err = fn(ctx, tx)
			return result, err
		})
	})
	if err != nil {
		g.refused(ctx, org, a, actor, on, err)
		var none T
		return none, err
	}
	g.wake()
	return result, nil
}

// place gives the organisation whose lock and history an action takes.
func place(a Action, actor roster.Actor) roster.OrgID {
	if a.Global {
		return roster.Installation
	}
	return actor.Organisation
}

// inside is what happens within the transaction of Do, in this order.
func (g *Gate) inside(ctx context.Context, tx *store.Tx, a Action, actor roster.Actor, on roster.Ref, fn func(context.Context) (any, error)) error {
	authority, err := g.permit(ctx, tx, a, actor)
	if err != nil {
		return err
	}
	replayed, err := replay(ctx, tx, actor)
	if err != nil || replayed {
		return err
	}
	if on, err = g.guard(ctx, tx, a, actor, authority, on); err != nil {
		return err
	}
	result, err := fn(ctx)
	if err != nil {
		return err
	}
	if len(tx.Changes()) == 0 {
		return keep(ctx, tx, actor, result, tx.Organisation().Seq)
	}
	if on.ID == "" {
		on = tx.Changes()[0].Of
	}
	if err := g.lawful(ctx, tx, authority); err != nil {
		return err
	}
	event, err := tx.Record(ctx, line(a, actor, on))
	if err != nil {
		return err
	}
	for _, kind := range g.follow[a.Name] {
		if err := jobdb.Enqueue(ctx, tx, jobdb.Job{Org: tx.Org(), ID: roster.NewID("job_"), Kind: kind, About: on.ID, Payload: "{}"}); err != nil {
			return err
		}
	}
	return keep(ctx, tx, actor, result, event.Seq)
}

func line(a Action, actor roster.Actor, on roster.Ref) roster.Event {
	return roster.Event{
		Action: string(a.Name), ActorKind: actor.Kind, ActorID: actor.ID(), ActorName: actor.Name,
		Door: actor.Door, Request: actor.Request, IP: actor.IP, Target: on,
	}
}

// replay finds out whether the request was answered before.
func replay(ctx context.Context, tx *store.Tx, actor roster.Actor) (bool, error) {
	call := actor.Call
	if call == nil || call.Key == "" {
		return false, nil
	}
	kept, err := idempotencydb.Find(ctx, tx, tx.Org(), actor.ID(), call.Key)
	if err != nil || !kept.OK {
		return false, err
	}
	if kept.Value.MAC != call.MAC {
		return false, roster.Errorf(roster.Conflict, "idempotency_key_reused", "This Idempotency-Key was used for another request. Take a new key for each request.")
	}
	call.Replay, call.Seq = &kept.Value.Answer, kept.Value.Answer.Seq
	return true, nil
}

// keep keeps the answer of a request that may come again, and tells the door the position.
func keep(ctx context.Context, tx *store.Tx, actor roster.Actor, result any, seq int64) error {
	call := actor.Call
	if call == nil {
		return nil
	}
	call.Seq = seq
	if call.Key == "" {
		return nil
	}
	answer, err := call.Encode(result)
	if err != nil {
		return err
	}
	answer.Seq = seq
	return idempotencydb.Keep(ctx, tx, idempotencydb.Kept{Org: tx.Org(), Actor: actor.ID(), Key: call.Key, MAC: call.MAC, Answer: answer})
}

// Look runs an action that reads: the actor's right is asked, then fn reads.
func Look[T any](ctx context.Context, g *Gate, name Name, fn func(context.Context, store.Reader) (T, error)) (T, error) {
	var none T
	a, ctx, err := g.begin(ctx, name)
	if err != nil {
		return none, err
	}
	actor := roster.ActorFrom(ctx)
	r := g.db.Reader()
	if _, err := g.permit(ctx, r, a, actor); err != nil {
		g.refused(ctx, place(a, actor), a, actor, roster.Ref{}, err)
		return none, err
	}
	return fn(ctx, r)
}

// Note writes bookkeeping: no permission, no lock of an organisation, no history. It is refused within an
// action, for whose end it would wait where the database has one writer.
func Note(ctx context.Context, g *Gate, fn func(context.Context, store.Noter) error) error {
	if outer := insideOf(ctx); outer != nil {
		return fmt.Errorf("bookkeeping within action %q", outer.name)
	}
	return g.db.Keep(ctx, fn)
}

// refused counts the refusal of a signed-in actor; its line follows when the minute is over. That a
// refusal could not be counted must not change the answer, so it is joined nowhere.
func (g *Gate) refused(ctx context.Context, org roster.OrgID, a Action, actor roster.Actor, on roster.Ref, err error) {
	var e *roster.Error
	if !errors.As(err, &e) || !actor.SignedIn() || actor.Organisation == "" || org == "" || !tells(e) {
		return
	}
	actor.Call, actor.Proofs, on = nil, nil, unproved(on)
	_ = g.db.Keep(context.WithoutCancel(ctx), func(ctx context.Context, tx store.Noter) error {
		return eventdb.CountRefusal(ctx, tx, eventdb.Refusal{Org: org, Action: string(a.Name), Code: e.Code, Actor: actor, Target: on})
	})
}

// unproved gives what a refused request was about as far as the history may show it: the asker's input
// was refused before anybody looked whether it is a name, or how long it is.
func unproved(on roster.Ref) roster.Ref {
	if on.Kind == "member" && !roster.IsMemberID(on.ID) {
		on.ID = ""
	}
	if _, err := roster.ParseEmail(on.Name); err == nil {
		return on
	}
	name, err := roster.CleanName(on.Name)
	if err != nil {
		name = ""
	}
	on.Name = name
	return on
}

// tells picks the refusals worth a line: those by a right or a rule, not slips of the keyboard.
func tells(e *roster.Error) bool {
	return e.Kind == roster.Denied || e.Code == "seat_limit" || e.Code == "last_owner"
}

// SealRefusals turns refusals whose minute is over into lines of the history, one for each actor,
// action and code.
func (g *Gate) SealRefusals(ctx context.Context) error {
	r := g.db.Reader()
	now, err := r.Now(ctx)
	if err != nil {
		return err
	}
	due, err := eventdb.DueRefusals(ctx, r, now)
	if err != nil {
		return err
	}
	var failed []error
	for _, v := range due {
		err := g.db.Write(ctx, v.Org, func(ctx context.Context, tx *store.Tx) error {
			dropped, err := eventdb.DropRefusal(ctx, tx, v)
			if err != nil || !dropped {
				return err
			}
			e := line(g.actions[Name(v.Action)], v.Actor, v.Target)
			e.Action, e.Refused, e.Count = v.Action, v.Code, v.Count
			_, err = tx.Record(ctx, e)
			return err
		})
		failed = append(failed, err) // one that fails does not keep the others
	}
	return errors.Join(failed...)
}

// standing asks for an actor's authority as the store has it now, and remembers it for the action.
func (g *Gate) standing(ctx context.Context, r store.Reader, actor roster.Actor) (authz.Authority, error) {
	if actor.Root() {
		return authz.Root(), nil
	}
	authority, err := ask(ctx, r, actor)
	if in := insideOf(ctx); in != nil && err == nil {
		in.org, in.member, in.authority = actor.Organisation, actor.Member, &authority
	}
	return authority, err
}
