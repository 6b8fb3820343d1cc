package operator

import (
	"slices"

	"github.com/a-h/templ"

	"roster/internal/action/plan"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store"
	"roster/internal/store/plandb"
)

func (d *Door) plans(v *web.Visit) error {
	all, err := d.Plans.List(v.Context())
	if err != nil {
		return err
	}
	v.Show(Plans(PlansView{v.Page, all}))
	return nil
}

// planned gives the plan that the path names.
func (d *Door) planned(v *web.Visit) (plandb.Plan, error) {
	all, err := d.Plans.List(v.Context())
	if err != nil {
		return plandb.Plan{}, err
	}
	i := slices.IndexFunc(all, func(p plandb.Plan) bool { return p.Key == v.R.PathValue("name") })
	if i < 0 {
		return plandb.Plan{}, store.ErrNone("plan")
	}
	return all[i], nil
}

// planPage is the form of a new plan, or of one that is there.
func (d *Door) planPage(v *web.Visit) error {
	view := PlanView{Page: v.Page, Typed: PlanInput{Offered: true}}
	if v.R.PathValue("name") != "" {
		p, err := d.planned(v)
		if err != nil {
			return err
		}
		view.Plan, view.Typed = p, PlanInput{p.Key, p.Name, roster.ShowLimit(p.MaxUsers), roster.ShowLimit(p.MaxAPIUsers), p.Offered}
	}
	v.Show(Plan(view))
	return nil
}

// typed reads the form of a plan.
func typed(v *web.Visit) (PlanInput, roster.Plan, error) {
	f, err := server.Form(v.R, "key", "name", "max_users", "max_api_users", "offered")
	if err != nil {
		return PlanInput{}, roster.Plan{}, err
	}
	in := PlanInput{f["key"], f["name"], f["max_users"], f["max_api_users"], f["offered"] != ""}
	var bad roster.Problems
	p := roster.Plan{Key: in.Key, Name: in.Name, Offered: in.Offered}
	p.MaxUsers, err = roster.ParseLimit(in.MaxUsers)
	bad.Add("max_users", err)
	p.MaxAPIUsers, err = roster.ParseLimit(in.MaxAPIUsers)
	bad.Add("max_api_users", err)
	return in, p, bad.Err()
}

func (d *Door) createPlan(v *web.Visit) error {
	in, p, err := typed(v)
	if err == nil {
		p, err = d.Plans.Create(v.Context(), p)
	}
	if err == nil {
		return v.Go("/operator/plans", "toast.operator_plan_saved", "plan", p.Name)
	}
	return v.Refuse(err, func(f web.Form) templ.Component { return Plan(PlanView{Page: v.Page, Form: f, Typed: in}) })
}

func (d *Door) editPlan(v *web.Visit) error {
	was, err := d.planned(v)
	if err != nil {
		return err
	}
	in, p, err := typed(v)
	if err == nil {
		p, err = d.Plans.Edit(v.Context(), was.Key, plan.Edit{Name: &p.Name, MaxUsers: &p.MaxUsers, MaxAPIUsers: &p.MaxAPIUsers, Offered: &p.Offered})
	}
	if err == nil {
		return v.Go("/operator/plans", "toast.operator_plan_saved", "plan", p.Name)
	}
	return v.Refuse(err, func(f web.Form) templ.Component {
		in.Key = was.Key
		return Plan(PlanView{Page: v.Page, Form: f, Plan: was, Typed: in})
	})
}

func (d *Door) deletePlanPage(v *web.Visit) error {
	p, err := d.planned(v)
	if err != nil {
		return err
	}
	v.Show(DeletePlan(PlanView{Page: v.Page, Plan: p}))
	return nil
}

func (d *Door) deletePlan(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	was, err := d.planned(v)
	if err != nil {
		return err
	}
	p, err := d.Plans.Delete(v.Context(), was.Key)
	if err == nil {
		return v.Go("/operator/plans", "toast.operator_plan_deleted", "plan", p.Name)
	}
	return v.Refuse(err, func(f web.Form) templ.Component { return DeletePlan(PlanView{Page: v.Page, Form: f, Plan: was}) })
}
