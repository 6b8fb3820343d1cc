// Package apiuser holds the commands about what API users prove themselves by, and when their time is over.
package apiuser

import (
	"context"
	"io"
	"strings"
	"time"

	"roster/internal/action/apiuser/credential"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/store/apidb"
)

// Commands are about credentials of API users.
type Commands struct {
	Credentials showCommand    `cmd:"" does:"api_user.credentials" help:"Show an API user's secrets and keys, who made them, and when each was last used."`
	Secret      secretCommands `cmd:"" help:"Client secrets."`
	Key         keyCommands    `cmd:"" help:"Public keys, by which an API user signs for itself (private_key_jwt)."`
	End         endCommand     `cmd:"" does:"api_user.end" help:"Say when an API user's time is over."`
}

type secretCommands struct {
	Add    addSecretCommand    `cmd:"" does:"api_user.secret_add" help:"Make a second secret beside the first; it is printed once."`
	Remove removeSecretCommand `cmd:"" does:"api_user.secret_remove" help:"Remove a secret."`
}

type keyCommands struct {
	Add    addKeyCommand    `cmd:"" does:"api_user.key_add" help:"Add public keys from the standard input: a JWK, a JWK Set or PEM."`
	Remove removeKeyCommand `cmd:"" does:"api_user.key_remove" help:"Remove a public key."`
}

// which names one API user.
type which struct {
	command.Output
	command.Place
	APIUser string `arg:"" help:"The API user: client ID or member ID." name:"apiuser" placeholder:"APIUSER"`
}

// on finds the API user and does something with its credentials.
func (w which) on(ctx context.Context, work func(context.Context, command.Desk, roster.MemberID) error) error {
	return w.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Find(ctx, w.APIUser)
		if err != nil {
			return err
		}
		return work(ctx, d, id)
	})
}

// document is what --json prints of credentials.
type document struct {
	ClientID    string         `json:"client_id"`
	Secrets     []credentialOf `json:"secrets"`
	Keys        []credentialOf `json:"keys"`
	EndsAt      *time.Time     `json:"ends_at"`
	Tokens      int64          `json:"tokens_issued"`
	LastTokenAt *time.Time     `json:"last_token_at"`
	MadeBy      string         `json:"made_by"`
	Secret      string         `json:"client_secret,omitempty"` // of a new one, this once
}

