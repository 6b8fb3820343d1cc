// Package letter holds the commands about an organisation's letters: which wait, which arrived, and those that did not, sent
// again. Letters of all organisations are upkeep's.
package letter

import (
	"context"
	"strconv"
	"time"

	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/letters"
	"roster/internal/command"
	"roster/internal/store/jobdb"
)

// Commands are about letters.
type Commands struct {
	List   listCommand   `cmd:"" does:"letter.list" help:"List letters, the newest first, with what became of each."`
	Resend resendCommand `cmd:"" does:"member.resend,letter.offer" help:"Send invitations again whose letters did not arrive."`
}

// document is what --json prints of a letter.
type document struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	State    string     `json:"state"`
	Member   string     `json:"member"`
	To       string     `json:"to"`
	Attempts int        `json:"attempts"`
	Place    *int       `json:"place"`
	QueuedAt time.Time  `json:"queued_at"`
	NextAt   *time.Time `json:"next_at"`
	EndedAt  *time.Time `json:"ended_at"`
	Reason   *string    `json:"reason"`
	Instead  *string    `json:"instead"`
}

func documentOf(l letters.Letter) document {
	doc := document{
		ID: l.ID, Kind: l.Kind(), State: string(l.State), Member: string(l.To()), To: l.Member.Email.Typed, Attempts: l.Attempt,
		QueuedAt: l.MadeAt, NextAt: command.Some(l.Next()), EndedAt: command.Some(l.DoneAt), Reason: command.Text(l.Error), Instead: command.Text(l.Instead),
	}
	if l.Place > 0 {
		doc.Place = &l.Place
	}
	return doc
}

// listCommand lists letters.
type listCommand struct {
	command.Output
	command.Place
	State  []string `help:"Only these: waiting, running, refused, given_up, done or cancelled." placeholder:"STATE"`
	Kind   string   `help:"Only this kind, such as invitation." placeholder:"KIND"`
	Member string   `help:"Only to this member: ID or e-mail address." placeholder:"MEMBER"`
	Limit  int      `help:"At most so many." default:"200" placeholder:"N"`
}

// most is how many letters one page has.
const most = 200

// Run lists them.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	if c.Limit < 1 {
		return command.Usage("--limit is a number from 1.")
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		q := letters.Query{Kind: c.Kind}
		for _, s := range c.State {
			q.States = append(q.States, jobdb.State(s))
		}
		if c.Member != "" {
			id, err := d.Find(ctx, c.Member)
			if err != nil {
				return err
			}
			q.Member = id
		}
		all, total, err := some(ctx, d, q, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[document]{Items: []document{}}
			for _, l := range all {
				list.Items = append(list.Items, documentOf(l))
			}
			return con.JSON(list)
		}
		t := command.Columns("ID", "KIND", "TO", "STATE", "ATTEMPTS", "IN LINE", "QUEUED", "REASON")
		for _, l := range all {
			place := ""
			if l.Place > 0 {
				place = command.Number(l.Place)
			}
			t.Add(l.ID, l.Kind(), l.Member.Email.Typed, command.LetterState(string(l.State)), command.Number(l.Attempt), place, con.When(l.MadeAt), l.Error)
		}
		if len(all) < total {
			con.Note("%d of %d; --limit shows more.", len(all), total)
		}
		return con.Print(t)
	})
}

