package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"roster/internal/roster"
)

// Problem is an error as it leaves Roster: problem details (RFC 9457) with a code for programs.
// It is also what huma needs of an error: status, headers and content type.
type Problem struct {
	Type       string         `json:"type"`
	Title      string         `json:"title"`
	Status     int            `json:"status"`
	Detail     string         `json:"detail"`
	Code       string         `json:"code"`
	Errors     []FieldAtFault `json:"errors,omitempty"`
	Missing    []string       `json:"missing,omitempty" doc:"Permissions and scopes that the asker lacks."`
	Givers     []string       `json:"givers,omitempty" doc:"A few members who could give what is missing."`
	Holders    []string       `json:"holders,omitempty" doc:"A few who hold the thing that is in use."`
	Existing   string         `json:"existing,omitempty" doc:"The ID of the member who has the address already."`
	RequestID  string         `json:"request_id,omitempty"`
	retryAfter time.Duration
	in         func(tell func(form string, values ...any) string) string
}

// In gives the problem with its detail in another language; tell says a phrase there.
func (p Problem) In(tell func(form string, values ...any) string) Problem {
	if p.in != nil {
		p.Detail = p.in(tell)
	}
	return p
}

// FieldAtFault is what is wrong with one field of the input.
type FieldAtFault struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// statusOfKind and statusOfCode are the one table from errors to HTTP. A code stands before its kind.
func statusOfKind(kind roster.Kind) int {
	switch kind {
	case roster.Invalid:
		return http.StatusUnprocessableEntity
	case roster.Unauthenticated:
		return http.StatusUnauthorized
	case roster.Denied:
		return http.StatusForbidden
	case roster.NotFound:
		return http.StatusNotFound
	case roster.Conflict:
		return http.StatusConflict
	case roster.Gone:
		return http.StatusGone
	case roster.Limited:
		return http.StatusTooManyRequests
	case roster.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func statusOfCode(code string) (status int, known bool) {
	switch code {
	case "malformed", "file_malformed":
		return http.StatusBadRequest, true
	case "method_not_allowed":
		return http.StatusMethodNotAllowed, true
	case "changed_meanwhile":
		return http.StatusPreconditionFailed, true
	case "too_large", "picture_too_large":
		return http.StatusRequestEntityTooLarge, true
	case "unsupported_media_type":
		return http.StatusUnsupportedMediaType, true
	case "precondition_required":
		return http.StatusPreconditionRequired, true
	}
	return 0, false
}

// NewProblem tells an error outward. An internal one is logged here, once, with the request's
// identifier, and nothing of its text is in the problem; so is the reason for which something is unavailable,
// where there is one. So call it once for an error, last.
func NewProblem(ctx context.Context, err error) *Problem {
	e := roster.AsError(err)
	if e.Kind != roster.Internal && statusOfKind(e.Kind) == http.StatusInternalServerError {
		e = &roster.Error{Kind: roster.Internal} // a kind that this table does not know
	}
	if e.Kind == roster.Internal {
		e = internal(ctx, err)
	} else if e.Kind == roster.Unavailable && err.Error() != e.Error() {
		logger(ctx).ErrorContext(ctx, "unavailable", "request", RequestID(ctx), "error", err)
	}
	status, known := statusOfCode(e.Code)
	if !known {
		status = statusOfKind(e.Kind)
	}
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message, Code: e.Code,
		Missing: e.Missing, Givers: e.CanGive, Holders: e.Holders, Existing: string(e.Existing), RequestID: RequestID(ctx), retryAfter: e.RetryAfter,
		in: func(tell func(string, ...any) string) string { return e.In(tell).Message },
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldAtFault{f.Field, f.Code, f.Message})
	}
	if len(p.Errors) == 0 && e.Field != "" {
		p.Errors = []FieldAtFault{{Field: e.Field, Code: e.Code, Message: e.Message}}
	}
	if x := exchangeFrom(ctx); x != nil {
		x.code = p.Code
	}
	return p
}

// internal logs an error that is not the asker's fault and gives what may be said of it.
func internal(ctx context.Context, err error) *roster.Error {
	switch {
	case errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		// The client left: nobody reads the answer, and nothing is wrong.
		return roster.Errorf(roster.Unavailable, "cancelled", "The request ended before its answer.")
	case errors.Is(err, context.DeadlineExceeded):
		logger(ctx).ErrorContext(ctx, "request too slow", "request", RequestID(ctx), "error", err)
		return roster.Errorf(roster.Unavailable, "timeout", "This took too long. Try again in a moment.").After(time.Second)
	}
	logger(ctx).ErrorContext(ctx, "request failed", "request", RequestID(ctx), "error", err)
	return roster.AsError(errInternal)
}

// errInternal is no roster.Error, so that roster.AsError gives its sentence for internal errors.
var errInternal = errors.New("internal")

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status, as huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of problems, whatever type was negotiated.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives the headers that belong to the answer: Retry-After in whole seconds, rounded up,
// and the challenge that RFC 9110 asks for with 401.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((p.retryAfter+time.Second-1)/time.Second), 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// WriteProblem answers with the error as application/problem+json. See NewProblem.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := NewProblem(r.Context(), err)
	setHeaders(w, p)
	writeJSON(w, p)
}

// Fail answers with the error in the manner of the request's path: a problem below the API's paths,
// an error page elsewhere. See NewProblem.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := NewProblem(r.Context(), err)
	setHeaders(w, p)
	x := exchangeFrom(r.Context())
	if _, program := doorOf(r.URL.Path); program || x == nil || x.page == nil {
		writeJSON(w, p)
		return
	}
	x.page(w, r, *p)
}

// setHeaders drops what belonged to the answer that is not given, and keeps what a door has set for
// this one, such as a challenge of its own.
func setHeaders(w http.ResponseWriter, p *Problem) {
	for _, name := range []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Length", "Etag", "Last-Modified"} {
		w.Header().Del(name)
	}
	for name, values := range p.GetHeaders() {
		if w.Header().Get(name) == "" {
			w.Header()[name] = values
		}
	}
}

func writeJSON(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers only
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // a client that left reads no error either
}
