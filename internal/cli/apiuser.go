package cli

import (
	"context"

	"roster/internal/action/team"
)

// apiCommands are about API users.
type apiCommands struct {
	Create apiCreateCommand `cmd:"" help:"Make an API user; its secret is printed once."`
}

// apiCreateCommand makes an API user.
type apiCreateCommand struct {
	output
	place
	Name string   `arg:"" help:"What the program is, such as “Payroll import”."`
	Role []string `help:"A role; member when none is named. Repeatable." placeholder:"ROLE"`
}

// Help shows an example.
func (apiCreateCommand) Help() string {
	return `Listing, editing, blocking and removing are the same as for people: “roster user …”.

    roster apiuser create "Payroll import" --role auditor`
}

// Run makes the API user and prints its client ID and secret.
func (c *apiCreateCommand) Run(ctx context.Context, con *console) error {
	return c.at(ctx, func(ctx context.Context, d desk) error {
		made, err := d.Team.CreateAPIUser(ctx, team.APIUser{Name: c.Name, Grants: team.RoleGivings(c.Role...)})
		if err != nil {
			return err
		}
		defer con.note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			doc := memberOf(made.View)
			doc.Secret = made.Secret
			return con.json(doc)
		}
		var s sheet
		s.add("Client ID", made.ClientID)
		s.add("Client secret", made.Secret)
		return con.show(&s)
	})
}
