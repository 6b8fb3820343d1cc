// Package sessiondb keeps sessions: whose they are, what proved them, how long they last. The
// session's secret is never here, only its hash.
package sessiondb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `id, person_id, proofs, agent, ip, created_at, seen_at, expires_at`

func scan(row store.Row) (roster.Session, error) {
	var s roster.Session
	var proofs string
	if err := row.Scan(&s.ID, &s.Person, &proofs, &s.Agent, &s.IP, store.When(&s.CreatedAt), store.When(&s.SeenAt), store.When(&s.ExpiresAt)); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(proofs), &s.Proofs)
}

// ByHash finds a session by its secret's hash, whether or not its time is over.
func ByHash(ctx context.Context, r store.Reader, hash string) (store.Found[roster.Session], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM session WHERE hash = $1`, hash)
}

// ByID finds one of a person's sessions, whether or not its time is over.
func ByID(ctx context.Context, r store.Reader, p roster.PersonID, id string) (store.Found[roster.Session], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM session WHERE person_id = $1 AND id = $2`, p, id)
}

// Of gives a person's sessions that are not over, the last used first.
func Of(ctx context.Context, r store.Reader, p roster.PersonID, now time.Time, idle time.Duration) ([]roster.Session, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM session WHERE person_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id`,
		p, store.Micros(now), store.Micros(now.Add(-idle)))
}

// Insert keeps a new session.
func Insert(ctx context.Context, tx *store.Tx, s roster.Session, hash string) error {
	proofs, err := json.Marshal(s.Proofs)
	if err != nil {
		return err
	}
	return tx.ChangeSoon(ctx, []roster.Change{{Of: ref(s.ID), Field: "session", To: s.ID}},
		`INSERT INTO session (id, hash, person_id, proofs, agent, ip, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
		s.ID, hash, s.Person, string(proofs), s.Agent, s.IP, store.Micros(s.CreatedAt), store.Micros(s.ExpiresAt))
}

// Bring keeps a session that a link of an organisation's portal began, or lets go on: with the secret, the proofs and the
// end that it has now. The organisation's history has the link, and not the session, which may count elsewhere too.
func Bring(ctx context.Context, tx *store.Tx, s roster.Session, hash string) error {
	proofs, err := json.Marshal(s.Proofs)
	if err != nil {
		return err
	}
	_, err = tx.Note(ctx, store.BookSession, `INSERT INTO session (id, hash, person_id, proofs, agent, ip, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, proofs = excluded.proofs, expires_at = excluded.expires_at`,
		s.ID, hash, s.Person, string(proofs), s.Agent, s.IP, store.Micros(s.CreatedAt), store.Micros(s.SeenAt), store.Micros(s.ExpiresAt))
	return err
}

// Renew gives a session another secret, and the proofs that it has now. renewed is false when it is over.
func Renew(ctx context.Context, tx *store.Tx, s roster.Session, hash string) (renewed bool, err error) {
	proofs, err := json.Marshal(s.Proofs)
	if err != nil {
		return false, err
	}
	n, err := tx.Change(ctx, []roster.Change{{Of: ref(s.ID), Field: "proofs", To: shown(s.Proofs)}},
		`UPDATE session SET hash = $1, proofs = $2 WHERE person_id = $3 AND id = $4`, hash, string(proofs), s.Person, s.ID)
	return n == 1, err
}

// Prove gives one of a person's sessions a new proof, and another secret with it. Kind: Unauthenticated (session_over).
func Prove(ctx context.Context, tx *store.Tx, p roster.PersonID, id string, proof roster.Proof, hash string) (roster.Session, error) {
	s, err := ByID(ctx, tx, p, id)
	if err != nil {
		return s.Value, err
	}
	s.Value.Proofs = roster.Proved(s.Value.Proofs, proof)
	renewed, err := Renew(ctx, tx, s.Value, hash)
	if err == nil && !renewed {
		err = roster.Errorf(roster.Unauthenticated, "session_over", "Your session is over. Sign in again.")
	}
	return s.Value, err
}

