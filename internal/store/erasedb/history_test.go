package erasedb_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postgres"
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
			texts := map[int64]int{}
			must(t, store.Each(ctx, h.DB.Reader(), func(row store.Row) error {
				var body, kept, by, about string
				if err := row.Scan(&want.Upto, &body, &kept, &by, &about); err != nil {
					return err
				}
				n, err := s.Says(body, kept, by, about)
				if n > 0 {
					want.Seqs, want.Texts, texts[want.Upto] = append(want.Seqs, want.Upto), want.Texts+n, n
				}
				return err
			}, `SELECT seq, body, vals, actor_id, target_id FROM event WHERE org_id = $1 ORDER BY seq`, org))
			for _, half := range []int64{0, want.Upto / 2} {
				before := erasedb.Found{Upto: half}
				for _, seq := range want.Seqs {
					if seq <= half {
						before.Seqs, before.Texts = append(before.Seqs, seq), before.Texts+texts[seq]
					}
				}
				got, err := erasedb.Look(ctx, h.DB.Reader(), org, s, before)
				must(t, err)
				if !slices.Equal(got.Seqs, want.Seqs) || got.Upto != want.Upto || got.Texts != want.Texts {
					t.Errorf("their person too: %t, from %d on: %d lines with %d texts up to %d, of %d with %d up to %d", last, half, len(got.Seqs), got.Texts, got.Upto, len(want.Seqs), want.Texts, want.Upto)
				}
			}
		}
	})
}

// TestLinesFromBeforeAreFoundLikewise: a migration marks, of a history that is there, each line that would be marked now.
func TestLinesFromBeforeAreFoundLikewise(t *testing.T) {
	databases := map[string]string{"sqlite": filepath.Join(t.TempDir(), "old.db")}
	if postgres.Wanted() {
		databases["postgres"] = postgres.Database(t)
	}
	var all []chain.Line
	for i, e := range rapid.SliceOfN(rapid.Custom(drawn), 300, 300).Example(2) {
		e.Seq = int64(i + 1)
		l, err := chain.Make(e, "")
		must(t, err)
		all = append(all, l)
	}
	for kind, database := range databases {
		t.Run(kind, func(t *testing.T) {
			old, err := store.Open(context.Background(), store.Options{URL: database, To: 42})
			must(t, err)
			must(t, store.Bulk(context.Background(), old, func(tx *sql.Tx) error {
				for _, l := range all {
					if _, err := tx.Exec(`INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) VALUES ('org_old', $1, 0, $2, $3, $4, $5, $6, '')`,
						l.Seq, l.Action, l.Actor, l.Target, l.Body, l.Kept); err != nil {
						return err
					}
				}
				return nil
			}))
			must(t, old.Close())
			now, err := store.Open(context.Background(), store.Options{URL: database})
			must(t, err)
			defer func() { must(t, now.Close()) }()
			marked, err := store.All(context.Background(), now.Reader(), store.Scan[int64], `SELECT seq FROM event WHERE beside ORDER BY seq`)
			must(t, err)
			for _, l := range all {
				if l.Beside && !slices.Contains(marked, l.Seq) {
					t.Errorf("not marked: %s", l.Body)
				}
			}
			if len(marked) == len(all) {
				t.Error("all are marked")
			}
		})
	}
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
				INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) SELECT CAST($1 AS TEXT), i, i, 'member.edit', 'mem_bert', 'mem_bert', CAST($2 AS TEXT), '[]', '' FROM line`, org, strings.Repeat("as long as bodies are ", 60))
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
