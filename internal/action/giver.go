package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Overtaken gives those of a pending member's grants that whoever gave them could not give now: demoted,
// blocked or removed since (design page 1, rule 1). What the command line and Roster gave stands.
func Overtaken(ctx context.Context, tx *store.Tx, of roster.MemberID) ([]roster.Grant, error) {
	grants, err := roledb.Grants(ctx, tx, tx.Org(), of)
	if err != nil {
		return nil, err
	}
	givers := map[string]authz.Authority{}
	var over []roster.Grant
	for _, g := range grants {
		giver, known := givers[g.GivenBy]
		if !known {
			if giver, err = giverNow(ctx, tx, g.GivenBy); err != nil {
				return nil, err
			}
			givers[g.GivenBy] = giver
		}
		if len(giver.Beyond(authz.Of([]roster.Grant{g}, tx.At()))) > 0 {
			over = append(over, g)
		}
	}
	return over, nil
}

// giverNow gives what a giver of grants may do at this moment: nothing unless active.
func giverNow(ctx context.Context, tx *store.Tx, id string) (authz.Authority, error) {
	if !roster.IsMemberID(id) {
		return authz.Root(), nil
	}
	m, err := memberdb.ByID(ctx, tx, tx.Org(), roster.MemberID(id))
	if err != nil || m.Value.Status != roster.Active {
		return authz.Authority{}, err
	}
	return authorityOf(ctx, tx, tx.Org(), m.Value.ID)
}
