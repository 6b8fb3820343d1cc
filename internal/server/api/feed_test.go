package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"roster/internal/bell"
	"roster/internal/roster"
	"roster/internal/server"
)

// written is an answer that is looked at while it is written.
type written struct {
	*httptest.ResponseRecorder
	mu sync.Mutex
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ResponseRecorder.Write(p)
}

func (w *written) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Body.String()
}

// following runs the stream of a feed that has nothing, in a bubble, and gives how often it was asked whether there is something.
func following(t *testing.T, moved func() error, while func(b *bell.Bell, w *written, stop, leave func(), over func() bool)) (asked int) {
	t.Helper()
	b := bell.New(func(ctx context.Context) { <-ctx.Done() })
	ear := b.Listen("org_1")
	defer ear.Close()
	stopping := make(chan struct{})
	ctx, leave := context.WithCancel(server.WithStopping(t.Context(), stopping))
	defer leave()
	answer := &written{ResponseRecorder: httptest.NewRecorder()}
	w := &waiter{ear: ear, times: newWaiters().times, who: func() (context.Context, error) { return ctx, nil }, control: http.NewResponseController(answer), feed: Feed{
		After: "7",
		Read:  func(context.Context, string) (Stretch, error) { return Stretch{Next: "7"}, nil },
		Moved: func(context.Context, string) (bool, error) { asked++; return false, moved() },
	}}
	ended := make(chan struct{})
	go func() {
		w.stream(ctx, answer, Stretch{Next: "7"})
		close(ended)
	}()
	synctest.Wait()
	while(b, answer, sync.OnceFunc(func() { close(stopping) }), leave, func() bool {
		synctest.Wait()
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
	<-ended
	return asked
}

func fine() error { return nil }

func TestAStreamSaysThatItLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := following(t, fine, func(_ *bell.Bell, w *written, _, leave func(), over func() bool) {
			time.Sleep(time.Minute)
			if over() || w.text() != "retry: 2000\n\n"+strings.Repeat(":\n\n", 4) {
				t.Errorf("after a minute, over %v: %q", over(), w.text())
			}
			leave()
		})
		if asked < 14 || asked > 16 {
			t.Errorf("asked %d times in a minute whether the caller may still read", asked)
		}
	})
}

func TestAStreamEndsWhenTheServerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		following(t, fine, func(_ *bell.Bell, _ *written, stop, _ func(), over func() bool) {
			if stop(); !over() {
				t.Error("it goes on")
			}
		})
	})
}

func TestAStreamEndsAtOnceOrSoonWithTheRight(t *testing.T) {
	for _, rung := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var lost atomic.Bool
			moved := func() error {
				if lost.Load() {
					return errors.New("blocked")
				}
				return nil
			}
			following(t, moved, func(b *bell.Bell, w *written, _, _ func(), over func() bool) {
				lost.Store(true)
				if rung {
					b.Ring("org_1", 1)
				} else {
					time.Sleep(4 * time.Second)
				}
				if !over() {
					t.Errorf("it goes on: %q", w.text())
				}
			})
		})
	}
}

func TestAPartIsTold(t *testing.T) {
	event := func(id string) Event { return Event{ID: id, Data: map[string]string{"a": "<b>\n"}} }
	for _, c := range []struct {
		s    Stretch
		want string
	}{
		{Stretch{Next: "3"}, ""},
		{Stretch{Next: "4"}, "id: 4\n\n"},
		{Stretch{Next: "4", Events: []Event{event("4")}}, "id: 4\ndata: {\"a\":\"<b>\\n\"}\n\n"},
		{Stretch{Next: "6", Events: []Event{event("5")}}, "id: 5\ndata: {\"a\":\"<b>\\n\"}\n\nid: 6\n\n"},
	} {
		if got := string(told(c.s, "3")); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestWhoWaitsIsCounted(t *testing.T) {
	w := newWaiters()
	var leaves []func()
	comes := func(a roster.Actor, want string) {
		t.Helper()
		leave, err := w.come(a)
		switch {
		case want != "" && !roster.Is(err, want), want == "" && err != nil:
			t.Fatalf("%+v: %v, not %q", a, err, want)
		case err == nil:
			leaves = append(leaves, leave)
		}
	}
	come := func(org roster.OrgID, member roster.MemberID, want string) {
		t.Helper()
		comes(roster.Actor{Kind: roster.ActorAPIUser, Organisation: org, Member: member}, want)
	}
	for range mostOfCaller {
		come("org_1", "mem_1", "")
	}
	come("org_1", "mem_1", "too_many_waiting")
	leaves[0]()
	come("org_1", "mem_1", "")
	for range mostOfOrg - mostOfCaller {
		come("org_1", roster.NewMemberID(), "")
	}
	come("org_1", "mem_2", "busy") // however many API users an organisation has
	come("org_2", "mem_3", "")
	for w.all < mostWaiting-keptPlaces {
		come(roster.NewOrgID(), roster.NewMemberID(), "")
	}
	come("org_3", "mem_4", "busy")
	for n := range keptPlaces {
		comes(roster.Actor{Kind: roster.ActorClient, Client: fmt.Sprint("pc_", n/mostOfCaller)}, "")
	}
	comes(roster.Actor{Kind: roster.ActorClient, Client: "pc_last"}, "busy")
	for _, leave := range leaves[1:] {
		leave()
	}
	if w.all != 0 || len(w.of) != 0 {
		t.Errorf("left behind: %d, %v", w.all, w.of)
	}
}
