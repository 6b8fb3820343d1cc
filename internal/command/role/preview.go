package role

import (
	"context"
	"fmt"
	"strings"

	"roster/internal/action/role"
	"roster/internal/authz"
	"roster/internal/command"
	"roster/internal/roster"
)

// previewDocument is what --json prints of a change before it is made, beside the role as it would be.
type previewDocument struct {
	Holding int               `json:"holding"`
	Gaining int               `json:"gaining"`
	Losing  int               `json:"losing"`
	Holders []touchedDocument `json:"holders"`
	Missing []string          `json:"missing"`
	InUse   bool              `json:"in_use"` // a deletion would be refused
}

type touchedDocument struct {
	ID        roster.MemberID   `json:"id"`
	Kind      roster.MemberKind `json:"kind"`
	Status    roster.Status     `json:"status"`
	Name      string            `json:"name"`
	Effective []command.Shift   `json:"effective"`
}

func previewOf(p role.Preview) roleDocument {
	d := documentOf(role.View{Role: p.Role, Holders: p.Holding})
	d.Preview = &previewDocument{
		Holding: p.Holding, Gaining: p.Gaining, Losing: p.Losing, Holders: []touchedDocument{},
		Missing: append([]string{}, authz.Keys(p.Missing)...), InUse: p.InUse,
	}
	for _, h := range p.Holders {
		d.Preview.Holders = append(d.Preview.Holders, touchedDocument{h.Member, h.Kind, h.Status, h.Label, command.ShiftsOf(h.Shifts)})
	}
	return d
}

// foreseen tells what a change would do. One that would be refused ends with code 1.
func foreseen(ctx context.Context, con *command.Console, d command.Desk, asJSON bool, t role.Trial) error {
	p, err := d.Roles.Preview(ctx, t)
	if err != nil {
		return err
	}
	if asJSON {
		err = con.JSON(previewOf(p))
	} else {
		err = foretell(ctx, con, d, t, p)
	}
	if err != nil {
		return err
	}
	switch {
	case len(p.Missing) > 0:
		con.Complain(fmt.Sprintf("This would be refused: you lack %s.", strings.Join(authz.Keys(p.Missing), ", ")))
		return command.ErrTold
	case p.InUse:
		con.Complain("This would be refused: take the role from everyone first.")
		return command.ErrTold
	}
	return nil
}

func foretell(ctx context.Context, con *command.Console, d command.Desk, t role.Trial, p role.Preview) error {
	if t.ID == "" {
		return con.Line("%s would hold %s and %s.", p.Role.Name, command.Plural(len(p.Role.Permissions), "permission"), command.Plural(len(p.Role.Scopes), "scope"))
	}
	if err := con.Line("%s is held by %s: %d would gain, %d would lose.", p.Role.Name, command.Plural(p.Holding, "member"), p.Gaining, p.Losing); err != nil {
		return err
	}
	if len(p.Holders) == 0 {
		return nil
	}
	names := d.Names()
	table := command.Columns("MEMBER", "STATUS", "PERMISSION", "WOULD BE", "AT", "UNTIL")
	for _, h := range p.Holders {
		for _, s := range h.Shifts {
			table.Add(h.Label, string(h.Status), s.Permission, command.Changed(s), names.Unit(ctx, s.Unit), command.Moment(s.After.Until))
		}
	}
	if err := con.Print(table); err != nil {
		return err
	}
	if more := max(p.Gaining, p.Losing) - len(p.Holders); more > 0 {
		con.Note("And at least %s more.", command.Plural(more, "member"))
	}
	return nil
}
