package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Guard lets requests to a host product pass that Roster allows, and no others.
type Guard struct {
	Client *Client

	// Ask tells what is asked about a request: in which organisation, who wants to do what to what. The subject comes
	// from the host product's own session or token, never from what the request says of itself. ErrNobody refuses a
	// request that nobody is signed in for (401), any other error one of which it is not known what it is about (403).
	Ask func(r *http.Request) (org string, q Question, err error)

	// Refuse answers a request that does not pass, instead of a problem document. Status is 401, 403 or 503; a is why
	// Roster said no, and err why there was no answer.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, a Decision, err error)
}

// ErrNobody tells a Guard that nobody is signed in.
var ErrNobody = errors.New("nobody is signed in")

// Wrap puts the guard before a handler. It fails closed: without an answer from Roster nothing passes.
func (g Guard) Wrap(next http.Handler) http.Handler {
	if g.Client == nil || g.Ask == nil {
		panic("client: a Guard needs Client and Ask")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		org, q, err := g.Ask(r)
		switch {
		case errors.Is(err, ErrNobody):
			g.refuse(w, r, http.StatusUnauthorized, Decision{}, err)
			return
		case err != nil || org == "" || q.Subject.ID == "" || q.Action == "" || q.Resource.Type == "":
			g.refuse(w, r, http.StatusForbidden, Decision{Reason: "incomplete"}, err)
			return
		}
		a, err := g.Client.Org(org).Decisions.Decide(r.Context(), q)
		switch {
		case err != nil:
			g.refuse(w, r, http.StatusServiceUnavailable, Decision{}, err)
		case !a.Allowed:
			g.refuse(w, r, http.StatusForbidden, a, nil)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (g Guard) refuse(w http.ResponseWriter, r *http.Request, status int, a Decision, err error) {
	if g.Refuse != nil {
		g.Refuse(w, r, status, a, err)
		return
	}
	p := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Code   string `json:"code"`
	}{"about:blank", http.StatusText(status), status, "You may not do this.", "forbidden"}
	switch status {
	case http.StatusUnauthorized:
		p.Detail, p.Code = "Sign in first.", "not_signed_in"
	case http.StatusServiceUnavailable:
		p.Detail, p.Code = "Whether you may do this cannot be found out at the moment. Try again soon.", "undecided"
		wait := time.Second
		var refused *Error
		if errors.As(err, &refused) {
			wait = max(wait, refused.RetryAfter)
		}
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	body, _ := json.Marshal(p) // texts and a number only
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that left reads no error either
}
