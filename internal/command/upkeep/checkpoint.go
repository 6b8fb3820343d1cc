package upkeep

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"roster/internal/action/history"
	"roster/internal/chain"
	"roster/internal/chain/checkpoint"
	"roster/internal/chain/offline"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/secret"
)

// CheckpointCommand signs what histories are now.
type CheckpointCommand struct {
	command.Output
	command.Place
	command.KeyFile
	All       bool `help:"Of every organisation, and of the installation."`
	PublicKey bool `help:"Print the public key, as a JSON Web Key, and no checkpoint."`
}

// Help tells what checkpoints are for.
func (CheckpointCommand) Help() string {
	return `Keep what this prints where this machine cannot write, and the public key with it: then nobody can cut
off a history's end, or write it anew, without “roster verify --checkpoints FILE” telling.

    roster checkpoint --all >> checkpoints.txt
    roster checkpoint --public-key > checkpoints.jwk`
}

type checkpointDocument struct {
	Organisation roster.OrgID `json:"organisation"`
	Seq          int64        `json:"seq"`
	At           time.Time    `json:"at"`
	Checkpoint   string       `json:"checkpoint"`
}

// Run prints a checkpoint on each line, or the key.
func (c *CheckpointCommand) Run(ctx context.Context, con *command.Console) error {
	if c.PublicKey {
		return c.showKey(con)
	}
	if c.All && (c.Org != "" || c.As != "") {
		return command.Usage("--all is for every organisation, as root: leave --org and --as out.")
	}
	made, err := c.sign(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return con.JSON(command.List[checkpointDocument]{Items: made})
	}
	for _, m := range made {
		if err := con.Line("%s", m.Checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func (c *CheckpointCommand) sign(ctx context.Context) (made []checkpointDocument, err error) {
	sign := func(ctx context.Context, room *history.Room) error {
		p, err := room.Checkpoint(ctx)
		made = append(made, checkpointDocument{roster.ActorFrom(ctx).Organisation, p.Seq, p.At, p.Text})
		return err
	}
	if !c.All {
		err := c.Sealing(ctx, c.KeyFile, func(ctx context.Context, d command.Desk) error { return sign(ctx, d.History) })
		return made, err
	}
	key, err := c.Load()
	if err != nil {
		return nil, err
	}
	h, err := c.With(key).Open(ctx)
	if err != nil {
		return nil, err
	}
	_, all, err := histories(ctx, h)
	for _, o := range all {
		if err == nil {
			err = sign(command.Operator(ctx, o.ID), h.History)
		}
	}
	return made, errors.Join(err, h.Close())
}

func (c *CheckpointCommand) showKey(con *command.Console) error {
	key, err := c.Load()
	if err != nil {
		return err
	}
	public, err := publicOf(key)
	if err != nil {
		return err
	}
	text, err := public.JWK()
	if err != nil {
		return err
	}
	return con.Line("%s", text)
}

func publicOf(key *secret.Key) (checkpoint.Public, error) {
	signer, err := checkpoint.NewSigner(key.Derive(history.CheckpointKey))
	if err != nil {
		return checkpoint.Public{}, err
	}
	return signer.Public(), nil
}

// Against tells what histories are held against beside themselves.
type Against struct {
	Checkpoints []string `help:"Hold the histories against the checkpoints in this file, one on a line; may be repeated." type:"existingfile" placeholder:"FILE"`
	PublicKey   string   `help:"The public key of the checkpoints, as “roster checkpoint --public-key” prints it; otherwise the installation's own." type:"existingfile" placeholder:"FILE"`
	command.KeyFile
}

// key gives the public key that is named, or the installation's own; nil where there is no key file.
func (a Against) key() (*checkpoint.Public, error) {
	if a.PublicKey != "" {
		text, err := os.ReadFile(a.PublicKey)
		if err != nil {
			return nil, fmt.Errorf("read the public key: %w", err)
		}
		public, err := checkpoint.ParsePublic(text)
		if err != nil {
			return nil, command.Usage("%s: %s.", a.PublicKey, err)
		}
		return &public, nil
	}
	key, err := a.Load()
	var missing *roster.Error
	if errors.As(err, &missing) && len(a.Checkpoints) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	public, err := publicOf(key)
	return &public, err
}

// marks reads the checkpoints that somebody kept.
func (a Against) marks(key *checkpoint.Public) ([]chain.Mark, error) {
	var all []chain.Mark
	for _, path := range a.Checkpoints {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the checkpoints: %w", err)
		}
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan() && err == nil; n++ {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			m, wrong := key.Read(lines.Text())
			if wrong != nil {
				err = roster.Errorf(roster.Invalid, "checkpoint_invalid", "Line %d of %s is no checkpoint of this installation: %s.", n, path, wrong)
			}
			all = append(all, m)
		}
		if err = errors.Join(err, lines.Err(), f.Close()); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// verifyExport walks the history in an export's file.
func verifyExport(path string, key *checkpoint.Public, marks []chain.Mark) (proofDocument, error) {
	f, err := os.Open(path)
	if err != nil {
		return proofDocument{}, fmt.Errorf("read the export: %w", err)
	}
	var read func(string) (chain.Mark, error)
	if key != nil {
		read = key.Read
	}
	org, walked, err := offline.Verify(bufio.NewReaderSize(f, 1<<20), read, marks...)
	if err = errors.Join(err, f.Close()); err != nil {
		return proofDocument{}, roster.Errorf(roster.Invalid, "export_invalid", "%s: %s.", path, err)
	}
	return proofOf(roster.Organisation{ID: org, Name: string(org)}, history.Proof{Organisation: org, Lines: walked.Lines, Faults: walked.Faults}), nil
}
