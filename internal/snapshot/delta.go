package snapshot

import (
	"context"
	"slices"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Delta gives what a transaction changed so far of what decisions are made from, beside the organisation's snapshot
// as its lock found it.
func Delta(ctx context.Context, tx *store.Tx, before *authz.Snapshot) (authz.Delta, error) {
	d := authz.Delta{Seq: tx.Organisation().Seq + 1}
	for _, m := range tx.Subjects() {
		d.Members = append(d.Members, authz.SubjectOf(m))
	}
	for _, u := range tx.Units() {
		d.Units = append(d.Units, u.Now)
	}
	for _, r := range tx.RolesChanged() {
		if r.Now != nil {
			d.Roles = append(d.Roles, *r.Now)
		} else {
			d.RolesGone = append(d.RolesGone, r.Was.ID)
		}
	}
	grants, err := grantsNow(ctx, tx, before)
	d.Grants = grants
	return d, err
}

// grantsNow gives what everybody whose grants the transaction touched holds after it.
func grantsNow(ctx context.Context, tx *store.Tx, before *authz.Snapshot) (map[roster.MemberID][]roster.Grant, error) {
	changed := slices.Clone(tx.ToReread())
	for _, g := range slices.Concat(tx.Given(), tx.Taken()) {
		changed = append(changed, g.Member)
	}
	known := slices.DeleteFunc(roster.Unique(changed), func(m roster.MemberID) bool {
		_, old := before.Member(m)
		return !old
	})
	grants := map[roster.MemberID][]roster.Grant{}
	if len(known) > 0 {
		read, err := roledb.GrantsOf(ctx, tx, tx.Org(), known)
		if err != nil {
			return nil, err
		}
		for _, m := range known {
			grants[m] = read[m] // also when nothing is left
		}
	}
	for _, g := range tx.Given() {
		if _, old := slices.BinarySearch(known, g.Member); !old {
			grants[g.Member] = append(grants[g.Member], g)
		}
	}
	return grants, nil
}
