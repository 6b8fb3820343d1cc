package jobs_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"roster/internal/action/news"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/idempotencydb"
	"roster/internal/store/jobdb"
	"roster/internal/store/tokendb"
)

func sweepAll(t *testing.T, h *rostertest.House) {
	t.Helper()
	for _, s := range jobs.Sweeps(h.Gate, h.SignIn.Settings().Idle) {
		for range 2 { // twice is harmless
			if err := s.Do(context.Background()); err != nil {
				t.Errorf("sweep %s: %v", s.Name, err)
			}
		}
	}
}

func TestSweepsTakeWhatHasHadItsTimeAndNothingElse(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := context.Background()
		signed, err := h.SignIn.SignIn(roster.WithActor(ctx, roster.Actor{Kind: roster.ActorNobody, IP: "203.0.113.9"}),
			signin.Try{Email: "olga@example.com", Password: rostertest.Password})
		if err != nil {
			t.Fatal(err)
		}
		done, open := enqueue(t, h, "done"), enqueue(t, h, "open")
		due(t, jobs.NewRunner(h.Gate, jobs.Settings{Log: new(journal).log(), Handlers: map[string]jobs.Handler{"done": finish(h, jobdb.Done)}}))
		note(t, h, func(ctx context.Context, tx store.Noter) error {
			if err := credentialdb.SetAttempts(ctx, tx, []string{"somebody"}, []roster.Tries{{Failures: 3, LastAt: tx.At()}}); err != nil {
				return err
			}
			return idempotencydb.Keep(ctx, tx.Tx, idempotencydb.Kept{Org: h.Acme.ID, Actor: "a", Key: "k", MAC: "m"})
		})
		kept := func() (answers, attempts bool) {
			note(t, h, func(ctx context.Context, tx store.Noter) error {
				k, err := idempotencydb.Find(ctx, tx, h.Acme.ID, "a", "k")
				if err != nil {
					return err
				}
				a, err := credentialdb.AttemptsAt(ctx, tx, "somebody")
				answers, attempts = k.OK, a[0].Failures == 3
				return err
			})
			return answers, attempts
		}

		h.Clock.Pass(50 * time.Minute)
		sweepAll(t, h)
		if _, err := h.SignIn.Check(ctx, signed.Secret); err != nil {
			t.Errorf("a living session was swept: %v", err)
		}
		h.Clock.Pass(23 * time.Hour)
		sweepAll(t, h)
		if answers, attempts := kept(); !answers || !attempts {
			t.Errorf("after less than a day: answers kept %t, attempts kept %t", answers, attempts)
		}
		if n := sessions(t, h); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
		h.Clock.Pass(time.Hour)
		sweepAll(t, h)
		if answers, attempts := kept(); answers || !attempts {
			t.Errorf("after more than a day: answers kept %t, attempts kept %t", answers, attempts)
		}
		h.Clock.Pass(roster.MaxInvitationTTL - 24*time.Hour)
		sweepAll(t, h)
		if _, attempts := kept(); attempts {
			t.Error("tries are kept longer than any of them counts")
		}
		if job(t, h, done).ID == "" {
			t.Error("the job that ended is forgotten too early")
		}
		h.Clock.Pass(48 * time.Hour)
		sweepAll(t, h)
		if job(t, h, done).ID != "" || job(t, h, open).ID == "" {
			t.Error("the job that ended should be gone, the waiting one should be there")
		}
		h.Verified(h.Acme.ID)
	})
}

// sessions counts every session there is, whether or not its time is over.
func sessions(t *testing.T, h *rostertest.House) (n int) {
	t.Helper()
	note(t, h, func(ctx context.Context, tx store.Noter) error {
		found, err := store.One(ctx, tx, store.Scan[int], `SELECT count(*) FROM session`)
		n = found.Value
		return err
	})
	return n
}

