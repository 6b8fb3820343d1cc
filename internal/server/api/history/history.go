// Package history is the API's area of the history: an organisation's lines and a member's, oldest first. It
// writes none.
package history

import (
	"context"
	"strconv"
	"time"

	"roster/internal/act"
	lines "roster/internal/action/history"
	"roster/internal/action/history/export"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/server/api"
	"roster/internal/sheet"
	"roster/internal/words"
)

type area struct {
	door    *api.Door
	room    *lines.Room
	exports *export.Room
	words   *words.Catalogue // in which files are written
}

// Routes is the area. say has the words of an export.
func Routes(room *lines.Room, exports *export.Room, say *words.Catalogue) api.Area {
	return func(d *api.Door) {
		a := area{d, room, exports, say}
		feed := d.GivesFeed(Lines{}, "An event for each line: its id is the position, its data the line as JSON. Comments say that the stream lives.")
		api.Add(d, api.Op("GET /orgs/{org}/history", act.HistoryList, "Read the history, oldest first, or follow it"), a.ofAll, feed)
		api.Add(d, api.Op("GET /orgs/{org}/members/{id}/history", act.MemberHistory, "Read a member's history, oldest first, or follow it"), a.ofMember, feed)
		api.Add(d, api.Op("POST /orgs/{org}/history/export", act.HistoryExport, "Export the history as a file for spreadsheet programs; the history tells of it"), a.export,
			api.GivesFile("The file.", sheet.CSV.Media(), sheet.XLSX.Media()))
		api.Add(d, api.Op("GET /orgs/{org}/history/checkpoint", act.HistoryCheckpoint, "Sign what the history is now"), a.checkpoint)
		api.Add(d, api.Op("GET /orgs/{org}/history/checkpoints", act.HistoryCheckpoints, "Read the checkpoints that are kept, newest first"), a.checkpoints)
	}
}

// Lines is one page of the history.
type Lines struct {
	Items     []record.Line `json:"items" nullable:"false"`
	NextAfter int64         `json:"next_after" doc:"Where to go on with the same filter, now or once more has happened."`
	More      bool          `json:"more" doc:"Whether there are more lines already."`

	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Span chooses lines.
type Span struct {
	After  int64  `query:"after" minimum:"0" doc:"Lines after this position; from the beginning when absent."`
	Actor  string `query:"actor" doc:"Lines of what this one did: a member's ID, e-mail address or client ID, or an actor's ID as lines name it, such as cli."`
	Action string `query:"action" doc:"Lines of this action."`
	From   string `query:"from" format:"date-time" doc:"Lines from this moment on (RFC 3339)."`
	To     string `query:"to" format:"date-time" doc:"Lines before this moment (RFC 3339)."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// HistoryQuery is what the organisation's history is asked with.
type HistoryQuery struct {
	api.Inside
	Span
	api.Waiting
	Member string `query:"member" doc:"Lines about this member: ID, e-mail address or client ID."`
}

// MemberHistoryQuery is what a member's history is asked with.
type MemberHistoryQuery struct {
	api.OnMember
	Span
	api.Waiting
}

func (a area) ofAll(ctx context.Context, in *HistoryQuery) (*api.Fed, error) {
	return a.follow(ctx, in.Span, in.Waiting, source{of: roster.MemberID(in.Member), read: a.room.List, newest: a.room.Newest})
}

func (a area) ofMember(ctx context.Context, in *MemberHistoryQuery) (*api.Fed, error) {
	id := api.MemberID(in.ID)
	newest := func(ctx context.Context) (int64, error) { return a.room.NewestOf(ctx, id) }
	return a.follow(ctx, in.Span, in.Waiting, source{of: id, read: a.room.OfMember, newest: newest})
}

// source is where lines come from.
type source struct {
	of     roster.MemberID
	read   func(context.Context, lines.Query) (lines.Page, error)
	newest func(context.Context) (int64, error)
}

func (a area) follow(ctx context.Context, s Span, w api.Waiting, from source) (*api.Fed, error) {
	q, err := s.query(from.of, w)
	if err != nil {
		return nil, err
	}
	wait, err := w.For()
	if err != nil {
		return nil, err
	}
	return a.door.Follow(ctx, api.Feed{
		After: strconv.FormatInt(q.After, 10), Wait: wait, Listen: a.room.Listen,
		Read: func(ctx context.Context, after string) (api.Stretch, error) { return from.after(ctx, q, place(after)) },
		Moved: func(ctx context.Context, after string) (bool, error) {
			newest, err := from.newest(ctx)
			return newest > place(after), err
		},
	})
}

// place reads a position of our own writing.
func place(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// after reads the lines after a position.
func (from source) after(ctx context.Context, q lines.Query, after int64) (api.Stretch, error) {
	q.After = after
	page, err := from.read(ctx, q)
	if err != nil {
		return api.Stretch{}, err
	}
	if page.Reached < after {
		return api.Stretch{}, roster.Errorf(roster.Conflict, "position_ahead", "This history has %d lines so far, so nothing comes after %d. Was the installation restored from a backup? Then read it anew.", page.Reached, after)
	}
	out := Lines{Items: api.Each(page.Events, record.Of), NextAfter: page.Reached, More: page.Next != 0, Allowed: api.Here(ctx)}
	s := api.Stretch{Next: strconv.FormatInt(out.NextAfter, 10), More: out.More, Page: out}
	for _, l := range out.Items {
		s.Events = append(s.Events, api.Event{ID: strconv.FormatInt(l.Seq, 10), Data: l})
	}
	return s, nil
}

func (s Span) query(of roster.MemberID, w api.Waiting) (lines.Query, error) {
	q := lines.Query{Member: of, After: s.After, Forward: true, Limit: api.Asked(s.Limit)}
	var bad roster.Problems
	if w.LastEventID != "" {
		if q.After = place(w.LastEventID); q.After < 0 {
			return q, api.Malformed("Last-Event-ID is the position of a line.").On("Last-Event-ID")
		}
	}
	if s.After < 0 {
		bad.Add("after", roster.Errorf(roster.Invalid, "parameter_invalid", "A position is 0 or more."))
	}
	var err error
	q.Actor, err = roster.CleanName(s.Actor)
	bad.Add("actor", err)
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
