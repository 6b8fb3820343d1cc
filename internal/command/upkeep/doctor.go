package upkeep

import (
	"context"
	"errors"
	"strings"

	"roster/internal/action/history"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/replay"
	"roster/internal/roster"
)

// DoctorCommand holds the tables against the histories.
type DoctorCommand struct {
	command.Output
	command.Database
	Org string `help:"Only this organisation, by ID or slug." env:"ROSTER_ORG" placeholder:"ORGANISATION" group:"where"`
}

// Help tells what is compared.
func (DoctorCommand) Help() string {
	return `Rebuilds every organisation's members, grants, roles and customer accounts from its history, and tells
where the database says otherwise: what somebody changed there by hand, or a damaged disk did. Nothing is
changed. Ends with code 1 when something differs. “roster verify” proves the histories themselves.

    roster doctor --org acme`
}

type healthDocument struct {
	Organisation roster.OrgID    `json:"organisation"`
	Name         string          `json:"name"`
	Lines        int64           `json:"lines"`
	Members      int             `json:"members"`
	Grants       int             `json:"grants"`
	Roles        int             `json:"roles"`
	Units        int             `json:"units"`
	Count        int             `json:"count"`
	Drifts       []driftDocument `json:"drifts"`
}

type driftDocument struct {
	What    string `json:"what"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Field   string `json:"field"`
	History string `json:"history"`
	Table   string `json:"table"`
	Seq     int64  `json:"seq"`
}

// Run compares and prints what differs.
func (c *DoctorCommand) Run(ctx context.Context, con *command.Console) error {
	h, err := c.Open(ctx)
	if err != nil {
		return err
	}
	all, err := c.look(ctx, con, h)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if c.JSON {
		err = con.JSON(command.List[healthDocument]{Items: all})
	} else {
		err = tellHealth(con, all)
	}
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Count > 0 {
			con.Complain("The database says otherwise than the history. Keep it as it is, and compare it with a backup.")
			return command.ErrTold
		}
	}
	return nil
}

// look looks at the organisation that is named, or at all.
func (c *DoctorCommand) look(ctx context.Context, con *command.Console, h *app.House) ([]healthDocument, error) {
	due, all, err := histories(ctx, h)
	if err != nil {
		return nil, err
	}
	all = all[1:] // the installation has none of this
	if c.Org != "" {
		o, err := h.Orgs.Named(command.Operator(ctx, ""), c.Org)
		if err != nil {
			return nil, err
		}
		all = []roster.Organisation{o}
	}
	found := []healthDocument{}
	for _, o := range due {
		if c.Org == "" || all[0].ID == o.ID {
			con.Note("%s is being deleted: that was not looked at.", o.Name)
		}
		if c.Org != "" && all[0].ID == o.ID {
			return found, nil
		}
	}
	for _, o := range all {
		r, err := h.History.Replay(command.Operator(ctx, o.ID))
		if err != nil {
			return nil, err
		}
		found = append(found, healthOf(o, r))
	}
	return found, nil
}

func healthOf(o roster.Organisation, r history.Replayed) healthDocument {
	d := healthDocument{
		Organisation: o.ID, Name: o.Name, Lines: r.Lines, Members: r.Rows["member"], Grants: r.Rows["grant"], Roles: r.Rows["role"], Units: r.Rows["customer account"],
		Count: r.Count, Drifts: []driftDocument{},
	}
	for _, v := range r.Drifts {
		d.Drifts = append(d.Drifts, driftDocument(v))
	}
	return d
}

func tellHealth(con *command.Console, all []healthDocument) error {
	t := command.Columns("ORGANISATION", "LINES", "MEMBERS", "GRANTS", "ROLES", "UNITS", "RESULT")
	for _, d := range all {
		result := "as the history says"
		if d.Count > 0 {
			result = command.Plural(d.Count, "difference")
		}
		t.Add(d.Name, command.Number(int(d.Lines)), command.Number(d.Members), command.Number(d.Grants), command.Number(d.Roles), command.Number(d.Units), result)
	}
	if err := con.Print(t); err != nil {
		return err
	}
	for _, d := range all {
		for _, v := range d.Drifts {
			if err := con.Line("%s, %s.", d.Name, v.sentence()); err != nil {
				return err
			}
		}
		if more := d.Count - len(d.Drifts); more > 0 {
			if err := con.Line("%s: %s more.", d.Name, command.Plural(more, "difference")); err != nil {
				return err
			}
		}
	}
	return nil
}

// sentence tells of a drift.
func (v driftDocument) sentence() string {
	who := v.What + " " + v.ID
	if v.Name != "" && !strings.Contains(who, v.Name) {
		who += " (" + v.Name + ")"
	}
	line := "line " + command.Number(int(v.Seq))
	switch {
	case v.Field != "":
		return who + ": " + v.Field + " is " + quoted(v.Table) + ", and by " + line + " of the history it is " + quoted(v.History)
	case v.History == replay.There:
		return who + ": made by " + line + " of the history, and missing in the database"
	case v.Seq > 0:
		return who + ": ended by " + line + " of the history, and still in the database"
	}
	return who + ": in the database, and not in the history"
}

func quoted(s string) string {
	if s == "" {
		return "empty"
	}
	return "“" + s + "”"
}
