package webhookdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/store"
)

const progressColumns = `p.org_id, p.webhook_id, p.of_org, p.seq, p.turn, p.tries, p.failed_at, p.due_at, o.seq`

func scanProgress(row store.Row) (endpoint.Progress, error) {
	var p endpoint.Progress
	return p, row.Scan(&p.Org, &p.Webhook, &p.Of, &p.Seq, &p.Turn, &p.Tries, store.When(&p.FailedAt), store.When(&p.DueAt), &p.Newest)
}

// Due gives where there is something to deliver at a moment, those first that wait longest: where nothing failed yet, or
// where something did. Of one webhook they are so many at most, so that one with much to do hides no other. An organisation
// that is closed is told nothing; product clients are told of it all the same, as long as they may read events.
func Due(ctx context.Context, r store.Reader, at time.Time, permission string, failing bool, each, limit int) ([]endpoint.Progress, error) {
	tried := `p.tries = 0`
	if failing {
		tried = `p.tries > 0`
	}
	return store.All(ctx, r, scanProgress, `SELECT org_id, webhook_id, of_org, seq, turn, tries, failed_at, due_at, newest FROM (
		SELECT p.org_id, p.webhook_id, p.of_org, p.seq, p.turn, p.tries, p.failed_at, p.due_at, o.seq AS newest,
			row_number() OVER (PARTITION BY p.org_id, p.webhook_id ORDER BY p.due_at, p.of_org) AS place
		FROM webhook_reach p JOIN webhook w ON w.org_id = p.org_id AND w.id = p.webhook_id JOIN organisation o ON o.id = p.of_org
		WHERE p.seq < o.seq AND p.due_at <= $1 AND w.paused_at = 0 AND `+tried+`
		AND (w.client_id = '' AND o.suspended_at = 0 AND o.delete_at = 0
		 OR EXISTS (SELECT 1 FROM client c WHERE c.id = w.client_id AND c.removed_at = 0 AND ' ' || c.permissions || ' ' LIKE $2))) due
		WHERE place <= $3 ORDER BY due_at, webhook_id, of_org LIMIT $4`, store.Micros(at), "% "+permission+" %", each, limit)
}

// Of gives how far a webhook has got, organisation by organisation, the one furthest behind first.
func Of(ctx context.Context, r store.Reader, e endpoint.Endpoint, limit int) ([]endpoint.Progress, error) {
	return store.All(ctx, r, scanProgress, `SELECT `+progressColumns+` FROM webhook_reach p JOIN organisation o ON o.id = p.of_org
		WHERE p.org_id = $1 AND p.webhook_id = $2 ORDER BY o.seq - p.seq DESC, p.of_org LIMIT $3`, e.Org, e.ID, limit)
}

// At gives how far a webhook has got in an organisation.
func At(ctx context.Context, r store.Reader, e endpoint.Endpoint, of roster.OrgID) (store.Found[endpoint.Progress], error) {
	return store.One(ctx, r, scanProgress, `SELECT `+progressColumns+` FROM webhook_reach p JOIN organisation o ON o.id = p.of_org
		WHERE p.org_id = $1 AND p.webhook_id = $2 AND p.of_org = $3`, e.Org, e.ID, of)
}

// Set lets a webhook go on from another position.
func Set(ctx context.Context, tx *store.Tx, e endpoint.Endpoint, p endpoint.Progress, seq int64) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: e.Ref(), Field: "position", From: strconv.FormatInt(p.Seq, 10), To: strconv.FormatInt(seq, 10)}},
		`UPDATE webhook_reach SET seq = $1, turn = turn + 1, tries = 0, failed_at = 0, due_at = 0 WHERE org_id = $2 AND webhook_id = $3 AND of_org = $4`, seq, p.Org, p.Webhook, p.Of)
	return err
}

// Anew lets a webhook be tried at once, wherever it waits, as if nothing had failed, whatever is under way still.
func Anew(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) error {
	_, err := tx.Note(ctx, store.BookReach, `UPDATE webhook_reach SET turn = turn + 1, tries = 0, failed_at = 0, due_at = 0 WHERE org_id = $1 AND webhook_id = $2`, e.Org, e.ID)
	return err
}

