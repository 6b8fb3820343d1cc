package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/store/importdb"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func upload(t *testing.T, ctx context.Context, h *rostertest.House, lines ...string) imports.View {
	t.Helper()
	v, err := sent(ctx, h, lines...)
	must(t, err)
	return v
}

func sent(ctx context.Context, h *rostertest.House, lines ...string) (imports.View, error) {
	data := strings.Join(lines, "\n")
	return h.Imports.Upload(ctx, imports.File{Name: "team.csv", From: strings.NewReader(data), Size: int64(len(data))})
}

// run does an import to its end, as the job does.
func run(t *testing.T, h *rostertest.House, id string) imports.View {
	t.Helper()
	for range 1000 {
		s, err := h.Imports.Step(h.CLI(""), h.Acme.ID, id)
		must(t, err)
		if s.State != imports.Running || s.Wait > 0 {
			v, err := h.Imports.Show(h.CLI(h.Acme.ID), id)
			must(t, err)
			return v
		}
	}
	t.Fatal("it does not end")
	return imports.View{}
}

// rows tells each row's number, state and what is wrong with it.
func rows(t *testing.T, ctx context.Context, h *rostertest.House, id string) string {
	t.Helper()
	all, err := h.Imports.Read(ctx, id, imports.Page{Limit: 1000})
	must(t, err)
	return told(all)
}

func told(all []imports.Row) string {
	var out []string
	for _, r := range all {
		s := fmt.Sprintf("%d %s", r.Number, r.State)
		for _, d := range r.Did {
			s += " " + d.Action
		}
		if r.Problem != nil {
			for _, f := range r.Problem.Fields {
				s += " !" + f.Field + ":" + f.Code
			}
			if len(r.Problem.Fields) == 0 {
				s += " !" + r.Problem.Code
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

// TestATableComesInWholeOrIsToldRowByRow: what is wrong is told before anything is done and can be corrected, the plan is what
// applying does, what was refused says why, its result can be corrected and sent in again, and a second time nothing changes.
func TestATableComesInWholeOrIsToldRowByRow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Account("Nordwind", "")
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, "First name,Last name,E-mail,Roles,Kind,Customer account,Shoe size",
			"Anna,Berg,anna@example.com,auditor,,,38",
			"Bo,Ek,bo example.com",
			"Cy,Dahl,cy@example.com,,external,Nordwind",
			"Dee,Falk,dee@example.com,No such role",
			"",
			"Ed,Gran,ed@example.com")
		if v.State != importdb.Open || v.Total != 5 || strings.Join(v.Left, ",") != "Shoe size" || v.Name != "team.csv" {
			t.Errorf("sent in: %+v", v)
		}
		equal(t, "checked", rows(t, ctx, h, v.ID), "2 waiting\n3 wrong !email:email_invalid\n4 waiting\n5 waiting\n7 waiting")

		m := v.Mapping
		m[3] = column.None
		v, err := h.Imports.Map(ctx, v.ID, m, 0)
		must(t, err)
		if strings.Join(v.Left, ",") != "Roles,Shoe size" {
			t.Errorf("mapped: %q", v.Left)
		}
		_, err = h.Imports.Map(ctx, v.ID, column.Mapping{column.FirstName}, 0)
		refused(t, "without an address", err, "field_required")
		m[3] = column.Roles
		_, err = h.Imports.Map(ctx, v.ID, m, 0)
		must(t, err)
		row, err := h.Imports.Correct(ctx, v.ID, 3, []string{"Bo", "Ek", "bo@example.com"})
		must(t, err)
		equal(t, "corrected", told([]imports.Row{row}), "3 waiting")
		_, err = h.Imports.Correct(ctx, v.ID, 99, nil)
		refused(t, "no such row", err, "not_found")

		before := lines(t, h)
		planned, err := h.Imports.Plan(ctx, v.ID)
		must(t, err)
		if lines(t, h) != before || planned.Left != 0 || planned.Paced {
			t.Errorf("the plan left something: %+v", planned)
		}
		_, err = h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		_, err = h.Imports.Correct(ctx, v.ID, 3, nil)
		refused(t, "under way", err, "import_running")
		done := run(t, h, v.ID)
		if done.State != imports.Done || done.Rows[importdb.Changed] != 4 || done.Rows[importdb.Refused] != 1 {
			t.Errorf("done: %+v", done)
		}
		want := "2 changed member.invite\n3 changed member.invite\n4 changed member.invite\n5 refused !roles:role_unknown\n7 changed member.invite"
		equal(t, "done", rows(t, ctx, h, v.ID), want)
		equal(t, "planned", told(planned.Rows), want)
		_, err = h.Imports.Correct(ctx, v.ID, 2, nil)
		refused(t, "done already", err, "row_done")

		var b bytes.Buffer
		must(t, imports.Write(ctx, h.Imports, done, sheet.XLSX, &b, imports.Speech{Tag: language.English}))
		data := b.Bytes()
		again, err := h.Imports.Upload(ctx, imports.File{Name: "result.xlsx", From: bytes.NewReader(data), Size: int64(len(data))})
		must(t, err)
		if strings.Join(again.Left, ",") != "Shoe size,Row,Outcome,What was done,What to correct,Member ID in Roster,Client ID in Roster,How to undo it" {
			t.Errorf("the result leaves out %q", again.Left)
		}
		_, err = h.Imports.Correct(ctx, again.ID, 5, []string{"Dee", "Falk", "dee@example.com", "auditor"})
		must(t, err)
		_, err = h.Imports.Start(ctx, again.ID, true)
		must(t, err)
		run(t, h, again.ID)
		equal(t, "again", rows(t, ctx, h, again.ID), "2 same\n3 same\n4 same\n5 changed member.invite\n6 same")
		_, err = h.Imports.Start(ctx, again.ID, true)
		refused(t, "nothing is left", err, "nothing_waits")
		h.Verified(h.Acme.ID)
	})
}

