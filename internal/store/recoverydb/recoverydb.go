// Package recoverydb keeps the links by which people get back in, and finds where an address
// lets somebody in. Of a link's secret only the hash is here.
package recoverydb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Purpose is what a link is for.
type Purpose string

// The purposes of links.
const (
	ByMail     Purpose = "mail"     // to choose a password, after it was asked for
	ByOperator Purpose = "operator" // to choose a password, made at the command line
	ByMethod   Purpose = "method"   // to choose the first password, after an administrator chose it as the way in
)

// Link is a link that stands for a person.
type Link struct {
	Person  roster.PersonID
	Purpose Purpose
	Given   string // a digest of the password's hash when it was made
	Factors bool   // second factors end with its use
	Until   time.Time
}

func scan(row store.Row) (Link, error) {
	var l Link
	return l, row.Scan(&l.Person, &l.Purpose, &l.Given, &l.Factors, store.When(&l.Until))
}

// ByHash finds a link by its secret, whether or not its time is over.
func ByHash(ctx context.Context, r store.Reader, hash string) (store.Found[Link], error) {
	return store.One(ctx, r, scan, `SELECT person_id, purpose, given, factors, until_at FROM person_link WHERE hash = $1`, hash)
}

// Mint keeps the hash of a new link's secret; a link before it for the same purpose is dead.
func Mint(ctx context.Context, tx store.Noter, l Link, hash string) error {
	_, err := tx.Note(ctx, store.BookPersonLink, `INSERT INTO person_link (person_id, purpose, hash, given, factors, until_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (person_id, purpose) DO UPDATE SET hash = excluded.hash, given = excluded.given, factors = excluded.factors, until_at = excluded.until_at`,
		l.Person, l.Purpose, hash, l.Given, l.Factors, store.Micros(l.Until))
	return err
}

// Use uses a link up. used is false when somebody did before.
func Use(ctx context.Context, tx store.Noter, hash string) (used bool, err error) {
	n, err := tx.Note(ctx, store.BookPersonLink, `DELETE FROM person_link WHERE hash = $1`, hash)
	return n == 1, err
}

// Sweep deletes links that were over before a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookPersonLink, `DELETE FROM person_link WHERE until_at < $1`, store.Micros(before))
	return err
}

// Opens tells whether a person's password lets them in anywhere: where they are active, by an organisation that lets
// people in by passwords.
func Opens(ctx context.Context, r store.Reader, p roster.PersonID) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM member m JOIN organisation o ON o.id = m.org_id AND NOT o.password_off
		WHERE m.person_id = $1 AND m.status = 'active' LIMIT 1`, p)
	return found.OK, err
}

// Place is an organisation that an address lets somebody in to.
type Place struct {
	Email      string // as it is kept
	Language   string // of the person; empty where they chose none
	Slug       string
	Name       string
	Password   bool   // by a password of the person's own choosing
	Given      bool   // by a password that an administrator set, and that is still to be changed
	Connection string // the button's name, where they come in by a connection that is ready
}

// most bounds how many organisations a letter names.
const most = 50

// Places gives the organisations in which persons with a folded address are active members, by name.
func Places(ctx context.Context, r store.Reader, folded string) ([]Place, error) {
	return store.All(ctx, r, func(row store.Row) (Place, error) {
		var p Place
		var changeBy int64
		err := row.Scan(&p.Email, &p.Language, &p.Slug, &p.Name, &p.Password, &changeBy, &p.Connection)
		p.Given, p.Password = p.Password && changeBy > 0, p.Password && changeBy == 0
		return p, err
	}, `SELECT p.email, p.language, o.slug, o.name, c.person_id IS NOT NULL AND NOT o.password_off, COALESCE(c.change_by, 0), COALESCE(l.name, '')
		FROM person p JOIN member m ON m.person_id = p.id AND m.status = 'active' JOIN organisation o ON o.id = m.org_id
		LEFT JOIN credential c ON c.person_id = p.id AND c.kind = 'password'
		LEFT JOIN identity i ON i.org_id = m.org_id AND i.member_id = m.id AND NOT i.unconfirmed
		LEFT JOIN login_method l ON l.org_id = i.org_id AND l.id = i.method_id AND l.enabled AND l.tested_at > 0
		WHERE p.email_folded = $1 ORDER BY o.name, o.id, p.id LIMIT $2`, folded, most)
}
