package memberdb

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// Readdress gives a member the address that their person proved, and an external ID that was the old one with it. Where
// somebody else here has the address, or the external ID, nothing is kept.
func Readdress(ctx context.Context, tx *store.Tx, was roster.Member, address roster.Email) error {
	other, err := ByAddress(ctx, tx, was.Org, address.Folded)
	if err != nil || other.OK && other.Value.ID != was.ID {
		return err
	}
	now := was.Readdress(address, tx.At())
	if now.ExternalID != was.ExternalID {
		if err := external(ctx, tx, now); roster.Is(err, "external_id_taken") {
			return nil
		} else if err != nil {
			return err
		}
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	n, err := tx.Change(ctx, changes(was, now),
		`UPDATE member SET email = $1, email_folded = $2, sort_identifier = $3, sort_name = $4, external_id = $5, verified_at = $6, updated_at = $7, updated_by = $8, version = $9
		 WHERE org_id = $10 AND id = $11 AND version = $12`,
		now.Email.Typed, now.Email.Folded, sortIdentifier(now), sortName(now), now.ExternalID, store.Micros(now.VerifiedAt), store.Micros(now.UpdatedAt), now.UpdatedBy, now.Version,
		was.Org, was.ID, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	if err != nil {
		return err
	}
	tx.Subject(now)
	if _, err := tx.Note(ctx, store.BookWord, `DELETE FROM member_word WHERE org_id = $1 AND member_id = $2`, was.Org, was.ID); err != nil {
		return err
	}
	return addWords(ctx, tx, now)
}

// Alone refuses a second membership to who is a member under another address. Kind: Conflict (already_member).
func Alone(ctx context.Context, r store.Reader, o roster.Organisation, p roster.PersonID) error {
	m, err := ByPerson(ctx, r, o.ID, p)
	if err == nil && m.OK {
		err = roster.Errorf(roster.Conflict, "already_member", "You are a member of %s already, as %s. Ask an administrator there to withdraw this invitation.", o.Name, m.Value.Email.Typed)
	}
	return err
}
