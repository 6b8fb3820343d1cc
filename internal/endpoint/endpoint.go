// Package endpoint is where events go: a webhook's address, which events it is told, how far it has got, and what became of
// each delivery. It sends nothing and keeps nothing.
package endpoint

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/roster"
)

// Endpoint is one webhook: of an organisation, or of a product client for all organisations.
type Endpoint struct {
	Org       roster.OrgID // the installation for a product client's
	ID        string
	Client    string // the product client whose it is; empty for an organisation's
	Name      string
	URL       string
	Events    []string // actions, such as member.block, whole areas, such as member.*, or * for all
	Secret    string   // sealed, as both are
	LastFour  string   // of the secret
	Old       string   // the secret before, while deliveries are signed with both
	OldUntil  time.Time
	PausedAt  time.Time
	Why       Pause
	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	UpdatedBy string
	Version   int64
}

// Pause says why nothing is delivered.
type Pause string

// The reasons of a pause.
const (
	ByHand  Pause = "by_hand"
	Failing Pause = "failing" // nothing could be delivered for as long as it is tried
	Gone    Pause = "gone"    // the receiver answered that it is there no more
)

// Patience is how long an event is tried before its webhook is paused.
const Patience = 72 * time.Hour

// Overlap is how long deliveries are signed with the secret before, too, unless somebody says otherwise.
const Overlap = 24 * time.Hour

// LongestOverlap bounds that.
const LongestOverlap = 30 * 24 * time.Hour

// All stands for every event.
const All = "*"

// Bounds of a webhook: characters, and how many events it may name.
const (
	MaxName    = 60
	MaxURL     = 500
	MostEvents = 50
)

// NewID makes a webhook's identifier.
func NewID() string { return roster.NewID("whk_") }

// Ref points at the webhook.
func (e Endpoint) Ref() roster.Ref { return roster.Ref{Kind: "webhook", ID: e.ID, Name: e.Name} }

// Paused tells whether nothing is delivered.
func (e Endpoint) Paused() bool { return !e.PausedAt.IsZero() }

// Overlaps tells whether deliveries are signed with the secret before, too.
func (e Endpoint) Overlaps(at time.Time) bool { return e.Old != "" && at.Before(e.OldUntil) }

// Wants tells whether the webhook is told of an action.
func (e Endpoint) Wants(action string) bool {
	return slices.ContainsFunc(e.Events, func(of string) bool { return Covers(of, action) })
}

// Covers tells whether a filter's word means an action.
func Covers(word, action string) bool {
	area, whole := strings.CutSuffix(word, ".*")
	return word == All || word == action || whole && strings.HasPrefix(action, area+".")
}

// Clean gives the webhook as it is kept, or an Invalid error that lists every field at fault. actions are all there are;
// local allows addresses of this machine and of private networks, and plain http.
func (e Endpoint) Clean(actions []string, local bool) (Endpoint, error) {
	var bad roster.Problems
	name, err := roster.CleanName(e.Name)
	if err == nil && len([]rune(name)) > MaxName {
		err = roster.Errorf(roster.Invalid, "too_long", "A webhook's name has at most %d characters.", MaxName)
	}
	bad.Add("name", err)
	e.URL = strings.TrimSpace(e.URL)
	bad.Add("url", checkURL(e.URL, local))
	if e.Name = name; name == "" && err == nil {
		if u, err := url.Parse(e.URL); err == nil {
			e.Name = u.Hostname()
		}
	}
	e.Events, err = cleanEvents(e.Events, actions)
	bad.Add("events", err)
	return e, bad.Err()
}

func checkURL(s string, local bool) error {
	if s == "" {
		return roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
	}
	u, err := url.Parse(s)
	if err != nil || utf8.RuneCountInString(s) > MaxURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return roster.Errorf(roster.Invalid, "url_invalid", "Write an address that begins with https://, such as https://hooks.example.com/roster.")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); !local && (err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()) || u.Hostname() == "localhost") {
		return roster.Errorf(roster.Invalid, "url_private", "This address belongs to a private network or to this machine. Deliveries go to public addresses alone.")
	}
	return nil
}

// cleanEvents gives a filter's words, sorted, each once; all events where none is named.
func cleanEvents(words, actions []string) ([]string, error) {
	var clean []string
	for _, w := range words {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			clean = append(clean, w)
		}
	}
	slices.Sort(clean)
	clean = slices.Compact(clean)
	switch {
	case len(clean) == 0 || slices.Contains(clean, All):
		return []string{All}, nil
	case len(clean) > MostEvents:
		return nil, roster.Errorf(roster.Invalid, "events_invalid", "Name at most %d events, or whole areas such as member.*.", MostEvents)
	}
	for _, w := range clean {
		if !slices.ContainsFunc(actions, func(a string) bool { return Covers(w, a) }) {
			return nil, roster.Errorf(roster.Invalid, "event_unknown", "There is no event %q. Write an action such as member.block, an area such as member.*, or * for all.", Short(w, MaxName))
		}
	}
	return clean, nil
}

// Short gives the beginning of a text, for people to recognise.
func Short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Progress is how far a webhook has got in one organisation's history.
type Progress struct {
	Org      roster.OrgID // whose the webhook is, as in Endpoint
	Webhook  string
	Of       roster.OrgID // whose history it is
	Seq      int64        // everything up to here is delivered, or not wanted
	Turn     int64        // rises when somebody sets Seq or lets it go on, so that who is at it notices
	Tries    int          // of the event after Seq
	FailedAt time.Time    // when it first failed; zero while it did not
	DueAt    time.Time    // when to try again
	Newest   int64        // where the history stands
}

// Delivery is one attempt to deliver one event.
type Delivery struct {
	Org     roster.OrgID
	Webhook string
	ID      string
	Of      roster.OrgID
	Seq     int64 // 0 for a test
	Action  string
	At      time.Time
	Try     int    // from 1
	URL     string // hushed
	Status  int    // of the answer; 0 without one
	Answer  string // its first bytes
	Failure Failure
	Took    time.Duration
}

// Done tells whether the receiver has the event.
func (d Delivery) Done() bool { return d.Failure == "" }

// Failure says why a receiver does not have an event.
type Failure string

// The failures.
const (
	Refused     Failure = "refused"     // another status than 2xx
	Redirected  Failure = "redirected"  // redirects are not followed
	Private     Failure = "private"     // the address belongs to a private network or to this machine
	Slow        Failure = "slow"        // no answer in time
	NoMore      Failure = "gone"        // the receiver answered that it is there no more
	Unreachable Failure = "unreachable" // no connection, or none that can be trusted
)

// NewDeliveryID makes a delivery's identifier.
func NewDeliveryID() string { return roster.NewID("dlv_") }

// MessageID is what receivers know an event by: the same whenever it is delivered, and to whom.
func MessageID(of roster.OrgID, seq int64) string { return messageID(string(of), seq) }

// Keep is how long deliveries are remembered, and KeepMost how many of one webhook.
const (
	Keep     = 30 * 24 * time.Hour
	KeepMost = 1000
)
