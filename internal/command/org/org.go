// Package org holds the commands about organisations themselves: making and listing them, and their history.
package org

import (
	"context"
	"errors"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/command"
)

// InitCommand makes an organisation.
type InitCommand struct {
	command.Output
	command.Database
	command.Address
	Organisation string `help:"The organisation's name." required:"" placeholder:"NAME"`
	Owner        string `help:"The first Owner's e-mail address." required:"" placeholder:"EMAIL"`
	Plan         string `help:"The plan; “roster plan list” shows them." default:"playground" placeholder:"PLAN"`
}

// Help shows an example.
func (InitCommand) Help() string {
	return `The first Owner comes in by a link that is printed once; no letter is sent.

    roster init --organisation Acme --owner anna@example.com --plan unlimited`
}

// Run makes the organisation and prints its first Owner's link.
func (c *InitCommand) Run(ctx context.Context, con *command.Console) error {
	h, err := c.Make(ctx)
	if err != nil {
		return err
	}
	founded, err := h.Orgs.Create(command.Operator(ctx, ""), org.Founding{Name: c.Organisation, Plan: c.Plan, Owner: c.Owner})
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	o := founded.Organisation
	link := c.Link(act.InvitationPath(o.ID, founded.Link))
	defer con.Note("This link is shown this once. It works once, for %s. A fresh one: roster user link %s", command.Span(o.InvitationTTL), c.Owner)
	if c.JSON {
		return con.JSON(foundedOf(founded, c.Owner, link))
	}
	con.Note("Made %s (%s) on the plan %s. Give its first Owner, %s, this link:", o.Name, o.Slug, o.Plan, c.Owner)
	return con.Line("%s", link)
}

// Commands are about organisations.
type Commands struct {
	List      orgListCommand   `cmd:"" does:"organisation.list" help:"List the organisations."`
	Show      showCommand      `cmd:"" does:"organisation.show" help:"Show an organisation's settings, and its plan with what of it is in use."`
	Edit      editCommand      `cmd:"" does:"organisation.edit,organisation.picture,organisation.picture_remove" help:"Change an organisation's name and settings."`
	Plan      planCommand      `cmd:"" does:"plan.assign,organisation.plan" help:"Put an organisation on a plan, or look what that would mean."`
	Addresses addressesCommand `cmd:"" does:"organisation.addresses_show,organisation.addresses,api_user.addresses_show,api_user.addresses" help:"Show or set from which addresses people and programs are let in."`
	Suspend   suspendCommand   `cmd:"" does:"organisation.suspend" help:"Stop everything in an organisation, until it is resumed."`
	Resume    resumeCommand    `cmd:"" does:"organisation.resume" help:"Let people and programs into a suspended organisation again."`
	Export    exportCommand    `cmd:"" does:"organisation.export" help:"Write everything of an organisation into a file of JSON lines."`
	Delete    deleteCommand    `cmd:"" does:"organisation.delete" help:"Close an organisation, and delete it with everything in it 30 days later."`
	Undelete  undeleteCommand  `cmd:"" does:"organisation.undelete" help:"Take the deletion of an organisation back."`
}

// orgListCommand lists the organisations.
type orgListCommand struct {
	command.Output
	command.Database
}

// Run prints the organisations.
func (c *orgListCommand) Run(ctx context.Context, con *command.Console) error {
	h, err := c.Open(ctx)
	if err != nil {
		return err
	}
	all, err := h.Orgs.List(command.Operator(ctx, ""))
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		list := command.List[organisationDocument]{Items: []organisationDocument{}}
		for _, o := range all {
			list.Items = append(list.Items, organisationOf(o))
		}
		return con.JSON(list)
	}
	if len(all) == 0 {
		con.Note("There is no organisation yet. Make one with “roster init”.")
		return nil
	}
	t := command.Columns("SLUG", "NAME", "PLAN", "USERS", "API USERS", "CREATED", "ID")
	for _, o := range all {
		t.Add(o.Slug, o.Name, o.Plan, command.Number(o.People), command.Number(o.APIUsers), con.When(o.CreatedAt), string(o.ID))
	}
	return con.Print(t)
}
