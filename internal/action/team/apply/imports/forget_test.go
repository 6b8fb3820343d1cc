package imports_test

import (
	"context"
	"strings"
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

// kept keeps imports of somebody's, so many in a state, a second after each other, and gives their IDs.
func kept(t *testing.T, h *rostertest.House, by roster.Actor, state importdb.State, n int) (ids []string) {
	t.Helper()
	for range n {
		i := importdb.Import{Org: h.Acme.ID, ID: roster.NewID("imp_"), Name: "team.csv", State: state, Header: []string{}, Columns: []string{}, MadeBy: by.ID()}
		ids = append(ids, i.ID)
		h.Clock.Pass(time.Second)
		must(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) error {
			i.MadeAt = tx.At()
			return importdb.Insert(ctx, tx.Tx, i)
		}))
	}
	return ids
}

// sweep does one transaction of what forgets imports, and tells whether more is left.
func sweep(t *testing.T, h *rostertest.House) (more bool) {
	t.Helper()
	must(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		more, err = importdb.Sweep(ctx, tx, tx.At().Add(-imports.Kept))
		return err
	}))
	return more
}

// TestAnUploadThatBrokeOffKeepsNoPlace: not when a panic broke it, and not for long when the process ended.
func TestAnUploadThatBrokeOffKeepsNoPlace(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		count := func(what string, want int) {
			t.Helper()
			if n, _, err := importdb.Count(t.Context(), h.DB.Reader(), h.Acme.ID, ""); err != nil || n != want {
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
		kept(t, h, h.Owner, importdb.Reading, 1)
		for _, after := range []struct {
			pass time.Duration
			kept int
		}{{time.Hour, 1}, {time.Second, 0}} {
			h.Clock.Pass(after.pass)
			sweep(t, h)
			count("swept after "+after.pass.String(), after.kept)
		}
	})
}

// TestWhatIsSweptIsNotStarted: between two transactions of the sweep some rows of a large table are gone already. One that is
// under way stays.
func TestWhatIsSweptIsNotStarted(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, table(5001)...)
		under := upload(t, ctx, h, table(1)...)
		_, err := h.Imports.Start(ctx, under.ID, true)
		must(t, err)
		h.Clock.Pass(imports.Kept + time.Second)
		if !sweep(t, h) {
			t.Fatal("all of it went in one transaction")
		}
		_, err = h.Imports.Start(ctx, v.ID, true)
		refused(t, "what is half gone is started", err, "not_found")
		_, err = h.Imports.Correct(ctx, v.ID, 5002, []string{"x@example.com"})
		refused(t, "and corrected", err, "not_found")
		for sweep(t, h) {
		}
		if all, _, err := importdb.Count(ctx, h.DB.Reader(), h.Acme.ID, ""); err != nil || all != 1 {
			t.Errorf("%d are left: %v", all, err)
		}
		if done := run(t, h, under.ID); done.State != imports.Done {
			t.Errorf("the one under way is %s", done.State)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestARowOfAnImportThatIsGoneIsNotKept: it was swept since its row was looked at.
func TestARowOfAnImportThatIsGoneIsNotKept(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, table(1)...)
		_, err := h.Imports.Forget(ctx, v.ID)
		must(t, err)
		_, err = h.Imports.PutSeen(ctx, v.Import, importdb.Row{Number: 2, Cells: []string{"a@example.com"}, State: importdb.Waiting})
		refused(t, "corrected", err, "changed_meanwhile")
	})
}

// TestImportsThatEndedLockNobodyOut: of as many as somebody keeps, the one that ended first makes room for another; where none
// has ended a further one is refused, until they forget one.
func TestImportsThatEndedLockNobodyOut(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		send := func() (imports.View, error) {
			return sent(ctx, h, "E-mail,First name", "anna@example.com,Anna")
		}
		var ids []string
		for range 20 {
			v, err := send()
			must(t, err)
			ids = append(ids, v.ID)
		}
		_, err := send()
		refused(t, "twenty wait", err, "too_many_imports")
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

// TestNobodyTakesAllPlaces: who has twenty that wait is refused a further one, and others are not. A hundred bind all together:
// what ended makes room, whoever's it is, and else what waits for who is gone.
func TestNobodyTakesAllPlaces(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		send := func(by roster.Actor) error { return second(sent(h.As(by), h, table(1)...)) }
		full := func(what string, by roster.Actor, bound string) {
			t.Helper()
			if err := send(by); !roster.Is(err, "too_many_imports") || !strings.Contains(err.Error(), bound) {
				t.Errorf("%s: %v, want %s", what, err, bound)
			}
		}
		is := func(what, id string, there bool) {
			t.Helper()
			found, err := importdb.ByID(t.Context(), h.DB.Reader(), h.Acme.ID, id)
			if err != nil || found.OK != there {
				t.Errorf("%s is kept: %t, %v", what, found.OK, err)
			}
		}
		waiting := map[string][]string{}
		var admins []roster.Actor
		for _, first := range []string{"Ada", "Bea", "Cia", "Dee", "Eve"} {
			by := h.Join(strings.ToLower(first)+"@example.com", first, "Ek", roster.RoleUserAdministrator)
			admins, waiting[first] = append(admins, by), kept(t, h, by, importdb.Open, 19)
		}
		must(t, send(admins[0]))
		full("twenty of Ada's wait", admins[0], "At most 20 of your imports")
		for range 4 {
			must(t, send(h.Owner))
		}
		full("a hundred wait", h.Owner, "At most 100 imports of an organisation")

		_, err := h.Team.Block(h.As(h.Owner), admins[2].Member, "")
		must(t, err)
		must(t, send(h.Owner))
		is("the oldest of who was blocked", waiting["Cia"][0], false)
		is("the next", waiting["Cia"][1], true)
		all, err := h.Imports.List(h.As(admins[0]))
		must(t, err)
		_, err = h.Imports.Start(h.As(admins[0]), all[0].ID, true)
		must(t, err)
		run(t, h, all[0].ID)
		must(t, send(h.Owner))
		is("what ended", all[0].ID, false)
		is("what waits for who was blocked", waiting["Cia"][1], true)
		must(t, send(h.Owner))
		is("and then", waiting["Cia"][1], false)
		h.Verified(h.Acme.ID)
	})
}
