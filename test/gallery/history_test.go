package gallery

import (
	"time"

	lines "roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/server/web/history"
)

// historyPages are the history of an organisation and the tab of a member's.
func (m maker) historyPages() []sample {
	days := func(n int) []lines.Day {
		all := make([]lines.Day, n)
		for i := range all {
			all[i] = lines.Day{Begins: time.Date(2026, 11, 22-n+i, 0, 0, 0, 0, time.UTC), Lines: i * i % 17}
		}
		return all
	}
	page := m.page()
	page.Allowed = append(page.Allowed, "history.export", "history.checkpoint")
	at := history.Shown{At: "/o/acme/history"}
	all := at
	all.Events, all.NextCursor = m.events(), "3"
	later := all
	later.Later = true
	filtered := all
	filtered.Events, filtered.Actor, filtered.Member = m.events()[:2], m.text(0, "Anna Silva"), m.text(1, "Bruno Costa")
	filtered.Filter = history.Filter{Actor: string(id(0)), Action: "member.block", Member: string(id(1)), First: "2026-11-01", Last: "2026-11-22"}
	nothing := at
	nothing.Filter = history.Filter{Action: "role.delete", First: "2026-11-01"}
	wrong := at
	wrong.Filter = history.Filter{Actor: m.text(0, "nobody@example.com"), Action: "something.new", First: "soon", Last: "2026-11-01"}
	wrong.Form = fields("actor", "There is no such member.", "first", "Write a day as year, month and day, such as 2026-11-22.")
	row := m.rows(2)[1]
	of := history.MemberView{Page: m.page(), Of: row.Member, Roles: "Auditor", CreatedBy: m.text(0, "Anna Silva"), Allowed: append(row.Allowed, "member.history", "member.access"), Shown: history.Shown{At: "/o/acme/team/" + string(id(1)) + "/history?from=%2Fo%2Facme%2Fteam"}}
	full := of
	full.Events, full.NextCursor, full.Filter = m.events(), "3", history.Filter{First: "2026-11-01"}
	blocked := of
	blocked.Of.Status, blocked.Form, blocked.Filter = roster.Blocked, wrong.Form, wrong.Filter
	return []sample{
		{"history", history.List(history.ListView{Page: page, Shown: all, Days: days(30)})},
		{"history-quarter", history.List(history.ListView{Page: page, Shown: all, Days: days(92)})},
		{"history-day", history.List(history.ListView{Page: m.page(), Shown: all, Days: days(1)})},
		{"history-later", history.List(history.ListView{Page: page, Shown: later})},
		{"history-filtered", history.List(history.ListView{Page: page, Shown: filtered})},
		{"history-nomatch", history.List(history.ListView{Page: page, Shown: nothing})},
		{"history-wrong", history.List(history.ListView{Page: page, Shown: wrong})},
		{"history-none", history.List(history.ListView{Page: page, Shown: at})},
		{"member-history", history.Of(full)},
		{"member-history-none", history.Of(of)},
		{"member-history-wrong", history.Of(blocked)},
	}
}
