package server

import (
	"context"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/limit"
	"roster/internal/roster"
)

// Bounds are how much the doors take: requests a minute from one address and by one program, and how many are worked
// on at once. Zero bounds nothing.
type Bounds struct {
	Address   int // requests a minute from one address (IPv6: from one /64) by whoever no access token or client secret tells
	Client    int // requests a minute of one API user or product client
	Decisions int // questions' requests a minute of one API user or product client
	InFlight  int // requests at once of people, and as many of programs; questions four times as many
	Clock     func() time.Time
}

// Times of a queue: how long a request waits for a place among those that are worked on.
const (
	patience       = 2 * time.Second
	soonPatience   = time.Second
	retryBusy      = time.Second
	sharesOfAsking = 4    // questions are small, and last to be turned away
	mostPatient    = 1200 // at once; more than the feed lets wait
)

// limits count what the doors take. Nil counts nothing.
type limits struct {
	clock     func() time.Time
	addresses *limit.Budget[netip.Addr]
	clients   *limit.Budget[string]
	decisions *limit.Budget[string]
	slots     map[lane]*limit.Slots[netip.Addr]
}

// lane is a kind of requests that wait for one another, and for no others.
type lane string

// The lanes. Health and what is ours and fixed, such as style sheets, wait for nothing.
const (
	free    lane = ""
	pages   lane = "pages"     // people's, and whatever is nobody's
	calls   lane = "calls"     // programs'
	asking  lane = "decisions" // last to be turned away
	patient lane = "patient"   // what lasts long on purpose
	bulky   lane = "bulky"     // whose bodies are large and held in memory
)

func newLimits(b Bounds) *limits {
	if b.Address <= 0 && b.Client <= 0 && b.Decisions <= 0 && b.InFlight <= 0 {
		return nil
	}
	l := &limits{
		clock: b.Clock, addresses: limit.NewBudget[netip.Addr](b.Address, time.Minute),
		clients: limit.NewBudget[string](b.Client, time.Minute), decisions: limit.NewBudget[string](b.Decisions, time.Minute),
		slots: map[lane]*limit.Slots[netip.Addr]{},
	}
	if l.clock == nil {
		l.clock = time.Now
	}
	for in, most := range map[lane]int{pages: b.InFlight, calls: b.InFlight, asking: sharesOfAsking * b.InFlight, bulky: min(b.InFlight, 2*runtime.GOMAXPROCS(0))} {
		wait := patience
		if in == asking {
			wait = soonPatience
		}
		l.slots[in] = limit.NewSlots[netip.Addr](most, 2*most, wait)
	}
	if b.InFlight > 0 {
		l.slots[patient] = limit.NewSlots[netip.Addr](mostPatient, 0, patience)
	}
	return l
}

// Describe implements prometheus.Collector.
func (l *limits) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(l, out) }

// Collect shows what is worked on and what waits for a place.
func (l *limits) Collect(out chan<- prometheus.Metric) {
	taken := prometheus.NewDesc("roster_http_lane_requests", "Requests that are worked on, by kind.", []string{"lane"}, nil)
	waiting := prometheus.NewDesc("roster_http_lane_waiting", "Requests that wait for a place among those that are worked on, by kind.", []string{"lane"}, nil)
	for in, slots := range l.slots {
		if slots != nil {
			n, queued := slots.Busy()
			out <- prometheus.MustNewConstMetric(taken, prometheus.GaugeValue, float64(n), string(in))
			out <- prometheus.MustNewConstMetric(waiting, prometheus.GaugeValue, float64(queued), string(in))
		}
	}
}

// laneOf gives the lane of a route, or of none among programs' paths or people's.
func laneOf(r *Route, program bool) lane {
	switch {
	case r != nil && (r.Action == Health || r.Action == static):
		return free
	case r != nil && (r.Patient || r.Open):
		return patient
	case r != nil && r.MaxBody > MaxBody:
		return bulky
	case r != nil && strings.HasPrefix(r.Action, decisionActions):
		return asking
	case program:
		return calls
	}
	return pages
}

// Health is the word that stands for an action on routes by which supervisors ask.
const Health = "health"

