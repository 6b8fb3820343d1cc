package fleet

import (
	"roster/internal/act"
	"roster/internal/roster"
)

// Allowed gives the names of what an operator, or a product client, may do to an organisation as it is.
func Allowed(o roster.Organisation, actor roster.Actor) []string {
	fits := map[act.Name]bool{
		act.OrganisationSuspend: o.SuspendedAt.IsZero(), act.OrganisationResume: !o.SuspendedAt.IsZero(),
		act.OrganisationDelete: o.DeleteAt.IsZero(), act.OrganisationUndelete: !o.DeleteAt.IsZero(),
	}
	var names []string
	for _, a := range act.List() {
		if fit, asked := fits[a.Name]; a.Who != act.Operators || a.Global || asked && !fit {
			continue
		}
		if actor.Kind == roster.ActorOperator || actor.Kind == roster.ActorClient && a.ToClient(actor) == nil {
			names = append(names, string(a.Name))
		}
	}
	return names
}
