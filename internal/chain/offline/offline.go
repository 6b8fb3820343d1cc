// Package offline proves a history from the file of an organisation's export (docs/EXPORT.md), without a database and
// without the installation. What else the file holds is passed over.
package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
)

// ErrNotExport says that a file is no export, or not whole: nothing can be said of its history.
var ErrNotExport = errors.New("the file is no export of an organisation, or not whole")

// record is a line of an export, as far as the proof reads it.
type record struct {
	Type         string          `json:"type"`
	Organisation roster.OrgID    `json:"organisation"`
	Format       int             `json:"format"`
	Seq          int64           `json:"seq"`
	At           time.Time       `json:"at"`
	Action       string          `json:"action"`
	Actor        string          `json:"actor_id"`
	Target       string          `json:"target_id"`
	Body         string          `json:"body"`
	Vals         json.RawMessage `json:"vals"`
	Hash         string          `json:"hash"`
	Text         string          `json:"text"`
	Lines        int             `json:"lines"`
}

// Verify walks the history that an export holds, from its beginning to the position that the export's first line
// names, and holds it against marks and against the checkpoints in the file, which read reads; nil reads none. An error
// is ErrNotExport.
func Verify(r io.Reader, read func(checkpoint string) (chain.Mark, error), marks ...chain.Mark) (roster.OrgID, *chain.Walk, error) {
	lines := json.NewDecoder(r)
	var first record
	if err := lines.Decode(&first); err != nil || first.Type != "export" || first.Format != 1 {
		return "", nil, fmt.Errorf("%w: its first line is not an export's", ErrNotExport)
	}
	w := chain.NewWalk(first.Organisation)
	w.Expect(marks...)
	for n := 0; ; n++ {
		var l record
		if err := lines.Decode(&l); err != nil {
			return first.Organisation, w, fmt.Errorf("%w: %d lines can be read, and none of them is the last", ErrNotExport, n+1)
		}
		switch l.Type {
		case "checkpoint":
			expect(w, l, read)
		case "event":
			// Beside is of the database's columns, and an export has none of it.
			w.Add(chain.Line{Seq: l.Seq, At: l.At.UnixMicro(), Action: l.Action, Actor: l.Actor, Target: l.Target, Beside: true, Body: l.Body, Kept: string(l.Vals), Hash: l.Hash})
		case "end":
			if l.Lines != n {
				return first.Organisation, w, fmt.Errorf("%w: it has %d lines, and says that it has %d", ErrNotExport, n, l.Lines)
			}
			if w.Seq < first.Seq {
				w.Bad(w.Seq, fmt.Sprintf("it ends here, and the export says that it has %d lines: its end was cut off", first.Seq))
			}
			w.End()
			return first.Organisation, w, nil
		}
	}
}

// expect has the history held against a checkpoint that stands in the file.
func expect(w *chain.Walk, l record, read func(string) (chain.Mark, error)) {
	if read == nil {
		return
	}
	m, err := read(l.Text)
	if err != nil || m.Seq != l.Seq {
		w.Bad(l.Seq, "the checkpoint of it that is kept does not hold")
		return
	}
	w.Expect(m)
}
