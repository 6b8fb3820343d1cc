package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/action/org"
	"roster/internal/command"
	"roster/internal/policy"
	"roster/internal/roster"
)

// which names an organisation; without a name it is the one that --org means.
type which struct {
	Organisation string `arg:"" optional:"" help:"The organisation, by ID or slug; not needed where there is only one." placeholder:"ORGANISATION"`
}

// at lets work be done in the organisation that is named.
func (w which) at(ctx context.Context, p command.Place, work func(context.Context, command.Desk) error) error {
	if w.Organisation != "" {
		p.Org = w.Organisation
	}
	return p.At(ctx, work)
}

// showCommand shows an organisation.
type showCommand struct {
	command.Output
	command.Place
	which
}

// Run prints an organisation's facts.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, c.Place, func(ctx context.Context, d command.Desk) error {
		u, err := d.Orgs.Show(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(settledOf(u.Organisation))
		}
		return con.Show(facts(u))
	})
}

func facts(u org.Usage) *command.Sheet {
	o := u.Organisation
	var s command.Sheet
	s.Add("Name", o.Name)
	s.Add("Slug", o.Slug)
	s.Add("Plan", u.Plan.Name+" ("+u.Plan.Key+")")
	s.Add("Users", command.Number(o.People)+" of "+roster.ShowLimit(u.Plan.MaxUsers))
	s.Add("API users", command.Number(o.APIUsers)+" of "+roster.ShowLimit(u.Plan.MaxAPIUsers))
	s.Add("Invitations last", command.Span(o.InvitationTTL))
	s.Add("Phone required", command.Yes(o.PhoneRequired))
	s.Add("E-mail domains", command.OrElse(strings.Join(o.Domains, ", "), "any"))
	s.Add("Administrators set passwords", command.Yes(o.AdminPasswords))
	s.Add("Second secrets of API users", command.Yes(o.SecondSecrets))
	s.Add("Removed members are erased", erased(o.EraseAfter))
	s.Add("Second factor required", factorOf(o))
	s.Add("Colour", command.OrElse(o.Brand.Colour(), "the installation's"))
	s.Add("Sender of letters", command.OrElse(o.Brand.Sender, "the installation"))
	s.Add("Answers to letters", command.OrElse(o.Brand.ReplyTo, "the installation"))
	s.Add("Product name", command.OrElse(o.Brand.Product, "the installation's"))
	s.Add("Links below pages", command.ShowLinks(o.Brand.Footer, "the installation's"))
	if !o.SuspendedAt.IsZero() {
		s.Add("Suspended since", command.Moment(o.SuspendedAt))
	}
	if !o.DeleteAt.IsZero() {
		s.Add("Closed, deleted on", command.Moment(o.DeleteAt))
	}
	s.Add("Created", command.Moment(o.CreatedAt))
	s.Add("ID", string(o.ID))
	return &s
}

// factorOf tells whether, and from when, people need a second factor.
func factorOf(o roster.Organisation) string {
	if o.FactorSince.IsZero() {
		return command.Yes(false)
	}
	return "from " + command.Moment(policy.Of(o).FactorDue())
}

// editCommand changes an organisation.
type editCommand struct {
	command.Output
	command.Place
	which
	Name           *string       `help:"What people call it; the slug stays." placeholder:"NAME"`
	InvitationTTL  *command.Days `help:"How long invitations last from the letter on, such as 7d." name:"invitation-ttl" placeholder:"TIME"`
	PhoneRequired  *bool         `help:"Whether a regular member needs a phone number." negatable:""`
	Domain         []string      `help:"The e-mail domains that regular members may be invited by, instead of those there are. Repeatable." placeholder:"DOMAIN"`
	AddDomain      []string      `help:"A domain more. Repeatable." placeholder:"DOMAIN"`
	DropDomain     []string      `help:"A domain less. Repeatable." placeholder:"DOMAIN"`
	AnyDomain      bool          `help:"Any domain may be invited."`
	AdminPasswords *bool         `help:"Whether administrators may set somebody's password." negatable:""`
	EraseAfter     *int          `help:"How many days after their removal what is kept of members is erased by itself; 0 for never." placeholder:"DAYS"`
	SecondSecrets  *bool         `help:"Whether API users may have a second secret beside the first." negatable:""`
	command.Picture
	FactorRequired *bool         `help:"Whether people need a second factor to come in." negatable:""`
	FactorGrace    *command.Days `help:"How long people without one are let in, from when it began to be required, such as 7d; 0 for not at all." placeholder:"TIME"`
	Accent         *string       `help:"The colour of its pages, such as #1f6f4a; empty for the installation's." placeholder:"COLOUR"`
	Sender         *string       `help:"Who writes its letters, as readers see it; empty for the installation alone." placeholder:"NAME"`
	ReplyTo        *string       `help:"Whom answers to its letters reach; empty for the installation's sender." placeholder:"ADDRESS"`
	ProductName    *string       `help:"What the product is called on its pages and in its letters; empty for the installation's name." placeholder:"NAME"`
	command.Footer
}

