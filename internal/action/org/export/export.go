// Package export is the room in which an operator takes everything of an organisation away in a file: lines of JSON, one
// for each thing, and nothing by which somebody comes in. What it holds is package exportdb's.
package export

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strconv"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/spool"
	"roster/internal/store"
	"roster/internal/store/exportdb"
	"roster/internal/store/orgdb"
)

// Room holds the use case.
type Room struct {
	gate  *action.Gate
	turns chan struct{}
}

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g, make(chan struct{}, runtime.GOMAXPROCS(0))} }

// Media is an export's media type.
const Media = "application/x-ndjson"

// format is the number of the format; additions do not change it.
const format = 1

// File is an export, from its first byte on. Close ends it.
type File struct {
	*spool.File
	Name  string // what to call it
	Lines int    // of the organisation: the first line and the last of the file are not counted
}

// Export writes everything of the actor's organisation into a file, as it is at one moment. Its history tells of it
// before anything is read, and so tells of it in the export too. Kinds: NotFound, Denied (confirmation_required).
func (r *Room) Export(ctx context.Context) (*File, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	on := roster.RefOrganisation(roster.ActorFrom(ctx).Organisation, "")
	_, err := action.Do(ctx, r.gate, act.OrganisationExport, on, func(_ context.Context, tx *store.Tx) (bool, error) {
		tx.Tell(roster.Change{Of: tx.Organisation().Ref(), Field: "export", To: "(all)"})
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return action.Look(ctx, r.gate, act.OrganisationExport, func(ctx context.Context, _ store.Reader) (*File, error) {
		held, err := spool.New()
		if err != nil {
			return nil, err
		}
		f := &File{File: held}
		if err := action.Still(ctx, func(ctx context.Context, rd store.Reader) error { return f.fill(ctx, rd) }); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	})
}

// fill writes the lines and goes back to the file's beginning.
func (f *File) fill(ctx context.Context, rd store.Reader) error {
	found, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
	if err != nil {
		return err
	}
	o, err := found.Or("organisation")
	if err != nil {
		return err
	}
	f.Name = o.Slug + "-" + action.Moment(ctx).Format("2006-01-02") + ".jsonl"
	out := bufio.NewWriter(f)
	first, err := json.Marshal(struct {
		Type         string       `json:"type"`
		Format       int          `json:"format"`
		Organisation roster.OrgID `json:"organisation"`
		MadeAt       string       `json:"made_at"`
		Seq          int64        `json:"seq"`
	}{"export", format, o.ID, action.Moment(ctx).UTC().Format(time.RFC3339), o.Seq})
	if err != nil {
		return err
	}
	put := func(line []byte) error {
		_, err := out.Write(append(line, '\n'))
		return errors.Join(err, ctx.Err())
	}
	if err := put(first); err != nil {
		return err
	}
	err = exportdb.Each(ctx, rd, o.ID, func(line []byte) error {
		f.Lines++
		return put(line)
	})
	if err == nil {
		err = put([]byte(`{"type":"end","lines":` + strconv.Itoa(f.Lines) + `}`))
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return err
	}
	return f.Rewind()
}
