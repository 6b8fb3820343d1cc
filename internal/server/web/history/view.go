// Package history holds the pages of an organisation's history and of a member's. It reads no history itself.
package history

import (
	"net/url"
	"strconv"
	"strings"

	lines "roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// Shown is a page of lines, the newest first, as far as a filter lets them through.
type Shown struct {
	Filter     Filter
	Form       web.Form // what is wrong with the filter
	At         string   // the page's address without the filter
	Events     []roster.Event
	Actor      string // what to call whom the filter names as who acted; empty for as it stands there
	Member     string // likewise, for whom it was done to
	NextCursor string // empty on the last page
	Later      bool   // this is not the first page
}

// ListView is a page of an organisation's history.
type ListView struct {
	web.Page
	Shown
	Days []lines.Day // of the chart; none where there is none
}

// MemberView is what the history tells of a member.
type MemberView struct {
	web.Page
	Shown
	Of                   roster.Member
	Expired              bool // the open invitation's time is over
	Roles                string
	CreatedBy, UpdatedBy string   // names, not IDs
	Allowed              []string // what the viewer may do with this one, by action name
}

// url gives the page's address with a filter.
func (s Shown) url(q url.Values) string {
	switch {
	case len(q) == 0:
		return s.At
	case strings.Contains(s.At, "?"):
		return s.At + "&" + q.Encode()
	}
	return s.At + "?" + q.Encode()
}

// exported gives the query by which an export takes what the page shows; about is the member that all its lines are about.
func (s Shown) exported(about string) string {
	f := s.Filter
	if about != "" {
		f.Member = about
	}
	return f.Query()
}

func (s Shown) pager() web.Pager {
	var g web.Pager
	if s.Later {
		g.FirstURL = s.url(s.Filter.values())
	}
	if s.NextCursor != "" {
		q := s.Filter.values()
		q.Set("cursor", s.NextCursor)
		g.NextURL = s.url(q)
	}
	return g
}

// narrowing leads from a line to less.
func (s Shown) narrowing(e roster.Event) web.Narrowing {
	var n web.Narrowing
	if s.Filter.Actor == "" && e.ActorID != "" {
		n.Actor = s.url(s.Filter.with("actor", e.ActorID).values())
	}
	if s.Filter.Action == "" {
		n.Action = s.url(s.Filter.with("action", e.Action).values())
	}
	return n
}

// carried is what of the address a form that asks for a filter has to carry along.
func (s Shown) carried() []web.Hidden {
	_, query, _ := strings.Cut(s.At, "?")
	q, err := url.ParseQuery(query)
	if err != nil || q.Get("from") == "" {
		return nil
	}
	return []web.Hidden{{Name: "from", Value: q.Get("from")}}
}

// action gives where such a form leads.
func (s Shown) action() string {
	path, _, _ := strings.Cut(s.At, "?")
	return path
}

type chip struct{ label, without string }

// chips are what narrows the lines, each with the address without it.
func (s Shown) chips(p web.Page) []chip {
	var all []chip
	add := func(name, value, label string) {
		if value != "" {
			all = append(all, chip{label, s.url(s.Filter.with(name, "").values())})
		}
	}
	f := s.Filter
	add("actor", f.Actor, p.Say("history.chip.actor", "name", s.actor(p)))
	add("action", f.Action, p.ActionName(f.Action))
	add("member", f.Member, p.Say("history.chip.member", "name", or(s.Member, f.Member)))
	add("first", f.First, p.Say("history.chip.first", "day", inWords(p, f.First)))
	add("last", f.Last, p.Say("history.chip.last", "day", inWords(p, f.Last)))
	return all
}

// actor names whom the filter means as who acted; who is no member, as the lines do.
func (s Shown) actor(p web.Page) string {
	if s.Actor != "" {
		return s.Actor
	}
	for _, e := range s.Events {
		if e.ActorID == s.Filter.Actor && e.ActorName != "" {
			return e.ActorName
		}
	}
	return p.Doer(s.Filter.Actor, "")
}

// inWords writes a form's day in words.
func inWords(p web.Page, text string) string {
	t, err := day(text, zoneOf(p))
	if err != nil {
		return text
	}
	return p.Words.ShortDay(t)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// actions offers what can have been done, in groups; one that stands in no group is offered by itself.
func (s Shown) actions(p web.Page) []web.OptionGroup {
	chosen, found := s.Filter.Action, s.Filter.Action == ""
	all := []web.OptionGroup{{Name: p.Say("history.group.every"), Options: []web.Option{{Label: p.Say("history.filter.any"), Checked: found}}}}
	for _, g := range Kinds() {
		group := web.OptionGroup{Name: p.Say("history.group." + g.Name)}
		for _, a := range g.Actions {
			group.Options = append(group.Options, web.Option{Value: string(a), Label: p.ActionName(string(a)), Checked: string(a) == chosen})
			found = found || string(a) == chosen
		}
		all = append(all, group)
	}
	if !found {
		all[0].Options = append(all[0].Options, web.Option{Value: chosen, Label: p.ActionName(chosen), Checked: true})
	}
	return all
}

// bar is one day of a chart, in the chart's own units.
type bar struct{ x, y, width, height, title string }

const (
	barStep, barWidth = 12, 9
	chartHeight       = 60
)

// bars draws days; the day with the most lines is as high as the chart.
func (v ListView) bars() []bar {
	most := v.most()
	all := make([]bar, len(v.Days))
	for i, d := range v.Days {
		height := 0
		if d.Lines > 0 {
			height = max(2, d.Lines*chartHeight/most)
		}
		all[i] = bar{
			strconv.Itoa(i * barStep), strconv.Itoa(chartHeight - height), strconv.Itoa(barWidth), strconv.Itoa(height),
			v.Words.ShortDay(d.Begins) + ": " + v.Counted("history.days.lines", d.Lines),
		}
	}
	return all
}

func (v ListView) box() string {
	return "0 0 " + strconv.Itoa(len(v.Days)*barStep-barStep+barWidth) + " " + strconv.Itoa(chartHeight)
}

func (v ListView) most() int {
	most := 1
	for _, d := range v.Days {
		most = max(most, d.Lines)
	}
	return most
}

func (v ListView) told() int {
	sum := 0
	for _, d := range v.Days {
		sum += d.Lines
	}
	return sum
}

// days says of which days a chart tells.
func (v ListView) days() string {
	return v.Say("history.days.span", "first", v.Words.ShortDay(v.Days[0].Begins), "last", v.Words.ShortDay(v.Days[len(v.Days)-1].Begins))
}

// only gives the address of one day's lines.
func (v ListView) only(d lines.Day) string {
	date := d.Begins.Format("2006-01-02")
	return v.url(Filter{First: date, Last: date}.values())
}

// state gives a member's status as people see it, as a key of words and a tone of web.Dot.
func (v MemberView) state() (key, tone string) {
	switch v.Of.Status {
	case roster.Active:
		return "active", "good"
	case roster.Blocked:
		return "blocked", "stop"
	case roster.Removed:
		return "removed", "off"
	}
	if v.Expired {
		return "expired", "late"
	}
	return "invited", "wait"
}
