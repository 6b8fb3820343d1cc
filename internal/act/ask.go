package act

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Target gives what an action's line of the history is about: of a unit or role as it is kept, whatever the
// asker called it.
func (a Action) Target(on roster.Ref, changes []roster.Change) roster.Ref {
	if on.ID == "" || a.Makes {
		of := changes[0].Of
		if of.Name == "" && of.Kind == on.Kind {
			of.Name = on.Name
		}
		return of
	}
	for _, c := range changes {
		if on.Kind != "member" && c.Of.Kind == on.Kind {
			return c.Of
		}
	}
	return on
}

// ToClient tells whether a product client's permissions reach the action.
func (a Action) ToClient(actor roster.Actor) error {
	switch {
	case a.Clients == "":
		return roster.Errorf(roster.Denied, "forbidden", "A product client cannot do this.")
	case a.Clients != AnyClient && !slices.Contains(actor.Scopes, a.Clients):
		e := roster.Errorf(roster.Denied, "forbidden", "The product client needs the permission %s for this, and its token too.", a.Clients)
		e.Missing = []string{a.Clients}
		return e
	}
	return nil
}

// Open tells whether the action is for actors of such a kind at all.
func (a Action) Open(actor roster.Actor) bool {
	if actor.Kind == roster.ActorOperator {
		return a.ToOperator(actor.Writes) == nil
	}
	return a.Who != People || actor.Kind != roster.ActorAPIUser
}

// Thing names for people what the action is about.
func (a Action) Thing() string {
	if a.On == "unit" {
		return "customer account"
	}
	return a.On
}

// OnSelf is rule 4's question.
func (a Action) OnSelf(actor roster.Actor, m roster.Member) bool {
	return a.Guards&NotOnSelf != 0 && m.ID == actor.Member
}

// Above gives what the target holds and the actor lacks, as far as rules 2 and 3 ask.
func (a Action) Above(actor roster.Actor, authority authz.Authority, m roster.Member, target authz.Authority) []authz.Lacking {
	switch {
	case actor.Root() || m.ID == actor.Member:
		return nil
	case a.Guards&NotStronger != 0:
		return authority.Excess(target)
	case a.Guards&NotUpwards != 0:
		return authority.ExcessAdmin(target)
	}
	return nil
}
