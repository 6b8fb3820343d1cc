package webhook

import (
	"context"
	"net/http"
	"strconv"

	webhooks "roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/server"
	"roster/internal/server/web"
)

// does does something to a webhook, and goes back to its page.
func (d *Door) does(v *web.Visit, does func(context.Context, string) (webhooks.View, error), toast string) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	w, err := does(v.Context(), id(v))
	if err != nil {
		return d.again(v, err, "")
	}
	return v.Go(RowOf(w).page(v.Page), toast, "name", w.Name)
}

// eventName names an event: its action and its place in the history.
func eventName(d endpoint.Delivery) string {
	if d.Seq == 0 {
		return d.Action
	}
	return d.Action + " #" + strconv.FormatInt(d.Seq, 10)
}

// statusText is a status as people know it.
func statusText(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }
