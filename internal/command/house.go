package command

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"roster/internal/app"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/secret"
)

// Database tells which installation is meant.
type Database struct {
	Database string `help:"The database: an SQLite file or postgres://…." default:"roster.db" env:"ROSTER_DATABASE" placeholder:"DATABASE" group:"where"`
	key      *secret.Key
	private  bool // webhooks may have private addresses
}

// Output tells how results are printed.
type Output struct {
	JSON bool `help:"Print JSON for programs." name:"json"`
}

// Place tells which organisation of which installation is meant, and who acts there.
type Place struct {
	Database
	Org string `help:"The organisation, by ID or slug; not needed where there is only one." env:"ROSTER_ORG" placeholder:"ORGANISATION" group:"where"`
	As  string `help:"Act as this member, who may do no more than on the dashboard; without it as root. ID or e-mail address; an API user's client ID." placeholder:"MEMBER" group:"where"`
}

// Address tells where people reach the server, for the links that are printed.
type Address struct {
	URL string `help:"The address at which people reach the server; links begin with it." name:"url" default:"http://127.0.0.1:8080" env:"ROSTER_URL" placeholder:"URL" group:"where"`
}

// Validate refuses an address that makes no links.
func (a Address) Validate() error {
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Usage("--url is an address such as https://team.example.com.")
	}
	return nil
}

// Link makes an absolute link of a path.
func (a Address) Link(path string) string { return strings.TrimRight(a.URL, "/") + path }

// Name is what the history calls it.
const Name = "Command line"

// Operator puts the command line into the context: root, at work in an organisation or in none.
func Operator(ctx context.Context, org roster.OrgID) context.Context {
	return roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Organisation: org, Name: Name, Door: roster.DoorCLI})
}

// Open opens a house that must be there already. An SQLite file that is missing is not made: the
// name was mistyped, and an empty team would look like a lost one.
func (d Database) Open(ctx context.Context) (*app.House, error) {
	if !strings.Contains(d.Database, "://") {
		if _, err := os.Stat(d.Database); errors.Is(err, fs.ErrNotExist) {
			return nil, roster.Errorf(roster.Unavailable, "database_missing",
				"There is no database %s. Name another with --database, or make one with “roster init”.", d.Database)
		}
	}
	return d.Make(ctx)
}

// Make opens a house, and makes an SQLite file that is missing.
func (d Database) Make(ctx context.Context) (*app.House, error) {
	return app.Open(ctx, app.Settings{Database: d.Database, Key: d.key, Webhooks: outgoing.Settings{Private: d.private}})
}

// InHouse opens the house, lets the operator work in no organisation, and closes.
func (d Database) InHouse(ctx context.Context, work func(context.Context, *app.House) error) error {
	h, err := d.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(work(Operator(ctx, ""), h), h.Close())
}

// Desk is an open house with one organisation chosen.
type Desk struct {
	*app.House
	Org roster.Organisation
}

// At opens the house, chooses the organisation and who acts there, lets work be done, and closes.
func (p Place) At(ctx context.Context, work func(context.Context, Desk) error) error {
	h, err := p.Open(ctx)
	if err != nil {
		return err
	}
	org, err := choose(Operator(ctx, ""), h, p.Org)
	if err == nil {
		err = Desk{h, org}.sit(ctx, p.As, work)
	}
	return errors.Join(err, h.Close())
}

// KeyFile names the installation's key, for what is sealed with it.
type KeyFile struct {
	KeyFile string `help:"The installation's key, as “roster serve” has it." default:"roster.key" env:"ROSTER_KEY_FILE" placeholder:"FILE" group:"where"`
}

// Load reads the installation's key, which must be there already: what is sealed or signed with another is worth
// nothing to any server. Kind: Unavailable, code key_missing.
func (k KeyFile) Load() (*secret.Key, error) {
	if _, err := os.Stat(k.KeyFile); errors.Is(err, fs.ErrNotExist) {
		return nil, roster.Errorf(roster.Unavailable, "key_missing", "There is no key file %s. Name the server's with --key-file.", k.KeyFile)
	}
	return secret.LoadKey(k.KeyFile)
}

// With gives the database as it is opened with the installation's key.
func (d Database) With(key *secret.Key) Database {
	d.key = key
	return d
}

// Sealing is At with the installation's key.
func (p Place) Sealing(ctx context.Context, k KeyFile, work func(context.Context, Desk) error) error {
	key, err := k.Load()
	if err != nil {
		return err
	}
	p.Database = p.With(key)
	return p.At(ctx, work)
}

// InHouseSealing is InHouse with the installation's key, as Sealing is At.
func (d Database) InHouseSealing(ctx context.Context, k KeyFile, work func(context.Context, *app.House) error) (err error) {
	if d.key, err = k.Load(); err != nil {
		return err
	}
	return d.InHouse(ctx, work)
}

// Asking gives the database with webhooks that may have private addresses, or may not.
func (d Database) Asking(private bool) Database {
	d.private = private
	return d
}

// choose finds the organisation that is meant: the one that is named, or the only one.
func choose(ctx context.Context, h *app.House, name string) (roster.Organisation, error) {
	if name != "" {
		return h.Orgs.Named(ctx, name)
	}
	all, err := h.Orgs.List(ctx)
	if err != nil {
		return roster.Organisation{}, err
	}
	switch len(all) {
	case 0:
		return roster.Organisation{}, roster.Errorf(roster.NotFound, "no_organisation", "There is no organisation yet. Make one with “roster init”.")
	case 1:
		return all[0], nil
	}
	slugs := make([]string, 0, 5)
	for _, o := range all[:min(len(all), 5)] {
		slugs = append(slugs, o.Slug)
	}
	if len(all) > 5 {
		slugs = append(slugs, "…")
	}
	return roster.Organisation{}, Usage("There are %d organisations (%s). Choose one with --org.", len(all), strings.Join(slugs, ", "))
}
