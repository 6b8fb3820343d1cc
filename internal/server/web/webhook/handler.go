package webhook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	webhooks "roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of webhooks.
type Door struct {
	desk *web.Desk
	room *webhooks.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *webhooks.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/settings/webhooks" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.WebhookList, d.list)
	page(http.MethodGet, "/add", act.WebhookList, d.addPage)
	page(http.MethodPost, "/add", act.WebhookCreate, d.add)
	page(http.MethodGet, "/{id}", act.WebhookShow, d.show)
	page(http.MethodGet, "/{id}/edit", act.WebhookShow, d.editPage)
	page(http.MethodPost, "/{id}/edit", act.WebhookEdit, d.edit)
	page(http.MethodGet, "/{id}/rotate", act.WebhookShow, d.askRotate)
	page(http.MethodPost, "/{id}/rotate", act.WebhookRotate, d.rotate)
	page(http.MethodPost, "/{id}/retire", act.WebhookRetire, d.retire)
	page(http.MethodPost, "/{id}/pause", act.WebhookPause, d.pause)
	page(http.MethodPost, "/{id}/resume", act.WebhookResume, d.resume)
	page(http.MethodPost, "/{id}/replay", act.WebhookReplay, d.replay)
	page(http.MethodPost, "/{id}/test", act.WebhookTest, d.test)
	page(http.MethodGet, "/{id}/deliveries/{delivery}", act.WebhookDelivery, d.delivery)
	page(http.MethodGet, "/{id}/delete", act.WebhookShow, d.askDelete)
	page(http.MethodPost, "/{id}/delete", act.WebhookDelete, d.delete)
}

func id(v *web.Visit) string { return v.R.PathValue("id") }

func (d *Door) list(v *web.Visit) error {
	all, err := d.room.List(v.Context())
	if err != nil {
		return err
	}
	view := ListView{Page: v.Page}
	for _, w := range all {
		view.Rows = append(view.Rows, RowOf(w))
	}
	v.Show(List(view))
	return nil
}

func (d *Door) show(v *web.Visit) error {
	view, err := d.view(v)
	if err == nil {
		v.Show(Webhook(view))
	}
	return err
}

// shownAtOnce is how many deliveries a webhook's page shows.
const shownAtOnce = 20

// view loads a webhook's page. Who may not read the history sees no deliveries.
func (d *Door) view(v *web.Visit) (WebhookView, error) {
	w, err := d.room.Show(v.Context(), id(v))
	view := WebhookView{Page: v.Page, Row: RowOf(w)}
	if err != nil || !view.Row.May(string(act.WebhookDeliveries)) {
		return view, err
	}
	cursor := v.R.URL.Query().Get("cursor")
	page, err := d.room.Deliveries(v.Context(), w.ID, webhooks.Query{Limit: shownAtOnce, Cursor: cursor})
	view.Deliveries = page.Deliveries
	view.Pager.Shown = v.Page.Say("webhook.deliveries.newest")
	if cursor != "" {
		view.Pager.FirstURL = view.Row.page(v.Page)
	}
	if page.Next != "" {
		view.Pager.NextURL = view.Row.page(v.Page) + "?cursor=" + page.Next
	}
	return view, err
}

// again shows the webhook's page with what was wrong.
func (d *Door) again(v *web.Visit, wrong error, after string) error {
	view, err := d.view(v)
	if err != nil {
		return wrong // who may not see it is told what was wrong alone
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form, view.After = form, after
		return Webhook(view)
	})
}

func areas() []string {
	var all []string
	seen := map[string]bool{}
	for _, name := range webhooks.Events() {
		if area, _, _ := strings.Cut(name, "."); !seen[area] {
			seen[area] = true
			all = append(all, area+".*")
		}
	}
	return all
}

func (d *Door) addPage(v *web.Visit) error {
	if _, err := d.room.List(v.Context()); err != nil { // the right to see them is asked here too
		return err
	}
	v.Show(Edit(FormView{Page: v.Page, FormKey: web.FormKey(), Areas: areas()}))
	return nil
}

// once ties a form to its key: one that comes again does nothing again, and its Replay names the webhook.
func (d *Door) once(v *web.Visit, f map[string]string) (*roster.Call, error) {
	if f["form_key"] == "" {
		return nil, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	call := &roster.Call{Key: f["form_key"], MAC: d.desk.Key.MAC("form", data), Encode: func(made any) (roster.Answer, error) {
		return roster.Answer{Status: http.StatusOK, Body: made.(webhooks.Made).ID}, nil
	}}
	actor := v.Actor()
	actor.Call = call
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
	return call, nil
}

// secret shows what was made, with its secret this once.
func (d *Door) secret(v *web.Visit, made webhooks.Made, call *roster.Call) error {
	view := SecretView{Page: v.Page, Row: RowOf(made.View), Secret: made.Secret}
	if call.Replay != nil {
		w, err := d.room.Show(v.Context(), call.Replay.Body)
		if err != nil {
			return err
		}
		view.Row, view.Secret = RowOf(w), ""
	}
	v.Show(Secret(view))
	return nil
}

func (d *Door) add(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "name", "url", "events")
	if err != nil {
		return err
	}
	call, err := d.once(v, f)
	if err != nil {
		return err
	}
	in := Input{f["name"], f["url"], f["events"]}
	made, err := d.room.Create(v.Context(), webhooks.Draft{Name: in.Name, URL: in.URL, Events: in.events()})
	if err == nil {
		return d.secret(v, made, call)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Edit(FormView{Page: v.Page, Form: form, Typed: in, FormKey: web.FormKey(), Areas: areas()})
	})
}

