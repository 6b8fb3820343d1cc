package memberdb_test

import (
	"context"
	"regexp"
	"strconv"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// TestAPageIsReadByIDsThoughStatisticsAreOld: PostgreSQL takes an organisation that has grown since it last looked for one of a
// single member. A page is read all the same without walking everybody for each whom it shows.
func TestAPageIsReadByIDsThoughStatisticsAreOld(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if h.DB.Kind() == "sqlite" {
			return // keeps no statistics
		}
		ctx := context.Background()
		must(t, h.DB.Write(ctx, h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Change(ctx, []roster.Change{{Field: "statistics"}}, `ANALYZE`); err != nil {
				return err
			}
			_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
			return err
		}))
		gather(t, h)
		for name, f := range map[string]memberdb.Filter{
			"everybody":        {Sort: memberdb.ByAge},
			"one of their IDs": {IDs: []roster.MemberID{"mem_00000000000000000000000001"}, Sort: memberdb.ByAge},
			"many looked up":   {Words: []string{"an"}, Sort: memberdb.ByAge},
			"a longer word":    {Words: []string{"annsen1"}, Sort: memberdb.ByName},
			"two letters":      {Words: []string{"an"}, Sort: memberdb.ByName},
			"an account":       {Unit: "unit_a", Sort: memberdb.ByName},
		} {
			f.Org, f.At, f.Limit = h.Owner.Organisation, h.Clock.Now(), 100
			text, args, err := memberdb.Statement(ctx, h.DB.Reader(), f)
			must(t, err)
			plan, err := store.All(ctx, h.DB.Reader(), store.Scan[string], "EXPLAIN (ANALYZE, TIMING OFF) "+text, args...)
			must(t, err)
			if n := mostInAll(plan); n > 10*crowd {
				t.Errorf("%s: %d rows read in one place of the plan:", name, n)
				for _, l := range plan {
					t.Log(l)
				}
			}
		}
	})
}

// a node of a plan tells how many rows it gave each time, and how often.
var (
	given   = regexp.MustCompile(`actual rows=(\d+) loops=(\d+)`)
	removed = regexp.MustCompile(`Rows Removed by \w+(?: \w+)?: (\d+)`)
)

// mostInAll gives how many rows the busiest node of a plan read.
func mostInAll(plan []string) (most int) {
	for _, l := range plan {
		if m := given.FindStringSubmatch(l); m != nil {
			rows, _ := strconv.Atoi(m[1])
			loops, _ := strconv.Atoi(m[2])
			most = max(most, rows*loops)
		}
		if m := removed.FindStringSubmatch(l); m != nil {
			rows, _ := strconv.Atoi(m[1])
			most = max(most, rows)
		}
	}
	return most
}
