// Package upkeep holds the commands that keep an installation in order: letters, proofs, the schema, the version.
package upkeep

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/outbox"
	"roster/internal/app"
	"roster/internal/chain"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/store/jobdb"
)

// OutboxCommand shows letters that have not been sent.
type OutboxCommand struct {
	command.Output
	command.Database
	Limit int `help:"At most so many." default:"200" placeholder:"N"`
}

// Help tells what to do with a letter that waits.
func (OutboxCommand) Help() string {
	return `Letters wait here until a server with mail (--smtp) runs. Where none will, “roster user link” makes a
link to hand over.`
}

// Run prints the letters, the next due first.
func (c *OutboxCommand) Run(ctx context.Context, con *command.Console) error {
	if c.Limit < 1 {
		return command.Usage("--limit is a number from 1.")
	}
	h, err := c.Open(ctx)
	if err != nil {
		return err
	}
	letters, err := h.Outbox.List(command.Operator(ctx, ""), c.Limit)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		list := command.List[letterDocument]{Items: []letterDocument{}}
		for _, w := range letters {
			list.Items = append(list.Items, letterOf(w))
		}
		return con.JSON(list)
	}
	if len(letters) == 0 {
		con.Note("No letter waits.")
		return nil
	}
	t := command.Columns("KIND", "TO", "STATE", "ATTEMPTS", "NEXT TRY", "QUEUED", "ERROR")
	for _, w := range letters {
		next := ""
		if at := nextTry(w); at != nil {
			if next = con.When(*at); !at.After(con.Now) {
				next = "as soon as mail is sent"
			}
		}
		t.Add(strings.TrimPrefix(w.Kind, "letter."), w.To, command.LetterState(string(w.State)), command.Number(w.Attempt), next, con.When(w.MadeAt), w.Error)
	}
	return con.Print(t)
}

// nextTry gives when a letter is tried again; nil when it is not.
func nextTry(w outbox.Waiting) *time.Time {
	if w.State == jobdb.Waiting || w.State == jobdb.Running {
		return command.Some(w.DueAt)
	}
	return nil
}

// VerifyCommand walks every history.
type VerifyCommand struct {
	command.Output
	command.Database
	Against
	Export string `help:"Walk the history in this export of an organisation instead; no database is needed." type:"existingfile" placeholder:"FILE"`
}

// Help tells what is proved.
func (VerifyCommand) Help() string {
	return `Walks the installation's history and every organisation's from their beginnings: no line is missing,
altered, inserted or moved, and all fit the checkpoints that the installation keeps, and those that you
kept. Ends with code 1 when something is wrong.

    roster verify --checkpoints checkpoints.txt
    roster verify --export acme.jsonl --checkpoints checkpoints.txt --public-key checkpoints.jwk`
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
func (c *VerifyCommand) Run(ctx context.Context, con *command.Console) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	marks, err := c.marks(key)
	if err != nil {
		return err
	}
	var proofs []proofDocument
	if c.Export != "" {
		proof, wrong := verifyExport(c.Export, key, marks)
		proofs, err = []proofDocument{proof}, wrong
	} else {
		proofs, err = c.verify(ctx, con, marks)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if err := con.JSON(command.List[proofDocument]{Items: proofs}); err != nil {
			return err
		}
	} else if err := tellProofs(con, proofs); err != nil {
		return err
	}
	if slices.ContainsFunc(proofs, func(p proofDocument) bool { return len(p.Faults) > 0 }) {
		con.Complain("The history was altered, or its storage is damaged. Keep it as it is, and compare it with a backup.")
		return command.ErrTold
	}
	return nil
}

// verify looks at every history in the database.
func (c *VerifyCommand) verify(ctx context.Context, con *command.Console, marks []chain.Mark) ([]proofDocument, error) {
	key, err := c.Load()
	kept := err == nil
	if !kept {
		con.Note("The checkpoints in the database were not looked at: there is no key file %s (--key-file).", c.KeyFile.KeyFile)
	}
	h, err := c.With(key).Open(ctx)
	if err != nil {
		return nil, err
	}
	due, all, err := histories(ctx, h)
	for _, o := range due {
		con.Note("%s is being deleted, and its history with it: that was not looked at.", o.Name)
	}
	var proofs []proofDocument
	for _, o := range all {
		var p history.Proof
		if err == nil {
			p, err = h.History.Verify(command.Operator(ctx, o.ID), history.Proving{Marks: marks, Kept: kept})
			proofs = append(proofs, proofOf(o, p))
		}
	}
	return proofs, errors.Join(err, h.Close())
}

// histories gives whose histories there are, the installation's first, and apart those that are being deleted with their
// organisations.
func histories(ctx context.Context, h *app.House) (due, all []roster.Organisation, err error) {
	all, err = h.Orgs.List(command.Operator(ctx, ""))
	if err != nil {
		return nil, nil, err
	}
	due, err = h.Endings.Due(command.Operator(ctx, ""))
	for _, o := range due {
		all = slices.DeleteFunc(all, func(other roster.Organisation) bool { return other.ID == o.ID })
	}
	return due, append([]roster.Organisation{{ID: roster.Installation, Name: "Installation"}}, all...), err
}

func proofOf(o roster.Organisation, p history.Proof) proofDocument {
	d := proofDocument{Organisation: o.ID, Name: o.Name, Lines: p.Lines, Faults: []faultDocument{}}
	for _, f := range p.Faults {
		d.Faults = append(d.Faults, faultDocument{f.Seq, f.What})
	}
	return d
}

func tellProofs(con *command.Console, all []proofDocument) error {
	t := command.Columns("HISTORY", "LINES", "RESULT")
	for _, p := range all {
		result := "sound"
		if len(p.Faults) > 0 {
			result = command.Plural(len(p.Faults), "fault")
		}
		t.Add(p.Name, command.Number(int(p.Lines)), result)
	}
	if err := con.Print(t); err != nil {
		return err
	}
	for _, p := range all {
		for _, f := range p.Faults {
			if err := con.Line("%s, line %d: %s.", p.Name, f.Seq, f.What); err != nil {
				return err
			}
		}
	}
	return nil
}

// MigrateCommand brings the schema up to date.
type MigrateCommand struct {
	command.Output
	command.Database
}

// Help tells that it is seldom needed.
func (MigrateCommand) Help() string {
	return "Every command and the server do this when they start; this one does nothing else."
}

// Run migrates and tells from which schema to which.
func (c *MigrateCommand) Run(ctx context.Context, con *command.Console) error {
	h, err := c.Make(ctx)
	if err != nil {
		return err
	}
	from, to := h.DB.Migrated()
	if err := h.Close(); err != nil {
		return err
	}
	if c.JSON {
		return con.JSON(struct {
			From int64 `json:"from"`
			To   int64 `json:"to"`
		}{from, to})
	}
	if from == to {
		return con.Line("The schema is %d, which is up to date.", to)
	}
	return con.Line("The schema was %d and is %d now.", from, to)
}

// VersionCommand tells the version.
type VersionCommand struct{ command.Output }

// Run prints the version that was built in.
func (c *VersionCommand) Run(con *command.Console) error {
	v := command.BuiltIn()
	if c.JSON {
		return con.JSON(v)
	}
	text := "roster " + v.Version
	if v.Revision != "" {
		text += " (" + v.Revision[:min(len(v.Revision), 12)]
		if v.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return con.Line("%s %s %s", text, v.Go, v.Platform)
}
