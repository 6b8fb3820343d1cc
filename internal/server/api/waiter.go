package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/roster"
	"roster/internal/server"
)

// asked is a request as it can be asked anew who made it.
type asked struct {
	door    *Door
	request *http.Request
	at      *address
	control *http.ResponseController // of the answer
}

type askedKey struct{}

func withAsked(ctx context.Context, a asked) context.Context {
	return context.WithValue(ctx, askedKey{}, a)
}

func askedFrom(ctx context.Context) asked {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a
}

// again finds out anew who asks, as if the request came now.
func (a asked) again() (context.Context, error) {
	ctx := a.request.Context()
	within, cancel := context.WithTimeout(ctx, server.HandleTime)
	defer cancel()
	entered, entry, err := a.door.enter(a.request.WithContext(within), a.at)
	return withHere(server.WithActor(ctx, roster.ActorFrom(entered)), entry, a.at), err
}

// stream tells whether a stream of events is asked for.
func (a asked) stream() bool {
	return a.request.Method == http.MethodGet && slices.ContainsFunc(a.request.Header.Values("Accept"), func(accepts string) bool {
		return slices.ContainsFunc(strings.Split(accepts, ","), func(one string) bool {
			media, _, _ := strings.Cut(one, ";")
			return strings.EqualFold(strings.TrimSpace(media), mediaStream)
		})
	})
}

// The most who wait at once: of one caller, of one organisation, and of all; and how many of these places are the host
// product's own programs' alone.
const (
	mostOfCaller = 20
	mostOfOrg    = mostWaiting / 8
	mostWaiting  = 1000
	keptPlaces   = 100
)

// waiters counts who waits.
type waiters struct {
	times times

	mu  sync.Mutex
	of  map[string]int // callers and organisations
	all int
}

func newWaiters() *waiters {
	return &waiters{times: times{again: 4 * time.Second, beat: 15 * time.Second, send: 30 * time.Second}, of: map[string]int{}}
}

// come counts one more, until leave is called. Kinds: Limited, Unavailable.
func (w *waiters) come(actor roster.Actor) (leave func(), err error) {
	caller := actor.ID()
	if actor.Person != "" {
		caller = string(actor.Person)
	}
	keys, most := []string{caller, string(actor.Organisation)}, mostWaiting-keptPlaces
	if actor.Kind == roster.ActorClient || actor.Organisation == "" { // product clients are whoever's who operates
		keys = keys[:1]
	}
	if actor.Kind == roster.ActorClient {
		most = mostWaiting
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.of[caller] >= mostOfCaller:
		return nil, roster.Errorf(roster.Limited, "too_many_waiting", "You are waiting for news in %d requests already, the most that one caller can. End one of them first.", mostOfCaller).After(w.times.again)
	case w.all >= most || len(keys) > 1 && w.of[keys[1]] >= mostOfOrg:
		return nil, roster.Errorf(roster.Unavailable, "busy", "Too many are waiting for news at this moment. Ask without waiting, or try again in a few seconds.").After(w.times.again)
	}
	w.all++
	for _, k := range keys {
		w.of[k]++
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all--
		for _, k := range keys {
			if w.of[k]--; w.of[k] == 0 {
				delete(w.of, k)
			}
		}
	}, nil
}

// GivesFeed tells the documents that an operation answers with parts of a list that goes on, of which page is one, or with
// the stream of it; its answers may take as long as the client waits.
func (d *Door) GivesFeed(page any, what string) func(*huma.Operation) {
	schema := d.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(page), true, "")
	return func(o *huma.Operation) {
		o.Metadata[server.MetaOpen] = true
		o.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			mediaJSON:   {Schema: schema},
			mediaStream: {Schema: &huma.Schema{Type: huma.TypeString, Description: what}},
		}}}
	}
}
