package user

import (
	"context"

	"roster/internal/action/team"
	"roster/internal/command"
	"roster/internal/roster"
)

// create adds the person with a password instead of a letter.
func (c *inviteCommand) create(ctx context.Context, con *command.Console, d command.Desk, in team.Invitation) error {
	typed, err := asked(con, in.Email)
	if err != nil {
		return err
	}
	v, err := d.Team.Create(ctx, team.Creation{Invitation: in, NewPassword: typed})
	if err != nil {
		return err
	}
	return told(con, c.JSON, v, "Created %s <%s> in %s as %s: %s. Hand the password over; they choose their own at the first sign-in.",
		v.Label(), v.Email.Typed, place(ctx, d, v.Member), holding(ctx, d, v), v.Shown())
}

func asked(con *command.Console, whose string) (team.NewPassword, error) {
	password, repeat, err := con.Password(whose)
	return team.NewPassword{Password: password, Repeat: repeat}, err
}

// passwordCommand sets a password.
type passwordCommand struct {
	command.Output
	command.Place
	command.Who
}

// Help tells what follows, and where the password comes from.
func (passwordCommand) Help() string {
	return `Of persons that the organisation made with a password or a link handed over; nobody sets another's own,
nor that of who comes in by a connection. Their sessions end, and they choose their own at the next sign-in.
On a terminal the password is asked for twice; elsewhere it is the first line of the input, and never stands
on the command line.

    roster user password ole@nordwind.example < password.txt`
}

// Run sets the password.
func (c *passwordCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		typed, err := asked(con, c.Member)
		if err != nil {
			return err
		}
		v, err := d.Team.SetPassword(ctx, id, typed)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Set the password of %s. Their sessions ended, and they choose their own at the next sign-in.", v.Label())
	})
}
