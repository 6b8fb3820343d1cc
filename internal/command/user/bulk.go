package user

import (
	"context"

	"roster/internal/action/team/bulk"
	"roster/internal/command"
	"roster/internal/roster"
)

// whom names one member or several.
type whom struct {
	Member []string `arg:"" help:"Members: ID or e-mail address; an API user's client ID." placeholder:"MEMBER"`
}

// several tells whether more than one is named.
func (w whom) several() bool { return len(w.Member) > 1 }

// On finds the one member who is named and lets work be done on them.
func (w whom) On(ctx context.Context, p command.Place, work func(context.Context, command.Desk, roster.MemberID) error) error {
	return command.Who{Member: w.Member[0]}.On(ctx, p, work)
}

// each finds several members, does an act on them and tells each outcome. A member who is not found keeps all from
// being acted on. confirm, where there is one, asks before.
func (w whom) each(ctx context.Context, con *command.Console, p command.Place, asJSON bool, a bulk.Act, done string, confirm func(command.Desk, int) error) error {
	return p.At(ctx, func(ctx context.Context, d command.Desk) error {
		ids := make([]roster.MemberID, len(w.Member))
		for i, name := range w.Member {
			id, err := d.Find(ctx, name)
			if err != nil {
				return err
			}
			ids[i] = id
		}
		ids = bulk.Once(ids)
		if confirm != nil {
			if err := confirm(d, len(ids)); err != nil {
				return err
			}
		}
		all, err := bulk.Perform(ctx, d.Bulks, a, ids)
		if err != nil {
			return err
		}
		return tellEach(con, asJSON, ids, all, done, d.Org.Name)
	})
}

// tellEach prints the outcome of each member; one that was refused makes the command fail.
func tellEach(con *command.Console, asJSON bool, ids []roster.MemberID, all bulk.Outcomes, done, org string) error {
	list := command.List[outcomeDocument]{Items: []outcomeDocument{}}
	t := command.Columns("MEMBER", "OUTCOME")
	refused := 0
	for i, o := range all {
		row := outcomeDocument{Typed: string(ids[i])}
		if e := o.Err; e != nil {
			refused++
			row.Error = command.RefusalOf(e)
			t.Add(string(ids[i]), e.Message)
		} else {
			m := memberOf(o.Result)
			row.Member = &m
			t.Add(o.Result.Label(), done+".")
		}
		list.Items = append(list.Items, row)
	}
	var err error
	if asJSON {
		err = con.JSON(list)
	} else {
		err = con.Print(t)
	}
	con.Note("%s: %d of %d in %s.", done, len(all)-refused, len(all), org)
	if err == nil && refused > 0 {
		err = command.ErrTold
	}
	return err
}
