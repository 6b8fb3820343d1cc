package cli

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/outbox"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/store/jobdb"
)

// outboxCommand shows letters that have not been sent.
type outboxCommand struct {
	output
	database
	Limit int `help:"At most so many." default:"200" placeholder:"N"`
}

// Help tells what to do with a letter that waits.
func (outboxCommand) Help() string {
	return `Letters wait here until a server with mail (--smtp) runs. Where none will, “roster user link” makes a
link to hand over.`
}

// Run prints the letters, the next due first.
func (c *outboxCommand) Run(ctx context.Context, con *console) error {
	if c.Limit < 1 {
		return usage("--limit is a number from 1.")
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	letters, err := h.Outbox.List(operator(ctx, ""), c.Limit)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		list := listDocument[letterDocument]{Items: []letterDocument{}}
		for _, w := range letters {
			list.Items = append(list.Items, letterOf(w))
		}
		return con.json(list)
	}
	if len(letters) == 0 {
		con.note("No letter waits.")
		return nil
	}
	t := columns("KIND", "TO", "STATE", "ATTEMPTS", "NEXT TRY", "QUEUED", "ERROR")
	for _, w := range letters {
		next := ""
		if at := nextTry(w); at != nil {
			if next = con.when(*at); !at.After(con.now) {
				next = "as soon as mail is sent"
			}
		}
		t.add(strings.TrimPrefix(w.Kind, "letter."), w.To, letterState(string(w.State)), number(w.Attempt), next, con.when(w.MadeAt), w.Error)
	}
	return con.print(t)
}

// nextTry gives when a letter is tried again; nil when it is not.
func nextTry(w outbox.Waiting) *time.Time {
	if w.State == jobdb.Waiting || w.State == jobdb.Running {
		return some(w.DueAt)
	}
	return nil
}

// letterState reads a letter's state as a sentence would.
func letterState(s string) string { return strings.ReplaceAll(s, "_", " ") }

// verifyCommand walks every history.
type verifyCommand struct {
	output
	database
}

// Help tells what is proved.
func (verifyCommand) Help() string {
	return `Walks the installation's history and every organisation's from their beginnings: no line is missing,
altered or moved. Ends with code 1 when something is wrong.`
}

type proofDocument struct {
	Organisation roster.OrgID    `json:"organisation"`
	Name         string          `json:"name"`
	Lines        int64           `json:"lines"`
	Faults       []faultDocument `json:"faults"`
}

type faultDocument struct {
	Seq  int64  `json:"seq"`
	What string `json:"what"`
}

// Run verifies and prints what was found.
func (c *verifyCommand) Run(ctx context.Context, con *console) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	proofs, faults, err := verify(ctx, h)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		if err := con.json(listDocument[proofDocument]{Items: proofs}); err != nil {
			return err
		}
	} else if err := con.proofs(proofs); err != nil {
		return err
	}
	if faults > 0 {
		con.complain("The history was altered, or its storage is damaged. Keep this database as it is, and compare it with a backup.")
		return errTold
	}
	return nil
}

func verify(ctx context.Context, h *app.House) (proofs []proofDocument, faults int, err error) {
	orgs, err := h.Orgs.List(operator(ctx, ""))
	if err != nil {
		return nil, 0, err
	}
	for _, o := range append([]roster.Organisation{{ID: roster.Installation, Name: "Installation"}}, orgs...) {
		proof, err := h.History.Verify(operator(ctx, o.ID))
		if err != nil {
			return proofs, faults, err
		}
		proofs = append(proofs, proofOf(o, proof))
		faults += len(proof.Faults)
	}
	return proofs, faults, nil
}

func proofOf(o roster.Organisation, p history.Proof) proofDocument {
	d := proofDocument{Organisation: o.ID, Name: o.Name, Lines: p.Lines, Faults: []faultDocument{}}
	for _, f := range p.Faults {
		d.Faults = append(d.Faults, faultDocument{f.Seq, f.What})
	}
	return d
}

func (c *console) proofs(all []proofDocument) error {
	t := columns("HISTORY", "LINES", "RESULT")
	for _, p := range all {
		result := "sound"
		if len(p.Faults) > 0 {
			result = plural(len(p.Faults), "fault")
		}
		t.add(p.Name, number(int(p.Lines)), result)
	}
	if err := c.print(t); err != nil {
		return err
	}
	for _, p := range all {
		for _, f := range p.Faults {
			if err := c.line("%s, line %d: %s.", p.Name, f.Seq, f.What); err != nil {
				return err
			}
		}
	}
	return nil
}

// migrateCommand brings the schema up to date.
type migrateCommand struct {
	output
	database
}

// Help tells that it is seldom needed.
func (migrateCommand) Help() string {
	return "Every command and the server do this when they start; this one does nothing else."
}

// Run migrates and tells from which schema to which.
func (c *migrateCommand) Run(ctx context.Context, con *console) error {
	h, err := c.make(ctx)
	if err != nil {
		return err
	}
	from, to := h.DB.Migrated()
	if err := h.Close(); err != nil {
		return err
	}
	if c.JSON {
		return con.json(struct {
			From int64 `json:"from"`
			To   int64 `json:"to"`
		}{from, to})
	}
	if from == to {
		return con.line("The schema is %d, which is up to date.", to)
	}
	return con.line("The schema was %d and is %d now.", from, to)
}

// versionCommand tells the version.
type versionCommand struct{ output }

type versionDocument struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Run prints the version that was built in.
func (c *versionCommand) Run(con *console) error {
	v := builtIn()
	if c.JSON {
		return con.json(v)
	}
	text := "roster " + v.Version
	if v.Revision != "" {
		text += " (" + v.Revision[:min(len(v.Revision), 12)]
		if v.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return con.line("%s %s %s", text, v.Go, v.Platform)
}

func builtIn() versionDocument {
	v := versionDocument{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = orElse(strings.Trim(info.Main.Version, "()"), v.Version)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
