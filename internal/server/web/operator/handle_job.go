package operator

import (
	"github.com/a-h/templ"

	"roster/internal/authz"
	"roster/internal/authz/declaration"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store/jobdb"
)

// mostJobs is how many jobs the page shows.
const mostJobs = 200

func (d *Door) jobs(v *web.Visit) error { return d.showJobs(v, "", nil) }

func (d *Door) showJobs(v *web.Visit, to string, wrong error) error {
	view := JobsView{Page: v.Page, State: v.R.URL.Query().Get("state"), To: to, Mail: d.Settings.Mail}
	all, err := d.Outbox.In(v.Context(), view.states(), mostJobs)
	if err != nil {
		return err
	}
	view.Rows, view.Counts = all.Letters, all.Counts
	if wrong == nil {
		v.Show(Jobs(view))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Jobs(view)
	})
}

func (d *Door) try(v *web.Visit) error {
	f, err := server.Form(v.R, "to")
	if err != nil {
		return err
	}
	j, err := d.Outbox.Try(v.Context(), f["to"])
	if err != nil {
		return d.showJobs(v, f["to"], err)
	}
	return v.Go("/operator/jobs", "toast.operator_trial", "email", j.About)
}

func (d *Door) again(v *web.Visit) error {
	f, err := server.Form(v.R, "org", "job")
	if err != nil {
		return err
	}
	if _, err := d.Outbox.Again(v.Context(), roster.OrgID(f["org"]), f["job"]); err != nil {
		return d.showJobs(v, "", err)
	}
	return v.Go("/operator/jobs", "toast.operator_again")
}

func (d *Door) drop(v *web.Visit) error {
	f, err := server.Form(v.R, "org", "job")
	if err != nil {
		return err
	}
	if _, err := d.Outbox.Drop(v.Context(), roster.OrgID(f["org"]), f["job"]); err != nil {
		return d.showJobs(v, "", err)
	}
	return v.Go("/operator/jobs", "toast.operator_dropped")
}

// againAll lets all dead letters be tried again.
func (d *Door) againAll(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	n, err := d.Outbox.AgainAll(v.Context())
	if err != nil {
		return d.showJobs(v, "", err)
	}
	return v.Go("/operator/jobs", "toast.operator_again_all", "n", v.Page.Number(n))
}

// dropAllPage asks before all dead letters are discarded.
func (d *Door) dropAllPage(v *web.Visit) error {
	all, err := d.Outbox.In(v.Context(), jobdb.Dead(), 1)
	if err == nil {
		v.Show(DiscardAll(JobsView{Page: v.Page, Counts: all.Counts}))
	}
	return err
}

// dropAll discards them.
func (d *Door) dropAll(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	n, err := d.Outbox.DropAll(v.Context())
	if err != nil {
		return d.showJobs(v, "", err)
	}
	return v.Go("/operator/jobs", "toast.operator_dropped_all", "n", v.Page.Number(n))
}

func (d *Door) settings(v *web.Visit) error {
	v.Show(Settings(SettingsView{v.Page, d.Settings.All}))
	return nil
}

func (d *Door) catalogue(v *web.Visit) error {
	c, err := d.Catalogue.Show(v.Context())
	if err != nil {
		return err
	}
	v.Show(Catalogue(CatalogueView{Page: v.Page, Now: c}))
	return nil
}

// apply shows what a document would change, and applies it once that was looked at.
func (d *Door) apply(v *web.Visit) error {
	f, err := server.Form(v.R, "catalogue", "do")
	if err != nil {
		return err
	}
	declared, err := declaration.Parse([]byte(f["catalogue"]))
	if err == nil && f["do"] == "apply" {
		applied, err := d.Catalogue.Apply(v.Context(), declared)
		if err == nil {
			return v.Go("/operator/catalogue", "toast.operator_catalogue", "version", v.Page.Number(int(applied.Catalogue.Version())))
		}
		return d.showCatalogue(v, f["catalogue"], nil, err)
	}
	if err != nil {
		return d.showCatalogue(v, f["catalogue"], nil, err)
	}
	return d.showCatalogue(v, f["catalogue"], &declared, nil)
}

func (d *Door) showCatalogue(v *web.Visit, typed string, declared *authz.Declaration, wrong error) error {
	c, err := d.Catalogue.Show(v.Context())
	if err != nil {
		return err
	}
	view := CatalogueView{Page: v.Page, Now: c, Typed: typed}
	if declared != nil {
		plan, err := d.Catalogue.Plan(v.Context(), *declared)
		if view.Plan = &plan; err != nil {
			view.Plan, wrong = nil, err
		}
	}
	if wrong == nil {
		v.Show(Catalogue(view))
		return nil
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return Catalogue(view)
	})
}
