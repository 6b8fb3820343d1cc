package operator

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/catalogue"
	"roster/internal/action/history"
	"roster/internal/action/keyring"
	operators "roster/internal/action/operator"
	"roster/internal/action/org"
	"roster/internal/action/org/brand"
	"roster/internal/action/org/ending"
	"roster/internal/action/org/export"
	"roster/internal/action/org/fleet"
	"roster/internal/action/outbox"
	"roster/internal/action/plan"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Rooms are those whose use cases the pages show.
type Rooms struct {
	Operators *operators.Room
	Orgs      *org.Room
	Fleet     *fleet.Room
	Endings   *ending.Room
	Takeouts  *export.Room
	Plans     *plan.Room
	History   *history.Room
	Outbox    *outbox.Room
	Catalogue *catalogue.Room
	Brands    *brand.Room
	Keys      *keyring.Room
	Settings  Started // no room: what the server was started with
}

// Door answers the pages of the operator area.
type Door struct {
	desk *web.Desk
	Rooms
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r Rooms) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/operator" + pattern, Action: string(a), Patient: a == act.OrganisationExport, Handler: d.desk.Operating(h)})
	}
	page(http.MethodGet, "", act.OrganisationList, d.list)
	page(http.MethodGet, "/add", act.PlanList, d.addPage)
	page(http.MethodPost, "/add", act.OrganisationCreate, d.add)
	page(http.MethodGet, "/organisations/{name}", act.OrganisationInspect, d.organisation)
	page(http.MethodPost, "/organisations/{name}/plan", act.PlanAssign, d.assign)
	page(http.MethodGet, "/organisations/{name}/suspend", act.OrganisationInspect, d.suspendPage)
	page(http.MethodPost, "/organisations/{name}/suspend", act.OrganisationSuspend, d.suspend)
	page(http.MethodPost, "/organisations/{name}/resume", act.OrganisationResume, d.resume)
	page(http.MethodPost, "/organisations/{name}/export", act.OrganisationExport, d.export)
	page(http.MethodGet, "/organisations/{name}/delete", act.OrganisationInspect, d.deletePage)
	page(http.MethodPost, "/organisations/{name}/delete", act.OrganisationDelete, d.delete)
	page(http.MethodPost, "/organisations/{name}/undelete", act.OrganisationUndelete, d.undelete)
	page(http.MethodGet, "/organisations/{name}/visit", act.OrganisationInspect, d.visitPage)
	page(http.MethodPost, "/organisations/{name}/visit", act.OrganisationVisit, d.visit)
	page(http.MethodPost, "/organisations/{name}/leave", act.OrganisationLeave, d.leave)
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/o/{org}/settings/operators", Action: string(act.OrganisationShow), Handler: d.desk.Inside(d.admitPage)})
	m.Handle(server.Route{Method: http.MethodPost, Pattern: "/o/{org}/settings/operators", Action: string(act.OperatorsAdmit), Handler: d.desk.Inside(d.admit)})
	page(http.MethodGet, "/plans", act.PlanList, d.plans)
	page(http.MethodGet, "/plans/add", act.OperatorEnter, d.planPage)
	page(http.MethodPost, "/plans/add", act.PlanCreate, d.createPlan)
	page(http.MethodGet, "/plans/{name}", act.PlanList, d.planPage)
	page(http.MethodPost, "/plans/{name}", act.PlanEdit, d.editPlan)
	page(http.MethodGet, "/plans/{name}/delete", act.PlanList, d.deletePlanPage)
	page(http.MethodPost, "/plans/{name}/delete", act.PlanDelete, d.deletePlan)
	page(http.MethodGet, "/operators", act.OperatorList, d.operators)
	page(http.MethodGet, "/jobs", act.OutboxList, d.jobs)
	page(http.MethodPost, "/jobs/try", act.MailTest, d.try)
	page(http.MethodPost, "/jobs/again", act.JobRetry, d.again)
	page(http.MethodPost, "/jobs/discard", act.JobDiscard, d.drop)
	page(http.MethodPost, "/jobs/again-all", act.JobRetry, d.againAll)
	page(http.MethodGet, "/jobs/discard-all", act.OutboxList, d.dropAllPage)
	page(http.MethodPost, "/jobs/discard-all", act.JobDiscard, d.dropAll)
	page(http.MethodGet, "/keys", act.SigningKeyList, d.signingKeys)
	page(http.MethodGet, "/keys/rotate", act.SigningKeyList, d.rotatePage)
	page(http.MethodPost, "/keys/rotate", act.SigningKeyRotate, d.rotate)
	page(http.MethodGet, "/settings", act.OperatorEnter, d.settings)
	d.mountBrand(m)
	page(http.MethodGet, "/catalogue", act.CatalogueShow, d.catalogue)
	page(http.MethodPost, "/catalogue", act.CatalogueApply, d.apply)
	page(http.MethodGet, "/history", act.InstallationHistory, d.history)
}

