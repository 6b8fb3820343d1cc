// Package export is the room in which an organisation's history leaves as a file for spreadsheet programs: the lines that
// a filter lets through, the newest first, a row for each change. Rows go into a file some at a time, so that memory stays
// bounded; the history is told what left before anybody is given the file.
package export

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/spool"
	"roster/internal/store"
	"roster/internal/telling"
	"roster/internal/words"
)

// Room holds the use case.
type Room struct {
	gate  *action.Gate
	turns chan struct{}
}

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g, make(chan struct{}, runtime.GOMAXPROCS(0))} }

// Order is what shall be exported, and how.
type Order struct {
	history.Query // who, what, when and whom; its place and order mean nothing here
	Format        sheet.Format
	Words         *words.Catalogue // in which the file is written
}

// File is what was exported, from its first byte on. It is nowhere else any more: Close ends it.
type File struct {
	*spool.File
	Name  string // what to call it
	Media string
	Lines int // of the history; some have several rows
}

// Export writes lines into a file, and tells the history who took which away, and how many. Lines about one member may be
// taken by whoever may read them. Kinds: Invalid for the format, NotFound for whom the query names, Denied.
func (r *Room) Export(ctx context.Context, o Order) (*File, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	at, err := r.place(ctx, o.Member)
	if err != nil {
		return nil, err
	}
	f, err := action.LookAt(ctx, r.gate, act.HistoryExport, at, func(ctx context.Context, rd store.Reader) (*File, error) {
		return o.written(ctx, rd)
	})
	if err != nil {
		return nil, err
	}
	_, err = action.Do(ctx, r.gate, act.HistoryExport, at, func(_ context.Context, tx *store.Tx) (bool, error) {
		tx.Tell(o.told(f)...)
		return true, nil
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// place gives where the right to an export is asked for: of lines about an external user, who is named by ID, at their
// customer account, as it is for reading them; else on the whole organisation.
func (r *Room) place(ctx context.Context, of roster.MemberID) (roster.Ref, error) {
	if !roster.IsMemberID(string(of)) {
		return roster.Ref{}, nil
	}
	at, err := action.LookAt(ctx, r.gate, act.MemberHistory, roster.RefMember(of, ""), func(ctx context.Context, _ store.Reader) (roster.Ref, error) {
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return roster.Ref{}, err
		}
		m, _ := snap.Member(of)
		if m.Kind != roster.External {
			return roster.Ref{}, nil
		}
		return roster.Ref{At: m.Unit}, nil
	})
	if roster.Is(err, "not_found") {
		err = store.ErrNone("member").On("member")
	}
	return at, err
}

// written gives the file with all rows in it.
func (o Order) written(ctx context.Context, rd store.Reader) (*File, error) {
	held, err := spool.New()
	if err != nil {
		return nil, err
	}
	f := &File{File: held, Name: "history-" + action.Moment(ctx).Format("2006-01-02") + "." + string(o.Format), Media: o.Format.Media()}
	if err := o.fill(ctx, rd, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// columns names the file's columns, in their order.
func columns() []string {
	return []string{"at", "actor", "action", "target", "field", "from", "to", "door", "ip", "seq"}
}

// fill writes the rows and goes back to the file's beginning.
func (o Order) fill(ctx context.Context, rd store.Reader, f *File) error {
	var header []string
	for _, c := range columns() {
		header = append(header, o.Words.Say("history.column."+c))
	}
	table, err := sheet.New(o.Format, f, o.Words.Say("layout.nav.history"), header)
	if err != nil {
		return err
	}
	defer table.Abandon()
	voice := telling.Voice{Words: o.Words, Moment: moment}
	err = history.Walk(ctx, rd, o.Query, func(some []roster.Event) error {
		for _, e := range some {
			for _, cells := range rows(voice, e) {
				if err := table.Row(cells); err != nil {
					return err
				}
			}
		}
		f.Lines += len(some)
		return ctx.Err()
	})
	if err == nil {
		err = table.Close()
	}
	if err != nil {
		return err
	}
	return f.Rewind()
}

// rows says a line of the history: a row for each change, and one where nothing is told of any.
func rows(voice telling.Voice, e roster.Event) [][]string {
	row := func(about, field, from, to string) []string {
		return []string{moment(e.At), voice.Actor(e), voice.What(e), about, field, from, to, voice.Door(e), e.IP, strconv.FormatInt(e.Seq, 10)}
	}
	var all [][]string
	for _, c := range telling.Told(e.Changes) {
		about := c.Of.Name
		if about == "" {
			about = e.Target.Name
		}
		all = append(all, row(about, voice.Field(c.Field), said(voice, c.Field, c.From), said(voice, c.Field, c.To)))
	}
	if all == nil {
		all = append(all, row(e.Target.Name, "", "", ""))
	}
	return all
}

// said gives a value in words; what is not there has none.
func said(voice telling.Voice, field, value string) string {
	if value == "" {
		return ""
	}
	return voice.Value(field, value)
}

// moment is a time in UTC (ISO 8601, RFC 3339).
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// told is what the history is told.
func (o Order) told(f *File) []roster.Change {
	of := roster.Ref{Kind: "export", ID: roster.NewID("exp_"), Name: f.Name}
	return []roster.Change{
		{Of: of, Field: "filter", To: o.chosen()},
		{Of: of, Field: "lines", To: strconv.Itoa(f.Lines)},
	}
}

// chosen says the filter as the API's list is asked with it; empty for everything.
func (o Order) chosen() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return moment(t)
	}
	add("actor", o.Actor)
	add("member", string(o.Member))
	add("action", o.Action)
	add("from", at(o.From))
	add("to", at(o.To))
	return strings.Join(parts, " ")
}
