package user

import (
	"context"
	"strings"
	"time"

	"roster/internal/action/access"
	"roster/internal/authz"
	"roster/internal/command"
	"roster/internal/roster"
)

// accessCommand shows what a member may do.
type accessCommand struct {
	command.Output
	command.Place
	command.Who
	Where string `name:"at" help:"Only at this customer account, what comes from above included: ID, external ID or name." placeholder:"UNIT"`
}

// Help shows examples.
func (accessCommand) Help() string {
	return `Each permission stands once for each place where it begins: it reaches everything below. Of somebody who
is not active it is what they would hold. “roster explain” answers one question.

    roster user access anna@example.com
    roster user access anna@example.com --at Nordwind`
}

type accessDocument struct {
	Member command.Subject `json:"member"`
	Unit   *string         `json:"unit"` // that was asked about; null for everywhere
	Held   []heldDocument  `json:"held"`
	Idle   []idleDocument  `json:"idle"` // given, and without effect for lack of the scope
	Units  []command.Unit  `json:"units"`
}

type heldDocument struct {
	Permission string           `json:"permission"`
	Scope      *string          `json:"scope"`
	Kind       authz.Kind       `json:"kind"`
	Unit       *string          `json:"unit"`
	Until      *time.Time       `json:"until"`
	By         []command.Source `json:"by"`
	Through    []command.Source `json:"through"`
}

type idleDocument struct {
	Permission string           `json:"permission"`
	Scope      *string          `json:"scope"`
	Kind       authz.Kind       `json:"kind"`
	Unit       *string          `json:"unit"`
	By         []command.Source `json:"by"`
}

// Run prints what the member may do.
func (c *accessCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		at, err := d.Unit(ctx, c.Where)
		if err != nil {
			return err
		}
		a, err := d.Access.Access(ctx, id, string(at))
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(accessOf(a))
		}
		return c.print(ctx, con, d, a)
	})
}

func accessOf(a access.Access) accessDocument {
	doc := accessDocument{Member: command.SubjectOf(a.Member), Held: []heldDocument{}, Idle: []idleDocument{}, Units: command.UnitsNamed(a.Units)}
	if a.Unit != nil {
		doc.Unit = command.Text(string(a.Unit.ID))
	}
	for _, h := range a.Held {
		doc.Held = append(doc.Held, heldDocument{
			h.Permission.Key, command.Text(h.Permission.Scope), h.Permission.Kind, command.Text(string(h.Unit)), command.Some(h.Until),
			command.SourcesOf(h.By), command.SourcesOf(h.Through),
		})
	}
	for _, i := range a.Idle {
		doc.Idle = append(doc.Idle, idleDocument{i.Permission.Key, command.Text(i.Permission.Scope), i.Permission.Kind, command.Text(string(i.Unit)), command.SourcesOf(i.By)})
	}
	return doc
}

func (c *accessCommand) print(ctx context.Context, con *command.Console, d command.Desk, a access.Access) error {
	names := d.Names()
	if len(a.Held) == 0 {
		con.Note("%s may do nothing%s.", a.Member.Label(), here(ctx, names, a))
	} else {
		t := command.Columns("PERMISSION", "AT", "UNTIL", "BY", "SCOPE BY")
		for _, h := range a.Held {
			t.Add(h.Permission.Key, names.Unit(ctx, h.Unit), command.Moment(h.Until), sources(ctx, names, h.By), sources(ctx, names, h.Through))
		}
		if err := con.Print(t); err != nil {
			return err
		}
	}
	for _, i := range a.Idle {
		con.Note("Without effect at %s: %s, by %s; the scope %s is lacking.", names.Unit(ctx, i.Unit), i.Permission.Key, sources(ctx, names, i.By), i.Permission.Scope)
	}
	if a.Member.Status != roster.Active {
		con.Note("%s is %s: none of this works until that changes.", a.Member.Label(), a.Member.Status)
	}
	return nil
}

// here names the place that was asked about.
func here(ctx context.Context, names *command.Names, a access.Access) string {
	if a.Unit == nil {
		return ""
	}
	return " at " + names.Unit(ctx, a.Unit.ID)
}

// sources reads the grants that give something; when it ends stands beside them.
func sources(ctx context.Context, names *command.Names, all []access.Source) string {
	parts := make([]string, len(all))
	for i, s := range all {
		s.Grant.Until = time.Time{}
		parts[i] = names.Grant(ctx, s.Grant)
	}
	return strings.Join(parts, "; ")
}
