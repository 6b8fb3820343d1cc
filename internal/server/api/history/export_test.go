package history_test

import (
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// TestAHistoryIsNarrowedAndExported: who did something is asked by an address as by an ID, of one member's history too; a
// file has what the list has, and is a line itself; each order that cannot be meant is refused at its field.
func TestAHistoryIsNarrowedAndExported(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ann, annas := r.Holder(t, "Ann", team.Giving{Role: roster.RoleAuditor})
		uma, umas := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		_, bobs := r.Holder(t, "Bob")
		uma.Ask("POST", "members/"+string(bobs.Member)+"/block", `{}`).Is(200)
		count := func(path string) int {
			t.Helper()
			return len(ann.Get(path)["items"].([]any))
		}
		rest.Equal(t, "by an ID", count("history?actor="+string(umas.Member)+"&action=member.block"), 1)
		rest.Equal(t, "about one member", count("members/"+string(bobs.Member)+"/history?actor="+string(umas.Member)), 1)
		rest.Equal(t, "by the command line", count("history?actor=cli&action=organisation.create"), 1)
		ann.Ask("GET", "history?actor=nobody@example.com", "").Refuses(404, "not_found")
		ann.Ask("GET", "history?member=nobody@example.com", "").Refuses(404, "not_found")
		rest.Equal(t, "an unknown name, of one member", count("members/"+string(bobs.Member)+"/history?actor=nobody@example.com"), 0)

		got := ann.Ask("POST", "history/export", `{"format":"csv","filter":{"actor":"`+string(umas.Member)+`","action":"member.block"}}`)
		rest.Equal(t, "status", got.StatusCode, 200)
		rest.Equal(t, "name", got.Header.Get("Content-Disposition"), "attachment; filename=history-2026-11-22.csv")
		if !strings.HasPrefix(got.Text, "Time (UTC),Who,What,About,Field,Before,After,Way,Address,Position\r\n") || !strings.Contains(got.Text, ",Uma Holder,Member blocked,Bob Holder,Status,Active,Blocked,API,") {
			t.Errorf("the file: %q", got.Text)
		}
		e := r.Newest(t, nil)
		rest.Equal(t, "told", e.Action+" "+e.ActorID+" "+got.Header.Get("Roster-Seq"), "history.export "+string(annas.Member)+" "+rest.Show(e.Seq))
		if told := rest.Show(e.Changes); !strings.Contains(told, "action=member.block") {
			t.Errorf("the history tells %s", told)
		}
		last := r.Newest(t, nil)
		ann.Ask("POST", "history/export", `{"format":"pdf"}`).At(422, "format", "format_unknown")
		ann.Ask("POST", "history/export", `{"format":"csv","filter":{"from":"soon"}}`).At(422, "from", "time_invalid")
		ann.Ask("POST", "history/export", `{"format":"csv","filter":{"actor":"nobody@example.com"}}`).Refuses(404, "not_found")
		r.Quiet(t, last)
	})
}
