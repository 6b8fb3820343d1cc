package history

import (
	"net/url"
	"strings"
	"time"

	lines "roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/zone"
)

// Filter is which lines a page shows, as it stands in the address.
type Filter struct {
	Actor  string // who acted: an ID, an e-mail address or a client ID
	Action string // what was done, by the action's name
	First  string // the first day, as forms write it
	Last   string // the last one, which is shown too
	Member string // whom it was done to; of the organisation's history alone
}

// FilterOf reads a filter from an address's query.
func FilterOf(q url.Values) Filter {
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	return Filter{get("actor"), get("action"), get("first"), get("last"), get("member")}
}

// ParseFilter reads a filter from a query that a form carries along.
func ParseFilter(query string) Filter {
	q, err := url.ParseQuery(query)
	if err != nil {
		return Filter{}
	}
	return FilterOf(q)
}

func (f *Filter) parts() map[string]*string {
	return map[string]*string{"actor": &f.Actor, "action": &f.Action, "first": &f.First, "last": &f.Last, "member": &f.Member}
}

// values gives the filter as it stands in an address, from the first page on.
func (f Filter) values() url.Values {
	q := url.Values{}
	for name, at := range f.parts() {
		if *at != "" {
			q.Set(name, *at)
		}
	}
	return q
}

// Query gives the filter as it stands in an address.
func (f Filter) Query() string { return f.values().Encode() }

// Any tells whether something narrows the lines.
func (f Filter) Any() bool { return f != Filter{} }

// narrow tells whether something other than time does.
func (f Filter) narrow() bool { return f.Actor != "" || f.Action != "" || f.Member != "" }

// with gives the filter with one part set, or taken off.
func (f Filter) with(name, value string) Filter {
	*f.parts()[name] = value
	return f
}

// Chosen gives the filter as the room takes it; days are those of a zone. Kind: Invalid.
func (f Filter) Chosen(in *time.Location) (lines.Query, error) {
	var bad roster.Problems
	for name, at := range f.parts() {
		_, err := roster.CleanName(*at)
		bad.Add(name, err)
	}
	q := lines.Query{Actor: f.Actor, Action: f.Action, Member: roster.MemberID(f.Member)}
	first, err := day(f.First, in)
	bad.Add("first", err)
	last, err := day(f.Last, in)
	bad.Add("last", err)
	if q.From = first; !last.IsZero() {
		q.To = zone.Day(last, 1)
		if last.Before(first) {
			bad.Add("last", roster.Errorf(roster.Invalid, "span_invalid", "The last day is before the first."))
		}
	}
	return q, bad.Err()
}

// day reads a form's day; none is zero.
func day(text string, in *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := zone.ParseDay(text, in)
	if err != nil {
		return t, roster.Errorf(roster.Invalid, "day_invalid", "Write a day as year, month and day, such as 2026-11-22.")
	}
	return t, nil
}

// zoneOf gives the one in which a page's days are.
func zoneOf(p web.Page) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// standardDays is how many days a chart tells of when nothing says which.
const standardDays = 30

// span gives the days that a chart tells of: those of the filter, as far as they have come.
func (f Filter) span(now time.Time) (first, last time.Time, ok bool) {
	last = now
	if d, err := day(f.Last, now.Location()); err == nil && !d.IsZero() && d.Before(now) {
		last = d
	}
	first = zone.Day(last, 1-standardDays)
	if d, err := day(f.First, now.Location()); err == nil && !d.IsZero() {
		first = d
	}
	return first, last, !f.narrow() && !first.After(last)
}
