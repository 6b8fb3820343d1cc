package user

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/command"
	"roster/internal/roster"
)

// items are what can be given.
type items struct {
	Role       []string `help:"A role, by key or ID. Repeatable." placeholder:"ROLE"`
	Permission []string `help:"A permission; “roster permission list” shows them. Repeatable." placeholder:"PERMISSION"`
	Scope      []string `help:"A scope, which lets the permissions that name it work. Repeatable." placeholder:"SCOPE"`
	Where      string   `name:"at" help:"Where: a customer account and everything below it, by ID, external ID or name; without it the whole organisation, or an external user's own customer account." placeholder:"UNIT"`
}

// gifts are what is given, and how long it lasts.
type gifts struct {
	items `embed:""`
	Until command.Until `help:"The last day, such as 2027-03-31, or a moment such as 2027-03-31T18:00:00Z; without it there is no end." placeholder:"DAY"`
}

// none tells whether nothing is named.
func (i items) none() bool { return len(i.Role)+len(i.Permission)+len(i.Scope) == 0 }

// asked gives the items as they are asked for at a place.
func (i items) asked(at roster.UnitID) []team.Giving {
	var all []team.Giving
	for _, r := range i.Role {
		all = append(all, team.Giving{Role: r, Unit: at})
	}
	for _, p := range i.Permission {
		all = append(all, team.Giving{Permission: p, Unit: at})
	}
	for _, s := range i.Scope {
		all = append(all, team.Giving{Scope: s, Unit: at})
	}
	return all
}

// givings gives what a new member gets; nothing named is the use case's own choice.
func (g gifts) givings(ctx context.Context, d command.Desk) ([]team.Giving, error) {
	if g.none() && (g.Where != "" || !time.Time(g.Until).IsZero()) {
		return nil, command.Usage("--at and --until say where and how long. Name what with --role, --permission or --scope.")
	}
	at, err := d.Unit(ctx, g.Where)
	all := g.asked(at)
	for i := range all {
		all[i].Until = time.Time(g.Until)
	}
	return all, err
}

// held looks, as the operator, at everything that a member holds: a set is made of it.
func held(ctx context.Context, d command.Desk, id roster.MemberID) (team.View, error) {
	return d.Team.Show(command.Operator(ctx, d.Org.ID), id)
}

// grantCommand gives something to a member.
type grantCommand struct {
	command.Output
	command.Place
	command.Who
	gifts `embed:""`
}

// Help shows examples.
func (grantCommand) Help() string {
	return `What the member holds already stays. What is given anew at the same place with another end gets that end.

    roster user grant anna@example.com --role dispatcher --at Nordwind --until 2027-03-31
    roster user grant anna@example.com --permission devices.read --scope network`
}

// Run gives.
func (c *grantCommand) Run(ctx context.Context, con *command.Console) error {
	if c.none() {
		return command.Usage("Name what to give with --role, --permission or --scope.")
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		given, err := c.givings(ctx, d)
		if err != nil {
			return err
		}
		return regrant(ctx, con, d, id, c.JSON, func(m team.View) ([]team.Giving, error) {
			kept := slices.DeleteFunc(slices.Clone(m.Grants), func(g roster.Grant) bool { return among(ctx, d, m, g, given) })
			return append(given[:len(given):len(given)], team.Givings(kept)...), nil
		})
	})
}

// withdrawCommand takes something from a member.
type withdrawCommand struct {
	command.Output
	command.Place
	command.Who
	items `embed:""`
	All   bool `help:"Everything that was given, at every place."`
}

// Help shows examples.
func (withdrawCommand) Help() string {
	return `What was given at another place stays there.

    roster user withdraw anna@example.com --role dispatcher --at Nordwind
    roster user withdraw anna@example.com --all`
}

// Run takes.
func (c *withdrawCommand) Run(ctx context.Context, con *command.Console) error {
	switch {
	case c.none() && !c.All:
		return command.Usage("Name what to take away with --role, --permission or --scope, or say --all.")
	case c.All && (!c.none() || c.Where != ""):
		return command.Usage("--all takes everything; it goes with no --role, --permission, --scope or --at.")
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		at, err := d.Unit(ctx, c.Where)
		if err != nil {
			return err
		}
		asked := c.asked(at)
		return regrant(ctx, con, d, id, c.JSON, func(m team.View) ([]team.Giving, error) {
			if c.All {
				return nil, nil
			}
			for _, a := range asked {
				if !slices.ContainsFunc(m.Grants, func(g roster.Grant) bool { return among(ctx, d, m, g, []team.Giving{a}) }) {
					return nil, notHeld(ctx, d, m, a)
				}
			}
			return team.Givings(slices.DeleteFunc(slices.Clone(m.Grants), func(g roster.Grant) bool { return among(ctx, d, m, g, asked) })), nil
		})
	})
}

// notHeld tells that there is nothing to take away.
func notHeld(ctx context.Context, d command.Desk, m team.View, a team.Giving) error {
	if a.Unit == "" {
		a.Unit = m.Unit
	}
	return roster.Errorf(roster.Conflict, "not_held", "%s was not given %s%s%s on %s. “roster user grants %s” shows what was given, and where.",
		m.Label(), a.Role, a.Permission, a.Scope, d.Names().Unit(ctx, a.Unit), m.ID)
}

// among tells whether a grant is one of what is asked for, whatever its end.
func among(ctx context.Context, d command.Desk, m team.View, g roster.Grant, asked []team.Giving) bool {
	names := d.Names()
	return slices.ContainsFunc(asked, func(a team.Giving) bool {
		if a.Unit == "" {
			a.Unit = m.Unit
		}
		same := a.Role == g.Role || a.Role != "" && a.Role == names.Role(ctx, g.Role)
		return same && a.Permission == g.Permission && a.Scope == g.Scope && a.Unit == g.Unit
	})
}

