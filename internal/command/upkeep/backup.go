package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"roster/internal/app"
	"roster/internal/command"
)

// BackupCommand copies everything into a file.
type BackupCommand struct {
	command.Output
	command.Database
	File string `arg:"" help:"The file to write; one that is there stays." placeholder:"FILE"`
}

// Help tells what is in it, and what is not.
func (BackupCommand) Help() string {
	return `All organisations with their histories, as they stand at one moment, from either kind of database; servers go on meanwhile. The
file fits SQLite and PostgreSQL alike, so that it is also the way from one to the other. It holds hashes of passwords and
sealed secrets: whoever has it has as much as whoever has the database. Sessions are not in it, and neither is the key file
(roster.key). Keep a copy of that elsewhere: without it nobody's authenticator app, no connection and no token works on.

    roster backup roster-2027-01-31.backup
    roster restore roster-2027-01-31.backup --database postgres://roster@db.example.com/roster`
}

// Run writes the file, which has its name once it is whole.
func (c *BackupCommand) Run(ctx context.Context, con *command.Console) error {
	taken := command.Usage("%s is there already. Name another file.", c.File)
	if _, err := os.Lstat(c.File); err == nil {
		return taken
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		var rows int64
		err := command.Fresh(c.File, func(to *os.File) (err error) {
			rows, err = h.Backups.Write(ctx, func() (io.Writer, error) {
				_, err := to.Seek(0, io.SeekStart)
				return to, errors.Join(err, to.Truncate(0))
			})
			return err
		})
		if errors.Is(err, fs.ErrExist) { // since it was looked for
			return taken
		}
		if err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		if c.JSON {
			return con.JSON(struct {
				File string `json:"file"`
				Rows int64  `json:"rows"`
			}{c.File, rows})
		}
		return con.Line("Wrote %s: %s. Keep a copy of the key file elsewhere.", c.File, command.Plural(int(rows), "row"))
	})
}

// RestoreCommand fills a new database from a backup.
type RestoreCommand struct {
	command.Output
	command.Database
	File string `arg:"" help:"The backup." type:"existingfile" placeholder:"FILE"`
}

// Help tells what it fills, and what to do then.
func (RestoreCommand) Help() string {
	return `The database must be new: an SQLite file that is not there yet, or an empty database of PostgreSQL. What it holds afterwards is what
stood at the backup's moment; the installation's history says that it was restored. Start the server with the key file of
then. Everybody signs in again. Who was erased since is there again, and so are secrets, tokens, invitations and access that
were taken away since: end them anew. Restart the programs that ask Roster for decisions, and let receivers of webhooks forget
the IDs that they keep. "roster verify" and "roster doctor" look whether all is well.

    roster restore roster-2027-01-31.backup --database restored.db`
}

// Run fills the database; nothing stays of a restore that failed, but an empty one.
func (c *RestoreCommand) Run(ctx context.Context, con *command.Console) error {
	from, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	done, err := app.Restore(ctx, c.Database.Database, from)
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	err = c.InHouse(ctx, func(ctx context.Context, h *app.House) error { return h.Backups.Restored(ctx, done.Head) })
	if err != nil {
		return err
	}
	if c.JSON {
		return con.JSON(struct {
			MadeAt time.Time `json:"made_at"`
			Rows   int64     `json:"rows"`
			Schema int64     `json:"schema"`
		}{done.MadeAt, done.Rows, done.Schema})
	}
	return con.Line("Restored %s, as they stood at %s.", command.Plural(int(done.Rows), "row"), command.Moment(done.MadeAt))
}
