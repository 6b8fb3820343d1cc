// Package factordb keeps second factors beside the passwords: authenticator apps, whose keys are sealed, and recovery
// codes, of which only hashes are kept; the sign-ins between their two proofs; and the ways in after a reset. Of
// passkeys it knows that they are factors; passkeydb keeps them. It neither seals nor compares.
package factordb

import (
	"context"
	"strconv"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `id, kind, name, alone, created_at, used_at`

func fields(f *roster.Factor) []any {
	return []any{&f.ID, &f.Kind, &f.Name, &f.Alone, store.When(&f.CreatedAt), store.When(&f.UsedAt)}
}

// Has tells whether a person has a second factor. Recovery codes alone are none.
func Has(ctx context.Context, r store.Reader, p roster.PersonID) (bool, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM credential WHERE person_id = $1 AND kind IN ($2, $3) LIMIT 1`, p, roster.FactorTOTP, roster.FactorPasskey)
	return n.OK, err
}

// Of gives a person's second factors, the oldest first.
func Of(ctx context.Context, r store.Reader, p roster.PersonID) ([]roster.Factor, error) {
	return store.All(ctx, r, func(row store.Row) (roster.Factor, error) {
		var f roster.Factor
		return f, row.Scan(fields(&f)...)
	}, `SELECT `+columns+` FROM credential WHERE person_id = $1 AND kind IN ($2, $3) ORDER BY created_at, id`, p, roster.FactorTOTP, roster.FactorPasskey)
}

// App is an authenticator app as it is kept.
type App struct {
	roster.Factor
	Sealed string // its key, sealed
	Step   int64  // the last one of which a code was used
}

// Apps gives a person's authenticator apps, the oldest first.
func Apps(ctx context.Context, r store.Reader, p roster.PersonID) ([]App, error) {
	return store.All(ctx, r, func(row store.Row) (App, error) {
		var a App
		return a, row.Scan(append(fields(&a.Factor), &a.Sealed, &a.Step)...)
	}, `SELECT `+columns+`, data, step FROM credential WHERE person_id = $1 AND kind = $2 ORDER BY created_at, id`, p, roster.FactorTOTP)
}

// Add keeps a new authenticator app.
func Add(ctx context.Context, tx *store.Tx, p roster.PersonID, a App) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor", To: a.Name}},
		`INSERT INTO credential (person_id, kind, id, data, name, step, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
		p, a.Kind, a.ID, a.Sealed, a.Name, a.Step, store.Micros(tx.At()))
	return err
}

// Use notes that the code of a step was used. used is false when one of that step or of a later one was used before:
// of two that come at once one succeeds.
func Use(ctx context.Context, tx *store.Tx, p roster.PersonID, id string, step int64) (used bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor_used", To: roster.FactorTOTP}},
		`UPDATE credential SET step = $1, used_at = $2 WHERE person_id = $3 AND kind = $4 AND id = $5 AND step < $1`,
		step, store.Micros(tx.At()), p, roster.FactorTOTP, id)
	return n == 1, err
}

// Rename gives a second factor another name.
func Rename(ctx context.Context, tx *store.Tx, p roster.PersonID, f roster.Factor, name string) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor", From: f.Name, To: name}},
		`UPDATE credential SET name = $1 WHERE person_id = $2 AND kind = $3 AND id = $4`, name, p, f.Kind, f.ID)
	return err
}

// Remove ends one second factor, and gives whether there was one.
func Remove(ctx context.Context, tx *store.Tx, p roster.PersonID, f roster.Factor) (removed bool, err error) {
	tx.MovesWays()
	n, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor", From: f.Name}},
		`DELETE FROM credential WHERE person_id = $1 AND kind = $2 AND id = $3`, p, f.Kind, f.ID)
	return n == 1, err
}

// Reset ends every second factor of a person and their recovery codes.
func Reset(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factors", From: "(all)"}},
		`DELETE FROM credential WHERE person_id = $1 AND kind IN ($2, $3, $4)`, p, roster.FactorTOTP, roster.FactorPasskey, roster.FactorRecovery)
	return err
}

// SetCodes keeps the hashes of new recovery codes; those before are dead. Without hashes none is left.
func SetCodes(ctx context.Context, tx *store.Tx, p roster.PersonID, hashes []string) error {
	changes := []roster.Change{{Of: roster.RefPerson(p), Field: "recovery_codes", To: strconv.Itoa(len(hashes))}}
	if _, err := tx.Change(ctx, changes, `DELETE FROM credential WHERE person_id = $1 AND kind = $2`, p, roster.FactorRecovery); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "recovery_code", To: "(set)"}},
			`INSERT INTO credential (person_id, kind, id, data, created_at) VALUES ($1, $2, $3, '', $4)`, p, roster.FactorRecovery, h, store.Micros(tx.At())); err != nil {
			return err
		}
	}
	return nil
}

// UseCode uses a recovery code up. used is false when there is none of that hash: it was used, or never was.
func UseCode(ctx context.Context, tx *store.Tx, p roster.PersonID, hash string) (used bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor_used", To: roster.FactorRecovery}},
		`DELETE FROM credential WHERE person_id = $1 AND kind = $2 AND id = $3`, p, roster.FactorRecovery, hash)
	return n == 1, err
}

// Codes tells how many recovery codes a person has left.
func Codes(ctx context.Context, r store.Reader, p roster.PersonID) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM credential WHERE person_id = $1 AND kind = $2`, p, roster.FactorRecovery)
	return n.Value, err
}
