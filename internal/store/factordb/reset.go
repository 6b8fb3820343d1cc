package factordb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Start begins the reset of a member's second factors: the letter that follows brings the link, and a link before it is
// dead.
func Start(ctx context.Context, tx *store.Tx, member roster.Ref) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: member, Field: "factor_reset", To: "(letter)"}},
		`INSERT INTO factor_reset (org_id, member_id, hash, until_at) VALUES ($1, $2, '', 0)
		 ON CONFLICT (org_id, member_id) DO UPDATE SET hash = '', until_at = 0`, tx.Org(), member.ID)
	return err
}

// Minted keeps the hash of the secret in the letter that is about to leave, and until when it works. minted is false
// where no reset was begun, or it was finished.
func Minted(ctx context.Context, tx store.Noter, org roster.OrgID, member roster.MemberID, hash string, until time.Time) (minted bool, err error) {
	n, err := tx.Note(ctx, store.BookReset, `UPDATE factor_reset SET hash = $1, until_at = $2 WHERE org_id = $3 AND member_id = $4`,
		hash, store.Micros(until), org, member)
	return n == 1, err
}

// Open is a reset whose link was mailed.
type Open struct {
	Member roster.MemberID
	Until  time.Time
}

// ByHash finds a reset by its link's secret, whether or not its time is over.
func ByHash(ctx context.Context, r store.Reader, org roster.OrgID, hash string) (store.Found[Open], error) {
	return store.One(ctx, r, func(row store.Row) (Open, error) {
		var o Open
		return o, row.Scan(&o.Member, store.When(&o.Until))
	}, `SELECT member_id, until_at FROM factor_reset WHERE org_id = $1 AND hash = $2 AND hash <> ''`, org, hash)
}

// Finish uses a reset up. finished is false when somebody did before.
func Finish(ctx context.Context, tx store.Noter, org roster.OrgID, hash string) (finished bool, err error) {
	n, err := tx.Note(ctx, store.BookReset, `DELETE FROM factor_reset WHERE org_id = $1 AND hash = $2`, org, hash)
	return n == 1, err
}

// SweepResets deletes resets whose links were over before a moment.
func SweepResets(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookReset, `DELETE FROM factor_reset WHERE until_at > 0 AND until_at < $1`, store.Micros(before))
	return err
}
