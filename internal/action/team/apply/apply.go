// Package apply is the room of files that describe an organisation's people (package people): what such a file would
// change is planned, it is applied, and the present state is exported as one. Customer accounts, roles and members are
// changed by the very actions of their own rooms, one row of a series each, and never past them. It reads no file.
package apply

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/store"
)

// Hands are what other rooms do to one thing of theirs, in the transaction of whoever asks.
type Hands struct {
	MakeUnit, AlterUnit func(context.Context, *store.Tx, roster.Unit) error
	ShiftUnit           func(ctx context.Context, tx *store.Tx, id, parent roster.UnitID) error
	PutAway, TakeBack   func(context.Context, *store.Tx, roster.UnitID) error
	MakeRole, AlterRole func(context.Context, *store.Tx, roster.Role) error
	EndRole             func(ctx context.Context, tx *store.Tx, id string) error
	MoveEnd             func(context.Context, *store.Tx, roster.MemberID, time.Time) error
}

// Room holds the use cases.
type Room struct {
	gate  *action.Gate
	hands Hands
	turns chan struct{}
	most  int // acts of a step
}

// New makes the room.
func New(g *action.Gate, h Hands) *Room {
	return &Room{g, h, make(chan struct{}, runtime.GOMAXPROCS(0)), action.MostRows}
}

// InSteps gives a room with steps of at most so many acts, and of no more than it had.
func InSteps(r *Room, most int) *Room {
	in := *r
	in.most = min(most, r.most)
	return &in
}

// Kinds of things that a change is about.
const (
	Unit   = "unit"
	Role   = "role"
	Member = "member"
)

// Change is one act that a file asks for, and what became of it: a line of the history where it was done.
type Change struct {
	What   string // Unit, Role or Member
	Line   int    // of the file; 0 for members whom it does not name
	ID     string // of the thing; of one that a plan would make, none that stays
	Name   string
	Does   act.Name // empty where what the file says cannot be meant
	Fields []Field
	Gained []Grant
	Lost   []Grant
	Err    *roster.Error // why it was refused

	ClientID string // of an API user that was made
	Secret   string // likewise, this once
}

// Made tells that the change makes something new, whose ID means nothing before it was done.
func (c Change) Made() bool {
	return c.Does == act.UnitCreate || c.Does == act.RoleCreate || c.Does == act.MemberInvite || c.Does == act.APIUserCreate
}

// Grant is what somebody gains or loses, by the names that a file has for it and by what people call it.
type Grant struct {
	people.Grant
	RoleName, UnitName string
}

// Field is a field that a change gives another value.
type Field struct{ Name, From, To string }

// Result is what a file would change, or did, in the order in which it is done. What is as the file says is not named.
type Result struct {
	Changes []Change
	Done    int
	Refused int
	Next    Place // where the next step goes on; the zero place when all was done
	Total   int   // how many places there are
}

// Over tells that no step is left.
func (r Result) Over() bool { return r.Next == Place{} }

// With gives the result with a further step's.
func (r Result) With(more Result) Result {
	more.Changes, more.Done, more.Refused = append(r.Changes, more.Changes...), r.Done+more.Done, r.Refused+more.Refused
	return more
}

// Place is where in a file an apply is.
type Place struct {
	Task  int
	After roster.MemberID // among those whom the file does not name
}

// String writes a place so that ParsePlace reads it.
func (p Place) String() string {
	return strings.TrimSuffix(strconv.Itoa(p.Task)+":"+string(p.After), ":")
}

// ParsePlace reads a place. Kind: Invalid, code malformed.
func ParsePlace(s string) (Place, error) {
	if s == "" {
		return Place{}, nil
	}
	n, after, _ := strings.Cut(s, ":")
	task, err := strconv.Atoi(n)
	if err != nil || task < 0 || after != "" && !roster.IsMemberID(after) {
		return Place{}, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	return Place{task, roster.MemberID(after)}, nil
}

// Plan tells what applying a file would do now, each change with what would become of it: everything is done in one
// transaction, as Apply does it, and taken back. Kinds: Invalid (too_many_members to prune), Denied.
func (r *Room) Plan(ctx context.Context, f people.File) (Result, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	actor := roster.ActorFrom(ctx)
	actor.Call = &roster.Call{DryRun: true}
	ctx = roster.WithActor(ctx, actor)
	return action.DoSeries(ctx, r.gate, act.PeoplePlan, func(ctx context.Context, s *action.Series) (Result, error) {
		return begin(s, r.hands, f).walk(ctx, Place{}, 0)
	})
}

// Step applies a file from a place on, under one lock, until some action.MostRows acts were tried: what is left is the
// next step's. Each act is permitted and held to the rules for the actor, and one that is refused takes no other down. A
// step that changed something has a line of its own in the history, after those of what it did. Kinds: as of Plan, and
// Denied for who did not prove anew that it is they.
func (r *Room) Step(ctx context.Context, f people.File, from Place) (Result, error) {
	return action.DoSeries(ctx, r.gate, act.PeopleApply, func(ctx context.Context, s *action.Series) (Result, error) {
		out, err := begin(s, r.hands, f).walk(ctx, from, r.most)
		if err == nil && out.Done > 0 {
			on := of(f)
			err = s.Tell(ctx, on, roster.Change{Of: on, Field: "done", To: strconv.Itoa(out.Done)}, roster.Change{Of: on, Field: "refused", To: strconv.Itoa(out.Refused)})
		}
		return out, err
	})
}

// of names a file to the history: by what it holds, and as it is called.
func of(f people.File) roster.Ref {
	name, err := roster.CleanName(f.Name)
	if err != nil {
		name = ""
	}
	return roster.Ref{Kind: "file", ID: "file_" + f.Sum[:min(16, len(f.Sum))], Name: name}
}

// Apply applies a file step by step, each under a lock of its own, so that others come in between; told is told after
// each what became of it so far. Steps that were done stand when a later one fails: then what they did is given with the
// error.
func Apply(ctx context.Context, r *Room, f people.File, told func(Result)) (Result, error) {
	var all Result
	for {
		step, err := r.Step(ctx, f, all.Next)
		if err != nil {
			return all, err
		}
		all = all.With(step)
		told(all)
		if all.Over() {
			return all, nil
		}
	}
}