func (d *Door) list(v *web.Visit) error {
	q := v.R.URL.Query()
	asked := fleet.Query{Text: q.Get("q"), Suspended: q.Get("suspended") == "true", Cursor: q.Get("cursor")}
	page, err := d.Fleet.Search(v.Context(), asked)
	if err != nil {
		return err
	}
	v.Show(List(ListView{Page: v.Page, Q: asked.Text, Suspended: asked.Suspended, Rows: page.Organisations, Next: page.Next, Later: asked.Cursor != ""}))
	return nil
}

func (d *Door) addPage(v *web.Visit) error {
	return d.showAdd(v, org.Founding{Plan: roster.PlanPlayground}, nil)
}

func (d *Door) showAdd(v *web.Visit, typed org.Founding, wrong error) error {
	plans, err := d.Plans.List(v.Context())
	if err != nil {
		return err
	}
	view := AddView{Page: v.Page, Typed: typed}
	for _, p := range plans {
		view.Plans = append(view.Plans, web.Option{Value: p.Key, Label: p.Name, Checked: p.Key == typed.Plan})
	}
	if wrong == nil {
		v.Show(Add(view))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Add(view)
	})
}

func (d *Door) add(v *web.Visit) error {
	f, err := server.Form(v.R, "name", "owner", "plan")
	if err != nil {
		return err
	}
	in := org.Founding{Name: f["name"], Owner: f["owner"], Plan: f["plan"]}
	made, err := d.Orgs.Create(v.Context(), in)
	if err != nil {
		return d.showAdd(v, in, err)
	}
	v.Show(Made(MadeView{
		Page: v.Page, Organisation: made.Organisation, Owner: in.Owner,
		Link: d.desk.Absolute(act.InvitationPath(made.Organisation.ID, made.Link)),
	}))
	return nil
}

// at lets the visitor act in the organisation that the path names.
func (d *Door) at(v *web.Visit) error {
	o, err := d.Orgs.Named(v.Context(), v.R.PathValue("name"))
	if err != nil {
		return err
	}
	actor := v.Actor()
	actor.Organisation = o.ID
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
	return nil
}

func (d *Door) organisation(v *web.Visit) error {
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Inspect(v.Context(), v.R.URL.Query().Get("what_if"))
	if err != nil {
		return err
	}
	v.Show(Organisation(OrganisationView{v.Page, in.Organisation, in}))
	return nil
}

func (d *Door) assign(v *web.Visit) error {
	f, err := server.Form(v.R, "plan")
	if err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	u, err := d.Orgs.Assign(v.Context(), f["plan"], 0)
	if err != nil {
		return err
	}
	return v.Go(place(u.Organisation), "toast.operator_plan", "name", u.Organisation.Name, "plan", u.Plan.Name)
}

func (d *Door) suspendPage(v *web.Visit) error {
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Inspect(v.Context(), "")
	if err != nil {
		return err
	}
	v.Show(Suspend(OrganisationView{v.Page, in.Organisation, in}))
	return nil
}

func (d *Door) suspend(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Suspend(v.Context())
	if err != nil {
		return err
	}
	return v.Go(place(in.Organisation), "toast.operator_suspended", "name", in.Organisation.Name)
}

func (d *Door) resume(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Resume(v.Context())
	if err != nil {
		return err
	}
	return v.Go(place(in.Organisation), "toast.operator_resumed", "name", in.Organisation.Name)
}

// place gives the address of an organisation's page.
func place(o roster.Organisation, parts ...string) string {
	at := "/operator/organisations/" + url.PathEscape(o.Slug)
	for _, p := range parts {
		at += "/" + p
	}
	return at
}

func (d *Door) operators(v *web.Visit) error {
	all, err := d.Operators.List(v.Context())
	if err != nil {
		return err
	}
	v.Show(Operators(OperatorsView{v.Page, all}))
	return nil
}

func (d *Door) history(v *web.Visit) error {
	before := int64(0)
	if c := v.R.URL.Query().Get("cursor"); c != "" {
		var err error
		if before, err = strconv.ParseInt(c, 10, 64); err != nil || before < 1 {
			return roster.Errorf(roster.Invalid, "cursor_invalid", "This cursor does not belong to this list. Begin again from the first page.").On("cursor")
		}
	}
	page, err := d.History.OfInstallation(v.Context(), history.Query{After: before})
	if err != nil {
		return err
	}
	view := HistoryView{Page: v.Page, Events: page.Events, Later: before > 0}
	if page.Next > 0 {
		view.Next = strconv.FormatInt(page.Next, 10)
	}
	v.Show(History(view))
	return nil
}
