// Package erasure is the room in which what is kept of a removed member is erased for good: by hand, or once an
// organisation's time for it has passed. What a history says of them goes, and its chain stays (package chain). What left
// Roster before is out of reach: backups, exports, letters, and events that webhooks were sent.
package erasure

import (
	"context"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/erasedb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Erasure is what is erased with a member, or was.
type Erasure struct {
	team.View
	Lines  int  // of the organisation's history that say something of them
	Texts  int  // that these lines say of them; 0 once they are gone
	Person bool // their person goes too: no other membership tells of them
	Others int  // rows of others that named them: views, letters, kept answers, deliveries; 0 before

	subject erasedb.Subject
	here    erasedb.Found
	house   erasedb.Found // in the installation's history
}

// Look tells what would be erased. Kinds: NotFound, Denied, Conflict (not_removed, erased_already).
func (r *Room) Look(ctx context.Context, id roster.MemberID) (Erasure, error) {
	return action.LookAt(ctx, r.gate, act.MemberErasure, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Erasure, error) {
		return look(ctx, rd, id, Erasure{})
	})
}

// erasable is nil where what is kept of a member can be erased.
func erasable(m roster.Member) error {
	switch {
	case m.Status != roster.Removed:
		return roster.Errorf(roster.Conflict, "not_removed", "%s belongs to the organisation. Remove them first: only what is kept of removed members is erased.", m.Label())
	case !m.ErasedAt.IsZero():
		return roster.Errorf(roster.Conflict, "erased_already", "What was kept of this member was erased already.")
	}
	return nil
}

// look finds what would be erased. What an earlier look found in the histories is not looked for again.
func look(ctx context.Context, rd store.Reader, id roster.MemberID, before Erasure) (Erasure, error) {
	v, err := team.Of(ctx, rd, id)
	if err != nil {
		return Erasure{}, err
	}
	e := Erasure{View: v}
	if err := erasable(v.Member); err != nil {
		return e, err
	}
	if e.subject, err = erasedb.Of(ctx, rd, v.Member); err != nil {
		return e, err
	}
	if e.Person = e.subject.Last; e.Person == before.Person { // else a line is theirs now that was not, or is not any more
		e.here, e.house = before.here, before.house
	}
	if e.here, err = erasedb.Look(ctx, rd, v.Org, e.subject, e.here); err != nil {
		return e, err
	}
	if e.house, err = erasedb.Look(ctx, rd, roster.Installation, e.subject, e.house); err != nil {
		return e, err
	}
	e.Lines, e.Texts = len(e.here.Seqs), e.here.Texts
	return e, nil
}

// Erase erases what is kept of a removed member, for good; typed is what the member is called, as whoever asks typed it. Lines
// of the history say "(erased)" where they said something of them, and its own line names nobody. Kinds: NotFound,
// Invalid (name_differs), Conflict (not_removed, erased_already), Denied (confirmation_required).
func (r *Room) Erase(ctx context.Context, id roster.MemberID, typed string) (Erasure, error) {
	before, err := r.Look(ctx, id) // a history is long: what it says of them is found before anything is locked
	if err != nil {
		return before, err
	}
	return action.Do(ctx, r.gate, act.MemberErase, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Erasure, error) {
		e, err := look(ctx, tx, id, before)
		if err != nil {
			return e, err
		}
		if strings.Join(strings.Fields(typed), " ") != strings.Join(strings.Fields(e.Label()), " ") {
			return e, roster.Errorf(roster.Invalid, "name_differs", "Type the name exactly as it stands here: %s.", e.Label()).On("confirm_name")
		}
		return e.erase(ctx, tx)
	})
}

// erase erases it all.
func (e Erasure) erase(ctx context.Context, tx *store.Tx) (Erasure, error) {
	var err error
	if e.Person { // whoever accepts an invitation for them at this moment locks their person, too
		if err := erasedb.Lock(ctx, tx, e.subject); err != nil {
			return e, err
		}
	}
	if e.Lines, err = erasedb.History(ctx, tx, e.Org, e.subject, e.here.Seqs); err != nil {
		return e, err
	}
	if e.Others, err = erasedb.Rows(ctx, tx, e.subject); err != nil {
		return e, err
	}
	if _, err = erasedb.History(ctx, tx, roster.Installation, e.subject, e.house.Seqs); err != nil { // the last: it holds the installation's history
		return e, err
	}
	view, err := team.Of(ctx, tx, e.ID)
	return Erasure{View: view, Lines: e.Lines, Person: e.Person, Others: e.Others}, err
}

// Due gives some of those whose organisation lets so much time pass after a removal, and no more. For Roster itself.
func (r *Room) Due(ctx context.Context) ([]roster.Member, error) {
	return action.Look(ctx, r.gate, act.MemberErasure, func(ctx context.Context, rd store.Reader) ([]roster.Member, error) {
		if !roster.ActorFrom(ctx).Root() {
			return nil, store.ErrNone("member")
		}
		now, err := rd.Now(ctx)
		if err != nil {
			return nil, err
		}
		return erasedb.Due(ctx, rd, now, mostDue)
	})
}

// mostDue is how many are erased in one turn.
const mostDue = 50
