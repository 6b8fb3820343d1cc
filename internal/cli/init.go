package cli

import (
	"context"
	"errors"

	"roster/internal/action"
	"roster/internal/action/org"
)

// initCommand makes an organisation.
type initCommand struct {
	output
	database
	address
	Organisation string `help:"The organisation's name." required:"" placeholder:"NAME"`
	Owner        string `help:"The first Owner's e-mail address." required:"" placeholder:"EMAIL"`
	Plan         string `help:"The plan: playground or unlimited." default:"playground" placeholder:"PLAN"`
}

// Help shows an example.
func (initCommand) Help() string {
	return `The first Owner comes in by a link that is printed once; no letter is sent.

    roster init --organisation Acme --owner anna@example.com --plan unlimited`
}

// Run makes the organisation and prints its first Owner's link.
func (c *initCommand) Run(ctx context.Context, con *console) error {
	h, err := c.make(ctx)
	if err != nil {
		return err
	}
	founded, err := h.Orgs.Create(operator(ctx, ""), org.Founding{Name: c.Organisation, Plan: c.Plan, Owner: c.Owner})
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	o := founded.Organisation
	link := c.link(action.InvitationPath(o.ID, founded.Link))
	defer con.note("This link is shown this once. It works once, for %s. A fresh one: roster user link %s", span(o.InvitationTTL), c.Owner)
	if c.JSON {
		return con.json(foundedOf(founded, c.Owner, link))
	}
	con.note("Made %s (%s) on the plan %s. Give its first Owner, %s, this link:", o.Name, o.Slug, o.Plan, c.Owner)
	return con.line("%s", link)
}

// orgCommands are about organisations.
type orgCommands struct {
	List orgListCommand `cmd:"" help:"List the organisations."`
}

// orgListCommand lists the organisations.
type orgListCommand struct {
	output
	database
}

// Run prints the organisations.
func (c *orgListCommand) Run(ctx context.Context, con *console) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	all, err := h.Orgs.List(operator(ctx, ""))
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		list := listDocument[organisationDocument]{Items: []organisationDocument{}}
		for _, o := range all {
			list.Items = append(list.Items, organisationOf(o))
		}
		return con.json(list)
	}
	if len(all) == 0 {
		con.note("There is no organisation yet. Make one with “roster init”.")
		return nil
	}
	t := columns("SLUG", "NAME", "PLAN", "USERS", "API USERS", "CREATED", "ID")
	for _, o := range all {
		t.add(o.Slug, o.Name, o.Plan, number(o.People), number(o.APIUsers), con.when(o.CreatedAt), string(o.ID))
	}
	return con.print(t)
}