func (d *Door) editPage(v *web.Visit) error {
	w, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(Edit(FormView{Page: v.Page, Row: RowOf(w), Typed: InputOf(w.Endpoint), Version: strconv.FormatInt(w.Version, 10), Areas: areas()}))
	}
	return err
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "name", "url", "events")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	in := Input{f["name"], f["url"], f["events"]}
	events := in.events()
	w, err := d.room.Edit(v.Context(), id(v), webhooks.Edit{Name: &in.Name, URL: &in.URL, Events: &events, Version: version})
	if err == nil {
		return v.Go(RowOf(w).page(v.Page), "toast.webhook_saved", "name", w.Name)
	}
	was, broken := d.room.Show(v.Context(), id(v))
	if broken != nil {
		return err
	}
	view := FormView{Page: v.Page, Row: RowOf(was), Typed: in, Version: strconv.FormatInt(was.Version, 10), Areas: areas()}
	if roster.Is(err, "changed_meanwhile") {
		now := InputOf(was.Endpoint)
		view.Now = web.Differing(v.Page.Say("layout.field.name"), now.Name, in.Name, v.Page.Say("layout.field.url"), now.URL, in.URL,
			v.Page.Say("layout.field.events"), now.Events, strings.Join(events, "\n"))
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Edit(view)
	})
}

func (d *Door) askRotate(v *web.Visit) error {
	w, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(Rotate(Question{Page: v.Page, Row: RowOf(w), FormKey: web.FormKey(), Overlap: "24h"}))
	}
	return err
}

func (d *Door) rotate(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key", "overlap")
	if err != nil {
		return err
	}
	call, err := d.once(v, f)
	if err != nil {
		return err
	}
	overlap, err := time.ParseDuration(f["overlap"])
	if err != nil {
		overlap = -1 // the room refuses it
	}
	made, err := d.room.Rotate(v.Context(), id(v), overlap)
	if err == nil {
		return d.secret(v, made, call)
	}
	return d.refused(v, err, func(q Question) templ.Component {
		q.FormKey, q.Overlap = web.FormKey(), f["overlap"]
		return Rotate(q)
	})
}

func (d *Door) retire(v *web.Visit) error { return d.does(v, d.room.Retire, "toast.webhook_retired") }

func (d *Door) pause(v *web.Visit) error { return d.does(v, d.room.Pause, "toast.webhook_paused") }

func (d *Door) resume(v *web.Visit) error { return d.does(v, d.room.Resume, "toast.webhook_resumed") }

func (d *Door) replay(v *web.Visit) error {
	f, err := server.Form(v.R, "after")
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(strings.TrimSpace(f["after"]), 10, 64)
	if err != nil {
		after = -1 // the room says what a position is
	}
	w, err := d.room.Replay(v.Context(), id(v), webhooks.Replaying{After: after})
	if err != nil {
		return d.again(v, err, f["after"])
	}
	return v.Go(RowOf(w).page(v.Page), "toast.webhook_replayed", "name", w.Name)
}

func (d *Door) test(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	made, err := d.room.Test(v.Context(), id(v))
	if err != nil {
		return d.again(v, err, "")
	}
	w := Row{Endpoint: endpoint.Endpoint{ID: made.Webhook}}
	if made.Done() {
		return v.Go(w.page(v.Page), "toast.webhook_reached")
	}
	return v.Go(w.page(v.Page, "deliveries", made.ID), "toast.webhook_missed")
}

func (d *Door) delivery(v *web.Visit) error {
	w, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	sent, err := d.room.Delivery(v.Context(), w.ID, v.R.PathValue("delivery"))
	if err != nil {
		return err
	}
	view := DeliveryView{Page: v.Page, Row: RowOf(w), Delivery: sent.Delivery}
	var nice bytes.Buffer
	if sent.Body != "" && json.Indent(&nice, []byte(sent.Body), "", "  ") == nil {
		view.Request = nice.String()
	}
	v.Show(Delivery(view))
	return nil
}

func (d *Door) askDelete(v *web.Visit) error {
	w, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(Delete(Question{Page: v.Page, Row: RowOf(w)}))
	}
	return err
}

func (d *Door) delete(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	w, err := d.room.Delete(v.Context(), id(v), 0)
	if err != nil {
		return d.refused(v, err, Delete)
	}
	return v.Go(v.Page.In("settings", "webhooks"), "toast.webhook_deleted", "name", w.Name)
}

// refused asks again, with what was wrong.
func (d *Door) refused(v *web.Visit, wrong error, page func(Question) templ.Component) error {
	w, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return wrong
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component { return page(Question{Page: v.Page, Row: RowOf(w), Form: form}) })
}
