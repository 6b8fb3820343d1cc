package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"roster/internal/roster"
)

// exchange is one request and its answer: what the chain knows from the start, and what the log learns on the way.
type exchange struct {
	id     string
	https  bool
	base   string // where Roster is reached, without a slash at its end
	log    *slog.Logger
	page   ErrorPage
	route  *Route // nil until the mux has found it
	secret string // the pattern of a secret path that was asked with another method
	actor  roster.Actor
	code   string // of the problem that was answered

	limits  *limits // nil where nothing is bounded
	program bool    // the path speaks to programs
	from    netip.Addr
	header  http.Header // of the answer
	counted bool        // by a budget
}

type exchangeKey struct{}

func exchangeFrom(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// WithActor puts the principal a door has found into the context and tells the access log. Request
// and IP are always those of this request, whatever a says; Door is too, where a leaves it empty.
func WithActor(ctx context.Context, a roster.Actor) context.Context {
	given := roster.ActorFrom(ctx)
	a.Request, a.IP = given.Request, given.IP
	if a.Door == "" {
		a.Door = given.Door
	}
	if x := exchangeFrom(ctx); x != nil {
		x.actor = a
	}
	return roster.WithActor(ctx, a)
}

// RequestID gives the request's identifier, as the Request-Id header and the log show it.
func RequestID(ctx context.Context) string {
	if x := exchangeFrom(ctx); x != nil {
		return x.id
	}
	return ""
}

// Secure tells whether the client's own connection is https, as the socket or a trusted proxy says.
func Secure(ctx context.Context) bool {
	x := exchangeFrom(ctx)
	return x != nil && x.https
}

// logger gives the request's logger.
func logger(ctx context.Context) *slog.Logger {
	if x := exchangeFrom(ctx); x != nil {
		return x.log
	}
	return slog.Default()
}
