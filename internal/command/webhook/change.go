package webhook

import (
	"context"
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/command"
	"roster/internal/endpoint"
)

// createCommand makes a webhook.
type createCommand struct {
	command.Output
	place
	receivers
	URL   string   `arg:"" help:"Where events are POSTed, an address that begins with https://." placeholder:"URL"`
	Name  string   `help:"What to call it; the address's host unless given." placeholder:"NAME"`
	Event []string `help:"An action such as member.block, or a whole area such as member.*. Repeatable; all unless given." placeholder:"EVENT"`
}

// Help shows examples.
func (createCommand) Help() string {
	return `Each line of the history from here on is POSTed there as JSON, in order, by a running server, and signed with the
secret (Standard Webhooks). docs/API.md tells how to verify it.

    roster webhook create https://hooks.example.com/roster
    roster webhook create https://hooks.example.com/team --event 'member.*' --event role.edit --org acme
    roster webhook create https://fleet.example.com/events --client "Fleet backend"`
}

// Run makes the webhook and prints its secret.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	return c.sealing(ctx, c.receivers, func(ctx context.Context, r room) error {
		made, err := r.Create(ctx, webhooks.Draft{Name: c.Name, URL: c.URL, Events: c.Event, Client: c.Client})
		if err != nil {
			return err
		}
		return once(con, c.JSON, made)
	})
}

// once prints a webhook with its secret.
func once(con *command.Console, asJSON bool, made webhooks.Made) error {
	defer con.Note("The secret is shown this once. Keep it where the receiver finds it and nobody else does.")
	if asJSON {
		doc := documentOf(made.View)
		doc.Secret = made.Secret
		return con.JSON(doc)
	}
	var s command.Sheet
	s.Add("ID", made.ID)
	s.Add("Secret", made.Secret)
	return con.Show(&s)
}

// editCommand changes a webhook.
type editCommand struct {
	command.Output
	place
	receivers
	which
	URL   *string  `help:"Where events are POSTed from now on." name:"to" placeholder:"URL"`
	Name  *string  `help:"What to call it." placeholder:"NAME"`
	Event []string `help:"The events from now on. Repeatable; '*' for all." placeholder:"EVENT"`
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	e := webhooks.Edit{Name: c.Name, URL: c.URL}
	if len(c.Event) > 0 {
		e.Events = &c.Event
	}
	if e == (webhooks.Edit{}) {
		return command.Usage("There is nothing to change. “roster webhook edit --help” shows what can be.")
	}
	return c.sealing(ctx, c.receivers, func(ctx context.Context, r room) error {
		return c.do(ctx, r, con, c.JSON, "Saved", func(id string) (webhooks.View, error) { return r.Edit(ctx, id, e) })
	})
}

// do finds the webhook, does something to it, and says so.
func (w which) do(ctx context.Context, r room, con *command.Console, asJSON bool, done string, does func(id string) (webhooks.View, error)) error {
	was, err := w.find(ctx, r)
	if err != nil {
		return err
	}
	v, err := does(was.ID)
	if err != nil {
		return err
	}
	return told(con, asJSON, v, "%s %s.", done, v.Name)
}

// rotateCommand gives a webhook another secret.
type rotateCommand struct {
	command.Output
	place
	receivers
	which
	Overlap *time.Duration `help:"For how long deliveries are signed with both secrets, such as 12h; a day unless given, 0 for not at all." placeholder:"DURATION"`
}

// Run rotates and prints the secret.
func (c *rotateCommand) Run(ctx context.Context, con *command.Console) error {
	overlap := endpoint.Overlap
	if c.Overlap != nil {
		overlap = *c.Overlap
	}
	return c.sealing(ctx, c.receivers, func(ctx context.Context, r room) error {
		was, err := c.find(ctx, r)
		if err != nil {
			return err
		}
		made, err := r.Rotate(ctx, was.ID, overlap)
		if err != nil {
			return err
		}
		return once(con, c.JSON, made)
	})
}

// retireCommand ends the overlap of two secrets.
type retireCommand struct {
	command.Output
	place
	which
}

// Run ends it.
func (c *retireCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		return c.do(ctx, r, con, c.JSON, "Ended the secret before of", func(id string) (webhooks.View, error) { return r.Retire(ctx, id) })
	})
}

// pauseCommand stops deliveries.
type pauseCommand struct {
	command.Output
	place
	which
}

// Run pauses.
func (c *pauseCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		return c.do(ctx, r, con, c.JSON, "Paused", func(id string) (webhooks.View, error) { return r.Pause(ctx, id) })
	})
}

// resumeCommand lets deliveries go on.
type resumeCommand struct {
	command.Output
	place
	which
}

// Run resumes.
func (c *resumeCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		return c.do(ctx, r, con, c.JSON, "Resumed", func(id string) (webhooks.View, error) { return r.Resume(ctx, id) })
	})
}

// replayCommand lets a webhook go on elsewhere.
type replayCommand struct {
	command.Output
	place
	which
	After int64  `help:"The position of the history: what comes after it is delivered, again or for the first time; 0 is the beginning." required:"" placeholder:"SEQ"`
	Of    string `help:"The organisation whose history it is, of a product client's webhook." placeholder:"ORGANISATION"`
}

// Run sets the position.
func (c *replayCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		return c.do(ctx, r, con, c.JSON, "Set the position of", func(id string) (webhooks.View, error) {
			return r.Replay(ctx, id, webhooks.Replaying{Organisation: c.Of, After: c.After})
		})
	})
}

// deleteCommand deletes a webhook.
type deleteCommand struct {
	command.Output
	place
	which
	Yes bool `help:"Do not ask."`
}

// Help tells that there is no way back.
func (deleteCommand) Help() string {
	return "Its secret and what is remembered of its deliveries are gone for good. On a terminal its name is asked for again; elsewhere --yes is needed."
}

// Run deletes it.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("Deleting cannot be undone. Say --yes to do it without being asked.")
	}
	return c.at(ctx, func(ctx context.Context, r room) error {
		v, err := c.find(ctx, r)
		if err == nil && !c.Yes {
			err = con.Confirm(v.Name, "the webhooks")
		}
		if err != nil {
			return err
		}
		if v, err = r.Delete(ctx, v.ID, v.Version); err != nil {
			return err
		}
		return told(con, c.JSON, v, "Deleted %s.", v.Name)
	})
}
