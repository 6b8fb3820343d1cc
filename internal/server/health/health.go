// Package health is the door by which supervisors ask whether the process lives and can be sent requests.
package health

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"roster/internal/server"
)

// Mount adds /livez, which answers as long as the process serves at all, and /readyz, which
// answers 503 while ready gives an error. The error is logged and not shown.
func Mount(m *server.Mux, log *slog.Logger, ready func(context.Context) error) {
	m.Handle(server.Route{
		Method: http.MethodGet, Pattern: "/livez", Action: server.Health, Reason: "tells a supervisor that the process lives",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "live\n") }),
	})
	m.Handle(server.Route{
		Method: http.MethodGet, Pattern: "/readyz", Action: server.Health, Reason: "tells a supervisor that requests can be sent here",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
			defer cancel()
			if err := ready(ctx); err != nil {
				log.WarnContext(ctx, "not ready", "request", server.RequestID(ctx), "error", err)
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
