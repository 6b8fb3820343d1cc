// Package plandb keeps the plans that operators define, and finds those that ship beside them. What a limit means
// is package roster's.
package plandb

import (
	"context"
	"slices"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Plan is a plan with how many organisations are on it.
type Plan struct {
	roster.Plan
	Organisations int
	CreatedAt     time.Time // zero for those that ship
	UpdatedAt     time.Time
}

const columns = `p.key, p.name, p.max_users, p.max_api_users, p.offered`

func fields(p *roster.Plan) []any {
	return []any{&p.Key, &p.Name, &p.MaxUsers, &p.MaxAPIUsers, &p.Offered}
}

func scan(row store.Row) (roster.Plan, error) {
	var p roster.Plan
	return p, row.Scan(fields(&p)...)
}

// ByKey finds a plan as it is now. Inside a transaction it stays so until the end: who counts seats by it and who
// edits it wait for each other. Kind: Invalid, code plan_unknown, naming the plans there are.
func ByKey(ctx context.Context, r store.Reader, key string) (roster.Plan, error) {
	if at := slices.IndexFunc(roster.Plans(), func(p roster.Plan) bool { return p.Key == key }); at >= 0 {
		return roster.Plans()[at], nil
	}
	lock := ""
	if _, writes := r.(*store.Tx); writes {
		lock = store.ForShare(r)
	}
	found, err := store.One(ctx, r, scan, `SELECT `+columns+` FROM plan p WHERE p.key = $1`+lock, key)
	if err != nil || found.OK {
		return found.Value, err
	}
	there, err := All(ctx, r)
	if err == nil {
		err = roster.PlanUnknown(key, there)
	}
	return roster.Plan{}, err
}

// All gives every plan: those that ship, the default first, then the operators' own by key.
func All(ctx context.Context, r store.Reader) ([]roster.Plan, error) {
	own, err := store.All(ctx, r, scan, `SELECT `+columns+` FROM plan p ORDER BY p.key`)
	return append(roster.Plans(), own...), err
}

// List gives every plan with its use, in the order of All.
func List(ctx context.Context, r store.Reader) ([]Plan, error) {
	type used struct {
		key string
		n   int
	}
	counts, err := store.All(ctx, r, func(row store.Row) (used, error) {
		var u used
		return u, row.Scan(&u.key, &u.n)
	}, `SELECT plan, count(*) FROM organisation GROUP BY plan`)
	if err != nil {
		return nil, err
	}
	var all []Plan
	for _, p := range roster.Plans() {
		all = append(all, Plan{Plan: p})
	}
	own, err := store.All(ctx, r, func(row store.Row) (Plan, error) {
		var p Plan
		return p, row.Scan(append(fields(&p.Plan), store.When(&p.CreatedAt), store.When(&p.UpdatedAt))...)
	}, `SELECT `+columns+`, p.created_at, p.updated_at FROM plan p ORDER BY p.key`)
	all = append(all, own...)
	for i := range all {
		if at := slices.IndexFunc(counts, func(u used) bool { return u.key == all[i].Key }); at >= 0 {
			all[i].Organisations = counts[at].n
		}
	}
	return all, err
}

// Take gives an operator's plan to a transaction of the installation that will change it: those that count seats
// by it are waited for, and wait. Kind: NotFound.
func Take(ctx context.Context, tx *store.Tx, key string) (roster.Plan, error) {
	found, err := store.One(ctx, tx, scan, `SELECT `+columns+` FROM plan p WHERE p.key = $1`+store.ForUpdate(tx), key)
	if err != nil {
		return found.Value, err
	}
	return found.Or("plan")
}

// Insert keeps a new plan. Kind: Conflict, code plan_exists, when another one has the key or the name.
func Insert(ctx context.Context, tx *store.Tx, p roster.Plan) error {
	by := roster.ActorFrom(ctx).ID()
	n, err := tx.Change(ctx, changes(roster.Plan{Key: p.Key, Name: p.Name}, p, true),
		`INSERT INTO plan (key, name, name_folded, max_users, max_api_users, offered, created_at, created_by, updated_at, updated_by)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8) ON CONFLICT DO NOTHING`,
		p.Key, p.Name, roster.Fold(p.Name), p.MaxUsers, p.MaxAPIUsers, p.Offered, store.Micros(tx.At()), by)
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Conflict, "plan_exists", "There is a plan of this key or name already. Take another.").On("key")
	}
	return err
}

// Update keeps a change of a plan that was taken. Kind: Conflict, code plan_exists, when another one has the name.
func Update(ctx context.Context, tx *store.Tx, was, now roster.Plan) error {
	diff := changes(was, now, false)
	if len(diff) == 0 {
		return nil
	}
	n, err := tx.Change(ctx, diff,
		`UPDATE plan SET name = $1, name_folded = $2, max_users = $3, max_api_users = $4, offered = $5, updated_at = $6, updated_by = $7
		 WHERE key = $8 AND NOT EXISTS (SELECT 1 FROM plan o WHERE o.name_folded = $2 AND o.key <> $8)`,
		now.Name, roster.Fold(now.Name), now.MaxUsers, now.MaxAPIUsers, now.Offered, store.Micros(tx.At()), roster.ActorFrom(ctx).ID(), was.Key)
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Conflict, "plan_exists", "Another plan has this name already. Take another.").On("name")
	}
	return err
}

// Delete ends a plan that was taken and that no organisation is on.
func Delete(ctx context.Context, tx *store.Tx, p roster.Plan) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: p.Ref(), Field: "name", From: p.Name}}, `DELETE FROM plan WHERE key = $1`, p.Key)
	return err
}

// changes tells for the history in what a plan differs; of a new one everything.
func changes(was, now roster.Plan, fresh bool) []roster.Change {
	var all []roster.Change
	add := func(field, from, to string) {
		if fresh {
			from = ""
		}
		if from != to {
			all = append(all, roster.Change{Of: now.Ref(), Field: field, From: from, To: to})
		}
	}
	add("name", was.Name, now.Name)
	add("max_users", roster.ShowLimit(was.MaxUsers), roster.ShowLimit(now.MaxUsers))
	add("max_api_users", roster.ShowLimit(was.MaxAPIUsers), roster.ShowLimit(now.MaxAPIUsers))
	add("offered", strconv.FormatBool(was.Offered), strconv.FormatBool(now.Offered))
	return all
}
