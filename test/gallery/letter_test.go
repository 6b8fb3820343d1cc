package gallery

import (
	"fmt"
	"time"

	tables "roster/internal/action/team/apply/imports"
	"roster/internal/action/team/letters"
	"roster/internal/roster"
	"roster/internal/server/web"
	pages "roster/internal/server/web/job"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
)

// lettered is a letter to somebody.
func (m maker) lettered(n int, kind string, state jobdb.State, change ...func(*letters.Letter)) pages.Letter {
	l := letters.Letter{
		Letter: letterdb.Letter{Job: jobdb.Job{ID: fmt.Sprintf("job_%d", n), Kind: letterdb.Prefix + kind, About: string(id(n)), State: state, Attempt: 1, MadeAt: now.Add(-time.Hour), DoneAt: now}},
		Member: roster.Member{ID: id(n), Name: m.text(n, people[n][0]+" "+people[n][1]), Email: roster.Email{Typed: fmt.Sprintf("p%d@example.com", n)}, Status: roster.Invited},
	}
	for _, c := range change {
		c(&l)
	}
	return pages.Letter{Letter: l}
}

// letterPages are letters with what became of each, and imports as those follow them who did not send them in.
func (m maker) letterPages() []sample {
	why := func(text, instead string) func(*letters.Letter) {
		return func(l *letters.Letter) { l.Error, l.Instead = m.text(1, text), instead }
	}
	waits := func(place, attempt int, due time.Time) func(*letters.Letter) {
		return func(l *letters.Letter) { l.Place, l.Attempt, l.DueAt, l.DoneAt = place, attempt, due, time.Time{} }
	}
	counts := map[jobdb.State]int{jobdb.Refused: 4, jobdb.GivenUp: 2, jobdb.Waiting: 1204, jobdb.Done: 31, jobdb.Cancelled: 2}
	failed := pages.LettersView{Page: m.page(), Now: now, At: pages.At{State: "failed"}, Counts: counts, Hour: 998, Rows: []pages.Letter{
		m.lettered(1, "invitation", jobdb.Refused, why("The mail server refused the recipient: 550 5.1.1 There is no such mailbox.", "")),
		m.lettered(2, "invitation", jobdb.GivenUp, why("The mail server did not answer in time.", letters.Followed)),
		m.lettered(3, "invitation", jobdb.Refused, why("The mail server refused the recipient: 554 spam", letters.Ended)),
		m.lettered(4, "factor_reset", jobdb.Refused, why("The mail server refused the letter.", letters.Anew)),
		m.lettered(5, "news", jobdb.GivenUp, why("The mail server ended the connection.", letters.Next)),
		m.lettered(6, "visit", jobdb.Refused, why("The mail server refused the letter.", letters.Operator)),
		m.lettered(7, "invitation", jobdb.Refused, why("The mail server refused the letter.", letters.Withheld)),
	}, Pager: web.Pager{Shown: "6 of 6"}}
	told := failed
	told.Told = &pages.Told{Done: 2, Left: 120, Refusals: []pages.Refusal{{Why: m.text(0, "Within an hour you sent 1000 invitations, and more must wait a while."), N: 3}, {Why: "Berta Blom is blocked.", N: 1}}}
	refused := failed
	refused.Form = web.Form{Err: roster.Errorf(roster.Conflict, "letter_state", "This letter is not one to send again: it is no invitation, did not fail, or is over. Look at the list again.")}
	waiting := failed
	waiting.At, waiting.Pager = pages.At{State: "waiting", Kind: "invitation"}, web.Pager{Shown: "25 of 1,204", NextURL: "/o/acme/jobs?state=waiting&cursor=x"}
	waiting.Rows = []pages.Letter{
		m.lettered(1, "invitation", jobdb.Waiting, waits(3, 0, now)),
		m.lettered(2, "way", jobdb.Waiting, waits(1200, 4, now.Add(3*time.Hour)), why("The mail server did not answer in time.", "")),
		m.lettered(3, "password_reset", jobdb.Running, waits(0, 1, now)),
	}
	done := failed
	done.At, done.Rows = pages.At{State: "all", Cursor: "x"}, []pages.Letter{
		m.lettered(1, "invitation", jobdb.Done), m.lettered(2, "deletion", jobdb.Cancelled, func(l *letters.Letter) { l.Member.Status = roster.Removed }),
	}
	done.Pager = web.Pager{Shown: "2 of 39", FirstURL: "/o/acme/jobs?state=all"}
	work := func(state importdb.State, own bool, n ...int) pages.Work {
		w := tables.Work{View: m.imported(state, n...).View, Maker: m.text(2, "Bruno Costa"), Own: own}
		w.MadeBy = string(id(1))
		return pages.Work{Work: w}
	}
	paced, stopped := work(importdb.Running, false, 900, 0, 334), work(importdb.Stopped, true, 12, 0, 30)
	paced.Due = now.Add(40 * time.Minute)
	stopped.Why = roster.Errorf(roster.Denied, "blocked", "Your access to this organisation is blocked.")
	left := tables.Export{Event: roster.Event{Seq: 40, At: now, Action: "member.export", ActorID: string(id(1)), ActorName: m.text(3, "Bruno Costa")}, Name: m.text(0, "acme-team-2026-11-20.xlsx")}
	nothing := pages.LettersView{Page: m.page(), Now: now, At: pages.At{State: "all"}}
	unmatched := nothing
	unmatched.At.Kind = "deletion"
	return []sample{
		{"letters-failed", pages.Letters(failed)},
		{"letters-told", pages.Letters(told)},
		{"letters-refused", pages.Letters(refused)},
		{"letters-waiting", pages.Letters(waiting)},
		{"letters-all", pages.Letters(done)},
		{"letters-none", pages.Letters(nothing)},
		{"letters-nomatch", pages.Letters(unmatched)},
		{"jobs", pages.Imports(pages.WorkView{Page: m.page(), Now: now, Rows: []pages.Work{paced, work(importdb.Open, true, 3, 2), stopped, work(importdb.Done, true, 0, 0, 99_000, 800, 200), work(importdb.Done, false, 0, 0, 12)}, Exports: []tables.Export{left}})},
		{"jobs-none", pages.Imports(pages.WorkView{Page: m.page(), Now: now})},
	}
}
