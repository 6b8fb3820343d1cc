package memberdb_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// crowd is many members, so that what they have in common is found along a lane.
const crowd = 1800

// one is a member of the crowd: each has to do with the customer account or not, and words that begin alike.
type one struct {
	id    roster.MemberID
	first string
	last  string
	kind  roster.MemberKind
	here  bool
	ended bool // what they hold there has ended
	gone  bool // removed, and bound there once
}

func (o one) sort() []byte { return []byte(roster.Fold(o.first + " " + o.last)) }

func (o one) finds(word string) bool {
	return !o.gone && (strings.HasPrefix(roster.Fold(o.first), word) || strings.HasPrefix(roster.Fold(o.last), word))
}

// gather makes a crowd of an organisation, in the order by name. Its members take seats or, where they are to come unnoticed, none.
func gather(t *testing.T, h *rostertest.House, seats int) []one {
	t.Helper()
	var all []one
	for i := range crowd {
		o := one{
			id: roster.MemberID(fmt.Sprintf("mem_%026d", i)), first: []string{"Anna", "Änne", "Bert", "Annika", "An"}[i%5], last: fmt.Sprintf("Annsen%d", i%1700),
			kind: []roster.MemberKind{roster.Regular, roster.External, roster.API}[i%3], here: i%5 != 2, ended: i%7 == 0, gone: i%11 == 0,
		}
		o.here = o.here && !o.gone
		if i%4 == 0 {
			o.last = fmt.Sprintf("Weber%d", i%1700)
		}
		all = append(all, o)
	}
	change := []roster.Change{{Field: "crowd"}}
	must(t, h.DB.Write(context.Background(), h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
		org := h.Owner.Organisation
		do := func(sql string, args ...any) {
			if _, err := tx.Change(ctx, change, sql, args...); err != nil {
				t.Fatal(err)
			}
		}
		do(`INSERT INTO unit (org_id, id, kind, name, sort_name, external_id, archived_at, created_at, created_by, updated_at, updated_by, version) VALUES ($1, 'unit_a', 'account', 'A', $2, '', 0, 0, '', 0, '', 1)`, org, []byte("a"))
		for i, o := range all {
			do(`INSERT INTO member (org_id, id, kind, status, before, external_id, first_name, last_name, name, sort_name, sort_identifier, email, email_folded,
				phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
				VALUES ($1, $2, $3, $10, '', '', $4, $5, $6, $7, $8, '', '', '', '', '', 0, 0, $9, '', 0, '', 0, 1)`,
				org, o.id, o.kind, o.first, o.last, o.first+" "+o.last, o.sort(), []byte(o.id), i, map[bool]roster.Status{false: roster.Active, true: roster.Removed}[o.gone])
			if o.gone {
				do(`UPDATE member SET unit_id = 'unit_a' WHERE org_id = $1 AND id = $2`, org, o.id)
				continue
			}
			for _, w := range roster.SearchWords(o.first + " " + o.last) {
				do(`INSERT INTO member_word (org_id, word, member_id, sort_name) VALUES ($1, $2, $3, $4)`, org, []byte(w), o.id, o.sort())
			}
			if o.here {
				do(`INSERT INTO member_place (org_id, unit_id, sort_name, member_id) VALUES ($1, 'unit_a', $2, $3)`, org, o.sort(), o.id)
				do(`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at)
					VALUES ($1, $2, $3, 'auditor', '', '', 'unit_a', $4, 'x', 0)`, org, o.id, fmt.Sprint("grt_", i), map[bool]int{true: 1}[o.ended])
			}
		}
		tx.Seat(roster.Regular, seats*len(all))
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	}))
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(bytes.Compare(a.sort(), b.sort()), cmp.Compare(a.id, b.id)) })
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestALaneShowsWhomTheWalkWould: what many have in common is read off an index of its own, and page after page shows
// each of those who fulfil the filter, once, in the order by name, both ways.
func TestALaneShowsWhomTheWalkWould(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		all := gather(t, h, 1)
		live := func(o one) bool { return o.here && !o.ended }
		for name, c := range map[string]struct {
			filter memberdb.Filter
			wanted func(one) bool
		}{
			"a word":                   {memberdb.Filter{Words: []string{"ann"}}, func(o one) bool { return o.finds("ann") }},
			"a longer word":            {memberdb.Filter{Words: []string{"annsen1"}}, func(o one) bool { return o.finds("annsen1") }},
			"two words":                {memberdb.Filter{Words: []string{"an", "annse"}}, func(o one) bool { return o.finds("an") && o.finds("annse") }},
			"two letters":              {memberdb.Filter{Words: []string{"an"}}, func(o one) bool { return o.finds("an") }},
			"a word and a kind":        {memberdb.Filter{Words: []string{"ann"}, Kinds: []roster.MemberKind{roster.API}}, func(o one) bool { return o.finds("ann") && o.kind == roster.API }},
			"an account":               {memberdb.Filter{Unit: "unit_a"}, live},
			"a word at an account":     {memberdb.Filter{Words: []string{"ann"}, Unit: "unit_a"}, func(o one) bool { return o.finds("ann") && live(o) }},
			"whoever was removed, too": {memberdb.Filter{Unit: "unit_a", Status: []roster.Status{roster.Active, roster.Removed}}, func(o one) bool { return live(o) || o.gone }},
			"within sight":             {memberdb.Filter{Within: []roster.UnitID{"unit_a"}}, live},
			"two kinds at the account": {memberdb.Filter{Unit: "unit_a", Kinds: []roster.MemberKind{roster.API, roster.External}}, func(o one) bool { return live(o) && o.kind != roster.Regular }},
		} {
			sorts := []memberdb.Sort{memberdb.ByName, "-name"}
			if name == "two words" { // of another order there is no lane
				sorts = append(sorts, memberdb.ByAge)
			}
			for _, sort := range sorts {
				var want []roster.MemberID
				for _, o := range all {
					if c.wanted(o) {
						want = append(want, o.id)
					}
				}
				switch sort {
				case "-name":
					slices.Reverse(want)
				case memberdb.ByAge:
					slices.Sort(want)
				}
				f := c.filter
				f.Org, f.Sort, f.At, f.Limit = h.Owner.Organisation, sort, h.Clock.Now(), 450
				if got := pages(t, h, f); !slices.Equal(got, want) {
					t.Errorf("%s by %s: %d members, want %d", name, sort, len(got), len(want))
				}
				f.Limit = 10_000
				ids, err := memberdb.IDs(context.Background(), h.DB.Reader(), f)
				if must(t, err); !slices.Equal(ids, want) {
					t.Errorf("the IDs of %s by %s: %d members, want %d", name, sort, len(ids), len(want))
				}
			}
		}
	})
}

// pages gives a filter's members, page after page.
func pages(t *testing.T, h *rostertest.House, f memberdb.Filter) []roster.MemberID {
	t.Helper()
	var got []roster.MemberID
	for {
		l, err := memberdb.Look(context.Background(), h.DB.Reader(), f)
		must(t, err)
		for _, r := range l.Rows {
			got = append(got, r.ID)
			f.After = f.Sort.Place(r)
		}
		if l.End != nil {
			f.After = l.End
		}
		if len(l.Rows) == 0 && l.End == nil {
			return got
		}
	}
}
