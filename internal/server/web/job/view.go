// Package job holds the pages of what goes on by itself in an organisation: letters, with what became of each, and imports.
// An import's own pages are another package's. The pages are made from their structs alone.
package job

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/letters"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
)

// every is the value by which letters of any state are asked for.
const every = "all"

// groups are the states of letters as people look for them, what asks for somebody first.
func groups() []string { return []string{"failed", "waiting", "done", "cancelled"} }

// states gives the states of a group; none for any.
func states(group string) []jobdb.State {
	switch group {
	case "failed":
		return jobdb.Dead()
	case "waiting":
		return []jobdb.State{jobdb.Waiting, jobdb.Running}
	case "done":
		return []jobdb.State{jobdb.Done}
	case "cancelled":
		return []jobdb.State{jobdb.Cancelled}
	}
	return nil
}

// At is which letters are shown.
type At struct{ State, Kind, Cursor string }

// LettersView is a page of letters.
type LettersView struct {
	web.Page
	Form   web.Form
	Now    time.Time
	At     At
	Counts map[jobdb.State]int
	Hour   int // taken by the mail server within an hour
	Rows   []Letter
	Pager  web.Pager
	Told   *Told // what became of letters that were to be sent again; nil where none were
}

// Told is what became of letters that were to be sent again.
type Told struct {
	Done, Left int
	Refusals   []Refusal
}

// Refusal is why letters were not sent again, and how many.
type Refusal struct {
	Why string
	N   int
}

// refuse notes a letter that was not sent again.
func (t *Told) refuse(why string) {
	if i := slices.IndexFunc(t.Refusals, func(r Refusal) bool { return r.Why == why }); i >= 0 {
		t.Refusals[i].N++
		return
	}
	t.Refusals = append(t.Refusals, Refusal{why, 1})
}

// mostTold is how many different refusals are told.
const mostTold = 10

// shown gives those that are told, and how many letters are not told of.
func (t Told) shown() (all []Refusal, more int) {
	all = t.Refusals[:min(len(t.Refusals), mostTold)]
	for _, r := range t.Refusals[len(all):] {
		more += r.N
	}
	return all, more
}

// of gives how many letters are in a group.
func (v LettersView) of(group string) int {
	n := 0
	for s, count := range v.Counts {
		if group == every || slices.Contains(states(group), s) {
			n += count
		}
	}
	return n
}

// first gives the group that is shown where none is asked for.
func (v LettersView) first() string {
	for _, g := range groups() {
		if v.of(g) > 0 {
			return g
		}
	}
	return every
}

// url gives the address of a page of letters.
func (v LettersView) url(at At) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": at.State, "kind": at.Kind, "cursor": at.Cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return v.In("jobs")
	}
	return v.In("jobs") + "?" + q.Encode()
}

// tabs lead to the letters of each group that there are.
func (v LettersView) tabs() []web.Tab {
	var all []web.Tab
	add := func(group string, n int) {
		t := web.Tab{Label: v.Say("letter.tab", "state", v.Say("letter.tab."+group), "n", v.Number(n)), URL: v.url(At{State: group, Kind: v.At.Kind})}
		if group == v.At.State {
			t.URL = ""
		}
		all = append(all, t)
	}
	for _, g := range groups() {
		if n := v.of(g); n > 0 || g == v.At.State {
			add(g, n)
		}
	}
	if len(all) > 1 {
		add(every, v.of(every))
	}
	return all
}

// kinds are those that letters are looked at by.
func (v LettersView) kinds() []web.Option {
	all := []web.Option{{Label: v.Say("letter.kind.any"), Checked: v.At.Kind == ""}}
	for _, k := range letterdb.Kinds() {
		all = append(all, web.Option{Value: k, Label: v.Say("letter.kind." + k), Checked: k == v.At.Kind})
	}
	return all
}

// resendable tells whether one of those that are shown can be sent again.
func (v LettersView) resendable() bool { return slices.ContainsFunc(v.Rows, Letter.Resendable) }

// pace says how letters leave: how many wait, and how many the mail server took within an hour.
func (v LettersView) pace() string {
	return v.Counted("letter.pace.waiting", v.of("waiting")) + " · " + v.Counted("letter.pace.hour", v.Hour)
}

// Letter is one as the page shows it.
type Letter struct{ letters.Letter }

func (l Letter) tone() string {
	switch l.State {
	case jobdb.Refused, jobdb.GivenUp:
		return "stop"
	case jobdb.Done, jobdb.Running:
		return "good"
	case jobdb.Cancelled:
		return "off"
	}
	return "wait"
}

// page gives the member's page; none of one who was removed.
func (l Letter) page(p web.Page) string {
	if l.Member.Status == roster.Removed || l.Member.ID == "" {
		return ""
	}
	return p.Member(l.Member.ID)
}

// at gives when the letter met its state.
func (l Letter) at() time.Time {
	if l.DoneAt.IsZero() {
		return l.MadeAt
	}
	return l.DoneAt
}

// later tells whether the letter is tried again only later.
func (l Letter) later(now time.Time) bool { return l.State == jobdb.Waiting && l.DueAt.After(now) }

// WorkView is the page of imports.
type WorkView struct {
	web.Page
	Now     time.Time
	Rows    []Work
	Exports []imports.Export
}

// Work is an import as the page shows it.
type Work struct{ imports.Work }

func (w Work) called(p web.Page) string {
	if w.Name != "" {
		return w.Name
	}
	return p.Say("import.unnamed")
}

// page gives an address of the import's own.
func (w Work) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"imports", w.ID}, parts...)...)
}

func (w Work) runs() bool { return w.State == importdb.Running }

func (w Work) tone() string {
	return map[importdb.State]string{importdb.Open: "wait", importdb.Running: "wait", importdb.Done: "good", importdb.Stopped: "stop", importdb.Cancelled: "off"}[w.State]
}

// told says whose it is, how many rows there are, and how far it is.
func (w Work) told(p web.Page) string {
	all := []string{p.Doer(w.MadeBy, w.Maker), p.Counted("import.rows", w.Total)}
	for _, s := range []importdb.RowState{importdb.Changed, importdb.Refused, importdb.Wrong} {
		if n := w.Rows[s]; n > 0 {
			all = append(all, p.Counted("import.count."+string(s), n))
		}
	}
	return strings.Join(all, " · ")
}

// waits tells whether letters must wait, and so the rows.
func (w Work) waits(now time.Time) bool { return w.runs() && w.Due.Sub(now) > 10*time.Second }

// tabs are the two pages; open is the one that is shown.
func tabs(p web.Page, open string) []web.Tab {
	all := []web.Tab{{Label: p.Say("letter.page"), URL: p.In("jobs")}}
	if p.May("job.list") {
		all = append(all, web.Tab{Label: p.Say("job.page"), URL: p.In("jobs", "imports")})
	}
	return web.Opened(open, all)
}
