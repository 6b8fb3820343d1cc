// Package plan holds the commands about plans: what organisations may use.
package plan

import (
	"context"
	"slices"
	"time"

	"roster/internal/action/plan"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/store/plandb"
)

// Commands are about plans.
type Commands struct {
	List   listCommand   `cmd:"" does:"plan.list" help:"List the plans."`
	Show   showCommand   `cmd:"" does:"plan.list" help:"Show one plan."`
	Create createCommand `cmd:"" does:"plan.create" help:"Make a plan."`
	Edit   editCommand   `cmd:"" does:"plan.edit" help:"Change a plan, for every organisation that is on it."`
	Delete deleteCommand `cmd:"" does:"plan.delete" help:"Delete a plan that no organisation is on."`
}

// planDocument is what --json prints of a plan. null is no limit.
type planDocument struct {
	Key           string     `json:"key"`
	Name          string     `json:"name"`
	MaxUsers      *int       `json:"max_users"`
	MaxAPIUsers   *int       `json:"max_api_users"`
	BuiltIn       bool       `json:"built_in"`
	Offered       bool       `json:"offered"`
	Organisations *int       `json:"organisations,omitempty"` // where the plan was looked at
	CreatedAt     *time.Time `json:"created_at,omitempty"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
}

func documentOf(p roster.Plan) planDocument {
	return planDocument{Key: p.Key, Name: p.Name, MaxUsers: command.Limit(p.MaxUsers), MaxAPIUsers: command.Limit(p.MaxAPIUsers), BuiltIn: p.BuiltIn, Offered: p.Offered}
}

func listedOf(p plandb.Plan) planDocument {
	d := documentOf(p.Plan)
	d.Organisations, d.CreatedAt, d.UpdatedAt = &p.Organisations, command.Some(p.CreatedAt), command.Some(p.UpdatedAt)
	return d
}

// listCommand lists plans.
type listCommand struct {
	command.Output
	command.Database
}

// Run prints the plans.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, err := h.Plans.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[planDocument]{Items: []planDocument{}}
			for _, p := range all {
				list.Items = append(list.Items, listedOf(p))
			}
			return con.JSON(list)
		}
		t := command.Columns("KEY", "NAME", "USERS", "API USERS", "ORGANISATIONS", "OFFERED", "FROM")
		for _, p := range all {
			t.Add(p.Key, p.Name, roster.ShowLimit(p.MaxUsers), roster.ShowLimit(p.MaxAPIUsers), command.Number(p.Organisations), command.Yes(p.Offered), from(p.Plan))
		}
		return con.Print(t)
	})
}

func from(p roster.Plan) string {
	if p.BuiltIn {
		return "Roster"
	}
	return "the operator"
}

// showCommand shows a plan.
type showCommand struct {
	command.Output
	command.Database
	Plan string `arg:"" help:"The plan's key." placeholder:"PLAN"`
}

// Run prints a plan's facts.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, err := h.Plans.List(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(p plandb.Plan) bool { return p.Key == c.Plan })
		if at < 0 {
			return roster.Errorf(roster.NotFound, "not_found", "There is no plan %s. “roster plan list” shows them.", c.Plan)
		}
		p := all[at]
		if c.JSON {
			return con.JSON(listedOf(p))
		}
		var s command.Sheet
		s.Add("Key", p.Key)
		s.Add("Name", p.Name)
		s.Add("Users", roster.ShowLimit(p.MaxUsers))
		s.Add("API users", roster.ShowLimit(p.MaxAPIUsers))
		s.Add("Organisations", command.Number(p.Organisations))
		s.Add("Offered", command.Yes(p.Offered))
		s.Add("From", from(p.Plan))
		s.Add("Created", command.Moment(p.CreatedAt))
		s.Add("Updated", command.Moment(p.UpdatedAt))
		return con.Show(&s)
	})
}

// createCommand makes a plan.
type createCommand struct {
	command.Output
	command.Database
	Key         string `arg:"" help:"What commands and programs call it, such as team-50; it stays." placeholder:"KEY"`
	Name        string `help:"What people call it." required:"" placeholder:"NAME"`
	MaxUsers    string `help:"How many invited, active and blocked people: a number, or unlimited." required:"" name:"max-users" placeholder:"N"`
	MaxAPIUsers string `help:"How many API users: a number, or unlimited." required:"" name:"max-api-users" placeholder:"N"`
	Offered     bool   `help:"Every organisation may look what it would be to them; otherwise only those on it see it."`
}

// Help shows an example.
func (createCommand) Help() string {
	return `    roster plan create team-50 --name "Team 50" --max-users 50 --max-api-users 20 --offered
    roster org plan acme team-50`
}

// Run makes the plan.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	users, apiUsers, err := limits(&c.MaxUsers, &c.MaxAPIUsers)
	if err != nil {
		return err
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		p, err := h.Plans.Create(ctx, roster.Plan{Key: c.Key, Name: c.Name, MaxUsers: *users, MaxAPIUsers: *apiUsers, Offered: c.Offered})
		if err != nil {
			return err
		}
		return told(con, c.JSON, p, "Made the plan %s (%s). “roster org plan ORGANISATION %s” puts an organisation on it.", p.Name, p.Key, p.Key)
	})
}

// limits reads two limits, where they are given.
func limits(users, apiUsers *string) (*int, *int, error) {
	var bad roster.Problems
	read := func(field string, s *string) *int {
		if s == nil {
			return nil
		}
		n, err := roster.ParseLimit(*s)
		bad.Add(field, err)
		return &n
	}
	u, a := read("max_users", users), read("max_api_users", apiUsers)
	return u, a, bad.Err()
}

// told prints a plan after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, p roster.Plan, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(p))
	}
	return con.Line(format, args...)
}

// editCommand changes a plan.
type editCommand struct {
	command.Output
	command.Database
	Plan        string  `arg:"" help:"The plan's key." placeholder:"PLAN"`
	Name        *string `help:"What people call it." placeholder:"NAME"`
	MaxUsers    *string `help:"How many people: a number, or unlimited." name:"max-users" placeholder:"N"`
	MaxAPIUsers *string `help:"How many API users: a number, or unlimited." name:"max-api-users" placeholder:"N"`
	Offered     *bool   `help:"Whether every organisation may look what it would be to them." negatable:""`
}

// Help tells what smaller limits do.
func (editCommand) Help() string {
	return `Smaller limits remove nobody: they only stop adding, from the next add on.

    roster plan edit team-50 --max-users 60`
}

// Validate refuses what changes nothing.
func (c *editCommand) Validate() error {
	if c.Name == nil && c.MaxUsers == nil && c.MaxAPIUsers == nil && c.Offered == nil {
		return command.Usage("There is nothing to change. Name --name, --max-users, --max-api-users or --offered.")
	}
	return nil
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	users, apiUsers, err := limits(c.MaxUsers, c.MaxAPIUsers)
	if err != nil {
		return err
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		p, err := h.Plans.Edit(ctx, c.Plan, plan.Edit{Name: c.Name, MaxUsers: users, MaxAPIUsers: apiUsers, Offered: c.Offered})
		if err != nil {
			return err
		}
		return told(con, c.JSON, p, "Saved the plan %s: users %s, API users %s.", p.Name, roster.ShowLimit(p.MaxUsers), roster.ShowLimit(p.MaxAPIUsers))
	})
}

// deleteCommand deletes a plan.
type deleteCommand struct {
	command.Output
	command.Database
	Plan string `arg:"" help:"The plan's key." placeholder:"PLAN"`
}

// Run deletes.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		p, err := h.Plans.Delete(ctx, c.Plan)
		if err != nil {
			return err
		}
		return told(con, c.JSON, p, "Deleted the plan %s.", p.Name)
	})
}
