package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"roster/internal/bell"
	"roster/internal/roster"
	"roster/internal/server"
)

// mediaStream is the media type of server-sent events.
const mediaStream = "text/event-stream"

// Waiting is how a list that goes on is asked for: at once, once there is something, or as a stream.
type Waiting struct {
	Wait        int    `query:"wait" minimum:"0" maximum:"50" doc:"How many seconds the answer may wait until there is something."`
	LastEventID string `header:"Last-Event-ID" doc:"Where a stream was left: it goes on from there, whatever after says."`
}

// MostWait is how many seconds an answer may wait at most.
const MostWait = 50

// For gives how long to wait. Kind: Invalid.
func (w Waiting) For() (time.Duration, error) {
	if w.Wait < 0 || w.Wait > MostWait {
		return 0, roster.Errorf(roster.Invalid, "parameter_invalid", "An answer waits 0 to %d seconds.", MostWait)
	}
	return time.Duration(w.Wait) * time.Second, nil
}

// Stretch is a part of a list that goes on.
type Stretch struct {
	Events []Event
	Next   string // where the list goes on, though no event may have come
	More   bool   // there is more already
	Page   any    // the part as a list answers it
}

// Event is one thing of such a list: where the list goes on behind it, and its JSON.
type Event struct {
	ID   string
	Data any
}

// Feed is a list that goes on. Read gives what comes after a place, Moved tells whether there may be something: both ask for
// the right anew. Listen gives an ear that hears when either may have changed.
type Feed struct {
	After  string
	Wait   time.Duration
	Read   func(ctx context.Context, after string) (Stretch, error)
	Moved  func(ctx context.Context, after string) (bool, error)
	Listen func(ctx context.Context) *bell.Ear
}

// Fed is the answer of a feed.
type Fed struct {
	Body func(huma.Context)
}

// Follow answers with a part of a feed as JSON, after waiting for one where that is asked for, or with the stream of it.
func (d *Door) Follow(ctx context.Context, f Feed) (*Fed, error) {
	a := askedFrom(ctx)
	stream := a.stream()
	if !stream && (f.Wait == 0 || a.request.Method == http.MethodHead) {
		s, err := reading(ctx, f, f.After)
		return page(s), err
	}
	leave, err := d.waiters.come(roster.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	w := &waiter{who: a.again, control: a.control, feed: f, ear: f.Listen(ctx), times: d.waiters.times}
	end := func() { w.ear.Close(); leave() }
	if !stream {
		defer end()
		s, err := w.await(ctx)
		return page(s), err
	}
	first, err := reading(ctx, f, f.After)
	if err != nil {
		end()
		return nil, err
	}
	return &Fed{func(c huma.Context) {
		defer end()
		_, answer := humago.Unwrap(c)
		w.stream(ctx, answer, first)
	}}, nil
}

// reading bounds how long one part may take.
func reading(ctx context.Context, f Feed, after string) (Stretch, error) {
	ctx, cancel := context.WithTimeout(ctx, server.HandleTime)
	defer cancel()
	return f.Read(ctx, after)
}

func page(s Stretch) *Fed {
	return &Fed{func(c huma.Context) {
		c.SetHeader("Content-Type", mediaJSON)
		e := json.NewEncoder(c.BodyWriter())
		e.SetEscapeHTML(false)
		_ = e.Encode(s.Page) // a client that left reads nothing
	}}
}

// waiter waits for a feed.
type waiter struct {
	who     func() (context.Context, error) // finds out anew who asks
	control *http.ResponseController        // of the answer
	feed    Feed
	ear     *bell.Ear
	times   times
}

// times are those of waiting.
type times struct {
	again time.Duration // at least so often it is asked whether the caller may still wait
	beat  time.Duration // so often a stream says that it lives
	send  time.Duration // so long a part may take on its way
}

// await gives the first part that has something, or, when the time is over or the server stops, where to go on.
func (w *waiter) await(ctx context.Context) (Stretch, error) {
	// Else the connection would be taken for lost meanwhile; where it knows no deadline, there is none to lift.
	_ = w.control.SetReadDeadline(time.Time{})
	_ = w.control.SetWriteDeadline(time.Now().Add(w.feed.Wait + 2*w.times.send))
	over := time.NewTimer(w.feed.Wait)
	defer over.Stop()
	s, err := reading(ctx, w.feed, w.feed.After)
	for err == nil && len(s.Events) == 0 {
		var gone bool
		if ctx, gone, err = w.sleep(ctx, s.Next, over.C, nil); err != nil || gone {
			return s, err
		}
		s, err = reading(ctx, w.feed, s.Next)
	}
	return s, err
}

// sleep sleeps until there may be something after a place, and asks anew who waits, whenever the ear hears something and every
// few seconds. gone tells that nobody waits any more. beat is called when the stream is to say that it lives; nil where nobody
// asks.
func (w *waiter) sleep(ctx context.Context, after string, over <-chan time.Time, beat func() error) (now context.Context, gone bool, err error) {
	again, life := time.NewTicker(w.times.again), time.NewTicker(w.times.beat)
	defer again.Stop()
	defer life.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx, true, ctx.Err()
		case <-server.Stopping(ctx):
			return ctx, true, nil
		case <-over:
			return ctx, true, nil
		case <-life.C:
			if beat != nil {
				if err := beat(); err != nil {
					return ctx, true, err
				}
			}
			continue
		case <-again.C:
		case <-w.ear.Heard():
		}
		var moved bool
		if ctx, moved, err = w.ask(after); moved || err != nil {
			return ctx, false, err
		}
	}
}

