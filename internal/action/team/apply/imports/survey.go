package imports

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
)

// Work is an import as those see it who follow what goes on in an organisation: whose it is, and how far. Its rows are its
// maker's.
type Work struct {
	View
	Maker string // the member's name; the actor's ID where it is no member
	Own   bool   // the reader's, who can open it
}

// Survey gives the imports of everybody, the newest first; to who sees a part of the organisation their own alone.
func (r *Room) Survey(ctx context.Context) ([]Work, error) {
	return action.Look(ctx, r.gate, act.JobList, func(ctx context.Context, rd store.Reader) ([]Work, error) {
		actor := roster.ActorFrom(ctx)
		sight, err := action.Sight(ctx)
		if err != nil {
			return nil, err
		}
		by := ""
		if sight != nil {
			by = actor.ID()
		}
		all, err := importdb.List(ctx, rd, actor.Organisation, by, mostKept)
		if err != nil {
			return nil, err
		}
		counts, err := importdb.CountsOfAll(ctx, rd, actor.Organisation, by)
		if err != nil {
			return nil, err
		}
		names, err := makers(ctx, rd, all)
		work := make([]Work, len(all))
		for i, one := range all {
			if err == nil {
				work[i], err = surveyed(ctx, rd, one, counts[one.ID])
			}
			work[i].Maker, work[i].Own = names[one.MadeBy], actor.Root() || one.MadeBy == actor.ID()
		}
		return work, err
	})
}

// surveyed gives an import, with when its next rows are done where it is under way.
func surveyed(ctx context.Context, rd store.Reader, i importdb.Import, rows map[importdb.RowState]int) (Work, error) {
	v, err := counted(i, rows)
	if err == nil && i.State == importdb.Running {
		v.Due, err = jobdb.Due(ctx, rd, i.Org, i.ID)
	}
	return Work{View: v}, err
}

// makers gives what those are called who sent imports in.
func makers(ctx context.Context, rd store.Reader, all []importdb.Import) (map[string]string, error) {
	names := map[string]string{}
	var ids []roster.MemberID
	for _, i := range all {
		if id := roster.MemberID(i.MadeBy); !slices.Contains(ids, id) {
			names[i.MadeBy], ids = i.MadeBy, append(ids, id)
		}
	}
	for _, id := range ids {
		m, err := memberdb.ByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
		if err != nil {
			return nil, err
		}
		if m.OK {
			names[string(id)] = m.Value.Label()
		}
	}
	return names, nil
}