// lines gives how far the organisation's history is.
func lines(t *testing.T, h *rostertest.House) int64 {
	t.Helper()
	page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Limit: 1})
	must(t, err)
	if len(page.Events) == 0 {
		return 0
	}
	return page.Events[0].Seq
}

// table is a table of people who are not there yet.
func table(n int) []string {
	all := []string{"E-mail,First name,Last name"}
	for i := range n {
		all = append(all, fmt.Sprintf("p%03d@example.com,P%03d,Ek", i, i))
	}
	return all
}

// TestEachRowIsDoneOnceWhateverHappens: the house falls again and again, between steps and within them; whoever comes after
// goes on where it stood.
func TestEachRowIsDoneOnceWhateverHappens(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.CLI(h.Acme.ID)
		v := upload(t, ctx, h, table(40)...)
		_, err := h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		for n, state := 0, v.State; state != imports.Done; n++ {
			if n > 200 {
				t.Fatal("it does not end")
			}
			other := rostertest.Open(t, h.Database) // another process, which knows nothing
			falling, fall := context.WithCancel(other.CLI(""))
			if n%3 == 1 {
				time.AfterFunc(time.Duration(n)*time.Millisecond, fall)
			}
			if now, err := other.Imports.StepOf(falling, h.Acme.ID, v.ID, 7); err == nil {
				state = now.State
			}
			fall()
			must(t, other.Close())
		}
		all, err := h.Imports.Read(ctx, v.ID, imports.Page{Limit: 100})
		must(t, err)
		for _, r := range all {
			if r.State != importdb.Changed || len(r.Did) != 1 || r.Did[0].Action != "member.invite" {
				t.Errorf("row %d: %s %v", r.Number, r.State, r.Did)
			}
		}
		page, err := h.History.List(ctx, history.Query{Action: "member.invite", Limit: 100})
		must(t, err)
		invited := map[string]int{}
		for _, e := range page.Events {
			invited[e.Target.Name]++
		}
		if len(all) != 40 || len(invited) != 40 || len(page.Events) != 40 {
			t.Errorf("%d rows, %d lines about %d people", len(all), len(page.Events), len(invited))
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhoMayNoMoreDoesNoMore: an import goes on under the authority of whoever started it, as it is at each step; nobody else
// sees it, and cancelling leaves what was done.
func TestWhoMayNoMoreDoesNoMore(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada, eve := h.Join("ada@example.com", "Ada", "Ek", roster.RoleUserAdministrator), h.Join("eve@example.com", "Eve", "Ek", roster.RoleUserAdministrator)
		ctx := h.As(ada)
		v := upload(t, ctx, h, append(table(6), "owner@example.com,O,Wner")...)
		for what, err := range map[string]error{
			"shown":     second(h.Imports.Show(h.As(eve), v.ID)),
			"started":   second(h.Imports.Start(h.As(eve), v.ID, false)),
			"read":      second(h.Imports.Read(h.As(eve), v.ID, imports.Page{Limit: 1})),
			"corrected": second(h.Imports.Correct(h.As(eve), v.ID, 2, nil)),
		} {
			refused(t, what+" by another", err, "not_found")
		}
		_, err := h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		_, err = h.Imports.StepOf(h.CLI(""), h.Acme.ID, v.ID, 2)
		must(t, err)
		_, err = h.Team.Block(h.As(h.Owner), ada.Member, "")
		must(t, err)
		stopped, err := h.Imports.StepOf(h.CLI(""), h.Acme.ID, v.ID, 2)
		must(t, err)
		refused(t, "shown to whom was blocked", second(h.Imports.Show(ctx, v.ID)), "blocked")
		v, err = h.Imports.Show(h.CLI(h.Acme.ID), stopped.ID)
		must(t, err)
		if stopped.State != imports.Stopped || v.State != imports.Stopped || v.Why == nil || v.Why.Code != "blocked" || v.Rows[importdb.Changed] != 2 || v.Rows[importdb.Waiting] != 5 {
			t.Errorf("after the block: %+v", v)
		}
		_, err = h.Team.Unblock(h.As(h.Owner), ada.Member)
		must(t, err)
		_, err = h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		_, err = h.Imports.StepOf(h.CLI(""), h.Acme.ID, v.ID, 2)
		must(t, err)
		_, err = h.Imports.Cancel(ctx, v.ID)
		must(t, err)
		v = run(t, h, v.ID)
		if v.State != imports.Cancelled || v.Rows[importdb.Changed] != 4 {
			t.Errorf("cancelled: %+v", v)
		}
		_, err = h.Imports.Cancel(ctx, v.ID)
		refused(t, "cancelled twice", err, "import_not_running")
		member := h.Holder("Mel", team.RoleGivings(roster.RoleMember)...)
		_, err = h.Imports.Upload(h.As(member), imports.File{From: strings.NewReader("a"), Size: 1})
		refused(t, "by who may not", err, "forbidden")
		h.Verified(h.Acme.ID)
	})
}

