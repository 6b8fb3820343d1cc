package user

import (
	"context"

	"roster/internal/action/team"
	"roster/internal/command"
)

// APICommands are about API users.
type APICommands struct {
	Create apiCreateCommand `cmd:"" help:"Make an API user; its secret is printed once."`
}

// apiCreateCommand makes an API user.
type apiCreateCommand struct {
	command.Output
	command.Place
	Name string   `arg:"" help:"What the program is, such as “Payroll import”."`
	Role []string `help:"A role; member when none is named. Repeatable." placeholder:"ROLE"`
}

// Help shows an example.
func (apiCreateCommand) Help() string {
	return `Listing, editing, blocking and removing are the same as for people: “roster user …”.

    roster apiuser create "Payroll import" --role auditor`
}

// Run makes the API user and prints its client ID and secret.
func (c *apiCreateCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		made, err := d.Team.CreateAPIUser(ctx, team.APIUser{Name: c.Name, Grants: team.RoleGivings(c.Role...)})
		if err != nil {
			return err
		}
		defer con.Note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			doc := memberOf(made.View)
			doc.Secret = made.Secret
			return con.JSON(doc)
		}
		var s command.Sheet
		s.Add("Client ID", made.ClientID)
		s.Add("Client secret", made.Secret)
		return con.Show(&s)
	})
}
