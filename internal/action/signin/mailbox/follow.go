package mailbox

import (
	"context"
	"errors"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/persondb"
)

// CatchUp lets members follow whose person's address changed: what a crash kept from following, and where somebody else
// was known by the address and is not any more. It also forgets changes whose time is over.
func (r *Room) CatchUp(ctx context.Context) error {
	var failed []error
	for last, more := (mailboxdb.Behind{}), true; more; {
		behind, err := action.Look(asRoster(ctx, ""), r.gate, act.MemberEmail, func(ctx context.Context, rd store.Reader) ([]mailboxdb.Behind, error) {
			return mailboxdb.AllBehind(ctx, rd, last)
		})
		if more = len(behind) > 0; more {
			last = behind[len(behind)-1]
		}
		failed = append(failed, err, r.follow(ctx, behind))
	}
	failed = append(failed, action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error { return mailboxdb.Sweep(ctx, tx, tx.At()) }))
	return errors.Join(failed...)
}

// followed lets a person's members follow. The change itself is kept by now: who does not follow here, CatchUp lets follow,
// and says what was in the way.
func (r *Room) followed(ctx context.Context, p roster.PersonID) {
	behind, err := action.Look(asRoster(ctx, ""), r.gate, act.MemberEmail, func(ctx context.Context, rd store.Reader) ([]mailboxdb.Behind, error) {
		return mailboxdb.BehindOf(ctx, rd, p)
	})
	if err == nil {
		_ = r.follow(ctx, behind)
	}
}

// follow gives members the address of their persons, organisation by organisation, each in its own history: none learns
// of another, and none that fails keeps the others. Where somebody else is known by it the member stays as they are.
func (r *Room) follow(ctx context.Context, all []mailboxdb.Behind) error {
	var failed []error
	for _, b := range all {
		_, err := action.Do(asRoster(ctx, b.Org), r.gate, act.MemberEmail, roster.Ref{Kind: "member", ID: string(b.Member)}, func(ctx context.Context, tx *store.Tx) (struct{}, error) {
			m, err := memberdb.ByID(ctx, tx, b.Org, b.Member)
			if err != nil {
				return struct{}{}, err
			}
			p, err := persondb.ByID(ctx, tx, b.Person)
			if err != nil || m.Value.Person != b.Person || m.Value.Status == roster.Removed || m.Value.Email.Folded == p.Value.Email.Folded {
				return struct{}{}, err
			}
			return struct{}{}, memberdb.Readdress(ctx, tx, m.Value, p.Value.Email)
		})
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// asRoster is Roster itself: the organisation's history says that the address followed, and not from where the person
// came, who need not have been there.
func asRoster(ctx context.Context, org roster.OrgID) context.Context {
	return roster.WithActor(ctx, roster.Actor{Kind: roster.ActorSystem, Name: "Roster", Door: roster.DoorJobs, Organisation: org})
}