// ask asks anew who waits and whether they may, and whether there may be something after a place.
func (w *waiter) ask(after string) (ctx context.Context, moved bool, err error) {
	if ctx, err = w.who(); err != nil {
		return ctx, false, err
	}
	within, cancel := context.WithTimeout(ctx, server.HandleTime)
	defer cancel()
	moved, err = w.feed.Moved(within, after)
	return ctx, moved, err
}

// stream sends a feed as server-sent events, until the client leaves, the caller may not read it any more, or the server stops.
// Why it ended is told to who comes again.
func (w *waiter) stream(ctx context.Context, answer http.ResponseWriter, s Stretch) {
	_ = w.control.SetReadDeadline(time.Time{}) // as in await
	h := answer.Header()
	h.Set("Content-Type", mediaStream)
	h.Set("X-Accel-Buffering", "no") // proxies that gather answers would keep it back
	answer.WriteHeader(http.StatusOK)
	err := w.send(answer, []byte("retry: 2000\n\n"))
	rung, after := int64(0), w.feed.After // the ear was there before the first part was read
	for err == nil {
		if err = w.tell(answer, told(s, after), rung, after); err != nil {
			return
		}
		if after = s.Next; !s.More {
			var gone bool
			if _, gone, err = w.sleep(ctx, after, nil, func() error { return w.send(answer, []byte(":\n\n")) }); gone || err != nil {
				return
			}
		}
		rung = w.ear.Rung()
		if ctx, _, err = w.ask(after); err == nil {
			s, err = reading(ctx, w.feed, after)
		}
	}
}

// tell sends a part of the feed. Who changes something meanwhile waits until it is out, or cuts it off; who has changed
// something since the part was read may have ended the right to it, which is asked again.
func (w *waiter) tell(answer http.ResponseWriter, text []byte, rung int64, after string) error {
	return w.ear.Tell(func() { _ = w.control.SetWriteDeadline(time.Now()) }, func() error {
		if w.ear.Rung() != rung {
			if _, _, err := w.ask(after); err != nil {
				return err
			}
		}
		return w.send(answer, text)
	})
}

// send sends a text at once.
func (w *waiter) send(answer http.ResponseWriter, text []byte) error {
	// Where the connection knows no deadline it is sent all the same.
	_ = w.control.SetWriteDeadline(time.Now().Add(w.times.send))
	if _, err := answer.Write(text); err != nil {
		return err
	}
	err := w.control.Flush()
	_ = w.control.SetWriteDeadline(time.Time{})
	return err
}

// told writes a part as events. Behind the last one stands where it goes on, if that is further.
func told(s Stretch, after string) []byte {
	var b bytes.Buffer
	at := after
	for _, e := range s.Events {
		b.WriteString("id: " + e.ID + "\ndata: ")
		j := json.NewEncoder(&b)
		j.SetEscapeHTML(false)
		_ = j.Encode(e.Data) // into memory, and of our own making; the line ends with it
		b.WriteString("\n")
		at = e.ID
	}
	if s.Next != at {
		b.WriteString("id: " + s.Next + "\n\n")
	}
	return b.Bytes()
}
