// Package brand holds the commands about how the installation looks, where an organisation has nothing of its own.
package brand

import (
	"cmp"
	"context"

	"roster/internal/action/org"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/roster"
)

// Commands are about how the installation looks.
type Commands struct {
	Show showCommand `cmd:"" does:"brand.show" help:"Show how the installation looks."`
	Edit editCommand `cmd:"" does:"brand.edit,brand.picture,brand.picture_remove" help:"Change it."`
}

// document is what --json prints. null is what the server was started with.
type document struct {
	ProductName *string              `json:"product_name"`
	Accent      *string              `json:"accent"`
	Sender      *string              `json:"sender"`
	ReplyTo     *string              `json:"reply_to"`
	FooterLinks []command.FooterLink `json:"footer_links"`
	Picture     bool                 `json:"picture"`
}

func documentOf(h roster.House) document {
	return document{command.Text(h.Product), command.Text(h.Colour()), command.Text(h.Sender), command.Text(h.ReplyTo), command.FooterLinks(h.Footer), h.Picture != ""}
}

// told prints how the installation looks.
func told(con *command.Console, json bool, h roster.House) error {
	if json {
		return con.JSON(documentOf(h))
	}
	var s command.Sheet
	s.Add("Product name", command.OrElse(h.Product, "as the server is started"))
	s.Add("Colour", command.OrElse(h.Colour(), "our own"))
	s.Add("Sender of letters", command.OrElse(h.Sender, "as the server is started"))
	s.Add("Answers to letters", command.OrElse(h.ReplyTo, "the sender's address"))
	s.Add("Links below pages", command.ShowLinks(h.Footer, "none"))
	s.Add("Logo", command.Yes(h.Picture != ""))
	return con.Show(&s)
}

type showCommand struct {
	command.Output
	command.Database
}

// Run prints it.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		now, err := h.Brands.Show(ctx)
		if err != nil {
			return err
		}
		return told(con, c.JSON, now)
	})
}

type editCommand struct {
	command.Output
	command.Database
	command.Picture
	ProductName *string `help:"What pages and letters call the product; empty for what the server is started with." placeholder:"NAME"`
	Accent      *string `help:"The colour of pages, such as #1f6f4a; empty for our own." placeholder:"COLOUR"`
	Sender      *string `help:"Who writes letters, as readers see it; empty for what the server is started with." placeholder:"NAME"`
	ReplyTo     *string `help:"Whom answers to letters reach; empty for the address that they come from." placeholder:"ADDRESS"`
	command.Footer
}

// Help shows an example.
func (editCommand) Help() string {
	return `What is not named stays. An organisation's own brand goes before it: “roster org edit”.

    roster brand edit --product-name "Nordwind Access" --accent "#1f6f4a" --footer-link "Imprint=https://example.com/imprint"`
}

// Validate refuses what cannot be meant.
func (c *editCommand) Validate() error {
	if !c.edits() && !c.Named() {
		return command.Usage("There is nothing to change. Name --product-name, --accent, --sender, --reply-to, --footer-link or --picture.")
	}
	return cmp.Or(c.Check(), c.CheckLinks())
}

// edits tells whether anything but the logo is named.
func (c *editCommand) edits() bool {
	return c.ProductName != nil || c.Accent != nil || c.Sender != nil || c.ReplyTo != nil || c.Linked()
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		now, err := command.Paint(c.Picture, func(data []byte) (roster.House, error) { return h.Brands.SetPicture(ctx, data) }, func() (roster.House, error) { return h.Brands.RemovePicture(ctx) })
		if err == nil && c.edits() {
			now, err = h.Brands.Edit(ctx, org.Edit{Product: c.ProductName, Accent: c.Accent, Sender: c.Sender, ReplyTo: c.ReplyTo, Footer: c.Links()})
		}
		if err != nil {
			return err
		}
		return told(con, c.JSON, now)
	})
}
