package jobs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
)

// queued counts the letters that wait in the outbox for those who came in by the table.
func queued(t *testing.T, h *rostertest.House) (n int) {
	t.Helper()
	all, err := h.Outbox.List(h.CLI(""), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range all {
		if strings.HasPrefix(w.To, "p") {
			n++
		}
	}
	return n
}

// TestAnImportGoesOnByItself: in the background, until letters have to wait; from then on as they may leave, each row once. The
// outbox has no more letters than may leave, and an address that got too many holds nobody else. When its time is over the
// import is forgotten.
func TestAnImportGoesOnByItself(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		const most = 1000 // letters an hour by one actor
		ctx := h.As(h.Owner)
		for range 5 { // letters an hour to one address
			v, err := h.Team.Invite(h.CLI(h.Acme.ID), team.Invitation{Email: "busy@example.com", Profile: roster.Profile{FirstName: "Busy", LastName: "Ek"}})
			if err == nil {
				_, err = h.Team.Remove(h.CLI(h.Acme.ID), v.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		lines := []string{"E-mail,First name", "busy@example.com,Busy"}
		for i := range most + 2 {
			lines = append(lines, fmt.Sprintf("p%04d@example.com,Pat", i))
		}
		data := strings.Join(lines, "\n")
		v, err := h.Imports.Upload(ctx, imports.File{Name: "many.csv", From: strings.NewReader(data), Size: int64(len(data))})
		if err == nil {
			_, err = h.Imports.Start(ctx, v.ID, false)
		}
		if err != nil {
			t.Fatal(err)
		}
		log := new(journal)
		r := jobs.NewRunner(h.Gate, jobs.Settings{Log: log.log(), Handlers: map[string]jobs.Handler{imports.Job: jobs.Imports(h.Gate, h.Imports)}, Lease: time.Hour, Patience: 10 * time.Minute})
		shown := func() imports.View {
			t.Helper()
			v, err := h.Imports.Show(ctx, v.ID)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		due(t, r)
		if v := shown(); v.State != imports.Running || v.Rows[importdb.Waiting] != 2 || v.Rows[importdb.Changed] != most || v.Rows[importdb.Refused] != 1 {
			t.Fatalf("letters wait: %s %v\n%s", v.State, v.Rows, log)
		}
		if j := job(t, h, v.ID); j.State != jobdb.Waiting || j.Attempt != 0 {
			t.Errorf("after it did what could be done its job is %s, and %d attempts count", j.State, j.Attempt)
		}
		if n := queued(t, h); n != most {
			t.Errorf("the outbox has %d letters", n)
		}
		bad, err := h.Imports.Read(ctx, v.ID, imports.Page{State: importdb.Refused, Limit: 10})
		if err != nil || len(bad) != 1 || bad[0].Problem.Code != "too_many_invitations" || bad[0].Problem.Fields[0].Field != "email" {
			t.Errorf("the busy address: %+v, %v", bad, err)
		}
		if n := due(t, r); n != 0 {
			t.Errorf("it was tried %d times before letters may leave", n)
		}
		h.Clock.Pass(time.Hour + time.Minute)
		due(t, r)
		if v := shown(); v.State != imports.Done || v.Rows[importdb.Changed] != most+2 {
			t.Errorf("afterwards: %s %v\n%s", v.State, v.Rows, log)
		}
		if n := queued(t, h); n != most+2 {
			t.Errorf("afterwards the outbox has %d letters", n)
		}
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Action: "import.start", Limit: 10})
		if err != nil || len(page.Events) != 1 || page.Events[0].ActorID != string(h.Owner.Member) || page.Events[0].Target.Name != "many.csv" {
			t.Errorf("the history tells %+v, %v", page.Events, err)
		}
		sweepAll(t, h)
		shown()
		h.Clock.Pass(imports.Kept)
		sweepAll(t, h)
		if _, err := h.Imports.Show(h.CLI(h.Acme.ID), v.ID); !roster.Is(err, "not_found") {
			t.Errorf("after its time: %v", err)
		}
	})
}

// TestAStopCutsNoImportOff: the turn ends a good while before the grace, in which the step that was begun last comes to its end.
func TestAStopCutsNoImportOff(t *testing.T) {
	if jobs.ImportTurn > jobs.Grace-5*time.Second {
		t.Errorf("an import begins steps for %s, and a stop waits for %s", jobs.ImportTurn, jobs.Grace)
	}
}
