// Package replaydb reads the rows of the tables that package replay rebuilds, one after the other.
package replaydb

import (
	"context"
	"strconv"
	"strings"

	"roster/internal/replay"
	"roster/internal/roster"
	"roster/internal/store"
)

// Each gives every row of an organisation in a table, in no order.
func Each(ctx context.Context, r store.Reader, org roster.OrgID, t replay.Table, fn func(replay.Row)) error {
	columns := append(append([]replay.Column{}, t.Keys...), t.Rebuilt()...)
	names := make([]string, len(columns))
	for i, c := range columns {
		if names[i] = c.Name; c.Form == replay.Maybe {
			names[i] = "COALESCE(" + c.Name + ", '')"
		}
	}
	return store.Each(ctx, r, func(row store.Row) error {
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = cell(c.Form)
		}
		if err := row.Scan(cells...); err != nil {
			return err
		}
		texts := make([]string, len(columns))
		for i := range cells {
			texts[i] = text(cells[i])
		}
		n := len(t.Keys)
		fn(replay.Row{Table: t.Name, Keys: texts[:n], Values: texts[n:]})
		return nil
	}, `SELECT `+strings.Join(names, ", ")+` FROM `+t.Name+` WHERE org_id = $1`, org)
}

// cell gives where a column is scanned to.
func cell(f replay.Form) any {
	switch f {
	case replay.Number, replay.Moment:
		return new(int64)
	case replay.Flag:
		return new(bool)
	case replay.Bytes:
		return new([]byte)
	}
	return new(string)
}

func text(cell any) string {
	switch v := cell.(type) {
	case *int64:
		return strconv.FormatInt(*v, 10)
	case *bool:
		return strconv.FormatBool(*v)
	case *[]byte:
		return string(*v)
	case *string:
		return *v
	}
	return ""
}
