// Package access holds the commands that answer who may do what, and why: one question explained, people
// against customer accounts, the permissions there are, and the ways to Owner. They change nothing.
package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/action/access"
	"roster/internal/authz"
	"roster/internal/command"
	"roster/internal/roster"
)

// ExplainCommand answers why a member may do something, or why not.
type ExplainCommand struct {
	command.Output
	command.Place
	Member     string `arg:"" help:"A member: ID or e-mail address; an API user's client ID." placeholder:"MEMBER"`
	Permission string `arg:"" help:"The permission that is asked about." placeholder:"PERMISSION"`
	Where      string `name:"at" help:"The customer account that is asked about: ID, external ID or name; without it the whole organisation." placeholder:"UNIT"`
}

// Help tells how scripts use it.
func (ExplainCommand) Help() string {
	return `Ends with code 0 when it is allowed. When it is denied it ends with code 1 and prints why on standard
output; a question that cannot be answered ends with 1 too, and prints on standard error alone.

    roster explain anna@example.com devices.read --at Nordwind`
}

type answerDocument struct {
	Decision   bool              `json:"decision"`
	Member     command.Subject   `json:"member"`
	Permission string            `json:"permission"`
	Unit       *string           `json:"unit"`
	Until      *time.Time        `json:"until"`
	By         *command.Source   `json:"by"`
	Through    *command.Source   `json:"through"`
	Missing    []missingDocument `json:"missing"`
	Units      []command.Unit    `json:"units"`
}

type missingDocument struct {
	Kind       string          `json:"kind"`
	Permission *string         `json:"permission"`
	Scope      *string         `json:"scope"`
	Unit       *string         `json:"unit"`
	Elsewhere  []roster.UnitID `json:"elsewhere"`
	Status     *string         `json:"status"`
	Givers     []giverDocument `json:"givers"`
}

type giverDocument struct {
	ID   roster.MemberID `json:"id"`
	Name string          `json:"name"`
}

// Run answers. A denial ends with code 1.
func (c *ExplainCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Find(ctx, c.Member)
		if err != nil {
			return err
		}
		at, err := d.Unit(ctx, c.Where)
		if err != nil {
			return err
		}
		a, err := d.Access.Explain(ctx, access.Question{Member: id, Permission: c.Permission, Unit: string(at)})
		if err != nil {
			return err
		}
		if c.JSON {
			err = con.JSON(answerOf(a))
		} else {
			err = con.Line("%s", strings.Join(answer(ctx, d, a), "\n"))
		}
		if err == nil && !a.Allowed {
			err = command.ErrTold
		}
		return err
	})
}

func answerOf(a access.Answer) answerDocument {
	doc := answerDocument{
		Decision: a.Allowed, Member: command.SubjectOf(a.Member), Permission: a.Permission.Key, Unit: command.Text(string(a.Unit.ID)), Until: command.Some(a.Until),
		By: source(a.By), Through: source(a.Through), Missing: []missingDocument{}, Units: command.UnitsNamed(a.Units),
	}
	for _, m := range a.Missing {
		miss := missingDocument{
			Kind: m.Kind, Unit: command.Text(string(m.Unit)), Elsewhere: append([]roster.UnitID{}, m.Elsewhere...),
			Status: command.Text(string(m.Status)), Givers: []giverDocument{},
		}
		if m.IsScope {
			miss.Scope = command.Text(m.Key)
		} else {
			miss.Permission = command.Text(m.Key)
		}
		for _, g := range m.Givers {
			miss.Givers = append(miss.Givers, giverDocument{g.Member, g.Label})
		}
		doc.Missing = append(doc.Missing, miss)
	}
	return doc
}

func source(s *access.Source) *command.Source {
	if s == nil {
		return nil
	}
	doc := command.SourceOf(*s)
	return &doc
}

// answer reads the answer, a line for each thing it says.
func answer(ctx context.Context, d command.Desk, a access.Answer) []string {
	names := d.Names()
	at := names.Unit(ctx, a.Unit.ID)
	if !a.Allowed {
		lines := []string{fmt.Sprintf("No: %s may not do %s at %s.", a.Member.Label(), a.Permission.Key, at)}
		for _, m := range a.Missing {
			lines = append(lines, "  "+lack(ctx, names, a, m))
		}
		return lines
	}
	until := ""
	if !a.Until.IsZero() {
		until = " until " + command.Moment(a.Until)
	}
	lines := []string{fmt.Sprintf("Yes: %s may do %s at %s%s.", a.Member.Label(), a.Permission.Key, at, until)}
	if a.By == nil {
		return append(lines, "  It comes from above what you see.")
	}
	lines = append(lines, "  "+given(ctx, names, "It comes from", a.By))
	if a.Through != nil {
		lines = append(lines, "  "+given(ctx, names, "Its scope comes from", a.Through))
	}
	return lines
}

func given(ctx context.Context, names *command.Names, how string, s *access.Source) string {
	return fmt.Sprintf("%s %s, given by %s.", how, names.Grant(ctx, s.Grant), command.OrElse(s.Giver, command.Doer(s.Grant.GivenBy)))
}

// lack reads one thing that stands against a yes, and who could change it.
func lack(ctx context.Context, names *command.Names, a access.Answer, m access.Missing) string {
	what := "the permission " + m.Key
	if m.IsScope {
		what = "the scope " + m.Key
	}
	text := ""
	switch m.Kind {
	case authz.LackStatus:
		if m.Status == roster.Ended {
			return a.Member.Label() + " has ended."
		}
		return fmt.Sprintf("%s is %s.", a.Member.Label(), m.Status)
	case authz.LackUnit:
		places := make([]string, len(m.Elsewhere))
		for i, u := range m.Elsewhere {
			places[i] = names.Unit(ctx, u)
		}
		text = fmt.Sprintf("They hold %s, but at %s alone.", what, strings.Join(places, ", "))
	case authz.LackPermission, authz.LackScope:
		text = fmt.Sprintf("They lack %s.", what)
	default:
		return strings.TrimSpace(strings.ReplaceAll(m.Kind, "_", " ") + " " + m.Key)
	}
	if len(m.Givers) > 0 {
		givers := make([]string, len(m.Givers))
		for i, g := range m.Givers {
			givers[i] = g.Label
		}
		text += fmt.Sprintf(" %s can give it.", strings.Join(givers, ", "))
	}
	return text
}
