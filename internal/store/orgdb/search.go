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
	Text      string // stands in the name or the slug, or is the ID
	Suspended bool   // those that are suspended or closed alone
	After     string // slugs after this one
	Limit     int
}

// Search gives a page of organisations, by slug.
func Search(ctx context.Context, r store.Reader, f Filter) ([]roster.Organisation, error) {
	text := strings.ToLower(strings.TrimSpace(f.Text))
	like := "%" + strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(text) + "%"
	return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation
		WHERE slug > $1 AND (slug LIKE $2 ESCAPE '!' OR LOWER(name) LIKE $2 ESCAPE '!' OR id = $3) AND (suspended_at > 0 OR delete_at > 0 OR NOT $4) ORDER BY slug LIMIT $5`,
		f.After, like, text, f.Suspended, f.Limit)
}
