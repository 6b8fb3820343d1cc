package snapshot

import (
	"fmt"
	"slices"
	"testing"

	"roster/internal/authz"
	"roster/internal/roster"
)

// idle makes the snapshot of an organisation of so many members who hold nothing.
func idle(t *testing.T, members int) *authz.Snapshot {
	t.Helper()
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	f := authz.Facts{Seq: 1}
	for i := range members {
		f.Members = append(f.Members, authz.Subject{ID: roster.MemberID(fmt.Sprintf("mem_%d", i)), Kind: roster.Regular, Status: roster.Active})
	}
	return authz.NewSnapshot(c, f)
}

func TestSnapshotsOfMembersWhoHoldNothingAreBoundedToo(t *testing.T) {
	s := New(nil)
	one := idle(t, 100)
	s.most = 8 * size(one)
	var here []roster.OrgID
	put := func(org roster.OrgID) {
		s.put(org, s.entry(org), one)
		here = here[:0]
		for o, k := range s.of {
			if k.snap.Load() != nil {
				here = append(here, o)
			}
		}
		slices.Sort(here)
		if s.held != len(here)*size(one) || s.held > s.most {
			t.Fatalf("%d things are counted in %d snapshots of %d, at most %d", s.held, len(here), size(one), s.most)
		}
	}
	for i := range 8 {
		put(roster.OrgID(fmt.Sprintf("org_%d", i)))
	}
	s.entry("org_0") // somebody asks it again
	put("org_8")
	want := []roster.OrgID{"org_0", "org_3", "org_4", "org_5", "org_6", "org_7", "org_8"}
	if !slices.Equal(here, want) {
		t.Errorf("beyond the bound there are %v, want %v: the two used least recently go, for some room", here, want)
	}
	put("org_9")
	if len(here) != 8 {
		t.Errorf("there was room for one: %v", here)
	}
}

func TestTwoWhoReadACatalogueAtOnceUseOne(t *testing.T) {
	s := New(nil)
	read := func(version int64) *authz.Catalogue {
		c, err := authz.NewCatalogue(version, authz.Declaration{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	older, first, second := read(1), read(2), read(2)
	if s.adopt(first) != first || s.adopt(second) != first {
		t.Error("there are two catalogues of one version")
	}
	if s.adopt(older) != older || s.catalogue != first {
		t.Error("who reads as of an earlier moment is given another catalogue, or changes it for all")
	}
}
