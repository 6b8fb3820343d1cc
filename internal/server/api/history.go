package api

import (
	"context"
	"time"

	"roster/internal/action/history"
	"roster/internal/roster"
)

// Line is one line of the history.
type Line struct {
	Seq     int64     `json:"seq" doc:"Its place in the organisation's history, from 1, without gaps."`
	At      time.Time `json:"at"`
	Action  string    `json:"action"`
	Actor   Party     `json:"actor"`
	Door    string    `json:"door"`
	IP      *string   `json:"ip"`
	Target  Party     `json:"target"`
	Refused *string   `json:"refused" doc:"The code of the refusal; null when the action was done."`
	Count   int       `json:"count" doc:"How many refusals the line stands for; 0 when the action was done."`
	Changes []Change  `json:"changes" nullable:"false"`
}

// Party is someone or something that a line tells of, named as it was then.
type Party struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Change is one field that an action changed.
type Change struct {
	Of    Party  `json:"of"`
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Lines is one page of the history.
type Lines struct {
	Items     []Line `json:"items" nullable:"false"`
	NextAfter int64  `json:"next_after" doc:"Where to go on, now or once more has happened."`
	More      bool   `json:"more" doc:"Whether there are more lines already."`
}

// Span chooses lines.
type Span struct {
	After  int64  `query:"after" minimum:"0" doc:"Lines after this position; from the beginning when absent."`
	Action string `query:"action" doc:"Lines of this action."`
	From   string `query:"from" format:"date-time" doc:"Lines from this moment on (RFC 3339)."`
	To     string `query:"to" format:"date-time" doc:"Lines before this moment (RFC 3339)."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// HistoryQuery is what the organisation's history is asked with.
type HistoryQuery struct {
	Inside
	Span
	Member string `query:"member" doc:"Lines about this member."`
}

// MemberHistoryQuery is what a member's history is asked with.
type MemberHistoryQuery struct {
	OnMember
	Span
}

func (d *Door) history(ctx context.Context, in *HistoryQuery) (*Shown[Lines], error) {
	var of roster.MemberID
	if in.Member != "" {
		of = MemberID(in.Member)
	}
	return d.lines(ctx, in.Span, of)
}

func (d *Door) memberHistory(ctx context.Context, in *MemberHistoryQuery) (*Shown[Lines], error) {
	return d.lines(ctx, in.Span, MemberID(in.ID))
}

func (d *Door) lines(ctx context.Context, s Span, of roster.MemberID) (*Shown[Lines], error) {
	q, err := s.query(of)
	if err != nil {
		return nil, err
	}
	page, err := d.rooms.History.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := Lines{Items: make([]Line, len(page.Events)), NextAfter: q.After, More: page.Next != 0}
	for i, e := range page.Events {
		out.Items[i] = lineOf(e)
		out.NextAfter = e.Seq
	}
	return &Shown[Lines]{out}, nil
}

func (s Span) query(of roster.MemberID) (history.Query, error) {
	q := history.Query{Member: of, After: s.After, Forward: true, Limit: Asked(s.Limit)}
	var bad roster.Problems
	if s.After < 0 {
		bad.Add("after", roster.Errorf(roster.Invalid, "parameter_invalid", "A position is 0 or more."))
	}
	var err error
	q.Action, err = roster.CleanName(s.Action)
	bad.Add("action", err)
	q.From, err = instant(s.From)
	bad.Add("from", err)
	q.To, err = instant(s.To)
	bad.Add("to", err)
	return q, bad.Err()
}

func instant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, roster.Errorf(roster.Invalid, "time_invalid", "Write a moment as 2026-11-22T09:00:00Z; a plus sign in an address is written %%2B.")
	}
	return t, nil
}

func lineOf(e roster.Event) Line {
	out := Line{
		Seq: e.Seq, At: Exact(e.At), Action: e.Action, Actor: Party{Kind: string(e.ActorKind), ID: e.ActorID, Name: e.ActorName},
		Door: string(e.Door), IP: Text(e.IP), Target: partyOf(e.Target), Refused: Text(e.Refused), Count: e.Count, Changes: make([]Change, len(e.Changes)),
	}
	for i, c := range e.Changes {
		out.Changes[i] = Change{Of: partyOf(c.Of), Field: c.Field, From: c.From, To: c.To}
	}
	return out
}

func partyOf(r roster.Ref) Party { return Party{Kind: r.Kind, ID: r.ID, Name: r.Name} }
