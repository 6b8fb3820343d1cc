package action

import (
	"context"
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
)

// How many are told of at once, and how many Owners are told.
const (
	mostRaised = 10
	mostOwners = 50
)

// TellOwners lets the Owners of the organisation under lock be told that something of a kind happened, but for some of them.
func TellOwners(ctx context.Context, tx *store.Tx, kind bulletin.News, about string, but ...roster.MemberID) error {
	owners, err := memberdb.Owners(ctx, tx, tx.Org(), tx.At(), mostOwners)
	for i := 0; i < len(owners) && err == nil; i++ {
		if !slices.Contains(but, owners[i].ID) {
			err = newsdb.Tell(ctx, tx, tx.Org(), owners[i].ID, kind, about)
		}
	}
	return err
}

// raised lets the Owners be told of who administers people and did not before: by a grant, by what their role holds now, or
// since they came in. Who did it and who it is know already. before is nil where nobody asked what people hold.
func (in *inside) raised(ctx context.Context, before, after *authz.Snapshot) error {
	if before == nil {
		return nil
	}
	told := 0
	for _, m := range in.risen(before) {
		if told == mostRaised {
			break
		}
		if administers(before, m, in.at) || !administers(after, m, in.at) {
			continue
		}
		if err := TellOwners(ctx, in.tx, bulletin.NewsAdministrator, string(m), m, in.actor.Member); err != nil {
			return err
		}
		told++
	}
	return nil
}

// risen gives who may administer people by what the transaction changed.
func (in *inside) risen(before *authz.Snapshot) []roster.MemberID {
	var all []roster.MemberID
	for _, g := range in.tx.Given() {
		all = append(all, g.Member)
	}
	for _, m := range in.tx.Subjects() {
		all = append(all, m.ID)
	}
	for _, r := range in.tx.RolesChanged() {
		if r.Was != nil && r.Now != nil && (adds(r.Was.Permissions, r.Now.Permissions, authz.MembersWrite) || adds(r.Was.Scopes, r.Now.Scopes, authz.Admin)) {
			all = append(all, before.Holders(r.Now.ID)...)
		}
	}
	return roster.Unique(all)
}

// adds tells whether something stands in a list that did not stand in the one before.
func adds(was, now []string, what string) bool {
	return slices.Contains(now, what) && !slices.Contains(was, what)
}

// administers tells whether somebody can change, at any place, what people hold.
func administers(s *authz.Snapshot, m roster.MemberID, at time.Time) bool {
	subject, known := s.Member(m)
	return known && subject.Status == roster.Active && s.Authority(m, at).HoldsSomewhere(authz.MembersWrite)
}