// shown names proofs for the history.
func shown(proofs []roster.Proof) string {
	var names []string
	for _, p := range proofs {
		names = append(names, cmp.Or(p.Factor, p.Method))
	}
	return strings.Join(names, ", ")
}

// End ends one of a person's sessions. ended is false when they have no such session.
func End(ctx context.Context, tx *store.Tx, p roster.PersonID, id string) (ended bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: ref(id), Field: "session", From: id}},
		`DELETE FROM session WHERE person_id = $1 AND id = $2`, p, id)
	return n > 0, err
}

// EndAll ends a person's sessions, but for one that is kept (empty for none).
func EndAll(ctx context.Context, tx *store.Tx, p roster.PersonID, but string) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "sessions", From: "(all)", To: but}},
		`DELETE FROM session WHERE person_id = $1 AND id <> $2`, p, but)
	return err
}

// Seen notes that a session was used. The caller keeps to once a minute.
func Seen(ctx context.Context, tx store.Noter, id string) error {
	_, err := tx.Note(ctx, store.BookSession, `UPDATE session SET seen_at = $1 WHERE id = $2`, store.Micros(tx.At()), id)
	return err
}

// Entered notes that a session was used in an organisation. The caller keeps to once a minute.
func Entered(ctx context.Context, tx store.Noter, org roster.OrgID, id string) error {
	_, err := tx.Note(ctx, store.BookEntry, `INSERT INTO session_entry (org_id, session_id, entered_at, seen_at) VALUES ($1, $2, $3, $3)
		ON CONFLICT (org_id, session_id) DO UPDATE SET seen_at = excluded.seen_at`, org, id, store.Micros(tx.At()))
	return err
}

// Out forgets that a person's sessions were used in an organisation: they come in there no more.
func Out(ctx context.Context, tx *store.Tx, org roster.OrgID, p roster.PersonID) error {
	_, err := tx.Note(ctx, store.BookEntry, `DELETE FROM session_entry WHERE org_id = $1 AND session_id IN (SELECT id FROM session WHERE person_id = $2)`, org, p)
	return err
}

// In gives those of a person's sessions that are not over and were used in an organisation, as that organisation may
// know them: begun when they first entered it, seen when they were last there, and without what another organisation's
// connection proved. The last used first.
func In(ctx context.Context, r store.Reader, org roster.OrgID, p roster.PersonID, now time.Time, idle time.Duration) ([]roster.Session, error) {
	known := func(row store.Row) (roster.Session, error) {
		s, err := scan(row)
		s.Proofs = slices.DeleteFunc(s.Proofs, func(p roster.Proof) bool { return p.Organisation != "" && p.Organisation != org })
		return s, err
	}
	return store.All(ctx, r, known, `SELECT s.id, s.person_id, s.proofs, s.agent, s.ip, e.entered_at, e.seen_at, s.expires_at
		FROM session s JOIN session_entry e ON e.org_id = $1 AND e.session_id = s.id
		WHERE s.person_id = $2 AND s.expires_at > $3 AND s.seen_at > $4 ORDER BY e.seen_at DESC, s.id`,
		org, p, store.Micros(now), store.Micros(now.Add(-idle)))
}

// Sweep deletes sessions whose time was over before a moment, and where they and those that were ended had been.
func Sweep(ctx context.Context, tx store.Noter, before time.Time, idle time.Duration) error {
	_, err := tx.Note(ctx, store.BookSession, `DELETE FROM session WHERE expires_at < $1 OR seen_at < $2`, store.Micros(before), store.Micros(before.Add(-idle)))
	if err != nil {
		return err
	}
	_, err = tx.Note(ctx, store.BookEntry, `DELETE FROM session_entry WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.id = session_id)`)
	return err
}

func ref(id string) roster.Ref { return roster.Ref{Kind: "session", ID: id} }
