package erasedb_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/erasedb"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// drawn draws an event of any kind, in which members and persons act, are acted on, changed beside, and named in free texts.
func drawn(t *rapid.T) roster.Event {
	id := rapid.SampledFrom([]string{"mem_anna", "mem_bert", "per_anna", "x"})
	ref := func(label string) roster.Ref {
		return roster.Ref{
			Kind: rapid.SampledFrom([]string{"member", "person", "organisation", "role", "import", "file", "export", "job"}).Draw(t, label+" kind"),
			ID:   id.Draw(t, label), Name: rapid.SampledFrom([]string{"", "Anna Alt", "Bert"}).Draw(t, label+" name"),
		}
	}
	e := roster.Event{
		Action: rapid.SampledFrom([]string{"member.invite", "member.edit", "role.edit"}).Draw(t, "action"), ActorKind: roster.ActorMember, ActorID: id.Draw(t, "actor"), ActorName: "Whoever",
		Target: ref("target"), Refused: rapid.SampledFrom([]string{"", "", "seat_limit"}).Draw(t, "refused"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		field := rapid.SampledFrom([]string{"status", "phone", "reason", "block_reason", "filter", "scope", "inviter", "to", "created_by"}).Draw(t, "field")
		e.Changes = append(e.Changes, roster.Change{Of: ref("of"), Field: field, To: rapid.SampledFrom([]string{"is", "anna@example.com"}).Draw(t, "to")})
	}
	return e
}

// TestASearchFindsWhatAWalkFinds: the lines that a search reads by its indexes are all in which something of the subject stands,
// at once and in two goes.
func TestASearchFindsWhatAWalkFinds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx, org := context.Background(), h.Acme.ID
		events := rapid.SliceOfN(rapid.Custom(drawn), 300, 300)
		for i, e := range events.Example(1) {
			must(t, h.DB.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
				tx.Tell(e.Changes...)
				e.Request = fmt.Sprint("req_", i)
				_, err := tx.Record(ctx, e)
				return err
			}))
		}
		for _, last := range []bool{false, true} {
			anna := roster.Member{Org: org, ID: "mem_anna", Person: "per_anna", Name: "Anna Alt", Email: roster.Email{Typed: "anna@example.com", Folded: "anna@example.com"}}
			s, err := erasedb.Of(ctx, h.DB.Reader(), anna)
			must(t, err)
			s.Last = last
			var want erasedb.Found
			must(t, store.Each(ctx, h.DB.Reader(), func(row store.Row) error {
				var body, kept, by, about string
				if err := row.Scan(&want.Upto, &body, &kept, &by, &about); err != nil {
					return err
				}
				n, err := s.Says(body, kept, by, about)
				if n > 0 {
					want.Seqs, want.Texts = append(want.Seqs, want.Upto), want.Texts+n
				}
				return err
			}, `SELECT seq, body, vals, actor_id, target_id FROM event WHERE org_id = $1 ORDER BY seq`, org))
			for _, half := range []int64{0, want.Upto / 2} {
				before := erasedb.Found{Upto: half}
				for _, seq := range want.Seqs {
					if seq <= half {
						before.Seqs = append(before.Seqs, seq)
					}
				}
				got, err := erasedb.Look(ctx, h.DB.Reader(), org, s, before)
				must(t, err)
				if !slices.Equal(got.Seqs, want.Seqs) || got.Upto != want.Upto || half == 0 && got.Texts != want.Texts {
					t.Errorf("their person too: %t, from %d on: %d lines with %d texts up to %d, of %d with %d up to %d", last, half, len(got.Seqs), got.Texts, got.Upto, len(want.Seqs), want.Texts, want.Upto)
				}
			}
		}
	})
}

// TestTheIndexHoldsEachLineThatMayNameSomebody: a mark of a free text that the index does not know would hide lines from an
// erasure.
func TestTheIndexHoldsEachLineThatMayNameSomebody(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		for _, mark := range chain.Marks() {
			held, err := store.One(context.Background(), h.DB.Reader(), store.Scan[int], `SELECT 1 FROM (SELECT CAST($1 AS TEXT) AS body, 'x' AS target_id) l WHERE `+erasedb.Beside, `{"x":[{`+mark+`}]}`)
			if err != nil || !held.OK {
				t.Errorf("%s: not in the index (%v)", mark, err)
			}
		}
	})
}

// TestALongHistoryIsNotReadWhole: each part of a search reads its own lines by an index, though PostgreSQL have looked at the
// history last when it was short.
func TestALongHistoryIsNotReadWhole(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx, org := context.Background(), h.Acme.ID
		explain, postgres := `EXPLAIN QUERY PLAN `, h.DB.Kind() != "sqlite"
		must(t, h.DB.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
			long := []roster.Change{{Field: "long"}}
			if postgres { // SQLite keeps no statistics
				explain = `EXPLAIN `
				if _, err := tx.Change(ctx, long, `ANALYZE`); err != nil {
					return err
				}
			}
			_, err := tx.Change(ctx, long, `WITH RECURSIVE line (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM line WHERE i < 21000)
				INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) SELECT CAST($1 AS TEXT), i, i, 'member.edit', 'mem_bert', 'mem_bert', '{}', '[]', '' FROM line`, org)
			if err == nil {
				_, err = tx.Record(ctx, roster.Event{Action: "organisation.create"})
			}
			return err
		}))
		for index, statement := range erasedb.Statements(org, "mem_anna") {
			text, args := statement()
			var plan []string
			must(t, store.Each(ctx, h.DB.Reader(), func(row store.Row) error {
				var l string
				var number int
				into := []any{&number, &number, &number, &l}
				if postgres {
					into = into[3:]
				}
				err := row.Scan(into...)
				plan = append(plan, l)
				return err
			}, explain+text, args...))
			if !strings.Contains(strings.Join(plan, "\n"), index) {
				t.Errorf("not by %s:\n%s", index, strings.Join(plan, "\n"))
			}
		}
	})
}
