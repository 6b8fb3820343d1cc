package command

import (
	"context"

	"roster/internal/roster"
)

// Who names one member.
type Who struct {
	Member string `arg:"" help:"A member: ID or e-mail address; an API user's client ID." placeholder:"MEMBER"`
}

// On finds the member and lets work be done on them.
func (w Who) On(ctx context.Context, p Place, work func(context.Context, Desk, roster.MemberID) error) error {
	return p.At(ctx, func(ctx context.Context, d Desk) error {
		id, err := d.Find(ctx, w.Member)
		if err != nil {
			return err
		}
		return work(ctx, d, id)
	})
}
