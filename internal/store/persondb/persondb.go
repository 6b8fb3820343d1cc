// Package persondb keeps persons. A person belongs to the installation; what an organisation knows
// of them stands on their member.
package persondb

import (
	"context"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `id, managed_by, email, email_folded, created_at, language, zone, theme, density, device_quiet`

func scan(row store.Row) (roster.Person, error) {
	var p roster.Person
	return p, row.Scan(fields(&p)...)
}

func fields(p *roster.Person) []any {
	return []any{&p.ID, &p.ManagedBy, &p.Email.Typed, &p.Email.Folded, store.When(&p.CreatedAt), &p.Language, &p.Zone, &p.Theme, &p.Density, &p.Quiet}
}

// ByID finds a person.
func ByID(ctx context.Context, r store.Reader, id roster.PersonID) (store.Found[roster.Person], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM person WHERE id = $1`, id)
}

// Lock finds a person and keeps others from changing their ways in until the transaction ends. It is
// taken after the organisation's lock, never before.
func Lock(ctx context.Context, tx *store.Tx, id roster.PersonID) (store.Found[roster.Person], error) {
	return store.One(ctx, tx, scan, `SELECT `+columns+` FROM person WHERE id = $1`+store.ForUpdate(tx), id)
}

// ByAddress finds the own person (managedBy empty) or an organisation's managed person with a folded address.
func ByAddress(ctx context.Context, r store.Reader, managedBy roster.OrgID, folded string) (store.Found[roster.Person], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM person WHERE managed_by = $1 AND email_folded = $2`, managedBy, folded)
}

// Insert keeps a new person. made is false when another transaction kept one with the address first.
func Insert(ctx context.Context, tx *store.Tx, p roster.Person) (made bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p.ID), Field: "email", To: p.Email.Typed}},
		`INSERT INTO person (id, managed_by, email, email_folded, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		p.ID, p.ManagedBy, p.Email.Typed, p.Email.Folded, store.Micros(p.CreatedAt))
	return n == 1, err
}

// Called gives what a person is called where they are a member, and what those organisations are called: what their
// password must not be built from.
func Called(ctx context.Context, r store.Reader, id roster.PersonID) ([]string, error) {
	var all []string
	return all, store.Each(ctx, r, func(row store.Row) error {
		var first, last, organisation string
		err := row.Scan(&first, &last, &organisation)
		all = append(all, first, last, organisation)
		return err
	}, `SELECT m.first_name, m.last_name, o.name FROM member m JOIN organisation o ON o.id = m.org_id WHERE m.person_id = $1 AND m.status <> 'removed' ORDER BY o.id LIMIT 50`, id)
}

// Prefer keeps what a person prefers, as far as it changed.
func Prefer(ctx context.Context, tx *store.Tx, was roster.Person, now roster.Preferences) error {
	var changes []roster.Change
	add := func(field, from, to string) {
		if from != to {
			changes = append(changes, roster.Change{Of: roster.RefPerson(was.ID), Field: field, From: from, To: to})
		}
	}
	add("language", was.Language, now.Language)
	add("zone", was.Zone, now.Zone)
	add("theme", was.Theme, now.Theme)
	add("density", was.Density, now.Density)
	add("device_letters", strconv.FormatBool(!was.Quiet), strconv.FormatBool(!now.Quiet))
	if len(changes) == 0 {
		return nil
	}
	_, err := tx.Change(ctx, changes, `UPDATE person SET language = $1, zone = $2, theme = $3, density = $4, device_quiet = $5 WHERE id = $6`,
		now.Language, now.Zone, now.Theme, now.Density, now.Quiet, was.ID)
	return err
}

// Meaning is whom a try to sign in may mean.
type Meaning struct {
	Org    roster.OrgID // whose managed person; empty for none in particular
	Folded string       // the address
	Device string       // the hash of the secret that the browser holds; empty for none
}

// Meant is whom it means; nobody without an ID.
type Meant struct {
	Person   roster.Person
	Password roster.Password // if they have one
	SeenAt   time.Time       // when they last signed in on that device; zero where they never did
}

// Candidate finds the one person with a way in that an address means at sign-in, and their password if they have one: the
// organisation's managed person when one is named, else the own person, else the managed person if there is only one:
// of several none was meant, and an organisation that makes one cannot shut out who belongs to another (decisions/005).
// An operator's account is meant first where the installation is named, and else last (decisions/035).
func Candidate(ctx context.Context, r store.Reader, by Meaning) (Meant, error) {
	found, err := store.One(ctx, r, func(row store.Row) (Meant, error) {
		var m Meant
		return m, row.Scan(append(fields(&m.Person), &m.Password.Hash, store.When(&m.Password.ChangeBy), store.When(&m.SeenAt))...)
	}, `SELECT p.id, p.managed_by, p.email, p.email_folded, p.created_at, p.language, p.zone, p.theme, p.density, p.device_quiet, COALESCE(w.data, ''), COALESCE(w.change_by, 0),
		COALESCE((SELECT max(d.seen_at) FROM device d WHERE d.person_id = p.id AND d.hash = $3), 0)
		FROM person p LEFT JOIN credential w ON w.person_id = p.id AND w.kind = 'password' AND w.id = 'password'
		WHERE p.email_folded = $1
		AND EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.kind NOT IN ('totp', 'recovery'))
		AND (p.managed_by IN ('', $2, 'installation') OR 1 = (SELECT count(*) FROM person o WHERE o.email_folded = $1 AND o.managed_by NOT IN ('', 'installation')
			AND EXISTS (SELECT 1 FROM credential c WHERE c.person_id = o.id AND c.kind NOT IN ('totp', 'recovery'))))
		ORDER BY CASE WHEN p.managed_by <> '' AND p.managed_by = $2 THEN 0 WHEN p.managed_by = '' THEN 1 WHEN p.managed_by <> 'installation' THEN 2 ELSE 3 END, p.id LIMIT 1`, by.Folded, by.Org, by.Device)
	return found.Value, err
}