// grantsCommand shows all grants of a member, or sets them.
type grantsCommand struct {
	command.Output
	command.Place
	command.Who
	Set string `help:"Make the member hold exactly what this file says; - for standard input." placeholder:"FILE"`
}

// Help shows what such a file looks like.
func (grantsCommand) Help() string {
	return `The file is JSON as “--json” prints it and as the API takes it. What it does not name is taken away.

    {"grants": [
      {"role": "dispatcher", "unit": "nordwind", "until": "2027-03-31T18:00:00Z"},
      {"permission": "devices.read"}
    ]}

    roster user grants anna@example.com
    roster user grants anna@example.com --set grants.json`
}

// Run prints the grants or sets them.
func (c *grantsCommand) Run(ctx context.Context, con *command.Console) error {
	var wanted []team.Giving
	if c.Set != "" {
		var err error
		if wanted, err = read(con, c.Set); err != nil {
			return err
		}
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		if c.Set != "" {
			return regrant(ctx, con, d, id, c.JSON, func(team.View) ([]team.Giving, error) { return wanted, nil })
		}
		m, err := d.Profiles.Show(ctx, id, d.SignIn.Settings().Idle)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(grantSet{Grants: command.GrantsOf(m.Grants)})
		}
		if len(m.Grants) == 0 {
			con.Note("Nothing was given to %s.", m.Label())
			return nil
		}
		names := d.Names()
		t := command.Columns("WHAT", "AT", "UNTIL", "GIVEN BY", "GIVEN")
		for _, g := range m.Grants {
			t.Add(names.What(ctx, g), names.Unit(ctx, g.Unit), command.Moment(g.Until), command.OrElse(m.Givers[g.GivenBy], command.Doer(g.GivenBy)), con.When(g.GivenAt))
		}
		return con.Print(t)
	})
}

// grantSet is all that a member holds, as the API takes it.
type grantSet struct {
	Grants []command.Grant `json:"grants"`
}

// mostRead is more than a member's grants have, in bytes.
const mostRead = 1 << 20

// read reads a set of grants.
func read(con *command.Console, file string) ([]team.Giving, error) {
	var data []byte
	var err error
	if file == "-" {
		data, err = io.ReadAll(io.LimitReader(con.In, mostRead))
	} else {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, command.Usage("The file %s cannot be read: %s.", file, err)
	}
	var set struct {
		Grants *[]command.Grant `json:"grants"`
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	err = d.Decode(&set)
	if err == nil && d.More() {
		err = errors.New("something follows the document")
	}
	if err != nil {
		return nil, roster.Errorf(roster.Invalid, "malformed", "The grants cannot be read: %s.", err)
	}
	if set.Grants == nil {
		return nil, roster.Errorf(roster.Invalid, "field_required", "List all grants; an empty list takes everything away.").On("grants")
	}
	all := make([]team.Giving, len(*set.Grants))
	for i, g := range *set.Grants {
		all[i] = team.Giving{Role: g.Role, Permission: g.Permission, Scope: g.Scope}
		if g.Unit != nil {
			all[i].Unit = roster.UnitID(*g.Unit)
		}
		if g.Until != nil {
			all[i].Until = roster.NamedEnd(*g.Until)
		}
	}
	return all, nil
}

// regranted is what --json tells of a change of grants: what was given and taken, and what that changed of
// what the member can use.
type regranted struct {
	grantSet
	Gained    []command.Grant `json:"gained"`
	Lost      []command.Grant `json:"lost"`
	Effective []command.Shift `json:"effective"`
	Member    memberDocument  `json:"member"`
}

// regrant makes a set of what a member holds, sets it, and tells what that changed.
func regrant(ctx context.Context, con *command.Console, d command.Desk, id roster.MemberID, asJSON bool, wanted func(team.View) ([]team.Giving, error)) error {
	var done team.Granted
	err := command.Again(func() error {
		m, err := held(ctx, d, id)
		if err != nil {
			return err
		}
		all, err := wanted(m)
		if err == nil {
			done, err = d.Team.Grant(ctx, id, team.Grants{All: all, Version: m.Version})
		}
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return con.JSON(regranted{
			grantSet{command.GrantsOf(done.Grants)},
			command.GrantsOf(done.Gained), command.GrantsOf(done.Lost),
			command.ShiftsOf(done.Shifts), memberOf(done.View),
		})
	}
	return tell(ctx, con, d, done)
}

// tell prints a change of grants for people.
func tell(ctx context.Context, con *command.Console, d command.Desk, done team.Granted) error {
	names := d.Names()
	var lines []string
	for _, g := range done.Gained {
		lines = append(lines, "Gave "+done.Label()+" "+names.Grant(ctx, g)+".")
	}
	for _, g := range done.Lost {
		lines = append(lines, "Took "+names.Grant(ctx, g)+" from "+done.Label()+".")
	}
	if len(lines) == 0 {
		return con.Line("Nothing changed: %s holds exactly this.", done.Label())
	}
	if err := con.Line("%s", strings.Join(lines, "\n")); err != nil {
		return err
	}
	if len(done.Shifts) == 0 {
		con.Note("What %s can use stays as it was.", done.Label())
		return nil
	}
	return con.Print(shifted(ctx, names, done.Shifts))
}

// shifted is the table of what changed of what somebody can use.
func shifted(ctx context.Context, names *command.Names, all []authz.Shift) *command.Table {
	t := command.Columns("PERMISSION", "CHANGE", "AT", "UNTIL")
	for _, s := range all {
		t.Add(s.Permission, command.Changed(s), names.Unit(ctx, s.Unit), command.Moment(s.After.Until))
	}
	return t
}