func second[T any](_ T, err error) error { return err }

// TestSeatsAreNotOversoldByRows: who finds no seat is refused, who is there already is changed all the same, and the result
// says what to do.
func TestSeatsAreNotOversoldByRows(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("ada@example.com", "Ada", "Ek", roster.RoleMember)
		_, err := h.Orgs.Assign(h.CLI(h.Acme.ID), roster.PlanPlayground, 0) // ten people, of whom two are there
		must(t, err)
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, append(table(12), "ada@example.com,Adele,Ek")...)
		_, err = h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		v = run(t, h, v.ID)
		if v.State != imports.Done || v.Rows[importdb.Changed] != 9 || v.Rows[importdb.Refused] != 4 {
			t.Errorf("done: %s %v\n%s", v.State, v.Rows, rows(t, ctx, h, v.ID))
		}
		bad, err := h.Imports.Read(ctx, v.ID, imports.Page{State: importdb.Refused, Limit: 10})
		must(t, err)
		for _, r := range bad {
			if r.Problem == nil || r.Problem.Code != "seat_limit" || len(r.Fix()) != 1 {
				t.Errorf("row %d: %+v", r.Number, r.Problem)
			}
		}
	})
}

// TestFilesThatAreNoneLeaveNothing: what cannot be read is refused, and no part of it is kept.
func TestFilesThatAreNoneLeaveNothing(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.CLI(h.Acme.ID)
		for code, text := range map[string]string{"field_required": "", "no_rows": "E-mail\n", "file_malformed": "E-mail\na@example.com\n\"b\"x\n", "encoding_unknown": "E-mail\nJos\xe9\n"} {
			_, err := h.Imports.Upload(ctx, imports.File{Name: "x.csv", From: strings.NewReader(text), Size: int64(len(text))})
			refused(t, code, err, code)
		}
		if all, err := h.Imports.List(ctx); err != nil || len(all) != 0 {
			t.Errorf("there is %+v, %v", all, err)
		}
	})
}
