package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// An answer that goes on as long as its client wants is told of the stop, and ends by itself. Its route gives it no end of
// its own, as others have.
func TestStopTellsAnswersThatGoOn(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0", "", "")
	if err != nil {
		t.Fatal(err)
	}
	m := NewMux()
	arrived := make(chan struct{})
	endless := func(open bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ends := r.Context().Deadline(); ends == open {
				t.Errorf("open %v: the context ends by itself: %v", open, ends)
			}
			if open {
				close(arrived)
				<-Stopping(r.Context())
				_, _ = w.Write([]byte("the end"))
			}
		})
	}
	for path, open := range map[string]bool{"/open": true, "/short": false} {
		m.Handle(Route{Method: http.MethodGet, Pattern: path, Action: "test", Open: open, Handler: endless(open)})
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Service{Listener: l, Handler: m}.run(ctx, slog.New(slog.DiscardHandler), stopTime) }()
	get := func(path string) string {
		res, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			return err.Error()
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return string(text)
	}
	get("/short")
	told := make(chan string, 1)
	go func() { told <- get("/open") }()
	<-arrived
	stop()
	if got := <-told; got != "the end" {
		t.Errorf("the client got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

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
