// Package letterdb reads an organisation's letters off the jobs that send them: which there are, how far each got, and how
// many leave before it. It sends none and changes none.
package letterdb

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Letter is a letter to a member.
type Letter struct {
	jobdb.Job
	Followed bool // an invitation was made after it, so its own is over
}

// Prefix begins the kinds of jobs that are letters.
const Prefix = "letter."

// Kind gives what a letter is, such as "invitation".
func (l Letter) Kind() string { return strings.TrimPrefix(l.Job.Kind, Prefix) }

// To gives the member whom the letter goes to.
func (l Letter) To() roster.MemberID { return roster.MemberID(l.About) }

// Kinds gives what letters of an organisation there are. Those about a person's own sign-in are the installation's.
func Kinds() []string {
	return []string{"invitation", "way", "factor_reset", "password_reset", "news", "digest", "visit", "deletion", "portal"}
}

// States gives how far letters get.
func States() []jobdb.State {
	return []jobdb.State{jobdb.Waiting, jobdb.Running, jobdb.Refused, jobdb.GivenUp, jobdb.Done, jobdb.Cancelled}
}

// Filter chooses letters of an organisation.
type Filter struct {
	Org    roster.OrgID
	IDs    []string        // only these; nil for all
	States []jobdb.State   // any when empty
	Kind   string          // as Letter.Kind gives it; any when empty
	Member roster.MemberID // whom they go to; anybody when empty
	Within []roster.UnitID // only to who is bound or holds something at one of these units or below; nil for all
	At     time.Time       // the moment of holding
	Open   bool            // only invitations that no other followed, of whom an acceptance is waited for
	After  *Key            // the last letter of the page before; nil for the first page
	Limit  int
}

// Key is a letter's place in the list.
type Key struct {
	MadeAt int64
	ID     string
}

// Key gives the letter's.
func (l Letter) Key() Key { return Key{store.Micros(l.MadeAt), l.ID} }

// invited tells of job j whether an invitation was made after it.
const invited = `EXISTS (SELECT 1 FROM invitation i WHERE i.org_id = j.org_id AND i.member_id = j.about AND i.made_at > j.made_at)`

// pending tells of job j whether the acceptance of whom it goes to is waited for.
const pending = `EXISTS (SELECT 1 FROM member m WHERE m.org_id = j.org_id AND m.id = j.about AND (m.status = 'invited' OR m.status = 'blocked' AND m.before = 'invited'))`

// seen gives what stands before a SELECT so that those whom the filter's reader sees are a table.
func (f Filter) seen(q *query.Conditions) string {
	if f.Within == nil {
		return ""
	}
	org := q.Arg(f.Org)
	return query.Before(q.Below("", "sight", f.Org, f.Within), `seen (id) AS (SELECT b.id FROM sight t CROSS JOIN member b WHERE b.org_id = `+org+` AND b.unit_id = t.id
		UNION SELECT g.member_id FROM sight t CROSS JOIN member_grant g WHERE g.org_id = `+org+` AND g.unit_id = t.id AND (g.until_at = 0 OR g.until_at > `+q.Arg(store.Micros(f.At))+`))`)
}

// where gives the conditions about job j, but for its state.
func (f Filter) where(q *query.Conditions) string {
	kind := "j.kind LIKE '" + Prefix + "%'"
	if f.Kind != "" {
		kind = "j.kind = " + q.Arg(Prefix+f.Kind)
	}
	all := []string{"j.org_id = " + q.Arg(f.Org), kind}
	if f.Within != nil { // what concerns the whole organisation, or how somebody wants to be told, is not theirs to know
		all = append(all, "j.kind NOT IN ("+q.List(query.Anys(jobdb.Tidings()))+")")
	}
	if f.IDs != nil {
		all = append(all, "j.id IN ("+q.List(query.Anys(f.IDs))+")")
	}
	if f.Member != "" {
		all = append(all, "j.about = "+q.Arg(f.Member))
	}
	if f.Within != nil {
		all = append(all, "j.about IN (SELECT id FROM seen)")
	}
	if f.Open {
		all = append(all, "NOT "+invited, pending)
	}
	return strings.Join(all, " AND ")
}

