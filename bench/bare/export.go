package bare

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
)

// Export reads the members and writes them as they stand.
func (r *Rows) Export(ctx context.Context, _ int) error {
	found, err := r.db.QueryContext(ctx, `SELECT m.name, m.email, m.client_id, m.kind, m.phone, m.status, m.verified_at, m.last_seen_at, m.created_at, m.updated_at, c.name
		FROM member m JOIN member c ON c.org_id = m.org_id AND c.id = m.created_by WHERE m.org_id = $1 AND m.status <> 'removed' ORDER BY m.sort_name, m.id`, r.orgs[0])
	if err != nil {
		return err
	}
	defer found.Close()
	out := csv.NewWriter(io.Discard)
	var texts [7]string
	var times [4]int64
	for found.Next() {
		if err := found.Scan(&texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &times[0], &times[1], &times[2], &times[3], &texts[6]); err != nil {
			return err
		}
		cells := texts[:]
		for _, t := range times {
			cells = append(cells, strconv.FormatInt(t, 10))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return found.Err()
}
