package memberdb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Row is a member as the list shows it.
type Row struct {
	roster.Member
	Live      roster.Invitation // the live invitation; zero without one
	CreatedBy string            // the maker's name; the actor's ID where it is no member
	UpdatedBy string
	Coming    roster.Coming // the connection that they come in by; zero for a password
	SortName  []byte
	MFA       bool // whether they have a second factor
}

// Key gives the row's place in the order by name.
func (r Row) Key() *Key { return ByName.Place(r) }

const rowColumns = columns + `, m.sort_name, COALESCE(NULLIF(c.name, ''), NULLIF(c.email, ''), m.created_by), COALESCE(NULLIF(u.name, ''), NULLIF(u.email, ''), m.updated_by),
 COALESCE(i.generation, 0), COALESCE(i.state, ''), COALESCE(i.sent_at, 0), COALESCE(i.opened_at, 0), COALESCE(i.expires_at, 0),
 COALESCE(y.method_id, ''), COALESCE(y.identifier, ''), ` + mfa

const rowJoins = `
 LEFT JOIN member c ON c.org_id = m.org_id AND c.id = m.created_by
 LEFT JOIN member u ON u.org_id = m.org_id AND u.id = m.updated_by
 LEFT JOIN invitation i ON i.org_id = m.org_id AND i.member_id = m.id AND i.state = 'live'
 LEFT JOIN identity y ON y.org_id = m.org_id AND y.member_id = m.id`

func scanRow(row store.Row) (Row, error) {
	var r Row
	all := append(fields(&r.Member), &r.SortName, &r.CreatedBy, &r.UpdatedBy,
		&r.Live.Generation, &r.Live.State, store.When(&r.Live.SentAt), store.When(&r.Live.OpenedAt), store.When(&r.Live.ExpiresAt),
		&r.Coming.Method, &r.Coming.Identifier, &r.MFA)
	return r, row.Scan(all...)
}

// RowByID finds one member as the list shows it.
func RowByID(ctx context.Context, r store.Reader, org roster.OrgID, id roster.MemberID) (store.Found[Row], error) {
	return store.One(ctx, r, scanRow, `SELECT `+rowColumns+` FROM member m`+rowJoins+` WHERE m.org_id = $1 AND m.id = $2`, org, id)
}

// List gives one page of members in the filter's order.
func List(ctx context.Context, r store.Reader, f Filter) ([]Row, error) {
	p, err := planned(ctx, r, f)
	if err != nil {
		return nil, err
	}
	return p.list(ctx, r)
}

// Owners gives the active Owners of an organisation at a moment, by name, and at most so many.
func Owners(ctx context.Context, r store.Reader, org roster.OrgID, at time.Time, most int) ([]Row, error) {
	return List(ctx, r, Filter{Org: org, Role: roster.RoleOwner, Status: []roster.Status{roster.Active}, At: at, Sort: ByName, Limit: most})
}

// IDs gives the members of a filter, in its order, by their IDs alone.
func IDs(ctx context.Context, r store.Reader, f Filter) ([]roster.MemberID, error) {
	p, err := planned(ctx, r, f)
	if err != nil {
		return nil, err
	}
	text, args := p.ordered("m.id", "", nil)
	return store.All(ctx, r, store.Scan[roster.MemberID], text, args...)
}

// Listed is one page of a list.
type Listed struct {
	Rows  []Row
	End   *Key // where looking stopped before the page was full; nil where it is full, or nobody is left
	Total Total
}

// Look gives one page of members, and how many the filter chooses. It takes about as long whatever the filter and
// however many members there are: a page that hardly anybody belongs on may be short, and be gone on from.
func Look(ctx context.Context, r store.Reader, f Filter) (Listed, error) {
	p, err := planned(ctx, r, f)
	if err != nil {
		return Listed{}, err
	}
	var l Listed
	if l.Rows, l.End, err = p.page(ctx, r); err == nil {
		l.Total, err = p.total(ctx, r, len(l.Rows), mostCounted, l.End != nil)
	}
	return l, err
}

// Count tells how many members a filter chooses, of which List gave a page with so many.
func Count(ctx context.Context, r store.Reader, f Filter, listed int) (Total, error) {
	p, err := planned(ctx, r, f)
	if err != nil {
		return Total{}, err
	}
	return p.total(ctx, r, listed, mostCounted, false)
}

// SeenBefore tells whether a member's last visit is old enough to note a new one.
func SeenBefore(m roster.Member, now time.Time) bool { return now.Sub(m.LastSeenAt) >= time.Minute }
