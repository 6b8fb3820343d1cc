package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"roster/internal/action/apiuser"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/token"
)

// request is a form from a client that has proved itself.
type request struct {
	client apiuser.Client
	fields map[string]string // an empty one counts as left out (RFC 6749, 3.2)
}

// endpoint is the way every request to this door takes: its form is read, its client is authenticated,
// its answer or error is written as the standards want. What it is about is the only thing that differs.
func (d *Door) endpoint(answer func(context.Context, request) (any, error)) http.Handler {
	return endpoint{func(w http.ResponseWriter, r *http.Request) {
		req, err := d.open(r)
		if err != nil {
			fail(w, r, server.Unrecognised(r.Context(), err))
			return
		}
		ctx := server.WithActor(r.Context(), req.client.Actor(roster.ActorFrom(r.Context())))
		body, err := answer(ctx, req)
		d.used(ctx, req.client, body)
		if err != nil {
			fail(w, r, err)
			return
		}
		write(w, http.StatusOK, body)
	}}
}

// endpoint is a handler that also says as the standards want what is refused before it.
type endpoint struct{ http.HandlerFunc }

// Refuse implements server.Refuser.
func (endpoint) Refuse(w http.ResponseWriter, r *http.Request, err error) { fail(w, r, err) }

// open reads the form and authenticates its client.
func (d *Door) open(r *http.Request) (request, error) {
	// RFC 6749, 2.3.1: credentials must not stand in the address, where logs would keep them. Nothing
	// else of this door is read from there, so nothing is accepted there.
	if r.URL.RawQuery != "" {
		return request{}, invalid("Send the parameters in the body, and nothing in the address.")
	}
	fields, err := server.OpenForm(r)
	if err != nil {
		return request{}, err
	}
	client, err := d.proved(r, fields)
	if err != nil {
		return request{}, err
	}
	return request{client: client, fields: fields}, server.Recognised(r.Context(), client.Actor(roster.ActorFrom(r.Context())).ID())
}

// proved recognises the client by its secret, or by what it signed.
func (d *Door) proved(r *http.Request, fields map[string]string) (apiuser.Client, error) {
	if fields["client_assertion"] != "" || fields["client_assertion_type"] != "" {
		return d.asserted(r, fields)
	}
	id, secret, err := credentials(r, fields)
	if err != nil {
		return apiuser.Client{}, err
	}
	return d.room.Authenticate(r.Context(), id, secret)
}

// asserted recognises the client by what it signed (private_key_jwt; RFC 7521, section 4.2, and RFC 7523), and by nothing
// beside it.
func (d *Door) asserted(r *http.Request, fields map[string]string) (apiuser.Client, error) {
	switch {
	case len(r.Header.Values("Authorization")) > 0, fields["client_secret"] != "":
		return apiuser.Client{}, oneWay()
	case fields["client_assertion"] == "":
		return apiuser.Client{}, invalid("The parameter client_assertion is missing.")
	case fields["client_assertion_type"] == "":
		return apiuser.Client{}, invalid("The parameter client_assertion_type is missing.")
	case fields["client_assertion_type"] != token.AssertionType:
		return apiuser.Client{}, unknownClient("This client_assertion_type is not offered here. The one that is: " + token.AssertionType + ".")
	}
	return d.room.Asserted(r.Context(), fields["client_id"], fields["client_assertion"], d.issuer, d.clock())
}

func oneWay() error {
	return invalid("Authenticate the client in one way only: in the Authorization header, in the form, or by an assertion.")
}

// credentials finds the client's ID and secret: in the header (client_secret_basic) or in the form
// (client_secret_post), never in both.
func credentials(r *http.Request, fields map[string]string) (id, secret string, err error) {
	headers := r.Header.Values("Authorization")
	inHeader, inForm := len(headers) > 0, fields["client_secret"] != ""
	switch {
	case len(headers) > 1, inHeader && inForm:
		return "", "", oneWay()
	case !inHeader && !inForm:
		return "", "", unknownClient("Authenticate the client: by its ID and secret in the Authorization header (Basic) or in the form, or by an assertion.")
	case inForm:
		return fields["client_id"], fields["client_secret"], nil
	}
	id, secret, ok := basic(r)
	if !ok {
		return "", "", unknownClient("The Authorization header must be Basic with the client ID and secret, each form-urlencoded.")
	}
	if other := fields["client_id"]; other != "" && other != id {
		return "", "", invalid("The client_id of the form is not the one of the Authorization header.")
	}
	return id, secret, nil
}

// basic reads the Authorization header; ID and secret are form-urlencoded in it (RFC 6749, 2.3.1).
func basic(r *http.Request) (id, secret string, ok bool) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return "", "", false
	}
	id, err := url.QueryUnescape(user)
	if err != nil {
		return "", "", false
	}
	secret, err = url.QueryUnescape(password)
	return id, secret, err == nil
}

// write answers with JSON. Nobody may keep it: the chain around every door says no-store, and this says
// it for HTTP/1.0 as RFC 6749, 5.1 asks.
func write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings, numbers and lists only
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that left reads no error either
}

// published answers with a document that is the same for all.
func published(document []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=300") // who meets a key that is not in it asks again
		_, _ = w.Write(document)
	})
}