// some gives letters from the first on, page by page, and how many there are.
func some(ctx context.Context, d command.Desk, q letters.Query, limit int) (all []letters.Letter, total int, err error) {
	for {
		q.Limit = min(limit-len(all), most)
		p, err := d.Letters.List(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		all, total = append(all, p.Letters...), p.Total
		if q.Cursor = p.Next; q.Cursor == "" || len(all) >= limit {
			return all, total, nil
		}
	}
}

// resendCommand sends letters again.
type resendCommand struct {
	command.Output
	command.Place
	Letter []string `arg:"" optional:"" help:"The letters' IDs, as “roster letter list” shows them." placeholder:"LETTER"`
	All    bool     `help:"All that did not arrive and can be sent again, 500 at once."`
}

// Help tells what sending again is.
func (resendCommand) Help() string {
	return `A letter that did not arrive is not kept: its invitation is sent again, as “roster user resend” does. Links from
before are dead, and the time to accept begins anew.

    roster letter list --state refused,given_up
    roster letter resend --all`
}

// sentDocument is what --json prints of a letter that was to be sent again.
type sentDocument struct {
	Letter string           `json:"letter"`
	Member string           `json:"member"`
	Error  *command.Refusal `json:"error"`
}

// Run sends them; one that was refused makes the command fail.
func (c *resendCommand) Run(ctx context.Context, con *command.Console) error {
	ids := c.Letter
	switch {
	case c.All == (len(ids) > 0):
		return command.Usage("Name letters, or say --all.")
	case c.All:
		ids = nil
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		chosen, err := d.Letters.Chosen(ctx, ids)
		if err != nil {
			return err
		}
		all, err := d.Letters.SendAgain(ctx, chosen.Letters)
		if err != nil {
			return err
		}
		return c.tell(con, chosen, all)
	})
}

func (c *resendCommand) tell(con *command.Console, chosen letters.Choice, all []letters.Outcome) error {
	list := command.List[sentDocument]{Items: []sentDocument{}}
	t := command.Columns("LETTER", "MEMBER", "OUTCOME")
	refused := 0
	for i, o := range all {
		l := chosen.Letters[i]
		doc := sentDocument{Letter: l.ID, Member: string(l.To())}
		if e := o.Err; e != nil {
			refused++
			doc.Error = command.RefusalOf(e)
			t.Add(l.ID, string(l.To()), e.Message)
		} else {
			t.Add(l.ID, o.Result.Label(), "Sent again.")
		}
		list.Items = append(list.Items, doc)
	}
	var err error
	if c.JSON {
		err = con.JSON(list)
	} else {
		err = con.Print(t)
	}
	con.Note("%d of %d are on their way again.", len(all)-refused, len(all))
	if chosen.Left > 0 {
		con.Note("%d more are left; say it once more.", chosen.Left)
	}
	if err == nil && refused > 0 {
		err = command.ErrTold
	}
	return err
}

// JobsCommand lists imports, whoever sent them in, and the last exports.
type JobsCommand struct {
	command.Output
	command.Place
}

// jobDocument is what --json prints of an import.
type jobDocument struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	Name      *string        `json:"name"`
	State     string         `json:"state"`
	MadeBy    string         `json:"made_by"`
	Maker     string         `json:"maker"`
	Rows      map[string]int `json:"rows"`
	CreatedAt time.Time      `json:"created_at"`
	NextAt    *time.Time     `json:"next_at"`
	Problem   *string        `json:"problem"`
}

// Run lists them, the newest first.
func (c *JobsCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		all, err := d.Imports.Survey(ctx)
		if err != nil {
			return err
		}
		list := command.List[jobDocument]{Items: []jobDocument{}}
		t := command.Columns("ID", "FILE", "BY", "STATE", "DEALT WITH", "ROWS", "SENT IN")
		for _, w := range all.Imports {
			doc := jobDocument{
				ID: w.ID, Kind: imports.Job, Name: command.Text(w.Name), State: string(w.State), MadeBy: w.MadeBy, Maker: w.Maker, Rows: map[string]int{"total": w.Total},
				CreatedAt: w.MadeAt, NextAt: command.Some(w.Due),
			}
			for s, n := range w.Rows {
				doc.Rows[string(s)] = n
			}
			if w.Why != nil {
				doc.Problem = &w.Why.Message
			}
			list.Items = append(list.Items, doc)
			t.Add(w.ID, w.Name, w.Maker, string(w.State), command.Number(w.Dealt()), command.Number(w.Total), con.When(w.MadeAt))
		}
		for _, e := range all.Exports {
			list.Items = append(list.Items, jobDocument{
				ID: strconv.FormatInt(e.Seq, 10), Kind: "export", Name: command.Text(e.Name), State: string(imports.Done), MadeBy: e.ActorID, Maker: e.ActorName, Rows: map[string]int{}, CreatedAt: e.At,
			})
			t.Add(strconv.FormatInt(e.Seq, 10), e.Name, e.ActorName, e.Action, "", "", con.When(e.At))
		}
		if c.JSON {
			return con.JSON(list)
		}
		return con.Print(t)
	})
}
