package methoddb

import (
	"context"
	"encoding/json"
	"slices"

	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/store"
)

// Move is another way in for a member who has one.
type Move struct {
	Member      roster.Member
	From        login.Identity // zero for e-mail and password
	To          roster.Coming  // clean
	Unconfirmed bool           // their person still has to confirm the connection
}

// Keep keeps it: nobody is known by the old way any more, and by a connection nobody yet. Kind: Conflict
// (identifier_taken).
func (v Move) Keep(ctx context.Context, tx *store.Tx) error {
	m := v.Member
	was, err := called(ctx, tx, v.From.Method)
	if err != nil {
		return err
	}
	now, err := called(ctx, tx, v.To.Method)
	if err != nil {
		return err
	}
	if v.To.Connected() {
		other, err := ByIdentifier(ctx, tx, m.Org, v.To.Method, v.To.Identifier)
		if err == nil && other.OK && other.Value.Member != m.ID {
			err = roster.Errorf(roster.Conflict, "identifier_taken", "Somebody here comes in by %s with this identifier already.", now).On("identifier")
		}
		if err != nil {
			return err
		}
	}
	var changes []roster.Change
	if was != now {
		changes = append(changes, roster.Change{Of: m.Ref(), Field: "login_method", From: was, To: now})
	}
	if v.From.Identifier != v.To.Identifier {
		changes = append(changes, roster.Change{Of: m.Ref(), Field: "identifier", From: v.From.Identifier, To: v.To.Identifier})
	}
	tx.MovesWays()
	if !v.To.Connected() {
		_, err = tx.Change(ctx, changes, `DELETE FROM identity WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		return err
	}
	_, err = tx.Change(ctx, changes, `INSERT INTO identity (org_id, member_id, method_id, identifier, subject, invited_at, bound_at, unconfirmed)
		VALUES ($1, $2, $3, $4, '', $5, 0, $6) ON CONFLICT (org_id, member_id) DO UPDATE SET method_id = excluded.method_id, identifier = excluded.identifier,
		subject = '', invited_at = excluded.invited_at, bound_at = 0, unconfirmed = excluded.unconfirmed`,
		m.Org, m.ID, v.To.Method, v.To.Identifier, store.Micros(tx.At()), v.Unconfirmed)
	return err
}

// called gives what the history calls a login method.
func called(ctx context.Context, tx *store.Tx, method string) (string, error) {
	if method == "" || method == roster.PasswordMethod {
		return login.ByPassword(tx.Organisation()).Label(), nil
	}
	found, err := ByID(ctx, tx, tx.Org(), method)
	return found.Value.Name, err
}

// EndProofs takes from a person's sessions what a connection proved, and ends those that nothing else proved: what they
// proved otherwise is theirs, and may count elsewhere.
func EndProofs(ctx context.Context, tx *store.Tx, m roster.Member, method string) error {
	all, err := store.All(ctx, tx, func(row store.Row) (roster.Session, error) {
		var s roster.Session
		var proofs string
		if err := row.Scan(&s.ID, &proofs); err != nil {
			return s, err
		}
		return s, json.Unmarshal([]byte(proofs), &s.Proofs)
	}, `SELECT id, proofs FROM session WHERE person_id = $1 AND proofs LIKE $2 ORDER BY id`, m.Person, `%"`+method+`"%`)
	if err != nil {
		return err
	}
	for _, s := range all { // a person has a few
		left := slices.DeleteFunc(s.Proofs, func(p roster.Proof) bool { return p.Connection == method })
		if err := leave(ctx, tx, m, s.ID, left); err != nil {
			return err
		}
	}
	return nil
}

// leave leaves a session some of its proofs; without one of who they are, it ends.
func leave(ctx context.Context, tx *store.Tx, m roster.Member, session string, left []roster.Proof) error {
	changes := []roster.Change{{Of: m.Ref(), Field: "sessions", From: "(by the old login method)"}}
	if !slices.ContainsFunc(left, func(p roster.Proof) bool { return p.Method != "" }) {
		_, err := tx.Change(ctx, changes, `DELETE FROM session WHERE person_id = $1 AND id = $2`, m.Person, session)
		return err
	}
	text, err := json.Marshal(left)
	if err != nil {
		return err
	}
	_, err = tx.Change(ctx, changes, `UPDATE session SET proofs = $1 WHERE person_id = $2 AND id = $3`, string(text), m.Person, session)
	return err
}
