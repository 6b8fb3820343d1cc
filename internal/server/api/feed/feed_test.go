package feed_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/client"
	"roster/internal/action/org"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// reader follows what happens anywhere and holds it to what every reader must see: each organisation's lines, each once, in
// order, none missing.
type reader struct {
	t    *testing.T
	seen map[string]int64
	all  []string // organisation and seq of each line, in the order it came
}

func (r *reader) see(l record.Line) {
	r.t.Helper()
	if l.Org != string(roster.Installation) && l.Seq != r.seen[l.Org]+1 {
		r.t.Errorf("of %s came line %d after line %d", l.Org, l.Seq, r.seen[l.Org])
	}
	r.seen[l.Org] = l.Seq
	r.all = append(r.all, l.Org+" "+strconv.FormatInt(l.Seq, 10))
}

// page reads a page and gives where to go on.
func (r *reader) page(c *rest.Caller, query string) (next string, more bool) {
	r.t.Helper()
	var page struct {
		Items []record.Line
		Next  string `json:"next_after"`
		More  bool
	}
	a := c.Ask("GET", "/events?"+query, "")
	a.Is(200)
	rest.Must(r.t, json.Unmarshal([]byte(a.Text), &page))
	for _, l := range page.Items {
		r.see(l)
	}
	return page.Next, page.More
}

// sent takes an event of a stream.
func (r *reader) sent(e rest.Sent) {
	r.t.Helper()
	var l record.Line
	rest.Must(r.t, json.Unmarshal([]byte(e.Data), &l))
	r.see(l)
}

func newReader(t *testing.T) *reader { return &reader{t: t, seen: map[string]int64{}} }

// everything reads from the beginning to the end, in pages.
func everything(t *testing.T, c *rest.Caller) *reader {
	t.Helper()
	r := newReader(t)
	next, more := r.page(c, "limit=200")
	for more {
		next, more = r.page(c, "limit=200&after="+next)
	}
	return r
}

func found(t *testing.T, r *rest.Rig, n int) (all []roster.OrgID) {
	t.Helper()
	for i := range n {
		f, err := r.Orgs.Create(r.CLI(""), org.Founding{Name: fmt.Sprintf("Customer %d", i), Plan: roster.PlanUnlimited, Owner: fmt.Sprintf("o%d@example.com", i)})
		rest.Must(t, err)
		all = append(all, f.Organisation.ID)
	}
	return all
}

func TestAProductClientReadsWhatHappensAnywhere(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		product, _ := r.Product(t, "Portal", "events.read")
		all := everything(t, product)
		if all.seen[string(r.Acme.ID)] == 0 {
			t.Fatalf("nothing of Acme: %v", all.all)
		}
		beta, _ := r.Beta(t)
		next, _ := newReader(t).page(product, "after=now")
		_, err := r.Fleet.Suspend(r.CLI(beta.ID))
		rest.Must(t, err)
		now := newReader(t)
		now.seen[string(beta.ID)] = newestOf(t, r, beta.ID) - 1
		next, more := now.page(product, "after="+next)
		rest.Equal(t, "lines since", len(now.all), 1)
		rest.Equal(t, "more", more, false)
		some := newReader(t)
		some.seen[string(beta.ID)] = newestOf(t, r, beta.ID) - 1
		some.page(product, "action=organisation.suspend&organisation="+string(beta.ID))
		rest.Equal(t, "filtered", len(some.all), 1)
		again := everything(t, product)
		rest.Equal(t, "the order stays", fmt.Sprint(again.all[:len(all.all)]), fmt.Sprint(all.all))

		waits := make(chan rest.Reply, 1)
		go func() { waits <- product.Ask("GET", "/events?wait=50&after="+next, "") }()
		_, err = r.Fleet.Resume(r.CLI(beta.ID))
		rest.Must(t, err)
		if items := (<-waits).Is(200)["items"].([]any); len(items) != 1 || items[0].(map[string]any)["action"] != "organisation.resume" {
			t.Errorf("who waited got %v", items)
		}

		product.Ask("GET", "/events?after=x", "").At(422, "after", "cursor_invalid")
		product.Ask("GET", "/events?organisation=acme", "").At(422, "organisation", "parameter_invalid")
		product.Ask("GET", "/events?limit=201", "").Refuses(422, "limit_invalid")
		other, _ := r.Product(t, "Catalogue", "catalogue.write")
		other.Ask("GET", "/events", "").Refuses(403, "forbidden")
		r.Olga(t).Ask("GET", "/events", "").Refuses(403, "forbidden")
	})
}

func newestOf(t *testing.T, r *rest.Rig, o roster.OrgID) int64 {
	t.Helper()
	at, err := r.History.Newest(r.CLI(o))
	rest.Must(t, err)
	return at
}

