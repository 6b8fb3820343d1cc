// Package decision is the room where programs ask, for the host product, whether somebody may do something
// somewhere (design pages 1 and 7; AuthZEN Authorization API 1.0). It answers from the organisation's
// snapshot and changes nothing. How questions look on the wire is the door's; what they mean and how they
// are decided is package authz's.
package decision

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/authz/question"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
)

// Room holds the use cases of decisions.
type Room struct {
	gate     *action.Gate
	cursors  secret.Cursors
	compiled atomic.Pointer[compiled] // of the catalogue that was asked last
}

// compiled is a catalogue's mappings.
type compiled struct {
	catalogue *authz.Catalogue
	mappings  *question.Mappings
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{gate: g, cursors: c} }

// Question is one question. AtLeast is a position of the organisation's history that the answer must have
// seen. Lacks names a part that the asker left out: such a question is denied, and not looked at.
type Question struct {
	question.Request
	AtLeast int64
	Lacks   string
}

// Answer is the answer to a question. What is denied has a reason.
type Answer struct {
	Allowed bool
	Reason  Reason
}

// Semantic tells when a batch ends.
type Semantic int

// The semantics (AuthZEN, section 7.1.2.1).
const (
	ExecuteAll          Semantic = iota // when all are answered
	DenyOnFirstDeny                     // with the first that is denied
	PermitOnFirstPermit                 // with the first that is allowed
)

// ParseSemantic reads a semantic's name.
func ParseSemantic(name string) (Semantic, bool) {
	at := slices.Index([]string{"execute_all", "deny_on_first_deny", "permit_on_first_permit"}, name)
	return Semantic(max(at, 0)), at >= 0
}

// ends tells whether an answer is the batch's last.
func (s Semantic) ends(a Answer) bool {
	return s == DenyOnFirstDeny && !a.Allowed || s == PermitOnFirstPermit && a.Allowed
}

// Evaluate answers one question in the actor's organisation. Kinds: Denied without decisions.read, NotFound
// for an unknown organisation, Conflict (position_ahead) when the history has not come to q.AtLeast.
func (r *Room) Evaluate(ctx context.Context, q *Question) (Answer, error) {
	return action.Look(ctx, r.gate, act.DecisionEvaluate, func(ctx context.Context, _ store.Reader) (Answer, error) {
		d, err := r.here(ctx)
		if err != nil {
			return Answer{}, err
		}
		return d.answer(q)
	})
}

// Batch is several questions that are answered from the same state.
type Batch struct {
	Questions []Question
	Semantic  Semantic
	Answers   []Answer // room for the answers; may be nil
}

// EvaluateAll answers questions in their order, up to where the semantic ends them. Kinds as Evaluate's.
func (r *Room) EvaluateAll(ctx context.Context, b Batch) ([]Answer, error) {
	return action.Look(ctx, r.gate, act.DecisionEvaluate, func(ctx context.Context, _ store.Reader) ([]Answer, error) {
		d, err := r.here(ctx)
		if err != nil {
			return nil, err
		}
		answers := b.Answers[:0]
		for i := range b.Questions {
			a, err := d.answer(&b.Questions[i])
			if err != nil {
				return nil, err
			}
			if answers = append(answers, a); b.Semantic.ends(a) {
				break
			}
		}
		return answers, nil
	})
}

// desk is what questions are answered from: one state of one organisation, at one moment.
type desk struct {
	org      roster.OrgID
	snap     *authz.Snapshot
	mappings *question.Mappings
	at       time.Time
}

func (r *Room) here(ctx context.Context) (desk, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return desk{}, err
	}
	was := r.compiled.Load()
	if was == nil || was.catalogue != snap.Catalogue() {
		mappings, err := question.Compile(snap.Catalogue())
		if err != nil {
			return desk{}, fmt.Errorf("the kept catalogue's mappings: %s", err) // nobody's input: it was refused when it was applied
		}
		was = &compiled{snap.Catalogue(), mappings}
		r.compiled.Store(was)
	}
	return desk{roster.ActorFrom(ctx).Organisation, snap, was.mappings, action.Moment(ctx)}, nil
}

// seen is nil when the state has seen a position. Kind: Conflict.
func (d desk) seen(position int64) error {
	if position <= d.snap.Seq() {
		return nil
	}
	return roster.Errorf(roster.Conflict, "position_ahead", "The organisation's history has not come to position %d; it is at %d.", position, d.snap.Seq())
}

func (d desk) answer(q *Question) (Answer, error) {
	if q.Lacks != "" {
		return Answer{Reason: Reason{Code: Incomplete, Text: "The field " + q.Lacks + " is missing."}}, nil
	}
	if err := d.seen(q.AtLeast); err != nil {
		return Answer{}, err
	}
	q.Organisation = d.org
	asked, why, ok := d.mappings.Resolve(d.snap, &q.Request)
	if !ok {
		return Answer{Reason: unresolved(why)}, nil
	}
	if d.snap.Decide(asked, d.at) {
		return Answer{Allowed: true}, nil
	}
	return Answer{Reason: explained(d.snap.Explain(asked, d.at))}, nil
}
