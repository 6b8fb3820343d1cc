package server

import (
	"context"
	"io"
	"net/http"
	"time"
)

// health is the word that stands for an action on the routes of MountHealth.
const health = "health"

// MountHealth adds /livez, which answers as long as the process serves at all, and /readyz, which
// answers 503 while ready gives an error. The error is logged and not shown.
func MountHealth(m *Mux, ready func(context.Context) error) {
	m.Handle(Route{
		Method: http.MethodGet, Pattern: "/livez", Action: health, Reason: "tells a supervisor that the process lives",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "live\n") }),
	})
	m.Handle(Route{
		Method: http.MethodGet, Pattern: "/readyz", Action: health, Reason: "tells a supervisor that requests can be sent here",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
			defer cancel()
			if err := ready(ctx); err != nil {
				logger(ctx).WarnContext(ctx, "not ready", "request", RequestID(ctx), "error", err)
				plain(w, http.StatusServiceUnavailable, "not ready\n")
				return
			}
			plain(w, http.StatusOK, "ready\n")
		}),
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
