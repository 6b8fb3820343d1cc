package imports_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/importdb"
)

// breaking is a file whose reader breaks.
type breaking struct{}

func (breaking) ReadAt([]byte, int64) (int, error) { panic("it breaks") }

// TestAnUploadThatBrokeOffKeepsNoPlace: not when a panic broke it, and not for long when the process ended.
func TestAnUploadThatBrokeOffKeepsNoPlace(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		count := func(what string, want int) {
			t.Helper()
			if n, err := importdb.Count(t.Context(), h.DB.Reader(), h.Acme.ID); err != nil || n != want {
				t.Errorf("%s: %d are kept, not %d: %v", what, n, want, err)
			}
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("nothing broke")
				}
			}()
			_, _ = h.Imports.Upload(h.As(h.Owner), imports.File{Name: "team.csv", From: breaking{}, Size: 10})
		}()
		count("a panic", 0)
		note := func(fn func(context.Context, store.Noter) error) {
			t.Helper()
			must(t, action.Note(h.CLI(""), h.Gate, fn))
		}
		note(func(ctx context.Context, tx store.Noter) error {
			return importdb.Insert(ctx, tx.Tx, importdb.Import{Org: h.Acme.ID, ID: roster.NewID("imp_"), Name: "team.csv", State: importdb.Reading, Header: []string{}, Columns: []string{}, MadeBy: string(h.Owner.Member), MadeAt: tx.At()})
		})
		for _, after := range []struct {
			pass time.Duration
			kept int
		}{{time.Hour, 1}, {time.Second, 0}} {
			h.Clock.Pass(after.pass)
			note(func(ctx context.Context, tx store.Noter) error {
				_, err := importdb.Sweep(ctx, tx, tx.At().Add(-imports.Kept))
				return err
			})
			count("swept after "+after.pass.String(), after.kept)
		}
	})
}

// TestImportsThatEndedLockNobodyOut: of as many as are kept, the one that ended first makes room for another; where none has
// ended a further one is refused, until somebody forgets one.
func TestImportsThatEndedLockNobodyOut(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		send := func() (imports.View, error) {
			return sent(ctx, h, "E-mail,First name", "anna@example.com,Anna")
		}
		var ids []string
		for range 100 {
			v, err := send()
			must(t, err)
			ids = append(ids, v.ID)
		}
		_, err := send()
		refused(t, "a hundred wait", err, "too_many_imports")
		for _, n := range []int{7, 3} { // the seventh ends first
			h.Clock.Pass(time.Minute)
			_, err := h.Imports.Start(ctx, ids[n], true)
			must(t, err)
			run(t, h, ids[n])
		}
		gone := func(what, id string, want bool) {
			t.Helper()
			_, err := h.Imports.Show(ctx, id)
			if want {
				refused(t, what, err, "not_found")
			} else if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err = send()
		must(t, err)
		gone("what ended first", ids[7], true)
		gone("what ended then", ids[3], false)
		_, err = h.Imports.Start(ctx, ids[0], true)
		must(t, err)
		_, err = h.Imports.Forget(ctx, ids[0])
		refused(t, "one that is under way", err, "import_running")
		_, err = h.Imports.Cancel(ctx, ids[0])
		must(t, err)
		_, err = h.Imports.Forget(h.As(h.Join("eve@example.com", "Eve", "Ek", "user_administrator")), ids[1])
		refused(t, "another's", err, "not_found")
		v, err := h.Imports.Forget(ctx, ids[1])
		must(t, err)
		gone("what was forgotten", ids[1], true)
		_, err = h.Imports.Read(ctx, ids[1], imports.Page{Limit: 1})
		refused(t, "its rows", err, "not_found")
		_, err = send()
		must(t, err)
		gone("where there was room nothing more is forgotten", ids[3], false)
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Action: "import.forget", Limit: 10})
		if err != nil || len(page.Events) != 1 || page.Events[0].Target.Name != "team.csv" || page.Events[0].Target.ID != v.ID {
			t.Errorf("the history tells %+v, %v", page.Events, err)
		}
		h.Verified(h.Acme.ID)
	})
}
