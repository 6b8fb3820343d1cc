package doors_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/self"
	"roster/internal/app"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
)

// leased lets a house serve as `roster serve` does: while it holds the lease it believes the positions that it remembers.
func leased(t *testing.T, h *rostertest.House) {
	t.Helper()
	lease, err := jobs.Take(t.Context(), h.Gate, "alpha:17", jobs.LeaseSettings{})
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- lease.Keep(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
}

// beside opens the house of another process on the same database.
func beside(t *testing.T, h *rostertest.House) *app.House {
	t.Helper()
	other, err := app.Open(t.Context(), app.Settings{Database: h.Database, Key: secret.NewKey(), Hashing: rostertest.Cheap(), Clock: h.Clock.Now})
	must(t, err)
	t.Cleanup(func() { must(t, other.Close()) })
	return other
}

// TestALookThatAnotherProcessChangesIsWornAtOnce: how the installation and an organisation look is kept in memory, and no
// page that is asked for after a change returned wears an older one, whoever made the change and however many read
// meanwhile. So it is with what a person chose for themselves.
func TestALookThatAnotherProcessChangesIsWornAtOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		leased(t, h)
		s, other := serve(t, h), beside(t, h)
		owner := s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		type look struct {
			page, name string
			by         *rostertest.Visitor
			ctx        context.Context
			worn       atomic.Int64 // the newest whose change has returned
		}
		house := &look{page: "/sign-in", name: "House", by: s.Visitor(), ctx: h.CLI("")}
		acme := &look{page: "/o/acme/team", name: "Acme", by: owner, ctx: h.CLI(h.Acme.ID)}
		looks := []*look{house, acme}
		wears := func(l *look, by *rostertest.Visitor) (n int64) {
			a := by.Get(l.page)
			_, rest, _ := strings.Cut(a.Body, l.name+" wears ")
			number, _, _ := strings.Cut(rest, "<")
			if n, err := strconv.ParseInt(number, 10, 64); err == nil {
				return n
			}
			if a.Status != http.StatusOK {
				t.Errorf("%s: %d", l.page, a.Status)
			}
			return 0
		}
		change := func(l *look, n int64) error {
			name := fmt.Sprintf("%s wears %d", l.name, n)
			if l == house {
				_, err := other.Brands.Edit(l.ctx, org.Edit{Product: &name})
				return err
			}
			_, err := other.Orgs.Edit(l.ctx, org.Edit{Product: &name})
			return err
		}
		over := make(chan struct{})
		var readers sync.WaitGroup
		for _, l := range looks {
			for range 2 {
				same := l.by.Copy()
				readers.Go(func() {
					for {
						select {
						case <-over:
							return
						default:
						}
						before := l.worn.Load()
						if n := wears(l, same); n < before {
							t.Errorf("%s wears %d, and %d was there before it was asked for", l.page, n, before)
							return
						}
					}
				})
			}
		}
		for n := int64(1); n <= int64(count(15, 300)); n++ {
			for _, l := range looks {
				if err := change(l, n); err != nil {
					t.Errorf("%s wears %d: %v", l.name, n, err)
				}
				l.worn.Store(n)
				if got := wears(l, l.by); got != n {
					t.Errorf("%s wears %d after %d", l.page, got, n)
				}
			}
		}
		close(over)
		readers.Wait()

		for _, theme := range []string{"dark", "light", "dark"} {
			density := map[string]string{"dark": "compact", "light": "roomy"}[theme]
			_, err := other.Self.Prefer(h.As(h.Owner), self.Preferring{Theme: &theme, Density: &density})
			must(t, err)
			if a := owner.Get("/o/acme/team"); !strings.Contains(a.Body, `data-theme="`+theme+`"`) || !strings.Contains(a.Body, `data-density="`+density+`"`) {
				t.Errorf("her page is not %s and %s at once", theme, density)
			}
		}
		h.Verified(h.Acme.ID)
		h.Verified(roster.Installation)
	})
}