// Advance keeps how far a webhook got, or that it failed. held is false when somebody has set it meanwhile, or it is gone.
func Advance(ctx context.Context, tx store.Noter, p endpoint.Progress) (held bool, err error) {
	n, err := tx.Note(ctx, store.BookReach, `UPDATE webhook_reach SET seq = $1, tries = $2, failed_at = $3, due_at = $4 WHERE org_id = $5 AND webhook_id = $6 AND of_org = $7 AND turn = $8`,
		p.Seq, p.Tries, store.Micros(p.FailedAt), store.Micros(p.DueAt), p.Org, p.Webhook, p.Of, p.Turn)
	return n == 1, err
}

const deliveryColumns = `org_id, webhook_id, id, of_org, seq, action, at, try, url, status, answer, failure, took`

func scanDelivery(row store.Row) (endpoint.Delivery, error) {
	var d endpoint.Delivery
	return d, row.Scan(&d.Org, &d.Webhook, &d.ID, &d.Of, &d.Seq, &d.Action, store.When(&d.At), &d.Try, &d.URL, &d.Status, &d.Answer, &d.Failure, store.Span(&d.Took))
}

// together is how many deliveries one statement keeps.
const together = 20

// Log keeps what became of deliveries. Those of webhooks that are gone are not kept.
func Log(ctx context.Context, tx store.Noter, all []endpoint.Delivery) error {
	for len(all) > 0 {
		some := all[:min(len(all), together)]
		all = all[len(some):]
		var q strings.Builder
		var args []any
		q.WriteString(`INSERT INTO webhook_attempt (` + deliveryColumns + `) SELECT v.org_id, v.webhook_id, v.id, v.of_org, v.seq, v.action, v.at, v.try, v.url, v.status, v.answer, v.failure, v.took FROM (`)
		for i, d := range some {
			if i > 0 {
				q.WriteString(` UNION ALL `)
			}
			n := len(args)
			fmt.Fprintf(&q, `SELECT CAST($%d AS TEXT) AS org_id, CAST($%d AS TEXT) AS webhook_id, CAST($%d AS TEXT) AS id, CAST($%d AS TEXT) AS of_org, CAST($%d AS BIGINT) AS seq, CAST($%d AS TEXT) AS action, CAST($%d AS BIGINT) AS at, CAST($%d AS BIGINT) AS try, CAST($%d AS TEXT) AS url, CAST($%d AS BIGINT) AS status, CAST($%d AS TEXT) AS answer, CAST($%d AS TEXT) AS failure, CAST($%d AS BIGINT) AS took`,
				n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10, n+11, n+12, n+13)
			args = append(args, d.Org, d.Webhook, d.ID, d.Of, d.Seq, d.Action, store.Micros(d.At), d.Try, d.URL, d.Status, d.Answer, string(d.Failure), d.Took.Microseconds())
		}
		q.WriteString(`) v JOIN webhook w ON w.org_id = v.org_id AND w.id = v.webhook_id`)
		if _, err := tx.Note(ctx, store.BookDelivery, q.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

// Deliveries gives the last deliveries of a webhook, the newest first: those before one that is named.
func Deliveries(ctx context.Context, r store.Reader, e endpoint.Endpoint, before string, limit int) ([]endpoint.Delivery, error) {
	return store.All(ctx, r, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_attempt WHERE org_id = $1 AND webhook_id = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, e.Org, e.ID, before, limit)
}

// Count tells how many deliveries of a webhook are remembered; they are few (endpoint.KeepMost).
func Count(ctx context.Context, r store.Reader, e endpoint.Endpoint) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM webhook_attempt WHERE org_id = $1 AND webhook_id = $2`, e.Org, e.ID)
	return n.Value, err
}

// Delivery finds one delivery of a webhook.
func Delivery(ctx context.Context, r store.Reader, e endpoint.Endpoint, id string) (store.Found[endpoint.Delivery], error) {
	return store.One(ctx, r, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_attempt WHERE org_id = $1 AND webhook_id = $2 AND id = $3`, e.Org, e.ID, id)
}

// Sweep forgets deliveries from before a moment, and of each webhook all but the newest.
func Sweep(ctx context.Context, tx store.Noter, before time.Time, most int) error {
	if _, err := tx.Note(ctx, store.BookDelivery, `DELETE FROM webhook_attempt WHERE at < $1`, store.Micros(before)); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookDelivery, `DELETE FROM webhook_attempt WHERE (org_id, webhook_id, id) IN (
		SELECT org_id, webhook_id, id FROM (SELECT org_id, webhook_id, id, row_number() OVER (PARTITION BY org_id, webhook_id ORDER BY id DESC) AS place FROM webhook_attempt) d WHERE d.place > $1)`, most)
	return err
}