func TestRefusalsBecomeOneLineOfTheHistory(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Adams", roster.RoleAuditor)
		for range 3 {
			if _, err := h.Team.Invite(h.As(anna), team.Invitation{Email: "x@example.com"}); !roster.Is(err, "forbidden") {
				t.Fatalf("an auditor invites: %v", err)
			}
		}
		refused := func() (counts []int) {
			note(t, h, func(ctx context.Context, tx store.Noter) error {
				lines, err := store.All(ctx, tx, store.ScanEvent, `SELECT `+store.EventColumns+` FROM event WHERE org_id = $1`, h.Acme.ID)
				for _, l := range lines {
					if l.Refused != "" {
						counts = append(counts, l.Count)
					}
				}
				return err
			})
			return counts
		}
		sweepAll(t, h)
		if n := refused(); n != nil {
			t.Errorf("within the minute there are lines already: %v", n)
		}
		h.Clock.Pass(time.Minute)
		sweepAll(t, h)
		if n := refused(); len(n) != 1 || n[0] != 3 {
			t.Errorf("lines with the counts %v, want one with 3", n)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestRevokedTokensAreKeptUntilTheyWouldHaveEnded(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		revoked := func() (is bool) {
			note(t, h, func(ctx context.Context, tx store.Noter) error {
				var err error
				is, err = tokendb.Revoked(ctx, tx, h.Acme.ID, "tok_1")
				return err
			})
			return is
		}
		note(t, h, func(ctx context.Context, tx store.Noter) error {
			_, err := tx.Note(ctx, store.BookToken, `INSERT INTO revoked_token (org_id, id, expires_at) VALUES ($1, $2, $3)`,
				h.Acme.ID, "tok_1", store.Micros(tx.At().Add(time.Hour)))
			return err
		})
		h.Clock.Pass(90 * time.Minute)
		sweepAll(t, h)
		if !revoked() {
			t.Error("forgotten while another server's clock may still take the token for living")
		}
		h.Clock.Pass(time.Hour)
		sweepAll(t, h)
		if revoked() {
			t.Error("kept for ever")
		}
	})
}

func TestSweepingGoesOnAfterAFailure(t *testing.T) {
	var good, bad atomic.Int32
	log := &journal{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		jobs.Sweeping(ctx, log.log(), []jobs.Sweep{
			{Name: "bad", Every: time.Millisecond, Do: func(context.Context) error { bad.Add(1); panic("dust") }},
			{Name: "good", Every: time.Millisecond, Do: func(ctx context.Context) error {
				if !roster.ActorFrom(ctx).Root() {
					t.Error("a sweep is not Roster itself")
				}
				good.Add(1)
				return nil
			}},
			{Name: "rare", Every: time.Hour, Do: func(context.Context) error { t.Error("too early"); return nil }},
		})
	}()
	eventually(t, "both run again", func() bool { return good.Load() > 2 && bad.Load() > 2 })
	cancel()
	<-ended
}

// TestARareSweepRunsSoonAfterAStart: a server that is started anew each night comes to it, too.
func TestARareSweepRunsSoonAfterAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		go jobs.Sweeping(ctx, new(journal).log(), []jobs.Sweep{{Name: "daily", Every: 24 * time.Hour, Do: func(context.Context) error { ran.Add(1); return nil }}})
		for _, at := range []struct {
			passed time.Duration
			ran    int32
		}{{9 * time.Minute, 0}, {2 * time.Minute, 1}, {23 * time.Hour, 1}, {time.Hour, 2}} {
			time.Sleep(at.passed)
			synctest.Wait()
			if n := ran.Load(); n != at.ran {
				t.Errorf("%s later it ran %d times, not %d", at.passed, n, at.ran)
			}
		}
		cancel()
		synctest.Wait()
	})
}

// TestNotificationsStayForNinetyDays: read or not, and no longer.
func TestNotificationsStayForNinetyDays(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		for _, at := range []struct {
			passed time.Duration
			left   int
		}{{90 * 24 * time.Hour, 1}, {time.Second, 0}} {
			h.Clock.Pass(at.passed)
			sweepAll(t, h)
			if p, err := h.News.List(h.As(h.Owner), news.Query{}); err != nil || p.Total != at.left {
				t.Errorf("%d are left, want %d: %v", p.Total, at.left, err)
			}
		}
	})
}