const (
	static          = "static"    // the word that stands for an action on routes of our own bytes
	document        = "document"  // likewise, on routes that describe the API to whoever asks
	decisionActions = "decision." // how the names of actions begin that answer questions
)

// admit lets a request in, or refuses it: by the budget of its address, unless it brings what may tell a program to who
// looks at it, whose budget counts then; and by what is under way. leave is called at its end. Kinds: Limited, Unavailable.
func (l *limits) admit(r *http.Request, x *exchange) (leave func(), err error) {
	in := laneOf(x.route, x.program)
	if in == free {
		return func() {}, nil
	}
	x.from, _ = hop(x.actor.IP)
	if !x.identifies(r) {
		if err := x.unrecognised(); err != nil {
			return nil, err
		}
	}
	who := neighbourhood(x.from)
	if in == asking {
		who = netip.Addr{} // the host product asks from few addresses
	}
	slots := l.slots[in]
	if slots == nil {
		return x.settle, nil
	}
	if !slots.Enter(r.Context(), who) {
		return nil, roster.Errorf(roster.Unavailable, "busy", "There is too much to do at the moment. Try again in a moment.").After(retryBusy)
	}
	return func() { slots.Leave(who); x.settle() }, nil
}

// identifies tells whether a request brings what may tell a program, to a door that looks: that says whose budget it is.
func (x *exchange) identifies(r *http.Request) bool {
	looks := x.program && x.route != nil && x.route.Action != document
	if !looks || strings.HasPrefix(r.URL.Path, "/oauth2/") { // where what is only shown asks nobody
		return looks && r.Method == http.MethodPost
	}
	_, err := BearerToken(r)
	return err == nil
}

// settle counts a request that nobody's budget was asked for by its address after all.
func (x *exchange) settle() {
	if !x.counted {
		_ = x.unrecognised() // it was answered: the next one is refused
	}
}

// Recognised counts a request by the API user or product client that makes it. Kind: Limited, code too_many_requests.
func Recognised(ctx context.Context, client string) error {
	x := exchangeFrom(ctx)
	if x == nil || x.limits == nil || x.counted {
		return nil
	}
	name, budget := "client", x.limits.clients
	if x.route != nil && strings.HasPrefix(x.route.Action, decisionActions) {
		name, budget = "decisions", x.limits.decisions
	}
	return spend(x, name, budget, client)
}

// Unrecognised counts a request by its address, since what it brought tells no program. It gives the error that it is
// answered with: why nobody was recognised or, where the address has used its budget up, that. Kind: Limited.
func Unrecognised(ctx context.Context, why error) error {
	if x := exchangeFrom(ctx); x != nil && x.limits != nil && !x.counted {
		if err := x.unrecognised(); err != nil {
			return err
		}
	}
	return why
}

func (x *exchange) unrecognised() error {
	return spend(x, "address", x.limits.addresses, neighbourhood(x.from))
}

// neighbourhood is what of an address is somebody's own: IPv4 whole, of IPv6 the first 64 bits.
func neighbourhood(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// spend takes a request from a budget and tells programs what is left of it, as the IETF's draft of RateLimit header
// fields has it (draft-ietf-httpapi-ratelimit-headers-10).
func spend[K comparable](x *exchange, name string, b *limit.Budget[K], who K) error {
	x.counted = true
	if b == nil {
		return nil
	}
	left := b.Spend(who, x.limits.clock())
	quota, window := b.Quota()
	if x.program || !left.OK {
		text := make([]byte, 0, 48)
		text = append(append(append(text, '"'), name...), `";q=`...)
		text = append(strconv.AppendInt(text, int64(quota), 10), ";w="...)
		text = strconv.AppendInt(text, int64(window/time.Second), 10)
		x.header["Ratelimit-Policy"] = []string{string(text)}
		text = append(append(append(text[:0], '"'), name...), `";r=`...)
		text = append(strconv.AppendInt(text, int64(left.Remaining), 10), ";t="...)
		text = strconv.AppendInt(text, int64((left.Whole+time.Second-1)/time.Second), 10)
		x.header["Ratelimit"] = []string{string(text)}
	}
	if left.OK {
		return nil
	}
	return roster.Errorf(roster.Limited, "too_many_requests", "Too many requests came within a short time. Wait a moment before the next.").After(left.Wait)
}
