package letters_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/team/apply/imports"
	rooms "roster/internal/action/team/letters"
	"roster/internal/jobs"
	"roster/internal/jobs/letters"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/postgres"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
	"roster/internal/words"
)

// storm is an import of many people, how many letters of an organisation may leave within an hour, and what arrived so far.
type storm struct {
	desk
	t     *testing.T
	box   *postbox.Box
	id    string
	rows  int
	bound int
	seen  int            // letters that were looked at
	got   map[string]int // invitations by their receiver
}

// TestALargeTablesLettersLeaveAtTheOrganisationsPace: hour by hour as many as may, each row once; an address that the mail server
// refuses holds nobody, and the list of letters tells the pace and the refusal.
func TestALargeTablesLettersLeaveAtTheOrganisationsPace(t *testing.T) {
	rows, bound := 70, 20
	if os.Getenv("ROSTER_PROOF") != "" {
		rows, bound = 10_000, 3_000
	}
	run := func(t *testing.T, database string) {
		s := brew(t, rostertest.Paced(t, database, action.Pace{Address: 5, Actor: rows, Organisation: bound}), rows, bound)
		hours := 0
		for over := false; !over; hours++ {
			if hours > rows/bound+1 {
				t.Fatalf("after %d hours it is not over", hours)
			}
			over = s.hour()
		}
		if want := (rows + bound - 1) / bound; hours != want {
			t.Errorf("it took %d hours, expected %d", hours, want)
		}
		s.calm()
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "roster.db")) })
	if postgres.Wanted() {
		t.Run("postgres", func(t *testing.T) { run(t, rostertest.Database(t)) })
	}
}

const unwanted = "p00003@example.com"

// brew sends a table in and starts it. Its mail server refuses one address for good.
func brew(t *testing.T, h *rostertest.House, rows, bound int) *storm {
	t.Helper()
	s := &storm{t: t, box: postbox.Open(t, postbox.Options{}), rows: rows, bound: bound, got: map[string]int{}}
	s.box.Fail(postbox.Fault{Way: postbox.Refuse, To: unwanted})
	s.desk = open(t, h, smtp(t, s.box), 0)
	say, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	handlers := maps.Clone(letters.Handlers(letters.Settings{Outbox: h.Outbox, Ways: h.Recovery, Mailbox: h.Mailbox, News: h.News, Carrier: smtp(t, s.box), Words: say, URL: base + "/"}))
	handlers[imports.Job] = jobs.Imports(h.Gate, h.Imports)
	s.runner = jobs.NewRunner(h.Gate, jobs.Settings{Log: slog.New(slog.NewJSONHandler(s.log, nil)), Handlers: handlers})
	var table strings.Builder
	table.WriteString("E-mail,First name\n")
	for n := range rows {
		fmt.Fprintf(&table, "p%05d@example.com,Pat\n", n)
	}
	ctx := h.As(h.Owner)
	v, err := h.Imports.Upload(ctx, imports.File{Name: "many.csv", From: strings.NewReader(table.String()), Size: int64(table.Len())})
	if err == nil {
		_, err = h.Imports.Start(ctx, v.ID, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.id = v.ID
	return s
}

// hour lets everything happen that may now, holds that it is not too much, and waits until more may. It tells whether all is over.
func (s *storm) hour() bool {
	s.t.Helper()
	if _, err := s.runner.Due(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	all := s.box.Letters()
	invited := 0
	for _, l := range all[s.seen:] {
		if to := l.To[0]; to != "olga@example.com" { // who is told of what was refused
			s.got[to]++
			invited++
		}
	}
	lately := len(all) - s.seen
	s.seen = len(all)
	if invited > s.bound {
		s.t.Errorf("within an hour %d invitations left, and %d may", invited, s.bound)
	}
	v, err := s.Imports.Show(s.As(s.Owner), s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.Letters.List(s.As(s.Owner), rooms.Query{Kind: "invitation", Limit: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	if p.Hour != lately {
		s.t.Errorf("the list tells of %d letters within the hour, and %d arrived", p.Hour, lately)
	}
	if made := v.Rows[importdb.Changed]; p.Counts[jobdb.Done]+p.Counts[jobdb.Refused] != made || p.Counts[jobdb.Refused] != 1 || p.Total != made {
		s.t.Errorf("%d rows were done, and the list tells of %v", made, p.Counts)
	}
	if v.State == imports.Done {
		return true
	}
	wait := v.Due.Sub(s.Clock.Now())
	if v.State != imports.Running || wait <= 0 || wait > time.Hour {
		s.t.Fatalf("the import is %s with %v, and goes on in %s\n%s", v.State, v.Rows, wait, s.log)
	}
	s.Clock.Pass(wait)
	return false
}

// calm holds what all of it came to.
func (s *storm) calm() {
	s.t.Helper()
	if len(s.got) != s.rows-1 || s.got[unwanted] != 0 {
		s.t.Errorf("%d people got a letter, expected %d", len(s.got), s.rows-1)
	}
	for to, n := range s.got {
		if n != 1 {
			s.t.Errorf("%s got %d letters", to, n)
		}
	}
	p, err := s.Letters.List(s.As(s.Owner), rooms.Query{States: []jobdb.State{jobdb.Refused}})
	if err != nil || len(p.Letters) != 1 || p.Letters[0].Member.Email.Folded != unwanted || !strings.Contains(p.Letters[0].Error, "550") || !p.Letters[0].Resendable() {
		s.t.Errorf("refused: %+v, %v", p.Letters, err)
	}
	s.Verified(s.Acme.ID)
}
