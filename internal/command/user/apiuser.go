package user

import (
	"context"
	"time"

	"roster/internal/action/team"
	"roster/internal/command"
)

// APICommands are about API users.
type APICommands struct {
	Create apiCreateCommand `cmd:"" does:"api_user.create" help:"Make an API user; its secret is printed once."`
	Clone  apiCloneCommand  `cmd:"" does:"member.clone" help:"Make an API user with the access that another has; its secret is printed once."`
}

// apiCreateCommand makes an API user.
type apiCreateCommand struct {
	command.Output
	command.Place
	Name         string `arg:"" help:"What the program is, such as “Payroll import”."`
	ExternalID   string `help:"What your product calls it." name:"external-id" placeholder:"ID"`
	gifts        `embed:""`
	StartBlocked bool           `help:"Give no access until unblocked."`
	Ends         *command.Until `help:"Its last day, such as 2027-03-31, or a moment such as 2027-03-31T18:00:00Z; it has no end otherwise." name:"ends" placeholder:"WHEN"`
}

// Help shows an example.
func (apiCreateCommand) Help() string {
	return `Listing, editing, blocking and removing are the same as for people: “roster user …”.
Without --role, --permission or --scope it gets the role member.

    roster apiuser create "Payroll import" --role auditor
    roster apiuser create "Nordwind's trackers" --permission devices.read --scope network --at Nordwind
    roster apiuser create "Data migration" --role auditor --ends 2027-03-31`
}

// Run makes the API user and prints its client ID and secret.
func (c *apiCreateCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		grants, err := c.givings(ctx, d)
		if err != nil {
			return err
		}
		in := team.APIUser{Name: c.Name, ExternalID: c.ExternalID, Grants: grants, StartBlocked: c.StartBlocked}
		if c.Ends != nil {
			in.Ends = time.Time(*c.Ends)
		}
		made, err := d.Team.CreateAPIUser(ctx, in)
		if err != nil {
			return err
		}
		defer con.Note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			doc := memberOf(made.View)
			doc.Secret = made.Secret
			return con.JSON(doc)
		}
		return con.Show(credentials(made.View, made.Secret))
	})
}

// credentials are what a program signs in with.
func credentials(v team.View, secret string) *command.Sheet {
	var s command.Sheet
	s.Add("Client ID", v.ClientID)
	s.Add("Client secret", secret)
	return &s
}
