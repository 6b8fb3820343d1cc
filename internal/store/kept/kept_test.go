package kept

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// shelf is a Kept over organisations' names, with the loads counted.
func shelf(loads *int, most int) *Kept[string, string] {
	return New(most, func(ctx context.Context, r store.Reader, ids []string) (map[string]store.At[string], error) {
		*loads++
		marks, args := query.Marks(ids)
		all, err := store.All(ctx, r, store.ScanOrganisation, `SELECT `+store.OrganisationColumns+` FROM organisation WHERE id IN (`+marks+`)`, args...)
		found := map[string]store.At[string]{}
		for _, o := range all {
			found[string(o.ID)] = store.At[string]{Org: o.ID, Seq: o.Seq, Value: o.Name}
		}
		return found, err
	})
}

func TestWhatIsKeptIsNeverOlderThanTheLastChange(t *testing.T) {
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "roster.db")
	db, err := store.Open(ctx, store.Options{URL: file})
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(ctx, store.Options{URL: file}) // as the command line does beside a server
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Close(), other.Close() })
	found := func(tx *store.Tx, id roster.OrgID) error {
		o := roster.Organisation{ID: id, Slug: string(id), Name: "first", Plan: roster.PlanPlayground, InvitationTTL: time.Hour}
		if err := tx.Found(ctx, o, []roster.Change{{Field: "name", To: "first"}}); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	}
	for _, id := range []roster.OrgID{"org_a", "org_b"} {
		if err := db.Write(ctx, roster.Installation, func(_ context.Context, tx *store.Tx) error { return found(tx, id) }); err != nil {
			t.Fatal(err)
		}
	}
	rename := func(db *store.DB, id roster.OrgID, name string) {
		t.Helper()
		err := db.Write(ctx, id, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Change(ctx, []roster.Change{{Field: "name", To: name}}, `UPDATE organisation SET name = $1 WHERE id = $2`, name, id); err != nil {
				return err
			}
			_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	loads := 0
	k := shelf(&loads, 10)
	is := func(id, want string, wantLoads int) {
		t.Helper()
		got, err := k.One(ctx, db.Reader(), id)
		if err != nil || got.Value != want || got.OK != (want != "") || loads != wantLoads {
			t.Errorf("%s: %q %v after %d loads, not %q after %d", id, got.Value, err, loads, want, wantLoads)
		}
	}
	is("org_a", "first", 1)
	is("org_a", "first", 1)
	rename(db, "org_b", "elsewhere")
	is("org_a", "first", 1)
	rename(db, "org_a", "second")
	is("org_a", "second", 2)
	rename(other, "org_a", "third")
	is("org_a", "third", 3)
	is("org_a", "third", 3)
	is("org_c", "", 4)
	is("org_c", "", 5)
	k = shelf(&loads, 1)
	is("org_a", "third", 6)
	is("org_b", "elsewhere", 7)
	is("org_b", "elsewhere", 7)
	is("org_a", "third", 8)
	if len(k.kept) != 1 {
		t.Errorf("%d things are kept where one may be", len(k.kept))
	}
}
