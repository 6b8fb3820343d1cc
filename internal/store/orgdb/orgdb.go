// Package orgdb keeps organisations. It does not keep their seq, head and seats in use: those move
// with the history, in package store.
package orgdb

import (
	"context"
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = store.OrganisationColumns

// ByName finds an organisation by its ID or slug.
func ByName(ctx context.Context, r store.Reader, name string) (store.Found[roster.Organisation], error) {
	return store.One(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation WHERE id = $1 OR slug = $1`, name)
}

// All gives every organisation, by slug.
func All(ctx context.Context, r store.Reader) ([]roster.Organisation, error) {
	return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation ORDER BY slug`)
}

// Insert makes an organisation inside a transaction of the installation.
func Insert(ctx context.Context, tx *store.Tx, o roster.Organisation) error {
	of := roster.RefOrganisation(o.ID, o.Name)
	return tx.Found(ctx, o, []roster.Change{
		{Of: of, Field: "name", To: o.Name},
		{Of: of, Field: "slug", To: o.Slug},
		{Of: of, Field: "plan", To: o.Plan},
		{Of: of, Field: "invitation_ttl", To: o.InvitationTTL.String()},
		{Of: of, Field: "phone_required", To: strconv.FormatBool(o.PhoneRequired)},
		{Of: of, Field: "admin_passwords", To: strconv.FormatBool(o.AdminPasswords)},
	})
}

// Due gives the organisations whose deletion is due at a moment, the longest first.
func Due(ctx context.Context, r store.Reader, at time.Time) ([]roster.Organisation, error) {
	return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation WHERE delete_at > 0 AND delete_at <= $1 ORDER BY delete_at, id`, store.Micros(at))
}

// OnPlan gives the organisations that are on a plan, by slug.
func OnPlan(ctx context.Context, r store.Reader, plan string) ([]roster.Organisation, error) {
	return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation WHERE plan = $1 ORDER BY slug`, plan)
}

// Update keeps a change of the locked organisation: its name, settings and plan. It gives it with its new
// version, or as it was where nothing changed.
func Update(ctx context.Context, tx *store.Tx, was, now roster.Organisation) (roster.Organisation, error) {
	diff := changes(was, now)
	if len(diff) == 0 {
		return was, nil
	}
	now.Version = was.Version + 1
	_, err := tx.Change(ctx, diff,
		`UPDATE organisation SET name = $1, plan = $2, invitation_ttl = $3, phone_required = $4, domains = $5, admin_passwords = $6,
		 factor_since = $7, factor_grace = $8, version = $9, suspended_at = $10, accent = $11, sender = $12, reply_to = $13, allowed_from = $14, operators_until = $15, delete_at = $16, product = $17, footer = $18, second_secrets = $19, erase_after = $20, portal = $21 WHERE id = $22`,
		now.Name, now.Plan, now.InvitationTTL.Microseconds(), now.PhoneRequired, strings.Join(now.Domains, " "), now.AdminPasswords,
		store.Micros(now.FactorSince), now.FactorGrace.Microseconds(), now.Version, store.Micros(now.SuspendedAt), now.Brand.Accent, now.Brand.Sender, now.Brand.ReplyTo, strings.Join(now.AllowedFrom, " "), store.Micros(now.OperatorsUntil), store.Micros(now.DeleteAt), now.Brand.Product, now.Brand.Footer, now.SecondSecrets, now.EraseAfter, now.Portal, was.ID)
	return now, err
}

func changes(was, now roster.Organisation) []roster.Change {
	var all []roster.Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: now.Ref(), Field: field, From: from, To: to})
		}
	}
	add("name", was.Name, now.Name)
	add("plan", was.Plan, now.Plan)
	add("invitation_ttl", was.InvitationTTL.String(), now.InvitationTTL.String())
	add("phone_required", strconv.FormatBool(was.PhoneRequired), strconv.FormatBool(now.PhoneRequired))
	add("domains", strings.Join(was.Domains, " "), strings.Join(now.Domains, " "))
	add("admin_passwords", strconv.FormatBool(was.AdminPasswords), strconv.FormatBool(now.AdminPasswords))
	add("second_secrets", strconv.FormatBool(was.SecondSecrets), strconv.FormatBool(now.SecondSecrets))
	add("portal", was.Portal, now.Portal)
	add("erase_after", strconv.Itoa(was.EraseAfter), strconv.Itoa(now.EraseAfter))
	add("factor_required", strconv.FormatBool(!was.FactorSince.IsZero()), strconv.FormatBool(!now.FactorSince.IsZero()))
	add("factor_grace", was.FactorGrace.String(), now.FactorGrace.String())
	add("accent", was.Brand.Accent, now.Brand.Accent)
	add("sender", was.Brand.Sender, now.Brand.Sender)
	add("reply_to", was.Brand.ReplyTo, now.Brand.ReplyTo)
	add("product_name", was.Brand.Product, now.Brand.Product)
	add("footer_links", was.Brand.Footer, now.Brand.Footer)
	add("allowed_from", strings.Join(was.AllowedFrom, " "), strings.Join(now.AllowedFrom, " "))
	add("operators_until", moment(was.OperatorsUntil), moment(now.OperatorsUntil))
	add("suspended_at", moment(was.SuspendedAt), moment(now.SuspendedAt))
	add("delete_at", moment(was.DeleteAt), moment(now.DeleteAt))
	return all
}

// moment writes a moment for the history; nothing for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Accepted notes that the first Owner has accepted: rule 5 holds from here on.
func Accepted(ctx context.Context, tx *store.Tx) error {
	o := tx.Organisation()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefOrganisation(o.ID, o.Name), Field: "accepted_at", To: tx.At().Format(time.RFC3339)}},
		`UPDATE organisation SET accepted_at = $1 WHERE id = $2`, store.Micros(tx.At()), o.ID)
	return err
}
