package jobdb

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Told is the kind of jobs that tell a person something about their own sign-in, whatever they belong to; Telling is
// their payload.
const Told = "letter.person"

// Telling is what a person is told, and to whom.
type Telling struct {
	Person roster.PersonID
	What   string // such as "recovered", as the letters' catalogue calls it
	Name   string `json:",omitempty"` // what it is about, such as a passkey, as its person calls it
	From   string `json:",omitempty"` // the address from which they did it; empty where somebody else did
}

// Tell queues a letter to a person about their sign-in, in the transaction whose change it tells. Where the actor is that
// person it says from where. Nobody switches such letters off (decision 041).
func Tell(ctx context.Context, tx *store.Tx, t Telling) error {
	if actor := roster.ActorFrom(ctx); actor.Person == t.Person {
		t.From = actor.IP
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return Enqueue(ctx, tx, Job{Org: roster.Installation, ID: roster.NewID("job_"), Kind: Told, About: string(t.Person), Payload: string(text)})
}

// TellOfDevice queues a letter to a person that they signed in on a device that is not known, by the hash of its secret:
// where another of theirs is known, since the first is no news, and they did not switch such letters off. It goes with
// the statements of the sign-in, before the device is kept.
func TellOfDevice(ctx context.Context, tx *store.Tx, p roster.PersonID, hash string) error {
	text, err := json.Marshal(Telling{Person: p, What: "device", From: roster.ActorFrom(ctx).IP})
	if err != nil {
		return err
	}
	now := store.Micros(tx.At())
	return tx.NoteSoon(ctx, store.BookJob, `INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), '`+Told+`', p.id, CAST($3 AS TEXT), 'waiting', 0, CAST($4 AS BIGINT), '', CAST($4 AS BIGINT), 0 FROM person p
		WHERE p.id = $5 AND NOT p.device_quiet AND EXISTS (SELECT 1 FROM device d WHERE d.person_id = p.id AND d.hash <> $6 AND d.seen_at > $7)`,
		roster.Installation, roster.NewID("job_"), string(text), now, p, hash, store.Micros(tx.At().Add(-roster.DeviceLasts)))
}

// News and Digest are the kinds of jobs that tell a member what happened in their organisation, soon and once a day; what,
// is kept as notifications.
const (
	News   = "letter.news"
	Digest = "letter.digest"
)

// Gather queues the letter of such a kind that tells a member what happened, unless one waits already: what happens until
// it leaves stands in the same letter.
func Gather(ctx context.Context, tx *store.Tx, kind string, org roster.OrgID, to roster.MemberID, due time.Time) error {
	_, err := tx.Note(ctx, store.BookJob, `INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at)
		SELECT m.org_id, $3, CAST($4 AS TEXT), m.id, '{}', 'waiting', 0, CAST($5 AS BIGINT), '', CAST($6 AS BIGINT), 0 FROM member m
		WHERE m.org_id = $1 AND m.id = $2 AND NOT EXISTS (
			SELECT 1 FROM job j WHERE j.org_id = $1 AND j.about = $2 AND j.kind = $4 AND j.state = 'waiting')`,
		org, to, roster.NewID("job_"), kind, store.Micros(due), store.Micros(tx.At()))
	return err
}