// The stream ends with the client or its token, and with an organisation's end comes the line that is left of it.
func TestTheStreamOfAllEndsWithTheClient(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		beta, _ := r.Beta(t)
		product, _ := r.Product(t, "Portal", "events.read")
		s := product.Stream("/events?after=now", "")
		_, err := r.Endings.Delete(r.CLI(beta.ID), "Beta")
		rest.Must(t, err)
		at := until(t, s, "organisation.delete", beta.ID)
		r.Clock.Pass(roster.DeletionWait)
		s.Ends() // its token is over
		product, id := r.Product(t, "Portal again", "events.read")
		s = product.Stream("/events", at)
		for left := true; left; {
			left, err = r.Endings.Empty(r.CLI(beta.ID))
			rest.Must(t, err)
		}
		_, err = r.Endings.End(r.CLI(beta.ID))
		rest.Must(t, err)
		at = until(t, s, "organisation.end", beta.ID)
		_, err = r.Client.Remove(r.CLI(""), id)
		rest.Must(t, err)
		_, err = r.Fleet.Suspend(r.CLI(r.Acme.ID))
		rest.Must(t, err)
		s.Ends()
		made, err := r.Client.Create(r.CLI(""), client.Draft{Name: "Portal once more", Permissions: []string{"events.read"}})
		rest.Must(t, err)
		product = r.Token(t, made.ID, made.Secret)
		s = product.Stream("/events", at)
		until(t, s, "organisation.suspend", r.Acme.ID)
		r.Revoke(product, made.ID, made.Secret)
		_, err = r.Fleet.Resume(r.CLI(r.Acme.ID))
		rest.Must(t, err)
		for { // what came of making this client may be on its way
			e, ok := s.Next()
			if !ok {
				break
			}
			if strings.Contains(e.Data, "organisation.resume") {
				t.Fatalf("after its token was revoked came %s", e.Data)
			}
		}
	})
}

// until reads to the line of an action on an organisation, and gives where to go on.
func until(t *testing.T, s *rest.Stream, action string, on roster.OrgID) string {
	t.Helper()
	for {
		e, ok := s.Next()
		if !ok {
			t.Fatalf("the stream ended before %s", action)
		}
		var l record.Line
		if e.Data == "" {
			continue
		}
		rest.Must(t, json.Unmarshal([]byte(e.Data), &l))
		if l.Action == action {
			rest.Equal(t, "of whom it tells", l.Target.ID, string(on))
			return e.ID
		}
	}
}

// While many organisations change at once, readers who come and go at random see each line of each once, in order, none
// missing, and all of them in the same order.
func TestReadersOfAllMissNothing(t *testing.T) {
	changes, writers := 400, 8
	if os.Getenv("ROSTER_PROOF") != "" {
		changes = 20_000
	}
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		orgs := found(t, r, writers)
		product, _ := r.Product(t, "Portal", "events.read")
		toggle := func(o roster.OrgID, n int) error {
			if n%2 == 0 {
				_, err := r.Fleet.Suspend(r.CLI(o))
				return err
			}
			_, err := r.Fleet.Resume(r.CLI(o))
			return err
		}
		var writing, reading sync.WaitGroup
		for _, o := range orgs {
			writing.Go(func() {
				for n := range changes / writers {
					if err := toggle(o, n); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		written, read := make(chan struct{}), make(chan struct{})
		readers := []*reader{newReader(t), newReader(t)}
		for n, seen := range readers {
			reading.Go(func() { seen.comeAndGo(product, rand.New(rand.NewPCG(46, uint64(n))), changes/20, written) })
		}
		writing.Wait()
		close(written)
		go func() { reading.Wait(); close(read) }()
		for n, going := 0, true; going; n++ { // who follows a stream just now hears that there is something to look up
			select {
			case <-read:
				going = false
			case <-time.After(20 * time.Millisecond):
				rest.Must(t, toggle(orgs[0], n))
			}
		}
		all := everything(t, product)
		for n, seen := range readers {
			if fmt.Sprint(seen.all) != fmt.Sprint(all.all[:len(seen.all)]) {
				t.Errorf("reader %d saw another order", n)
			}
			for _, o := range orgs[1:] {
				rest.Equal(t, "the last line", seen.seen[string(o)], newestOf(t, r, o))
			}
		}
	})
}

// comeAndGo reads at random, in every way there is, until everything that was there when it ended is read.
func (r *reader) comeAndGo(c *rest.Caller, chance *rand.Rand, most int, written <-chan struct{}) {
	at := ""
	for !r.t.Failed() {
		over := false
		select {
		case <-written:
			over = true
		default:
		}
		after := ""
		if at != "" {
			after = "&after=" + at
		}
		if over || chance.IntN(2) == 0 {
			next, more := r.page(c, []string{"limit=200", "limit=7", "limit=50&wait=1"}[chance.IntN(3)]+after)
			if at = next; over && !more {
				return
			}
			continue
		}
		s := c.Stream("/events?limit=9", at)
		for n := chance.IntN(1 + most); n >= 0; n-- {
			e, ok := s.Next()
			if !ok {
				r.t.Error("the stream ended")
				break
			}
			if at = e.ID; e.Data != "" {
				r.sent(e)
			}
			select {
			case <-written:
				n = 0
			default:
			}
		}
		s.Leave()
	}
}
