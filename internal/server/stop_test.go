package server

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// The public way waits 20 seconds; this story is told with less patience.
func TestStopCutsOffWhoNeverFinishes(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0", "", "")
	if err != nil {
		t.Fatal(err)
	}
	arrived, left := make(chan struct{}), make(chan struct{})
	s := Service{Listener: l, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done() // the cut connection ends it
		close(left)
	})}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.run(ctx, slog.New(slog.DiscardHandler), 50*time.Millisecond) }()
	go func() {
		if res, err := http.Get("http://" + l.Addr().String()); err == nil {
			t.Error("an answer nobody wrote")
			_ = res.Body.Close()
		}
	}()
	<-arrived
	stop()
	if <-served == nil {
		t.Error("nobody learns that a request was cut off")
	}
	<-left
}
