package imports

import (
	"cmp"
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
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

// Surveyed is what goes on in an organisation by itself, and what left it lately, each the newest first.
type Surveyed struct {
	Imports []Work
	Exports []Export // none to who may not read the history
}

// Export is a file that left the organisation, as the history tells of it: it was made as it was asked for.
type Export struct {
	roster.Event
	Name string // the file's; of data about one member, theirs
}

// Exports are the acts by which files leave an organisation.
func Exports() []act.Name {
	return []act.Name{act.MemberExport, act.PeopleExport, act.HistoryExport, act.MemberData, act.OrganisationExport}
}

// Survey gives the imports of everybody, to who sees a part of the organisation their own alone, and the last exports.
func (r *Room) Survey(ctx context.Context) (Surveyed, error) {
	return action.Look(ctx, r.gate, act.JobList, func(ctx context.Context, rd store.Reader) (Surveyed, error) {
		all, err := works(ctx, rd)
		if err != nil {
			return Surveyed{}, err
		}
		left, err := exported(ctx, rd)
		return Surveyed{all, left}, err
	})
}

// works gives the imports that the actor may follow.
func works(ctx context.Context, rd store.Reader) ([]Work, error) {
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
}

// mostExports is how many exports are told of; the history tells of all.
const mostExports = 10

// exported gives the last exports, to who may read the history.
func exported(ctx context.Context, rd store.Reader) ([]Export, error) {
	if !slices.Contains(action.AllowedOn(ctx, "", ""), string(act.HistoryList)) {
		return nil, nil
	}
	var all []Export
	for _, a := range Exports() {
		some, err := exportedBy(ctx, rd, a)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Export) int { return cmp.Compare(b.Seq, a.Seq) })
	return all[:min(len(all), mostExports)], nil
}

// exportedBy gives the last exports by one act. Refusals stand between them, a line for each minute in which somebody was
// refused: so there are several looks, each of four times as many lines as the one before, and some hundreds at most.
func exportedBy(ctx context.Context, rd store.Reader, a act.Name) ([]Export, error) {
	var all []Export
	f := eventdb.Filter{Org: roster.ActorFrom(ctx).Organisation, Action: string(a), Limit: mostExports}
	for ; f.Limit <= 64*mostExports; f.Limit *= 4 {
		lines, err := eventdb.List(ctx, rd, f)
		if err != nil {
			return nil, err
		}
		for _, e := range lines {
			if f.After = e.Seq; e.Refused != "" {
				continue
			}
			left := Export{e, e.Target.Name}
			if len(e.Changes) > 0 && e.Changes[0].Of.Kind == "export" {
				left.Name = e.Changes[0].Of.Name
			}
			all = append(all, left)
		}
		if len(lines) < f.Limit || len(all) >= mostExports {
			break
		}
	}
	return all, nil
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
