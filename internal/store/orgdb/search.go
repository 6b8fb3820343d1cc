package orgdb

import (
	"context"
	"strings"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// ByIDs finds organisations by their IDs, each with its seq.
func ByIDs(ctx context.Context, r store.Reader, ids []roster.OrgID) (map[roster.OrgID]store.At[roster.Organisation], error) {
	marks, args := query.Marks(ids)
	rows, err := store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation WHERE id IN (`+marks+`)`, args...)
	found := make(map[roster.OrgID]store.At[roster.Organisation], len(rows))
	for _, o := range rows {
		found[o.ID] = store.At[roster.Organisation]{Org: o.ID, Seq: o.Seq, Value: o}
	}
	return found, err
}

// Filter chooses organisations for the operator.
type Filter struct {
	Text      string // stands in the name or the slug, whatever its case and accents, or is the ID
	Suspended bool   // those that are suspended or closed alone
	After     string // slugs after this one
	Limit     int
}

// Found is a page of organisations.
type Found struct {
	Organisations []roster.Organisation
	Total         int
	More          bool // there are more than Total
}

const (
	looked      = 1000   // organisations that a statement of a search reads
	mostCounted = 10_000 // beyond it a list says "more"
)

const chosen = ` FROM organisation WHERE slug > $1 AND (suspended_at > 0 OR delete_at > 0 OR NOT $2) ORDER BY slug LIMIT $3`

// Search gives a page of organisations, by slug, and how many there are on all pages.
func Search(ctx context.Context, r store.Reader, f Filter) (Found, error) {
	var found Found
	var err error
	if text := roster.Fold(strings.TrimSpace(f.Text)); text == "" {
		found, err = listed(ctx, r, f)
	} else {
		found, err = searched(ctx, r, f, text)
	}
	if found.Total > mostCounted {
		found.Total, found.More = mostCounted, true
	}
	return found, err
}

func listed(ctx context.Context, r store.Reader, f Filter) (found Found, err error) {
	if found.Organisations, err = store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+chosen, f.After, f.Suspended, f.Limit); err != nil {
		return found, err
	}
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM (SELECT id`+chosen+`) counted`, "", f.Suspended, mostCounted+1)
	found.Total = n.Value
	return found, err
}

func searched(ctx context.Context, r store.Reader, f Filter, text string) (found Found, err error) {
	var ids []roster.OrgID
	err = matches(ctx, r, f, f.After, text, func(id roster.OrgID) bool {
		ids = append(ids, id)
		return len(ids) < f.Limit
	})
	if err != nil {
		return found, err
	}
	err = matches(ctx, r, f, "", text, func(roster.OrgID) bool {
		found.Total++
		return found.Total <= mostCounted
	})
	if err != nil || len(ids) == 0 {
		return found, err
	}
	by, err := ByIDs(ctx, r, ids)
	for _, id := range ids {
		if o, there := by[id]; there {
			found.Organisations = append(found.Organisations, o.Value)
		}
	}
	return found, err
}

// matches walks the organisations after a slug in which a text stands, as long as take wants more. Names are folded and compared
// here, and not by the databases, of which one knows the case of ASCII alone: so both find the same.
func matches(ctx context.Context, r store.Reader, f Filter, after, text string, take func(roster.OrgID) (more bool)) error {
	for n, more := looked, true; n == looked && more; {
		n = 0
		err := store.Each(ctx, r, func(row store.Row) error {
			var id, slug, name string
			err := row.Scan(&id, &slug, &name)
			if n, after = n+1, slug; more && (id == text || strings.Contains(slug, text) || strings.Contains(roster.Fold(name), text)) {
				more = take(roster.OrgID(id))
			}
			return err
		}, `SELECT id, slug, name`+chosen, after, f.Suspended, looked)
		if err != nil {
			return err
		}
	}
	return nil
}
