// Package ending is the room in which organisations end: an operator asks that one be deleted, it is closed for a while
// in which that can be taken back, and then everything in it is deleted, some at a time. What remains is a line of the
// installation's history.
package ending

import (
	"context"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/endingdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/orgdb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Delete asks that the actor's organisation be deleted with everything in it once roster.DeletionWait is over. From here
// on it is closed, as a suspended one is, and its Owners are told by letter. typed is its name, as whoever asks typed it.
// Kinds: Invalid (name_differs), Conflict (already_closed), Denied (confirmation_required).
func (r *Room) Delete(ctx context.Context, typed string) (roster.Organisation, error) {
	return action.Do(ctx, r.gate, act.OrganisationDelete, here(ctx), func(ctx context.Context, tx *store.Tx) (roster.Organisation, error) {
		o := tx.Organisation()
		switch {
		case !o.DeleteAt.IsZero():
			return o, roster.Errorf(roster.Conflict, "already_closed", "%s is closed and will be deleted already.", o.Name)
		case strings.Join(strings.Fields(typed), " ") != o.Name:
			return o, roster.Errorf(roster.Invalid, "name_differs", "Type the name exactly as it stands here: %s.", o.Name).On("confirm_name")
		}
		o.DeleteAt = tx.At().Add(roster.DeletionWait)
		return kept(ctx, tx, o)
	})
}

// Undelete takes the deletion of the actor's organisation back: it is as it was before. Kind: Conflict (not_closed, and
// deletion_due when it is too late).
func (r *Room) Undelete(ctx context.Context) (roster.Organisation, error) {
	return action.Do(ctx, r.gate, act.OrganisationUndelete, here(ctx), func(ctx context.Context, tx *store.Tx) (roster.Organisation, error) {
		o := tx.Organisation()
		switch {
		case o.DeleteAt.IsZero():
			return o, roster.Errorf(roster.Conflict, "not_closed", "Nobody asked for the deletion of %s.", o.Name)
		case !tx.At().Before(o.DeleteAt):
			return o, roster.Errorf(roster.Conflict, "deletion_due", "It is too late: %s is being deleted.", o.Name)
		}
		o.DeleteAt = time.Time{}
		return kept(ctx, tx, o)
	})
}

// kept keeps the organisation as it is now, and tells its Owners.
func kept(ctx context.Context, tx *store.Tx, now roster.Organisation) (roster.Organisation, error) {
	now, err := orgdb.Update(ctx, tx, tx.Organisation(), now)
	if err != nil {
		return now, err
	}
	return now, org.Tell(ctx, tx, jobdb.DeletionLetter, jobdb.Deletion{Who: roster.ActorFrom(ctx).Name, At: now.DeleteAt})
}

func here(ctx context.Context) roster.Ref {
	return roster.RefOrganisation(roster.ActorFrom(ctx).Organisation, "")
}

// Due gives the organisations whose time has come.
func (r *Room) Due(ctx context.Context) ([]roster.Organisation, error) {
	return action.Look(ctx, r.gate, act.OrganisationList, func(ctx context.Context, rd store.Reader) ([]roster.Organisation, error) {
		now, err := rd.Now(ctx)
		if err != nil {
			return nil, err
		}
		return orgdb.Due(ctx, rd, now)
	})
}

// Empty deletes some of what the actor's organisation holds, once its time has come, and tells whether anything is left
// that End cannot delete at once. Whatever stops it, the next call goes on where it was; nobody is let in any more, and
// nothing can be taken back. Kind: Conflict (not_due).
func (r *Room) Empty(ctx context.Context) (left bool, err error) {
	return action.Do(ctx, r.gate, act.OrganisationEmpty, here(ctx), func(ctx context.Context, tx *store.Tx) (bool, error) {
		if err := due(tx.Organisation(), tx); err != nil {
			return false, err
		}
		if err := endingdb.Begin(ctx, tx); err != nil {
			return false, err
		}
		return endingdb.Some(ctx, tx)
	})
}

// End deletes what is left of the actor's organisation, and itself. The installation's history tells of it: what it was
// called, how far its own history had got and by which hash that ended, how many went. Kinds: NotFound, Conflict
// (not_due).
func (r *Room) End(ctx context.Context) (roster.Organisation, error) {
	return action.Do(ctx, r.gate, act.OrganisationEnd, here(ctx), func(ctx context.Context, tx *store.Tx) (roster.Organisation, error) {
		o, err := endingdb.Lock(ctx, tx, roster.ActorFrom(ctx).Organisation)
		if err == nil {
			err = due(o, tx)
		}
		if err != nil {
			return o, err
		}
		return o, endingdb.End(ctx, tx, o)
	})
}

// due refuses to delete what may still be taken back.
func due(o roster.Organisation, tx *store.Tx) error {
	if o.DeleteAt.IsZero() || tx.At().Before(o.DeleteAt) {
		return roster.Errorf(roster.Conflict, "not_due", "%s is not to be deleted now.", o.Name)
	}
	return nil
}
