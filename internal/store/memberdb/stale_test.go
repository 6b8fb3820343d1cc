package memberdb_test

import (
	"context"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/cataloguedb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/roledb"
	"roster/internal/store/unitdb"
)

// reading reads something of an organisation.
type reading func(context.Context, store.Reader) error

// lists are pages of lists of members, each found in another way.
func lists(h *rostertest.House) map[string]reading {
	all := map[string]reading{}
	for name, f := range map[string]memberdb.Filter{
		"everybody":        {Sort: memberdb.ByAge},
		"one of their IDs": {IDs: []roster.MemberID{"mem_00000000000000000000000001"}, Sort: memberdb.ByAge},
		"many looked up":   {Words: []string{"an"}, Sort: memberdb.ByAge},
		"a longer word":    {Words: []string{"annsen1"}, Sort: memberdb.ByName},
		"two letters":      {Words: []string{"an"}, Sort: memberdb.ByName},
	} {
		f.Org, f.At, f.Limit = h.Owner.Organisation, h.Clock.Now(), 100
		all["a page: "+name] = func(ctx context.Context, r store.Reader) error {
			_, err := memberdb.List(ctx, r, f)
			return err
		}
	}
	return all
}

const ofAnAccount = "a page of an account"

// others are readings in which members are joined to what they hold, or asked for it one by one.
func others(h *rostertest.House, some []one) map[string]reading {
	org := h.Owner.Organisation
	var ids []roster.MemberID
	for _, o := range some {
		ids = append(ids, o.id)
	}
	return map[string]reading{
		"who holds a role": func(ctx context.Context, r store.Reader) error {
			_, err := roledb.Holders(ctx, r, roledb.HolderFilter{Org: org, Role: roster.RoleAuditor, Limit: 100})
			return err
		},
		"how many hold each role": func(ctx context.Context, r store.Reader) error {
			_, err := roledb.CountHolders(ctx, r, org, h.Clock.Now())
			return err
		},
		"what some hold": func(ctx context.Context, r store.Reader) error {
			_, err := roledb.GrantsOf(ctx, r, org, ids)
			return err
		},
		"who gave it": func(ctx context.Context, r store.Reader) error {
			_, err := roledb.Givers(ctx, r, org, ids[0])
			return err
		},
		"the last Owner": func(ctx context.Context, r store.Reader) error {
			_, err := roledb.LastOwner(ctx, r, org, h.Owner.Member)
			return err
		},
		"customer accounts": func(ctx context.Context, r store.Reader) error {
			_, err := unitdb.List(ctx, r, unitdb.Filter{Org: org, Limit: 100})
			return err
		},
		"who has to do with one": func(ctx context.Context, r store.Reader) error {
			_, err := unitdb.PeopleOf(ctx, r, org, "unit_a")
			return err
		},
		"who waits on somebody": func(ctx context.Context, r store.Reader) error {
			_, err := memberdb.WaitingOn(ctx, r, org, h.Owner.Member, 100)
			return err
		},
		"who rests on passwords": func(ctx context.Context, r store.Reader) error {
			_, err := methoddb.Dependents(ctx, r, org, roster.PasswordMethod)
			return err
		},
		ofAnAccount: func(ctx context.Context, r store.Reader) error {
			_, err := memberdb.List(ctx, r, memberdb.Filter{Org: org, At: h.Clock.Now(), Unit: "unit_a", Sort: memberdb.ByName, Limit: 100})
			return err
		},
		"what is used of the catalogue": func(ctx context.Context, r store.Reader) error {
			_, err := cataloguedb.Uses(ctx, r, []string{"members.read"}, []string{"admin"})
			return err
		},
	}
}

// TestAPageIsReadByIDsThoughStatisticsAreOld: PostgreSQL takes an organisation that has grown since it last looked for one of a
// single member. A page is read all the same without walking everybody for each whom it shows.
func TestAPageIsReadByIDsThoughStatisticsAreOld(t *testing.T) {
	onOldStatistics(t, func(t *testing.T, h *rostertest.House) {
		all := gather(t, h, 0) // nothing tells that they came
		few(t, h, lists(h))
		// Whether each of a hundred holds something there is asked of all that is held there, and no more.
		if n := walked(t, h, others(h, all[:1])[ofAnAccount]); n > 100*crowd {
			t.Errorf("%s: %d rows and entries of indexes, of %d members", ofAnAccount, n, crowd)
		}
	})
}

// TestAnOrganisationThatGrowsIsWeighed: once one has grown tenfold PostgreSQL looks anew, and joins what stands elsewhere, too,
// without walking everybody for each.
func TestAnOrganisationThatGrowsIsWeighed(t *testing.T) {
	onOldStatistics(t, func(t *testing.T, h *rostertest.House) {
		all := gather(t, h, 1)
		few(t, h, lists(h))
		few(t, h, others(h, all[:50]))
	})
}

// onOldStatistics runs a test where PostgreSQL has looked last at an organisation of one member.
func onOldStatistics(t *testing.T, test func(*testing.T, *rostertest.House)) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if h.DB.Kind() == "sqlite" {
			return // keeps no statistics
		}
		must(t, h.DB.Write(context.Background(), h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Change(ctx, []roster.Change{{Field: "statistics"}}, `ANALYZE`); err != nil {
				return err
			}
			_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
			return err
		}))
		test(t, h)
	})
}

// few holds that readings go through a few rows and entries of indexes for each member, and not through a few for each two.
func few(t *testing.T, h *rostertest.House, all map[string]reading) {
	t.Helper()
	for name, read := range all {
		if n := walked(t, h, read); n > 10*crowd {
			t.Errorf("%s: %d rows and entries of indexes, of %d members", name, n, crowd)
		}
	}
}

// walked gives how many rows and entries of indexes PostgreSQL goes through for a reading.
func walked(t *testing.T, h *rostertest.House, read reading) (n int) {
	t.Helper()
	count := func(ctx context.Context, tx *store.Tx) int {
		all, err := store.One(ctx, tx, store.Scan[int], `SELECT CAST(sum(pg_stat_get_xact_tuples_returned(oid)) AS BIGINT) FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace)`)
		must(t, err)
		return all.Value
	}
	must(t, h.DB.Write(context.Background(), h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
		before := count(ctx, tx)
		must(t, read(ctx, tx))
		n = count(ctx, tx) - before
		return nil
	}))
	return n
}
