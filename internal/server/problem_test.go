package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/server"
)

func TestTheTableOfErrors(t *testing.T) {
	for _, c := range []struct {
		kind   roster.Kind
		code   string
		status int
	}{
		{roster.Invalid, "email_invalid", 422},
		{roster.Invalid, "malformed", 400},
		{roster.Invalid, "too_large", 413},
		{roster.Invalid, "method_not_allowed", 405},
		{roster.Invalid, "unsupported_media_type", 415},
		{roster.Unauthenticated, "token_invalid", 401},
		{roster.Denied, "exceeds_authority", 403},
		{roster.NotFound, "not_found", 404},
		{roster.Conflict, "seat_limit", 409},
		{roster.Conflict, "changed_meanwhile", 412},
		{roster.Conflict, "precondition_required", 428},
		{roster.Gone, "invitation_used", 410},
		{roster.Limited, "too_many", 429},
		{roster.Unavailable, "busy", 503},
		{roster.Internal, "malformed", 500},
		{"unheard of", "malformed", 500},
	} {
		err := fmt.Errorf("where: %w", roster.Errorf(c.kind, c.code, "Say so."))
		w := httptest.NewRecorder()
		server.WriteProblem(w, httptest.NewRequest("GET", "/page", nil), err)
		equal(t, c.code, w.Code, c.status)
		var p server.Problem
		must(t, json.Unmarshal(w.Body.Bytes(), &p))
		equal(t, c.code+" status", p.Status, c.status)
		equal(t, c.code+" title", p.Title, http.StatusText(c.status))
		if c.status != 500 {
			equal(t, c.code+" code", p.Code, c.code)
			equal(t, c.code+" detail", p.Detail, "Say so.")
		} else {
			equal(t, c.code+" code", p.Code, "internal")
			equal(t, c.code+" detail", p.Detail != "Say so.", true)
		}
	}
}

func TestAProblemIsWhole(t *testing.T) {
	d := open(t, "http://127.0.0.1")
	var fault error
	d.on("GET", "/api/fault", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.Header().Set("Cache-Control", "public")
		server.Fail(w, r, fault)
	})
	ask := func(err error) (answer, string) {
		fault = err
		a := d.ask("GET", "/api/fault", "")
		a.problem(t)
		return a, a.Header.Get("Request-Id")
	}
	a, id := ask(&roster.Error{Kind: roster.Invalid, Code: "fields_invalid", Message: "Two.", Fields: []roster.FieldError{{Field: "email", Code: "c", Message: "m"}, {Field: "phone", Code: "d", Message: "n"}}})
	equal(t, "fields", a.text, `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Two.","code":"fields_invalid",`+
		`"errors":[{"field":"email","code":"c","message":"m"},{"field":"phone","code":"d","message":"n"}],"request_id":"`+id+`"}`+"\n")
	equal(t, "Etag", a.Header.Get("Etag"), "")
	equal(t, "Cache-Control", a.Header.Get("Cache-Control"), "no-store")

	a, _ = ask(roster.Errorf(roster.Invalid, "c", "m").On("email"))
	equal(t, "one field", a.problem(t).Errors[0], server.FieldAtFault{Field: "email", Code: "c", Message: "m"})
	a, _ = ask(&roster.Error{Kind: roster.Denied, Code: "denied", Missing: []string{"members.invite"}})
	equal(t, "missing", a.problem(t).Missing[0], "members.invite")
	a, _ = ask(roster.Errorf(roster.Limited, "c", "m").After(61*time.Second + time.Millisecond))
	equal(t, "Retry-After", a.Header.Get("Retry-After"), "62")
	a, _ = ask(roster.Errorf(roster.Unauthenticated, "c", "m"))
	equal(t, "challenge", a.Header.Get("WWW-Authenticate"), "Bearer")
	d.on("GET", "/api/own", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", "Basic")
		server.Fail(w, r, roster.Errorf(roster.Unauthenticated, "c", "m"))
	})
	equal(t, "own challenge", strings.Join(d.ask("GET", "/api/own", "").Header.Values("WWW-Authenticate"), ","), "Basic")

	a, id = ask(fmt.Errorf("query: %w", context.DeadlineExceeded))
	equal(t, "too slow", a.StatusCode, 503)
	equal(t, "too slow", a.problem(t).Code, "timeout")
	equal(t, "code in the log", d.last(id)["code"], "timeout")
	a, id = ask(fmt.Errorf("%w (no route)", roster.Errorf(roster.Unavailable, "outcome_unknown", "It may stand.")))
	equal(t, "unavailable", a.problem(t).Detail, "It may stand.")
	equal(t, "its reason in the log", strings.Contains(d.log.String(), `"request":"`+id+`","error":"It may stand. (no route)"`), true)
	a, _ = ask(fmt.Errorf("query: %w", context.Canceled)) // by us: the client is still there
	equal(t, "cancelled by ourselves", a.StatusCode, 500)
}

func TestAClientThatLeftIsNoFailure(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	p := server.NewProblem(ctx, errors.Join(context.Canceled))
	equal(t, "code", p.Code, "cancelled")
	equal(t, "status", p.GetStatus(), 503)
}