// states gives the states that the filter chooses.
func (f Filter) states() []jobdb.State {
	if len(f.States) == 0 {
		return States()
	}
	return f.States
}

// List gives letters, the newest first. Each state is read off its own part of the index.
func List(ctx context.Context, r store.Reader, f Filter) ([]Letter, error) {
	var q query.Conditions
	with := f.seen(&q)
	var parts []string
	for _, s := range f.states() {
		part := f.where(&q) + " AND j.state = " + q.Arg(s)
		if f.After != nil {
			part += " AND (j.made_at, j.id) < (" + q.Arg(f.After.MadeAt) + ", " + q.Arg(f.After.ID) + ")"
		}
		parts = append(parts, `SELECT * FROM (SELECT j.org_id, j.id, j.kind, j.about, j.state, j.attempt, j.due_at, j.error, j.made_at, j.done_at, `+invited+` AS followed FROM job j WHERE `+part+
			` ORDER BY j.made_at DESC, j.id DESC LIMIT `+q.Arg(f.Limit)+`) p`)
	}
	text := with + strings.Join(parts, " UNION ALL ") + " ORDER BY made_at DESC, id DESC LIMIT " + q.Arg(f.Limit)
	return store.All(ctx, r, func(row store.Row) (Letter, error) {
		var l Letter
		return l, row.Scan(&l.Org, &l.ID, &l.Job.Kind, &l.About, &l.State, &l.Attempt, store.When(&l.DueAt), &l.Error, store.When(&l.MadeAt), store.When(&l.DoneAt), &l.Followed)
	}, text, q.Args()...)
}

// Counts tells how many letters are in each state, whatever states the filter chooses.
func Counts(ctx context.Context, r store.Reader, f Filter) (map[jobdb.State]int, error) {
	var q query.Conditions
	text := f.seen(&q) + `SELECT j.state, count(*) FROM job j WHERE ` + f.where(&q) + ` GROUP BY j.state`
	all := map[jobdb.State]int{}
	return all, store.Each(ctx, r, func(row store.Row) error {
		var s jobdb.State
		var n int
		err := row.Scan(&s, &n)
		all[s] = n
		return err
	}, text, q.Args()...)
}

// Places tells of some letters that wait how many of those that the filter's reader sees leave before each, and the letter
// itself: the next one's is 1.
func Places(ctx context.Context, r store.Reader, f Filter, ids []string) (map[string]int, error) {
	all := map[string]int{}
	if len(ids) == 0 {
		return all, nil
	}
	f = Filter{Org: f.Org, Within: f.Within, At: f.At}
	var q query.Conditions
	text := f.seen(&q) + `SELECT w.id, w.place FROM (SELECT j.id, row_number() OVER (ORDER BY j.due_at, j.id) AS place FROM job j WHERE ` + f.where(&q) + ` AND j.state = 'waiting') w
		WHERE w.id IN (` + q.List(query.Anys(ids)) + `)`
	return all, store.Each(ctx, r, func(row store.Row) error {
		var id string
		var place int
		err := row.Scan(&id, &place)
		all[id] = place
		return err
	}, text, q.Args()...)
}

// Sent tells how many letters the mail server took since a moment.
func Sent(ctx context.Context, r store.Reader, f Filter, since time.Time) (int, error) {
	f = Filter{Org: f.Org, Within: f.Within, At: f.At}
	var q query.Conditions
	text := f.seen(&q) + `SELECT count(*) FROM job j WHERE ` + f.where(&q) + ` AND j.state = 'done' AND j.done_at > ` + q.Arg(store.Micros(since))
	n, err := store.One(ctx, r, store.Scan[int], text, q.Args()...)
	return n.Value, err
}

// Failed tells whether a letter met an end that trying again by itself does not change.
func (l Letter) Failed() bool { return slices.Contains(jobdb.Dead(), l.State) }
