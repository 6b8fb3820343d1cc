package org

import (
	"context"
	"fmt"

	"roster/internal/command"
	"roster/internal/roster"
)

// planCommand puts an organisation on a plan.
type planCommand struct {
	command.Output
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
	Plan         string `arg:"" help:"The plan's key; “roster plan list” shows them." placeholder:"PLAN"`
	WhatIf       bool   `help:"Tell what the plan would mean, and change nothing."`
}

// Help tells what a smaller plan does.
func (planCommand) Help() string {
	return `A smaller plan removes nobody: it only stops adding. The organisation's history shows the change.

    roster org plan acme team-50 --what-if
    roster org plan acme team-50`
}

// fitDocument is what --json prints of a plan and an organisation.
type fitDocument struct {
	Organisation    string `json:"organisation"`
	Plan            string `json:"plan"`
	WhatIf          bool   `json:"what_if"`
	MaxUsers        *int   `json:"max_users"` // null for no limit
	Users           int    `json:"users"`
	UsersOver       int    `json:"users_over"`
	RefusesUsers    bool   `json:"refuses_users"`
	MaxAPIUsers     *int   `json:"max_api_users"`
	APIUsers        int    `json:"api_users"`
	APIUsersOver    int    `json:"api_users_over"`
	RefusesAPIUsers bool   `json:"refuses_api_users"`
}

// Run changes the plan, or tells what that would mean.
func (c *planCommand) Run(ctx context.Context, con *command.Console) error {
	p := command.Place{Database: c.Database, Org: c.Organisation}
	return p.At(ctx, func(ctx context.Context, d command.Desk) error {
		if !c.WhatIf {
			u, err := d.Orgs.Assign(ctx, c.Plan, 0)
			if err != nil {
				return err
			}
			o := u.Organisation
			return c.tell(con, o, u.Plan.Fit(o.People, o.APIUsers), "%s is on the plan %s now.")
		}
		page, err := d.Orgs.Plan(ctx, c.Plan)
		if err != nil {
			return err
		}
		return c.tell(con, page.Organisation, *page.WhatIf, "%s on the plan %s:")
	})
}

func (c *planCommand) tell(con *command.Console, o roster.Organisation, f roster.Fit, title string) error {
	if c.JSON {
		return con.JSON(fitDocument{
			Organisation: o.Slug, Plan: f.Plan.Key, WhatIf: c.WhatIf,
			MaxUsers: command.Limit(f.Plan.MaxUsers), Users: f.People, UsersOver: f.UsersOver, RefusesUsers: f.RefusesUsers,
			MaxAPIUsers: command.Limit(f.Plan.MaxAPIUsers), APIUsers: f.APIUsers, APIUsersOver: f.APIUsersOver, RefusesAPIUsers: f.RefusesAPIUsers,
		})
	}
	for _, line := range []string{
		fmt.Sprintf(title, o.Name, f.Plan.Name),
		"  " + seats("user", f.People, f.Plan.MaxUsers, f.UsersOver),
		"  " + seats("API user", f.APIUsers, f.Plan.MaxAPIUsers, f.APIUsersOver),
	} {
		if err := con.Line("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// seats tells in a sentence how many are in use, and what the limit does.
func seats(what string, used, limit, over int) string {
	inUse := command.Plural(used, what) + " in use"
	switch {
	case limit == roster.Unlimited:
		return inUse + ", no limit."
	case over > 0:
		return fmt.Sprintf("%s, %d over the limit of %d: all of them stay, and none can be added.", inUse, over, limit)
	case used == limit:
		return inUse + ", which is the limit: none can be added."
	}
	return fmt.Sprintf("%s, %d left of %d.", inUse, limit-used, limit)
}
