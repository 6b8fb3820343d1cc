package imports

import (
	"slices"
	"strconv"

	rows "roster/internal/action/team/apply/imports"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store/importdb"
)

// plan tries an import and shows what would become of its rows.
func (d *Door) plan(v *web.Visit) error {
	f, err := server.Form(v.R, "from")
	if err != nil {
		return err
	}
	from, err := strconv.Atoi(f["from"])
	if err != nil || from < 0 {
		from = 0
	}
	i, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	p, err := d.room.Plan(v.Context(), i.ID)
	if err != nil {
		return d.again(v, err, At{})
	}
	v.Show(Plan(planned(v, i, p, from)))
	return nil
}

// planned gives a plan's page: what it comes to, and from one on the rows that there is something to tell of, those that
// would be refused first.
func planned(v *web.Visit, i rows.View, p rows.Planned, from int) PlanView {
	view := PlanView{Page: v.Page, Of: Import{i}, Left: p.Left, Paced: p.Paced, Plan: v.Entry.Plan, People: v.Entry.Organisation.People, Programs: v.Entry.Organisation.APIUsers, From: from}
	var some []rows.Row
	for _, r := range p.Rows {
		switch r.State {
		case importdb.Same:
			view.Same++
			continue
		case importdb.Changed:
			view.note(r)
		default:
			view.Refused++
		}
		some = append(some, r)
	}
	slices.SortStableFunc(some, func(a, b rows.Row) int { return rank(a) - rank(b) })
	view.All, view.From = len(some), min(from, len(some))
	view.Rows = told(v, i, some[view.From:min(view.From+plannedAtOnce, len(some))], true)
	return view
}

func rank(r rows.Row) int {
	if r.State == importdb.Changed {
		return 1
	}
	return 0
}

// note counts a row that would be done.
func (v *PlanView) note(r rows.Row) {
	for _, d := range r.Did {
		switch {
		case !d.Made():
		case d.ClientID != "":
			v.New++
			v.APIUsers++
			return
		default:
			v.New++
			v.Letters++
			return
		}
	}
	v.Changed++
}

// begin lets an import be applied in the background.
func (d *Door) begin(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	i, err := d.room.Start(v.Context(), id(v), false)
	if err != nil {
		return d.again(v, err, At{})
	}
	return v.Go(Import{i}.page(v.Page), "toast.import_started")
}

// cancel ends one that is under way.
func (d *Door) cancel(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	i, err := d.room.Cancel(v.Context(), id(v))
	if err != nil {
		return d.again(v, err, At{})
	}
	return v.Go(Import{i}.page(v.Page), "toast.import_cancelled")
}

func (d *Door) askForget(v *web.Visit) error {
	i, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(Forget(ForgetView{Page: v.Page, Of: Import{i}}))
	}
	return err
}

// forget forgets one that is not under way.
func (d *Door) forget(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.room.Forget(v.Context(), id(v)); err != nil {
		return d.again(v, err, At{})
	}
	return v.Go(v.Page.In("imports"), "toast.import_forgotten")
}
