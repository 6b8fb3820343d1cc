// Package history is the API's area of the history: an organisation's lines and a member's, oldest first. It
// writes none.
package history

import (
	"context"
	"time"

	"roster/internal/act"
	lines "roster/internal/action/history"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ room *lines.Room }

// Routes is the area.
func Routes(room *lines.Room) api.Area {
	a := area{room}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET /orgs/{org}/history", act.HistoryList, "Read the history, oldest first"), a.ofAll)
		api.Add(d, api.Op("GET /orgs/{org}/members/{id}/history", act.MemberHistory, "Read a member's history, oldest first"), a.ofMember)
		api.Add(d, api.Op("GET /orgs/{org}/history/checkpoint", act.HistoryCheckpoint, "Sign what the history is now"), a.checkpoint)
		api.Add(d, api.Op("GET /orgs/{org}/history/checkpoints", act.HistoryCheckpoints, "Read the checkpoints that are kept, newest first"), a.checkpoints)
	}
}

// Lines is one page of the history.
type Lines struct {
	Items     []record.Line `json:"items" nullable:"false"`
	NextAfter int64         `json:"next_after" doc:"Where to go on, now or once more has happened."`
	More      bool          `json:"more" doc:"Whether there are more lines already."`

	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
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
	api.Inside
	Span
	Member string `query:"member" doc:"Lines about this member."`
}

// MemberHistoryQuery is what a member's history is asked with.
type MemberHistoryQuery struct {
	api.OnMember
	Span
}

func (a area) ofAll(ctx context.Context, in *HistoryQuery) (*api.Shown[Lines], error) {
	var of roster.MemberID
	if in.Member != "" {
		of = api.MemberID(in.Member)
	}
	return a.lines(ctx, in.Span, of, a.room.List)
}

func (a area) ofMember(ctx context.Context, in *MemberHistoryQuery) (*api.Shown[Lines], error) {
	return a.lines(ctx, in.Span, api.MemberID(in.ID), a.room.OfMember)
}

func (a area) lines(ctx context.Context, s Span, of roster.MemberID, read func(context.Context, lines.Query) (lines.Page, error)) (*api.Shown[Lines], error) {
	q, err := s.query(of)
	if err != nil {
		return nil, err
	}
	page, err := read(ctx, q)
	if err != nil {
		return nil, err
	}
	out := Lines{Items: api.Each(page.Events, record.Of), NextAfter: q.After, More: page.Next != 0, Allowed: api.Here(ctx)}
	if n := len(page.Events); n > 0 {
		out.NextAfter = page.Events[n-1].Seq
	}
	return &api.Shown[Lines]{Body: out}, nil
}

func (s Span) query(of roster.MemberID) (lines.Query, error) {
	q := lines.Query{Member: of, After: s.After, Forward: true, Limit: api.Asked(s.Limit)}
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