// Help shows examples.
func (editCommand) Help() string {
	return `What is not named stays. Domains count for invitations from now on; a subdomain is another domain, and external
users may have any.

    roster org edit acme --invitation-ttl 3d --phone-required
    roster org edit acme --add-domain example.com --no-admin-passwords`
}

// Validate refuses what cannot be meant.
func (c *editCommand) Validate() error {
	ways := 0
	for _, used := range []bool{len(c.Domain) > 0, len(c.AddDomain)+len(c.DropDomain) > 0, c.AnyDomain} {
		if used {
			ways++
		}
	}
	if err := cmp.Or(c.Check(), c.CheckLinks()); err != nil {
		return err
	}
	switch {
	case ways > 1:
		return command.Usage("Name all domains with --domain, single ones with --add-domain and --drop-domain, or --any-domain; not several of these.")
	case ways == 0 && !c.Named() && c.Name == nil && c.InvitationTTL == nil && c.PhoneRequired == nil && c.AdminPasswords == nil && c.SecondSecrets == nil && c.EraseAfter == nil && c.FactorRequired == nil && c.FactorGrace == nil && c.Accent == nil && c.Sender == nil && c.ReplyTo == nil && c.ProductName == nil && !c.Linked():
		return command.Usage("There is nothing to change. Name --name, --invitation-ttl, --phone-required, --domain, --add-domain, --drop-domain, --any-domain, --admin-passwords, --second-secrets, --factor-required, --factor-grace, --accent, --sender, --reply-to, --product-name, --footer-link or --picture.")
	}
	return nil
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, c.Place, func(ctx context.Context, d command.Desk) error {
		u, err := command.Paint(c.Picture, func(data []byte) (org.Usage, error) { return d.Emblems.Set(ctx, data) }, func() (org.Usage, error) { return d.Emblems.Remove(ctx) })
		if err != nil {
			return err
		}
		err = command.Again(func() error {
			e, err := c.edit(ctx, d)
			if err == nil {
				u, err = d.Orgs.Edit(ctx, e)
			}
			return err
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(settledOf(u.Organisation))
		}
		return con.Line("Saved the settings of %s.", u.Organisation.Name)
	})
}

// edit gives the change that is asked for; single domains are worked out from those there are.
func (c *editCommand) edit(ctx context.Context, d command.Desk) (org.Edit, error) {
	e := org.Edit{Name: c.Name, PhoneRequired: c.PhoneRequired, AdminPasswords: c.AdminPasswords, SecondSecrets: c.SecondSecrets, EraseAfter: c.EraseAfter, FactorRequired: c.FactorRequired, Accent: c.Accent, Sender: c.Sender, ReplyTo: c.ReplyTo, Product: c.ProductName, Footer: c.Links()}
	if c.FactorGrace != nil {
		grace := time.Duration(*c.FactorGrace)
		e.FactorGrace = &grace
	}
	if c.InvitationTTL != nil {
		ttl := time.Duration(*c.InvitationTTL)
		e.InvitationTTL = &ttl
	}
	if len(c.Domain) > 0 || c.AnyDomain {
		e.Domains = &c.Domain
	}
	if len(c.AddDomain)+len(c.DropDomain) == 0 {
		return e, nil
	}
	u, err := d.Orgs.Show(ctx)
	if err != nil {
		return e, err
	}
	dropped, err := roster.ParseDomains(c.DropDomain)
	if err != nil {
		return e, err
	}
	left := slices.DeleteFunc(slices.Clone(u.Organisation.Domains), func(s string) bool { return slices.Contains(dropped, s) })
	left = append(left, c.AddDomain...)
	e.Domains, e.Version = &left, u.Organisation.Version
	return e, nil
}

// erased says when removed members are erased.
func erased(days int) string {
	if days == 0 {
		return "when somebody does it"
	}
	return "after " + command.Plural(days, "day")
}