type credentialOf struct {
	ID         string     `json:"id"`
	Shown      string     `json:"shown"`
	Algorithms string     `json:"algorithms,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	MadeBy     string     `json:"made_by"`
	LastUsedAt *time.Time `json:"last_used_at"`
	LastUsedIP *string    `json:"last_used_ip"`
}

// maker tells who made something, and whether they are still here.
func maker(v credential.View, id string) string {
	if id == "" {
		id = v.Member.CreatedBy
	}
	m, member := v.Makers[id]
	switch {
	case !member:
		return command.Doer(id)
	case m.Status == roster.Active:
		return m.Name
	}
	return m.Name + " (" + string(m.Status) + ")"
}

func shown(s apidb.Secret) string {
	if s.IsKey() {
		return s.Prefix
	}
	return s.Prefix + "…" + s.LastFour
}

func documentOf(v credential.View) document {
	each := func(all []apidb.Secret) []credentialOf {
		out := []credentialOf{}
		for _, s := range all {
			d := credentialOf{ID: s.ID, Shown: shown(s), CreatedAt: s.CreatedAt, MadeBy: maker(v, s.CreatedBy), LastUsedAt: command.Some(s.UsedAt), LastUsedIP: command.Text(s.UsedIP)}
			if s.IsKey() {
				d.Algorithms = s.LastFour
			}
			out = append(out, d)
		}
		return out
	}
	return document{
		ClientID: v.Member.ClientID, Secrets: each(v.Secrets), Keys: each(v.Keys), EndsAt: command.Some(v.Member.Ends), Tokens: v.Issued.Tokens,
		LastTokenAt: command.Some(v.Issued.Last), MadeBy: maker(v, v.Member.CreatedBy),
	}
}

// showCommand shows credentials.
type showCommand struct{ which }

// Run prints them.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Credentials.Show(ctx, id)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(v))
		}
		t := command.Columns("KIND", "WHICH", "MADE", "BY", "LAST USED", "FROM", "ID")
		for _, s := range v.Secrets {
			t.Add("secret", shown(s), con.When(s.CreatedAt), maker(v, s.CreatedBy), command.OrElse(con.When(s.UsedAt), "never"), s.UsedIP, s.ID)
		}
		for _, s := range v.Keys {
			t.Add("key", shown(s), con.When(s.CreatedAt), maker(v, s.CreatedBy), command.OrElse(con.When(s.UsedAt), "never"), s.UsedIP, s.ID)
		}
		if err := con.Print(t); err != nil {
			return err
		}
		con.Note("Made by %s. Tokens issued: %d. %s", maker(v, v.Member.CreatedBy), v.Issued.Tokens, ends(v))
		return nil
	})
}

func ends(v credential.View) string {
	switch {
	case v.Member.Ends.IsZero():
		return "It has no end."
	case v.Ended():
		return "It ended on " + command.Moment(v.Member.Ends) + "."
	}
	return "It ends on " + command.Moment(v.Member.Ends) + "."
}

// addSecretCommand makes a second secret.
type addSecretCommand struct{ which }

// Help tells what it is for.
func (addSecretCommand) Help() string {
	return `Where the organisation's settings allow it (“roster org edit --second-secrets”), a program can change from one secret to
another without a pause: make the second, let the program use it, see that the first is used no more, remove it.`
}

// Run makes it and prints it.
func (c *addSecretCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		made, err := d.Credentials.AddSecret(ctx, id)
		if err != nil {
			return err
		}
		defer con.Note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			doc := documentOf(made.View)
			doc.Secret = made.Secret
			return con.JSON(doc)
		}
		var s command.Sheet
		s.Add("Client ID", made.Member.ClientID)
		s.Add("Client secret", made.Secret)
		return con.Show(&s)
	})
}

// told prints credentials after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v credential.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

type removeSecretCommand struct {
	which
	Secret string `arg:"" help:"The secret's ID, as “roster apiuser credentials” shows it." placeholder:"ID"`
}

// Run removes it.
func (c *removeSecretCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Credentials.RemoveSecret(ctx, id, c.Secret)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Removed. Nobody gets a token by this secret any more.")
	})
}

type addKeyCommand struct{ which }

// Run reads the keys and adds them.
func (c *addKeyCommand) Run(ctx context.Context, con *command.Console) error {
	text, err := io.ReadAll(io.LimitReader(con.In, 64<<10))
	if err != nil {
		return err
	}
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Credentials.AddKeys(ctx, id, strings.TrimSpace(string(text)))
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Added. %s has %d public keys.", v.Member.Label(), len(v.Keys))
	})
}

type removeKeyCommand struct {
	which
	Key string `arg:"" help:"The key's ID, as “roster apiuser credentials” shows it." placeholder:"ID"`
}

// Run removes it.
func (c *removeKeyCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Credentials.RemoveKey(ctx, id, c.Key)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Removed. Nothing that this key signs is accepted any more.")
	})
}

// endCommand says when an API user's time is over.
type endCommand struct {
	which
	At    *command.Until `help:"The last day, such as 2027-03-31, or a moment such as 2027-03-31T18:00:00Z." name:"at" placeholder:"WHEN"`
	Never bool           `help:"It has no end."`
}

// Validate refuses what cannot be meant.
func (c *endCommand) Validate() error {
	if (c.At == nil) != c.Never {
		return command.Usage("Name its end with --at, or --never.")
	}
	return nil
}

// Run keeps it.
func (c *endCommand) Run(ctx context.Context, con *command.Console) error {
	var end time.Time
	if c.At != nil {
		end = time.Time(*c.At)
	}
	return c.on(ctx, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Credentials.SetEnd(ctx, id, end)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "%s: %s", v.Member.Label(), ends(v))
	})
}
