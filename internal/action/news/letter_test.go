package news_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/newsdb"
)

// claimed takes the letters that are due, as a server does that has as long as a minute for each.
func claimed(t *testing.T, h *rostertest.House) []jobdb.Job {
	t.Helper()
	var all []jobdb.Job
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		all, err = jobdb.Claim(ctx, tx, []string{jobdb.News}, 10, time.Minute)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTwoLettersAtOnceTellOnce: where one was queued while another was on its way, which then failed, the older tells all.
func TestTwoLettersAtOnceTellOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		h.Clock.Pass(time.Hour)
		claimed(t, h) // what Olga is told
		grant := func(role string) {
			t.Helper()
			if _, err := h.Team.Grant(h.As(h.Owner), anna.Member, team.Grants{All: team.RoleGivings(role)}); err != nil {
				t.Fatal(err)
			}
			h.Clock.Pass(10 * time.Minute)
		}
		mine := func() (all []jobdb.Job) {
			for _, j := range claimed(t, h) {
				if j.About == string(anna.Member) {
					all = append(all, j)
				}
			}
			return all
		}
		grant(roster.RoleAuditor)
		first := mine()
		grant(roster.RoleMember) // while that one is on its way
		both := mine()
		if len(first) != 1 || len(both) != 2 {
			t.Fatalf("%d letters, then %d", len(first), len(both))
		}
		if both[0].ID != first[0].ID {
			both[0], both[1] = both[1], both[0]
		}
		younger, err := h.News.Prepare(context.Background(), both[1])
		if err != nil || !younger.Unwanted {
			t.Errorf("the younger letter: %+v, %v", younger, err)
		}
		older, err := h.News.Prepare(context.Background(), both[0])
		if err != nil || older.Unwanted || len(older.Items) != 1 {
			t.Fatalf("the older letter: %+v, %v", older, err)
		}
		if err := h.News.Taken(context.Background(), both[0], older); err != nil {
			t.Fatal(err)
		}
		if again, err := h.News.Prepare(context.Background(), both[1]); err != nil || !again.Unwanted {
			t.Errorf("told again: %+v, %v", again, err)
		}
	})
}

// TestWhatIsMoreThanOneLetterTellsFollows: a letter's end marks nothing as told that it did not read.
func TestWhatIsMoreThanOneLetterTellsFollows(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Clock.Pass(time.Hour)
		claimed(t, h)
		const many = 1000
		tells := func(n int) {
			t.Helper()
			h.Clock.Pass(time.Second)
			err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
				for i := 0; i < n && err == nil; i++ { // about whom nobody knows, so that no letter leaves
					err = newsdb.Tell(ctx, tx.Tx, h.Acme.ID, h.Owner.Member, bulletin.NewsAccepted, roster.NewID("mem_"))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		tells(many)
		tells(1)
		h.Clock.Pass(time.Hour)
		for round, want := range []int{1, 1, 0} {
			all := claimed(t, h)
			if len(all) != want {
				t.Fatalf("round %d: %d letters, want %d", round, len(all), want)
			}
			for _, j := range all {
				l, err := h.News.Prepare(context.Background(), j)
				if err != nil || !l.Unwanted {
					t.Fatalf("round %d: %+v, %v", round, l, err)
				}
				err = action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
					return jobdb.Finish(ctx, tx, j, jobdb.Cancelled, tx.At(), "")
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			h.Clock.Pass(time.Hour)
		}
	})
}
