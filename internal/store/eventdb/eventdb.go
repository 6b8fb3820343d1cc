// Package eventdb reads the history, and counts refusals until they become lines of it. Lines are
// written by package store alone, with what they tell of.
package eventdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/store"
)

// Filter chooses lines of one organisation's history, newest first unless Forward.
type Filter struct {
	Org     roster.OrgID
	Actor   string // the ID of who acted, as roster.Actor.ID gives it
	Target  string // the ID of what was acted on
	Action  string
	From    time.Time
	To      time.Time
	After   int64 // for Forward: lines after this position; otherwise lines before it (0 for all)
	Forward bool
	Limit   int
}

// List gives one page of lines.
func List(ctx context.Context, r store.Reader, f Filter) ([]roster.Event, error) {
	text := `SELECT ` + store.EventColumns + ` FROM event WHERE org_id = $1`
	args := []any{f.Org}
	add := func(condition string, v any) {
		args = append(args, v)
		text += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Actor != "" {
		add("actor_id = $%d", f.Actor)
	}
	if f.Target != "" {
		add("target_id = $%d", f.Target)
	}
	if f.Action != "" {
		add("action = $%d", f.Action)
	}
	if err := f.within(ctx, r, add); err != nil {
		return nil, err
	}
	order := "DESC"
	if f.Forward {
		order = "ASC"
		add("seq > $%d", f.After)
	} else if f.After > 0 {
		add("seq < $%d", f.After)
	}
	args = append(args, f.Limit)
	return store.All(ctx, r, store.ScanEvent, text+fmt.Sprintf(" ORDER BY seq %s LIMIT $%d", order, len(args)), args...)
}

// About gives the lines after a position in which somebody acted or was acted on, the oldest first.
func About(ctx context.Context, r store.Reader, org roster.OrgID, id string, after int64, limit int) ([]roster.Event, error) {
	return store.All(ctx, r, store.ScanEvent, `SELECT `+store.EventColumns+` FROM event WHERE org_id = $1 AND seq IN (
		SELECT seq FROM (SELECT seq FROM event WHERE org_id = $1 AND target_id = $2 AND seq > $3 ORDER BY seq LIMIT $4) t
		UNION SELECT seq FROM (SELECT seq FROM event WHERE org_id = $1 AND actor_id = $2 AND seq > $3 ORDER BY seq LIMIT $4) a)
		ORDER BY seq LIMIT $4`, org, id, after, limit)
}

// Refusal is an act that was refused to a signed-in actor, counted within one minute.
type Refusal struct {
	Org    roster.OrgID
	Minute int64 // minutes since 1970
	Action string
	Code   string
	Actor  roster.Actor
	Target roster.Ref
	Count  int
}

// CountRefusal counts so many more refusals of an actor, action and code in the present minute.
func CountRefusal(ctx context.Context, tx store.Noter, v Refusal) error {
	actor, err := json.Marshal(v.Actor)
	if err != nil {
		return err
	}
	target, err := json.Marshal(v.Target)
	if err != nil {
		return err
	}
	_, err = tx.Note(ctx, store.BookRefusal, `INSERT INTO refusal (org_id, minute, actor_id, action, code, actor, target, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (org_id, minute, actor_id, action, code) DO UPDATE SET count = refusal.count + excluded.count`,
		v.Org, tx.At().Unix()/60, v.Actor.ID(), v.Action, v.Code, string(actor), string(target), v.Count)
	return err
}

// DueRefusals gives refusals whose minute is over.
func DueRefusals(ctx context.Context, r store.Reader, now time.Time) ([]Refusal, error) {
	return store.All(ctx, r, func(row store.Row) (Refusal, error) {
		var v Refusal
		var actor, target string
		if err := row.Scan(&v.Org, &v.Minute, &v.Action, &v.Code, &actor, &target, &v.Count); err != nil {
			return v, err
		}
		if err := json.Unmarshal([]byte(actor), &v.Actor); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(target), &v.Target)
	}, `SELECT org_id, minute, action, code, actor, target, count FROM refusal WHERE minute < $1 ORDER BY org_id, minute LIMIT 500`, now.Unix()/60)
}

// DropRefusal takes a counted refusal away, in the transaction that writes its line. dropped is
// false when another process wrote it already.
func DropRefusal(ctx context.Context, tx *store.Tx, v Refusal) (dropped bool, err error) {
	n, err := tx.Note(ctx, store.BookRefusal, `DELETE FROM refusal WHERE org_id = $1 AND minute = $2 AND actor_id = $3 AND action = $4 AND code = $5`,
		v.Org, v.Minute, v.Actor.ID(), v.Action, v.Code)
	return n == 1, err
}

// Asked gives what a refused request was about as far as the history may show it: the asker's input
// was refused before anybody looked whether it is a name, or how long it is.
func Asked(r roster.Ref) roster.Ref {
	if r.Kind == "member" && !roster.IsMemberID(r.ID) {
		r.ID = ""
	}
	if _, err := roster.ParseEmail(r.Name); err == nil {
		return r
	}
	name, err := roster.CleanName(r.Name)
	if err != nil {
		name = ""
	}
	r.Name = name
	return r
}

// ErasedBefore tells whether an earlier Roster erased somebody of any organisation that still is: it told nothing of that to
// the installation's history.
func ErasedBefore(ctx context.Context, r store.Reader) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM organisation o WHERE EXISTS (SELECT 1 FROM event e WHERE e.org_id = o.id AND e.action = $1
		AND e.body NOT LIKE '%"field":"texts"%' AND e.body NOT LIKE '%"refused":"%') LIMIT 1`, chain.Erasure)
	return found.OK, err
}
