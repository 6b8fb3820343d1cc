// Package networkdb keeps from which addresses API users are let in. An organisation's own list stands with its settings.
package networkdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"roster/internal/roster"
	"roster/internal/store"
)

// Of gives a member's list; empty for any address.
func Of(ctx context.Context, r store.Reader, m roster.Member) ([]string, error) {
	found, err := store.One(ctx, r, func(row store.Row) ([]string, error) {
		var list []string
		return list, row.Scan(store.Words(&list))
	}, `SELECT allowed_from FROM member WHERE org_id = $1 AND id = $2`, m.Org, m.ID)
	return found.Value, err
}

// Set keeps a member's list, whose version rises.
func Set(ctx context.Context, tx *store.Tx, m roster.Member, was, now []string) error {
	if slices.Equal(was, now) {
		return nil
	}
	changes := []roster.Change{
		{Of: m.Ref(), Field: "allowed_from", From: strings.Join(was, " "), To: strings.Join(now, " ")},
		{Of: m.Ref(), Field: "version", From: strconv.FormatInt(m.Version, 10), To: strconv.FormatInt(m.Version+1, 10)},
	}
	n, err := tx.Change(ctx, changes, `UPDATE member SET allowed_from = $1, updated_at = $2, updated_by = $3, version = version + 1 WHERE org_id = $4 AND id = $5 AND version = $6`,
		strings.Join(now, " "), store.Micros(tx.At()), roster.ActorFrom(ctx).ID(), m.Org, m.ID, m.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return err
}
