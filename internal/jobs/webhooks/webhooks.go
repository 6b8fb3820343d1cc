// Package webhooks delivers events: it follows the histories by position, so that whoever writes queues nothing. For each
// webhook and organisation it delivers one event after the other; webhooks do not wait for each other, and those whose
// receivers fail take no place from the others. What is due, and whether it still is, the webhooks' room says.
package webhooks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"roster/internal/action/webhook"
	"roster/internal/courier"
	"roster/internal/endpoint"
	"roster/internal/roster"
)

// Settings tell how events are delivered. Zero values stand for the defaults.
type Settings struct {
	Room     *webhook.Room
	Product  *webhook.Product
	Courier  *courier.Courier
	Wake     <-chan struct{} // receives when something may have happened
	Log      *slog.Logger
	Parallel int           // organisations' histories under delivery at once, where nothing fails: 64
	Doubtful int           // the same, where something does: 6
	Each     int           // of these for one webhook: 4; for one organisation's together an eighth, at least two
	Poll     time.Duration // how often to look without a wake: 1 s
	Gap      time.Duration // how long a look waits after the one before: 50 ms, and longer where looking takes long
	Grace    time.Duration // how long deliveries under way may go on at a stop: 5 s
}

func (s Settings) complete() Settings {
	for _, d := range []struct {
		of    *time.Duration
		value time.Duration
	}{{&s.Poll, time.Second}, {&s.Gap, 50 * time.Millisecond}, {&s.Grace, 5 * time.Second}} {
		if *d.of == 0 {
			*d.of = d.value
		}
	}
	for _, n := range []struct {
		of    *int
		value int
	}{{&s.Parallel, 64}, {&s.Doubtful, 6}, {&s.Each, 4}} {
		if *n.of == 0 {
			*n.of = n.value
		}
	}
	return s
}

// mostPause bounds how long nobody hears that something happened.
const mostPause = 3 * time.Second

// pause gives how long to rest after a look that took so long. Looking costs the database something: it is not done all the
// time, and the less the longer it takes.
func (s Settings) pause(took time.Duration) time.Duration {
	return max(s.Gap, min(20*took, mostPause))
}

// lane is one webhook's way through one organisation's history.
type lane struct {
	org     roster.OrgID
	webhook string
	of      roster.OrgID
}

func laneOf(p endpoint.Progress) lane { return lane{p.Org, p.Webhook, p.Of} }

// Deliverer delivers.
type Deliverer struct {
	set    Settings
	ledger *ledger

	mu      sync.Mutex
	under   map[lane]bool
	places  [2]map[string]int // lanes under way by webhook, by organisation, and of all: where nothing failed, and where something did
	running sync.WaitGroup
	ended   chan struct{} // receives when a lane has ended
}

// New makes a deliverer.
func New(s Settings) *Deliverer {
	s = s.complete()
	return &Deliverer{set: s, ledger: newLedger(s), under: map[lane]bool{}, places: [2]map[string]int{{}, {}}, ended: make(chan struct{}, 1)}
}

// system is the context in which Roster itself acts.
func system(ctx context.Context, org roster.OrgID) context.Context {
	return roster.WithActor(ctx, roster.Actor{Kind: roster.ActorSystem, Name: "Roster", Organisation: org, Door: roster.DoorJobs})
}

// Run delivers until ctx ends, and then lets deliveries under way finish for the grace. What was delivered and could not be
// kept any more is delivered again: receivers know an event by its ID.
func (d *Deliverer) Run(ctx context.Context) error {
	work, cut := context.WithCancel(context.WithoutCancel(system(ctx, "")))
	defer cut()
	keep, stop := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() { defer close(kept); d.ledger.run(keep) }()
	tick := time.NewTicker(d.set.Poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		begun := time.Now()
		if _, err := d.begin(ctx, work); err != nil && ctx.Err() == nil {
			d.set.Log.ErrorContext(ctx, "webhooks cannot be looked for", "error", err)
			d.rest(ctx, tick.C, nil)
			continue
		}
		pause := time.NewTimer(d.set.pause(time.Since(begun)))
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
		d.rest(ctx, tick.C, d.set.Wake)
	}
	d.finish(cut)
	stop()
	<-kept
	return nil
}

// rest waits until there may be something to do.
func (d *Deliverer) rest(ctx context.Context, tick <-chan time.Time, wake <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-wake:
	case <-d.ended:
	case <-tick:
	}
}

// finish waits for the lanes under way, and cuts those that take too long.
func (d *Deliverer) finish(cut context.CancelFunc) {
	done := make(chan struct{})
	go func() { d.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(d.set.Grace):
		cut()
		<-done
	}
}

// Due delivers what is due now, and what becomes due meanwhile, and gives how many attempts that were. It is for callers
// without a loop of their own, such as tests.
func (d *Deliverer) Due(ctx context.Context) (attempts int, err error) {
	ctx = system(ctx, "")
	before := d.ledger.attempts.Load()
	for {
		keep, stop := context.WithCancel(context.WithoutCancel(ctx))
		kept := make(chan struct{})
		go func() { defer close(kept); d.ledger.run(keep) }()
		n, err := d.begin(ctx, ctx)
		d.running.Wait()
		stop()
		<-kept
		if err != nil || n == 0 {
			return int(d.ledger.attempts.Load() - before), err
		}
	}
}

// mostDue bounds how much is looked up at once.
const mostDue = 500

// begin begins what is due and has a place, and tells how many that were.
func (d *Deliverer) begin(ctx, work context.Context) (begun int, err error) {
	ctx, cancel := context.WithTimeout(system(ctx, ""), 10*time.Second)
	defer cancel()
	for _, failing := range []bool{false, true} {
		due, err := d.set.Room.Due(ctx, failing, 3*d.set.Each, mostDue) // those under way are among them
		if err != nil {
			return begun, err
		}
		for _, p := range due {
			if d.enter(p, failing) {
				begun++
				d.running.Go(func() {
					d.lane(work, p)
					d.leave(p, failing)
				})
			}
		}
	}
	return begun, nil
}

// all stands for all webhooks among the places that are taken.
const all = ""

func (d *Deliverer) kind(failing bool) (taken map[string]int, most int) {
	if failing {
		return d.places[1], d.set.Doubtful
	}
	return d.places[0], d.set.Parallel
}

// enter takes a place for a lane, if there is one.
func (d *Deliverer) enter(p endpoint.Progress, failing bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken, most := d.kind(failing)
	if d.under[laneOf(p)] || taken[all] >= most || taken[p.Webhook] >= d.set.Each || crowded(p, taken, most) {
		return false
	}
	d.under[laneOf(p)] = true
	taken[all]++
	taken[p.Webhook]++
	taken[string(p.Org)]++
	return true
}

// crowded tells whether an organisation's webhooks have their share of the places: however many they are and however slowly
// they are answered, others have theirs. Product clients' are whoever's who operates: each has its own bound alone.
func crowded(p endpoint.Progress, taken map[string]int, most int) bool {
	return p.Org != roster.Installation && taken[string(p.Org)] >= max(2, most/8)
}

func (d *Deliverer) leave(p endpoint.Progress, failing bool) {
	d.mu.Lock()
	taken, _ := d.kind(failing)
	delete(d.under, laneOf(p))
	taken[all]--
	for _, of := range []string{p.Webhook, string(p.Org)} {
		if taken[of]--; taken[of] == 0 {
			delete(taken, of)
		}
	}
	d.mu.Unlock()
	select {
	case d.ended <- struct{}{}:
	default:
	}
}
