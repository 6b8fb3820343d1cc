package crash

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestNoEventIsLostWhenKilledWhileDelivering holds that whatever happens is told to a webhook, in order and at least once,
// whenever the server is killed: what arrives is never ahead of what arrived before by more than one.
func TestNoEventIsLostWhenKilledWhileDelivering(t *testing.T) {
	each(t, delivering)
}

// arrivals are what a receiver was told of.
type arrivals struct {
	mu          sync.Mutex
	first, last int64
	all         int
	gaps        []int64
}

func (a *arrivals) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var event struct {
		Data struct {
			Seq int64 `json:"seq"`
		} `json:"data"`
	}
	if json.NewDecoder(r.Body).Decode(&event) != nil {
		return // the server was killed while it sent
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all++
	switch seq := event.Data.Seq; {
	case a.first == 0:
		a.first, a.last = seq, seq
	case seq > a.last+1:
		a.gaps = append(a.gaps, seq)
		fallthrough
	case seq > a.last:
		a.last = seq
	}
}

func (a *arrivals) seen() (last int64, all int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last, a.all
}

func delivering(t *testing.T, i *installation) {
	got := &arrivals{}
	receiver := httptest.NewServer(got)
	defer receiver.Close()
	i.command(&struct{}{}, "init", "--organisation", "Acme", "--owner", "olga@example.com", "--plan", "unlimited")
	var loader struct {
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	i.command(&loader, "apiuser", "create", "Loader", "--role", "user_administrator")
	i.start()
	var hook struct {
		ID string `json:"id"`
	}
	i.command(&hook, "webhook", "create", receiver.URL, "--key-file", filepath.Join(i.dir, "key"))
	p := enter(t, i, loader.Client, loader.Secret)
	wishes := count(60, 500)
	for round := range count(2, 20) {
		var answered atomic.Int64
		done := make(chan []*wish)
		go func() { done <- p.work(round, clients, wishes, &answered) }()
		at := rand.Int64N(int64(wishes))
		i.until(&answered, at)
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond) // what is delivered is kept some ten times a second
		i.kill()
		i.start()
		served(i, done)
	}
	var at struct {
		Positions []struct {
			Seq    int64 `json:"seq"`
			Newest int64 `json:"newest"`
		} `json:"positions"`
	}
	for late := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		i.command(&at, "webhook", "show", hook.ID)
		if at.Positions[0].Seq == at.Positions[0].Newest {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("it stands at %+v\n%s", at, i.logged(2000))
		}
	}
	last, all := got.seen()
	t.Logf("%d events arrived %d times", last-got.first+1, all)
	if len(got.gaps) > 0 || last != at.Positions[0].Newest {
		t.Errorf("events from %d to %d of %d, with gaps before %v", got.first, last, at.Positions[0].Newest, got.gaps)
	}
}
