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

// looked is how many organisations a statement of a search reads.
const looked = 1000

// Search gives a page of organisations, by slug. Names are folded and compared here, and not by the databases, of which one knows
// the case of ASCII alone: so both find the same.
func Search(ctx context.Context, r store.Reader, f Filter) ([]roster.Organisation, error) {
	const some = ` FROM organisation WHERE slug > $1 AND (suspended_at > 0 OR delete_at > 0 OR NOT $2) ORDER BY slug LIMIT $3`
	text := roster.Fold(strings.TrimSpace(f.Text))
	if text == "" {
		return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+some, f.After, f.Suspended, f.Limit)
	}
	var ids []roster.OrgID
	for after, n := f.After, looked; n == looked && len(ids) < f.Limit; {
		n = 0
		err := store.Each(ctx, r, func(row store.Row) error {
			var id, slug, name string
			err := row.Scan(&id, &slug, &name)
			if n, after = n+1, slug; len(ids) < f.Limit && (id == text || strings.Contains(slug, text) || strings.Contains(roster.Fold(name), text)) {
				ids = append(ids, roster.OrgID(id))
			}
			return err
		}, `SELECT id, slug, name`+some, after, f.Suspended, looked)
		if err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := ByIDs(ctx, r, ids)
	var all []roster.Organisation
	for _, id := range ids {
		if o, there := found[id]; there {
			all = append(all, o.Value)
		}
	}
	return all, err
}
