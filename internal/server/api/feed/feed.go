// Package feed is the API's area of what happens anywhere, for product clients: the lines of all organisations' histories.
package feed

import (
	"context"

	"roster/internal/act"
	lines "roster/internal/action/feed"
	"roster/internal/bell"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct {
	door *api.Door
	room *lines.Room
}

// Routes is the area.
func Routes(room *lines.Room) api.Area {
	return func(d *api.Door) {
		a := area{d, room}
		api.Add(d, api.Op("GET /events", act.EventList, "Read what happened in all organisations, or follow it"), a.list,
			d.GivesFeed(Events{}, "An event for each line: its id is the place to go on from, its data the line as JSON. Comments say that the stream lives."))
	}
}

// Events is one page of what happened.
type Events struct {
	Items     []record.Line `json:"items" nullable:"false" doc:"Those of one organisation in the order of their seq, none missing; of several in the order in which they are told to everybody."`
	NextAfter string        `json:"next_after" doc:"Where to go on with the same filter, now or once more has happened. Opaque."`
	More      bool          `json:"more" doc:"Whether there are more lines already."`

	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// EventQuery is what is asked for.
type EventQuery struct {
	After        string `query:"after" doc:"The next_after of the page before, or the id of a streamed event; now for what is yet to come; from the beginning when absent."`
	Organisation string `query:"organisation" doc:"Lines of the organisation with this ID."`
	Action       string `query:"action" doc:"Lines of this action."`
	Limit        int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	api.Waiting
}

func (a area) list(ctx context.Context, in *EventQuery) (*api.Fed, error) {
	wait, err := in.For()
	if err != nil {
		return nil, err
	}
	q := lines.Query{Organisation: roster.OrgID(in.Organisation), Limit: api.Asked(in.Limit)}
	if q.Action, err = roster.CleanName(in.Action); err != nil {
		return nil, roster.AsError(err).On("action")
	}
	if !roster.IsOrgID(in.Organisation) && in.Organisation != "" {
		return nil, roster.Errorf(roster.Invalid, "parameter_invalid", "Name the organisation by its ID.").On("organisation")
	}
	f := api.Feed{After: in.After, Wait: wait}
	if in.LastEventID != "" {
		f.After = in.LastEventID
	}
	var ear *bell.Ear
	heard := int64(0)
	f.Listen = func(context.Context) *bell.Ear {
		ear = a.room.Listen()
		return ear
	}
	f.Read = func(ctx context.Context, after string) (api.Stretch, error) {
		if ear != nil {
			heard = ear.Rung()
		}
		return a.after(ctx, q, after)
	}
	f.Moved = func(ctx context.Context, _ string) (bool, error) { return ear.Rung() != heard, a.room.May(ctx) }
	return a.door.Follow(ctx, f)
}

func (a area) after(ctx context.Context, q lines.Query, after string) (api.Stretch, error) {
	q.After = after
	page, err := a.room.Read(ctx, q)
	if err != nil {
		return api.Stretch{}, err
	}
	out := Events{NextAfter: page.Next, More: page.More, Allowed: api.Here(ctx)}
	out.Items = api.Each(page.Lines, func(l lines.Line) record.Line { return record.Of(l.Event) })
	s := api.Stretch{Next: page.Next, More: page.More, Page: out}
	for i, l := range page.Lines {
		s.Events = append(s.Events, api.Event{ID: l.Cursor, Data: out.Items[i]})
	}
	return s, nil
}
