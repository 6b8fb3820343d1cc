package imports_test

import (
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/store/importdb"
)

// TestARowThatIsLeftOutIsNotTried: neither by the plan nor when the import starts; taken in again it waits as it stood, and
// is done.
func TestARowThatIsLeftOutIsNotTried(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, "E-mail,First name", "anna@example.com,Anna", "bo@example.com,Bo", "cy example.com,Cy")
		for _, number := range []int{3, 4} {
			_, err := h.Imports.Leave(ctx, v.ID, number, true)
			must(t, err)
		}
		equal(t, "left out", rows(t, ctx, h, v.ID), "2 waiting\n3 left_out\n4 left_out")
		row, err := h.Imports.Leave(ctx, v.ID, 4, false)
		must(t, err)
		if row.State != importdb.Wrong || row.Problem == nil {
			t.Errorf("taken in again, what is wrong is %s, %v", row.State, row.Problem)
		}
		_, err = h.Imports.Leave(ctx, v.ID, 4, true)
		must(t, err)
		planned, err := h.Imports.Plan(ctx, v.ID)
		must(t, err)
		equal(t, "planned", told(planned.Rows), "2 changed member.invite")
		_, err = h.Imports.Start(ctx, v.ID, true)
		must(t, err)
		_, err = h.Imports.Leave(ctx, v.ID, 3, false)
		refused(t, "under way", err, "import_running")
		run(t, h, v.ID)
		equal(t, "done", rows(t, ctx, h, v.ID), "2 changed member.invite\n3 left_out\n4 left_out")
		_, err = h.Imports.Leave(ctx, v.ID, 2, true)
		refused(t, "done already", err, "row_done")
		_, err = h.Imports.Leave(ctx, v.ID, 9, true)
		refused(t, "no such row", err, "not_found")
		row, err = h.Imports.Correct(ctx, v.ID, 4, []string{"cy@example.com", "Cy"})
		must(t, err)
		if row.State != importdb.Waiting {
			t.Errorf("corrected it is %s", row.State)
		}
		_, err = h.Imports.Leave(ctx, v.ID, 3, false)
		must(t, err)
		_, err = h.Imports.Start(ctx, v.ID, true)
		must(t, err)
		run(t, h, v.ID)
		equal(t, "done then", rows(t, ctx, h, v.ID), "2 changed member.invite\n3 changed member.invite\n4 changed member.invite")
		h.Verified(h.Acme.ID)
	})
}

// TestARowMayBeLongerThanTheHeader: as in the file, and as it can be sent back corrected; not than any row may be.
func TestARowMayBeLongerThanTheHeader(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		v := upload(t, ctx, h, "E-mail,First name", "anna example.com,Anna,a note")
		row, err := h.Imports.Correct(ctx, v.ID, 2, []string{"anna@example.com", "Anna", "a note"})
		must(t, err)
		if row.State != importdb.Waiting || len(row.Cells) != 3 {
			t.Errorf("corrected: %s %q", row.State, row.Cells)
		}
		_, err = h.Imports.Correct(ctx, v.ID, 2, make([]string, sheet.MostColumns+1))
		refused(t, "longer than any row", err, "too_many_columns")
		equal(t, "it says", roster.AsError(err).Message, "Row 2 has more than 200 columns, the most allowed.")
	})
}
