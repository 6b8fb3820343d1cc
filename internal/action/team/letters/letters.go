// Package letters is the room in which an administrator follows their organisation's letters: which wait, leave, arrived or
// were refused, and why. An invitation whose letter did not arrive is sent again from here, as it is from its member's page.
// What becomes of letters as they leave is the outbox's; operators look after those of all organisations there.
package letters

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Room holds the use cases.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// Letter is a letter as it is shown.
type Letter struct {
	letterdb.Letter
	Member  roster.Member
	Place   int    // of one that waits: as which of the organisation's it leaves, the next one being 1
	Instead string // of one that did not arrive: what is done about it where it is not sent again; else empty

	may bool // the reader may send the member's invitation again
}

// What is done about a letter that did not arrive, where it is not sent again.
const (
	Followed = "followed" // another invitation was made since
	Ended    = "ended"    // nobody's acceptance is waited for any more
	Withheld = "withheld" // the reader may not
	Anew     = "anew"     // what it told of is asked for again on the member's page, by a letter of its own
	Next     = "next"     // what happens from now on stands in the next one
	Operator = "operator" // whoever operates the installation can try it once more
)

// Resendable tells whether the reader may send the letter again.
func (l Letter) Resendable() bool { return l.Failed() && l.Instead == "" }

// Allowed gives what the reader may do about the letter.
func (l Letter) Allowed() []string {
	if l.Resendable() {
		return []string{string(act.MemberResend)}
	}
	return []string{}
}

// Next gives when the letter is tried next; zero where it is not.
func (l Letter) Next() time.Time {
	if l.State == jobdb.Waiting || l.State == jobdb.Running {
		return l.DueAt
	}
	return time.Time{}
}

// instead tells what is done about a letter that did not arrive. A letter about a way in is not sent again by itself: its
// link is made as it leaves, and whoever has it made proves that it is they.
func (l Letter) instead() string {
	switch l.Kind() {
	case invitation:
		switch {
		case l.Followed:
			return Followed
		case !l.Member.Pending():
			return Ended
		case !l.may:
			return Withheld
		}
		return ""
	case "way", "factor_reset", "password_reset":
		return Anew
	case "visit", "deletion", "portal":
		return Operator
	}
	return Next
}

// Query is what a list asks for.
type Query struct {
	States []jobdb.State
	Kind   string          // such as "invitation"; any when empty
	Member roster.MemberID // whom they go to; anybody when empty
	Limit  int             // 1 to 200; 50 when zero
	Cursor string
}

// Page is a page of letters.
type Page struct {
	Letters []Letter
	Counts  map[jobdb.State]int // of all that the query chooses whatever their state
	Total   int                 // of all that it chooses
	Hour    int                 // how many the mail server took within the last hour, of all whom the reader sees
	Next    string              // the cursor of the next page; empty on the last
}

// List gives a page of the letters to members whom the actor sees, the newest first. Kind: Invalid (state_unknown,
// kind_unknown, limit_invalid, cursor_invalid).
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.LetterList, func(ctx context.Context, rd store.Reader) (Page, error) {
		f, bound, err := r.filter(ctx, q)
		if err != nil {
			return Page{}, err
		}
		p := Page{}
		if p.Counts, err = letterdb.Counts(ctx, rd, f); err != nil {
			return p, err
		}
		for s, n := range p.Counts {
			if len(f.States) == 0 || slices.Contains(f.States, s) {
				p.Total += n
			}
		}
		if p.Hour, err = letterdb.Sent(ctx, rd, f, action.Moment(ctx).Add(-time.Hour)); err != nil {
			return p, err
		}
		limit := f.Limit
		f.Limit++
		rows, err := letterdb.List(ctx, rd, f)
		if err != nil {
			return p, err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			if p.Next, err = r.cursors.Encode(bound, rows[limit-1].Key()); err != nil {
				return p, err
			}
		}
		p.Letters, err = shown(ctx, rd, f, rows)
		return p, err
	})
}

// UnknownState refuses what is no state of a letter. Kind: Invalid.
func UnknownState() *roster.Error {
	return roster.Errorf(roster.Invalid, "state_unknown", "A letter's state is waiting, running, refused, given_up, done or cancelled.")
}

// filter gives a query as the store takes it, and what a cursor of it is good for.
func (r *Room) filter(ctx context.Context, q Query) (letterdb.Filter, string, error) {
	var bad roster.Problems
	for _, s := range q.States {
		if !slices.Contains(letterdb.States(), s) {
			bad.Add("state", UnknownState())
		}
	}
	if q.Kind != "" && !slices.Contains(letterdb.Kinds(), q.Kind) {
		bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A letter's kind is one of %s.", strings.Join(letterdb.Kinds(), ", ")))
	}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if q.Limit < 1 || q.Limit > 200 {
		bad.Add("limit", roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines."))
	}
	f := letterdb.Filter{Org: roster.ActorFrom(ctx).Organisation, States: q.States, Kind: q.Kind, Member: q.Member, At: action.Moment(ctx), Limit: q.Limit}
	slices.Sort(f.States)
	f.States = slices.Compact(f.States)
	bound := "letters\n" + string(f.Org) + "\n" + q.Kind + "\n" + string(q.Member)
	for _, s := range f.States {
		bound += "\n" + string(s)
	}
	if q.Cursor != "" {
		f.After = &letterdb.Key{}
		bad.Join(r.cursors.Decode(bound, q.Cursor, f.After))
	}
	err := bad.Err()
	if err == nil {
		f.Within, err = action.Sight(ctx)
	}
	return f, bound, err
}

// shown completes letters with whom they go to, when they leave and what can be done about them.
func shown(ctx context.Context, rd store.Reader, f letterdb.Filter, rows []letterdb.Letter) ([]Letter, error) {
	var to []roster.MemberID
	var waiting []string
	for _, row := range rows {
		if !slices.Contains(to, row.To()) {
			to = append(to, row.To())
		}
		if row.State == jobdb.Waiting {
			waiting = append(waiting, row.ID)
		}
	}
	members, may, err := addressees(ctx, rd, f, to)
	if err != nil {
		return nil, err
	}
	places, err := letterdb.Places(ctx, rd, f, waiting)
	all := make([]Letter, len(rows))
	for i, row := range rows {
		l := Letter{Letter: row, Member: members[row.To()], Place: places[row.ID], may: may[row.To()]}
		if row.Failed() {
			l.Instead = l.instead()
		}
		all[i] = l
	}
	return all, err
}

// addressees gives members, whatever became of them, and to whom of them the actor may send the invitation again.
func addressees(ctx context.Context, rd store.Reader, f letterdb.Filter, ids []roster.MemberID) (members map[roster.MemberID]roster.Member, may map[roster.MemberID]bool, err error) {
	members, may = map[roster.MemberID]roster.Member{}, map[roster.MemberID]bool{}
	if len(ids) == 0 {
		return members, may, nil
	}
	rows, err := memberdb.List(ctx, rd, memberdb.Filter{
		Org: f.Org, IDs: ids, Status: []roster.Status{roster.Invited, roster.Active, roster.Blocked, roster.Removed}, At: f.At, Sort: memberdb.ByName, Limit: len(ids),
	})
	if err != nil {
		return nil, nil, err
	}
	grants, err := roledb.GrantsOf(ctx, rd, f.Org, ids)
	for _, row := range rows {
		members[row.ID] = row.Member
		if row.Pending() {
			may[row.ID] = slices.Contains(action.Allowed(ctx, row.Member, grants[row.ID]), string(act.MemberResend))
		}
	}
	return members, may, err
}
